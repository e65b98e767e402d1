"""What customers and lines were before, by the validity that the extracts of one load deliver."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from telcli.errors import Notice
from telcli.intake.flat import lent_lines
from telcli.intake.understood import Understood
from telcli.intake.validity import Parted, parted
from telcli.intake.whose import RECORD
from telcli.tables.checks import LINE, SOURCE

__all__ = ["Timelines"]

_LINES = ["subscription_id"]


class Timelines:
    """Parts the rows that hold in the month of a load from those that held before, and keeps the latter."""

    def __init__(self, month: date | None) -> None:
        self._month = month
        self._people: dict[str, Parted] = {}
        self._lent: list[Parted] = []
        self._lines: Parted | None = None
        self.notices: list[Notice] = []
        self.ahead: dict[str, int] = {}

    def customers(self, one: Understood, rows: pl.LazyFrame) -> pl.LazyFrame:
        """The customers of one extract as they are now."""
        found = self._people[one.map.source] = parted(rows, ["customer_id"], self._month)
        self._told(found, one.map.source, (one.map.source,))
        return found.current

    def lent(self, one: Understood, at: date | None) -> pl.LazyFrame | None:
        """The lines that one extract lends, as they are now; see `telcli.intake.flat.lent_lines`."""
        lines = lent_lines(one, at)
        if lines is None:
            return None
        found = parted(lines, _LINES, self._month)
        self._lent.append(found)
        return found.current

    def lines(self, rows: pl.LazyFrame, ones: Sequence[Understood]) -> pl.LazyFrame:
        """Lines as they are now."""
        self._lines = parted(rows, _LINES, self._month)
        self._told(self._lines, "subscriptions", [one.map.source for one in ones if one.map.table == "subscriptions"])
        return self._lines.current

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
