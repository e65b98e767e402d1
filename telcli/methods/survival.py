"""How long customers stay: the discrete-time life table, with late entry, thin cells and a tail.

Tenure is counted in whole months, 0 the month of joining. A cell is one tenure; `at_risk` counts the
customer-months seen there, `left` those that ended in leaving. A customer first seen at tenure 30 enters at 30
(left truncation): earlier months were not watched, so they count neither for nor against anybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

__all__ = ["LifeTable", "conditional_survival", "entry_cells", "life_table", "pools_of", "raw_hazard", "tail_start"]

Array = NDArray[np.float64]
TAIL_SHARE = 0.10
"""The tail is read off the longest tenures that together hold this share of all customer-months."""


@dataclass(frozen=True)
class LifeTable:
    """Hazard and survival by tenure.

    Parameters
    ----------
    at_risk, left : customer-months seen, and leavings, at tenure 0, 1, ...
    hazard : chance of leaving in that month, 0..1, thin cells pooled.
    survival : share of joiners still here after that month, 0..1, never rising.
    tail_hazard : monthly chance of leaving beyond the last tenure, 0..1.
    reliable : last tenure with enough customer-months of its own; -1 when no cell has.
    pools : the pool of each tenure, 0, 1, ..., never falling.
    """

    at_risk: Array
    left: Array
    hazard: Array
    survival: Array
    tail_hazard: float
    reliable: int
    pools: NDArray[np.int64]

    def interval(self, level: float = 0.95) -> tuple[Array, Array]:
        """Between what the survival of all such customers lies with the chance `level`, by tenure; 0..1.

        Greenwood's variance of ln S, sum over pools of m^2 h / ((1 - h) n), m the tenures of the pool so far, on the
        scale of ln(-ln S), so that both ends stay within 0 and 1. Until somebody leaves the low end is the exact one of
        as many customers as the fewest seen in a month so far, ((1 - level) / 2)^(1 / n), and the high end 1. Both are
        0 where nobody stayed.

        Source: Greenwood (1926); Kalbfleisch and Prentice (1980), section 1.3; Clopper and Pearson (1934).

        >>> low, high = life_table([100, 90, 80], [10, 10, 8]).interval()
        >>> low.round(3).tolist(), high.round(3).tolist()
        ([0.822, 0.707, 0.621], [0.945, 0.866, 0.797])
        """
        held, lost = np.bincount(self.pools, self.at_risk), np.bincount(self.pools, self.left)
        hazard = raw_hazard(held, lost)
        room = held * (1.0 - hazard)
        each = np.divide(hazard, room, out=np.zeros_like(hazard), where=room > 0)
        place = np.arange(1, len(self.pools) + 1) - np.searchsorted(self.pools, self.pools)
        done = np.cumsum(each * np.bincount(self.pools) ** 2)
        before = np.concatenate([[0.0], done])[self.pools]
        error = np.sqrt(before + each[self.pools] * place**2)
        inner = (self.survival > 0) & (self.survival < 1)
        logs = np.log(np.where(inner, self.survival, 0.5))
        reach = ndtri((1.0 + level) / 2.0) * error / -logs
        ends = [np.where(inner, np.exp(logs * np.exp(side * reach)), self.survival) for side in (1.0, -1.0)]
        fewest = np.minimum.accumulate(held / np.bincount(self.pools))[self.pools]
        exact = ((1.0 - level) / 2.0) ** (1.0 / np.maximum(fewest, 1.0))
        return np.where(self.survival == 1, exact, ends[0]), ends[1]


def raw_hazard(at_risk: ArrayLike, left: ArrayLike) -> Array:
    """Leavings over customer-months at risk, cell by cell: h_t = d_t / n_t, 0..1; 0 where nobody was at risk.

    Source: the actuarial life table; Kaplan and Meier (1958) for discrete months.

    >>> raw_hazard([1000, 980, 955], [20, 25, 25]).round(5).tolist()
    [0.02, 0.02551, 0.02618]
    """
    risk, gone = _cells(at_risk, left)
    return np.divide(gone, risk, out=np.zeros_like(risk), where=risk > 0)


def life_table(at_risk: ArrayLike, left: ArrayLike, least: float = 0.0) -> LifeTable:
    """Hazard and survival by tenure: S_t = product over j <= t of (1 - h_j).

    Neighbouring tenures are pooled, from the shortest on, until each pool holds `least` customer-months; a last
    pool that does not joins the one before. Cells that hold enough keep their own d/n; no shape is forced. The
    tail hazard is d/n over the longest tenures that together hold a tenth of all customer-months and `least`.

    Parameters
    ----------
    at_risk, left : arrays of shape (tenures,)
        One value per tenure from 0, 0 <= left <= at_risk.
    least : float
        Customer-months a pool must hold; 0 pools only tenures nobody was seen at.

    Raises
    ------
    ValueError
        The cells are empty, uneven, negative, or more left than were at risk.

    Examples
    --------
    >>> life_table([1000, 980, 955], [20, 25, 25]).survival.round(3).tolist()
    [0.98, 0.955, 0.93]
    """
    risk, gone = _cells(at_risk, left)
    pools = pools_of(risk, least)
    hazard = raw_hazard(np.bincount(pools, risk), np.bincount(pools, gone))[pools]
    enough = np.flatnonzero(risk >= max(least, 1.0))
    start = tail_start(risk, least)
    tail = float(raw_hazard([risk[start:].sum()], [gone[start:].sum()])[0])
    survival: Array = np.cumprod(1.0 - hazard, dtype=np.float64)
    return LifeTable(risk, gone, hazard, survival, tail, int(enough[-1]) if enough.size else -1, pools)


def entry_cells(tenure: ArrayLike, left: ArrayLike, watched: int = 0) -> tuple[Array, Array]:
    """Cells from a table with one row per customer: tenure now or at leaving, and whether the customer left.

    Parameters
    ----------
    tenure : array of shape (customers,)
        Whole months, >= 0.
    left : array of shape (customers,)
        Whether the customer left, at that tenure.
    watched : int
        Months each customer was watched for, up to `tenure`: with w months each one enters at
        max(0, tenure - w + 1). 0 means from joining on, which is the Kaplan-Meier estimate.

    Examples
    --------
    >>> at_risk, gone = entry_cells([0, 1, 2, 2], [False, True, False, True])
    >>> at_risk.tolist(), gone.tolist()
    ([4.0, 3.0, 2.0], [0.0, 1.0, 1.0])
    """
    last = np.asarray(tenure, dtype=np.int64)
    gone = np.asarray(left, dtype=bool)
    if last.size == 0 or last.shape != gone.shape or last.min() < 0:
        raise ValueError("tenure and left must be of one length, not empty, tenure not negative")
    first = np.zeros_like(last) if watched <= 0 else np.maximum(last - watched + 1, 0)
    size = int(last.max()) + 1
    steps = np.bincount(first, minlength=size + 1) - np.bincount(last + 1, minlength=size + 1)
    return np.cumsum(steps)[:size].astype(float), np.bincount(last[gone], minlength=size).astype(float)


def conditional_survival(table: LifeTable, tenure: ArrayLike, horizon: int) -> Array:
    """Chance that a customer who is here at `tenure` is still here t months later, t = 1..horizon.

    S(t | k) = S(k + t) / S(k) = product over j = 1..t of (1 - h_{k+j}); the tail hazard beyond the table.

    Returns an array of shape (len(tenure), horizon), 0..1, never rising along a row.

    >>> conditional_survival(life_table([1000, 980, 955], [20, 25, 25]), [0], 2).round(4).tolist()
    [[0.9745, 0.949]]
    """
    start = np.atleast_1d(np.asarray(tenure, dtype=np.int64))
    steps = start[:, None] + np.arange(1, horizon + 1)
    size = len(table.hazard)
    hazard = np.where(steps < size, table.hazard[np.minimum(steps, size - 1)], table.tail_hazard)
    here: Array = np.cumprod(1.0 - hazard, axis=1, dtype=np.float64)
    return here


def tail_start(risk: Array, least: float) -> int:
    """The first of the longest tenures that together hold a tenth of all customer-months, and `least` of them.

    >>> tail_start(np.array([500.0, 400.0, 60.0, 40.0]), 0.0)
    2
    """
    from_end = np.cumsum(risk[::-1])
    wanted = min(max(TAIL_SHARE * from_end[-1], least), from_end[-1])
    return len(risk) - 1 - int(np.searchsorted(from_end, wanted))


def _cells(at_risk: ArrayLike, left: ArrayLike) -> tuple[Array, Array]:
    risk, gone = np.asarray(at_risk, dtype=float), np.asarray(left, dtype=float)
    if risk.ndim != 1 or risk.shape != gone.shape or risk.size == 0:
        raise ValueError("at_risk and left must be of one length and not empty")
    if not (np.isfinite(risk).all() and np.isfinite(gone).all() and (gone >= 0).all() and (gone <= risk).all()):
        raise ValueError("each cell needs 0 <= left <= at_risk")
    return risk, gone


def pools_of(risk: Sequence[float] | Array, least: float) -> NDArray[np.int64]:
    """The pool number of each tenure: consecutive, each holding at least `least` customer-months, and never nobody.

    >>> pools_of([100.0, 30.0, 80.0, 10.0], 100).tolist()
    [0, 1, 1, 1]
    """
    pools = np.zeros(len(risk), dtype=np.int64)
    number, held, floor = 0, 0.0, max(least, 1.0)
    for place, there in enumerate(risk):
        pools[place] = number
        held += there
        if held >= floor:
            number, held = number + 1, 0.0
    if held < floor and number > 0:
        pools[pools == number] = number - 1
    return pools
