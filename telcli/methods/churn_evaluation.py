"""One held-out set, what is said of its probabilities: metrics with intervals, and the lift table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from telcli.methods import churn_metrics as m
from telcli.methods.calibration_error import calibration_error
from telcli.methods.campaign import Campaign
from telcli.methods.churn_intervals import churn_intervals, lift_intervals
from telcli.methods.intervals import ends
from telcli.methods.profit import empc, empc_perfect, mpc

__all__ = ["Evaluation", "evaluate", "expected_range", "month_figures"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Evaluation:
    """`metrics` is JSON-able; `lift` has a row per tenth of risk."""

    metrics: Mapping[str, Any]
    lift: list[dict[str, float]]


def evaluate(
    y: Floats,
    p: Floats,
    value: Floats,
    campaign: Campaign | None,
    *,
    seed: int = 0,
) -> Evaluation:
    """Measure calibrated probabilities on customers that the model has not seen.

    `value` is each customer's worth if kept. MPC and EMPC know one `campaign` for all; `empc_null` says why there is no
    EMPC: `costs-differ` where there is no such campaign and `worth-below-offer` where it cannot pay, both without MPC
    too; `acceptance-certain` where nothing is left to expect over.

    >>> rng = np.random.default_rng(0)
    >>> p = rng.random(500)
    >>> campaign = Campaign.of(200.0, 10.0, 1.0, 0.3)
    >>> found = evaluate((rng.random(500) < p) * 1.0, p, np.full(500, 200.0), campaign)
    >>> found.metrics["auc_low"] < found.metrics["auc"] < found.metrics["auc_high"]
    True
    """
    error = calibration_error(y, p, seed=seed)
    numbers: dict[str, Any] = {
        "auc": m.auc(y, p),
        "pr_auc": m.pr_auc(y, p),
        "log_loss": m.log_loss(y, p),
        "brier": m.brier(y, p),
        "ece": error.found,
        "ece_chance": error.chance,
        "top_decile_lift": m.top_lift(y, p),
        **_profits(y, p, campaign),
    }
    numbers["calibration_intercept"], slope = m.calibration_line(y, p)
    numbers["calibration_slope"] = slope if np.isfinite(slope) else None
    bounds = churn_intervals(y, p, campaign, seed=seed)
    for name, bound in {**bounds, "ece": (error.low, error.high)}.items():
        if numbers[name] is not None:
            numbers |= ends(name, numbers[name], *bound)
    metrics = {
        "rows": int(y.size),
        "churn_rate": float(y.mean()),
        **numbers,
        "calibration_intercept_error": float(1.0 / np.sqrt(max(float((p * (1.0 - p)).sum()), 1e-9))),
        "expected_churners": float(p.sum()),
        "top_decile_lift_bound": float(min(10.0, 1.0 / y.mean())),
        "value_mean": float(value.mean()),
    }
    return Evaluation(metrics, _lift(y, p, seed))


def _profits(y: Floats, p: Floats, campaign: Campaign | None) -> dict[str, Any]:
    """MPC, EMPC, that of a model that knows who leaves, and the share of it; null where there is none, with why."""
    none = {"mpc": None, "empc": None, "empc_share": None}
    if campaign is None or not campaign.pays:
        return {**none, "empc_null": "costs-differ" if campaign is None else "worth-below-offer"}
    shared = {"value": campaign.value, "offer": campaign.offer, "contact": campaign.contact}
    most = mpc(y, p, accept=campaign.accept, **shared).profit
    if not campaign.open:
        return {**none, "mpc": most, "empc_null": "acceptance-certain"}
    beta = {"alpha": campaign.alpha, "beta": campaign.beta}
    expected = empc(y, p, **beta, **shared).profit
    best = empc_perfect(float(y.mean()), **beta, **shared)
    share = expected / best if best > 0 else None
    return {"mpc": most, "empc": expected, "empc_share": share, "empc_perfect": best, "empc_null": None}


def month_figures(y: Floats, p: Floats, *, seed: int = 0) -> dict[str, float]:
    """One month in short: AUC and log-loss with intervals, and who was expected to leave beside who left.

    `expected_low` and `expected_high` bound the churners that chance explains (95%) where the probabilities are right.

    >>> found = month_figures(np.repeat([1.0, 0.0], [20, 80]), np.full(100, 0.2))
    >>> found["auc"], round(found["expected"], 6), found["expected_low"] < found["churners"] < found["expected_high"]
    (0.5, 20.0, True)
    """
    bounds = churn_intervals(y, p, seed=seed, short=True)
    found: dict[str, float] = {"customers": int(y.size), "churners": int(y.sum())}
    found["expected"], found["expected_low"], found["expected_high"] = expected_range(p)
    for name, value in (("auc", m.auc(y, p)), ("log_loss", m.log_loss(y, p))):
        found |= {name: value, **ends(name, value, *bounds[name])}
    return found


def expected_range(p: Floats) -> tuple[float, float, float]:
    """Churners expected, and the bounds within which chance leaves their number (95%), where probabilities are right.

    >>> [round(bound, 2) for bound in expected_range(np.full(100, 0.2))]
    [20.0, 12.16, 27.84]
    """
    expected, error = float(p.sum()), 1.96 * float(np.sqrt((p * (1.0 - p)).sum()))
    return expected, max(0.0, expected - error), min(float(p.size), expected + error)


def _lift(y: Floats, p: Floats, seed: int) -> list[dict[str, float]]:
    """The lift table, each lift with its interval."""
    rows = m.deciles(y, p, seed)
    for row, bound in zip(rows, lift_intervals(y, p, seed=seed), strict=True):
        row.update(ends("lift", row["lift"], *bound))
    return rows
