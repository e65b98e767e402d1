"""Months of facts that are held meet those that a load brings: a month is new, open or closed.

The latest month held of a table is open: rows given again replace theirs, others are added. Earlier months are closed:
a load may give them again as they are, add late rows where the analyst says so (`--late`), and change what they hold
only where the analyst says that (`--restate`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from telcli.errors import DataError, Notice
from telcli.io.parquet_files import scanned
from telcli.pipeline.doors import Landed, land
from telcli.pipeline.gc_texts import TEXTS, bare
from telcli.pipeline.provenance import Part
from telcli.pipeline.retyping import as_text
from telcli.stages.ingest_history import added_to, alike_held, late_to, without_charges
from telcli.tables import contract

__all__ = ["Load", "Monthly", "counted", "staged_rows"]


@dataclass(frozen=True)
class Load:
    """How one load is to be taken: its month, whether it may change closed months, whether it gives every row there is.

    `sources` are the names of the extracts that it reads; `spoken` the kinds of charge that its bills have columns for;
    `added` the tables of which it names some rows only, whatever else it gives. `again` says that it reads all files
    that everything held comes from; `late` that rows of closed months come late. `made` are months of tables that were
    made of others so far: what is delivered takes their place.
    """

    month: date | None
    restate: bool
    whole: bool
    sources: tuple[str, ...]
    spoken: frozenset[str] = frozenset()
    added: frozenset[str] = frozenset()
    again: bool = False
    late: bool = False
    made: Mapping[str, frozenset[str]] = field(default_factory=dict)
    let_go: Mapping[str, str] = field(default_factory=dict)


class Monthly:
    """The monthly tables of one load, one after the other; `scan` reads partitions that are held."""

    def __init__(self, scan: Callable[[str, list[str]], pl.LazyFrame], load: Load, staging: Path) -> None:
        self._scan, self._load, self._staging = scan, load, staging
        self._closed: list[tuple[str, str, int, int]] = []
        self.notices: list[Notice] = []

    def met(self, table: str, held: Mapping[str, Part], fresh: Landed, texts: Sequence[str]) -> Landed:
        """One table as it is to be; `texts` are columns that are text now, whatever they were."""
        last = max(name[:10] for name in held)
        fresh = self._not_let_go(table, fresh)
        parts, staged = dict(held), dict(fresh.staged)
        for month in sorted({name[:10] for name in fresh.parts}):
            theirs = {name: part for name, part in fresh.parts.items() if name[:10] == month}
            ours = {name: part for name, part in held.items() if name[:10] == month}
            if not ours:
                parts |= theirs
                continue
            if not self._same(table, ours, fresh, theirs, texts):
                made_so_far = month in self._load.made.get(table, ())
                if self._load.restate or made_so_far or (self._load.whole and month == last):
                    self._say("month-delivered" if made_so_far else "month-restated", table, month, ours, theirs)
                    parts = {name: part for name, part in parts.items() if name not in ours} | theirs
                    continue
                made = self._added(table, ours, fresh, theirs, texts, open_now=month == last)
                if made is None:
                    self._closed.append((table, month, counted(ours), counted(theirs)))
                else:
                    self._say_alike(table, month, ours, fresh, theirs)
                    parts |= made.parts
                    staged |= made.staged
                    after = {**ours, **made.parts}
                    if month == last:
                        self._say("month-added-to", table, month, ours, theirs, after)
                    elif self._load.late:
                        self._say("month-late-rows", table, month, ours, theirs, after)
            staged = {path: place for path, place in staged.items() if place not in _places(fresh, theirs)}
        return dataclasses.replace(fresh, parts=parts, staged=staged)

    def _not_let_go(self, table: str, fresh: Landed) -> Landed:
        """What a load brings, without months that `telcli gc` let go."""
        fresh, since = self._bare(table, fresh), self._load.let_go.get(table, "")
        old = {name: part for name, part in fresh.parts.items() if name[:10] < since}
        if not old:
            return fresh
        values = {"table": table, "rows": counted(old), "month": since[:7]}
        self.notices.append(Notice("months-let-go", _SAID["months-let-go"], values))
        paths = {part.path for part in old.values()}
        parts = {name: part for name, part in fresh.parts.items() if name not in old}
        return dataclasses.replace(
            fresh, parts=parts, staged={path: place for path, place in fresh.staged.items() if path not in paths}
        )

    def _bare(self, table: str, fresh: Landed) -> Landed:
        """What a load brings, without texts of contacts of months in which these are no longer kept."""
        since = self._load.let_go.get(TEXTS, "") if TEXTS.startswith(f"{table}.") else ""
        old = {name: part for name, part in fresh.parts.items() if name[:10] < since}
        if not old:
            return fresh
        made = land(contract(table), bare(staged_rows(fresh, list(old.values()))), self._staging / "bare", strict=True)
        return dataclasses.replace(fresh, parts={**fresh.parts, **made.parts}, staged={**fresh.staged, **made.staged})

    def _same(
        self, table: str, ours: Mapping[str, Part], fresh: Landed, theirs: Mapping[str, Part], texts: Sequence[str]
    ) -> bool:
        """Whether two loads say the same of a month, be it in other bytes."""
        if {name: part.sha256 for name, part in ours.items()} == {name: part.sha256 for name, part in theirs.items()}:
            return True
        if {name: part.rows for name, part in ours.items()} != {name: part.rows for name, part in theirs.items()}:
            return False
        return all(
            as_text(self._scan(table, [name]), texts)
            .collect()
            .equals(staged_rows(fresh, [part]).collect(), null_equal=True)
            for name, part in theirs.items()
        )

    def _added(
        self,
        table: str,
        ours: Mapping[str, Part],
        fresh: Landed,
        theirs: Mapping[str, Part],
        texts: Sequence[str],
        *,
        open_now: bool,
    ) -> Landed | None:
        """The partitions of a month that get rows; None where the month is closed to them.

        Rows of a closed month that are held already, as they are, are nothing new, whatever else is held of it.
        """
        rules, made = contract(table), []
        for name, part in theirs.items():
            given = as_text(staged_rows(fresh, [part]), texts)
            held = as_text(self._scan(table, [name]), texts) if name in ours else None
            if open_now:
                both = given if held is None else added_to(self._without_spoken(table, held, given), given, rules.key)
            else:
                late = given if held is None else late_to(held, given, rules.key)
                if late is None or (not self._load.late and _rows(late) > (ours[name].rows if name in ours else 0)):
                    return None
                if not self._load.late:
                    continue
                both = late
            made.append(land(rules, both, self._staging / name, strict=True))
        parts = {name: part for one in made for name, part in one.parts.items()}
        staged = {path: place for one in made for path, place in one.staged.items()}
        return dataclasses.replace(fresh, parts=parts, staged=staged)

    def _without_spoken(self, table: str, held: pl.LazyFrame, given: pl.LazyFrame) -> pl.LazyFrame:
        """What is held of bills, without charges that the load would name if there still were any."""
        if table == "bills" and self._load.spoken:
            return without_charges(held, given, self._load.spoken)
        return held

    def _say(
        self,
        code: str,
        table: str,
        month: str,
        ours: Mapping[str, Part],
        theirs: Mapping[str, Part],
        after: Mapping[str, Part] | None = None,
    ) -> None:
        given, before, now = counted(theirs), counted(ours), counted(theirs if after is None else after)
        values = {"table": table, "month": month[:7], "given": given, "before": before, "after": now}
        late = {"new": now - before, "same": given - (now - before)} if code == "month-late-rows" else {}
        self.notices.append(Notice(code, _SAID[code], {**values, **late}))

    def _say_alike(
        self, table: str, month: str, ours: Mapping[str, Part], fresh: Landed, theirs: Mapping[str, Part]
    ) -> None:
        """Count the rows that took the place of one held, or were left out, and may be events of their own."""
        key = contract(table).key
        count = sum(
            alike_held(table, self._scan(table, [name]), staged_rows(fresh, [part]), key)
            for name, part in theirs.items()
            if name in ours
        )
        if count:
            values = {"table": table, "month": month[:7], "count": count}
            self.notices.append(Notice("alike-held", _SAID["alike-held"], values))

    def refuse_closed(self) -> None:
        """Refuse a load that says something else of closed months, once all of them are known."""
        if not self._closed:
            return
        table, month, before, now = self._closed[0]
        values = {"table": table, "month": month[:7], "before": before, "now": now}
        if self._load.late:
            raise DataError(
                "late-differs",
                "{table}: {month} is closed, and of the {now} rows that this load gives some say something else than "
                "the {before} held. Nothing was changed.",
                hint="--late only adds rows: leave out those that are held with other values; or give the whole month "
                "with --restate.",
                **values,
            )
        raise DataError(
            "month-closed",
            "{table}: {month} is closed, holds {before} rows, and this load gives {now} that differ ({count} closed "
            "months of {tables} differ in all). Nothing was changed.",
            hint="Leave those months out of the extracts; or add rows that come late with --late; or replace the "
            "months with --restate.",
            **values,
            count=len(self._closed),
            tables=", ".join(dict.fromkeys(one[0] for one in self._closed)),
        )


_SAID = {
    "alike-held": "{table}: {month}: {count} rows given have neither a number nor a time of day and are like rows "
    "held; they were taken for the same events, not for further ones. If they are, give a number or a time of "
    "day, or the whole month in one load with --restate.",
    "month-delivered": "{table}: {month} was added up from calls so far ({before} rows); the {given} rows delivered "
    "take their place.",
    "month-added-to": "{table}: {month} is open and was added to: {given} rows given, {before} held before, "
    "{after} now.",
    "month-late-rows": "{table}: {month} is closed; of {given} rows given {new} came late and were added, {same} were "
    "held already; {after} now.",
    "months-let-go": "{table}: {rows} rows of months before {month} were left out: telcli gc let these months go.",
    "month-restated": "{table}: {month} was replaced: {before} rows before, {after} now.",
}


def staged_rows(fresh: Landed, parts: Sequence[Part]) -> pl.LazyFrame:
    """The rows of some parts of a table that a load has just landed."""
    return pl.concat([scanned(fresh.staged[part.path]) for part in parts], how="diagonal_relaxed")


def _rows(frame: pl.LazyFrame) -> int:
    return int(frame.select(pl.len()).collect(engine="streaming").item())


def counted(parts: Mapping[str, Part]) -> int:
    """The rows of some parts."""
    return sum(part.rows for part in parts.values())


def _places(fresh: Landed, theirs: Mapping[str, Part]) -> set[Path]:
    return {fresh.staged[part.path] for part in theirs.values()}
