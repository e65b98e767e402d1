"""What is held meets what a load brings: months of facts (`telcli.pipeline.monthly`), rows of state tables, rejects."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import polars as pl

from telcli.errors import DataError, Notice
from telcli.pipeline.doors import Landed, land
from telcli.pipeline.monthly import Load, Monthly, counted, staged_rows
from telcli.pipeline.provenance import Manifest, Part
from telcli.pipeline.retyping import as_text, retyped
from telcli.pipeline.workdir import STAGING, Workdir
from telcli.stages.ingest_history import (
    Succession,
    histories,
    restated,
    succeed,
    without_validity,
)
from telcli.tables import PARTITIONS, contract
from telcli.tables.histories import HISTORY_OF

__all__ = ["Load", "meet"]


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
    meeting.monthly.refuse_closed()
    return found, [*meeting.notices, *meeting.monthly.notices]


class _Meeting:
    """One load and what is held, table by table."""

    def __init__(
        self, workdir: Workdir, manifest: Manifest, load: Load, staging: Path, past: Mapping[str, Landed | None]
    ) -> None:
        from telcli.pipeline.catalog import stage

        self._workdir, self._manifest, self._load, self._staging = workdir, manifest, load, staging
        self._past = past
        self._texts: dict[str, list[str]] = {}
        self.monthly = Monthly(self._scan, load, staging)
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
        if PARTITIONS.get(table) != "month":
            return self._state(table, held, fresh)
        return self.monthly.met(table, held, fresh, self._texts[table])

    def _state(self, table: str, held: Mapping[str, Part], fresh: Landed) -> Landed:
        """A table with a row per key: rows given succeed those held."""
        rules, load = contract(table), self._load
        whole = load.whole and table not in load.added
        before = as_text(self._scan(table, list(held)), self._texts[table])
        given = staged_rows(fresh, list(fresh.parts.values()))
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
            _refuse_shrinking(counted(held), found)
        if past and was is not None and (found.past.height or self._past[past] or _has_rows(was, load)):
            self.histories[past] = self._history(past, found, was, rules.key, self._texts[table])
        columns = rules.schema.column_names()
        made = land(rules, without_validity(found.current, columns).lazy(), self._staging, strict=True)
        kept = found.absent and not load.late  # late facts come with as much of the base as they need
        if past and (found.added or found.changed or kept):
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
            late = self._load.late  # which --restate cannot stand beside
            raise DataError(
                "load-older-late" if late else "load-older",
                "{table} of {held} is held, and this load is of {month}: an older state must not replace a newer one.",
                hint="--late adds rows of facts alone: leave the extract of {table} out."
                if late
                else "Leave the older extract out; or take it as the truth with --restate.",
                table=table,
                held=f"{latest:%Y-%m}",
                month=f"{self._load.month:%Y-%m}",
            )

    def _said(self, history: str | None) -> pl.LazyFrame | None:
        """What this load itself says of the past of a state table."""
        fresh = self._past.get(history or "")
        return staged_rows(fresh, list(fresh.parts.values())) if fresh and fresh.rows else None

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
        given = staged_rows(fresh, list(fresh.parts.values()))
        both = pl.concat([others, given]).sort("source", "line", "rule")
        made = land(contract("rejects"), both, self._staging, strict=True)
        return dataclasses.replace(fresh, parts=made.parts, staged=made.staged)

    def _scan(self, table: str, names: list[str]) -> pl.LazyFrame:
        return contract(table).conform(self._workdir.scan(self._manifest, table, names))


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
