"""What monitor watches, as it hands it to the judge: series of many things, of one metric, over the same months."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

__all__ = ["METRICS", "Metric", "Panel", "series_matrix"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Metric:
    """What is measured: its kind of amount, the side that is bad (-1: a fall), the scale on which it is judged.

    `scale` is ``log`` for amounts that move by shares, ``root`` for counts, whose noise grows with their root.
    """

    name: str
    unit: str
    side: int
    scale: str
    words: tuple[str, str]


METRICS = {
    found.name: found
    for found in (
        Metric("revenue", "currency", -1, "log", ("revenue", "收入")),
        Metric("minutes", "use", -1, "log", ("minutes of calls", "通话分钟")),
        Metric("data", "use", -1, "log", ("data", "流量")),
        Metric("lines", "count", -1, "log", ("lines", "在用号码")),
        Metric("paid", "currency", -1, "log", ("payments", "缴费")),
        Metric("complaints", "count", 1, "root", ("complaints", "投诉")),
    )
}
"""Metrics that telcli knows."""


@dataclass(frozen=True)
class Panel:
    """Series of one metric: `values` of the shape (entities, months), NaN where not known; the last month is judged.

    `share` is the part, 0..1, of what an entity is worth that hangs on the metric. `peers` says whether the months may
    have something in common that is none of an entity's own.
    """

    kind: str
    metric: Metric
    entities: Sequence[str]
    months: Sequence[date]
    values: Floats
    share: float = 1.0
    peers: bool = False


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
