"""What contacting customers changed, by intention to treat: all who were to be contacted against all held out.

Customers who were never reached, and those held out whom somebody contacted all the same, stay in their arm: only the
draw made the arms alike. Where the chance a of being held out differs between customers, each held-out customer counts
(1 - a) / a times, so that the held out stand for the treated (Hajek's ratio estimator; with one chance for all, the
plain difference). An interval then rests on the effective number of held out, (sum w)^2 / sum w^2.

References
----------
R. G. Newcombe, Interval estimation for the difference between independent proportions, Statistics in Medicine 17, 1998,
873-890, method 10. D. B. Rubin, Bayesian inference for causal effects, Annals of Statistics 6, 1978.
A. Deng et al., Improving the sensitivity of online controlled experiments (CUPED), WSDM 2013.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri, stdtrit

from telcli.errors import DataError
from telcli.methods.rates import wilson

__all__ = [
    "Difference",
    "Effect",
    "as_sure_as",
    "effect",
    "mean_effect",
    "newcombe",
    "stand_for",
    "verdict",
]

Floats = NDArray[np.float64]
Verdict = Literal["works", "harms", "cannot-tell"]
LEVEL = 0.95


@dataclass(frozen=True)
class Effect:
    """The share that stayed in each arm, and the difference.

    Parameters
    ----------
    treated, held_out : customers in each arm.
    stayed_treated, stayed_held_out : share of each that stayed, 0..1; of the held out as they stand for the treated.
    uplift, low, high : difference and its 95% interval, -1..1.
    chance : probability of a difference as large where there is none (two-sided score test).
    effective : held-out customers an interval rests on, at most as many as there are.
    """

    treated: int
    held_out: int
    stayed_treated: float
    stayed_held_out: float
    uplift: float
    low: float
    high: float
    chance: float
    effective: float

    @property
    def error(self) -> float:
        """The standard error that the interval of the uplift stands for; above 0 where a whole arm stayed, too."""
        return (self.high - self.low) / (2.0 * float(ndtri(0.5 + LEVEL / 2.0)))


@dataclass(frozen=True)
class Difference:
    """A difference of means, its standard error and 95% interval, in the unit of what was measured.

    `explained` is the share of its variance that a covariate took away (0..1; 0 without one).
    """

    mean: float
    error: float
    low: float
    high: float
    explained: float = 0.0


def stand_for(held_out: ArrayLike, chance: ArrayLike) -> Floats:
    """What each customer counts for, shape (n,): the treated once, the held out (1 - a) / a times; 0 where a is 0 or 1.

    Parameters
    ----------
    held_out : array of shape (n,)
        Whether the draw held the customer out.
    chance : array of shape (n,)
        The chance a of that, 0..1. Who could only be in one arm has nobody to be compared with, and counts for nothing.

    >>> stand_for([False, True, True, True], [0.1, 0.1, 0.5, 1.0]).round(6).tolist()
    [1.0, 9.0, 1.0, 0.0]
    """
    a, out = np.asarray(chance, dtype=np.float64), np.asarray(held_out, dtype=bool)
    open_to_both = (a > 0.0) & (a < 1.0)
    odds = np.divide(1.0 - a, a, out=np.zeros(a.shape), where=open_to_both)
    found: Floats = np.where(open_to_both, np.where(out, odds, 1.0), 0.0)
    return found


def effect(stayed: ArrayLike, treated: ArrayLike, weight: ArrayLike | None = None) -> Effect:
    """The share that stayed among the treated less that of the held out; `weight` is that of `stand_for`.

    Raises
    ------
    DataError
        An arm has nobody who counts.

    >>> found = effect([1] * 56 + [0] * 14 + [1] * 48 + [0] * 32, [True] * 70 + [False] * 80)
    >>> round(found.uplift, 4), round(found.low, 4), round(found.high, 4), round(found.chance, 4)
    (0.2, 0.0524, 0.3339, 0.008)
    """
    y, t = np.asarray(stayed, dtype=np.float64), np.asarray(treated, dtype=bool)
    w = np.ones(y.size) if weight is None else np.asarray(weight, dtype=np.float64)
    among, beside = t & (w > 0), ~t & (w > 0)
    if not among.any() or not beside.any():
        raise DataError("one-arm", "A comparison needs customers who were contacted and customers who were held out.")
    many, effective = _effective(w[among]), _effective(w[beside])
    p1, p0 = float(np.average(y[among], weights=w[among])), float(np.average(y[beside], weights=w[beside]))
    low, high = newcombe(p1 * many, many, p0 * effective, effective)
    both = (p1 * many + p0 * effective) / (many + effective)
    spread = float(np.sqrt(both * (1.0 - both) * (1.0 / many + 1.0 / effective)))
    chance = 1.0 if spread < 1e-12 else float(2.0 * ndtr(-abs(p1 - p0) / spread))
    return Effect(int(among.sum()), int(beside.sum()), p1, p0, p1 - p0, low, high, chance, effective)


def newcombe(found: float, of: float, found_other: float, of_other: float, level: float = LEVEL) -> tuple[float, float]:
    """Between what the difference of two independent proportions lies; counts may be effective ones, so no integers.

    Wilson's interval of each, put together as a sum of squares: Newcombe's method 10, which keeps its level at small
    counts and at rates of 0 or 1 too.

    >>> [round(end, 4) for end in newcombe(9, 10, 3, 10)], [round(end, 4) for end in newcombe(10, 10, 0, 20)]
    ([0.1705, 0.809], [0.6791, 1.0])
    """
    p1, p0 = found / of, found_other / of_other
    (low1, low0), (high1, high0) = wilson([found, found_other], [of, of_other], level)
    low = p1 - p0 - np.hypot(p1 - low1, high0 - p0)
    high = p1 - p0 + np.hypot(high1 - p1, p0 - low0)
    return max(float(low), -1.0), min(float(high), 1.0)


def mean_effect(
    value: ArrayLike, treated: ArrayLike, weight: ArrayLike | None = None, before: ArrayLike | None = None
) -> Difference:
    """The mean of the treated less that of the held out, each arm with its own variance (Welch).

    The smaller arm is taken to spread no less than both together.

    Parameters
    ----------
    value : array of shape (n,)
        What came of each customer, as money kept.
    treated, weight : arrays of shape (n,)
        As for `effect`.
    before : array of shape (n,), optional
        Something known of each before the trial that goes with `value`: what it explains is taken off (CUPED), which
        leaves the expected difference as it is, since the draw does not know it.

    >>> found = mean_effect([3.0, 5.0, 4.0, 1.0, 2.0, 3.0], [1, 1, 1, 0, 0, 0])
    >>> found.mean, round(found.error, 4), round(found.low, 4), round(found.high, 4)
    (2.0, 0.8165, -0.267, 4.267)
    >>> mean_effect([3.0, 5.0, 4.0, 1.0, 2.0, 3.0], [1, 1, 1, 0, 0, 0], before=[1, 3, 2, 1, 2, 3]).mean
    2.0
    """
    y, t = np.asarray(value, dtype=np.float64), np.asarray(treated, dtype=bool)
    w = np.ones(y.size) if weight is None else np.asarray(weight, dtype=np.float64)
    plain = _welch(y, t, w)
    if before is None:
        return plain
    x = np.asarray(before, dtype=np.float64)
    within, cross = np.zeros(2), np.zeros(2)
    for at, arm in enumerate((t, ~t)):
        away = x[arm] - np.average(x[arm], weights=w[arm])
        within[at] = np.average(away**2, weights=w[arm])
        cross[at] = np.average(away * y[arm], weights=w[arm])
    if within.sum() <= 1e-12:
        return plain
    centred = x - np.average(x[t], weights=w[t])
    found = _welch(y - cross.sum() / within.sum() * centred, t, w)
    less = 1.0 - (found.error / plain.error) ** 2 if plain.error > 0 else 0.0
    return Difference(found.mean, found.error, found.low, found.high, max(less, 0.0))


def as_sure_as(found: Difference, share: Effect, worth: float) -> Difference:
    """Money kept, no surer on either side than the share of customers kept is, at so much a customer.

    In an arm in which nobody or next to nobody left the money of leavers has no spread, and Welch's interval takes what
    was seen for what is; Newcombe's does not.

    Parameters
    ----------
    found : Difference
        What the treated kept more than the held out, per customer.
    share : Effect
        The same of customers.
    worth : float
        Root mean square of what customers are worth: that carries the spread of a sum over few leavers.

    >>> arms = [True] * 100 + [False] * 40
    >>> stayed = [0] * 5 + [1] * 135
    >>> kept = mean_effect([200.0 * each for each in stayed], arms)
    >>> fair = as_sure_as(kept, effect(stayed, arms), 200.0)
    >>> round(kept.low, 1), round(kept.high, 1), round(fair.low, 1), round(fair.high, 1)
    (-24.6, 4.6, -24.6, 8.4)
    """
    low = min(found.low, found.mean - worth * (share.uplift - share.low))
    high = max(found.high, found.mean + worth * (share.high - share.uplift))
    error = max(found.error, (high - low) / (2.0 * float(ndtri(0.5 + LEVEL / 2.0))))
    return Difference(found.mean, error, low, high, found.explained)


def verdict(low: float | None, high: float | None, chance: float | None = None, level: float = LEVEL) -> Verdict:
    """What an interval of uplift says, and where many are looked at, its chance as corrected for that.

    >>> verdict(0.01, 0.05), verdict(-0.05, -0.01), verdict(-0.01, 0.05), verdict(0.01, 0.05, 0.2), verdict(None, None)
    ('works', 'harms', 'cannot-tell', 'cannot-tell', 'cannot-tell')
    """
    if low is None or high is None or (chance is not None and chance > 1.0 - level + 1e-12):
        return "cannot-tell"
    return "works" if low > 0 else "harms" if high < 0 else "cannot-tell"


def _welch(y: Floats, t: NDArray[np.bool_], w: Floats) -> Difference:
    """Welch's interval, but that the smaller arm has the spread of both together, where its own is less.

    What a covariate leaves is small but for those few who left, and worth has a long tail: a small arm without its
    share of them looks surer than it is (of trials with 45 held out, 4 of them leaving, a 95% interval without the
    floor holds 87%).
    """
    means, spreads, sizes = [], [], []
    for arm in (t & (w > 0), ~t & (w > 0)):
        size = _effective(w[arm])
        mean = float(np.average(y[arm], weights=w[arm]))
        spreads.append(float(np.average((y[arm] - mean) ** 2, weights=w[arm])))
        means.append(mean)
        sizes.append(size)
    small = int(np.argmin(sizes))
    spreads[small] = max(spreads[small], float(np.average(spreads, weights=sizes)))
    # one customer shows no spread: nothing can be said of the mean of such an arm
    variances = [s / (n - 1.0) if n > 1.0 + 1e-9 else np.inf for s, n in zip(spreads, sizes, strict=True)]
    found, error = means[0] - means[1], float(np.sqrt(sum(variances)))
    if not np.isfinite(error) or error == 0.0:
        reach = 0.0 if error == 0.0 else np.inf
        return Difference(found, error, found - reach, found + reach)
    freedom = sum(variances) ** 2 / sum(v * v / (n - 1.0) for v, n in zip(variances, sizes, strict=True))
    reach = error * float(stdtrit(freedom, 0.5 + LEVEL / 2.0))
    return Difference(found, error, found - reach, found + reach)


def _effective(weight: Floats) -> float:
    return float(weight.sum() ** 2 / (weight**2).sum())
