"""A score 0..100 from indicators: each made comparable by a scale that stays, weighted down a tree, cut into tiers.

A scale and the bounds of tiers are made once, from the customers of one month, and applied as they are to later
months, so that a score changes only where the customer does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from telcli.methods.ahp_group import down, moved
from telcli.methods.lifetime_value import percentile_rank, tier_places

__all__ = ["Scale", "Tree", "bounds_of", "places_of", "range_scale", "rank_scale", "scaled", "shifted"]

Array = NDArray[np.float64]
KNOTS = 101
MIDDLE = 50.0
"""The score of somebody of whom nothing is known."""
POINTS = 4
"""Decimals of a score: the same on every machine."""


@dataclass(frozen=True)
class Scale:
    """Points (value, score) with straight lines between them and level ends; both ascending, scores 0..100."""

    values: Array
    scores: Array


@dataclass(frozen=True)
class Tree:
    """What belongs to what, and the weights of each node's items, adding up to 1, in their order."""

    children: Mapping[str, Sequence[str]]
    local: Mapping[str, Array]
    top: str

    @property
    def leaves(self) -> list[str]:
        """Items without items, in walk order."""
        return [item for item in self.weights if item not in self.children]

    @property
    def weights(self) -> dict[str, float]:
        """Weight of every item below the top; those of the leaves add up to 1."""
        return down(self.children, self.local, self.top)

    def filled(self, scores: Mapping[str, ArrayLike]) -> dict[str, Array]:
        """Scores of every item, the top and the leaves included, without gaps.

        A node scores the weighted mean of those of its items that are known. A gap takes what the nearest node above
        that is known scores; where nothing is known at all it is 50. So the top is the sum of weight x leaf, exactly.

        Parameters
        ----------
        scores
            By leaf: an array of one value per customer, 0..100, NaN where not known.

        >>> tree = Tree({"goal": ["a", "b"]}, {"goal": np.array([0.75, 0.25])}, "goal")
        >>> found = tree.filled({"a": [80.0, np.nan], "b": [40.0, 40.0]})
        >>> found["goal"].tolist(), found["a"].tolist()
        ([70.0, 40.0], [80.0, 40.0])
        """
        found = {leaf: np.asarray(scores[leaf], dtype=np.float64) for leaf in self.leaves}
        self._raise(self.top, found)
        found[self.top] = np.where(np.isnan(found[self.top]), MIDDLE, found[self.top])
        self._lower(self.top, found)
        return found

    def total(self, scores: Mapping[str, ArrayLike]) -> Array:
        """The score of the top, rounded to 4 decimals."""
        return np.clip(self.filled(scores)[self.top], 0.0, 100.0).round(POINTS)

    def _raise(self, node: str, found: dict[str, Array]) -> None:
        for item in self.children[node]:
            if item in self.children:
                self._raise(item, found)
        held = np.stack([found[item] for item in self.children[node]])
        shares = np.where(np.isnan(held), 0.0, self.local[node][:, None])
        known = shares.sum(axis=0)
        summed = (np.nan_to_num(held) * shares).sum(axis=0)
        found[node] = np.divide(summed, known, out=np.full(held.shape[1], np.nan), where=known > 0)

    def _lower(self, node: str, found: dict[str, Array]) -> None:
        for item in self.children[node]:
            found[item] = np.where(np.isnan(found[item]), found[node], found[item])
            if item in self.children:
                self._lower(item, found)


def rank_scale(values: ArrayLike) -> Scale | None:
    """The percentile rank of each value, at 101 quantiles of those known and in straight lines between.

    Ties share the mean rank, so that a value half of all have scores in the middle of that half. None where the known
    values do not differ.

    >>> scale = rank_scale([0.0, 0.0, 10.0, 30.0])
    >>> scale.values.tolist(), scale.scores.tolist()
    ([0.0, 10.0, 30.0], [25.0, 62.5, 87.5])
    """
    known = np.sort(_known(values))
    if not known.size or known[0] == known[-1]:
        return None
    at = np.unique(known[np.round(np.linspace(0, known.size - 1, KNOTS)).astype(np.int64)])
    below, upto = np.searchsorted(known, at, "left"), np.searchsorted(known, at, "right")
    return Scale(at, (50.0 * (below + upto) / known.size).round(POINTS))


def range_scale(values: ArrayLike) -> Scale | None:
    """0 at the 1st percentile of the known values, 100 at the 99th; None where these are equal.

    >>> range_scale([0.0, 50.0, 100.0]).values.tolist()
    [1.0, 99.0]
    """
    known = _known(values)
    if not known.size:
        return None
    low, high = np.percentile(known, [1.0, 99.0])
    return Scale(np.array([low, high]), np.array([0.0, 100.0])) if low < high else None


def scaled(values: ArrayLike, scale: Scale, *, more: bool) -> Array:
    """Scores 0..100 by a scale, rounded to 4 decimals; 100 less them where `more` is not better. NaN stays.

    >>> scaled([5.0, 99.0], Scale(np.array([0.0, 10.0]), np.array([0.0, 100.0])), more=False).tolist()
    [50.0, 0.0]
    """
    found = np.asarray(values, dtype=np.float64)
    scores = np.where(np.isnan(found), np.nan, np.interp(found, scale.values, scale.scores))
    return (scores if more else 100.0 - scores).round(POINTS)


def bounds_of(scores: ArrayLike, shares: Sequence[float]) -> list[float | None]:
    """The least score of each tier, the best first, so that about `shares` of these customers are in them.

    Equal scores share a tier. None where a tier would have nobody.

    >>> bounds_of([10.0, 20.0, 30.0, 40.0], [0.25, 0.5]), bounds_of([7.0, 7.0], [0.25, 0.25])
    ([40.0, 20.0], [None, 7.0])
    """
    found = np.asarray(scores, dtype=np.float64)
    places = tier_places(percentile_rank(found), shares)
    held = [found[places <= place] for place in range(len(shares))]
    return [float(some.min()) if some.size else None for some in held]


def places_of(scores: ArrayLike, bounds: Sequence[float | None]) -> NDArray[np.int64]:
    """Which tier each score is in: 0 the best, len(bounds) below all bounds.

    >>> places_of([50.0, 20.0, 5.0], [40.0, 20.0]).tolist()
    [0, 1, 2]
    """
    floors = np.array([np.inf if bound is None else bound for bound in bounds])
    below: NDArray[np.int64] = (np.asarray(scores, dtype=np.float64)[:, None] < floors).sum(axis=1)
    return below


def shifted(tree: Tree, item: str, factor: float) -> Tree:
    """The tree with the weight of one item among its neighbours times `factor`, these keeping their proportions.

    >>> tree = Tree({"goal": ["a", "b"]}, {"goal": np.array([0.5, 0.5])}, "goal")
    >>> shifted(tree, "a", 1.2).local["goal"].tolist()
    [0.6, 0.4]
    """
    node = next(node for node, below in tree.children.items() if item in below)
    place = list(tree.children[node]).index(item)
    return Tree(tree.children, {**tree.local, node: moved(tree.local[node], place, factor)}, tree.top)


def _known(values: ArrayLike) -> Array:
    found = np.asarray(values, dtype=np.float64)
    known: Array = found[np.isfinite(found)]
    return known
