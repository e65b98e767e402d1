"""Who is known to be in order: test lines, call centres, exchanges of key accounts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import polars as pl

from telcli.errors import Notice
from telcli.intake.dates import days
from telcli.stages.detect_fraud_found import Found

__all__ = ["Allowed", "allowed_of", "told", "without"]

_SUBJECT = ("subject_id", "customer_id", "subscription_id", "客户编号", "用户编号", "对象")
_UNTIL = ("until", "expires", "valid_to", "到期日", "到期日期", "有效期", "失效日期")


_SHOWN = 5
"""Lines refused that a notice names."""


@dataclass(frozen=True)
class Allowed:
    """Subjects in force, how many lines of the list have run out, and which are refused, since their day is none."""

    subjects: frozenset[str]
    lines: int = 0
    expired: int = 0
    refused: tuple[int, ...] = ()
    file: str = ""

    def metrics(self, stopped: int, nobody: int) -> dict[str, Any]:
        """What is told of the list."""
        refused = [{"line": line, "reason": "until-no-day"} for line in self.refused]
        counts = {"lines": self.lines, "expired": self.expired, "nobody": nobody, "suspects_left_out": stopped}
        return {**counts, "refused": len(refused), "refused_lines": refused}


def allowed_of(told: Mapping[str, Any] | None, last: date) -> Allowed:
    """Read the list: a column of subjects, the first where none is headed so, and a day after which one counts no more.

    A line whose day is none is refused: it allows nobody, and the others hold. A list without lines allows nobody.

    >>> told = {"file": "a.csv", "columns": ["customer_id", "until"], "lines": [2, 3, 4]}
    >>> cells = [["C1", "2024/12/31"], ["C2", "2024-01-01"], ["C3", "soon"]]
    >>> found = allowed_of({**told, "cells": cells}, date(2024, 6, 30))
    >>> sorted(found.subjects), found.expired, found.refused
    (['C1'], 1, (4,))
    """
    if not told or not told["cells"]:
        return Allowed(frozenset(), file=str(told["file"]) if told else "")
    columns = [str(name).strip().lower() for name in told["columns"]]
    subject = next((at for at, name in enumerate(columns) if name in _SUBJECT), 0)
    until = next((at for at, name in enumerate(columns) if name in _UNTIL), None)
    cells = [[str(cell or "").strip() for cell in row] for row in told["cells"]]
    ends = pl.Series([row[until] or None if until is not None else None for row in cells], dtype=pl.String)
    read, bad = days(ends)
    subjects, refused, lines, expired = set(), [], 0, 0
    for row, line, day, wrong in zip(cells, told["lines"], read.to_list(), bad.to_list(), strict=True):
        if not row[subject]:
            continue
        lines += 1
        if wrong:
            refused.append(int(line))
        elif day and day < last:
            expired += 1
        else:
            subjects.add(row[subject])
    return Allowed(frozenset(subjects), lines, expired, tuple(refused), str(told["file"]))


def without(found: Sequence[Found], allowed: Allowed, owners: pl.DataFrame) -> tuple[list[Found], int]:
    """The suspects less those allowed, themselves or the customer whose line it is; and how many those were.

    `owners` are subscription_id and customer_id of lines.
    """
    own = owners.filter(pl.col("customer_id").is_in(sorted(allowed.subjects)))["subscription_id"].to_list()
    out = sorted({*allowed.subjects, *own})
    left, stopped = [], 0
    for one in found:
        hits = one.hits.filter(~pl.col("subject_id").is_in(out))
        stopped += one.hits.height - hits.height
        left.append(replace(one, hits=hits, signs=one.signs.filter(~pl.col("subject_id").is_in(out))))
    return left, stopped


def told(allowed: Allowed, stopped: int, nobody: int) -> Iterator[Notice]:
    """What the analyst should know of the list."""
    if allowed.refused:
        lines = ", ".join(map(str, allowed.refused[:_SHOWN])) + (", ..." if len(allowed.refused) > _SHOWN else "")
        yield Notice(
            "fraud-allow-refused",
            "{file}: {count} lines count for nothing, since what stands there as the last day is none; line {lines} "
            "(write 2024-12-31, or nothing).",
            {"file": allowed.file, "count": len(allowed.refused), "lines": lines},
        )
    if allowed.file and not allowed.lines:
        yield Notice("fraud-allow-empty", "{file} names nobody: all suspects are told.", {"file": allowed.file})
    if allowed.expired:
        yield Notice(
            "fraud-allow-expired",
            "{count} lines of the list of who is in order have run out, and count no more.",
            {"count": allowed.expired},
        )
    if nobody:
        yield Notice(
            "fraud-allow-nobody", "{count} lines of the list of who is in order name nobody here.", {"count": nobody}
        )
    if stopped:
        yield Notice(
            "fraud-allowed", "{count} suspects are left out: the list says that they are in order.", {"count": stopped}
        )
