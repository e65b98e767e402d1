"""What a stage made last time and need not make again, where nothing but some of its inputs have changed."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from telcli.pipeline.provenance import Basis, Manifest, Part, Record
from telcli.pipeline.stage import Stage
from telcli.pipeline.workdir import Workdir
from telcli.stages import Before
from telcli.tables import contract

if TYPE_CHECKING:
    import polars as pl

__all__ = ["before", "standing"]


def before(
    stage: Stage,
    workdir: Workdir,
    manifest: Manifest,
    known: Record | None,
    basis: Basis,
    chosen: Mapping[str, tuple[str, ...]],
) -> Before | None:
    """What stands of the stage's last run; None where everything has to be made anew.

    That is so where it never ran or `known`, its last run, is not to be built on, where the version or a setting has
    changed, or where a table was written under another contract.
    """
    if known is None or not stage.adds or not _same_but_inputs(known.basis, basis):
        return None
    gave = {table: {name: manifest.tables[table][name] for name in names} for table, names in known.gave.items()}
    if any(part.contract != contract(table).digest() for table, parts in gave.items() for part in parts.values()):
        return None
    same = {
        table: frozenset(name for name in names if _read_before(manifest.tables[table][name], known))
        for table, names in chosen.items()
    }

    def rows(table: str, partitions: Iterable[str]) -> pl.LazyFrame:
        return contract(table).conform(workdir.scan(manifest, table, list(partitions), verify=True))

    return Before(same, {table: frozenset(parts) for table, parts in gave.items()}, rows)


def standing(manifest: Manifest, table: str, kept: Mapping[str, frozenset[str]]) -> dict[str, Part]:
    """The parts of a table that its stage left as they were."""
    return {name: manifest.tables[table][name] for name in sorted(kept.get(table, ()))}


def _same_but_inputs(then: Basis, now: Basis) -> bool:
    return dataclasses.replace(then, inputs={}) == dataclasses.replace(now, inputs={})


def _read_before(part: Part, known: Record) -> bool:
    return known.basis.inputs.get(part.path) == part.sha256
