"""How well a score ranks customers by what contacting them changes, on customers a trial contacted or held out.

Customers stand in the order of the score, the highest first. Of the first k, T were treated and C held out, and TY and
CY of them stayed:

    Qini(k) = TY - CY T / C              customers kept among the treated
    gain(k) = (TY / T - CY / C) k        customers kept had all k been treated: the cumulative uplift
    lift(k) = TY / T - CY / C            the uplift among the first k

Customers of one score enter together: inside a tie the curve is the straight line between its ends, which is what each
of them adds on average when they are drawn in random order, so their order in the file changes nothing (as in
scikit-uplift, and in the area under a ROC curve). Where an arm has nobody yet, its rate counts as 0.

A Qini coefficient is not one number; two conventions are in use, and each is named:

    area to random (R uplift, causalml)         (A - A_random) / (n T), x the share of customers, y per treated one
    ratio to the perfect curve (scikit-uplift)  (A - A_random) / (A_perfect - A_random)

Either is 0 on average for a score that knows nothing; the second may be above 1 or below 0.

References
----------
N. Radcliffe, Using control groups to target on predicted lift, Direct Marketing Analytics Journal 1, 2007.
P. Gutierrez and J.-Y. Gerardy, Causal inference and uplift modelling, JMLR Workshops 67, 2017.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from telcli.errors import DataError

__all__ = [
    "CONVENTIONS",
    "Qini",
    "Ranked",
    "UpliftCurve",
    "area_under",
    "arms",
    "perfect_score",
    "qini",
    "ranked",
    "uplift_curve",
]

Floats = NDArray[np.float64]
CONVENTIONS = {
    "to_random": "area to random (R uplift, causalml)",
    "to_perfect": "ratio to the perfect curve (scikit-uplift)",
}
"""What each Qini coefficient is called wherever it is shown."""


@dataclass(frozen=True)
class UpliftCurve:
    """Points of the curves, the first at nobody.

    Parameters
    ----------
    customers, share : how many customers the score has put first, and which share of all (0..1).
    qini, gain : customers kept; see the module.
    lift : -1..1; NaN where an arm has nobody.
    """

    customers: Floats
    share: Floats
    qini: Floats
    gain: Floats
    lift: Floats


@dataclass(frozen=True)
class Qini:
    """Areas and coefficients of one score.

    Parameters
    ----------
    area, random_area : under the Qini curve and under the line to its end, in customers kept x customers.
    to_random, to_perfect : the two conventions; NaN where the perfect curve is no better than random.
    auuc : area under the cumulative uplift, share of customers x customers kept per customer.
    auuc_to_perfect : its ratio to that of the perfect curve, less random in both (scikit-uplift's uplift_auc_score).
    """

    area: float
    random_area: float
    to_random: float
    to_perfect: float
    auuc: float
    auuc_to_perfect: float


@dataclass(frozen=True)
class Ranked:
    """Customers in the order of a score, and where its ties end; made once, and read for many weights."""

    order: NDArray[np.intp]
    ends: NDArray[np.intp]

    def curve(self, stayed: Floats, treated: Floats, weight: Floats, times: Floats | None = None) -> UpliftCurve:
        """The curves of customers who count `times` each (once where not given); arrays in the customers' order."""
        counts = np.ones(self.order.size) if times is None else times[self.order]
        y, t, w = stayed[self.order], treated[self.order], weight[self.order] * counts
        k = self._sums(counts)
        many, rest = self._sums(w * t), self._sums(w * (1.0 - t))
        kept, lost = self._sums(w * t * y), self._sums(w * (1.0 - t) * y)
        among, beside = _ratio(kept, many, 0.0), _ratio(lost, rest, 0.0)
        lift = np.where((many > 0) & (rest > 0), among - beside, np.nan)
        return UpliftCurve(k, k / k[-1], kept - beside * many, (among - beside) * k, lift)

    def _sums(self, parts: Floats) -> Floats:
        found: Floats = np.concatenate(([0.0], np.cumsum(parts)[self.ends]))
        return found


def ranked(score: ArrayLike) -> Ranked:
    """The order of a score of shape (n,), highest first, and the last row of each tie.

    >>> ranked([0.2, 0.9, 0.2]).ends.tolist()
    [0, 2]
    """
    values = np.asarray(score, dtype=np.float64)
    if not np.isfinite(values).all():
        raise DataError("score-invalid", "Scores must be finite numbers, one for each customer.")
    order = np.argsort(-values, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(values[order])), values.size - 1)
    return Ranked(order, ends)


def uplift_curve(
    stayed: ArrayLike, treated: ArrayLike, score: ArrayLike, weight: ArrayLike | None = None
) -> UpliftCurve:
    """Qini, cumulative uplift and lift by how many customers a score puts first.

    Parameters
    ----------
    stayed : array of shape (n,)
        What came of each customer: 1 stayed, 0 left; or any amount.
    treated, score : arrays of shape (n,)
        Whether the customer was to be contacted, and what ranks them.
    weight : array of shape (n,), optional
        What each counts for in its arm, as 1 / the chance of being in it where chances differ; 1 for all otherwise.

    Raises
    ------
    DataError
        An arm is empty, shapes differ or a score is not finite.

    >>> curve = uplift_curve([1, 1, 0, 1, 0, 0, 1, 0], [1, 1, 0, 0, 1, 0, 0, 1], range(8, 0, -1))
    >>> curve.qini.tolist()
    [0.0, 1.0, 2.0, 2.0, 1.0, 0.5, 1.0, 0.5, 0.0]
    >>> curve.gain.round(4).tolist()
    [0.0, 1.0, 2.0, 3.0, 2.0, 0.8333, 2.0, 1.1667, 0.0]
    """
    y, t, w = arms(stayed, treated, weight)
    order = ranked(score)
    if order.order.size != y.size:
        raise DataError("shape-mismatch", "Labels and predictions have different numbers of rows.")
    return order.curve(y, t, w)


def qini(stayed: ArrayLike, treated: ArrayLike, score: ArrayLike, weight: ArrayLike | None = None) -> Qini:
    """Areas and coefficients of a score, in both conventions; parameters and errors as `uplift_curve`.

    >>> found = qini([1, 1, 0, 1, 0, 0, 1, 0], [1, 1, 0, 0, 1, 0, 0, 1], range(8, 0, -1))
    >>> found.area, found.random_area, found.to_random
    (8.0, 0.0, 0.25)
    >>> qini([1, 0], [0, 1], [0.1, 0.3]).auuc_to_perfect, qini([0, 1], [1, 0], [0.1, 0.3]).auuc_to_perfect
    (1.0, 0.0)
    """
    y, t, w = arms(stayed, treated, weight)
    curve = uplift_curve(y, t, score, w)
    best = uplift_curve(y, t, y * t - y * (1.0 - t), w)
    perfect = uplift_curve(y, t, perfect_score(y, t), w)
    area, line = area_under(curve.customers, curve.qini), _line(curve.customers, curve.qini)
    gained, gain_line = area_under(curve.customers, curve.gain), _line(curve.customers, curve.gain)
    return Qini(
        area=area,
        random_area=line,
        to_random=(area - line) / (y.size * float((w * t).sum())),
        to_perfect=_share(area - line, area_under(best.customers, best.qini) - line),
        auuc=gained / y.size**2,
        auuc_to_perfect=_share(gained - gain_line, area_under(perfect.customers, perfect.gain) - gain_line),
    )


def perfect_score(stayed: ArrayLike, treated: ArrayLike) -> Floats:
    """The order that the best cumulative uplift has, known only afterwards; of shape (n,).

    Source: scikit-uplift, `perfect_uplift_curve`.

    >>> perfect_score([1, 0, 1], [1, 1, 0]).tolist()
    [3.0, 1.0, 0.0]
    """
    y, t = np.asarray(stayed, dtype=np.float64), np.asarray(treated, dtype=np.float64)
    held_kept, treated_lost = ((y == 1) & (t == 0)).sum(), ((y == 0) & (t == 1)).sum()
    found: Floats = 2.0 * (y == t) + (y if held_kept > treated_lost else t)
    return found


def arms(stayed: ArrayLike, treated: ArrayLike, weight: ArrayLike | None) -> tuple[Floats, Floats, Floats]:
    """Outcome, arm and weight as floats of one shape, checked: both arms have somebody who counts.

    >>> [part.tolist() for part in arms([1, 0], [True, False], None)]
    [[1.0, 0.0], [1.0, 0.0], [1.0, 1.0]]
    """
    y, t = (np.asarray(part, dtype=np.float64) for part in (stayed, treated))
    w = np.ones(y.size) if weight is None else np.asarray(weight, dtype=np.float64)
    if not y.shape == t.shape == w.shape:
        raise DataError("shape-mismatch", "Labels and predictions have different numbers of rows.")
    if not (w * t).sum() > 0 or not (w * (1.0 - t)).sum() > 0:
        raise DataError("one-arm", "A comparison needs customers who were contacted and customers who were held out.")
    return y, t, w


def area_under(x: Floats, y: Floats) -> float:
    """The area under a curve by trapezoids.

    >>> area_under(np.array([0.0, 2.0]), np.array([0.0, 3.0]))
    3.0
    """
    return float(np.sum(np.diff(x) * (y[1:] + y[:-1])) / 2.0)


def _line(x: Floats, y: Floats) -> float:
    """The area under the straight line to the end of a curve: what customers in random order give."""
    return float(x[-1] * y[-1] / 2.0)


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 1e-12 else float("nan")


def _ratio(part: Floats, whole: Floats, empty: float) -> Floats:
    found: Floats = np.divide(part, whole, out=np.full(part.shape, empty), where=whole > 0)
    return found
