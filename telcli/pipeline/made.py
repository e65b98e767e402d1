"""Monthly tables that are made of another one as it stands after a load: months of use of calls."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from telcli.errors import Notice
from telcli.io.parquet_files import scanned
from telcli.pipeline.doors import Landed, land
from telcli.pipeline.provenance import Manifest, Part
from telcli.pipeline.workdir import STAGING, Workdir
from telcli.tables import contract

__all__ = ["MADE", "Made", "made_before", "make", "without"]

MADE = "made"
"""In the ledger of loads: table -> the months of it that were made of another table, and not delivered."""

Recipe = tuple[str, Callable[[pl.LazyFrame], pl.LazyFrame]]


@dataclass(frozen=True)
class Made:
    """The tables with those that were made, what to say of it, and which months of each were made."""

    tables: Mapping[str, Landed]
    notices: tuple[Notice, ...]
    months: Mapping[str, tuple[str, ...]]


def make(
    workdir: Workdir,
    manifest: Manifest,
    given: Mapping[str, Landed],
    met: Mapping[str, Landed],
    recipes: Mapping[str, Recipe],
) -> Made:
    """Make tables of others, month by month, of all that is held of a month; `given` is what this load brings of them.

    Months that were delivered by an earlier load stay as they are.
    """
    tables, notices = dict(met), []
    months: dict[str, tuple[str, ...]] = {}
    for table, (base, recipe) in recipes.items():
        held = manifest.tables.get(table, {})
        ours = made_before(manifest, table)
        wanted = sorted({name[:10] for name in given[base].parts})
        kept = [month for month in wanted if month in held and month not in ours]
        months[table] = tuple(month for month in wanted if month not in kept)
        if kept:
            notices.append(
                Notice("calls-not-summed", "Months of use were given, so calls were not added up to months.")
            )
        due = [month for month in months[table] if month not in held or _touched(met[base], month)]
        frames = [_rows(workdir, manifest, met[base], part) for name, part in _of(met[base], due)]
        if frames:
            fresh = recipe(contract(base).conform(pl.concat(frames, how="diagonal_relaxed")))
            made = land(contract(table), fresh, workdir.path / STAGING / MADE, strict=True)
            others = {name: part for name, part in held.items() if name not in due}
            tables[table] = dataclasses.replace(made, parts=others | dict(made.parts))
    return Made(tables, tuple(notices), months)


def _of(base: Landed, months: list[str]) -> list[tuple[str, Part]]:
    return [(name, part) for name, part in base.parts.items() if name[:10] in months]


def _touched(base: Landed, month: str) -> bool:
    """Whether this load changes a month of what the table is made of."""
    return any(part.path in base.staged for name, part in base.parts.items() if name[:10] == month)


def _rows(workdir: Workdir, manifest: Manifest, base: Landed, part: Part) -> pl.LazyFrame:
    fresh = base.staged.get(part.path)
    return scanned(fresh or workdir.checked(manifest, [part])[0])


def made_before(manifest: Manifest, table: str) -> frozenset[str]:
    """The months of a table that were made of another one, and not delivered since."""
    return frozenset(month for load in manifest.loads for month in load.get(MADE, {}).get(table, ()))


def without(loads: tuple[Mapping[str, Any], ...], delivered: Mapping[str, Landed]) -> list[dict[str, Any]]:
    """The ledger of loads, in which months that are delivered now no longer count as made."""
    found = []
    for load in loads:
        left = {
            table: [month for month in months if month not in _months(delivered.get(table))]
            for table, months in load.get(MADE, {}).items()
        }
        told = {table: months for table, months in left.items() if months}
        found.append(
            {**{name: value for name, value in load.items() if name != MADE}, **({MADE: told} if told else {})}
        )
    return found


def _months(found: Landed | None) -> set[str]:
    return {name[:10] for name in found.parts} if found else set()
