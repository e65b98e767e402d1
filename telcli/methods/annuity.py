"""Staying made into money: what one unit of margin a month is worth while a customer may leave."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from telcli.methods.survival import LifeTable, conditional_survival

__all__ = ["Terms", "discounted_months", "growing_months", "monthly_rate", "months_range"]

Array = NDArray[np.float64]
_EARLIER = {"end": 0.0, "middle": 0.5, "start": 1.0}


def monthly_rate(yearly: float) -> float:
    """The monthly discount rate that compounds to a yearly one: (1 + d)^(1/12) - 1.

    >>> round(monthly_rate(0.10), 8)
    0.00797414
    """
    return float(np.expm1(np.log1p(yearly) / 12.0))


@dataclass(frozen=True)
class Terms:
    """Which months to come count, and for how much.

    What was already earned is not counted again: the first month is that after the present one, and counts for those
    who are still here at its end.

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

    >>> Terms(2, 0.25, "start").weights().tolist()
    [1.0, 0.8]
    """

    horizon: int
    rate: float = 0.0
    timing: str = "end"
    tail: bool = False

    def weights(self) -> Array:
        """What money of month t = 1..H counts for, 0..1."""
        months = np.arange(1.0, self.horizon + 1.0) - _EARLIER[self.timing]
        found: Array = (1.0 + self.rate) ** -months
        return found

    def beyond(self, hazard: float) -> float:
        """What one unit a month after H counts for in all, of one who is here at H; 0 without a tail.

        (1 + d)^-(H - e) q / (1 + d - q), q = 1 - hazard and e the part of a month by which money comes before its end.

        Raises
        ------
        ValueError
            Nobody ever leaves and nothing is discounted: the sum has no end.
        """
        if not self.tail:
            return 0.0
        stays = 1.0 - hazard
        if 1.0 + self.rate - stays <= 1e-12:
            raise ValueError("months without discount and without leaving have no end")
        at = (1.0 + self.rate) ** -(self.horizon - _EARLIER[self.timing])
        return float(at * stays / (1.0 + self.rate - stays))


def discounted_months(table: LifeTable, terms: Terms) -> Array:
    """Expected months ahead, discounted, by present tenure: A(k) = sum over t = 1..H of S(t | k) w_t, and the tail.

    Times a customer's monthly margin this is the margin still to come. One value per tenure 0..K of the table;
    from its last tenure on the tail hazard alone counts, so longer tenures take the last value. Without a tail each
    is between 0 and the annuity of H certain months.

    Examples
    --------
    >>> from telcli.methods.survival import life_table
    >>> discounted_months(life_table([100.0], [0.0]), Terms(12)).tolist()
    [12.0]
    >>> discounted_months(life_table([100.0], [10.0]), Terms(12, 0.01, tail=True)).round(3).tolist()
    [8.182]
    """
    ahead = conditional_survival(table, np.arange(len(table.hazard)), terms.horizon)
    found: Array = ahead @ terms.weights() + ahead[:, -1] * terms.beyond(table.tail_hazard)
    return found


def growing_months(table: LifeTable, terms: Terms) -> Array:
    """Expected months ahead, discounted, month t counted t times: sum over t = 1..H of t S(t | k) w_t.

    Times what a customer's margin grows by in a month this is what growth adds within the horizon; a tail adds nothing.

    >>> from telcli.methods.survival import life_table
    >>> growing_months(life_table([100.0], [0.0]), Terms(3)).tolist()
    [6.0]
    """
    ahead = conditional_survival(table, np.arange(len(table.hazard)), terms.horizon)
    found: Array = ahead @ (terms.weights() * np.arange(1.0, terms.horizon + 1.0))
    return found


def months_range(table: LifeTable, terms: Terms, level: float, noise: ArrayLike = (1.0,)) -> tuple[Array, Array]:
    """Between what the discounted months of one customer will lie with a chance of `level`, by present tenure.

    A customer leaves in month n + 1 with the chance S(n) - S(n + 1) and brings the annuity of n months, times what her
    mean month will be in usual months, which `noise` holds equally likely values of. Both ends are quantiles of the
    product: (1 - level) / 2 and (1 + level) / 2. A tail counts as expected for those who are here at H.

    Parameters
    ----------
    table : LifeTable
        Hazard by tenure.
    terms : Terms
        Which months count.
    level : float
        0..1.
    noise : array of shape (values,)
        Mean months over usual ones, as they came; (1.0,) for months that never change.

    Returns
    -------
    Low and high ends, one per tenure of the table.

    Examples
    --------
    >>> from telcli.methods.survival import life_table
    >>> low, high = months_range(life_table([100.0], [30.0]), Terms(3), 0.8)
    >>> low.tolist(), high.tolist()
    ([0.0], [3.0])
    """
    ahead = conditional_survival(table, np.arange(len(table.hazard)), terms.horizon)
    before = np.column_stack([np.ones(len(ahead)), ahead])
    leaves = np.column_stack([-np.diff(before, axis=1), ahead[:, -1:]])
    money = np.concatenate([[0.0], np.cumsum(terms.weights())])
    money[-1] += terms.beyond(table.tail_hazard)
    factors = np.asarray(noise, dtype=np.float64)
    values = np.outer(money, factors).ravel()
    order = np.argsort(values, kind="stable")
    chances = np.cumsum((np.repeat(leaves, len(factors), axis=1) / len(factors))[:, order], axis=1)
    ends = []
    for wanted in ((1.0 - level) / 2.0, (1.0 + level) / 2.0):
        # Sums of chances end a hair off 1.
        place = (chances < wanted - 1e-12).sum(axis=1)
        ends.append(values[order][np.minimum(place, len(order) - 1)])
    return ends[0], ends[1]
