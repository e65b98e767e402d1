"""Months still to be expected of each customer, from life tables by group of customers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from telcli.methods.outlook import Outlook, by_tenure
from telcli.methods.sbg import fit_sbg
from telcli.methods.survival import LifeTable, life_table

__all__ = ["LEAVERS_NEEDED", "Staying", "fit_staying", "table_of"]

Array = NDArray[np.float64]
LEAVERS_NEEDED = 50
"""A group gets a curve of its own, and a band of months its own effects, when this many customers left in it; fewer
leave the hazard off by a seventh or more (the relative error of a count n is about 1 / sqrt(n))."""


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

    def outlook(self, tenure: ArrayLike, group: ArrayLike, months: int, fading: float | None = None) -> Outlook:
        """How long each customer may still stay.

        Parameters
        ----------
        tenure : array of shape (customers,)
            Whole months; negative where not known.
        group : array of shape (customers,)
            Group codes; those without a curve of their own take the overall one.
        months : int
            How many months to look ahead.
        fading : float or None
            Discount per month, > 0, for a tail that is ever less likely to leave (`sbg`); None for that of the table.
        """
        held, member = np.asarray(tenure, dtype=np.int64), np.asarray(group)
        tables = [self.constant, self.overall, *self.groups.values()]
        parts = [by_tenure(table, months) for table in tables]
        if fading is not None:
            parts[1:] = [_fading(table, part, fading) for table, part in zip(tables[1:], parts[1:], strict=True)]
        starts = np.cumsum([0, *(len(part.tail) for part in parts)])
        kind = starts[1] + np.clip(held, 0, len(parts[1].tail) - 1)
        for place, code in enumerate(self.groups, start=2):
            kind = np.where(member == code, starts[place] + np.clip(held, 0, len(parts[place].tail) - 1), kind)
        return Outlook(
            np.concatenate([part.survival for part in parts]),
            np.concatenate([part.tail for part in parts]),
            np.where(held < 0, 0, kind),
        )


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
    >>> told = staying.outlook([0, 1, -1], [0, 0, 0], 1)
    >>> told.survival[told.kind, 0].round(4).tolist()
    [0.9745, 0.9738, 0.9761]
    """
    code, when = np.asarray(group, dtype=np.int64), np.asarray(tenure, dtype=np.int64)
    risk, gone = np.asarray(at_risk, dtype=float), np.asarray(left, dtype=float)
    constant = life_table([risk.sum()], [gone.sum()])
    known = when >= 0
    if not known.any():
        return Staying(constant, {}, constant)
    overall = table_of(when[known], risk[known], gone[known], least)
    groups: dict[int, LifeTable] = {}
    for one in np.unique(code[known & (code >= 0)]):
        mine = known & (code == one)
        if gone[mine].sum() >= LEAVERS_NEEDED:
            groups[int(one)] = table_of(when[mine], risk[mine], gone[mine], least)
    return Staying(overall, groups if len(groups) > 1 else {}, constant)


def _fading(table: LifeTable, told: Outlook, discount: float) -> Outlook:
    """The same with the tail of the shifted beta-geometric model of that table, where some left and some stayed."""
    if not 0 < table.left.sum() < table.at_risk.sum():
        return told
    # Tenure k is the (k + 1)st period.
    done = told.kind + 1 + told.survival.shape[1]
    return replace(told, tail=fit_sbg(table.at_risk, table.left).even_hazard(discount, done))


def table_of(tenure: NDArray[np.int64], at_risk: Array, left: Array, least: float) -> LifeTable:
    """The life table of cells told by tenure, in any order; as in `fit_staying`, every tenure being known.

    >>> table_of(np.array([1, 0]), np.array([98.0, 100.0]), np.array([49.0, 2.0]), 1.0).survival.tolist()
    [0.98, 0.49]
    """
    return life_table(np.bincount(tenure, at_risk), np.bincount(tenure, left), least)
