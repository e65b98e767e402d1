"""Rows that take back another: a bill written off again (冲红) under the key of the one it corrects."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from telcli.errors import Notice
from telcli.intake.facts import HIDDEN, LARGEST, add_fault, exact_sum, millionths, whole_again
from telcli.intake.whose import RECORD
from telcli.tables.apart import unknown
from telcli.tables.refused import FAULTS, LINE, SOURCE

__all__ = ["PLACE", "REVERSED", "apart_by", "taken_back", "whole_rows"]

REVERSED = {
    "bills": ("customer_id", "subscription_id", "account_id", "bill_no", RECORD, "month", "kind"),
    "payments": ("payment_id",),
}
"""What rows of a table are told apart by before they stand under customers, as far as an extract has it."""

_WORDS = r"(?i)冲红|冲紅|红冲|紅沖|冲正|冲销|冲账|退费|退款|退還|reversal|reversed|refund|credit"
"""A remark beside an amount below zero that says it is money given back."""
_SOUND = pl.col(FAULTS).list.len() == 0
PLACE = pl.concat_str(SOURCE, pl.lit("\n"), pl.col(LINE).cast(pl.String).str.zfill(15))
"""Where a row stands, to sort by."""


def taken_back(frame: pl.LazyFrame, table: str) -> tuple[pl.LazyFrame, list[Notice]]:
    """Take amounts below zero off the row of the same key that they take back; what they are not told to do is refused.

    A row below zero takes back another of the same key where it is exactly its opposite, discount and all, or where a
    remark says so. Of several that are left, that of which most is known is kept. What is refused is
    ``duplicate-key``; a notice tells how many of those are below zero, and how to keep them.

    >>> from telcli.intake.cleaning import NO_FAULTS
    >>> raw = {"customer_id": ["a"] * 3 + ["b"] * 2, "month": [1] * 5, "kind": ["total"] * 5}
    >>> raw |= {"amount": [100.0, -100.0, 80.0, 50.0, -20.0], SOURCE: ["f"] * 5, LINE: [2, 3, 4, 5, 6]}
    >>> found, notices = taken_back(pl.LazyFrame(raw).with_columns(NO_FAULTS), "bills")
    >>> sound = found.filter(pl.col(FAULTS).list.len() == 0).sort("customer_id").collect()
    >>> sound.select("customer_id", "amount").rows()  # rows taken together repeat the one kept, as copies
    [('a', 80.0), ('a', 80.0), ('a', 80.0), ('b', 50.0)]
    >>> [(one.code, one.values["count"]) for one in notices]
    [('reversals-taken-off', 1), ('credits-refused', 1)]
    """
    have = frame.collect_schema()
    key = apart_by(table, have)
    if "amount" not in have or not key:
        return frame, []
    sound = whole_rows(key, have)
    below = frame.filter(sound & (pl.col("amount") < 0)).select(key).unique().collect(engine="streaming")
    if not below.height:
        return frame, []
    met = frame.filter(sound).join(below.lazy(), on=key, how="semi", nulls_equal=True)
    several = met.group_by(key).agg(_rows=pl.len()).filter(pl.col("_rows") > 1).collect(engine="streaming")
    if not several.height:
        return frame, []
    marked = frame.join(several.lazy(), on=key, how="left", nulls_equal=True, maintain_order="left")
    theirs = sound & pl.col("_rows").is_not_null()
    rows = marked.filter(theirs).drop("_rows").collect(engine="streaming")
    settled, notices = _settled(rows, key, table)
    rest = marked.filter(~theirs).drop("_rows")
    return pl.concat([rest, settled.select(list(have)).lazy()]), notices


def apart_by(table: str, have: Iterable[str]) -> list[str]:
    """What rows of a table are told apart by, of the columns there are; invoices of a line by the line.

    >>> apart_by("bills", ["month", "bill_no", "subscription_id", "amount"])
    ['subscription_id', 'month']
    """
    names = set(have)
    return [
        name for name in REVERSED[table] if name in names and not (name == "bill_no" and "subscription_id" in names)
    ]


def whole_rows(key: Sequence[str], have: pl.Schema) -> pl.Expr:
    """Rows that are not refused for something else: who, when and how much are known, and no amount is out of reach."""
    whose = [name for name in key if name not in ("month", "kind")]
    known = [pl.col(name).is_not_null() for name in key if name not in whose]
    off = pl.col("discount").fill_null(0.0).abs() <= LARGEST if "discount" in have else pl.lit(value=True)
    within = (pl.col("amount").abs() <= LARGEST).fill_null(value=False) & off
    owned = pl.any_horizontal(pl.col(name).is_not_null() for name in whose)
    return pl.all_horizontal(_SOUND, owned, within, *known)


def _settled(rows: pl.DataFrame, key: Sequence[str], table: str) -> tuple[pl.DataFrame, list[Notice]]:
    """One row of each key, credits taken off it; the rows refused; and what is in it or repeats it, as copies of it."""
    content = [name for name in rows.columns if name not in HIDDEN]
    placed = rows.sort(unknown(content), PLACE, maintain_order=True).with_row_index("_at")
    first = placed.unique(content, keep="first", maintain_order=True)
    again = placed.join(first.select("_at"), on="_at", how="anti")
    told = _told(first, key)
    base = told.sort("_rank", "_at").unique(key, keep="first", maintain_order=True)
    others = told.join(base.select("_at"), on="_at", how="anti")
    credits_ = others.filter("_credit")
    kept = _less(base, credits_, key).select(rows.columns)
    backs = pl.concat([credits_, others.filter(pl.col("_met") & pl.col("_back"))])
    inside = [again, *(each.select(again.columns) for each in (credits_, others.filter("_met")))]
    copies = pl.concat(inside).select(*key, SOURCE, LINE).join(kept.drop(SOURCE, LINE), on=list(key), nulls_equal=True)
    lost = others.filter(~pl.col("_credit") & ~pl.col("_met"))
    refused = add_fault(lost.lazy(), pl.lit(value=True), "duplicate-key", ", ".join(key)).collect()
    found = pl.concat([kept, *(each.select(rows.columns) for each in (copies, refused))])
    return found, _notices(backs, lost.filter("_back"), table)


def _told(first: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """What each row is: `_met` with its opposite, `_credit` by its remark; that of the lowest `_rank` is kept."""
    off = pl.col("discount").fill_null(0.0) if "discount" in first.columns else pl.lit(0.0)
    back = pl.col("amount") < 0
    sign = pl.when(back).then(-1.0).otherwise(1.0)
    seen = first.with_columns(_back=back, _whole=millionths(pl.col("amount").abs()), _off=millionths(off * sign))
    pair = [*key, "_whole", "_off", "_nth"]
    seen = seen.with_columns(_nth=pl.int_range(pl.len()).over(*key, "_whole", "_off", "_back"))
    pairs = seen.filter("_back").select(pair).join(seen.filter(~pl.col("_back")), on=pair, how="semi", nulls_equal=True)
    paired = pairs.with_columns(_met=pl.lit(value=True))
    seen = seen.join(paired, on=pair, how="left", nulls_equal=True, maintain_order="left")
    texts = [name for name, kind in first.schema.items() if kind == pl.String and name.startswith("x_")]
    says = pl.any_horizontal(pl.lit(value=False), *(pl.col(name).str.contains(_WORDS) for name in texts))
    met = pl.col("_met").fill_null(value=False)
    return seen.with_columns(_met=met, _credit=pl.col("_back") & ~met & says.fill_null(value=False)).with_columns(
        _rank=pl.when(~pl.col("_back"))
        .then(pl.col("_met").cast(pl.Int8))
        .when("_met")
        .then(4)
        .when("_credit")
        .then(2)
        .otherwise(3)
    )


def _less(base: pl.DataFrame, off: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """The rows kept: nothing is left of one that was wholly taken back, and credits are added to it."""
    names = [name for name in ("amount", "discount") if name in base.columns]
    more = off.group_by(key).agg(millionths(pl.col(name)).sum().alias(f"_{name}") for name in names)
    both = base.join(more, on=list(key), how="left", nulls_equal=True, maintain_order="left")
    own = {name: pl.when("_met").then(pl.col(name) * 0.0).otherwise(name) for name in names}
    sums = [
        pl.when(pl.col(f"_{name}").fill_null(0) == 0)
        .then(own[name])
        .otherwise(whole_again(millionths(own[name].fill_null(0.0)) + pl.col(f"_{name}")))
        .alias(name)
        for name in names
    ]
    return both.with_columns(sums)


def _notices(backs: pl.DataFrame, lost: pl.DataFrame, table: str) -> list[Notice]:
    said = []
    if backs.height:
        template = (
            "{table}: took {count} rows below zero ({amount} in all) off those of the same key that are taken back."
        )
        said.append(Notice("reversals-taken-off", template, _values(backs, table)))
    if lost.height:
        template = (
            "{table}: refused {count} rows below zero ({amount} in all), as others have the same key: money given back "
            "is missing. To keep them, name what tells them apart (--map {column}=COLUMN), or say in a remark "
            "that they are reversals (冲红)."
        )
        column = "bill_no" if table == "bills" else "payment_id"
        said.append(Notice("credits-refused", template, {**_values(lost, table), "column": column}))
    return said


def _values(rows: pl.DataFrame, table: str) -> dict[str, str | int]:
    whole = rows.select(exact_sum("amount")).item()
    return {"table": table, "count": rows.height, "amount": f"{whole:,.2f}"}
