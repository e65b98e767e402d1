"""How any stage is run, written once: lock, load, check, compute, check, publish, record."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import telcli
from telcli import settings as knobs
from telcli.errors import MissingInputError, Notice
from telcli.pipeline import catalog, named_files, saved_model
from telcli.pipeline.before import before, earlier_run
from telcli.pipeline.choice import choose
from telcli.pipeline.dropped import dropped, given, pages_gone, told
from telcli.pipeline.filled import not_closed, unchanged
from telcli.pipeline.given import given_to, key_of, metrics_of
from telcli.pipeline.own_words import own_words
from telcli.pipeline.provenance import Basis, Manifest, Record, digest, jsonable
from telcli.pipeline.request import Request
from telcli.pipeline.secret import Secret, key_file
from telcli.pipeline.storing import storing
from telcli.pipeline.workdir import Workdir
from telcli.stages import Inputs
from telcli.tables.file_names import called

if TYPE_CHECKING:
    from telcli.pipeline.stage import Stage

__all__ = ["Output", "Request", "StageRun", "run_stage"]


@dataclass(frozen=True)
class Output:
    """One published table or file: its path as the analyst can open it, and its rows."""

    table: str
    path: str
    rows: int


@dataclass(frozen=True)
class StageRun:
    """What one stage did, or, when `skipped`, what it had done before with the same inputs."""

    stage: str
    as_of: date | None
    outputs: tuple[Output, ...]
    metrics: Mapping[str, Any]
    notices: tuple[Notice, ...]
    skipped: bool
    rows_in: int
    rejected: int
    duplicates: int
    workdir: Path | None = None


def run_stage(name: str, request: Request) -> StageRun:
    """Run one stage, or skip it when nothing that it depends on has changed.

    Raises
    ------
    TelcliError
        Of the class whose exit code fits; nothing has been published then.
    """
    stage = catalog.stage(name)
    workdir = Workdir(request.workdir)
    if name != "ingest":
        workdir.manifest()  # a directory that does not exist is told before it would be made
    settings, general = settle(name, request)
    with workdir.writing(request.wait) as manifest:
        as_of = snapshot_month(stage, manifest, request.as_of)
        chosen = choose(stage, manifest, as_of, settings)
        basis = lay_basis(stage, manifest, chosen, as_of, settings, general, request)
        own = (request.workdir, manifest.key_id, bool(manifest.tables))
        secret = Secret(key_file(settings.key_file), *own) if name == "ingest" else None
        if secret and manifest.key_id:
            secret()
        known = manifest.stages.get(name, {}).get(key_of(as_of))
        sound = known and not workdir.lost(manifest, known) and workdir.intact(manifest, chosen)
        done = _done(stage, manifest, known, basis) if known and sound and not request.force else None
        if done:
            return _told(workdir, manifest, name, done, skipped=True)
        if not request.force:
            not_closed(stage, manifest, key_of(as_of))
        request.progress(name, 0, 0)
        inputs = given_to(stage, workdir, manifest, chosen, as_of, settings, general, request)
        last = (known if sound else None) if known else earlier_run(stage, workdir, manifest, as_of)
        stands = before(stage, workdir, manifest, None if request.force else last, basis, chosen)
        inputs = dataclasses.replace(inputs, before=stands)
        if known and not request.force:
            unchanged(workdir, stage, known)
        with storing(request.workdir):
            new = _make(stage, workdir, manifest, inputs, settings, basis, request, secret)
        run = _told(workdir, new, name, new.stages[name][key_of(as_of)], skipped=False)
        lost = (*told(name, dropped(name, known, basis)), *pages_gone(known, new)) if known else ()
        return dataclasses.replace(run, notices=(*run.notices, *lost))


def _done(stage: Stage, manifest: Manifest, known: Record, basis: Basis) -> Record | None:
    """The record of a run that depended on the same; of ingests, which add to each other, not only that of the last."""
    if stage.name != "ingest":
        return known if known.basis == basis and not known.unknown(stage.owes) else None
    from telcli.pipeline.ledger import done_before

    return done_before(manifest, basis)


def settle(name: str, request: Request) -> tuple[Any, knobs.GeneralSettings]:
    """Settle the stage's settings and the shared ones."""
    config = knobs.config_file(request.workdir)
    parsed, file = knobs.read_config(config), str(config or "telcli.toml")
    values = [knobs.resolve(section, request.flags, parsed, file).values for section in (name, "general")]
    return values[0], values[1]


def month_absent(month: date, held: Sequence[date]) -> MissingInputError:
    """That a month is not among those of customer_months, which are in order."""
    return MissingInputError(
        "month-absent",
        "There is nothing for {month}; months run from {first} to {last}.",
        hint="Choose another --as-of, or ingest that month first.",
        month=f"{month:%Y-%m}",
        first=f"{held[0]:%Y-%m}",
        last=f"{held[-1]:%Y-%m}",
    )


def snapshot_month(stage: Stage, manifest: Manifest, asked: date | None) -> date | None:
    """The month to work on: the one asked for, else the last one there is.

    Raises
    ------
    MissingInputError
        The month asked for is not in customer_months.
    """
    if not stage.snapshot:
        return None
    months = manifest.months("customer_months")
    if asked and months and asked.isoformat() not in months:
        raise month_absent(asked, [date.fromisoformat(month) for month in months])
    return asked or (date.fromisoformat(months[-1]) if months else None)


def lay_basis(
    stage: Stage,
    manifest: Manifest,
    chosen: Mapping[str, tuple[str, ...]],
    as_of: date | None,
    settings: Any,
    general: knobs.GeneralSettings,
    request: Request,
) -> Basis:
    """Collect what the stage's result will depend on."""
    read = {table: names for table, names in chosen.items() if table not in stage.keeps}
    parts = [manifest.tables[table][name] for table, names in read.items() for name in names]
    inputs = {part.path: part.sha256 for part in parts}
    choices: Any = request.choices
    if stage.name == "ingest":
        from telcli.pipeline.source_names import as_kept
        from telcli.pipeline.sources import fingerprint

        found = fingerprint(request.sources, request.workdir)
        names = as_kept(found, manifest.loads)
        inputs, choices = {names[name]: sha for name, sha in found.items()}, called(request.choices, names)
    inputs |= {f"metrics of {name}": digest(found) for name, found in metrics_of(stage, manifest, as_of).items()}
    inputs |= named_files.prints(stage.name, settings, request.workdir)
    inputs |= saved_model.fingerprint(settings) | saved_model.borrowed_prints(stage, manifest, as_of)
    if stage.opens:
        from telcli.pipeline.opened import prints

        inputs |= prints(request.sources)
    asked = request.as_of if stage.name == "ingest" else as_of
    return Basis(
        version=telcli.__version__,
        settings={**_shown(settings), "currency": general.currency, **own_words(stage.name, request.workdir)},
        seed=general.seed if stage.snapshot else 0,
        as_of=key_of(asked),
        inputs=inputs,
        choices=jsonable(choices),
    )


def _shown(settings: Any) -> dict[str, Any]:
    """The settings that results depend on: which key it is the manifest knows, and all engines make the same."""
    shown = {one.name: getattr(settings, one.name) for one in dataclasses.fields(settings) if one.metadata["shows"]}
    return named_files.discreet(shown)


def _make(
    stage: Stage,
    workdir: Workdir,
    manifest: Manifest,
    inputs: Inputs,
    settings: Any,
    basis: Basis,
    request: Request,
    secret: Secret | None,
) -> Manifest:
    """Compute, check, publish, record."""
    from telcli.pipeline.keeping import Gatherer, keeper
    from telcli.pipeline.publish import publish

    staging = workdir.staging()
    gather = Gatherer(staging / "gathered")
    inputs = dataclasses.replace(inputs, keep=keeper(staging / "kept"), gather=gather)
    if stage.name == "ingest":
        inputs, left_out = _with_extracts(manifest, inputs, basis, request, secret, staging)
        outcome = stage.load()(inputs, settings)
        told = [dataclasses.replace(one, values=called(one.values, outcome.called)) for one in left_out]
        outcome = dataclasses.replace(outcome, notices=(*told, *outcome.notices))
        basis = _renamed(basis, outcome.called)
    else:
        if stage.opens:
            from telcli.pipeline.opened import opened

            inputs = dataclasses.replace(inputs, opened=opened(stage, request.sources, staging))
        try:
            outcome = stage.load()(inputs, settings)
        finally:
            inputs.engine.end()
    outcome = gather.with_files(outcome)
    shown, asked = (request.render, request.progress), given(stage.name, request.flags, basis)
    return publish(stage, workdir, manifest, outcome, settings, basis, *shown, secret, asked)


def _with_extracts(
    manifest: Manifest, inputs: Inputs, basis: Basis, request: Request, secret: Secret | None, staging: Path
) -> tuple[Inputs, list[Notice]]:
    """What ingest is given beside tables, and what was left out of it."""
    from telcli.pipeline.keeping import counted
    from telcli.pipeline.ledger import bases_alone, latest_month, refuse_merged, refuse_other_zone
    from telcli.pipeline.source_names import kept_as, to_be_hidden
    from telcli.pipeline.sources import names_of, open_sources

    refuse_merged(manifest, request.workdir)
    refuse_other_zone(manifest, basis)
    extracts, left_out = open_sources(request.sources, staging, request.progress)
    names = kept_as(names_of(request.sources), basis.inputs)
    given = dataclasses.replace(
        inputs,
        called={**names, **to_be_hidden(left_out)},
        keep=counted(inputs.keep, request.progress, len(extracts)),
        extracts=tuple(extracts),
        key=secret,
        suppressed=frozenset(manifest.suppressed),
        bases_alone=bases_alone(manifest),
        held_month=latest_month(manifest),
    )
    return given, left_out


def _renamed(basis: Basis, names: Mapping[str, str]) -> Basis:
    """The basis, in which files are called as they are kept."""
    inputs = {names.get(name, name): sha for name, sha in basis.inputs.items()}
    return dataclasses.replace(basis, inputs=inputs, choices=called(basis.choices, names)) if names else basis


def _told(workdir: Workdir, manifest: Manifest, name: str, record: Record, *, skipped: bool) -> StageRun:
    outputs = []
    for table, partitions in record.gave.items():
        held = manifest.tables.get(table, {})
        parts = [held[partition] for partition in partitions if partition in held]
        if partitions and not parts:
            continue  # of a load done before others: what it gave then, they took away
        place = workdir.path / (parts[0].path if len(parts) == 1 else table)
        outputs.append(Output(table, str(place), sum(part.rows for part in parts)))
    outputs += [Output(file.split("/")[0], str(workdir.path / file), 0) for file in record.files]
    return StageRun(
        stage=name,
        as_of=date.fromisoformat(record.as_of) if record.as_of else None,
        outputs=tuple(outputs),
        metrics=record.metrics,
        notices=tuple(Notice(**dict(notice)) for notice in record.notices),
        skipped=skipped,
        rows_in=record.rows_in,
        rejected=record.rejected,
        duplicates=record.duplicates,
        workdir=workdir.path,
    )
