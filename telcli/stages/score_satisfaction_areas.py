"""Part of score-satisfaction: the mean of everybody of a group, those not asked as predicted, with its interval."""

from __future__ import annotations

import numpy as np
import polars as pl

from telcli.methods.intervals import Z95
from telcli.methods.small_area import small_areas
from telcli.settings import ScoreSatisfactionSettings
from telcli.tables.satisfaction_results import EVERY

__all__ = ["with_predicted"]

_KEYS = ("by", "group")
_ENDS = ("predicted_index", "predicted_low", "predicted_high")
_LEAST = 20
"""Answers below which no error of predictions is told."""


def with_predicted(
    index: pl.DataFrame,
    base: pl.DataFrame,
    scores: pl.DataFrame,
    residuals: pl.DataFrame,
    settings: ScoreSatisfactionSettings,
) -> pl.DataFrame:
    """The table satisfaction_index with the mean of all customers of each group that somebody answered in.

    Answers count as they are; predictions are put right by how far they were off in that group, drawn to how far they
    were off in all (Fay and Herriot). `scores` has customer_id, satisfaction, surveyed and source; `residuals` are of
    predictions by models that had not seen the customer. It holds where who did not answer is like who did and has
    the same records; groups of fewer than `small_cell` customers are withheld.
    """
    if residuals.height < _LEAST:
        return index
    rows = base.join(scores.select("customer_id", "satisfaction", "source"), on="customer_id")
    rows = rows.join(residuals, on="customer_id", how="left").sort("customer_id").with_columns(all=pl.lit(EVERY))
    parts = [_by(rows, by, settings.small_cell) for by in index["by"].unique(maintain_order=True)]
    found = pl.concat(parts)
    return index.drop(_ENDS).join(found, on=_KEYS, how="left", maintain_order="left").select(index.columns)


def _by(rows: pl.DataFrame, by: str, least: int) -> pl.DataFrame:
    """The groups of one grouping."""
    off, silent = pl.col("residual"), pl.col("source") != "surveyed"
    groups = rows.group_by(group=pl.col(by)).agg(
        customers=pl.len(),
        silent=silent.sum(),
        mean=pl.col("satisfaction").mean(),
        seen=off.count(),
        off=off.mean(),
        spread=((off - off.mean()) ** 2).sum(),
    )
    groups = groups.sort("group")
    seen, silent_there = (groups[name].to_numpy().astype(np.float64) for name in ("seen", "silent"))
    spare = float(seen.sum() - (seen > 0).sum())
    within = max(float(groups["spread"].to_numpy().sum()) / spare, 1e-9) if spare > 0 else np.nan
    area = small_areas(groups["off"].fill_null(0.0).to_numpy(), seen, within)
    share = silent_there / groups["customers"].to_numpy()
    # the true mean of those who are silent strays from what is expected of them, the fewer they are the more
    error = np.sqrt(area.error + within / np.maximum(silent_there, 1.0))
    middle = groups["mean"].to_numpy() + share * area.estimate
    told = np.isfinite(middle) & (groups["customers"].to_numpy() >= least)
    ends = (middle, middle - Z95 * share * error, middle + Z95 * share * error)
    columns = [
        pl.Series(name, np.where(told, np.clip(one, 0.0, 100.0), np.nan)) for name, one in zip(_ENDS, ends, strict=True)
    ]
    return groups.select(by=pl.lit(by), group="group").with_columns(columns).with_columns(pl.col(_ENDS).fill_nan(None))
