"""Of the report: its headline figures against the formulas of the metric dictionary."""

from __future__ import annotations

import math
from datetime import date

import polars as pl

from telcli.features.cube_rows import cube_rows
from telcli.figures.control import Part
from telcli.figures.cubed import cubed
from telcli.stages.report_ground import Ground
from telcli.tables import contract
from telcli.tables.figure_dictionary import figure_of
from telcli.tables.metric_dictionary import metrics

__all__ = ["headlines_held", "worked_out"]

_NEAR = 1e-7
"""Relative; the dictionary adds up whole millionths, headlines what floats hold."""


def headlines_held(ground: Ground, as_of: date) -> tuple[int, int, list[Part]] | None:
    """How many headline figures the dictionary has, how many of them its formulas give too, and those that it does not.

    `wider` are those that the formulas give over customers of the month's end alone, `other` differ then too.
    None where a label tells who has left already: headlines leave those out, formulas do not.
    """
    if "churned" in ground.facts.kpi:
        return None
    found = worked_out(ground, as_of)
    off = [name for name, number in found.items() if not _same(number, ground.facts.kpi[name])]
    again = worked_out(ground, as_of, ground.lines["customer_id"]) if off else {}
    wider = sum(_same(again[name], ground.facts.kpi[name]) for name in off)
    parts = [("wider", wider, float(wider)), ("other", len(off) - wider, float(len(off) - wider))]
    return len(found), len(found) - len(off), [part for part in parts if part[1]]


def worked_out(ground: Ground, as_of: date, base: pl.Series | None = None) -> dict[str, float | None]:
    """Headline figures that the metric dictionary has, worked out by its formulas, as `telcli cube` does.

    Of results only rows of the customers in `base` count, where it is given.
    """
    named = {name: figure_of("kpi", name) for name in ground.facts.kpi}
    asked = {name: metrics()[one.name] for name, one in named.items() if one is not None and one.cubed}
    known = {name: metric for name, metric in asked.items() if _whole(ground, metric.table)}
    if not known:
        return {}
    results = {metric.table for metric in known.values()} - {"customer_months"}
    held = {table: ground.tables[table] for table in results}
    if base is not None:
        held = {table: rows.filter(pl.col("customer_id").is_in(base.implode())) for table, rows in held.items()}
    snapshots = {table: rows.with_columns(as_of=pl.lit(as_of)) for table, rows in held.items()}
    rows = cube_rows({**ground.tables, **snapshots}, [as_of], results, ())
    made = cubed(rows, list(known.values()), (), 1).row(0, named=True)
    return {name: made[metric.name] for name, metric in known.items()}


def _whole(ground: Ground, table: str) -> bool:
    """Whether a table is there with every column of its contract that must be; its month is known anyway."""
    if table not in ground.tables:
        return False
    needed = {column.name for column in contract(table).columns() if column.required} - {"as_of"}
    return needed <= set(ground.tables[table].collect_schema().names())


def _same(one: float | None, other: float) -> bool:
    return one is not None and math.isclose(one, other, rel_tol=_NEAR, abs_tol=1e-6)
