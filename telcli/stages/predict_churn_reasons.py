"""Why each customer at risk is at risk, in words."""

from __future__ import annotations

from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.features.churn_design import ChurnDesign
from telcli.features.churn_themes import theme_of
from telcli.features.churn_words import phrases, themes
from telcli.methods.churn_model import ChurnModel
from telcli.methods.reasons import leading
from telcli.stages.predict_churn_scoring import made_of
from telcli.stages.predict_churn_study import Road, Study

__all__ = ["reasons_of"]

_REASONS, _TOGETHER = 3, 20_000
_THEMES = tuple(f"reason_{slot + 1}_theme" for slot in range(_REASONS))
_NAMES = tuple(f"reason_{slot + 1}{tongue}" for tongue in ("", "_zh") for slot in range(_REASONS))


def reasons_of(study: Study, road: Road, rows: NDArray[np.intp]) -> pl.DataFrame:
    """Columns reason_1 .. reason_3, their Chinese twins and their themes; null where risk is low or nothing stands out.

    Those columns that raise the customer's risk most against customers who stay, one of each theme.
    """
    work = partial(_reasons, model=road.model, design=road.design, stayer=road.stayer)
    kinds = dict.fromkeys((*_NAMES, *_THEMES), pl.String())
    made = made_of(study.inputs, road.people[rows], road.design, work, kinds, "reasons")
    customers = road.people.select("customer_id")
    return customers.join(made, on="customer_id", how="left", maintain_order="left").select(*_NAMES, *_THEMES)


def _reasons(
    rows: pl.DataFrame, *, model: ChurnModel, design: ChurnDesign, stayer: NDArray[np.float32]
) -> pl.DataFrame:
    """The reasons of some customers, by customer_id."""
    matrix, theme = design.matrix(rows), themes(design.features)
    absent = [j for j, name in enumerate(design.names) if name not in rows.columns]
    lead = np.full((rows.height, _REASONS), -1, dtype=np.intp)
    for start in range(0, rows.height, _TOGETHER):
        part = slice(start, start + _TOGETHER)
        parts = np.array(model.attributions(matrix[part]))
        parts[:, absent] = 0.0  # that a table lacks a column is no customer's reason
        lead[part] = leading(parts, theme, most=_REASONS)
    found = {name: np.full(rows.height, None, dtype=object) for name in (*_NAMES, *_THEMES)}
    for column in np.unique(lead[lead >= 0]):
        for slot in range(_REASONS):
            here = np.flatnonzero(lead[:, slot] == column)
            if here.size:
                said = phrases(design.features[column], matrix[here, column], float(stayer[column]))
                found[_NAMES[slot]][here], found[_NAMES[_REASONS + slot]][here] = said
                found[_THEMES[slot]][here] = theme_of(design.features[column].name)
    words = {name: pl.Series(values.tolist(), dtype=pl.String) for name, values in found.items()}
    return rows.select("customer_id", **words)
