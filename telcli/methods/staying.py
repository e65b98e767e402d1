"""Months still to be expected of each customer, from life tables by group of customers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from telcli.methods.annuity import Terms, discounted_months, growing_months, months_range
from telcli.methods.survival import LifeTable, life_table

__all__ = ["Staying", "fit_staying"]

Array = NDArray[np.float64]
LEAVERS_NEEDED = 50
"""A group gets a curve of its own when this many of its customers left; fewer leave the hazard off by a seventh or
more (the relative error of a count n is about 1 / sqrt(n))."""


@dataclass(frozen=True)
class Staying:
    """Life tables fitted to customer-months.

    Parameters
    ----------
    overall : of all customers whose tenure is known.
    groups : of those groups that have leavers enough, by group code.
    constant : one cell, all customer-months pooled: for customers whose tenure is not known.
    """

    overall: LifeTable
    groups: Mapping[int, LifeTable]
    constant: LifeTable

    def months_ahead(self, tenure: ArrayLike, group: ArrayLike, terms: Terms) -> Array:
        """Discounted months still to be expected of each customer.

        Parameters
        ----------
        tenure : array of shape (customers,)
            Whole months; negative where not known.
        group : array of shape (customers,)
            Group codes; those without a curve of their own take the overall one.
        terms : Terms
            Which months count, and for how much.
        """
        return self._looked_up(tenure, group, lambda table: discounted_months(table, terms))

    def growing_months(self, tenure: ArrayLike, group: ArrayLike, terms: Terms) -> Array:
        """Discounted months of each customer, the t-th counted t times; see `annuity`."""
        return self._looked_up(tenure, group, lambda table: growing_months(table, terms))

    def months_range(
        self, tenure: ArrayLike, group: ArrayLike, terms: Terms, level: float, noise: ArrayLike = (1.0,)
    ) -> tuple[Array, Array]:
        """Between what each customer's discounted months will lie with a chance of `level`; see `annuity`."""
        low, high = self._looked_up(tenure, group, lambda table: np.stack(months_range(table, terms, level, noise)))
        return low, high

    def _looked_up(self, tenure: ArrayLike, group: ArrayLike, by_tenure: Callable[[LifeTable], Array]) -> Array:
        """What a table tells by tenure (the last axis), for each customer from the table that serves."""
        held, member = np.asarray(tenure, dtype=np.int64), np.asarray(group)
        found = _at(by_tenure(self.overall), held)
        for code, table in self.groups.items():
            found = np.where(member == code, _at(by_tenure(table), held), found)
        return np.where(held < 0, by_tenure(self.constant)[..., :1], found)


def fit_staying(group: ArrayLike, tenure: ArrayLike, at_risk: ArrayLike, left: ArrayLike, least: float) -> Staying:
    """Fit an overall life table and one for each group with leavers enough, if two or more have.

    Parameters
    ----------
    group, tenure, at_risk, left : arrays of shape (cells,)
        Group code (negative: none), tenure in whole months (negative: not known), and counts, in any order.
    least : float
        Customer-months a pool of tenures must hold.

    Examples
    --------
    >>> staying = fit_staying([0, 0, 0], [0, 1, 2], [1000, 980, 955], [20, 25, 25], least=1)
    >>> staying.months_ahead([0, 1, -1], [0, 0, 0], Terms(1)).round(4).tolist()
    [0.9745, 0.9738, 0.9761]
    """
    code, when = np.asarray(group, dtype=np.int64), np.asarray(tenure, dtype=np.int64)
    risk, gone = np.asarray(at_risk, dtype=float), np.asarray(left, dtype=float)
    constant = life_table([risk.sum()], [gone.sum()])
    known = when >= 0
    if not known.any():
        return Staying(constant, {}, constant)
    overall = _table(when[known], risk[known], gone[known], least)
    groups: dict[int, LifeTable] = {}
    for one in np.unique(code[known & (code >= 0)]):
        mine = known & (code == one)
        if gone[mine].sum() >= LEAVERS_NEEDED:
            groups[int(one)] = _table(when[mine], risk[mine], gone[mine], least)
    return Staying(overall, groups if len(groups) > 1 else {}, constant)


def _table(tenure: NDArray[np.int64], at_risk: Array, left: Array, least: float) -> LifeTable:
    return life_table(np.bincount(tenure, at_risk), np.bincount(tenure, left), least)


def _at(by_tenure: Array, tenure: NDArray[np.int64]) -> Array:
    found: Array = by_tenure[..., np.clip(tenure, 0, by_tenure.shape[-1] - 1)]
    return found
