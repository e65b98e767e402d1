"""What contacting a customer costs and saves: cost matrix, decision, total cost and savings.

Costs are in currency per customer. A customer who would leave is worth `value` (CLV) if kept; an offer costs
`offer` (d) when it is taken, a contact costs `contact` (f), and a would-be churner takes the offer and stays with
probability `accept` (gamma). Stayers take the offer.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from telcli.errors import DataError

__all__ = ["decisions", "example_costs", "expected_saving", "savings", "total_cost"]

Floats = NDArray[np.float64]


def expected_saving(p: ArrayLike, value: ArrayLike, offer: float, contact: float, accept: float) -> Floats:
    """Expected gain from contacting, `p gamma (CLV - d) - (1 - p) d - f`; contact where it is above 0.

    Where p exceeds `(d + f) / (d + gamma (CLV - d))` it is: Verbraken, Verbeke and Baesens (2013), whose contact
    cost is also paid for those who accept.

    >>> [round(float(x), 2) for x in expected_saving([0.0, 0.5], [200.0, 200.0], 10.0, 1.0, 0.3)]
    [-11.0, 22.5]
    """
    chance, worth = np.asarray(p, dtype=np.float64), np.asarray(value, dtype=np.float64)
    saved: Floats = chance * accept * (worth - offer) - (1.0 - chance) * offer - contact
    return saved


def example_costs(
    value: ArrayLike, offer: float, contact: float, accept: float
) -> tuple[Floats, Floats, Floats, Floats]:
    """Cost of each customer's four outcomes: true positive, false positive, true negative, false negative.

    `TP = gamma d + (1 - gamma) CLV + f`, `FP = d + f`, `TN = 0`, `FN = CLV`; a CLV below 0 counts as 0, because
    losing a loss maker costs nothing.
    """
    worth = np.maximum(np.asarray(value, dtype=np.float64), 0.0)
    zero = np.zeros_like(worth)
    return accept * offer + (1.0 - accept) * worth + contact, zero + offer + contact, zero, worth


def total_cost(y: ArrayLike, act: ArrayLike, *, tp: ArrayLike, fp: ArrayLike, tn: ArrayLike, fn: ArrayLike) -> float:
    """Sum of the costs of what happened; `act` is 0/1, or a probability for the expected cost.

    >>> total_cost([0, 1, 1, 0], [0, 1, 0, 0], tp=0, fp=[4, 1, 2, 2], tn=0, fn=[1, 3, 3, 1])
    3.0
    >>> round(total_cost([0, 1, 1, 0], [0.2, 0.9, 0.1, 0.2], tp=0, fp=[4, 1, 2, 2], tn=0, fn=[1, 3, 3, 1]), 6)
    4.2
    """
    left, chosen = np.asarray(y, dtype=np.float64), np.asarray(act, dtype=np.float64)
    if left.shape != chosen.shape:
        raise DataError("shape-mismatch", "Labels and decisions differ in length.")
    cost = left * (chosen * np.asarray(tp, dtype=np.float64) + (1 - chosen) * np.asarray(fn, dtype=np.float64))
    cost += (1 - left) * (chosen * np.asarray(fp, dtype=np.float64) + (1 - chosen) * np.asarray(tn, dtype=np.float64))
    return float(cost.sum())


def savings(y: ArrayLike, act: ArrayLike, *, tp: ArrayLike, fp: ArrayLike, tn: ArrayLike, fn: ArrayLike) -> float:
    """`1 - cost / min(cost of contacting nobody, cost of contacting everybody)`; 1 is perfect, 0 no better; at most 1.

    Correa Bahnsen, Aouada, Ottersten (2015). Where the better blanket decision costs nothing, 0 if the model
    costs nothing either, else minus infinity.

    >>> savings([0, 1, 1, 0], [0, 1, 0, 0], tp=0, fp=[4, 1, 2, 2], tn=0, fn=[1, 3, 3, 1])
    0.5
    """
    left = np.asarray(y, dtype=np.float64)
    nobody = total_cost(left, np.zeros_like(left), tp=tp, fp=fp, tn=tn, fn=fn)
    everybody = total_cost(left, np.ones_like(left), tp=tp, fp=fp, tn=tn, fn=fn)
    model, blanket = total_cost(left, act, tp=tp, fp=fp, tn=tn, fn=fn), min(nobody, everybody)
    if blanket == 0:
        return 0.0 if model == 0 else -float("inf")
    return 1.0 - model / blanket


def decisions(
    p: ArrayLike, value: ArrayLike, offer: float, contact: float, accept: float, seed: int = 0
) -> Mapping[str, NDArray[np.bool_]]:
    """Whom each method would contact, by method name: `nobody`, `everybody`, the model at Bayes' threshold (each
    customer's own), the model at one half, and the riskiest tenth (ties broken at random by `seed`).

    >>> {name: int(act.sum()) for name, act in decisions([0.1, 0.9], [200, 200], 10, 1, 0.3).items()}
    {'nobody': 0, 'everybody': 2, 'model-bayes': 1, 'model-half': 1, 'top-decile': 0}
    """
    chance = np.asarray(p, dtype=np.float64)
    order = np.lexsort((np.random.default_rng(seed).random(chance.size), -chance))
    top = np.zeros(chance.size, dtype=bool)
    top[order[: round(0.1 * chance.size)]] = True
    return {
        "nobody": np.zeros(chance.size, dtype=bool),
        "everybody": np.ones(chance.size, dtype=bool),
        "model-bayes": expected_saving(chance, value, offer, contact, accept) > 0,
        "model-half": chance > 0.5,
        "top-decile": top,
    }
