"""Whom to contact where money or hands do not reach for all whom it pays to contact.

A knapsack with two limits: the customers of a set whose gains add up to most, within a budget and so many contacts. A
price of money (Lagrange's multiplier) splits it into customers: each is worth what it gains less that price of what it
takes. The bound of the linear programme, which may take parts of customers, is reached but for one customer's gain.

References
----------
H. Kellerer, U. Pferschy and D. Pisinger, Knapsack Problems, Springer 2004, sections 2.2 and 9.7.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["within_limits"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
_HALVINGS = 80
"""Of the price's range: beyond what numbers tell apart."""


def within_limits(
    saving: ArrayLike, spend: ArrayLike, wanted: ArrayLike, *, budget: float = np.inf, capacity: int | None = None
) -> Flags:
    """Whom of those `wanted` to contact so that the savings expected add up to most within a budget and so many.

    What is found saves less than the best there is by one customer's saving at most, and no less than taking customers
    by what they save per money, or by what they save, past each who does not fit. Who takes more than the whole budget
    is left out; so is who brings an expected loss, where there is a limit that binds.

    >>> within_limits([5.0, 4.0, 3.0], [10.0, 1.0, 1.0], [True] * 3, budget=10.0).tolist()
    [False, True, True]
    >>> within_limits([5.0, 4.0, 3.0], [10.0, 1.0, 1.0], [True] * 3, capacity=1).tolist()
    [True, False, False]
    """
    gain, take = (np.asarray(part, dtype=np.float64) for part in (saving, spend))
    found = np.asarray(wanted).astype(bool)
    most = int(found.sum()) if capacity is None else min(capacity, int(found.sum()))
    if most == found.sum() and take[found].sum() <= budget:
        return found
    rows = np.flatnonzero(found & (gain > 0) & (take <= budget))
    gain, take = gain[rows], take[rows]
    ratio = np.divide(gain, take, out=np.full(rows.size, np.inf), where=take > 0)
    nobody = np.zeros(rows.size, dtype=bool)
    tried = [
        _filled(_priced(gain, take, budget, most), -ratio, take, budget, most),
        _filled(nobody, -ratio, take, budget, most),
        _filled(nobody, -gain, take, budget, most),
    ]
    best = max(tried, key=lambda chosen: float(gain[chosen].sum()))
    found = np.zeros(found.size, dtype=bool)
    found[rows[best]] = True
    return found


def _priced(gain: Floats, take: Floats, budget: float, most: int) -> Flags:
    """Those worth most at the price of money at which the budget is used up but for less than one customer takes."""
    chosen = _best(gain, take, 0.0, most)
    if take[chosen].sum() <= budget:
        return chosen
    paid = take > 0
    low, high = 0.0, 2.0 * float((gain[paid] / take[paid]).max())
    dear = _best(gain, take, high, most)
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        now = _best(gain, take, middle, most)
        if take[now].sum() <= budget:
            high, dear = middle, now
        else:
            low, chosen = middle, now
    return _between(dear, chosen, take, budget)


def _best(gain: Floats, take: Floats, price: float, most: int) -> Flags:
    """At most so many customers of the highest worth above 0 at a price of money."""
    worth = gain - price * take
    found: Flags = worth > 0
    if found.sum() > most:
        found = np.zeros(gain.size, dtype=bool)
        found[np.argpartition(-worth, most - 1)[:most] if most else []] = True
    return found


def _between(fits: Flags, exceeds: Flags, take: Floats, budget: float) -> Flags:
    """From a choice that fits towards one that exceeds the budget, as far as the budget goes.

    Who is in one of them alone is worth the same at the price between them, so each customer added or exchanged on the
    way changes the saving by its price of what the budget then gives.
    """
    come, leave = np.flatnonzero(exceeds & ~fits), np.flatnonzero(fits & ~exceeds)
    step = take[come]
    step[: leave.size] -= take[leave]
    far = int(np.argmax(take[fits].sum() + np.cumsum(step) > budget))
    found = fits.copy()
    found[leave[:far]] = False
    found[come[:far]] = True
    return found


def _filled(chosen: Flags, order: Floats, take: Floats, budget: float, most: int) -> Flags:
    """A choice and whoever fits beside it, the lowest of `order` first, past each who does not fit."""
    found = chosen.copy()
    left, places = budget - float(take[found].sum()), most - int(found.sum())
    rest = np.flatnonzero(~found)
    rest = rest[np.argsort(order[rest], kind="stable")]
    while places > 0 and rest.size:
        rest = rest[take[rest] <= left]
        many = min(int(np.searchsorted(np.cumsum(take[rest]), left, side="right")), places)
        found[rest[:many]] = True
        left, places, rest = left - float(take[rest[:many]].sum()), places - many, rest[many:]
    return found
