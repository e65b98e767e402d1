"""What contacting a customer costs and saves: cost matrix, decision, total cost and savings.

Costs are in currency per customer, for each of four outcomes: contacted or not (positive or negative), left or stayed.
They are given, or follow from what a customer is worth: one who would leave is worth `value` (CLV) if kept; an offer
costs `offer` (d) when it is taken, a contact costs `contact` (f), and a would-be churner takes the offer and stays
with probability `accept` (gamma). Stayers take the offer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from telcli.errors import DataError

__all__ = ["CostMatrix", "decisions", "savings", "total_cost"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class CostMatrix:
    """What each customer's outcomes cost, in currency: arrays of one length, no gaps.

    `tp`: contacted, would have left; `fp`: contacted, would have stayed; `tn`: left alone, stayed; `fn`: left alone,
    left.

    >>> costs = CostMatrix.of(2, fp=[1.0, 2.0], fn=9.0)
    >>> costs.threshold().round(3).tolist(), costs.expected_saving([0.5, 0.1]).tolist()
    ([0.1, 0.182], [4.0, -0.9])
    """

    tp: Floats
    fp: Floats
    tn: Floats
    fn: Floats

    @staticmethod
    def of(rows: int, *, fp: ArrayLike, fn: ArrayLike, tp: ArrayLike = 0.0, tn: ArrayLike = 0.0) -> CostMatrix:
        """Costs of so many customers, each an array or one number for all.

        Raises
        ------
        DataError
            Another length, a gap, or a cost that is not finite.
        """
        found = []
        for cost in (tp, fp, tn, fn):
            values = np.asarray(cost, dtype=np.float64)
            if values.ndim > 1 or (values.ndim == 1 and values.size != rows):
                raise DataError("shape-mismatch", "Labels and decisions differ in length.")
            if not np.isfinite(values).all():
                raise DataError("costs-invalid", "Costs must be finite numbers, one per customer.")
            found.append(np.broadcast_to(values, (rows,)))
        return CostMatrix(*found)

    @staticmethod
    def of_value(value: ArrayLike, offer: float, contact: float, accept: float) -> CostMatrix:
        """Costs that follow from each customer's worth, which counts as 0 below 0: losing a loss maker costs nothing.

        `TP = gamma d + (1 - gamma) CLV + f`, `FP = d + f`, `TN = 0`, `FN = CLV`: contacting pays where p exceeds
        `(d + f) / (d + gamma (CLV - d))`, as in Verbraken, Verbeke and Baesens (2013), whose contact cost is also paid
        for those who accept.

        >>> CostMatrix.of_value([200.0], 10.0, 1.0, 0.3).expected_saving([0.0, 0.5]).round(2).tolist()
        [-11.0, 22.5]
        """
        worth = np.maximum(np.asarray(value, dtype=np.float64), 0.0)
        zero = np.zeros_like(worth)
        return CostMatrix(accept * offer + (1.0 - accept) * worth + contact, zero + offer + contact, zero, worth)

    def __len__(self) -> int:
        return int(self.fn.size)

    def at(self, rows: NDArray[np.intp] | NDArray[np.bool_] | slice) -> CostMatrix:
        """The costs of some customers."""
        return CostMatrix(self.tp[rows], self.fp[rows], self.tn[rows], self.fn[rows])

    def weighed(self, stayers: float) -> CostMatrix:
        """The same where each stayer stands for so many: what a sample that kept one in so many of them calls for."""
        return CostMatrix(self.tp, self.fp * stayers, self.tn * stayers, self.fn)

    @property
    def gain(self) -> Floats:
        """What contacting one who would leave saves; below 0 where it costs more."""
        return self.fn - self.tp

    @property
    def waste(self) -> Floats:
        """What contacting one who would stay costs."""
        return self.fp - self.tn

    def threshold(self) -> Floats:
        """Chance of leaving above which contacting pays, 0..1: `waste / (waste + gain)`; 1 where it never does.

        Elkan (2001): `(C10 - C00) / (C10 - C00 + C01 - C11)`.
        """
        waste, gain = np.maximum(self.waste, 0.0), np.maximum(self.gain, 0.0)
        both = waste + gain
        found: Floats = np.divide(waste, both, out=np.ones_like(both), where=both > 0)
        return found

    def expected_saving(self, p: ArrayLike) -> Floats:
        """Expected gain from contacting at a chance of leaving p, `p (FN - TP) - (1 - p) (FP - TN)`."""
        chance = np.asarray(p, dtype=np.float64)
        saved: Floats = chance * self.gain - (1.0 - chance) * self.waste
        return saved

    def error(self, y: ArrayLike) -> Floats:
        """What deciding wrongly about each customer costs: nothing about a churner whom contacting does not save."""
        found: Floats = np.maximum(np.where(np.asarray(y) == 1, self.gain, self.waste), 0.0)
        return found

    def each(self, y: ArrayLike, act: ArrayLike) -> Floats:
        """What happened cost, by customer; `act` is 0/1, or a probability for the expected cost."""
        left, chosen = np.asarray(y, dtype=np.float64), np.asarray(act, dtype=np.float64)
        if left.shape != chosen.shape:
            raise DataError("shape-mismatch", "Labels and decisions differ in length.")
        found: Floats = left * (chosen * self.tp + (1 - chosen) * self.fn)
        found += (1 - left) * (chosen * self.fp + (1 - chosen) * self.tn)
        return found


def total_cost(y: ArrayLike, act: ArrayLike, *, tp: ArrayLike, fp: ArrayLike, tn: ArrayLike, fn: ArrayLike) -> float:
    """Sum of the costs of what happened; `act` is 0/1, or a probability for the expected cost.

    >>> total_cost([0, 1, 1, 0], [0, 1, 0, 0], tp=0, fp=[4, 1, 2, 2], tn=0, fn=[1, 3, 3, 1])
    3.0
    >>> round(total_cost([0, 1, 1, 0], [0.2, 0.9, 0.1, 0.2], tp=0, fp=[4, 1, 2, 2], tn=0, fn=[1, 3, 3, 1]), 6)
    4.2
    """
    left = np.asarray(y, dtype=np.float64)
    return float(CostMatrix.of(left.size, tp=tp, fp=fp, tn=tn, fn=fn).each(left, act).sum())


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


def decisions(p: ArrayLike, costs: CostMatrix, seed: int = 0) -> Mapping[str, Flags]:
    """Whom each method would contact that needs no more than probabilities, by its name.

    `nobody`, `everybody`, the model at Bayes' threshold (each customer's own), the model at one half, and the riskiest
    tenth (ties broken at random by `seed`).

    >>> costs = CostMatrix.of_value([200, 200], 10, 1, 0.3)
    >>> {name: int(act.sum()) for name, act in decisions([0.1, 0.9], costs).items()}
    {'nobody': 0, 'everybody': 2, 'model-bayes': 1, 'model-half': 1, 'top-decile': 0}
    """
    chance = np.asarray(p, dtype=np.float64)
    order = np.lexsort((np.random.default_rng(seed).random(chance.size), -chance))
    top = np.zeros(chance.size, dtype=bool)
    top[order[: round(0.1 * chance.size)]] = True
    return {
        "nobody": np.zeros(chance.size, dtype=bool),
        "everybody": np.ones(chance.size, dtype=bool),
        "model-bayes": costs.expected_saving(chance) > 0,
        "model-half": chance > 0.5,
        "top-decile": top,
    }
