"""How long customers may still be expected to stay, kind by kind: few rows, whatever the customers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from telcli.methods.survival import LifeTable, conditional_survival

__all__ = ["Outlook", "by_tenure", "log_likelihood"]

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
LEAST = 1e-12


@dataclass(frozen=True)
class Outlook:
    """Chances of still being here, by kind of customer, and which kind each customer is.

    Parameters
    ----------
    survival : array of shape (kinds, months)
        Chance of being here t = 1, 2, ... months from now, 0..1, never rising along a row.
    tail : array of shape (kinds,)
        Monthly chance of leaving after the last of these months, 0..1.
    kind : array of shape (customers,)
        Row of each customer.
    """

    survival: Array
    tail: Array
    kind: Whole

    def of(self, rows: NDArray[np.bool_]) -> Outlook:
        """Some of the customers."""
        return Outlook(self.survival, self.tail, self.kind[rows])

    def hazard(self) -> Array:
        """Chance of leaving in month t of those here at its start, kinds x months; 0 where nobody is."""
        before = np.column_stack([np.ones(len(self.survival)), self.survival[:, :-1]])
        return 1.0 - np.divide(self.survival, before, out=np.ones_like(before), where=before > 0)


def by_tenure(table: LifeTable, months: int) -> Outlook:
    """What a life table tells of customers of tenure 0, 1, ... up to its last: a customer for each.

    >>> from telcli.methods.survival import life_table
    >>> by_tenure(life_table([1000, 980, 955], [20, 25, 25]), 2).survival[0].round(4).tolist()
    [0.9745, 0.949]
    """
    tenures = np.arange(len(table.hazard))
    tail = np.full(len(tenures), table.tail_hazard)
    return Outlook(conditional_survival(table, tenures, months), tail, tenures)


def log_likelihood(outlook: Outlook, left_in: ArrayLike, watched: ArrayLike) -> Array:
    """How likely what came was, by what had been expected: the logarithm, one per customer, <= 0.

    ln(S(t - 1) - S(t)) of who left in month t, ln S(c) of who was watched for c months and stayed. The larger the
    better; in the mean over customers it is best where the chances are right (a proper score).

    Parameters
    ----------
    outlook : Outlook
        What had been expected.
    left_in : array of shape (customers,)
        The month of leaving, 1, 2, ...; 0 of who was not seen to leave.
    watched : array of shape (customers,)
        Months each was watched for, 0, 1, ... up to those of the outlook; looked at where nobody left.

    >>> from telcli.methods.survival import life_table
    >>> told = by_tenure(life_table([100, 100], [10, 10]), 2)
    >>> np.exp(log_likelihood(told, [2, 0], [2, 2])).round(4).tolist()
    [0.09, 0.81]
    """
    gone, seen = np.asarray(left_in, dtype=np.int64), np.asarray(watched, dtype=np.int64)
    here = np.column_stack([np.ones(len(outlook.survival)), outlook.survival])
    at = np.where(gone > 0, gone, seen)
    after = here[outlook.kind, at]
    found: Array = np.log(
        np.maximum(np.where(gone > 0, here[outlook.kind, np.maximum(at - 1, 0)] - after, after), LEAST)
    )
    return found
