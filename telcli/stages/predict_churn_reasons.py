"""Why each customer at risk is at risk, and what holds her, in words."""

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
_ODDS = tuple(f"reason_{slot + 1}_odds" for slot in range(_REASONS))
_SAID = (*(f"reason_{slot + 1}" for slot in range(_REASONS)), "holds")


def reasons_of(study: Study, road: Road, rows: NDArray[np.intp]) -> pl.DataFrame:
    """Columns reason_1 .. reason_3 and holds, in English and Chinese, themes and odds of the reasons.

    Reasons are the columns that raise a customer's risk most against customers who stay, one of each theme; holds is
    the one that lowers it most. Null where risk is low or nothing stands out.
    """
    work = partial(_reasons, model=road.model, design=road.design, stayer=road.stayer)
    words = (*_SAID, *(f"{name}_zh" for name in _SAID), *_THEMES)
    kinds = {**dict.fromkeys(words, pl.String()), **dict.fromkeys(_ODDS, pl.Float64())}
    made = made_of(study.inputs, road.people[rows], road.design, work, kinds, "reasons")
    # Rounded, as exponentials are not the same to the bit on all processors.
    made = made.with_columns(pl.col(name).exp().round(3) for name in _ODDS)
    customers = road.people.select("customer_id")
    return customers.join(made, on="customer_id", how="left", maintain_order="left").select(*words, *_ODDS)


def _reasons(
    rows: pl.DataFrame, *, model: ChurnModel, design: ChurnDesign, stayer: NDArray[np.float32]
) -> pl.DataFrame:
    """The reasons of some customers, by customer_id; odds as their logarithms."""
    matrix, theme = design.matrix(rows), themes(design.features)
    absent = [j for j, name in enumerate(design.names) if name not in rows.columns]
    lead = np.full((rows.height, len(_SAID)), -1, dtype=np.intp)
    odds = np.full((rows.height, _REASONS), np.nan)
    for start in range(0, rows.height if design.features else 0, _TOGETHER):
        part = slice(start, start + _TOGETHER)
        parts = np.array(model.attributions(matrix[part]))
        parts[:, absent] = 0.0  # that a table lacks a column is no customer's reason
        lead[part, :_REASONS] = leading(parts, theme, most=_REASONS)
        lead[part, _REASONS:] = leading(-parts, theme, most=1)
        first = lead[part, :_REASONS]
        odds[part] = np.where(first >= 0, np.take_along_axis(parts, np.maximum(first, 0), axis=1), np.nan)
    found = _words(lead, matrix, design, stayer)
    words = {name: pl.Series(values.tolist(), dtype=pl.String) for name, values in found.items()}
    numbers = {name: pl.Series(odds[:, slot]).fill_nan(None) for slot, name in enumerate(_ODDS)}
    return rows.select("customer_id", **words, **numbers)


def _words(
    lead: NDArray[np.intp], matrix: NDArray[np.float32], design: ChurnDesign, stayer: NDArray[np.float32]
) -> dict[str, NDArray[np.object_]]:
    """What is said of the columns that lead, by the name it is stored under."""
    names = (*_SAID, *(f"{name}_zh" for name in _SAID), *_THEMES)
    found = {name: np.full(len(lead), None, dtype=object) for name in names}
    for column in np.unique(lead[lead >= 0]):
        for slot, name in enumerate(_SAID):
            here = np.flatnonzero(lead[:, slot] == column)
            if here.size:
                said = phrases(design.features[column], matrix[here, column], float(stayer[column]))
                found[name][here], found[f"{name}_zh"][here] = said
                if slot < _REASONS:
                    found[_THEMES[slot]][here] = theme_of(design.features[column].name)
    return found
