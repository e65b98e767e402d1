"""What monitor watches, as it hands it to the judge: series of many things, of one metric, over the same months."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.errors import Notice

__all__ = ["METRICS", "Judged", "Metric", "Panel", "Part", "series_matrix"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Metric:
    """What is measured: its kind of amount, the side that is bad (-1: a fall), the scale on which it is judged.

    `scale` is ``log`` for amounts that move by shares, ``root`` for counts, whose noise grows with their root. A
    `stock` stands from month to month, as lines do, and is held against the month before. What is `daily` comes day by
    day, and more of it in months of more working days.
    """

    name: str
    unit: str
    side: int
    scale: str
    words: tuple[str, str]
    stock: bool = False
    daily: bool = False


METRICS = {
    found.name: found
    for found in (
        Metric("revenue", "currency", -1, "log", ("revenue", "收入")),
        Metric("minutes", "use", -1, "log", ("minutes of calls", "通话分钟"), daily=True),
        Metric("data", "use", -1, "log", ("data", "流量"), daily=True),
        Metric("lines", "count", -1, "log", ("lines", "在用号码"), stock=True),
        Metric("paid", "currency", -1, "log", ("payments", "缴费"), daily=True),
        Metric("complaints", "count", 1, "root", ("complaints", "投诉"), daily=True),
        Metric("active", "count", -1, "log", ("customers", "在网客户数"), stock=True),
        Metric("new", "count", -1, "root", ("new customers", "新增客户数"), daily=True),
        Metric("left", "count", 1, "root", ("customers who left", "离网客户数")),
        Metric("arrears", "currency", 1, "log", ("arrears", "欠费"), stock=True),
    )
}
"""Metrics that telcli knows."""


@dataclass(frozen=True)
class Panel:
    """Series of one metric: `values` of the shape (entities, months), NaN where not known; the last month is judged.

    `share` is the part, 0..1, of what an entity is worth that hangs on the metric; `each`, where it is given, of the
    shape (entities,), what one unit of the metric is worth instead. `peers` says whether the months may have something
    in common that is none of an entity's own. Things of one `family` are looked at together, and make one multiple
    comparison. A change is material from `least` on: an amount of money a month, and a share of what was expected.
    """

    kind: str
    metric: Metric
    entities: Sequence[str]
    months: Sequence[date]
    values: Floats
    family: str
    least: tuple[float, float]
    share: float | None = 1.0
    each: Floats | None = None
    peers: bool = False


@dataclass(frozen=True)
class Part:
    """What one part of monitor hands over.

    Parameters
    ----------
    judged : panels that were judged.
    about : kind, entity, worth (money that a fall to nothing would cost), manager_id, branch.
    rows : alerts that need no baseline, with the columns of the tests of panels, expected_loss, why and why_zh.
    tables, metrics, notices : its own.
    looked : how many things were looked at without a panel.
    members : which customers an entity is of: kind, entity, customer_id.
    """

    judged: tuple[Judged, ...] = ()
    about: pl.DataFrame | None = None
    rows: pl.DataFrame | None = None
    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
    looked: int = 0
    members: pl.DataFrame | None = None


@dataclass(frozen=True)
class Judged:
    """A panel's last month (`tests`), all its months (`series`), and how it was judged (`how`).

    `common`: what all series have in common in the last month against what was expected of it, as a share, and the
    chance of that; none where nothing was taken off.
    """

    panel: Panel
    tests: pl.DataFrame
    series: pl.DataFrame
    how: Mapping[str, Any]
    common: tuple[float, float] | None = None


def series_matrix(
    rows: Sequence[tuple[str, date, float | None]], entities: Sequence[str], months: Sequence[date]
) -> Floats:
    """Values by entity and month, of the shape (entities, months); NaN where there is no row.

    >>> june = date(2024, 6, 1)
    >>> series_matrix([("a", june, 2.0)], ["a", "b"], [june]).tolist()
    [[2.0], [nan]]
    """
    places = {entity: at for at, entity in enumerate(entities)}, {month: at for at, month in enumerate(months)}
    found = np.full((len(entities), len(months)), np.nan)
    for entity, month, value in rows:
        if entity in places[0] and month in places[1] and value is not None:
            found[places[0][entity], places[1][month]] = value
    return found
