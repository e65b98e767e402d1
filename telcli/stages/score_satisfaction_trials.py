"""Part of score-satisfaction: how far predictions are off, of customers that the model had not seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.methods.calibration_error import calibration_error
from telcli.methods.churn_metrics import calibration_bins
from telcli.methods.dissatisfaction import Dissatisfaction
from telcli.methods.rates import wilson
from telcli.methods.score_calibration import score_calibration
from telcli.methods.score_prediction import ScorePrediction
from telcli.tables.from_rows import from_rows

__all__ = ["calibration_table", "figures", "metrics", "trials_table"]

Floats = NDArray[np.float64]
_TENTHS = 10


def figures(score: ScorePrediction, y: Floats) -> dict[str, dict[str, Any]]:
    """Figures of error by method."""
    off = score.out_of_fold - y
    found: dict[str, dict[str, Any]] = {
        name: {"customers": y.size, "rmse": float(np.sqrt(error)), "used": name == score.kind}
        for name, error in score.trials.items()
    }
    found["mean"] |= {"mae": float(np.abs(score.baseline - y).mean())}
    found["chosen"] = {
        "customers": y.size,
        "rmse": float(np.sqrt(np.square(off).mean())),
        "mae": float(np.abs(off).mean()),
        "gain": score.gain,
        "gain_low": score.gain_low,
        "used": score.kind != "mean",
    }
    return found


def trials_table(tried: Mapping[str, Mapping[str, Any]], as_of: date) -> pl.DataFrame:
    """The table satisfaction_trials."""
    rows = ({"as_of": as_of, "method": name, **about} for name, about in tried.items())
    return from_rows("satisfaction_trials", rows)


def calibration_table(
    score: ScorePrediction, y: Floats, chance: Dissatisfaction | None, bad: NDArray[np.bool_], as_of: date
) -> pl.DataFrame:
    """The table satisfaction_calibration: what was predicted of tenths of those asked, and what they answered.

    Only of what is used to predict.
    """
    rows = list(_scores(score, y)) if score.kind != "mean" else []
    rows += _chances(chance, bad) if chance is not None and chance.better else ()
    return from_rows("satisfaction_calibration", ({"as_of": as_of, **row} for row in rows))


def _scores(score: ScorePrediction, y: Floats) -> Iterator[dict[str, Any]]:
    off = score_calibration(score.out_of_fold, y)
    columns = zip(off.rows, off.expected, off.found, off.low, off.high, strict=True)
    for place, (rows, expected, found, low, high) in enumerate(columns):
        ends = {"low": float(np.clip(low, 0.0, 100.0)), "high": float(np.clip(high, 0.0, 100.0))}
        means = {"expected": float(expected), "found": float(found)}
        yield {"predicted": "satisfaction", "tenth": place + 1, "customers": int(rows), **means, **ends}


def _chances(chance: Dissatisfaction, bad: NDArray[np.bool_]) -> Iterator[dict[str, Any]]:
    tenth = calibration_bins(chance.out_of_fold, _TENTHS)
    for place, at in enumerate(np.unique(tenth)):
        here = tenth == at
        low, high = wilson(bad[here].sum(), here.sum())
        means = {"expected": float(chance.out_of_fold[here].mean()), "found": float(bad[here].mean())}
        ends = {"low": float(low), "high": float(high)}
        yield {"predicted": "dissatisfied", "tenth": place + 1, "customers": int(here.sum()), **means, **ends}


def metrics(
    score: ScorePrediction, y: Floats, chance: Dissatisfaction | None, bad: NDArray[np.bool_], told: pl.DataFrame
) -> dict[str, Any]:
    """Figures of the JSON."""
    level = score_calibration(score.out_of_fold, y)
    found: dict[str, Any] = {
        "predicted_by": score.kind,
        "predicted": told.filter(source="predicted").height,
        "gain": round(score.gain, 6),
        "gain_low": round(score.gain_low, 6),
        "calibration_slope": round(score.slope, 6),
        "coverage": round(score.coverage, 6),
        "calibration_error": round(level.error, 6),
        "calibration_error_chance": round(level.chance, 6),
    }
    if chance is not None:
        off = calibration_error(bad, chance.out_of_fold)
        found |= {
            "auc": round(chance.auc, 6),
            "brier": round(chance.brier, 6),
            "base_brier": round(chance.base_brier, 6),
        }
        found |= {
            "ece": round(off.found, 6),
            "ece_chance": round(off.chance, 6),
            "ece_low": round(off.low, 6),
            "ece_high": round(off.high, 6),
        }
        found |= {"chance_by": "model" if chance.better else "base-rate"}
    return found
