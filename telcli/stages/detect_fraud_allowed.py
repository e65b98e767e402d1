"""Who is known to be in order: test lines, call centres, exchanges of key accounts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import polars as pl

from telcli.errors import DataError, Notice
from telcli.stages.detect_fraud_found import Found

__all__ = ["Allowed", "allowed_of", "told", "without"]

_SUBJECT = ("subject_id", "customer_id", "subscription_id", "客户编号", "用户编号", "对象")
_UNTIL = ("until", "expires", "valid_to", "到期日", "到期日期", "有效期", "失效日期")


@dataclass(frozen=True)
class Allowed:
    """Subjects in force, how many lines of the list have run out, and whom it names that is nobody."""

    subjects: frozenset[str]
    lines: int = 0
    expired: int = 0

    def metrics(self, stopped: int, nobody: int) -> dict[str, int]:
        """What is told of the list."""
        return {"lines": self.lines, "expired": self.expired, "nobody": nobody, "suspects_left_out": stopped}


def allowed_of(told: Mapping[str, Any] | None, last: date) -> Allowed:
    """Read the list: a column of subjects, the first where none is headed so, and a day from which one ends.

    Raises
    ------
    DataError
        A day is none.

    >>> told = {"file": "a.csv", "columns": ["customer_id", "until"], "lines": [2, 3]}
    >>> found = allowed_of({**told, "cells": [["C1", "2024-12-31"], ["C2", "2024-01-01"]]}, date(2024, 6, 30))
    >>> sorted(found.subjects), found.expired
    (['C1'], 1)
    """
    if not told:
        return Allowed(frozenset())
    columns = [str(name).strip().lower() for name in told["columns"]]
    subject = next((at for at, name in enumerate(columns) if name in _SUBJECT), 0)
    until = next((at for at, name in enumerate(columns) if name in _UNTIL), None)
    subjects, expired, lines = set(), 0, 0
    for cells, line in zip(told["cells"], told["lines"], strict=True):
        name = str(cells[subject] or "").strip()
        if not name:
            continue
        lines += 1
        day = _day(cells[until], told["file"], line) if until is not None else None
        if day and day < last:
            expired += 1
        else:
            subjects.add(name)
    return Allowed(frozenset(subjects), lines, expired)


def _day(cell: Any, file: str, line: int) -> date | None:
    if cell is None or not str(cell).strip():
        return None
    try:
        return date.fromisoformat(str(cell).strip()[:10].replace("/", "-"))
    except ValueError:
        raise DataError(
            "allow-day",
            "{file}, line {line}: the day until which a subject is in order is none.",
            hint="Write days as 2024-12-31, or leave them empty.",
            file=file,
            line=line,
        ) from None


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
