"""Who gets which offer where money, channels, managers' hands and offers are limited.

A multiple-choice knapsack with several limits, each customer one offer at most:

    most of     sum(value[i, j] x[i, j])
    where       sum(x[i, j] of a customer) <= 1,   sum(cost[i, j] x[i, j]) <= budget,
                contacts of each channel, of each manager's customers, of each offer <= their limits

Small problems are searched to the end. Large ones are priced: each limit gets the price at which it is just used up,
which proves a bound that no choice passes; choices at these prices are mixed, rounded, repaired, and searched exactly
near the margin. What is missed is at most `gap` of the bound, whichever way was gone.

References
----------
H. Kellerer, U. Pferschy and D. Pisinger, Knapsack Problems, Springer 2004, chapters 9 and 11.
M. L. Fisher, The Lagrangian relaxation method for solving integer programming problems, Management Science 27 (1981),
1-18.
Q. Huangfu and J. A. J. Hall, Parallelizing the dual revised simplex method (HiGHS), Mathematical Programming
Computation 10 (2018), 119-142.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from telcli.methods.allocation_limits import Problem
from telcli.methods.allocation_prices import Prices, least_bound
from telcli.methods.allocation_rounding import polished, rounded, searched

__all__ = ["Allocation", "allocate"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_PAIRS = 4000
"""Offers of customers up to which the search is exact."""
_NODES = 2000
_NEAR = 1e-7
"""Of the bound: where the exact search ends."""
_ENOUGH = 1e-6
"""Of the bound: what is no further from it is not searched again."""
_POLISH_NODES = 200


@dataclass(frozen=True)
class Allocation:
    """Who gets which offer, what that brings, and how near it is to the best there is.

    Parameters
    ----------
    choice : array of shape (customers,)
        Offer of each customer, -1 none.
    objective, bound : money
        What the choice brings, and what no choice within the limits can pass.
    gap : (bound - objective) / bound, 0..1
    spent : money
        What it costs.
    money_price : what one more unit of budget would bring
    channel_prices, manager_prices, offer_prices : money
        What one more contact of each channel, manager and offer would bring; 0 where the limit does not bind.
    """

    choice: Ints
    objective: float
    bound: float
    gap: float
    spent: float
    money_price: float
    channel_prices: Floats
    manager_prices: Floats
    offer_prices: Floats


def allocate(
    value: ArrayLike,
    cost: ArrayLike,
    *,
    eligible: ArrayLike | None = None,
    channel_of: ArrayLike | None = None,
    manager_of: ArrayLike | None = None,
    budget: float = np.inf,
    channel_capacity: ArrayLike = (),
    manager_capacity: ArrayLike = (),
    offer_limit: ArrayLike | None = None,
    takes_manager: ArrayLike | None = None,
) -> Allocation:
    """Choose for each customer one offer or none, so that values add up to most within the limits.

    The same input gives the same choice. An offer that brings 0 or less is never chosen. Limits hold exactly; the costs
    of those chosen, added up without rounding (math.fsum), are within the budget.

    Parameters
    ----------
    value, cost : arrays of shape (customers, offers), money
        Net gain expected of each offer to each customer, and what it takes of the budget, 0 or more.
    eligible : array of shape (customers, offers), optional
        Whether a customer may have an offer; all may where it is not given.
    channel_of : array of shape (offers,), optional
        Channel of each offer, from 0.
    manager_of : array of shape (customers,), optional
        Manager of each customer, from 0; -1 for who has none, whose contacts no manager's limit counts.
    budget : money
        Infinite where there is no limit.
    channel_capacity, manager_capacity : arrays of shape (channels,) and (managers,), contacts
        Infinite where there is no limit; so are those past the end.
    offer_limit : array of shape (offers,), contacts, optional
        Infinite where there is no limit.
    takes_manager : array of shape (offers,), optional
        Whether an offer takes the manager's hands; all do where it is not given.

    Raises
    ------
    ValueError
        Where shapes differ, a cost is negative, or a limit is negative or no number.

    >>> found = allocate([[9.0, 5.0], [8.0, 6.0], [4.0, 3.0]], [[6.0, 2.0], [6.0, 2.0], [6.0, 2.0]], budget=10.0)
    >>> found.choice.tolist(), found.objective, found.spent, found.gap
    ([0, 1, 1], 18.0, 10.0, 0.0)
    >>> allocate([[9.0, 5.0], [8.0, 6.0]], [[6.0, 2.0], [6.0, 2.0]], budget=0.0).choice.tolist()
    [-1, -1]
    """
    gains, costs = np.asarray(value, dtype=np.float64), np.asarray(cost, dtype=np.float64)
    if gains.ndim != 2 or costs.shape != gains.shape:
        raise ValueError("values and costs are customers by offers, and as many of both")
    allowed = np.ones(gains.shape, dtype=bool) if eligible is None else np.asarray(eligible, dtype=bool)
    size, many = gains.shape
    channels, managers = _codes(channel_of, many, 0), _codes(manager_of, size, -1)
    problem = Problem(
        np.where(allowed, gains, -np.inf),
        costs,
        channels,
        np.ones(many, dtype=bool) if takes_manager is None else np.asarray(takes_manager, dtype=bool),
        managers,
        float(budget),
        _room(channel_capacity, int(channels.max(initial=-1)) + 1),
        _room(manager_capacity, int(managers.max(initial=-1)) + 1),
        _room(() if offer_limit is None else offer_limit, many),
    )
    _check(problem, allowed)
    return _allocated(problem.closed())


def _allocated(problem: Problem) -> Allocation:
    """The same for who has an offer to choose; the others have none."""
    alive = np.flatnonzero(np.isfinite(problem.value).any(axis=1))
    part = problem if alive.size == len(problem.value) else problem.part(alive, np.full(len(problem.value), -1))
    choice = np.full(len(problem.value), -1)
    prices = least_bound(part)
    bound = max(prices.best.bound, 0.0)
    if alive.size:
        choice[alive], bound = _chosen(part, prices, bound)
    objective = problem.total(choice)
    bound = max(bound, objective)
    money, _ = part.tolls(prices.prices)
    channels, offers = _contact_prices(part, prices)
    return Allocation(
        choice,
        objective,
        bound,
        (bound - objective) / bound if bound > 0 else 0.0,
        problem.spent(choice),
        money,
        channels,
        prices.best.manager_prices,
        offers,
    )


def _chosen(problem: Problem, prices: Prices, bound: float) -> tuple[Ints, float]:
    """The best choice found, and the least bound proved."""
    tried = [rounded(problem, prices)]
    if bound - problem.total(tried[0]) <= _NEAR * bound:
        return tried[0], bound
    if np.isfinite(problem.value).sum() <= _PAIRS:
        exact, proved = searched(problem, nodes=_NODES, near=_NEAR)
        tried += [] if exact is None else [exact]
        bound = min(bound, proved)
    else:
        short = bound - problem.total(tried[0])
        if short > _ENOUGH * bound:
            tried.append(polished(problem, prices, tried[0], nodes=_POLISH_NODES, near=_NEAR))
    return max(tried, key=problem.total), bound


def _contact_prices(problem: Problem, prices: Prices) -> tuple[Floats, Floats]:
    """Prices of one contact by channel and by offer."""
    every = np.zeros(problem.binding.size)
    every[problem.binding] = prices.prices[int(problem.priced) :] / problem.room
    return every[: problem.channel_room.size], every[problem.channel_room.size :]


def _codes(given: ArrayLike | None, size: int, fill: int) -> Ints:
    codes = np.full(size, fill) if given is None else np.asarray(given).astype(np.int64)
    if codes.shape != (size,) or (codes < min(fill, 0)).any():
        raise ValueError("channels are one per offer, from 0; managers one per customer, from 0 or -1")
    return codes


def _room(given: ArrayLike, size: int) -> Floats:
    """Limits on contacts, whole ones; infinite past the end of those given."""
    room = np.asarray(given, dtype=np.float64)
    if room.ndim != 1 or np.isnan(room).any() or (room < 0).any():
        raise ValueError("a limit on contacts is 0 or more")
    whole: Floats = np.floor(np.append(room, np.full(max(size - room.size, 0), np.inf)))
    return whole


def _check(problem: Problem, allowed: NDArray[np.bool_]) -> None:
    size, many = problem.value.shape
    if allowed.shape != (size, many) or problem.takes_manager.shape != (many,) or problem.offer_room.shape != (many,):
        raise ValueError("eligibility is customers by offers; limits of offers and their hands are one per offer")
    if not problem.budget >= 0:
        raise ValueError("the budget is 0 or more")
    if not (problem.cost[allowed] >= 0).all() or np.isnan(problem.value).any():
        raise ValueError("costs are 0 or more, and values are numbers")
