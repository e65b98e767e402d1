"""Why each customer at risk is at risk, in words, and what drives churn overall."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.features.churn_design import ChurnDesign
from telcli.features.churn_words import feature_name, phrases, themes
from telcli.methods.churn_model import ChurnModel
from telcli.methods.reasons import leading
from telcli.stages.predict_churn_scoring import made_of
from telcli.stages.predict_churn_study import Road, Study

__all__ = ["Drivers", "drivers_of", "reasons_of"]

_REASONS, _TOGETHER = 3, 20_000
_NAMES = tuple(f"reason_{slot + 1}{tongue}" for tongue in ("", "_zh") for slot in range(_REASONS))


@dataclass(frozen=True)
class Drivers:
    """The ten strongest columns by their mean absolute effect."""

    strongest: list[dict[str, Any]]


def drivers_of(road: Road) -> Drivers:
    """What moves risk: the mean absolute effect of each column on the log-odds, over a sample of known customers."""
    effect = np.abs(road.model.attributions(road.sample)).mean(axis=0, dtype=np.float64)
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
    return Drivers(strongest)


def reasons_of(study: Study, road: Road, rows: NDArray[np.intp]) -> pl.DataFrame:
    """Columns reason_1 .. reason_3 and their Chinese twins; null where risk is low or nothing stands out.

    Those columns that raise the customer's risk most against customers who stay, one of each theme.
    """
    work = partial(_reasons, model=road.model, design=road.design, stayer=road.stayer)
    kinds = dict.fromkeys(_NAMES, pl.String())
    made = made_of(study.inputs, road.people[rows], road.design, work, kinds, "reasons")
    customers = road.people.select("customer_id")
    return customers.join(made, on="customer_id", how="left", maintain_order="left").select(_NAMES)


def _reasons(
    rows: pl.DataFrame, *, model: ChurnModel, design: ChurnDesign, stayer: NDArray[np.float32]
) -> pl.DataFrame:
    """The reasons of some customers, by customer_id."""
    matrix, theme = design.matrix(rows), themes(design.features)
    lead = np.full((rows.height, _REASONS), -1, dtype=np.intp)
    for start in range(0, rows.height, _TOGETHER):
        part = slice(start, start + _TOGETHER)
        lead[part] = leading(model.attributions(matrix[part]), theme, most=_REASONS)
    found = {name: np.full(rows.height, None, dtype=object) for name in _NAMES}
    for column in np.unique(lead[lead >= 0]):
        for slot in range(_REASONS):
            here = np.flatnonzero(lead[:, slot] == column)
            if here.size:
                said = phrases(design.features[column], matrix[here, column], float(stayer[column]))
                found[_NAMES[slot]][here], found[_NAMES[_REASONS + slot]][here] = said
    words = {name: pl.Series(values.tolist(), dtype=pl.String) for name, values in found.items()}
    return rows.select("customer_id", **words)
