"""Judgements of several experts made one, how far they agree, and weights from a hierarchy down to its leaves.

Sources: Aczél and Saaty (1983), J. Math. Psychology 27, the geometric mean, the only one that keeps judgements
reciprocal; Kendall and Babington Smith (1939), Ann. Math. Statist. 10, coefficient of concordance.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import permutations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata

__all__ = ["combined", "concordance_chance", "down", "kendall_w", "moved"]

Array = NDArray[np.float64]
_ITEMS, _EXPERTS = 5, 8


def combined(experts: Sequence[ArrayLike]) -> Array:
    """One matrix of several: the geometric mean of each judgement over those who made it; NaN where nobody did.

    Parameters
    ----------
    experts : matrices of shape (n, n)
        Positive and reciprocal, NaN where not made; at least one.

    >>> combined([[[1, 4], [1 / 4, 1]], [[1, 9], [1 / 9, 1]]]).round(6).tolist()
    [[1.0, 6.0], [0.166667, 1.0]]
    """
    logs = np.log(np.asarray(experts, dtype=np.float64))
    made = ~np.isnan(logs)
    count = made.sum(axis=0)
    total = np.where(made, logs, 0.0).sum(axis=0)
    mean = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
    # What is exact for one expert stays exact.
    whole: Array = np.asarray(experts[0], dtype=np.float64) if len(logs) == 1 else np.exp(mean)
    return whole


def kendall_w(weights: ArrayLike) -> float:
    """How far experts put items in one order: 1 the same order, 0 no more than chance; with ties.

    W = 12 sum_i (R_i - mean R)^2 / (m^2 (n^3 - n) - m sum T), T = t^3 - t for each tie of t items of an expert.

    Parameters
    ----------
    weights : array of shape (experts, items)
        At least 2 of each.

    Raises
    ------
    ValueError
        Fewer than two experts or items, or no expert tells any items apart.

    >>> kendall_w([[0.5, 0.3, 0.2], [0.6, 0.3, 0.1]]), kendall_w([[0.5, 0.3, 0.2], [0.1, 0.3, 0.6]])
    (1.0, 0.0)
    """
    told = np.asarray(weights, dtype=np.float64)
    if told.ndim != 2 or min(told.shape) < 2:
        raise ValueError("concordance takes two experts and two items at least")
    experts, items = told.shape
    # Equal weights come from eigenvectors: equal to the last digits, not exactly.
    ranks = rankdata(told.round(9), axis=1)
    ties = sum(float((size**3 - size).sum()) for size in (np.unique(row, return_counts=True)[1] for row in ranks))
    spread = experts**2 * (items**3 - items) - experts * ties
    if spread <= 0:
        raise ValueError("no expert tells any items apart")
    sums = ranks.sum(axis=0)
    return float(12.0 * ((sums - sums.mean()) ** 2).sum() / spread)


def concordance_chance(weights: ArrayLike) -> float:
    """The chance (0..1) of a W as large or larger, were each expert's order drawn blindly; 1 where no W is told.

    Exact, by all orders of all experts, up to 5 items and 8 experts; else m (n - 1) W is taken as chi-square of n - 1
    degrees of freedom.

    Parameters
    ----------
    weights : array of shape (experts, items)
        As for `kendall_w`.

    Source: Kendall and Babington Smith (1939), Ann. Math. Statist. 10, 275-287.

    >>> round(concordance_chance([[0.5, 0.3, 0.2], [0.6, 0.3, 0.1]]), 4)  # one order of six
    0.1667
    >>> round(concordance_chance([[0.5, 0.3, 0.2], [0.1, 0.3, 0.6]]), 4)
    1.0
    """
    from scipy.special import chdtrc  # scipy.stats takes far longer to load

    told = np.asarray(weights, dtype=np.float64)
    try:
        found = kendall_w(told)
    except ValueError:
        return 1.0
    experts, items = told.shape
    if items > _ITEMS or experts > _EXPERTS:
        return float(chdtrc(items - 1, experts * (items - 1) * found))
    ranks = rankdata(told.round(9), axis=1)
    middle = ranks.sum() / items
    sums: dict[tuple[float, ...], float] = {tuple(sorted(ranks[0])): 1.0}
    for row in ranks[1:]:
        orders = np.array(list(permutations(row.tolist())))
        after: dict[tuple[float, ...], float] = defaultdict(float)
        for held, chance in sums.items():  # sums in any order spread the same
            for total in map(tuple, np.sort(orders + np.array(held), axis=1).tolist()):
                after[total] += chance / len(orders)
        sums = after
    spread = float(((ranks.sum(axis=0) - middle) ** 2).sum())
    far = sum(chance for total, chance in sums.items() if sum((one - middle) ** 2 for one in total) >= spread - 1e-9)
    return min(far, 1.0)


def down(children: Mapping[str, Sequence[str]], local: Mapping[str, ArrayLike], top: str) -> dict[str, float]:
    """Weights of all that stands below `top`: each one's own weight times that of what it belongs to.

    Parameters
    ----------
    children
        What belongs to each item, in order; an item without an entry is a leaf.
    local
        Weights among the children of each item, adding up to 1, in that order.
    top
        The goal, of weight 1.

    Returns
    -------
    Weight by item, leaves and what is between, in walk order. Those of the leaves add up to 1.

    >>> down({"goal": ["a", "b"], "b": ["c", "d"]}, {"goal": [0.6, 0.4], "b": [0.5, 0.5]}, "goal")
    {'a': 0.6, 'b': 0.4, 'c': 0.2, 'd': 0.2}
    """
    found: dict[str, float] = {}

    def walk(item: str, weight: float) -> None:
        for child, share in zip(children.get(item, ()), np.asarray(local.get(item, ())).tolist(), strict=True):
            found[child] = weight * share
            walk(child, found[child])

    walk(top, 1.0)
    return found


def moved(weights: ArrayLike, place: int, factor: float) -> Array:
    """Weights with one of them times `factor`, the others keeping their proportions, all adding up to 1 again.

    A factor that would take it above 1 takes it to 1.

    >>> moved([0.5, 0.25, 0.25], 0, 1.2).round(3).tolist()
    [0.6, 0.2, 0.2]
    """
    start = np.asarray(weights, dtype=np.float64)
    wanted = min(float(start[place]) * factor, 1.0)
    rest = 1.0 - float(start[place])
    found: Array = start * ((1.0 - wanted) / rest if rest > 0 else 0.0)
    found[place] = wanted if rest > 0 else 1.0
    return found
