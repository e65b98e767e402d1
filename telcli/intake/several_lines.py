"""Bills and use by customer with the number of a line: where a customer has several lines, their rows are added up."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from telcli.errors import Notice
from telcli.intake.candidates import Use
from telcli.intake.dictionary import bare, weak_headers
from telcli.intake.mapping import SourceMap
from telcli.intake.phones import masked_number
from telcli.intake.words import meant

__all__ = ["lines_told", "with_lines"]

_HEAD = 2000


def with_lines(mapped: SourceMap, written: dict[str, str], frame: pl.LazyFrame) -> SourceMap:
    """Bills or use whose rows are of lines, where a month of one customer stands under several numbers.

    Numbers with digits hidden tell no lines, and one number for each month of a customer adds nothing to it.

    >>> uses = {"bills.customer_id": Use("客户编号"), "bills.month": Use("账期"), "bills.amount": Use("费用")}
    >>> mapped = SourceMap("b.csv", "bills", 1.0, uses, personal=("手机号码",))
    >>> names = {name: name for name in ("客户编号", "账期", "费用", "手机号码")}
    >>> rows = [("C1", "202405", "9", "13800000001"), ("C1", "202405", "8", "13800000002")]
    >>> found = with_lines(mapped, names, pl.LazyFrame(rows, schema=list(names), orient="row"))
    >>> found.columns["bills.subscription_id"].header, found.personal
    ('手机号码', ())
    """
    keys = [mapped.use(column) for column in ("customer_id", "month", "kind")]
    if mapped.table not in ("bills", "usage") or mapped.use("subscription_id") or not all(keys[:2]):
        return mapped
    key = [use.header for use in keys if use and use.header in written]
    number = _number(mapped, written)
    if not number or len(key) < 2 or not _several(frame.select({number, *key}), key, number):
        return mapped
    return replace(
        mapped,
        columns={**mapped.columns, f"{mapped.table}.subscription_id": Use(number)},
        unknown=tuple(name for name in mapped.unknown if name != number),
        personal=tuple(name for name in mapped.personal if name != number),
    )


def _number(mapped: SourceMap, written: dict[str, str]) -> str:
    free = (*mapped.personal, *mapped.unknown)
    words = weak_headers()["subscription_id"]
    return next((name for word in words for name in free if bare(written[name]) == word), "")


def _several(frame: pl.LazyFrame, key: list[str], number: str) -> bool:
    """Whether one key stands beside several numbers, none of which has digits hidden."""
    head = meant(frame.select(number).head(_HEAD).collect(engine="streaming")[number]).drop_nulls()
    if not head.len() or masked_number(head).any():
        return False
    rows = frame.filter(pl.col(number).str.strip_chars().str.len_chars() > 0)
    both = rows.select(one=pl.struct(key).hash().n_unique(), all=pl.struct([*key, number]).hash().n_unique())
    found = both.collect(engine="streaming")
    return bool(found["all"].item() > found["one"].item())


def lines_told(mapped: SourceMap) -> list[Notice]:
    """That rows of several lines of one customer are added up."""
    name = f"{mapped.table}.subscription_id"
    use, owner = mapped.use("subscription_id"), mapped.use("customer_id")
    if mapped.table not in ("bills", "usage") or not use or not owner or mapped.why(name).how != "weak":
        return []
    return [
        Notice(
            "lines-added-up",
            "{file}: customers have several lines in one month (told by {header}), so the rows of all lines of a "
            "customer are added up.",
            {"file": mapped.source, "header": use.header},
        )
    ]
