"""Staying made into money: what one unit of margin a month is worth while a customer may leave."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from telcli.methods.outlook import Outlook

__all__ = ["Terms", "discounted_months", "growing_months", "leaving_chance", "monthly_rate", "months_range"]

Array = NDArray[np.float64]
_EARLIER = {"end": 0.0, "middle": 0.5, "start": 1.0}
_AT_ONCE = 1000
"""Kinds of customers whose ranges are worked out side by side: it bounds memory."""


def monthly_rate(yearly: float) -> float:
    """The monthly discount rate that compounds to a yearly one: (1 + d)^(1/12) - 1.

    >>> round(monthly_rate(0.10), 8)
    0.00797414
    """
    return float(np.expm1(np.log1p(yearly) / 12.0))


@dataclass(frozen=True)
class Terms:
    """Which months to come count, and for how much.

    What was already earned is not counted again: the first month is that after the present one. A month counts in full
    for those who are still here at its end, and as `leaving` says for those who leave in it.

    Parameters
    ----------
    horizon : int
        H, months, >= 1.
    rate : float
        Discount per month, >= 0.
    timing : str
        "end", "middle" or "start": when in a month its money comes; discounted by t, t - 1/2 or t - 1 months.
    tail : bool
        Count the months beyond H too, leaving there being as frequent as at the longest tenures; else nothing comes
        after H.
    leaving : float
        What a customer brings in the month she leaves in, in usual months, >= 0.

    >>> Terms(2, 0.25, "start").weights().tolist()
    [1.0, 0.8]
    """

    horizon: int
    rate: float = 0.0
    timing: str = "end"
    tail: bool = False
    leaving: float = 0.0

    def weights(self) -> Array:
        """What money of month t = 1..H counts for, 0..1."""
        months = np.arange(1.0, self.horizon + 1.0) - _EARLIER[self.timing]
        found: Array = (1.0 + self.rate) ** -months
        return found

    def beyond(self, hazard: ArrayLike) -> Array:
        """What one unit a month after H counts for in all, of one who is here at H; 0 without a tail.

        (1 + d)^-(H - e) (q + c (1 - q)) / (1 + d - q), q = 1 - hazard, c `leaving`, and e the part of a month by which
        money comes before its end.

        Raises
        ------
        ValueError
            Nobody ever leaves and nothing is discounted: the sum has no end.
        """
        stays = 1.0 - np.asarray(hazard, dtype=np.float64)
        if not self.tail:
            return np.zeros_like(stays)
        if (1.0 + self.rate - stays <= 1e-12).any():
            raise ValueError("months without discount and without leaving have no end")
        at = (1.0 + self.rate) ** -(self.horizon - _EARLIER[self.timing])
        found: Array = at * (stays + self.leaving * (1.0 - stays)) / (1.0 + self.rate - stays)
        return found

    def brought(self, survival: Array) -> Array:
        """Usual months that month t is expected to bring, kinds x H: S(t) + c (S(t - 1) - S(t)).

        >>> Terms(2, leaving=0.5).brought(np.array([[0.8, 0.6]])).round(4).tolist()
        [[0.9, 0.7]]
        """
        ahead = survival[:, : self.horizon]
        found: Array = ahead - self.leaving * np.diff(ahead, axis=1, prepend=1.0)
        return found


def discounted_months(outlook: Outlook, terms: Terms) -> Array:
    """Expected months ahead of each customer, discounted: A = sum over t = 1..H of b_t w_t, and the tail.

    b_t = S(t) + c (S(t - 1) - S(t)): a month counts for who is here at its end, and c of it for who leaves in it.

    Times a customer's monthly margin this is the margin still to come. Without a tail each is between 0 and the
    annuity of H certain months. The outlook must reach to H.

    Examples
    --------
    >>> from telcli.methods.outlook import by_tenure
    >>> from telcli.methods.survival import life_table
    >>> discounted_months(by_tenure(life_table([100.0], [0.0]), 12), Terms(12)).tolist()
    [12.0]
    >>> discounted_months(by_tenure(life_table([100.0], [10.0]), 12), Terms(12, 0.01, tail=True)).round(3).tolist()
    [8.182]
    """
    after = outlook.survival[:, terms.horizon - 1] * terms.beyond(outlook.tail)
    found: Array = (terms.brought(outlook.survival) @ terms.weights() + after)[outlook.kind]
    return found


def growing_months(outlook: Outlook, terms: Terms) -> Array:
    """Expected months ahead of each customer, discounted, month t counted t times: sum over t = 1..H of t b_t w_t.

    Times what a customer's margin grows by in a month this is what growth adds within the horizon; a tail adds nothing.

    >>> from telcli.methods.outlook import by_tenure
    >>> from telcli.methods.survival import life_table
    >>> growing_months(by_tenure(life_table([100.0], [0.0]), 3), Terms(3)).tolist()
    [6.0]
    """
    weights = terms.weights() * np.arange(1.0, terms.horizon + 1.0)
    found: Array = (terms.brought(outlook.survival) @ weights)[outlook.kind]
    return found


def leaving_chance(outlook: Outlook, terms: Terms) -> Array:
    """Chance of each customer to leave within the horizon, discounted, 0..1: sum over t of (S(t - 1) - S(t)) w_t.

    Times what is lost when a customer leaves this is the expected loss; leaving after H counts for nothing.

    >>> from telcli.methods.outlook import by_tenure
    >>> from telcli.methods.survival import life_table
    >>> leaving_chance(by_tenure(life_table([100.0], [10.0]), 2), Terms(2)).round(4).tolist()
    [0.19]
    """
    goes = -np.diff(outlook.survival[:, : terms.horizon], axis=1, prepend=1.0)
    found: Array = (goes @ terms.weights())[outlook.kind]
    return found


def months_range(outlook: Outlook, terms: Terms, level: float, noise: ArrayLike = (1.0,)) -> tuple[Array, Array]:
    """Between what the discounted months of each customer will lie with a chance of `level`.

    A customer leaves in month n + 1 with the chance S(n) - S(n + 1) and brings the annuity of n months and what the
    month of leaving brings, times what her mean month will be in usual months, which `noise` holds equally likely
    values of. Both ends are quantiles of the product: (1 - level) / 2 and (1 + level) / 2. A tail counts as expected
    for those who are here at H.

    Parameters
    ----------
    outlook : Outlook
        How long customers may stay, up to H.
    terms : Terms
        Which months count.
    level : float
        0..1.
    noise : array of shape (values,)
        Mean months over usual ones, as they came; (1.0,) for months that never change.

    Returns
    -------
    Low and high ends, one per customer.

    Examples
    --------
    >>> from telcli.methods.outlook import by_tenure
    >>> from telcli.methods.survival import life_table
    >>> low, high = months_range(by_tenure(life_table([100.0], [30.0]), 3), Terms(3), 0.8)
    >>> low.tolist(), high.tolist()
    ([0.0], [3.0])
    """
    factors, after = np.asarray(noise, dtype=np.float64), terms.beyond(outlook.tail)
    ends = np.zeros((2, len(after)))
    for tail in np.unique(after):
        # Kinds with one tail have the same amounts, in the same order; only their chances differ.
        same = np.flatnonzero(after == tail)
        for first in range(0, len(same), _AT_ONCE):
            some = same[first : first + _AT_ONCE]
            ends[:, some] = _ends(outlook.survival[some, : terms.horizon], terms, float(tail), level, factors)
    low, high = ends[:, outlook.kind]
    return low, high


def _ends(ahead: Array, terms: Terms, after: float, level: float, factors: Array) -> Array:
    before = np.column_stack([np.ones(len(ahead)), ahead])
    leaves = np.column_stack([-np.diff(before, axis=1), ahead[:, -1:]])
    weights = terms.weights()
    money = np.concatenate([[0.0], np.cumsum(weights)])
    money[:-1] += terms.leaving * weights
    money[-1] += after
    values = np.outer(money, factors).ravel()
    order = np.argsort(values, kind="stable")
    chances = np.cumsum((np.repeat(leaves, len(factors), axis=1) / len(factors))[:, order], axis=1)
    # Sums of chances end a hair off 1.
    places = [(chances < wanted - 1e-12).sum(axis=1) for wanted in ((1.0 - level) / 2.0, (1.0 + level) / 2.0)]
    found: Array = values[order][np.minimum(places, len(order) - 1)]
    return found
