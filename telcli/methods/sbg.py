"""The shifted beta-geometric model of contracts: customers differ in how likely they are to leave, and stay so.

Each customer leaves with a chance of her own at each renewal, and these chances are spread as Beta(alpha, beta). Those
who stay are ever more the loyal ones, so the hazard falls with tenure though nobody grows more loyal:

    h(t) = alpha / (alpha + beta + t - 1),    S(t) = B(alpha, beta + t) / B(alpha, beta),    t = 1, 2, ...

Unlike a life table it foretells tenures that nobody has reached yet. Source: Fader and Hardie (2007), "How to project
customer retention", J. Interactive Marketing 21; values of stays, (2010), "Customer-base valuation in a contractual
setting", Marketing Science 29.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import betaln

__all__ = ["ShiftedBetaGeometric", "cohort_cells", "fit_sbg"]

Array = NDArray[np.float64]
LARGEST = 1e6
"""Bound of alpha and beta: beyond it chances of leaving are all one, to six digits."""


@dataclass(frozen=True)
class ShiftedBetaGeometric:
    """A fitted model.

    Parameters
    ----------
    alpha, beta : > 0, the shape of the chances of leaving; their mean is alpha / (alpha + beta).
    log_likelihood : of the cells it was fitted to, <= 0.

    Examples
    --------
    >>> model = ShiftedBetaGeometric(0.6681, 3.8061, 0.0)
    >>> model.survival([8, 12]).round(3).tolist()
    [0.46, 0.378]
    """

    alpha: float
    beta: float
    log_likelihood: float

    def hazard(self, period: ArrayLike) -> Array:
        """Chance of leaving in period t = 1, 2, ... of those who stayed up to it, 0..1."""
        when = np.asarray(period, dtype=np.float64)
        found: Array = self.alpha / (self.alpha + self.beta + when - 1.0)
        return found

    def survival(self, period: ArrayLike) -> Array:
        """Share of joiners who are still here after period t = 0, 1, 2, ..., 1 at 0 and falling."""
        when = np.asarray(period, dtype=np.float64)
        found: Array = np.exp(betaln(self.alpha, self.beta + when) - betaln(self.alpha, self.beta))
        return found

    def lifetime(self, discount: float) -> float:
        """Discounted payments of a customer who joins now, the first one, made on joining, included; without an end.

        DEL = sum over t = 0, 1, ... of S(t) / (1 + d)^t = 2F1(1, b; a + b; 1 / (1 + d)).

        >>> round(ShiftedBetaGeometric(0.6681, 3.8061, 0.0).lifetime(0.10), 2)
        5.92
        """
        return float(_hypergeometric(self.alpha, np.array([self.alpha + self.beta]), discount)[0])

    def residual_lifetime(self, discount: float, renewals: ArrayLike) -> Array:
        """Discounted payments still to come of one who has renewed n times, this period's being made; without an end.

        DERL = sum over t = n + 1, ... of S(t) / S(n) / (1 + d)^(t - n - 1), which is
        (b + n) / (a + b + n) 2F1(1, b + n + 1; a + b + n + 1; 1 / (1 + d)): the next payment is not discounted.

        Parameters
        ----------
        discount : float
            Share per period, > 0: without discounting the sum may have no end.
        renewals : array
            n = 0, 1, ...; 0 is the first period.

        >>> ShiftedBetaGeometric(0.6681, 3.8061, 0.0).residual_lifetime(0.10, [0, 1]).round(2).tolist()
        [5.41, 5.9]
        """
        done = np.asarray(renewals, dtype=np.float64)
        both, beta = self.alpha + self.beta + done, self.beta + done
        return beta / both * _hypergeometric(self.alpha, both + 1.0, discount)

    def even_hazard(self, discount: float, renewals: ArrayLike) -> Array:
        """The one chance of leaving per period whose discounted payments add up to those still to come, 0..1.

        With v = residual_lifetime / (1 + d), payments at the end of periods, it is 1 - v (1 + d) / (1 + v).

        >>> h = ShiftedBetaGeometric(0.6681, 3.8061, 0.0).even_hazard(0.10, [0])[0]
        >>> round(float(sum(((1 - h) / 1.1) ** t for t in range(1, 500)) * 1.1), 2)
        5.41
        """
        ahead = self.residual_lifetime(discount, renewals) / (1.0 + discount)
        found: Array = 1.0 - ahead * (1.0 + discount) / (1.0 + ahead)
        return found


def cohort_cells(cohorts: Sequence[ArrayLike]) -> tuple[Array, Array]:
    """Cells by period of cohorts told as customers still here: n_0 who joined, then n_1, n_2, ... after each period.

    Cohorts may be watched for different times. The likelihood of cohorts is the product of those of their cells, so
    that any number of them becomes one row of cells (Fader and Hardie's note on several cohorts).

    Returns
    -------
    At risk and left in periods 1, 2, ...

    >>> cohort_cells([[100, 80, 70], [50, 45]])
    (array([150.,  80.]), array([25., 10.]))
    """
    here = [np.asarray(each, dtype=np.float64) for each in cohorts]
    if not here or any(each.ndim != 1 or len(each) < 2 or (np.diff(each) > 0).any() or each[-1] < 0 for each in here):
        raise ValueError("each cohort needs two counts or more, none above the one before, none negative")
    periods = max(len(each) for each in here) - 1
    at_risk, left = np.zeros(periods), np.zeros(periods)
    for each in here:
        at_risk[: len(each) - 1] += each[:-1]
        left[: len(each) - 1] += -np.diff(each)
    return at_risk, left


def fit_sbg(at_risk: ArrayLike, left: ArrayLike) -> ShiftedBetaGeometric:
    """Fit alpha and beta by maximum likelihood.

    LL = sum_t [d_t ln h(t) + (n_t - d_t) ln(1 - h(t))], which for one cohort watched to T is
    sum_t d_t ln P(t) + n_T ln S(T). Customers first seen at a later period enter there (left truncation).

    Parameters
    ----------
    at_risk, left : arrays of shape (periods,)
        Customers there at the start of period 1, 2, ..., and those who left in it; 0 <= left <= at_risk.

    Raises
    ------
    ValueError
        Cells are uneven or impossible, nobody left, or everybody did.

    Examples
    --------
    >>> model = fit_sbg(*cohort_cells([[1000, 869, 743, 653, 593, 551, 517, 491]]))
    >>> round(model.alpha, 3), round(model.beta, 3), round(model.log_likelihood, 1)
    (0.668, 3.806, -1611.2)
    """
    risk, gone = np.asarray(at_risk, dtype=np.float64), np.asarray(left, dtype=np.float64)
    if risk.ndim != 1 or risk.shape != gone.shape or (gone < 0).any() or not (gone <= risk).all():
        raise ValueError("each cell needs 0 <= left <= at_risk")
    if not 0 < gone.sum() < risk.sum():
        raise ValueError("somebody must have left, and somebody stayed")
    period = np.arange(len(risk), dtype=np.float64)
    mean, bound = gone.sum() / risk.sum(), np.log(LARGEST)
    # From the plain mean hazard, with spread: alpha + beta = 2 is a wide beta.
    start = np.log([2.0 * mean, 2.0 * (1.0 - mean)])
    found = minimize(
        _negative, start, (period, risk, gone), "L-BFGS-B", jac=True, bounds=[(-bound, bound)] * 2,
        options={"ftol": 1e-15, "gtol": 1e-8, "maxiter": 1000},
    )  # fmt: skip
    alpha, beta = np.exp(found.x)
    return ShiftedBetaGeometric(float(alpha), float(beta), -float(found.fun) * float(risk.sum()))


def _hypergeometric(rest: float, lower: Array, discount: float) -> Array:
    """2F1(1, c - r; c; 1 / (1 + d)) for each c of `lower`, r = `rest`.

    By Pfaff it is (1 + d) / d 2F1(1, r; c; -1 / d), whose continued fraction has terms of one sign: nothing cancels,
    however close 1 / (1 + d) is to 1 and however large c is, where series do. Its error falls as exp(-2 n sqrt(d)).

    Source: Abramowitz and Stegun 15.3.4; Gauss's continued fraction, DLMF 15.7.5.
    """
    if discount <= 0:
        raise ValueError("the discount must be above 0: without it the sum may have no end")
    value = np.ones_like(lower)
    for step in range(2 * int(20.0 / np.sqrt(discount)) + 40, 1, -1):
        half = step // 2
        if step % 2:
            part = (rest + half) * (lower - 1.0 + half) / ((lower + 2 * half - 1.0) * (lower + 2 * half))
        else:
            part = half * (lower - rest - 1.0 + half) / ((lower + 2 * half - 2.0) * (lower + 2 * half - 1.0))
        value = 1.0 + part / (discount * value)
    # The first term is r / c, its other factors being one and the same.
    return (1.0 + discount) / (discount + rest / (lower * value))


def _negative(logs: Array, period: Array, risk: Array, gone: Array) -> tuple[float, Array]:
    """Minus the log-likelihood per customer and period, and its slope along ln alpha and ln beta."""
    alpha, beta = np.exp(logs)
    both, total = alpha + beta + period, risk.sum()
    told = gone * np.log(alpha) + (risk - gone) * np.log(beta + period) - risk * np.log(both)
    by_alpha = alpha * (gone / alpha - risk / both).sum()
    by_beta = beta * ((risk - gone) / (beta + period) - risk / both).sum()
    return -float(told.sum()) / total, -np.array([by_alpha, by_beta]) / total
