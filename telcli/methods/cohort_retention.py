"""The shifted-beta-geometric (sBG) model: retention of a cohort in closed form, with only two parameters.

Each customer leaves with an own, constant chance per period; over customers the chance is Beta(alpha, beta). Those
likely to leave go first, so retention rises with time although nobody changes.
Source: Fader and Hardie, "How to Project Customer Retention", Journal of Interactive Marketing 21 (2007).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import betaln, hyp2f1

__all__ = ["CohortFit", "discounted_lifetime", "discounted_residual_lifetime", "fit", "log_likelihood", "survival"]

Array = NDArray[np.float64]
_BOUNDS = (-9.0, 9.0)


@dataclass(frozen=True)
class CohortFit:
    """Fitted parameters, both > 0, and the log-likelihood reached."""

    alpha: float
    beta: float
    log_likelihood: float


def survival(alpha: float, beta: float, periods: ArrayLike) -> Array:
    """Share still here after t renewals: S(t) = B(alpha, beta + t) / B(alpha, beta), 0..1; S(0) = 1.

    >>> survival(0.6681, 3.8061, [8, 12]).round(3).tolist()
    [0.46, 0.378]
    """
    when = np.asarray(periods, dtype=float)
    return np.asarray(np.exp(betaln(alpha, beta + when) - betaln(alpha, beta)), dtype=float)


def log_likelihood(alpha: float, beta: float, cohorts: Sequence[ArrayLike]) -> float:
    """Sum over cohorts of sum_t n_t ln P(t) + n_end ln S(t_end), n_t = lost in period t.

    Parameters
    ----------
    alpha, beta : float
        Both > 0.
    cohorts : sequence of arrays
        Customers still here at the start and after each period, never rising; of any length each.

    Examples
    --------
    >>> round(log_likelihood(0.6681, 3.8061, [[1000, 869, 743, 653, 593, 551, 517, 491]]), 3)
    -1611.158
    """
    total = 0.0
    for cohort in cohorts:
        here = np.asarray(cohort, dtype=float)
        when = np.arange(1, len(here))
        chance = betaln(alpha + 1.0, beta + when - 1.0) - betaln(alpha, beta)
        stay = betaln(alpha, beta + len(here) - 1.0) - betaln(alpha, beta)
        total += float(-np.diff(here) @ chance + here[-1] * stay)
    return total


def fit(cohorts: Sequence[ArrayLike]) -> CohortFit:
    """Maximum likelihood over one or several cohorts.

    Raises
    ------
    ValueError
        A cohort has fewer than two counts, rises, or nobody ever left, so that nothing can be learned.

    >>> found = fit([[1000, 869, 743, 653, 593, 551, 517, 491]])
    >>> round(found.alpha, 3), round(found.beta, 3)
    (0.668, 3.806)
    """
    lost = 0.0
    for cohort in cohorts:
        here = np.asarray(cohort, dtype=float)
        if len(here) < 2 or (np.diff(here) > 0).any() or here[-1] < 0:
            raise ValueError("a cohort needs two or more counts that never rise")
        lost += here[0] - here[-1]
    if lost <= 0:
        raise ValueError("nobody left: the model cannot be fitted")

    def worse(logs: Array) -> float:
        return -log_likelihood(float(np.exp(logs[0])), float(np.exp(logs[1])), cohorts)

    best = minimize(worse, np.zeros(2), method="L-BFGS-B", bounds=[_BOUNDS, _BOUNDS], options={"ftol": 1e-14})
    best = minimize(worse, best.x, method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-10, "maxiter": 2000})
    alpha, beta = (float(np.exp(value)) for value in np.clip(best.x, *_BOUNDS))
    return CohortFit(alpha, beta, log_likelihood(alpha, beta, cohorts))


def discounted_lifetime(alpha: float, beta: float, rate: float) -> float:
    """Discounted expected lifetime of a new customer, in payments; the first, paid at once, counts as 1.

    DEL = sum over t >= 0 of S(t) / (1 + d)^t = 2F1(1, beta; alpha + beta; 1 / (1 + d)); `rate` d per period > 0.

    >>> round(discounted_lifetime(0.668, 3.806, 0.10), 4)
    5.9226
    """
    return float(hyp2f1(1.0, beta, alpha + beta, 1.0 / (1.0 + rate)))


def discounted_residual_lifetime(alpha: float, beta: float, rate: float, payments: int) -> float:
    """Discounted expected residual lifetime of a customer who has paid `payments` times, just before renewal.

    DERL = (beta + n - 1) / (alpha + beta + n - 1) x 2F1(1, beta + n; alpha + beta + n; 1 / (1 + d)). The renewal
    now due counts undiscounted, weighted with the chance that it is made.

    >>> round(discounted_residual_lifetime(0.668, 3.806, 0.10, 1), 4)
    5.4149
    """
    ahead = hyp2f1(1.0, beta + payments, alpha + beta + payments, 1.0 / (1.0 + rate))
    return float((beta + payments - 1.0) / (alpha + beta + payments - 1.0) * ahead)
