"""Results of several people as like with like: what each achieved against what her cases let expect.

Indirect standardisation: a model of all cases says what anybody would have achieved with hers; observed over expected
is her ratio, 1 where she did as well as all do with such cases.

References
----------
D. J. Spiegelhalter, Funnel plots for comparing institutional performance, Statistics in Medicine 24 (2005), 1185-1202.
E. B. Wilson, Probable inference, J. Amer. Statist. Assoc. 22 (1927), 209-212: the score interval.
C. N. Morris, Parametric empirical Bayes inference, J. Amer. Statist. Assoc. 78 (1983), 47-55.
Y. Benjamini and Y. Hochberg, J. R. Statist. Soc. B 57 (1995), 289-300.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit, ndtri

from telcli.methods.rates import found_among

__all__ = ["CaseMix", "case_mix", "expected_chances", "ratio_interval", "shrunk_ratios", "tail_chance"]

Floats = NDArray[np.float64]
_HALVINGS, _FAR = 60, 60.0
"""Of the shift of log odds, and how far it is looked for."""
_LEAST = 1e-6
_STRENGTH = 1.0
"""Of the ridge: standard deviations of effects are taken to be near 1 in log odds."""


def expected_chances(numbers: ArrayLike, levels: Sequence[ArrayLike], y: ArrayLike) -> Floats:
    """The chance (0..1) of success of each case with anybody: a logistic regression with a ridge on all cases.

    Expected successes of all together are those observed.

    Parameters
    ----------
    numbers : array of shape (cases, columns)
        Numbers that describe a case, such as the log odds of leaving.
    levels : arrays of shape (cases,)
        Codes that describe it, such as offers; one array per dimension.
    y : array of shape (cases,)
        Whether it was a success, 0 or 1.

    >>> expected_chances(np.zeros((4, 1)), [["a", "a", "b", "b"]], [1, 0, 1, 0]).round(3).tolist()
    [0.5, 0.5, 0.5, 0.5]
    """
    from sklearn.linear_model import LogisticRegression

    found = np.asarray(y, dtype=np.float64)
    if found.size == 0 or found.min() == found.max():
        return found
    parts = [np.asarray(numbers, dtype=np.float64).reshape(found.size, -1)]
    parts[0] = (parts[0] - parts[0].mean(axis=0)) / np.maximum(parts[0].std(axis=0), _LEAST)
    for each in levels:
        names, code = np.unique(np.asarray(each, dtype=str), return_inverse=True)
        parts.append(np.eye(names.size)[code])
    design = np.hstack(parts)
    model = LogisticRegression(C=_STRENGTH, solver="newton-cholesky", tol=1e-8).fit(design, found)
    chances: Floats = model.predict_proba(design)[:, 1]
    return chances


def ratio_interval(chances: ArrayLike, observed: float, level: float = 0.95) -> tuple[float, float]:
    """Between what observed over expected lies in truth: the score interval of one shift of all log odds.

    Where all cases have one chance it is Wilson's interval over that chance.

    Parameters
    ----------
    chances : array of shape (cases,)
        Expected chance of each, inside 0..1.
    observed : float
        Successes.
    level : float
        Of the interval, inside 0..1.

    >>> [round(end, 4) for end in ratio_interval(np.full(263, 81 / 263), 81)]
    [0.8289, 1.1891]
    """
    odds = logit(np.clip(np.asarray(chances, dtype=np.float64), _LEAST, 1.0 - _LEAST))
    expected, z = float(expit(odds).sum()), float(ndtri((1.0 + level) / 2.0))
    if odds.size == 0:
        return np.nan, np.nan
    return _end(odds, observed, -z) / expected, _end(odds, observed, z) / expected


def _end(odds: Floats, observed: float, z: float) -> float:
    """Expected successes at the shift from which `observed` is z standard deviations away."""
    if (z < 0 and observed <= 0) or (z > 0 and observed >= odds.size):
        return 0.0 if z < 0 else float(odds.size)
    low, high = -_FAR, _FAR
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        share = expit(odds + middle)
        away = (share.sum() - observed) - z * np.sqrt((share * (1.0 - share)).sum())
        low, high = (middle, high) if away < 0 else (low, middle)
    return float(expit(odds + 0.5 * (low + high)).sum())


def tail_chance(chances: ArrayLike, observed: int) -> float:
    """The chance (0..1) of so many successes or a number as rare on its side, twice, by the exact distribution.

    >>> round(tail_chance([0.5] * 10, 9), 4)
    0.0215
    """
    found = np.clip(np.asarray(chances, dtype=np.float64), 0.0, 1.0)
    if found.size == 0:
        return 1.0
    weights = _weights(found)
    return float(min(2.0 * min(weights[: observed + 1].sum(), weights[observed:].sum()), 1.0))


def shrunk_ratios(ratios: ArrayLike, variances: ArrayLike) -> tuple[Floats, float]:
    """Ratios pulled towards 1 as far as they differ by no more than chance, and the variance between people.

    Empirical Bayes: tau^2 = max(0, (sum w (r - 1)^2 - n) / sum w) with w = 1 / variance, and 1 + (r - 1) tau^2 /
    (tau^2 + variance). What is not known (NaN) is taken to be 1.

    >>> ratios, between = shrunk_ratios([1.5, 0.5, 1.0], [0.01, 0.01, 100.0])
    >>> ratios.round(3).tolist(), round(between, 3)
    ([1.48, 0.52, 1.0], 0.235)
    """
    ratio, spread = (np.asarray(each, dtype=np.float64) for each in (ratios, variances))
    known = np.isfinite(ratio) & np.isfinite(spread) & (spread > 0)
    if not known.any():
        return np.ones(ratio.size), 0.0
    weight = 1.0 / spread[known]
    surplus = float(weight @ (ratio[known] - 1.0) ** 2) - float(known.sum())
    between = max(surplus / float(weight.sum()), 0.0)
    found = np.ones(ratio.size)
    found[known] += (ratio[known] - 1.0) * between / (between + spread[known])
    return found, between


@dataclass(frozen=True)
class CaseMix:
    """By person, in the order of `people`; NaN where nothing was expected, `chance` NaN where too few to tell.

    `limits` has the columns low and high at 95%, low and high at 99.8%; `between` is the variance of ratios between
    people beyond chance.
    """

    people: tuple[str, ...]
    cases: NDArray[np.int64]
    observed: NDArray[np.int64]
    expected: Floats
    ratio: Floats
    low: Floats
    high: Floats
    shrunk: Floats
    limits: Floats
    chance: Floats
    between: float


def case_mix(people: ArrayLike, chances: ArrayLike, y: ArrayLike, *, least: int) -> CaseMix:
    """Observed against expected of each person, with intervals, funnel limits and what is more than chance.

    Chances of those with `least` cases and more are corrected for as many of them as there are.

    >>> found = case_mix(["a"] * 30 + ["b"] * 30, [0.5] * 60, [1] * 27 + [0] * 3 + [1] * 3 + [0] * 27, least=20)
    >>> found.ratio.tolist(), (found.chance < 0.05).tolist()
    ([1.8, 0.2], [True, True])
    """
    names, code = np.unique(np.asarray(people, dtype=str), return_inverse=True)
    share, success = np.asarray(chances, dtype=np.float64), np.asarray(y, dtype=np.int64)
    order = np.argsort(code, kind="stable")
    parts = [share[part] for part in np.split(order, np.cumsum(np.bincount(code, minlength=names.size))[:-1])]
    parts = parts[: names.size]
    observed = np.bincount(code, weights=success, minlength=names.size).astype(np.int64)
    cases = np.array([part.size for part in parts], dtype=np.int64)
    expected = np.array([part.sum() for part in parts], dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(expected > 0, observed / expected, np.nan)
        spread = np.array([(part * (1.0 - part)).sum() for part in parts], dtype=np.float64) / expected**2
    ends = [ratio_interval(part, done) for part, done in zip(parts, observed.tolist(), strict=True)]
    low, high = np.where(expected > 0, np.array(ends, dtype=np.float64).reshape(-1, 2).T, np.nan)
    shrunk, between = shrunk_ratios(ratio, spread)
    chance = np.full(names.size, np.nan)
    judged = np.flatnonzero((cases >= least) & np.isfinite(ratio))
    chance[judged] = found_among([tail_chance(parts[at], int(observed[at])) for at in judged])
    limits = np.array([_limits(part) for part in parts], dtype=np.float64).reshape(-1, 4)
    people_named = tuple(names.tolist())
    return CaseMix(people_named, cases, observed, expected, ratio, low, high, shrunk, limits, chance, between)


def _limits(share: Floats) -> list[float]:
    """Ratios between which 95% and 99.8% lie by chance alone, by the exact distribution."""
    expected = float(share.sum())
    if expected <= 0:
        return [np.nan] * 4
    places = np.searchsorted(np.cumsum(_weights(share)), (0.025, 0.975, 0.001, 0.999))
    found: list[float] = (np.minimum(places, share.size) / expected).tolist()
    return found


def _weights(share: Floats) -> Floats:
    """The chance of each number of successes, case by case: the Poisson binomial distribution."""
    found = np.zeros(share.size + 1)
    found[0] = 1.0
    for done, chance in enumerate(share.tolist(), start=1):
        found[1 : done + 1] = found[1 : done + 1] * (1.0 - chance) + found[:done] * chance
        found[0] *= 1.0 - chance
    return found
