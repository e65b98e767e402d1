"""Chance of leaving by tenure and by what is known of a customer: a discrete-time hazard on aggregated cells.

    g(h(t, x)) = a(t) + x'b,    g the logit or the complementary log-log

A cell is one tenure and one pattern of covariates, with the customer-months seen there and those that ended in
leaving. Millions of customers make thousands of cells, and fitting looks at the cells alone. Customers first seen at a
late tenure bring no cell before it (left truncation); who is still there brings no leaving (censoring).

Source: Allison (1982), "Discrete-time methods for the analysis of event histories", Sociological Methodology 13; the
complementary log-log makes b that of Cox's proportional hazards in grouped time (Prentice and Gloeckler 1978).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import solve
from scipy.optimize import brentq
from scipy.special import xlog1py, xlogy

from telcli.methods.survival import pools_of, raw_hazard, tail_start

__all__ = ["HazardModel", "Link", "fit_hazard"]

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
Link = Literal["logit", "cloglog"]
ROUNDS, HALVINGS, CLOSE = 100, 30, 1e-10
FAR = 30.0
"""Bound of the linear predictor: chances beyond 1e-13 of 0 or 1 are those."""


@dataclass(frozen=True)
class HazardModel:
    """A fitted hazard.

    Parameters
    ----------
    baseline : array of shape (tenures,)
        a(t), on the scale of the link.
    tail : float
        a beyond the last tenure, fitted to the longest tenures that together hold a tenth of all customer-months.
    coefficients : array of shape (covariates,)
        b: by logit the logarithm of an odds ratio, by cloglog that of a hazard ratio.
    errors : array of shape (covariates,)
        Standard errors of the coefficients.
    link : how chances and the linear predictor belong together.
    log_likelihood : of the cells, without penalty, <= 0.
    """

    baseline: Array
    tail: float
    coefficients: Array
    errors: Array
    link: Link
    log_likelihood: float

    def hazard(self, tenure: ArrayLike, covariates: ArrayLike | None = None) -> Array:
        """Chance of leaving in that month of tenure, 0..1.

        Parameters
        ----------
        tenure : array of shape (rows,)
            Whole months, >= 0.
        covariates : array of shape (rows, covariates)
            May be left out where there are none.
        """
        place = np.asarray(tenure, dtype=np.int64)
        known = np.zeros((place.size, 0)) if covariates is None else np.asarray(covariates, dtype=np.float64)
        base = np.append(self.baseline, self.tail)[np.clip(place, 0, len(self.baseline))]
        return _chance(base + known @ self.coefficients, self.link)


def fit_hazard(
    tenure: ArrayLike,
    at_risk: ArrayLike,
    left: ArrayLike,
    covariates: ArrayLike | None = None,
    *,
    least: float = 0.0,
    link: Link = "logit",
    ridge: float = 1.0,
) -> HazardModel:
    """Fit by penalised maximum likelihood, on cells.

    Without covariates each tenure has d/n exactly, as in the life table, its pools included. With them neighbouring
    tenures are pooled until somebody left and somebody stayed in each pool, since a baseline has no value otherwise.

    Parameters
    ----------
    tenure, at_risk, left : arrays of shape (cells,)
        Whole months from 0, customer-months, and leavings among them, in any order.
    covariates : array of shape (cells, covariates)
        Numbers; centre and scale them, since the penalty looks at the size of b.
    least : float
        Customer-months a pool of tenures must hold.
    link : str
        "logit", or "cloglog" for hazards that are proportional in continuous time.
    ridge : float
        Penalty ridge / 2 x |b|^2, >= 0: as if b were known to be about 0 to within 1 / sqrt(ridge). It keeps b finite
        where a covariate tells leavers apart without fail. The baseline is not penalised.

    Raises
    ------
    ValueError
        Cells are uneven or impossible, or with covariates nobody left or nobody stayed.

    Examples
    --------
    >>> model = fit_hazard([0, 1, 2], [1000, 980, 955], [20, 25, 25])
    >>> model.hazard([0, 1, 2, 60]).round(5).tolist()
    [0.02, 0.02551, 0.02618, 0.02618]
    >>> model = fit_hazard([0, 0, 1, 1], [900, 100, 800, 80], [9, 4, 8, 3], [[0], [1], [0], [1]], ridge=0.0)
    >>> round(float(np.exp(model.coefficients[0])), 2)
    4.0
    """
    when, risk, gone, known = _cells(tenure, at_risk, left, covariates)
    by_tenure = np.bincount(when, risk).astype(float), np.bincount(when, gone).astype(float)
    pools = pools_of(by_tenure[0], least)
    if not known.shape[1]:
        return _without(pools, *by_tenure, tail_start(by_tenure[0], least), link)
    pools = _telling(pools, *by_tenure)
    return _Fit(pools, when, risk, gone, known, link, ridge).model(when >= tail_start(by_tenure[0], least))


class _Fit:
    """Newton's method (Fisher scoring), the baseline's diagonal block taken out first."""

    def __init__(
        self, pools: Whole, when: Whole, risk: Array, gone: Array, known: Array, link: Link, ridge: float
    ) -> None:
        self.pools, self.pool, self.count = pools, pools[when], int(pools.max()) + 1
        self.risk, self.gone, self.known, self.link, self.ridge = risk, gone, known, link, ridge

    def model(self, late: NDArray[np.bool_]) -> HazardModel:
        """Fit; `late` are the cells that the tail goes by."""
        share = self.gone.sum() / self.risk.sum()
        base, slopes = np.full(self.count, _scale(np.array([share]), self.link)[0]), np.zeros(self.known.shape[1])
        worth = self._worth(base, slopes)
        for _ in range(ROUNDS):
            step_base, step_slopes, _ = self._step(base, slopes)
            for halving in range(HALVINGS):
                part = 0.5**halving
                trial = base + part * step_base, slopes + part * step_slopes
                found = self._worth(*trial)
                if found >= worth - CLOSE * abs(worth):
                    break
            gain, (base, slopes), worth = found - worth, trial, found
            if abs(gain) <= CLOSE * (abs(worth) + CLOSE):
                break
        information = self._step(base, slopes)[2]
        errors = np.sqrt(np.diagonal(np.linalg.inv(information)))
        plain = worth + 0.5 * self.ridge * float(slopes @ slopes)
        return HazardModel(base[self.pools], self._tail(late, base, slopes), slopes, errors, self.link, plain)

    def _tail(self, late: NDArray[np.bool_], base: Array, slopes: Array) -> float:
        """The baseline by which as many leave in late cells as did; the last one where nobody or everybody did."""
        risk, gone, known = self.risk[late], float(self.gone[late].sum()), self.known[late] @ slopes
        if not 0 < gone < risk.sum():
            return float(base[-1])
        reach = FAR + float(np.abs(known).max())

        def over(level: float) -> float:
            return float(risk @ _chance(level + known, self.link)) - gone

        return float(brentq(over, -reach, reach, xtol=1e-12))

    def _predictor(self, base: Array, slopes: Array) -> Array:
        return np.clip(base[self.pool] + self.known @ slopes, -FAR, FAR)

    def _worth(self, base: Array, slopes: Array) -> float:
        chance = _chance(self._predictor(base, slopes), self.link)
        told = self.gone * np.log(chance) + (self.risk - self.gone) * np.log1p(-chance)
        return float(told.sum()) - 0.5 * self.ridge * float(slopes @ slopes)

    def _step(self, base: Array, slopes: Array) -> tuple[Array, Array, Array]:
        """The steps of baseline and coefficients, and the information on the coefficients, baseline taken out."""
        predictor = self._predictor(base, slopes)
        chance = _chance(predictor, self.link)
        slope = chance * (1.0 - chance) if self.link == "logit" else (1.0 - chance) * np.exp(predictor)
        spread = chance * (1.0 - chance)
        pull, weight = (self.gone - self.risk * chance) * slope / spread, self.risk * slope**2 / spread
        base_pull, base_weight = (np.bincount(self.pool, each, self.count) for each in (pull, weight))
        mixed = np.zeros((self.count, self.known.shape[1]))
        np.add.at(mixed, self.pool, self.known * weight[:, None])
        whole = self.known.T @ (self.known * weight[:, None]) + self.ridge * np.eye(self.known.shape[1])
        information = whole - mixed.T @ (mixed / base_weight[:, None])
        wanted = self.known.T @ pull - self.ridge * slopes - mixed.T @ (base_pull / base_weight)
        move: Array = solve(information, wanted, assume_a="sym")
        return (base_pull - mixed @ move) / base_weight, move, information


def _without(pools: Whole, risk: Array, gone: Array, start: int, link: Link) -> HazardModel:
    held, lost = np.bincount(pools, risk), np.bincount(pools, gone)
    late = raw_hazard([risk[start:].sum()], [gone[start:].sum()])
    chance = raw_hazard(held, lost)
    with np.errstate(divide="ignore"):
        base, tail = _scale(chance, link), _scale(late, link)
    told = xlogy(lost, chance) + xlog1py(held - lost, -chance)
    return HazardModel(base[pools], float(tail[0]), np.zeros(0), np.zeros(0), link, float(told.sum()))


def _telling(pools: Whole, risk: Array, gone: Array) -> Whole:
    """Pools joined until each holds somebody who left and somebody who stayed; the last joins the one before."""
    if not 0 < gone.sum() < risk.sum():
        raise ValueError("with covariates somebody must have left, and somebody stayed")
    count = int(pools.max()) + 1
    left, stayed = np.bincount(pools, gone, count), np.bincount(pools, risk - gone, count)
    joined, number, seen = np.zeros(count, dtype=np.int64), 0, np.zeros(2)
    for place in range(count):
        joined[place] = number
        seen += left[place], stayed[place]
        if seen.all():
            number, seen = number + 1, np.zeros(2)
    joined[joined == number] = max(number - 1, 0)
    return joined[pools]


def _chance(predictor: Array, link: Link) -> Array:
    bounded = np.clip(predictor, -FAR, FAR)
    chance: Array = 1.0 / (1.0 + np.exp(-bounded)) if link == "logit" else -np.expm1(-np.exp(np.minimum(bounded, 3.4)))
    # Exactly 0 and 1 where the life table says so.
    return np.where(np.isneginf(predictor), 0.0, np.where(np.isposinf(predictor), 1.0, chance))


def _scale(chance: Array, link: Link) -> Array:
    scaled: Array = np.log(chance) - np.log1p(-chance) if link == "logit" else np.log(-np.log1p(-chance))
    return scaled


def _cells(
    tenure: ArrayLike, at_risk: ArrayLike, left: ArrayLike, covariates: ArrayLike | None
) -> tuple[Whole, Array, Array, Array]:
    when = np.asarray(tenure, dtype=np.int64)
    risk, gone = np.asarray(at_risk, dtype=np.float64), np.asarray(left, dtype=np.float64)
    known = np.zeros((when.size, 0)) if covariates is None else np.asarray(covariates, dtype=np.float64)
    even = when.ndim == 1 and when.size > 0 and when.shape == risk.shape == gone.shape
    if not even or known.ndim != 2 or len(known) != when.size or when.min() < 0:
        raise ValueError("tenure, at_risk, left and covariates must be of one length, not empty, tenure not negative")
    if not (np.isfinite(risk).all() and np.isfinite(known).all() and (gone >= 0).all() and (gone <= risk).all()):
        raise ValueError("each cell needs 0 <= left <= at_risk and covariates that are numbers")
    return when, risk, gone, known
