"""``telcli merge``: the subject tables of several working directories as one, all at one instant."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from telcli.errors import Notice, UsageError
from telcli.pipeline.audit import destination, note
from telcli.pipeline.catalog import stage
from telcli.pipeline.merge_branches import Branch, differences, opened, scanned
from telcli.pipeline.merge_keys import listed, longest, tokens_of
from telcli.pipeline.provenance import Basis, Manifest, Part, Record, digest, jsonable
from telcli.pipeline.run import Request, lay_basis, settle
from telcli.pipeline.secret import Secret, key_file
from telcli.pipeline.storing import storing
from telcli.pipeline.workdir import Workdir
from telcli.tables.histories import HISTORY_OF

if TYPE_CHECKING:
    import polars as pl

    from telcli.pipeline.doors import Landed

__all__ = ["Merged", "Wish", "merge"]

_MERGED = "merged"
"""In the ledger of loads: that it is a merge, and no ingest."""


@dataclass(frozen=True)
class Wish:
    """How to merge.

    Parameters
    ----------
    names : what branches are to be called, by their directory as given or by its name, where it is another one.
    strict : refuse where a customer or a line stands in several.
    apart : identifiers are of each branch: its name goes before them.
    same : one id is one customer in every branch, where nothing known of them confirms it.
    """

    names: Mapping[str, str] = dataclasses.field(default_factory=dict)
    strict: bool = False
    apart: bool = False
    same: bool = False


@dataclass(frozen=True)
class Merged:
    """What was merged: per branch its customers, rows and month; rows by table; customers and lines of several."""

    workdir: Path
    branches: Sequence[Mapping[str, Any]]
    rows: Mapping[str, int]
    customers: int
    lines: int
    skipped: bool
    notices: tuple[Notice, ...]


def merge(request: Request, directories: Sequence[Path], wish: Wish) -> Merged:
    """Merge working directories into that of the request; what it was merged from before is replaced.

    Raises
    ------
    TelcliError
        A directory is not one, or they do not go together; nothing has been changed then.
    """
    branches = opened(directories, wish.names, request.workdir)
    told = differences(branches)
    workdir = Workdir(request.workdir)
    with workdir.writing(request.wait) as manifest:
        _refuse_own(request.workdir, manifest)
        basis = _basis(request, manifest, branches, wish)
        known = manifest.stages.get("ingest", {}).get("")
        if known and known.basis == basis and not workdir.lost(manifest, known) and not request.force:
            return _told(request.workdir, known, skipped=True)
        place = key_file(settle("ingest", request)[0].key_file)
        key = Secret(place, request.workdir, longest([one.manifest.key_id for one in branches], manifest.key_id))
        _refuse_purged(request.workdir, manifest, branches, key)
        with storing(request.workdir):
            landed, metrics, notices = _landed(workdir, branches, wish, request, key)
        for one in branches:
            one.still()
        metrics |= {**_about(branches), "key_id": key.expected}
        record = _record(basis, branches, landed, metrics, [*told, *notices])
        new = _manifest(manifest, branches, landed, record, key)
        staged = {path: place for table in landed.values() for path, place in table.staged.items()}
        log = _noted(request.workdir, branches)
        workdir.commit(manifest, new, staged)
    made = _told(request.workdir, record, skipped=False)
    return dataclasses.replace(made, notices=(*made.notices, *log))


def _refuse_own(place: Path, manifest: Manifest) -> None:
    own = [load for load in manifest.loads if not load.get(_MERGED)]
    if own or (manifest.tables and not manifest.loads):
        raise UsageError(
            "merge-target-own",
            "{workdir} holds tables that were ingested into it: a merge would replace them.",
            hint="Name a new directory with -w, or one that telcli merge wrote.",
            workdir=str(place),
        )


def _refuse_purged(place: Path, manifest: Manifest, branches: Sequence[Branch], key: Secret) -> None:
    """Refuse to bring persons back who were purged in the directory that is merged into."""
    held = tokens_of(manifest, key, key.expected)
    if held - listed((one.manifest for one in branches), key, key.expected):
        raise UsageError(
            "merge-purged-here",
            "Persons were purged in {workdir} itself, and a merge would bring them back.",
            hint="Purge them in the branches too, and merge into a new directory with -w.",
            workdir=str(place),
        )


def _basis(request: Request, manifest: Manifest, branches: Sequence[Branch], wish: Wish) -> Basis:
    """What the merge depends on; of settings those that an ingest would."""
    settings, general = settle("ingest", request)
    own = dataclasses.replace(request, sources=(), choices={})
    laid = lay_basis(stage("ingest"), manifest, {}, None, settings, general, own)
    choices = {
        _MERGED: [one.name for one in branches],
        "apart": wish.apart,
        **({"strict": True} if wish.strict else {}),
    }
    return dataclasses.replace(laid, as_of="", inputs={one.name: one.digest() for one in branches}, choices=choices)


def _landed(
    workdir: Workdir, branches: Sequence[Branch], wish: Wish, request: Request, key: Secret
) -> tuple[dict[str, Landed], dict[str, Any], list[Notice]]:
    """Every table of all branches, checked and staged."""
    from telcli.pipeline import merge_checks as checks
    from telcli.pipeline.doors import land
    from telcli.stages import merge as stages
    from telcli.tables import contract

    staging = workdir.staging()
    rows = _united(branches, wish, key)
    given = {table: _height(frame) for table, frame in rows.items()}
    several = {table: stages.homes(table, rows[table]) for table in HISTORY_OF if table in rows}
    shared, lines = (several[table].height if table in several else 0 for table in HISTORY_OF)
    fewest = min(_rows(one.manifest, "customers") for one in branches)
    checks.refuse_apart(rows, several, fewest, same=wish.same)
    before = stages.leads(rows)
    accounts = before["account_id"].n_unique()
    if wish.strict:
        checks.strictly(shared, lines, accounts, {})
    told = checks.campaigns(rows)
    rows = {table: stages.led(frame, before) for table, frame in rows.items()}
    landed = _settled(rows, several, staging, request)
    disputed = stages.disputed(rows["customers"], rows.get("subscriptions"), several)
    landed["conflicts"] = land(contract("conflicts"), _conflicts(rows.get("conflicts"), disputed), staging, strict=True)
    fewer = checks.gone(given, landed)
    if wish.strict:
        checks.strictly(0, 0, 0, fewer)
    rows_of = {table: one.rows for table, one in landed.items() if one.rows}
    metrics = {"in_several": {"customers": shared, "lines": lines}, "conflicts": disputed.height, "rows": rows_of}
    return landed, metrics, [*_schemas(branches), *told, *checks.settled(shared, lines, accounts, fewer)]


def _settled(
    rows: Mapping[str, pl.LazyFrame], several: Mapping[str, pl.DataFrame], staging: Path, request: Request
) -> dict[str, Landed]:
    """Every table but that of conflicts, with one row per key."""
    from telcli.pipeline.doors import land
    from telcli.stages import merge as stages
    from telcli.tables import contract

    landed: dict[str, Landed] = {}
    pending = {table: frame for table, frame in rows.items() if table not in (*HISTORY_OF.values(), "conflicts")}
    for done, (table, frame) in enumerate(pending.items()):
        request.progress("merging", done, len(pending))
        past = HISTORY_OF.get(table, "")
        found, history = stages.settled(table, frame, several, rows.get(past))
        landed[table] = land(contract(table), found.drop(stages.BRANCH), staging, strict=True)
        if history is not None:
            landed[past] = land(contract(past), history.drop(stages.BRANCH, strict=False), staging, strict=True)
    return landed


def _height(frame: pl.LazyFrame) -> int:
    import polars as pl

    return int(frame.select(pl.len()).collect(engine="streaming").item())


def _united(branches: Sequence[Branch], wish: Wish, key: Secret) -> dict[str, pl.LazyFrame]:
    """Every table of ingest that some branch has, of all that have it."""
    from telcli.stages import merge as stages

    of = scanned(branches, key, key.expected, apart=wish.apart)
    tables = [table for table in stage("ingest").gives if any(table in parts for parts in of.values())]
    frames = {table: {name: parts[table] for name, parts in of.items() if table in parts} for table in tables}
    if wish.apart:
        frames = {
            table: {name: stages.apart(name, frame) for name, frame in parts.items()} for table, parts in frames.items()
        }
    return {table: stages.united(table, parts) for table, parts in frames.items()}


def _conflicts(held: pl.LazyFrame | None, disputed: pl.DataFrame) -> pl.LazyFrame:
    import polars as pl

    from telcli.stages.merge import BRANCH

    return disputed.lazy() if held is None else pl.concat([held.drop(BRANCH), disputed.lazy()], how="diagonal")


def _schemas(branches: Sequence[Branch]) -> list[Notice]:
    from telcli.stages.merge import columns_only_in

    found = []
    for table in sorted({table for one in branches for table in one.tables}):
        parts = {one.name: one.scan(table) for one in branches if table in one.tables}
        for column, names in columns_only_in(parts).items():
            words = "{table}: {column} is in {names} alone; it is null in the others."
            found.append(Notice("merge-columns", words, {"table": table, "column": column, "names": ", ".join(names)}))
    return found


def _rows(manifest: Manifest, table: str) -> int:
    return sum(part.rows for part in manifest.tables.get(table, {}).values())


def _noted(place: Path, branches: Sequence[Branch]) -> list[Notice]:
    """Tell the audit logs of the branches that their rows leave, and that of the merged one whence they come."""
    told: list[Notice] = []
    for one in branches:
        tables = {table: _rows(one.manifest, table) for table in one.tables}
        told += note(one.workdir.path, "merge", tables=tables, to=destination(place))
    return [*told, *note(place, "merge", branches=[one.name for one in branches])]


def _about(branches: Sequence[Branch]) -> dict[str, Any]:
    """What it was merged from."""
    return {
        "merged": [
            {
                "branch": one.name,
                "customers": _rows(one.manifest, "customers"),
                "rows": sum(_rows(one.manifest, table) for table in one.tables),
                "month": one.month[:7],
                "version": one.version,
                "extracts": sorted({name for load in one.manifest.loads for name in load["sources"]}),
            }
            for one in branches
        ],
        "sources": [],
    }


def _record(
    basis: Basis,
    branches: Sequence[Branch],
    landed: Mapping[str, Landed],
    metrics: dict[str, Any],
    notices: list[Notice],
) -> Record:
    return Record(
        basis=basis,
        as_of="",
        gave={table: tuple(found.parts) for table, found in landed.items() if found.parts},
        files={},
        rows_in=sum(_rows(one.manifest, table) for one in branches for table in one.tables),
        rows_out=sum(found.rows for found in landed.values()),
        rejected=0,
        duplicates=0,
        metrics=jsonable(metrics),
        notices=tuple(jsonable(dataclasses.asdict(notice)) for notice in notices),
    )


def _manifest(
    old: Manifest, branches: Sequence[Branch], landed: Mapping[str, Landed], record: Record, key: Secret
) -> Manifest:
    """The manifest with the tables of the merge in place of those of an earlier one; results stay, and are stale."""
    others: dict[str, Mapping[str, Part]] = {
        table: parts for table, parts in old.tables.items() if table not in stage("ingest").gives
    }
    tables = {**others, **{table: dict(sorted(one.parts.items())) for table, one in landed.items() if one.parts}}
    months = [one.month for one in branches if one.month]
    load = {
        "sources": dict(record.basis.inputs),
        "month": max(months, default=""),
        "basis": digest(dataclasses.asdict(record.basis)),
        "whole": False,
        "gave": {table: sorted({name[:10] for name in names}) for table, names in record.gave.items()},
        _MERGED: True,
    }
    return dataclasses.replace(
        old,
        tables=tables,
        stages={**old.stages, "ingest": {"": record}},
        key_id=key.expected,
        suppressed=tuple(sorted(listed((one.manifest for one in branches), key, key.expected))),
        loads=(load,),
    )


def _told(place: Path, record: Record, *, skipped: bool) -> Merged:
    metrics, several = record.metrics, record.metrics["in_several"]
    return Merged(
        workdir=place,
        branches=metrics["merged"],
        rows=metrics["rows"],
        customers=several["customers"],
        lines=several["lines"],
        skipped=skipped,
        notices=tuple(Notice(**dict(notice)) for notice in record.notices),
    )
