"""Why each customer at risk is at risk, in words, and what drives churn overall."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import polars as pl
import sklearn
from numpy.typing import NDArray

from telcli.features.churn_design import ChurnDesign
from telcli.features.churn_words import feature_name, phrases, themes
from telcli.methods.churn_model import ChurnModel
from telcli.methods.reasons import contributions, drivers, leading
from telcli.stages.predict_churn_scoring import made_of, same_library
from telcli.stages.predict_churn_study import Road, Study

__all__ = ["Drivers", "drivers_of", "reasons_of"]

_FEATURES, _REASONS = 20, 3
_NAMES = tuple(f"reason_{slot + 1}{tongue}" for tongue in ("", "_zh") for slot in range(_REASONS))


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


def reasons_of(study: Study, road: Road, rows: NDArray[np.intp], known: Drivers) -> pl.DataFrame:
    """Columns reason_1 .. reason_3 and their Chinese twins; null where risk is low or nothing stands out.

    Of the twenty strongest columns, those that raise the customer's risk most against customers who stay.
    """
    work = partial(
        _reasons,
        model=road.model,
        design=road.design,
        stayer=road.stayer,
        columns=known.order[:_FEATURES],
        centre=known.centre,
        made_by=sklearn.__version__,
    )
    kinds = dict.fromkeys(_NAMES, pl.String())
    made = made_of(study.inputs, road.people[rows], road.design, work, kinds, "reasons")
    customers = road.people.select("customer_id")
    return customers.join(made, on="customer_id", how="left", maintain_order="left").select(_NAMES)


def _reasons(
    rows: pl.DataFrame,
    *,
    model: ChurnModel,
    design: ChurnDesign,
    stayer: NDArray[np.float32],
    columns: NDArray[np.intp],
    centre: NDArray[np.float64],
    made_by: str,
) -> pl.DataFrame:
    """The reasons of some customers, by customer_id."""
    same_library(made_by)
    matrix = np.ascontiguousarray(design.matrix(rows))
    parts = contributions(model.decision_function, matrix, stayer, columns.tolist())
    lead = leading(parts - centre[columns], themes(design.features)[columns], most=_REASONS)
    found = {name: np.full(rows.height, None, dtype=object) for name in _NAMES}
    for place, column in enumerate(columns):
        for slot in range(_REASONS):
            here = np.flatnonzero(lead[:, slot] == place)
            if here.size:
                said = phrases(design.features[column], matrix[here, column], float(stayer[column]))
                found[_NAMES[slot]][here], found[_NAMES[_REASONS + slot]][here] = said
    words = {name: pl.Series(values.tolist(), dtype=pl.String) for name, values in found.items()}
    return rows.select("customer_id", **words)
