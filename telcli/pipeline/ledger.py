"""The ledger of loads in the manifest: what the subject tables come from, and what was said of each load.

Of each it holds ``sources`` (name -> hash), ``month``, ``basis`` (a digest of what it depended on, empty once something
of it was replaced), ``whole``, ``gave`` (table -> months), what was made (`telcli.pipeline.made`), and its ``record``
once another load has followed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from telcli.errors import UsageError
from telcli.pipeline.doors import Landed
from telcli.pipeline.gc_loads import BASES, told_of_folded
from telcli.pipeline.loads import Load
from telcli.pipeline.made import MADE, Made, made_before, without
from telcli.pipeline.provenance import Basis, Manifest, Record, digest, recorded
from telcli.stages import Outcome
from telcli.tables import SUBJECTS, contract

__all__ = ["bases_alone", "done_before", "entered", "latest_month", "refuse_merged", "refuse_other_zone", "taken"]


def bases_alone(manifest: Manifest) -> bool:
    """Whether tables of the whole base are all that was ever loaded, so that one more of them is the base anew."""
    return all(load.get("whole") for load in manifest.loads)


def latest_month(manifest: Manifest) -> date | None:
    """The latest month of the loads there were, which one without months of its own belongs to."""
    return max((date.fromisoformat(load["month"]) for load in manifest.loads if load.get("month")), default=None)


def refuse_merged(manifest: Manifest, place: Path) -> None:
    """Refuse to ingest into what telcli merge wrote, whose rows are those of the branches.

    Raises
    ------
    UsageError
        The directory is one.
    """
    names = sorted({name for load in manifest.loads if load.get("merged") for name in load["sources"]})
    if names:
        raise UsageError(
            "ingest-merged",
            "{workdir} was merged from the branches {names}: what is ingested here would count twice, or be lost by "
            "the next merge. Nothing was changed.",
            hint="Ingest into the working directory of its branch, and merge again.",
            workdir=str(place),
            names=", ".join(names),
        )


def refuse_other_zone(manifest: Manifest, basis: Basis) -> None:
    """Refuse to read times under another time zone than those that are held were read under.

    Raises
    ------
    UsageError
        A table with times of day is held, and its loads were told in another zone.
    """
    last = manifest.stages.get("ingest", {}).get("")
    then, now = last.basis.settings.get("time_zone") if last else None, basis.settings["time_zone"]
    clocked = [table for table in SUBJECTS if manifest.tables.get(table) and _has_times(table)]
    if then is None or then == now or not clocked:
        return
    raise UsageError(
        "zone-changed",
        "The times held in {tables} were told in {then}, and this load would be told in {now}: one table must not mix "
        "the two. Nothing was changed.",
        hint="Set the zone as before ([ingest] time_zone = {then}, or TELCLI_INGEST_TIME_ZONE={then}); or ingest all "
        "extracts under {now} into a new working directory (-w).",
        tables=", ".join(clocked),
        then=then,
        now=now,
    )


def _has_times(table: str) -> bool:
    """Whether rows of a table have a time of day."""
    return any(kind == pl.Datetime for kind in contract(table).schema.create_empty().dtypes)


def done_before(manifest: Manifest, basis: Basis) -> Record | None:
    """The record of an ingest of the very same files, be it that others came after it."""
    last = manifest.stages.get("ingest", {}).get("")
    if last and last.basis == basis:
        return last
    known = digest(dataclasses.asdict(basis))
    if last and any(known in load.get(BASES, ()) for load in manifest.loads):
        return told_of_folded(last)
    found = next((load for load in manifest.loads if load["basis"] == known), None)
    if found is None:
        return None
    if "record" in found:
        return recorded(found["record"])
    return last if last and _digest(last) == known else None


def taken(manifest: Manifest, outcome: Outcome, basis: Basis) -> Load:
    """How this ingest is to be taken.

    It gives every row there is where it is a table of the whole base, where the analyst restates all, and where it
    reads again, under other settings, just the files that everything held comes from. Tables that are made of what
    others name (`Outcome.seen`) are added to all the same, unless all is read again.
    """
    restate = bool(basis.choices.get("restate"))
    known = {name: sha for load in manifest.loads for name, sha in load["sources"].items()}
    again = bool(known) and known == dict(basis.inputs) and not any(BASES in load for load in manifest.loads)
    return Load(
        month=outcome.month,
        restate=restate,
        whole=restate or again or outcome.whole,
        sources=tuple(source["source"] for source in outcome.metrics["sources"]),
        spoken=outcome.spoken,
        added=frozenset() if again else outcome.seen,
        again=again,
        late=bool(basis.choices.get("late")),
        made={"usage": made_before(manifest, "usage")},
        let_go=manifest.let_go,
    )


def entered(
    manifest: Manifest, load: Load, basis: Basis, outcome: Outcome, given: Mapping[str, Landed], made: Made
) -> tuple[Mapping[str, Any], ...]:
    """The ledger with one more load; what this one replaces is struck out of those before it."""
    this = {
        "sources": dict(basis.inputs),
        "month": load.month.isoformat() if load.month else "",
        "basis": digest(dataclasses.asdict(basis)),
        "whole": outcome.whole,
        "gave": _gave(load, given),
    }
    months = {table: list(found) for table, found in made.months.items() if found}
    before = [one for one in without(_told(manifest), given) if one["sources"] != this["sources"]]
    if load.again:
        before = []
    elif load.whole:
        before = [left for one in before if (left := _struck(one, this))]
    return (*before, {**this, MADE: months} if months else this)


def _gave(load: Load, given: Mapping[str, Landed]) -> dict[str, list[str]]:
    """The months of each table that a load brings; tables of no months have one without a name."""
    return {
        table: sorted({name[:10] for name in found.parts})
        for table, found in given.items()
        if table in SUBJECTS and table not in load.added and found.rows
    }


def _told(manifest: Manifest) -> tuple[Mapping[str, Any], ...]:
    """The ledger in which the last load bears the record that the next one takes the place of."""
    last = manifest.stages.get("ingest", {}).get("")
    if last is None:
        return manifest.loads
    known = _digest(last)
    return tuple(
        {**one, "record": dataclasses.asdict(last)} if one["basis"] == known and "record" not in one else one
        for one in manifest.loads
    )


def _digest(record: Record) -> str:
    return digest(dataclasses.asdict(record.basis))


def _struck(one: Mapping[str, Any], this: Mapping[str, Any]) -> dict[str, Any] | None:
    """An earlier load without what this one replaces; None where nothing of it is left.

    Months are replaced by the same months, and how things are (customers, lines) by how they are in the same month or
    a later one: what was said of an earlier month went into the history.
    """
    later = not one["month"] or not this["month"] or one["month"] >= this["month"]
    left, gave = {}, one.get("gave", {})
    for table, months in gave.items():
        ours = [month for month in months if month not in this["gave"].get(table, ()) or not (month or later)]
        if ours:
            left[table] = ours
    if not left:
        return None
    if left == gave:
        return dict(one)
    return {name: value for name, value in one.items() if name not in ("record", BASES)} | {"gave": left, "basis": ""}
