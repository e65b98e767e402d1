"""One held-out set, everything that is said of it: metrics with intervals, the lift table, the total-cost table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from telcli.methods import churn_metrics as m
from telcli.methods.churn_intervals import Campaign, churn_intervals, lift_intervals, savings_interval
from telcli.methods.costs import decisions, example_costs, savings, total_cost
from telcli.methods.profit import empc, empc_perfect, mpc

__all__ = ["Evaluation", "evaluate"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Evaluation:
    """`metrics` is JSON-able; `lift` has a row per tenth of risk; `costs` a row per method, the cheapest chosen."""

    metrics: Mapping[str, Any]
    lift: list[dict[str, float]]
    costs: list[dict[str, Any]]
    chosen: str


def evaluate(
    y: Floats,
    p: Floats,
    value: Floats,
    *,
    offer: float,
    contact: float,
    accept: float,
    seed: int = 0,
) -> Evaluation:
    """Measure calibrated probabilities on customers that the model has not seen.

    `value` is each customer's worth if kept. The acceptance rate of EMPC is Beta with mean `accept` and the weight of
    20 trials (Verbraken's Beta(6, 14) at 0.3); MPC and EMPC use the mean value, and are null where it does not exceed
    the offer or where `accept` is 0 or 1. Savings are null where a blanket decision costs nothing and the model does.

    >>> rng = np.random.default_rng(0)
    >>> p = rng.random(500)
    >>> found = evaluate((rng.random(500) < p) * 1.0, p, np.full(500, 200.0), offer=10, contact=1, accept=0.3)
    >>> found.chosen, found.metrics["auc_low"] < found.metrics["auc"] < found.metrics["auc_high"]
    ('model-bayes', True)
    """
    worth = float(value.mean())
    campaign = Campaign(worth, offer, contact, 20 * accept, 20 * (1 - accept))
    profitable = worth > offer and 0 < accept < 1
    numbers: dict[str, Any] = {
        "auc": m.auc(y, p),
        "pr_auc": m.pr_auc(y, p),
        "log_loss": m.log_loss(y, p),
        "brier": m.brier(y, p),
        "ece": m.expected_calibration_error(y, p),
        "top_decile_lift": m.top_lift(y, p),
        "mpc": None,
        "empc": None,
        "empc_share": None,
    }
    numbers["calibration_intercept"], slope = m.calibration_line(y, p)
    numbers["calibration_slope"] = slope if np.isfinite(slope) else None
    if profitable:
        shared = {"value": worth, "offer": offer, "contact": contact}
        beta = {"alpha": campaign.alpha, "beta": campaign.beta}
        numbers["mpc"] = mpc(y, p, accept=accept, **shared).profit
        numbers["empc"] = empc(y, p, **beta, **shared).profit
        best = numbers["empc_perfect"] = empc_perfect(float(y.mean()), **beta, **shared)
        numbers["empc_share"] = numbers["empc"] / best if best > 0 else None
    bounds = churn_intervals(y, p, campaign if profitable else None, seed=seed)
    for name, (low, high) in bounds.items():
        if numbers[name] is not None:
            numbers[f"{name}_low"], numbers[f"{name}_high"] = min(low, numbers[name]), max(high, numbers[name])
    money, costs, chosen = _money(y, p, value, offer, contact, accept, seed)
    metrics = {
        "rows": int(y.size),
        "churn_rate": float(y.mean()),
        **numbers,
        "calibration_intercept_error": float(1.0 / np.sqrt(max(float((p * (1.0 - p)).sum()), 1e-9))),
        "expected_churners": float(p.sum()),
        "top_decile_lift_bound": float(min(10.0, 1.0 / y.mean())),
        "value_mean": worth,
        **money,
    }
    return Evaluation(metrics, _lift(y, p, seed), costs, chosen)


def _lift(y: Floats, p: Floats, seed: int) -> list[dict[str, float]]:
    """The lift table, each lift with its interval."""
    rows = m.deciles(y, p, seed)
    for row, (low, high) in zip(rows, lift_intervals(y, p, seed=seed), strict=True):
        row["lift_low"], row["lift_high"] = min(low, row["lift"]), max(high, row["lift"])
    return rows


def _money(
    y: Floats, p: Floats, value: Floats, offer: float, contact: float, accept: float, seed: int
) -> tuple[dict[str, Any], list[dict[str, Any]], str]:
    """Total cost of each method, the cheapest (the model at Bayes' threshold where equal), and savings."""
    matrix = dict(zip(("tp", "fp", "tn", "fn"), example_costs(value, offer, contact, accept), strict=True))
    acts = decisions(p, value, offer, contact, accept, seed)
    total = {name: total_cost(y, act, **matrix) for name, act in acts.items()}
    least = min(total.values())
    ranked = ["model-bayes", *acts]
    chosen = next(name for name in ranked if total[name] <= least + 1e-9 * abs(least))
    each = {
        name: y * np.where(acts[name], matrix["tp"], matrix["fn"]) + (1 - y) * np.where(acts[name], matrix["fp"], 0.0)
        for name in ("model-bayes", "nobody", "everybody")
    }
    low, high = savings_interval(each["model-bayes"], each["nobody"], each["everybody"], seed=seed)
    saved = savings(y, acts["model-bayes"], **matrix)
    costs = [
        {"method": name, "cost": total[name], "contacted": int(act.sum()), "chosen": name == chosen}
        for name, act in acts.items()
    ]
    money: dict[str, Any] = {"savings": saved, "savings_low": min(low, saved), "savings_high": max(high, saved)}
    if not np.isfinite(saved):
        money = dict.fromkeys(money)
    return {**money, "total_cost": total, "chosen_method": chosen}, costs, chosen
