"""What customers and lines were before, by the validity that the extracts of one load deliver."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

import polars as pl

from telcli.errors import Notice
from telcli.intake.candidates import SNAPSHOT
from telcli.intake.flat import lends_lines, lent_lines
from telcli.intake.history import FROM, TO
from telcli.intake.snapshots import Series, dated, series, until_missed
from telcli.intake.understood import Understood
from telcli.intake.validity import Parted, parted
from telcli.intake.whose import RECORD
from telcli.tables.refused import FAULTS, LINE, SOURCE

__all__ = ["Timelines"]

_LINES = ["subscription_id"]
Read = Callable[[Understood], pl.LazyFrame]


class Timelines:
    """Parts the rows that hold in the month of a load from those that held before, and keeps the latter.

    `whole` says that each month shown has all customers there are; `gone` are, by source, rows of those who are not in
    the last of them.
    """

    def __init__(self, month: date | None, *, whole: bool = False) -> None:
        self._month, self._whole = month, whole
        self._people: dict[str, Parted] = {}
        self._lent: list[Parted] = []
        self._lines: Parted | None = None
        self.gone: dict[str, pl.LazyFrame] = {}
        self.notices: list[Notice] = []
        self.ahead: dict[str, int] = {}

    def customers(self, ones: Sequence[Understood], read: Read) -> dict[str, pl.LazyFrame]:
        """The customers of each extract as they are now, by source."""
        for one in series(ones):
            self._dated_by_name(one)
            rows = self._shown(one, read, "customer_id")
            self._missed(one, rows)
            found = _told_by_months(parted(rows, ["customer_id"], self._month), one)
            for source, part in self._split(found, one).items():
                self._people[source] = part
                self._told(part, source, (source,))
        return {source: found.current for source, found in self._people.items()}

    def lent(self, ones: Sequence[Understood], at: date | None) -> list[tuple[str, pl.LazyFrame]]:
        """The lines that extracts of customers lend, as they are now; see `telcli.intake.flat.lent_lines`."""
        lending = [one for one in ones if lends_lines(one)]
        made = []
        for one in series(lending):
            rows = self._shown(one, lambda extract: lent_lines(extract, at), _LINES[0])
            found = self._gone(parted(rows, _LINES, self._month))
            self._lent.append(found)
            made.append((one.ones[-1].map.source, found.current))
        return made

    def lines(self, rows: pl.LazyFrame, ones: Sequence[Understood]) -> pl.LazyFrame:
        """Lines as they are now."""
        own = [one for one in ones if one.map.table == "subscriptions"]
        days: dict[str, date] = {}
        for several in series(own):
            self._dated_by_name(several)
            days |= several.days
        self._lines = parted(dated(rows, days), _LINES, self._month)
        self._told(self._lines, "subscriptions", [one.map.source for one in own])
        return self._lines.current

    def _dated_by_name(self, one: Series) -> None:
        told = "{files} succeed each other by the dates in their names: each holds from that month until the next."
        if one.days:
            self.notices.append(Notice("snapshots-by-name", told, {"files": ", ".join(sorted(one.days))}))

    def _missed(self, one: Series, rows: pl.LazyFrame) -> None:
        """Say how many customers the last month does not show, where they stand all the same."""
        if self._whole or not _monthly(one):
            return
        last = rows.group_by("customer_id").agg(pl.col(FROM).max()).drop_nulls()
        found = last.select(pl.col(FROM).max().alias("month"), count=(pl.col(FROM) < pl.col(FROM).max()).sum())
        month, count = found.collect(engine="streaming").row(0)
        files = ", ".join(sorted(extract.map.source for extract in one.ones))
        told = "{files}: {count} customers are not shown in {month} any more; they stand as they last were."
        if count:
            values = {"files": files, "count": count, "month": f"{month:%Y-%m}"}
            self.notices.append(Notice("snapshots-missed", told, values))

    def _shown(self, one: Series, read: Read, key: str) -> pl.LazyFrame:
        """The rows of extracts that succeed each other, one below the other, each with the day it holds from."""
        rows = pl.concat([dated(read(extract), one.days) for extract in one.ones], how="diagonal_relaxed")
        return until_missed(rows, key) if self._whole and _monthly(one) else rows

    def _gone(self, found: Parted) -> Parted:
        """Where each month shows all there is, who is not in the last is no more."""
        if not self._whole or found.past is None:
            return found
        over = (pl.col(TO) <= pl.lit(self._month, dtype=pl.Date)).fill_null(value=False)
        over &= pl.col(FAULTS).list.len() == 0
        past = pl.concat([found.past, found.current.filter(over)], how="diagonal_relaxed")
        return replace(found, current=found.current.filter(~over), past=past)

    def _split(self, found: Parted, one: Series) -> dict[str, Parted]:
        """What was made of several extracts together, by source."""
        found = self._gone(found)
        if len(one.ones) == 1:
            return {one.ones[0].map.source: found}
        current = found.current.collect(engine="streaming").lazy()
        past = (found.past if found.past is not None else current.clear()).collect(engine="streaming").lazy()
        missed = past.join(current, on="customer_id", how="anti").unique("customer_id") if self._whole else past.clear()
        parts: dict[str, Parted] = {}
        for name in (extract.map.source for extract in one.ones):
            mine = pl.col(SOURCE) == name
            self.gone[name] = missed.filter(mine)
            ahead = found.ahead.filter(source=name) if found.ahead is not None else None
            part = replace(found, current=current.filter(mine), past=past.filter(mine), ahead=ahead)
            parts[name] = replace(part, clipped=0, lapsed=0, inclusive=False) if parts else part
        return parts

    def _told(self, found: Parted, what: str, sources: Sequence[str]) -> None:
        self.notices += found.notices(what)
        rows = dict(found.ahead.iter_rows()) if found.ahead is not None else {}
        self.ahead |= {source: rows[source] for source in sources if source in rows}

    def holding(self, one: Understood, rows: pl.LazyFrame) -> pl.LazyFrame:
        """What an extract of customers lends to facts, of its rows that hold."""
        found = self._people.get(one.map.source)
        if found is None or found.aside is None or not found.aside.height:
            return rows
        return rows.join(found.aside.lazy(), on=[SOURCE, LINE], how="anti", maintain_order="left")

    def histories(self, ones: Sequence[Understood]) -> dict[str, pl.LazyFrame]:
        """What customers and lines were before, under their customers as they were resolved; no table without rows."""
        people = [
            one.under(found.past) if one.under else found.past
            for one in ones
            if (found := self._people.get(one.map.source)) and found.past is not None
        ]
        lines = [found.past for found in (*self._lent, self._lines) if found is not None and found.past is not None]
        tables: Mapping[str, list[pl.LazyFrame]] = {"customer_history": people, "subscription_history": lines}
        return {
            table: pl.concat(frames, how="diagonal_relaxed").drop(RECORD, strict=False)
            for table, frames in tables.items()
            if any(frame.select(pl.len()).collect().item() for frame in frames)
        }


def _monthly(one: Series) -> bool:
    """Whether extracts show a month each."""
    return bool(one.days) or any(extract.map.use(SNAPSHOT) for extract in one.ones)


def _told_by_months(found: Parted, one: Series) -> Parted:
    """Rows that show a month each have no end of their own that the next ones could cut short."""
    own = any(extract.map.use(name) for extract in one.ones for name in (FROM, TO))
    return found if own else replace(found, clipped=0, lapsed=0, inclusive=False)
