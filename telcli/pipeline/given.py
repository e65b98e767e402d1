"""What a stage is given: its tables, its own earlier results, the model to score with, what other stages measured."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from telcli.pipeline import saved_model
from telcli.pipeline.named_files import named_files
from telcli.pipeline.own_words import own_words
from telcli.pipeline.provenance import Manifest
from telcli.pipeline.workdir import Workdir
from telcli.stages import Earlier, Inputs

if TYPE_CHECKING:
    from telcli.pipeline.request import Request
    from telcli.pipeline.stage import Stage
    from telcli.settings import GeneralSettings

__all__ = ["given_to", "key_of", "metrics_of"]


def given_to(
    stage: Stage,
    workdir: Workdir,
    manifest: Manifest,
    chosen: Mapping[str, tuple[str, ...]],
    as_of: date | None,
    settings: Any,
    general: GeneralSettings,
    request: Request,
) -> Inputs:
    """Open what was chosen, each table checked at the door."""
    from telcli.pipeline.doors import admit, admit_earlier, admit_parts
    from telcli.pipeline.engines import Opened, engine_for
    from telcli.tables import contract

    own = {table: names for table, names in chosen.items() if table in stage.recalls}
    past = {table: names for table, names in chosen.items() if table in stage.looks_back}
    parted = {table: names for table, names in chosen.items() if stage.adds and contract(table).buckets}
    whole = {table: names for table, names in chosen.items() if not {table} & {*parted, *own, *past}}
    tables, parts = admit(workdir, manifest, whole), admit_parts(workdir, manifest, parted)
    return Inputs(
        tables=tables,
        parts=parts,
        as_of=request.as_of if stage.name == "ingest" else as_of,
        seed=general.seed,
        choices={
            **request.choices,
            **own_words(stage.name, request.workdir),
            **named_files(stage.name, settings, request.workdir),
            "currency": general.currency,
            "metrics": metrics_of(stage, manifest, as_of),
            "saved_model": saved_model.latest(stage, workdir, manifest, as_of),
        },
        progress=request.progress,
        engine=engine_for(stage.name, settings, request.flags, Opened(workdir, manifest, chosen, tables, parts)),
        earlier=admit_earlier(workdir, manifest, own),
        past=_past(stage, workdir, manifest, past),
        model=saved_model.opened(settings),
        borrowed=saved_model.borrowed(stage, workdir, manifest, as_of),
    )


def _past(
    stage: Stage, workdir: Workdir, manifest: Manifest, chosen: Mapping[str, tuple[str, ...]]
) -> tuple[Earlier, ...]:
    """What the stage gave for earlier months, and what it recorded then, the latest first."""
    from telcli.pipeline.doors import admit

    months = sorted({month for names in chosen.values() for month in names}, reverse=True)
    records = manifest.stages.get(stage.name, {})
    return tuple(
        Earlier(
            date.fromisoformat(month),
            admit(workdir, manifest, {table: (month,) for table, names in chosen.items() if month in names}),
            records[month].metrics if month in records else {},
        )
        for month in months
    )


def metrics_of(stage: Stage, manifest: Manifest, as_of: date | None) -> dict[str, Any]:
    """What the stages it heeds recorded, for the same month."""
    found = {}
    for name in stage.heeds:
        records = manifest.stages.get(name, {})
        record = records.get(key_of(as_of)) or records.get("")
        if record:
            found[name] = record.metrics
    return found


def key_of(as_of: date | None) -> str:
    """The month as records are kept by.

    >>> key_of(date(2024, 6, 1)), key_of(None)
    ('2024-06-01', '')
    """
    return as_of.isoformat() if as_of else ""
