"""What is held meets what a load brings: a month is new, open or closed; rows of state tables succeed each other.

The latest month held of a table is open: rows given again replace theirs, others are added. Earlier months are closed:
a load may give them again as they are, and change them only where the analyst says so (`--restate`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from telcli.errors import DataError, Notice
from telcli.pipeline.doors import Landed, land
from telcli.pipeline.provenance import Manifest, Part
from telcli.pipeline.retyping import as_text, retyped
from telcli.pipeline.workdir import STAGING, Workdir
from telcli.stages.ingest_history import (
    Succession,
    added_to,
    histories,
    restated,
    succeed,
    without_charges,
    without_validity,
)
from telcli.tables import PARTITIONS, contract
from telcli.tables.histories import HISTORY_OF

__all__ = ["Load", "meet"]


@dataclass(frozen=True)
class Load:
    """How one load is to be taken: its month, whether it may change closed months, whether it gives every row there is.

    `sources` are the names of the extracts that it reads; `spoken` the kinds of charge that its bills have columns for;
    `added` the tables of which it names some rows only, whatever else it gives. `again` says that it reads all files
    that everything held comes from.
    """

    month: date | None
    restate: bool
    whole: bool
    sources: tuple[str, ...]
    spoken: frozenset[str] = frozenset()
    added: frozenset[str] = frozenset()
    again: bool = False


def meet(
    workdir: Workdir, manifest: Manifest, landed: Mapping[str, Landed], load: Load
) -> tuple[dict[str, Landed], list[Notice]]:
    """Every table as it is to be: what the load gives beside what is held.

    Raises
    ------
    DataError
        The load says something else of a closed month, or is older than what is held.
    """
    staging = workdir.path / STAGING / "met"
    meeting = _Meeting(workdir, manifest, load, staging, {name: landed.get(name) for name in HISTORY_OF.values()})
    found = {table: meeting.of(table, one) for table, one in landed.items() if table != "rejects"}
    found |= meeting.histories
    found["rejects"] = meeting.rejects(landed["rejects"])
    for table, parts in manifest.tables.items():
        if table not in found and table in meeting.tables:
            found[table] = _held(parts)
    meeting.refuse_closed()
    return found, meeting.notices


class _Meeting:
    """One load and what is held, table by table."""

    def __init__(
        self, workdir: Workdir, manifest: Manifest, load: Load, staging: Path, past: Mapping[str, Landed | None]
    ) -> None:
        from telcli.pipeline.catalog import stage

        self._workdir, self._manifest, self._load, self._staging = workdir, manifest, load, staging
        self._past = past
        self._texts: dict[str, list[str]] = {}
        self._closed: list[tuple[str, str, int, int]] = []
        self.tables = stage("ingest").gives
        self.histories: dict[str, Landed] = {}
        self.notices: list[Notice] = []

    def of(self, table: str, fresh: Landed) -> Landed:
        """One table, where something of it is held and where nothing is."""
        held = self._manifest.tables.get(table)
        if not held or table in HISTORY_OF.values():
            return fresh  # the state table that a history is of sees to it
        fresh, self._texts[table], told = retyped(table, self._scan(table, list(held)), fresh, self._staging)
        self.notices += told
        return self._months(table, held, fresh) if PARTITIONS.get(table) == "month" else self._state(table, held, fresh)

    def _months(self, table: str, held: Mapping[str, Part], fresh: Landed) -> Landed:
        last = max(name[:10] for name in held)
        parts, staged = dict(held), dict(fresh.staged)
        for month in sorted({name[:10] for name in fresh.parts}):
            theirs = {name: part for name, part in fresh.parts.items() if name[:10] == month}
            ours = {name: part for name, part in held.items() if name[:10] == month}
            if ours and self._same(table, ours, fresh, theirs):
                staged = {path: place for path, place in staged.items() if path not in _paths(theirs)}
                continue
            if ours and month != last and not self._load.restate:
                self._closed.append((table, month, _rows(ours), _rows(theirs)))
                continue
            if ours and not self._load.restate and not self._load.whole:
                theirs, more = self._added(table, month, ours, fresh, theirs)
                given = _paths(fresh.parts, month)
                staged = {path: place for path, place in staged.items() if path not in given} | more
            elif ours:
                self._say_restated(table, month, ours, theirs)
            parts = {name: part for name, part in parts.items() if name not in ours} | theirs
        return dataclasses.replace(fresh, parts=parts, staged=staged)

    def _same(self, table: str, ours: Mapping[str, Part], fresh: Landed, theirs: Mapping[str, Part]) -> bool:
        """Whether two loads say the same of a month, be it in other bytes."""
        if {name: part.sha256 for name, part in ours.items()} == {name: part.sha256 for name, part in theirs.items()}:
            return True
        if {name: part.rows for name, part in ours.items()} != {name: part.rows for name, part in theirs.items()}:
            return False
        return all(
            as_text(self._scan(table, [name]), self._texts[table])
            .collect()
            .equals(_staged(fresh, part).collect(), null_equal=True)
            for name, part in theirs.items()
        )

    def _added(
        self, table: str, month: str, ours: Mapping[str, Part], fresh: Landed, theirs: Mapping[str, Part]
    ) -> tuple[dict[str, Part], dict[str, Path]]:
        """An open month with the rows of one more load."""
        rules = contract(table)
        given = pl.concat([_staged(fresh, part) for part in theirs.values()], how="diagonal_relaxed")
        held = self._scan(table, list(ours))
        if table == "bills" and self._load.spoken:
            held = without_charges(held, given, self._load.spoken)
        both = added_to(held, given, rules.key)
        made = land(rules, both, self._staging / month, strict=True)
        rows = sum(part.rows for part in made.parts.values())
        self.notices.append(
            Notice(
                "month-added-to",
                "{table}: {month} is open and was added to: {given} rows given, {before} held before, {after} now.",
                {"table": table, "month": month[:7], "given": _rows(theirs), "before": _rows(ours), "after": rows},
            )
        )
        return dict(made.parts), dict(made.staged)

    def _say_restated(self, table: str, month: str, ours: Mapping[str, Part], theirs: Mapping[str, Part]) -> None:
        self.notices.append(
            Notice(
                "month-restated",
                "{table}: {month} was replaced: {before} rows before, {after} now.",
                {"table": table, "month": month[:7], "before": _rows(ours), "after": _rows(theirs)},
            )
        )

    def _state(self, table: str, held: Mapping[str, Part], fresh: Landed) -> Landed:
        """A table with a row per key: rows given succeed those held."""
        rules, load = contract(table), self._load
        whole = load.whole and table not in load.added
        before = as_text(self._scan(table, list(held)), self._texts[table])
        given = pl.concat([_staged(fresh, part) for part in fresh.parts.values()])
        past = HISTORY_OF.get(table)
        was = self._was(past)
        if past and was is not None and load.restate and load.month:
            given, was = restated(before, was, given, rules.key, load.month)
            whole = whole and not _later(before, load.month)
        said = self._said(past)
        found = succeed(before, given, rules.key, load.month, whole=whole, dated=said)
        if past and found.changed:
            self._refuse_older(table, before)
        if table == "customers" and whole and not (load.restate or load.again):
            _refuse_shrinking(_rows(held), found)
        if past and was is not None and (found.past.height or self._past[past] or _has_rows(was, load)):
            self.histories[past] = self._history(past, found, was, rules.key, self._texts[table])
        columns = rules.schema.column_names()
        made = land(rules, without_validity(found.current, columns).lazy(), self._staging, strict=True)
        if past and (found.added or found.changed or found.absent):
            self.notices.append(_succeeded(table, found, whole=whole))
        return dataclasses.replace(fresh, parts=made.parts, staged=made.staged)

    def _refuse_older(self, table: str, held: pl.LazyFrame) -> None:
        if "valid_from" not in held.collect_schema() or self._load.month is None or self._load.restate:
            return
        loads = [date.fromisoformat(one["month"]) for one in self._manifest.loads if one["month"]]
        month = pl.col("valid_from").dt.month_start()
        known = (
            month.filter(month <= max(loads)) if loads else month
        )  # one that begins later was loaded ahead of its time
        latest = held.select(known.max()).collect().item()
        if latest and latest > self._load.month:
            raise DataError(
                "load-older",
                "{table} of {held} is held, and this load is of {month}: an older state must not replace a newer one.",
                hint="Leave the older extract out; or take it as the truth with --restate.",
                table=table,
                held=f"{latest:%Y-%m}",
                month=f"{self._load.month:%Y-%m}",
            )

    def _said(self, history: str | None) -> pl.LazyFrame | None:
        """What this load itself says of the past of a state table."""
        fresh = self._past.get(history or "")
        return pl.concat([_staged(fresh, part) for part in fresh.parts.values()]) if fresh and fresh.rows else None

    def _was(self, history: str | None) -> pl.LazyFrame | None:
        """The past of a state table as it is held; none of it where nothing is."""
        if not history:
            return None
        held = self._manifest.tables.get(history)
        return self._scan(history, list(held)) if held else contract(history).schema.create_empty(lazy=True)

    def _history(
        self, table: str, found: Succession, was: pl.LazyFrame | None, key: tuple[str, ...], texts: list[str]
    ) -> Landed:
        """What rows of a state table were, kept so far, succeeded now, and said by this load."""
        rules, fresh = contract(table), self._past[table]
        frames = [rules.conform(found.past.lazy())]
        if was is not None:
            frames.append(rules.conform(was))
        given = self._said(table)
        frames, given = [as_text(one, texts) for one in frames], None if given is None else as_text(given, texts)
        made = land(rules, histories(frames, given, found.current, key), self._staging, strict=True)
        return dataclasses.replace(fresh, parts=made.parts, staged=made.staged) if fresh else made

    def rejects(self, fresh: Landed) -> Landed:
        """Rows refused: those of this load take the place of those of the same sources."""
        held = self._manifest.tables.get("rejects")
        if not held:
            return fresh
        others = self._scan("rejects", list(held)).filter(~pl.col("source").is_in(list(self._load.sources)))
        given = pl.concat([_staged(fresh, part) for part in fresh.parts.values()])
        both = pl.concat([others, given]).sort("source", "line", "rule")
        made = land(contract("rejects"), both, self._staging, strict=True)
        return dataclasses.replace(fresh, parts=made.parts, staged=made.staged)

    def refuse_closed(self) -> None:
        """Refuse a load that says something else of closed months, once all of them are known."""
        if not self._closed:
            return
        table, month, before, now = self._closed[0]
        raise DataError(
            "month-closed",
            "{table}: {month} is closed, holds {before} rows, and this load gives {now} that differ ({count} closed "
            "months of {tables} differ in all). Nothing was changed.",
            hint="Leave those months out of the extracts; or replace them with --restate.",
            table=table,
            month=month[:7],
            before=before,
            now=now,
            count=len(self._closed),
            tables=", ".join(dict.fromkeys(one[0] for one in self._closed)),
        )

    def _scan(self, table: str, names: list[str]) -> pl.LazyFrame:
        return contract(table).conform(self._workdir.scan(self._manifest, table, names, verify=True))


def _later(rows: pl.LazyFrame, month: date) -> bool:
    """Whether some state began after a month, so that a load of it cannot say who is there no more."""
    return bool(rows.select((pl.col("valid_from").dt.month_start() > month).any()).collect().item())


def _has_rows(past: pl.LazyFrame, load: Load) -> bool:
    """Whether there is a past that a restatement may have changed."""
    return load.restate and bool(past.select(pl.len()).collect().item())


def _held(parts: Mapping[str, Part]) -> Landed:
    empty = contract("rejects").schema.create_empty()
    return Landed(parts, {}, empty, 0, pl.DataFrame(schema={"source": pl.String, "line": pl.Int64}))


def _refuse_shrinking(held: int, found: Succession) -> None:
    """Refuse a base that most customers held are not in: it is a part of one, or one of something else."""
    if 2 * found.absent > held:
        raise DataError(
            "base-shrinks",
            "This load is a table of the whole base, and {gone} of the {held} customers held are not in it. Nothing "
            "was changed.",
            hint="Give the whole base; or replace the one that is held with --restate; another operator's belongs into "
            "a working directory of its own (-w).",
            gone=found.absent,
            held=held,
        )


def _succeeded(table: str, found: Succession, *, whole: bool) -> Notice:
    values = {"table": table, "added": found.added, "changed": found.changed, "absent": found.absent}
    if whole:
        return Notice("rows-replaced", "{table}: {added} new, {changed} changed, {absent} gone.", values)
    return Notice(
        "rows-succeeded", "{table}: {added} new, {changed} changed, {absent} not given again and kept.", values
    )


def _staged(fresh: Landed, part: Part) -> pl.LazyFrame:
    return pl.scan_parquet(fresh.staged[part.path])


def _rows(parts: Mapping[str, Part]) -> int:
    return sum(part.rows for part in parts.values())


def _paths(parts: Mapping[str, Part], month: str = "") -> set[str]:
    return {part.path for name, part in parts.items() if name.startswith(month)}
