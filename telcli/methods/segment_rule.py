"""A short rule that finds most of a segment: one path of a shallow tree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.tree import DecisionTreeClassifier

from telcli.methods.clustering import draw_rows

__all__ = ["UNFOUND", "Condition", "Rule", "find_rule", "nearly", "placed"]

UNFOUND = -1
"""Where a row is put that no rule finds."""

_LEARNING_ROWS = 20_000


@dataclass(frozen=True)
class Condition:
    """low < value <= high of one column; an infinite end is open. `or_missing`: missing values qualify too."""

    column: int
    low: float
    high: float
    or_missing: bool = False


@dataclass(frozen=True)
class Rule:
    """Conditions that must all hold; precision and recall (0..1) on the rows that were given."""

    conditions: tuple[Condition, ...]
    precision: float
    recall: float


def find_rule(matrix: NDArray[np.float64], member: NDArray[np.bool_], depth: int = 3, seed: int = 0) -> Rule | None:
    """The path of a tree of at most `depth` conditions whose F1 (harmonic mean of precision and recall) is best.

    A balanced tree for members against all others is grown on up to 20,000 rows; each of its nodes is a candidate;
    the best is rounded to four digits and measured anew on every row.

    `matrix` is rows x columns in units an analyst reads, NaN where missing, which counts as the median; `member` is
    True for rows of the segment. None where all rows are members, none is, or no column divides them.

    >>> rule = find_rule(np.array([[1.0], [2.0], [8.0], [9.0]]), np.array([False, False, True, True]))
    >>> rule.conditions[0].low, rule.precision, rule.recall
    (5.0, 1.0, 1.0)
    """
    if np.all(member) or not np.any(member) or not matrix.shape[1]:
        return None
    medians = np.array([np.median(seen) if len(seen := column[~np.isnan(column)]) else 0.0 for column in matrix.T])
    gaps = {place for place, column in enumerate(matrix.T) if np.isnan(column).any()}
    rows = draw_rows(len(matrix), _LEARNING_ROWS, seed)
    sample = np.where(np.isnan(matrix[rows]), medians, matrix[rows])
    tree = DecisionTreeClassifier(
        max_depth=depth, class_weight="balanced", min_samples_leaf=max(1, len(rows) // 500), random_state=seed
    )
    inside = np.take(member, rows)
    if inside.all() or not inside.any():
        return None
    bounds = _best_path(tree.fit(sample, inside), sample, inside)
    if not bounds:
        return None
    conditions = tuple(
        Condition(
            column, nearly(low), nearly(high), column in gaps and bool(nearly(low) < medians[column] <= nearly(high))
        )
        for column, (low, high) in sorted(bounds.items())
    )
    found = _holds(conditions, matrix)
    right = int((found & member).sum())
    return Rule(conditions, right / max(int(found.sum()), 1), right / int(member.sum()))


def placed(rules: Sequence[Rule | None], matrix: NDArray[np.float64]) -> NDArray[np.int64]:
    """For each row the place of the rule that it goes by where all are used together, UNFOUND where none finds it.

    Of several that find a row the most precise takes it; then the one with the greater recall, then the first. The
    share of rows so put into their segment is the fidelity of the rules as a set (Craven and Shavlik 1995, Extracting
    tree-structured representations of trained networks, NIPS 8).

    >>> above = Rule((Condition(0, 5.0, np.inf),), 1.0, 1.0)
    >>> placed([None, above, Rule((Condition(0, 1.0, np.inf),), 0.5, 1.0)], np.array([[9.0], [2.0], [0.0]])).tolist()
    [1, 2, -1]
    """
    told = np.full(len(matrix), UNFOUND, dtype=np.int64)
    known = [(rule.precision, rule.recall, -place) for place, rule in enumerate(rules) if rule is not None]
    for *_, before in sorted(known):  # the better ones come later and overwrite
        rule = rules[-before]
        if rule is not None:
            told[_holds(rule.conditions, matrix)] = -before
    return told


def nearly(value: float) -> float:
    """Rounded to four significant digits.

    >>> nearly(1234.56), nearly(0.0123456)
    (1235.0, 0.01235)
    """
    return float(f"{value:.4g}")


def _best_path(
    tree: DecisionTreeClassifier, sample: NDArray[np.float64], member: NDArray[np.bool_]
) -> dict[int, tuple[float, float]]:
    """Bounds by column of the node with the best F1; the shorter path on equal terms."""
    inner = tree.tree_
    reached = tree.decision_path(sample)
    counts = np.asarray(reached.sum(axis=0)).ravel()
    right = np.asarray(reached[member].sum(axis=0)).ravel()
    score = 2.0 * right / (counts + member.sum())
    paths: list[tuple[int, dict[int, tuple[float, float]]]] = [(0, {})]
    best: tuple[float, dict[int, tuple[float, float]]] = (0.0, {})
    for node, bounds in paths:  # grows while it is walked: level by level
        if bounds and score[node] > best[0] + 1e-9:
            best = (float(score[node]), bounds)
        if inner.children_left[node] < 0:
            continue
        column, cut = int(inner.feature[node]), float(inner.threshold[node])
        low, high = bounds.get(column, (-np.inf, np.inf))
        paths.append((int(inner.children_left[node]), {**bounds, column: (low, min(high, cut))}))
        paths.append((int(inner.children_right[node]), {**bounds, column: (max(low, cut), high)}))
    return best[1]


def _holds(conditions: tuple[Condition, ...], matrix: NDArray[np.float64]) -> NDArray[np.bool_]:
    found = np.ones(len(matrix), dtype=bool)
    for condition in conditions:
        values = matrix[:, condition.column]
        inside = (values > condition.low) & (values <= condition.high)
        found &= inside | np.isnan(values) if condition.or_missing else inside
    return found
