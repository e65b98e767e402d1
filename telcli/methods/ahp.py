"""Weights from judgements in pairs: the analytic hierarchy process, its consistency, and what would mend it.

A judgement a_ij says how many times as important i is as j; a_ji is 1/a_ij and a_ii is 1. A judgement that was not
made is NaN on both sides; it is filled with the value that makes the matrix most consistent.

Sources: Saaty (1977), J. Math. Psychology 15, and (2008), Int. J. Services Sciences 1; for judgements not made
Bozóki, Fülöp and Rónyai (2010), Math. Comput. Modelling 52; random indices as said at `RANDOM_INDEX`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.sparse.csgraph import connected_components

__all__ = ["RANDOM_INDEX", "SCALE", "Mend", "Priorities", "completed", "from_pairs", "mend", "priorities", "unlinked"]

Array = NDArray[np.float64]

RANDOM_INDEX: dict[str, tuple[float, ...]] = {
    "classic": (0, 0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59),
    "saaty-2005": (0, 0, 0.52, 0.89, 1.11, 1.25, 1.35, 1.40, 1.45, 1.49, 1.52, 1.54, 1.56, 1.58, 1.59),
    "donegan-dodd": (0, 0, 0.4914, 0.8286, 1.0591, 1.1797, 1.2519, 1.3171, 1.3733, 1.4055),
}
"""Mean consistency index of random matrices of order 1, 2, ...: Saaty's first table, which textbooks in Chinese use;
his later one of 2005; Donegan and Dodd (1991), to order 10."""

SCALE = tuple([1 / step for step in range(9, 1, -1)] + [float(step) for step in range(1, 10)])
"""Saaty's scale of judgements: 1/9 .. 9."""

ALIKE = 1e-9


@dataclass(frozen=True)
class Priorities:
    """Weights of one matrix and how far its judgements agree with each other.

    Parameters
    ----------
    weights : shares, 0..1, adding up to 1; the principal right eigenvector.
    lambda_max : its eigenvalue, >= order; equal where every judgement agrees with all others.
    ci : consistency index, (lambda_max - n) / (n - 1), >= 0.
    ri : random index of the order, from the table chosen.
    cr : consistency ratio, ci / ri; 0 up to order 2. Below .10 is usual to accept.
    """

    weights: Array
    lambda_max: float
    ci: float
    ri: float
    cr: float


@dataclass(frozen=True)
class Mend:
    """The judgement that agrees least with the others.

    Parameters
    ----------
    row, column : whose judgement, row against column, so that the one given is at least 1.
    given : the judgement, >= 1.
    best : what all others imply, > 0.
    implied : that on Saaty's scale: of its values the one with the lowest ratio.
    implied_cr : consistency ratio with `implied`.
    proposed : the value of the scale nearest to the one given that brings the ratio below the limit; `implied` where
        none does.
    cr : consistency ratio with `proposed`, at least `implied_cr`.
    """

    row: int
    column: int
    given: float
    best: float
    implied: float
    implied_cr: float
    proposed: float
    cr: float


class _Trial(NamedTuple):
    implied: float
    implied_cr: float
    proposed: float
    cr: float


def priorities(judgements: ArrayLike, table: str = "classic") -> Priorities:
    """Weights by the principal right eigenvector, with Saaty's consistency ratio.

    Judgements not made are filled first, see `completed`.

    Parameters
    ----------
    judgements : array of shape (n, n)
        Positive and reciprocal, NaN where not made; n >= 1, up to the order of the table.
    table : str
        A key of `RANDOM_INDEX`.

    Raises
    ------
    ValueError
        Not a reciprocal matrix, judgements that do not link all items, or an order beyond the table.

    Examples
    --------
    >>> found = priorities([[1, 4, 3, 7], [1 / 4, 1, 1 / 3, 3], [1 / 3, 3, 1, 5], [1 / 7, 1 / 3, 1 / 5, 1]])
    >>> found.weights.round(3).tolist(), round(found.lambda_max, 5), round(found.cr, 3)
    ([0.548, 0.127, 0.27, 0.056], 4.11842, 0.044)
    """
    matrix = completed(judgements)
    size, index = len(matrix), RANDOM_INDEX[table]
    if size > len(index):
        raise ValueError(f"the table {table} of random indices ends at order {len(index)}, and there are {size} items")
    top, weights, _ = _principal(matrix)
    excess = max((top - size) / (size - 1), 0.0) if size > 1 else 0.0
    ratio = excess / index[size - 1] if size > 2 else 0.0
    return Priorities(weights, top, excess, float(index[size - 1]), ratio)


def completed(judgements: ArrayLike) -> Array:
    """The matrix with every judgement not made filled so that lambda_max is as small as can be.

    The logarithms of the judgements not made enter a convex function, whose only minimum is found by its gradient.

    >>> nan = float("nan")
    >>> full = completed([[1, 1, 5, 2], [1, 1, 3, 4], [1 / 5, 1 / 3, 1, nan], [1 / 2, 1 / 4, nan, 1]])
    >>> round(float(full[2, 3]), 6)
    0.730297
    """
    matrix = _checked(judgements)
    rows, columns = np.nonzero(np.triu(np.isnan(matrix)))
    if not rows.size:
        return matrix
    if unlinked(matrix):
        raise ValueError("the judgements made do not link all items with each other")
    found = minimize(
        _lambda_of, np.zeros(rows.size), (matrix, rows, columns), "BFGS", jac=True, options={"gtol": 1e-12}
    )
    return _filled(matrix, rows, columns, found.x)


def mend(judgements: ArrayLike, table: str = "classic", limit: float = 0.10) -> Mend | None:
    """Which one judgement spoils the consistency most, what the others imply of it, and the least change that mends it.

    Each judgement in turn is taken as not made: the one without which the ratio is lowest is the worst; of several
    (among three items always all) the one that needs the smallest change, those first whose change on the scale mends
    them all. `best` is what the others imply of it (Harker 1987).

    Returns
    -------
    None where there is nothing to mend: judgements agree, or no other judgement tells of the same items.

    Examples
    --------
    >>> worst = mend([[1, 2, 1 / 8], [1 / 2, 1, 2], [8, 1 / 2, 1]])
    >>> worst.row, worst.column, worst.given, round(worst.best, 4), round(1 / worst.implied), round(worst.implied_cr, 3)
    (0, 1, 2.0, 0.0625, 9, 0.032)
    >>> round(1 / worst.proposed), round(worst.cr, 3)
    (6, 0.093)
    """
    matrix = _checked(judgements)
    without = {place: _with(matrix, *place, float("nan")) for place in _made(matrix)}
    linked = {place: left for place, left in without.items() if not unlinked(left)}
    if not linked or priorities(matrix, table).cr < ALIKE:
        return None
    ratios = {place: priorities(left, table).cr for place, left in linked.items()}
    least = min(ratios.values())
    trials = []
    for place in (place for place, ratio in ratios.items() if ratio < least + ALIKE):
        trial = _trial(matrix, place, table, limit)
        change = round(abs(np.log(trial.proposed / matrix[place])), 9)
        trials.append((trial.cr >= limit, change, place, trial))
    _, _, (row, column), trial = min(trials)
    given, best = float(matrix[row, column]), float(completed(linked[row, column])[row, column])
    if given < 1:
        turned = trial._replace(implied=1 / trial.implied, proposed=1 / trial.proposed)
        return Mend(column, row, 1 / given, 1 / best, *turned)
    return Mend(row, column, given, best, *trial)


def from_pairs(size: int, pairs: Sequence[tuple[int, int, float]]) -> Array:
    """The matrix of judgements given one by one as (i, j, a_ij); NaN where none was given.

    >>> from_pairs(2, [(0, 1, 4.0)]).tolist()
    [[1.0, 4.0], [0.25, 1.0]]
    """
    matrix = np.full((size, size), np.nan)
    np.fill_diagonal(matrix, 1.0)
    for row, column, value in pairs:
        matrix = _with(matrix, row, column, value)
    return matrix


def _checked(judgements: ArrayLike) -> Array:
    matrix = np.array(judgements, dtype=np.float64)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not matrix.size:
        raise ValueError("judgements make a square, as many rows as columns")
    known = ~np.isnan(matrix)
    both = np.where(known & known.T, matrix * matrix.T, 1.0)
    ok = (known == known.T).all() and np.isfinite(matrix[known]).all() and (matrix[known] > 0).all()
    if not ok or not np.allclose(both, 1.0, rtol=1e-6) or not np.allclose(np.diagonal(matrix), 1.0):
        raise ValueError("judgements are above 0, 1 on the diagonal, and each the reciprocal of the one across it")
    return matrix


def _made(matrix: Array) -> list[tuple[int, int]]:
    """Where a judgement was made, above the diagonal."""
    return [(int(row), int(column)) for row, column in np.argwhere(np.triu(~np.isnan(matrix), 1))]


def unlinked(matrix: Array) -> list[int]:
    """Places of the items that no chain of judgements made links to the first.

    >>> unlinked(from_pairs(4, [(0, 2, 3.0), (1, 3, 2.0)]))
    [1, 3]
    """
    labels = connected_components(~np.isnan(matrix), directed=False)[1]
    return [int(place) for place in np.flatnonzero(labels != labels[0])]


def _principal(matrix: Array) -> tuple[float, Array, Array]:
    """The largest eigenvalue, its right vector adding up to 1, and its left vector."""
    values, right = np.linalg.eig(matrix)
    weights = np.abs(right[:, np.argmax(values.real)].real)
    turned, left = np.linalg.eig(matrix.T)
    across = np.abs(left[:, np.argmax(turned.real)].real)
    return float(values.real.max()), weights / weights.sum(), across


def _lambda_of(logs: Array, matrix: Array, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> tuple[float, Array]:
    """lambda_max with judgements exp(logs) where none was made, and its slope along each of them."""
    full = _filled(matrix, rows, columns, logs)
    top, right, left = _principal(full)
    slope = left[rows] * full[rows, columns] * right[columns] - left[columns] * full[columns, rows] * right[rows]
    return top, slope / float(left @ right)


def _filled(matrix: Array, rows: NDArray[np.int64], columns: NDArray[np.int64], logs: Array) -> Array:
    full = matrix.copy()
    full[rows, columns], full[columns, rows] = np.exp(logs), np.exp(-logs)
    return full


def _with(matrix: Array, row: int, column: int, value: float) -> Array:
    changed = matrix.copy()
    changed[row, column], changed[column, row] = value, 1.0 / value
    return changed


def _trial(matrix: Array, place: tuple[int, int], table: str, limit: float) -> _Trial:
    """What one judgement could be instead: the value of the scale that fits the others best, and the least change."""
    given = matrix[place]
    ratios = [(priorities(_with(matrix, *place, value), table).cr, value) for value in SCALE]
    lowest, implied = min(ratios)
    enough = [(abs(np.log(value / given)), value, ratio) for ratio, value in ratios if ratio < limit]
    _, proposed, ratio = min(enough, default=(0.0, implied, lowest))
    return _Trial(implied, lowest, proposed, ratio)
