"""How well each order of customers put first those whom contacting keeps: by risk, by the plan, by the uplift model."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from telcli.methods.uplift_bands import Banded, banded, better
from telcli.methods.uplift_curve import CONVENTIONS
from telcli.stages.evaluate_retention_figures import Row
from telcli.stages.evaluate_retention_groups import Trial
from telcli.stages.evaluate_retention_study import Study
from telcli.tables.effect_results import CURVES

__all__ = ["curves"]

Floats = NDArray[np.float64]
_COLUMNS = {"risk": "churn_probability", "plan": "expected_value", "uplift": "learned_uplift"}
_LEAST = 10
"""Customers of an arm below which a curve tells nothing."""
_STEPS = 20


def curves(study: Study, trial: Trial) -> tuple[list[Row], list[dict[str, Any]]]:
    """Rows of retention_curves of one trial, and what each order is worth in both conventions.

    An order is read on the customers for whom it has a value: past campaigns have no plan. Orders of the same customers
    are read on the same resamples.
    """
    rows, told = [], []
    for names, kept in _alike(trial):
        arms = trial.arms.take(kept)
        if min(int(arms.treated.sum()), int((~arms.treated).sum())) < _LEAST:
            continue
        scores = {name: trial.rows[_COLUMNS[name]].to_numpy()[kept].astype(np.float64) for name in names}
        found = banded(
            arms.stayed,
            arms.treated,
            scores,
            weight=arms.inverse,
            points=_STEPS,
            draws=study.draws(arms.stayed.size),
            seed=study.inputs.seed,
        )
        for name, each in found.items():
            rows += _rows(study, trial, name, each, int(kept.sum()))
            told.append({"campaign_id": trial.campaign, "curve": name} | _worth(each, found.get("risk")))
    order = {name: at for at, name in enumerate(CURVES)}
    return rows, sorted(told, key=lambda one: order[one["curve"]])


def _alike(trial: Trial) -> list[tuple[list[str], NDArray[np.bool_]]]:
    """Orders that have values for the same customers, together."""
    found: list[tuple[list[str], NDArray[np.bool_]]] = []
    for name in CURVES:
        if _COLUMNS[name] not in trial.rows.columns:
            continue
        kept = trial.rows[_COLUMNS[name]].is_not_null().to_numpy()
        same = next((names for names, other in found if (other == kept).all()), None)
        if same is None:
            found.append(([name], kept))
        else:
            same.append(name)
    return [(names, kept) for names, kept in found if kept.any()]


def _worth(one: Banded, risk: Banded | None) -> dict[str, Any]:
    told: dict[str, Any] = {
        "qini": one.found.to_random,
        "qini_low": one.low,
        "qini_high": one.high,
        "convention": CONVENTIONS["to_random"],
        "qini_ratio": _known(one.found.to_perfect),
        "ratio_convention": CONVENTIONS["to_perfect"],
        "auuc": one.found.auuc,
        "beats_random": one.low > 0.0,
    }
    if risk is not None and risk is not one:
        gap, low, high = better(one, risk)
        told |= {"over_risk": gap, "over_risk_low": low, "over_risk_high": high}
    return told


def _rows(study: Study, trial: Trial, name: str, found: Banded, size: int) -> list[Row]:
    line = found.qini[-1] * found.share
    return [
        {
            "as_of": study.as_of,
            "campaign_id": trial.campaign,
            "curve": name,
            "percent": round(100 * share),
            "share": share,
            "customers": round(size * share),
            "qini": float(found.qini[at]),
            "qini_low": float(found.qini_low[at]),
            "qini_high": float(found.qini_high[at]),
            "random": float(line[at]),
            "gain": float(found.gain[at]),
            "gain_low": float(found.gain_low[at]),
            "gain_high": float(found.gain_high[at]),
            "lift": _known(float(found.lift[at])),
        }
        for at, share in enumerate(found.share.tolist())
    ]


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value
