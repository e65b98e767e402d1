"""Of the report: whether its figures add up, from what was read to what is told."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from telcli.errors import Notice
from telcli.figures.base import Figures
from telcli.figures.control import CHECK_TEXTS, PART_TEXTS, Part, check, covered
from telcli.stages.report_facts import held_against, view_of
from telcli.stages.report_ground import Ground
from telcli.stages.report_kpis import headlines_held
from telcli.stages.report_told import TOLD_TEXTS, Told, told_rows

__all__ = ["Checked", "checked", "put_control"]

_COVERED = ("segments", "value_scores", "churn_scores", "satisfaction_scores")
_GROUPED = {"segment_profiles": "profiles", "value_tiers": "tiers"}
"""Tables that count their customers by group, and the check of each."""
_CHOSEN = {"place": "branches", "segment": "parts"}
"""What is chosen by, and what its checks are called."""
_Check = tuple[dict[str, Any], list[dict[str, Any]]]


@dataclass(frozen=True)
class Checked:
    """Rows of figures by section, what the stage's metrics tell of them, and warnings."""

    blocks: Mapping[str, Sequence[Mapping[str, Any]]]
    metrics: Mapping[str, Any]
    notices: tuple[Notice, ...]


def checked(ground: Ground, as_of: date, told: Sequence[Told], choices: Sequence[Mapping[str, Any]] = ()) -> Checked:
    """Hold every sum that the report tells against where it comes from, and against what the operator was told.

    `told` are the operator's own control totals, `choices` the rows by branch and segment as they are shown.
    """
    found = list(_own(ground, as_of, choices))
    rows = [row for row, _ in found]
    mine, where = told_rows(ground, as_of, told)
    months = [row for row, _ in _billed_months(ground, as_of)]
    blocks = {
        "control": rows,
        "control_parts": [part for _, parts in found for part in parts] + where,
        "control_months": months,
        "control_told": mine,
    }
    counted = {state: sum(row["state"] == state for row in rows) for state in ("agrees", "explained", "differs")}
    off = [row for row in mine if row["state"] == "differs"]
    metrics = {
        **counted,
        "months_differ": sum(row["state"] == "differs" for row in months),
        "told": len(mine),
        "told_differ": len(off),
        "told_unknown": sum(row["state"] == "unknown" for row in mine),
        "checks": [{name: row.get(name) for name in ("check", "left", "right", "difference", "state")} for row in rows],
    }
    return Checked(blocks, metrics, (*_about_own(rows), *_about_told(off, mine, ground.facts.currency)))


def put_control(figures: Figures, blocks: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """The sections on whether figures add up."""
    for name, texts in (
        ("control", CHECK_TEXTS),
        ("control_parts", PART_TEXTS),
        ("control_months", CHECK_TEXTS),
        ("control_told", TOLD_TEXTS),
    ):
        figures.block(name, blocks.get(name, ()), texts)


def _own(ground: Ground, as_of: date, choices: Sequence[Mapping[str, Any]]) -> Iterator[_Check]:
    tables, least, base = ground.tables, ground.least, ground.lines.height
    yield from _refused(ground)
    yield from _facts(ground, as_of)
    if kpis := headlines_held(ground, as_of):
        yield check("kpis", "count", *kpis)
    view = view_of(ground, as_of, "active", "left", "tenure_months", "revenue").collect(engine="streaming")
    gone: list[Part] = []
    if ground.facts.kpi.get("revenue") is not None:
        billed = view.filter(~pl.col("active"), pl.col("revenue").fill_null(0.0) != 0.0)["revenue"].sort()
        live = float(view.filter("active")["revenue"].sort().sum())
        gone = [("left", billed.len(), float(billed.sum()))] if billed.len() else []
        yield check("live", "money", ground.facts.kpi["revenue"], live, gone, least)
    yield from _chosen(ground, choices, gone)
    for table, name in _GROUPED.items():
        if table in tables:
            yield check(name, "count", base, int(tables[table].select(pl.col("customers").sum()).collect().item()))
    for table in _COVERED:
        if table in tables:
            yield check(table, "count", *covered(view, tables[table]), least=least)


def _chosen(ground: Ground, choices: Sequence[Mapping[str, Any]], gone: Sequence[Part]) -> Iterator[_Check]:
    """Headlines against the sums of what is shown by branch and by segment, where nothing of it is hidden.

    `gone` is what those who left were billed: they belong to no branch and no segment.
    """
    for dimension, name in _CHOSEN.items():
        rows = [row for row in choices if [one for one in _CHOSEN if row[one] not in ("", None)] == [dimension]]
        for metric, kind, parts in (("customers", "count", ()), ("revenue", "money", gone)):
            shown = [row.get(metric) for row in rows if f"small_{metric}" not in row]
            told = [number for number in shown if number is not None]
            if told and len(told) == len(rows) and (headline := ground.facts.kpi.get(metric)) is not None:
                total = math.fsum(told)
                right = total if kind == "money" else round(total)
                yield check(f"{name}_{metric}", kind, headline, right, parts, ground.least)


def _refused(ground: Ground) -> Iterator[_Check]:
    """The lines that ingest counted as refused, and those that its table holds."""
    sources = (ground.metrics.get("ingest") or {}).get("sources") or []
    if "rejects" in ground.tables and sources:
        lines = ground.tables["rejects"].select(pl.struct("source", "line").n_unique()).collect().item()
        yield check("rejects", "count", sum(one.get("rows_rejected") or 0 for one in sources), lines)


def _facts(ground: Ground, as_of: date) -> Iterator[_Check]:
    """What was billed and paid in the month, and what customer_months tells of it."""
    for name, column in (("billed", "revenue"), ("paid", "paid")):
        if found := held_against(ground, column, as_of):
            yield check(name, "money", *found, least=ground.least, known="right")


def _billed_months(ground: Ground, as_of: date) -> Iterator[_Check]:
    """The same of bills for every month of the trend."""
    for month in ground.months["month"].tail(ground.settings.trend_months):
        if month <= as_of and (found := held_against(ground, "revenue", month)):
            row, parts = check("billed", "money", *found, least=ground.least, known="right")
            yield row | {"month": f"{month:%Y-%m}"}, parts


def _about_own(rows: Sequence[Mapping[str, Any]]) -> Iterator[Notice]:
    off = [row["check"] for row in rows if row["state"] == "differs"]
    if off:
        yield Notice(
            "control-off",
            "{n} of {all} sums do not add up: {checks}. See “Do the figures add up” in the report.",
            {"n": len(off), "all": len(rows), "checks": ", ".join(off)},
        )


def _about_told(
    off: Sequence[Mapping[str, Any]], all_told: Sequence[Mapping[str, Any]], currency: str
) -> Iterator[Notice]:
    for row in off:
        yield Notice(
            "control-differs",
            "{metric} of {month} is {found:,.2f} here and {told:,.2f} in the control totals: {difference:+,.2f}.",
            {name: row[name] for name in ("metric", "month", "found", "told", "difference")},
        )
    if unknown := sorted({f"{row['metric']} {row['month']}" for row in all_told if row["state"] == "unknown"}):
        yield Notice(
            "control-unknown",
            "Control totals that nothing is known of here: {names}.",
            {"names": ", ".join(unknown)},
        )
