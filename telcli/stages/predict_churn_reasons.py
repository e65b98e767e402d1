"""Why each customer at risk is at risk, in words, and what drives churn overall."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.features.churn_words import feature_name, phrases, themes
from telcli.methods.reasons import contributions, drivers, leading
from telcli.stages.predict_churn_study import Road, Study

__all__ = ["Drivers", "drivers_of", "reasons_of"]

_FEATURES, _REASONS = 20, 3


@dataclass(frozen=True)
class Drivers:
    """Columns by their mean effect, strongest first; what stayers have on average; the ten strongest, by name."""

    order: NDArray[np.intp]
    centre: NDArray[np.float64]
    strongest: list[dict[str, Any]]


def drivers_of(road: Road) -> Drivers:
    """What moves risk: the mean absolute effect of each column on the log-odds, over a sample of known customers."""
    parts = contributions(road.model.decision_function, road.sample, road.stayer, range(road.sample.shape[1]))
    centre, effect = drivers(parts, road.sample_stayed)
    order = np.argsort(-effect, kind="stable")
    names = road.design.names
    strongest = [
        {
            "feature": names[j],
            "name": feature_name(names[j])[0],
            "name_zh": feature_name(names[j])[1],
            "effect": float(effect[j]),
        }
        for j in order[:10]
        if effect[j] > 0
    ]
    return Drivers(order, centre, strongest)


def reasons_of(study: Study, road: Road, rows: NDArray[np.intp], known: Drivers) -> dict[str, pl.Series]:
    """Columns reason_1 .. reason_3 and their Chinese twins; null where risk is low or nothing stands out.

    Of the twenty strongest columns, those that raise the customer's risk most against customers who stay.
    """
    columns = known.order[:_FEATURES]
    found = {
        f"reason_{slot + 1}{tongue}": np.full(road.people.height, None, dtype=object)
        for tongue in ("", "_zh")
        for slot in range(_REASONS)
    }
    part = np.ascontiguousarray(road.matrix[rows])
    parts = contributions(
        road.model.decision_function,
        part,
        road.stayer,
        columns.tolist(),
        lambda done, total: study.inputs.progress("reasons", done, total),
    )
    lead = leading(parts - known.centre[columns], themes(road.design.features)[columns], most=_REASONS)
    for place, column in enumerate(columns):
        for slot in range(_REASONS):
            here = np.flatnonzero(lead[:, slot] == place)
            if here.size:
                said = phrases(road.design.features[column], part[here, column], float(road.stayer[column]))
                found[f"reason_{slot + 1}"][rows[here]], found[f"reason_{slot + 1}_zh"][rows[here]] = said
    return {name: pl.Series(values.tolist(), dtype=pl.String) for name, values in found.items()}
