"""How sure the ranking of drivers is: their shares resampled, and whether an order that somebody claims holds.

Customers are drawn again with replacement (a bootstrap). Where there are many they are dealt into 1,000 lots by chance
and lots are drawn, so that the work depends on columns and not on customers. A resample explains by chance once more
what the sample explained by chance, so resampled shares are moved to have the mean of the share found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from telcli.methods.relative_importance import correlations_of, importances

__all__ = ["Claim", "Ranking", "claimed", "rank_drivers"]

Floats = NDArray[np.float64]
_LOTS, _TAIL = 1_000, 0.025
_SURE_MODEL = 0.01
"""Chance of explaining as much by luck, below which the ranking is looked at."""


@dataclass(frozen=True)
class Ranking:
    """Groups of columns by what they explain.

    Parameters
    ----------
    share : of what all explain, by group, 0..1 and about 1 in all; NaN where nothing is explained beyond chance.
    low, high : of its 95% interval.
    direction : 1 where more goes with more, -1 where with less, 0 where that is not sure, by column.
    first : share of resamples in which the group explains most.
    rank_low, rank_high : between which its rank lies in 95% of resamples, 1 the most.
    explained, explained_low, explained_high : adjusted R squared of all together, 0..1.
    p : chance of as much by luck, were no driver to matter.
    customers : how many, and `effective` how many equal weights they are worth.
    draws : resamples x groups: the shares that intervals come of.
    """

    share: Floats
    low: Floats
    high: Floats
    direction: NDArray[np.int64]
    first: Floats
    rank_low: NDArray[np.int64]
    rank_high: NDArray[np.int64]
    explained: float
    explained_low: float
    explained_high: float
    p: float
    customers: int
    effective: float
    draws: Floats

    @property
    def tells(self) -> bool:
        """Whether drivers explain something beyond chance."""
        return self.p < _SURE_MODEL and bool(np.isfinite(self.share).all())


@dataclass(frozen=True)
class Claim:
    """What the data say of an order that somebody claims.

    Parameters
    ----------
    verdict : ``"holds"``, ``"contradicted"`` or ``"cannot tell"``.
    gaps, low, high : share of each less that of the next, and the interval of each; together they are 95% sure.
    """

    verdict: str
    gaps: Floats
    low: Floats
    high: Floats


def rank_drivers(
    X: ArrayLike,
    y: ArrayLike,
    groups: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    *,
    rounds: int = 400,
    seed: int = 0,
) -> Ranking:
    """Rank groups of columns by what they explain of `y`: customers x columns, without gaps.

    Rows are to come in an order that does not depend on how they were stored. One row is one customer.

    >>> rng = np.random.default_rng(3)
    >>> X = rng.normal(size=(500, 3))
    >>> found = rank_drivers(X, 2 * X[:, 0] - X[:, 1] + rng.normal(size=500))
    >>> found.share.round(1).tolist(), found.direction[:2].tolist(), found.tells
    ([0.8, 0.2, 0.0], [1, -1], True)
    """
    together = np.column_stack([np.asarray(X, dtype=np.float64), np.asarray(y, dtype=np.float64)])
    kept = np.ones(len(together)) if weights is None else np.asarray(weights, dtype=np.float64)
    columns = together.shape[1] - 1
    member = np.arange(columns) if groups is None else np.asarray(groups, dtype=np.intp)
    effective = float(kept.sum() ** 2 / np.square(kept).sum())
    correlations = correlations_of(_resampled(together, kept, rounds, seed))
    parts = importances(correlations, member, effective)
    totals = parts.sum(axis=1)
    share = parts[0] / totals[0] if totals[0] > 0 else np.full(parts.shape[1], np.nan)
    draws = parts[1:] - parts[1:].mean(axis=0) + parts[0]
    draws = draws / np.maximum(draws.sum(axis=1), max(0.1 * totals[0], 1e-12))[:, None]
    low, high = np.quantile(draws, [_TAIL, 1 - _TAIL], axis=0)
    ranks = np.argsort(np.argsort(-draws, axis=1, kind="stable"), axis=1, kind="stable") + 1
    ends = np.quantile(ranks, [_TAIL, 1 - _TAIL], axis=0, method="nearest").astype(np.int64)
    spread = np.quantile(totals[1:] - totals[1:].mean() + totals[0], [_TAIL, 1 - _TAIL])
    return Ranking(
        share=np.clip(share, 0.0, 1.0),
        low=np.clip(np.minimum(low, share), 0.0, 1.0),
        high=np.clip(np.maximum(high, share), 0.0, 1.0),
        direction=_directions(correlations[1:, :-1, -1]),
        first=(ranks == 1).mean(axis=0),
        rank_low=ends[0],
        rank_high=ends[1],
        explained=float(np.clip(totals[0], 0.0, 1.0)),
        explained_low=float(np.clip(spread[0], 0.0, 1.0)),
        explained_high=float(np.clip(spread[1], 0.0, 1.0)),
        p=_by_luck(float(totals[0]), effective, int((np.diagonal(correlations[0])[:-1] > 0).sum())),
        customers=len(together),
        effective=effective,
        draws=draws,
    )


def claimed(ranking: Ranking, order: Sequence[int]) -> Claim:
    """Whether groups explain in the order claimed, the most first.

    It holds where each explains more than the next beyond chance, all comparisons together; it is contradicted where
    one explains less beyond chance; else nobody can tell from these customers.

    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(1000, 3))
    >>> y = X @ [3, 2, 1] + rng.normal(size=1000)
    >>> ranking = rank_drivers(X, y)
    >>> claimed(ranking, [0, 1, 2]).verdict, claimed(ranking, [0, 2, 1]).verdict
    ('holds', 'contradicted')
    >>> claimed(rank_drivers(X, rng.normal(size=1000)), [0, 1, 2]).verdict
    'cannot tell'
    """
    first, then = np.array(order[:-1], dtype=np.intp), np.array(order[1:], dtype=np.intp)
    apart = ranking.draws[:, first] - ranking.draws[:, then]
    tail = _TAIL / max(first.size, 1)
    low, high = np.quantile(apart, [tail, 1 - tail], axis=0)
    verdict = "cannot tell"
    if ranking.tells and first.size:
        verdict = "holds" if bool((low > 0).all()) else "contradicted" if bool((high < 0).any()) else verdict
    return Claim(verdict, ranking.share[first] - ranking.share[then], low, high)


def _resampled(together: Floats, weights: Floats, rounds: int, seed: int) -> Floats:
    """Covariances of all columns: of the customers as they are, and of each resample of them."""
    rng = np.random.default_rng(seed)
    rows, columns = together.shape
    centred = together - weights @ together / weights.sum()
    with_one = np.column_stack([centred, np.ones(rows)])
    lots = min(rows, _LOTS)
    lot = rng.permutation(rows) % lots
    order = np.argsort(lot, kind="stable")
    starts = np.searchsorted(lot[order], np.arange(lots))
    sums = np.empty((lots, columns + 1, columns + 1))
    for column in range(columns + 1):
        crossed = with_one * (with_one[:, column] * weights)[:, None]
        sums[:, column] = np.add.reduceat(crossed[order], starts, axis=0)
    times = np.vstack([np.ones(lots), rng.multinomial(lots, np.full(lots, 1.0 / lots), size=rounds)])
    drawn = (times @ sums.reshape(lots, -1)).reshape(rounds + 1, columns + 1, columns + 1)
    total = np.maximum(drawn[:, -1, -1], 1e-12)
    means = drawn[:, :-1, -1] / total[:, None]
    found: Floats = drawn[:, :-1, :-1] / total[:, None, None] - means[:, :, None] * means[:, None, :]
    return found


def _directions(correlations: Floats) -> NDArray[np.int64]:
    """The sign that a column's correlation with y has in all but 5% of resamples; 0 where neither has."""
    low, high = np.quantile(correlations, [_TAIL, 1 - _TAIL], axis=0)
    return np.where(low > 0, 1, np.where(high < 0, -1, 0)).astype(np.int64)


def _by_luck(adjusted: float, rows: float, columns: int) -> float:
    """Chance that columns of noise explain as much (the F test), from R squared adjusted."""
    spare = rows - columns - 1.0
    if spare < 1 or not columns:
        return 1.0
    left = max((1.0 - adjusted) * spare / (rows - 1.0), 1e-12)
    return float(stats.f.sf((1.0 - left) / columns / (left / spare), columns, spare))
