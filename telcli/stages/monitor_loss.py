"""What all alerts cost together, each customer once; and where what accounts have in common is off itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from telcli.errors import Notice
from telcli.methods.rates import found_among
from telcli.settings import MonitorSettings
from telcli.stages.monitor_panel import Judged

__all__ = ["common_notices", "loss_of"]


def loss_of(alerts: pl.DataFrame, members: pl.DataFrame | None) -> float:
    """Margin expected to be lost by open alerts: of an entity its worst metric, of a customer once.

    A group and its own accounts tell of the same customers: the more of the two counts. KPIs and stages of life
    tell of accounts too: what they miss beyond the accounts named is added, of the level that misses most.

    >>> rows = [("account", "a", 5.0), ("group", "g", 6.0), ("account", "b", 1.0), ("kpi", "all", 9.0)]
    >>> found = pl.DataFrame(rows, schema=["kind", "entity", "expected_loss"], orient="row")
    >>> who = pl.DataFrame({"kind": ["account", "account", "group"], "entity": ["a", "b", "g"],
    ...     "customer_id": ["a", "b", "a"]})
    >>> loss_of(found, who), loss_of(found.head(3), who)
    (9.0, 7.0)
    """
    worst = alerts.group_by("kind", "entity").agg(pl.col("expected_loss").max().fill_null(0.0)).sort("kind", "entity")
    groups = dict(worst.filter(kind="group").select("entity", "expected_loss").iter_rows())
    inside: dict[str, str] = {}
    if members is not None:
        mine = members.filter(pl.col("kind") == "group", pl.col("entity").is_in(list(groups)))
        inside = dict(mine.select("customer_id", "entity").iter_rows())
    parts = dict.fromkeys(groups, 0.0)
    named, levels = 0.0, dict[str, float]()
    for kind, entity, loss in worst.iter_rows():
        if kind == "account" and entity in inside:
            parts[inside[entity]] += loss
        elif kind in ("kpi", "lifecycle"):
            level = f"{kind} {entity.split('=', maxsplit=1)[0]}"
            levels[level] = levels.get(level, 0.0) + loss
        elif kind != "group":
            named += loss
    named += sum(max(groups[name], part) for name, part in parts.items())
    return float(max(named, *levels.values())) if levels else float(named)


def common_notices(judged: Sequence[Judged], settings: MonitorSettings) -> Iterator[Notice]:
    """Where what all accounts have in common, and is taken off each, is itself off beyond chance and materially."""
    told = [(one, *one.common) for one in judged if one.common is not None]
    if not told:
        return
    chances = found_among(np.array([chance for _, _, chance in told]))
    off = []
    for (one, change, _), chance in zip(told, chances, strict=True):
        wanted = settings.direction == "both" or np.sign(change) == one.panel.metric.side
        if chance <= settings.fdr and wanted and abs(change) >= settings.least_change:
            off.append(f"{one.panel.kind} {one.panel.metric.name} {change:+.0%}")
    if off:
        yield Notice(
            "monitor-common",
            "What all accounts have in common is off what was expected ({what}). It is taken off each of them, so that "
            "none is an alert for it alone: see the KPIs.",
            {"what": ", ".join(off)},
        )
