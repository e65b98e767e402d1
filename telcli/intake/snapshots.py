"""Tables of customers and lines that show a month each: what they say holds from that month until the next says else.

The month stands in a column (统计月份, snapshot date), or in the names of files that differ in nothing else.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from telcli.intake.candidates import SNAPSHOT
from telcli.intake.history import FROM, TO
from telcli.intake.systems import stable_name
from telcli.intake.understood import Understood, headers_of_extract
from telcli.tables.refused import LINE, SOURCE

__all__ = ["SNAPSHOT", "Series", "dated", "day_of_name", "latest_snapshot", "series", "until_missed"]

_DAY = re.compile(r"((?:19|20)\d{2})[-_.]?(0[1-9]|1[0-2])(?:[-_.]?([0-2]\d|3[01]))?")


@dataclass(frozen=True)
class Series:
    """Extracts that show one thing month by month; `days` are those that their names tell, where no column does."""

    ones: tuple[Understood, ...]
    days: Mapping[str, date] = field(default_factory=dict)


def series(ones: Sequence[Understood]) -> list[Series]:
    """Extracts of one subject, those put together that succeed each other.

    They have the same columns, and names that differ in a date alone; or months of their own, no two the same.
    """
    alike: dict[tuple[str, frozenset[str]], list[Understood]] = {}
    for one in ones:
        layout = frozenset(headers_of_extract(one.extract).values())
        alike.setdefault((one.map.table, layout), []).append(one)
    return [made for group in alike.values() for made in _told_apart(group)]


def _told_apart(group: Sequence[Understood]) -> list[Series]:
    if len(group) == 1:
        return [Series((group[0],))]
    if all(one.map.use(SNAPSHOT) for one in group):
        months = [_months(one) for one in group]
        if sum(map(len, months)) == len(set().union(*months)):
            return [Series(tuple(group))]
    named: dict[str, list[Understood]] = {}
    for one in group:
        named.setdefault(stable_name(one.map.source), []).append(one)
    return [_by_name(ones) for ones in named.values()]


def _by_name(ones: Sequence[Understood]) -> Series:
    days = {one.map.source: day for one in ones if (day := day_of_name(one.map.source))}
    if len(ones) == 1 or any(one.map.use(name) for one in ones for name in (SNAPSHOT, FROM)):
        return Series(tuple(ones))
    return Series(tuple(ones), days if len(set(days.values())) == len(ones) else {})


def _months(one: Understood) -> set[date]:
    """The months that an extract shows."""
    readings = [reading for reading in one.readings(attributes=False) if reading.name == SNAPSHOT]
    rows = one.clean(readings).select(pl.col(SNAPSHOT).drop_nulls().unique()).collect(engine="streaming")
    return set(rows[SNAPSHOT])


def latest_snapshot(ones: Sequence[Understood]) -> date | None:
    """The last month that extracts of customers and lines show; None where no column says it."""
    return max((month for one in ones if one.map.use(SNAPSHOT) for month in _months(one)), default=None)


def dated(rows: pl.LazyFrame, days: Mapping[str, date] | None = None) -> pl.LazyFrame:
    """Rows that hold from their month on, `days` being the months of whole sources; other rows pass untouched.

    >>> rows = pl.LazyFrame({"id": ["a"], SNAPSHOT: [date(2024, 5, 1)]})
    >>> dated(rows).collect().to_dicts()
    [{'id': 'a', 'valid_from': datetime.date(2024, 5, 1)}]
    """
    have = rows.collect_schema()
    said = [pl.col(name) for name in (FROM, SNAPSHOT) if name in have]
    if days:
        said.append(pl.col(SOURCE).replace_strict(dict(days), default=None, return_dtype=pl.Date).dt.month_start())
    if not days and SNAPSHOT not in have:
        return rows
    return rows.with_columns(pl.coalesce(said).cast(pl.Date).alias(FROM)).drop(SNAPSHOT, strict=False)


def until_missed(rows: pl.LazyFrame, key: str) -> pl.LazyFrame:
    """Rows that end with the first later month in which their key is not shown; each month shows all there is.

    >>> months = [date(2024, month, 1) for month in (4, 5, 6)]
    >>> rows = pl.LazyFrame({"id": ["a", "b", "a"], FROM: months, SOURCE: ["f"] * 3, LINE: [2, 3, 4]})
    >>> until_missed(rows, "id").sort(LINE).collect()[TO].to_list()
    [datetime.date(2024, 5, 1), datetime.date(2024, 6, 1), None]
    """
    shown = rows.select(key, FROM, SOURCE, LINE).collect(engine="streaming")
    months = shown.select(pl.col(FROM).drop_nulls().unique().sort())
    next_one = months.with_columns(_next=pl.col(FROM).shift(-1))
    met = shown.drop_nulls([key, FROM]).select(key, FROM).unique().rename({FROM: "_next"})
    missed = shown.join(next_one, on=FROM).join(met, on=[key, "_next"], how="anti")
    ends = missed.select(SOURCE, LINE, _missed="_next").lazy()
    kept = [pl.col(TO)] if TO in rows.collect_schema() else []
    marked = rows.join(ends, on=[SOURCE, LINE], how="left", maintain_order="left")
    return marked.with_columns(pl.min_horizontal(*kept, "_missed").cast(pl.Date).alias(TO)).drop("_missed")


def day_of_name(source: str) -> date | None:
    """The day that a file's name says it is of; a month stands for its first day.

    >>> day_of_name("crm_20240630.csv"), day_of_name("crm_2024-06.csv"), day_of_name("crm.csv")
    (datetime.date(2024, 6, 30), datetime.date(2024, 6, 1), None)
    """
    found = _DAY.search(source)
    if not found:
        return None
    year, month, day = (int(part or 1) for part in found.groups())
    return date(year, month, min(day, monthrange(year, month)[1]))
