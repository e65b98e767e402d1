"""Simple learners of what a contact changes, by row: each gives an effect kept as plain arrays.

Rows have parts x (see `methods.uplift_basis`), an arm t (1 contacted), its chance e, and an outcome y (1 stayed):

    shift   one logistic regression of y on x and t: one odds ratio for all
    s       and on t x, t offer and t offer x, more strongly drawn to nothing (S-learner)
    t       a regression of each arm (T-learner)
    x       ridge of what each arm's rows differ from the other arm's regression (X-learner)
    dr      ridge of the doubly robust pseudo-outcome (DR-learner); dr-wide the same, held back less
    class   logistic regression of y = t, rows weighed by 1 / chance of their arm (class transformation)
    trees   shallow boosting of the pseudo-outcome

References
----------
S. Kuenzel and others, Metalearners for estimating heterogeneous treatment effects, PNAS 116, 2019 (S, T, X).
E. Kennedy, Towards optimal doubly robust estimation of heterogeneous causal effects, EJS 17, 2023 (DR).
M. Jaskowski and S. Jaroszewicz, Uplift modeling for clinical trial data, ICML workshop, 2012 (class).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.special import expit
from sklearn.base import BaseEstimator

from telcli.methods.uplift_trees import TreeEffect

__all__ = ["LEARNERS", "Effect", "LineEffect", "OddsEffect", "Rows", "logistic", "ridge"]

Floats = NDArray[np.float64]

_RIDGE, _OWN_RIDGE = 33.0, 100.0
"""Ridges of log-odds per standard deviation: prior deviations of 0.17, and 0.1 for what differs between arms."""
_SPREAD = 0.1
"""Prior deviation of effects between customers, all parts together; the ridge of linear effects follows from it."""
_WIDE = 3.0
"""So many times that deviation in the learner that is held back less."""
_FREE, _STEPS, _CLOSE = 1e-6, 8, 1e-4


class Rows(NamedTuple):
    """What learners see: parts, offers' own parts, outcome, arm, its chance, pseudo-outcome and weight of each row."""

    parts: Floats
    own: Floats
    stayed: Floats
    treated: Floats
    chance: Floats
    pseudo: Floats
    weight: Floats

    def take(self, chosen: NDArray[np.bool_]) -> Rows:
        """Some of the rows."""
        return Rows(*(part[chosen] for part in self))


class OddsEffect(BaseEstimator):  # type: ignore[misc]
    """Difference of two chances, each by log-odds linear in 1, parts and own parts: `contacted_` less `held_`."""

    def __init__(self, contacted: Floats, held: Floats) -> None:
        self.contacted = contacted
        self.held = held

    def of(self, parts: Floats, own: Floats) -> Floats:
        """The effect of each row, -1..1."""
        return np.asarray(expit(_line(self.contacted, parts, own)) - expit(_line(self.held, parts, own)))


class LineEffect(BaseEstimator):  # type: ignore[misc]
    """An effect linear in 1, parts and own parts."""

    def __init__(self, weights: Floats) -> None:
        self.weights = weights

    def of(self, parts: Floats, own: Floats) -> Floats:
        """The effect of each row."""
        return _line(self.weights, parts, own)


Effect = OddsEffect | LineEffect | TreeEffect


def _line(weights: Floats, parts: Floats, own: Floats) -> Floats:
    """A row's sum in one order, whatever the batch: weights stop after the parts where nothing is an offer's own."""
    found = np.full(len(parts), weights[0])
    for column, weight in zip(parts.T, weights[1:], strict=False):
        found += weight * column
    for column, weight in zip(own.T, weights[1 + parts.shape[1] :], strict=False):
        found += weight * column
    return found


def logistic(design: Floats, outcome: Floats, penalty: Floats, weight: Floats | None = None) -> Floats:
    """Weights of a ridge logistic regression by Newton's method; `penalty` is each column's ridge.

    >>> design = np.array([[1.0, 0.0], [1.0, 0.0], [1.0, 1.0], [1.0, 1.0]] * 50)
    >>> logistic(design, np.array([0.0, 1.0, 1.0, 1.0] * 50), np.array([1e-6, 1.0])).round(2).tolist()
    [0.13, 3.26]
    """
    found = np.zeros(design.shape[1])
    scale = np.ones(len(design)) if weight is None else weight
    for _ in range(_STEPS):
        p = expit(design @ found)
        curve = np.maximum(scale * p * (1.0 - p), 1e-9)
        hessian = (design * curve[:, None]).T @ design
        hessian[np.diag_indices_from(hessian)] += penalty
        step = cho_solve(cho_factor(hessian), design.T @ (scale * (outcome - p)) - penalty * found)
        found += step
        if float(np.abs(step).max()) < _CLOSE:
            break
    return found


def ridge(design: Floats, outcome: Floats, penalty: Floats, weight: Floats) -> Floats:
    """Weights of a ridge regression; `penalty` is each column's ridge.

    >>> ridge(np.array([[1.0], [1.0]]), np.array([1.0, 3.0]), np.array([2.0]), np.ones(2)).tolist()
    [1.0]
    """
    return _solved((design * weight[:, None]).T @ design, design.T @ (weight * outcome), penalty)


def _solved(gram: Floats, moments: Floats, penalty: Floats) -> Floats:
    return np.asarray(cho_solve(cho_factor(gram + np.diag(penalty)), moments))


def _ones(parts: Floats, *more: Floats) -> Floats:
    return np.hstack([np.ones((len(parts), 1)), parts, *more])


def _penalty(width: int, ridge_of: float) -> Floats:
    return np.concatenate([[_FREE], np.full(width - 1, ridge_of)])


def _odds(rows: Rows) -> dict[str, Effect]:
    """`shift`, and from it `s` by one Newton step for all that differs between arms: its ridge holds it near."""
    base, apart = _ones(rows.parts), rows.treated - rows.chance
    penalty = np.append(_penalty(base.shape[1], _RIDGE), _FREE)
    found = logistic(np.hstack([base, apart[:, None]]), rows.stayed, penalty)
    weights, level = found[:-1], found[-1]
    p = expit(base @ weights + level * apart)
    curve = np.maximum(p * (1.0 - p), _FREE)
    side = _ones(rows.parts, rows.own)
    more = ridge(side * apart[:, None], (rows.stayed - p) / curve, _penalty(side.shape[1], _OWN_RIDGE), curve)
    more[0] += level
    return {"shift": _arms(weights, np.array([level]), rows), "s": _arms(weights, more, rows)}


def _arms(base: Floats, side: Floats, rows: Rows) -> OddsEffect:
    """Both arms of log-odds `base` + (t - e) `side`, at the mean chance of being contacted."""
    chance = float(rows.chance.mean())
    whole, apart = (np.zeros(max(base.size, side.size)) for _ in range(2))
    whole[: base.size] = base
    apart[: side.size] = side
    return OddsEffect(whole + (1.0 - chance) * apart, whole - chance * apart)


def _two(rows: Rows) -> dict[str, Effect]:
    """`t`, a regression of each arm, and `x`, what each arm's rows differ from the other's."""
    base, yes = _ones(rows.parts), rows.treated > 0
    penalty = _penalty(base.shape[1], _RIDGE)
    contacted = logistic(base[yes], rows.stayed[yes], penalty)
    held = logistic(base[~yes], rows.stayed[~yes], penalty)
    gained = rows.stayed[yes] - expit(base[yes] @ held)
    missed = expit(base[~yes] @ contacted) - rows.stayed[~yes]
    design, chance = np.hstack([base, rows.own]), float(rows.chance.mean())
    (of_yes,) = _effect_lines(design[yes], gained, rows.weight[yes], (_SPREAD,))
    (of_no,) = _effect_lines(design[~yes], missed, rows.weight[~yes], (_SPREAD,))
    return {"t": OddsEffect(contacted, held), "x": LineEffect(chance * of_no + (1.0 - chance) * of_yes)}


def _robust(rows: Rows) -> dict[str, Effect]:
    """`dr` and `dr-wide`: ridges of the pseudo-outcome."""
    design = _ones(rows.parts, rows.own)
    near, wide = _effect_lines(design, rows.pseudo, rows.weight, (_SPREAD, _WIDE * _SPREAD))
    return {"dr": LineEffect(near), "dr-wide": LineEffect(wide)}


def _effect_lines(design: Floats, outcome: Floats, weight: Floats, spreads: tuple[float, ...]) -> list[Floats]:
    """Ridges as of priors under which effects of all parts together have the deviations `spreads`."""
    noise = float(np.average((outcome - np.average(outcome, weights=weight)) ** 2, weights=weight))
    gram, moments = (design * weight[:, None]).T @ design, design.T @ (weight * outcome)
    found = []
    for spread in spreads:
        strength = max(noise * (design.shape[1] - 1) / spread**2, _FREE)
        found.append(_solved(gram, moments, _penalty(design.shape[1], strength)))
    return found


def _class(rows: Rows) -> dict[str, Effect]:
    """`class`: the chance that outcome and arm agree, arms made equal by weight, twice and less 1."""
    alike = rows.stayed * rows.treated + (1.0 - rows.stayed) * (1.0 - rows.treated)
    weight = rows.treated / rows.chance + (1.0 - rows.treated) / (1.0 - rows.chance)
    design = _ones(rows.parts)
    found = logistic(design, alike, _penalty(design.shape[1], _OWN_RIDGE), weight / weight.mean())
    return {"class": OddsEffect(found, -found)}


def _trees(rows: Rows) -> dict[str, Effect]:
    """`trees`: shallow boosting of the pseudo-outcome; which offer it is, a tree may split by."""
    marks = rows.own.shape[1] // (rows.parts.shape[1] + 1)
    return {"trees": TreeEffect().fit(np.hstack([rows.parts, rows.own[:, :marks]]), rows.pseudo, rows.weight)}


LEARNERS: dict[tuple[str, ...], Callable[[Rows], dict[str, Effect]]] = {
    ("shift", "s"): _odds,
    ("t", "x"): _two,
    ("dr", "dr-wide"): _robust,
    ("class",): _class,
    ("trees",): _trees,
}
"""What learns which effects by name."""
