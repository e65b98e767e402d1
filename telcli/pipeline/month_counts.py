"""Months of a table that are missing or thin, by how many rows each month has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from statistics import median

from telcli.errors import Notice
from telcli.pipeline.provenance import Part
from telcli.tables import PARTITIONS, SUBJECTS
from telcli.tables.month_names import THIN, named_months

__all__ = ["month_notices"]

_ENOUGH = 20
"""Rows of the usual month from which on a month without any is strange."""
_FAR, _STRAY = 60, 0.05
"""Months of silence after which few rows, as a share of all, are strays."""
_TOLD_LATER = ("bills", "usage")
"""Of these customer-months tells which months are absent, and that the last is thin."""


def month_notices(tables: Mapping[str, Mapping[str, Part]]) -> list[Notice]:
    """Tell of months without rows between others, and of months with less than half the rows of their neighbours.

    >>> parts = {f"2024-0{month}-01": Part("p", "", rows, 0) for month, rows in ((1, 90), (2, 40), (4, 95))}
    >>> [notice.code for notice in month_notices({"bills": parts})]
    ['month-few-rows']
    """
    notices: list[Notice] = []
    for table in SUBJECTS:
        if PARTITIONS.get(table) != "month" or not tables.get(table):
            continue
        rows: Counter[int] = Counter()
        for key, part in tables[table].items():
            rows[int(key[:4]) * 12 + int(key[5:7]) - 1] += part.rows
        stray = _stray(rows)
        if stray:
            notices.append(_far_off(table, rows, stray))
            rows = Counter({month: count for month, count in rows.items() if month not in stray})
        if median(rows.values()) >= _ENOUGH:
            notices += [] if table in _TOLD_LATER else _gaps(table, sorted(rows))
            notices += _thin(table, rows)
    return notices


def _stray(rows: Mapping[int, int]) -> list[int]:
    """Months with few rows that lie years before all others, as of phones whose clock was never set."""
    months = sorted(rows)
    starts = [at for at in range(1, len(months)) if months[at] - months[at - 1] > _FAR]
    early = months[: starts[-1]] if starts else []
    return early if sum(rows[month] for month in early) <= _STRAY * sum(rows.values()) else []


def _far_off(table: str, rows: Mapping[int, int], stray: list[int]) -> Notice:
    return Notice(
        "months-far-off",
        "{table}: {rows} rows are dated {months}, years before all others ({first} on): a clock that was not set? They "
        "are kept, and no history begins with them.",
        {
            "table": table,
            "rows": sum(rows[month] for month in stray),
            "months": named_months(_days(stray)),
            "first": _month(min(month for month in rows if month not in stray)),
        },
    )


def _gaps(table: str, have: list[int]) -> list[Notice]:
    absent = [month for month in range(have[0], have[-1]) if month not in set(have)]
    if not absent:
        return []
    return [
        Notice(
            "month-gap",
            "{table}: no rows for {months}, though months before and after have some; if an extract was forgotten, "
            "ingest it too.",
            {"table": table, "months": named_months(_days(absent))},
        )
    ]


def _thin(table: str, rows: Mapping[int, int]) -> list[Notice]:
    """Months with less than half the rows of each neighbour; the first may be few, as everything begins with it."""
    found = []
    months = sorted(rows)
    for month in months[1:-1] if table in _TOLD_LATER else months[1:]:
        beside = [rows[other] for other in (month - 1, month + 1) if other in rows]
        if beside and rows[month] < THIN * min(beside):
            found.append(
                Notice(
                    "month-few-rows",
                    "{table}: {month} has {rows} rows where the months beside it have {others}; part of it may be "
                    "missing.",
                    {"table": table, "month": _month(month), "rows": rows[month], "others": _both(beside)},
                )
            )
    return found


def _both(rows: Iterable[int]) -> str:
    return " / ".join(f"{count:,}" for count in rows)


def _month(index: int) -> str:
    return named_months(_days([index]))


def _days(months: Iterable[int]) -> list[date]:
    return [date(index // 12, index % 12 + 1, 1) for index in months]
