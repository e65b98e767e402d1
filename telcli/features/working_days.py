"""Working days of months: Monday to Friday, less holidays, with the weekend days that are worked for them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from telcli.errors import DataError
from telcli.features.headed import places_of
from telcli.features.month_index import add_months

__all__ = ["CHINA", "WEEKENDS", "Calendar", "calendar_of"]

CHINA, WEEKENDS = "china", "weekends"
"""The calendar that comes with telcli, and that of weekends alone."""
_WEEKEND = 5
_HEADERS = {"date": ("date", "day", "日期"), "kind": ("kind", "type", "类型", "性质")}
_KINDS = {
    **dict.fromkeys(("holiday", "off", "放假", "假日", "节假日", "休"), "holiday"),
    **dict.fromkeys(("working", "workday", "work", "上班", "调休上班", "班"), "working"),
}
_SPAN = ".."
_MONTHS_COVERED = 2
"""Months of a year with a holiday from which on the year is known: the first days of January may stand in December."""


@dataclass(frozen=True)
class Calendar:
    """Days that are off, and days of weekends that are worked."""

    holidays: frozenset[date] = frozenset()
    working: frozenset[date] = frozenset()

    def counts(self, months: Sequence[date]) -> NDArray[np.float64]:
        """Working and other days of each month, of the shape (2, months).

        >>> Calendar().counts([date(2023, 2, 1), date(2024, 2, 1)]).tolist()
        [[20.0, 21.0], [8.0, 8.0]]
        """
        found = np.zeros((2, len(months)))
        for at, month in enumerate(months):
            size = (add_months(month, 1) - month.replace(day=1)).days
            days = [month.replace(day=1) + timedelta(days=day) for day in range(size)]
            worked = sum(self.worked(day) for day in days)
            found[:, at] = worked, size - worked
        return found

    def worked(self, day: date) -> bool:
        """Whether a day is a working day."""
        return day in self.working or (day.weekday() < _WEEKEND and day not in self.holidays)

    def on_or_after(self, day: date) -> date:
        """The first working day from a day on.

        >>> Calendar(frozenset([date(2024, 6, 10)])).on_or_after(date(2024, 6, 8))
        datetime.date(2024, 6, 11)
        """
        return day if self.worked(day) else self.on_or_after(day + timedelta(days=1))

    def on_or_before(self, day: date) -> date:
        """The last working day up to a day.

        >>> Calendar().on_or_before(date(2024, 6, 9))
        datetime.date(2024, 6, 7)
        """
        return day if self.worked(day) else self.on_or_before(day - timedelta(days=1))

    def unknown(self, years: Sequence[int]) -> tuple[int, ...]:
        """The years whose holidays the calendar does not know; none of a calendar of weekends alone.

        >>> calendar_of(CHINA).unknown([2021, 2024, 2027])
        (2021, 2027)
        """
        if not self.holidays:
            return ()
        months = {(day.year, day.month) for day in self.holidays}
        known = {year for year, _ in months if sum(each == year for each, _ in months) >= _MONTHS_COVERED}
        return tuple(sorted(set(years) - known))


def calendar_of(name: str, given: Mapping[str, Any] | None = None) -> Calendar:
    """The calendar that the setting names: ``china``, ``weekends`` or nothing, or the rows of a file.

    `given` has ``file``, and ``toml`` (lists `holiday` and `working`, at the top or in tables) or ``columns``,
    ``cells`` and ``lines``, as the pipeline read it. A date may be a span: first..last.

    Raises
    ------
    DataError
        There is no column of dates or of kinds, or a line has none; the sentence names the lines.

    >>> calendar_of("mine.toml", {"file": "mine.toml", "toml": {"holiday": ["2024-02-09..2024-02-11"]}}).counts(
    ...     [date(2024, 2, 1)]).tolist()
    [[20.0], [9.0]]
    """
    if given is None:
        return _china() if name == CHINA else Calendar()
    rows = _of_toml(given["toml"]) if "toml" in given else _of_table(given)
    held: dict[str, set[date]] = {"holiday": set(), "working": set()}
    wrong = []
    for line, text, kind in rows:
        days, meant = _days(text), _KINDS.get(kind.strip().lower())
        if days is None or meant is None:
            wrong.append(str(line))
        else:
            held[meant].update(days)
    if wrong:
        raise DataError(
            "holidays-days",
            "{file}: {count} entries have no date, or a kind that is neither holiday nor working: {lines}.",
            hint="Write dates as 2024-10-01 or 2024-10-01..2024-10-07.",
            file=given["file"],
            count=len(wrong),
            lines=", ".join(wrong[:5]),
        )
    return Calendar(frozenset(held["holiday"]), frozenset(held["working"]))


@cache
def _china() -> Calendar:
    read = tomllib.loads(files("telcli.features").joinpath("holidays_china.toml").read_text(encoding="utf-8"))
    return calendar_of("", {"file": "holidays_china.toml", "toml": read})


def _of_toml(read: Mapping[str, Any]) -> Iterator[tuple[int, str, str]]:
    """Place, date and kind of every day in lists `holiday` and `working`; what is neither has no date."""
    tables = [read, *(each for each in read.values() if isinstance(each, Mapping))]
    lists = [(kind, days) for table in tables for kind, days in table.items() if not isinstance(days, Mapping)]
    listed = [(kind, days if isinstance(days, list) else [""]) for kind, days in lists]
    days = ((kind, day) for kind, held in listed for day in held)
    yield from ((at, str(day), kind) for at, (kind, day) in enumerate(days, start=1))


def _of_table(given: Mapping[str, Any]) -> Iterator[tuple[int, str, str]]:
    at = places_of(given["columns"], _HEADERS)
    if at["date"] is None or at["kind"] is None:
        raise DataError(
            "holidays-columns",
            "{file} has no columns date and kind.",
            hint="Its columns are date and kind; kind is holiday or working.",
            file=given["file"],
        )
    for line, cells in zip(given["lines"], given["cells"], strict=True):
        yield line, str(cells[at["date"]] or ""), str(cells[at["kind"]] or "")


def _days(text: str) -> list[date] | None:
    """The days of a date or of a span; None of what is neither.

    >>> _days("2024-02-10"), _days("soon"), len(_days("2024/2/10..2024/2/17") or ())
    ([datetime.date(2024, 2, 10)], None, 8)
    """
    first, _, last = text.strip().partition(_SPAN)
    try:
        ends = [_day(first), _day(last or first)]
    except ValueError:
        return None
    size = (ends[1] - ends[0]).days + 1
    return [ends[0] + timedelta(days=at) for at in range(size)] if 0 < size <= _LONGEST else None


def _day(text: str) -> date:
    year, month, day = (int(part) for part in text.strip().split(" ")[0].replace("/", "-").split("-"))
    return date(year, month, day)


_LONGEST = 31
"""Days of the longest span: a longer one has a slip of the pen in it."""
