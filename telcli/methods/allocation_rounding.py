"""From prices of an allocation to a choice within every limit: rounding, repair, and exact search near the margin."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, vstack

from telcli.methods.allocation_limits import Problem
from telcli.methods.allocation_prices import Prices
from telcli.methods.quiet_solver import quiet

__all__ = ["polished", "rounded", "searched"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
_GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0
_FILLS = 60
_TIGHTER = 5
_MARGIN = 250
"""Customers who may change in the exact search: those who lose most by their choice, and those who lose nearly nothing
by another, so many of each."""
_OFFERS = 4


def rounded(problem: Problem, prices: Prices) -> Ints:
    """A choice within the limits: the mixture of the prices' choices, rounded evenly, cut back and filled up."""
    worth = _worth(problem, prices)
    mixed = _mixed(problem, prices)
    return _filled(problem, _cut_back(problem, mixed, worth), worth)


def searched(problem: Problem, *, nodes: int, near: float) -> tuple[Ints | None, float]:
    """The best choice by branch and bound, and the bound proved; None where none was found in so many nodes.

    `near` is the relative gap at which the search ends. Sources: HiGHS, as scipy.optimize.milp calls it.
    """
    rows, offers = np.nonzero(np.isfinite(problem.value))
    if not rows.size:
        return np.full(len(problem.value), -1), 0.0
    value = problem.value[rows, offers]
    scale, least = float(value.max()), math.inf
    limits, room = _constraints(problem, rows, offers)
    for attempt in range(_TIGHTER):
        with quiet():
            found = milp(
                -value / scale,
                integrality=np.ones(value.size),
                bounds=Bounds(0, 1),
                constraints=LinearConstraint(limits, ub=room),
                options={"node_limit": nodes, "mip_rel_gap": near},
            )
        if attempt == 0:
            least = math.inf if found.mip_dual_bound is None else -found.mip_dual_bound * scale
        if found.x is None:
            return None, least
        choice = np.full(len(problem.value), -1)
        taken = found.x > 0.5
        choice[rows[taken]] = offers[taken]
        if problem.within(choice):
            return choice, least
        # Solvers let a limit be passed by a millionth; the money then has to fit into a little less.
        room[-1] -= 2e-6 * 4.0**attempt
    return None, least


def polished(problem: Problem, prices: Prices, choice: Ints, *, nodes: int, near: float) -> Ints:
    """The same choice or a better one: customers near the margin are chosen for again, exactly, the others kept."""
    worth = _worth(problem, prices)
    at, top, second = _standing(worth, choice)
    loss = np.maximum(top, 0.0) - at
    slip = np.where(loss > 0, np.inf, at - second)
    worst = np.argsort(-loss, kind="stable")[:_MARGIN]
    edge = np.argsort(slip, kind="stable")[:_MARGIN]
    rows = np.unique(np.concatenate([worst[loss[worst] > 0], edge]))
    part = problem.part(rows, choice)
    order = np.argsort(-worth[rows], axis=1, kind="stable")[:, _OFFERS:]
    keep = choice[rows]
    np.put_along_axis(part.value, np.where(order == keep[:, None], order[:, :1], order), -np.inf, axis=1)
    held = keep >= 0
    part.value[np.flatnonzero(held), keep[held]] = problem.value[rows[held], keep[held]]
    found, _ = searched(part.closed(), nodes=nodes, near=near)
    if found is None:
        return choice
    better = choice.copy()
    better[rows] = found
    return better if problem.within(better) and problem.total(better) > problem.total(choice) else choice


def _worth(problem: Problem, prices: Prices) -> Floats:
    """What each offer brings each customer less all prices, her manager's hands too."""
    worth = problem.worth(prices.prices, slice(None))
    hands = np.append(prices.best.manager_prices, 0.0)[problem.manager_of]
    less: Floats = worth - hands[:, None] * problem.takes_manager[None, :]
    return less


def _standing(worth: Floats, choice: Ints) -> tuple[Floats, Floats, Floats]:
    """What each customer's own choice is worth, the best offer, and the best but her own; nothing is worth 0."""
    rows = np.arange(len(worth))
    at = np.where(choice >= 0, worth[rows, choice], 0.0)
    others = worth.copy()
    others[rows[choice >= 0], choice[choice >= 0]] = -np.inf
    other = others.max(axis=1)
    return at, np.maximum(at, other), np.where(choice >= 0, np.maximum(other, 0.0), other)


def _mixed(problem: Problem, prices: Prices) -> Ints:
    """Each customer the choice of one round, so that rounds come as often as their weights say.

    Customers whose rounds say the same stand side by side and are dealt out by the golden ratio, so that the limits are
    kept but for a few.
    """
    rounds = np.flatnonzero((prices.weights > 1e-9).any(axis=1))
    said = np.stack([prices.choices[at] for at in rounds], axis=1)
    ends = np.cumsum(prices.weights[rounds], axis=0).T[problem.groups]
    ends[:, -1] = np.where(ends[:, -1] > 1.0 - 1e-7, np.inf, ends[:, -1])
    order = np.lexsort((*said.T, problem.groups))
    dealt = np.empty(order.size)
    dealt[order] = (np.arange(order.size) + 0.5) * _GOLDEN % 1.0
    at = (dealt[:, None] >= ends).sum(axis=1)
    said = np.column_stack([said, np.full(len(said), -1)])
    return np.take_along_axis(said, at[:, None], axis=1)[:, 0].astype(np.int64)


def _cut_back(problem: Problem, choice: Ints, worth: Floats) -> Ints:
    """Those of a choice that fit into every limit, whoever has most to lose first."""
    rows = np.flatnonzero(choice >= 0)
    at, _, second = _standing(worth[rows], choice[rows])
    order = rows[np.argsort(second - at, kind="stable")]
    kept = np.full(choice.size, -1)
    fits = order[_fits(problem, order, choice[order])]
    kept[fits] = choice[fits]
    return kept


def _filled(problem: Problem, choice: Ints, worth: Floats) -> Ints:
    """A choice, and offers for whoever has none while they fit, the highest worth first."""
    choice = choice.copy()
    for _ in range(_FILLS):
        free = np.flatnonzero(choice < 0)
        left = problem.part(free, choice).closed()
        offered = np.where(np.isfinite(left.value), worth[free], -np.inf)
        best = offered.argmax(axis=1)
        top = offered[np.arange(free.size), best]
        order = np.argsort(-top, kind="stable")
        order = order[np.isfinite(top[order])]
        if not order.size:
            break
        fits = order[_fits(left, order, best[order])]
        choice[free[fits]] = best[fits]
    while not problem.within(choice):
        # Money added up in another order may differ in its last digit.
        rows = np.flatnonzero(choice >= 0)
        rows = rows[problem.cost[rows, choice[rows]] > 0]
        choice[rows[np.argmin(worth[rows, choice[rows]])]] = -1
    return choice


def _fits(problem: Problem, order: Ints, offers: Ints) -> Flags:
    """Who fits where customers come in this order and take what they ask for whether they fit or not."""
    fits: Flags = np.cumsum(problem.cost[order, offers]) <= problem.budget
    for counted, room in zip(problem.counted, problem.room, strict=True):
        fits &= ~counted[offers] | (np.cumsum(counted[offers]) <= room)
    hands = np.flatnonzero(problem.takes_manager[offers] & np.isfinite(problem.hands[order]))
    managers = problem.manager_of[order[hands]]
    by = np.argsort(managers, kind="stable")
    place = np.arange(by.size) - np.searchsorted(managers[by], managers[by])
    fits[hands[by]] &= place < problem.manager_room[managers[by]]
    return fits


def _constraints(problem: Problem, rows: Ints, offers: Ints) -> tuple[csr_array, Floats]:
    """One row per limit, the money last, in units of the mean cost; columns are customers' offers."""
    size = rows.size
    ones = np.ones(size)
    parts = [csr_array((ones, (rows, np.arange(size))), shape=(len(problem.value), size))]
    room = [np.ones(len(problem.value))]
    parts.append(csr_array(problem.counted[:, offers].astype(np.float64)))
    room.append(problem.room)
    hands = problem.takes_manager[offers] & np.isfinite(problem.hands[rows])
    at = np.flatnonzero(hands)
    shape = (problem.manager_room.size, size)
    parts.append(csr_array((np.ones(at.size), (problem.manager_of[rows[at]], at)), shape=shape))
    room.append(problem.manager_room)
    if problem.priced:
        cost = problem.cost[rows, offers]
        unit = float(cost.mean())
        parts.append(csr_array(cost[None, :] / unit))
        room.append(np.array([problem.budget / unit]))
    limits = vstack(parts, format="csr")
    able = np.flatnonzero(np.diff(limits.indptr))
    return limits[able], np.concatenate(room)[able]
