"""Part of score-satisfaction: the index of all and by group, with intervals, and the net promoter score."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import polars as pl

from telcli.methods.net_promoter import net_promoter
from telcli.methods.rates import wilson
from telcli.methods.satisfaction_index import weighted_mean
from telcli.settings import ScoreSatisfactionSettings
from telcli.stages.score_satisfaction_base import names_of
from telcli.tables.from_rows import from_rows
from telcli.tables.satisfaction_results import EVERY

__all__ = ["index_table"]


def index_table(
    base: pl.DataFrame, people: pl.DataFrame, as_of: date, settings: ScoreSatisfactionSettings
) -> pl.DataFrame:
    """The table satisfaction_index: all first, then each grouping, its largest group first.

    `base` has customer_id and a column per grouping; `people` are those of it who answered: customer_id, satisfaction,
    nps and `speaks`, the weight that counts.
    """
    rows = [_row(EVERY, EVERY, base, people, settings)]
    joined = base.join(people, on="customer_id", how="inner", maintain_order="left")
    for by in [name for name in names_of(settings.group_by) if name in base.columns]:
        sizes = base.group_by(by).len().sort("len", by, descending=[True, False])
        for group in sizes[by]:
            inside = pl.col(by) == group
            rows.append(_row(by, group, base.filter(inside), joined.filter(inside), settings))
    return from_rows("satisfaction_index", ({"as_of": as_of, **row} for row in rows))


_FIGURES = ("index", "index_low", "index_high", "effective")
_SHARES = ("satisfied", "dissatisfied")
_SHARED = tuple(f"{name}_{end}" for name in _SHARES for end in ("share", "low", "high"))
_PROMOTED = ("nps", "nps_low", "nps_high", "nps_answers")


def _row(
    by: str, group: str, base: pl.DataFrame, people: pl.DataFrame, settings: ScoreSatisfactionSettings
) -> dict[str, Any]:
    told = people.filter(pl.col("satisfaction").is_not_null())
    row: dict[str, Any] = {"by": by, "group": group, "customers": base.height, "respondents": told.height}
    row["response_rate"] = told.height / base.height if base.height else None
    row["withheld"] = told.height < settings.small_cell
    row |= dict.fromkeys((*_FIGURES, *_SHARED, *_PROMOTED))
    if not row["withheld"]:
        row |= _index(told, settings)
    willing = people.filter(pl.col("nps").is_not_null())
    if willing.height >= settings.small_cell:
        found = net_promoter(willing["nps"].to_numpy(), willing["speaks"].to_numpy())
        if found is not None:
            row |= dict(zip(_PROMOTED, (found.score, found.low, found.high, found.answers), strict=True))
    return row


def _index(told: pl.DataFrame, settings: ScoreSatisfactionSettings) -> dict[str, float]:
    scores, speaks = told["satisfaction"].to_numpy(), told["speaks"].to_numpy()
    mean, low, high, worth = weighted_mean(scores, speaks)
    ends = [float(np.clip(end, 0.0, 100.0)) for end in (mean, low, high)]
    row = dict(zip(_FIGURES, (*ends, worth), strict=True))
    for name, mask in zip(
        _SHARES, (scores >= settings.satisfied_from, scores < settings.dissatisfied_below), strict=True
    ):
        share = min(float(speaks[mask].sum()) / float(speaks.sum()), 1.0)
        # Wilson's interval as of so many equal answers as these are worth
        below, above = wilson(share * worth, worth)
        row |= {f"{name}_share": share, f"{name}_low": float(below), f"{name}_high": float(above)}
    return row
