"""How much of each candidate a churn model is, on rows held out, and how its log-odds are calibrated there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from telcli.methods.calibration import level_shift, stack_logits
from telcli.methods.churn_fit import Fitted, Grid, Plan, fit_terms
from telcli.methods.churn_folds import Split
from telcli.methods.churn_linear import LinearChurn
from telcli.methods.level_rates import LevelRates

__all__ = ["KINDS", "Choice", "Training", "Trial", "choose", "compared"]

Floats = NDArray[np.float64]
Matrix = NDArray[np.float32]
Labels = NDArray[np.int64]
Rows = NDArray[np.intp]
KINDS = ("logistic", "additive", "pairs")


@dataclass(frozen=True)
class Training:
    """Rows x columns, who left and whose rows they are; columns that are codes, and codes to be read as rates."""

    matrix: Matrix
    left: Labels
    groups: NDArray[np.generic] | None
    coded: list[int]
    wide: list[int]
    seed: int

    def read(self, learn: Rows) -> Matrix:
        """All rows with the rates that some of them tell, those of each row by others; the matrix where none is read.

        Rates told by every label would know rows that are held out.
        """
        if not self.wide:
            return self.matrix
        rates, found = LevelRates(self.wide, self.seed), self.matrix.copy()
        owner = None if self.groups is None else self.groups[learn]
        rest = np.ones(self.left.size, dtype=bool)
        rest[learn] = False
        found[learn] = rates.fit_transform(self.matrix[learn], self.left[learn], owner)
        found[rest] = rates.transform(self.matrix[rest])
        return found


class Trial(NamedTuple):
    """A candidate on rows held out: mean log-loss, its excess over the best candidate's, and the error of that."""

    log_loss: float
    excess: float
    error: float


class Choice(NamedTuple):
    """Weights of the candidates' log-odds, level of their sum, how each did alone; the last inner fit, its columns."""

    weights: dict[str, float]
    intercept: float
    trials: dict[str, Trial]
    fitted: Fitted
    places: Rows
    edges: list[Matrix]


def choose(rows: Training, splits: Sequence[Split], plan: Plan) -> Choice:
    """Fit every candidate to each split's rows to learn from, and weigh them on its rows to check.

    Nothing is learned from labels of rows that check: no rates of categories, nor which columns are used.
    """
    left, grid = rows.left, None
    kinds = [k for k in KINDS if (k != "logistic" or plan.line) and (k != "pairs" or plan.pairs)]
    held: list[Floats] = []
    level: list[Floats] = []
    for learn, check, wide in splits:
        matrix = rows.read(learn)
        if grid is None or rows.wide:
            grid = Grid.of(matrix, rows.coded, plan.bins)
        places = grid.strongest(left[learn], learn, plan.columns)
        fitted = fit_terms(grid.part(learn, places), left[learn], plan)
        line = LinearChurn(rows.coded).fit(matrix[learn], left[learn]) if "logistic" in kinds else None
        held.append(_shown(kinds, line, fitted, matrix[check], grid.part(check, places)))
        # Fitted again on every row, a candidate will stand higher or lower by as much as the rates differ.
        shift = float(logit(left.mean()) - logit(left[learn].mean()))
        other = held[-1] if wide is check else _shown(kinds, line, fitted, matrix[wide], grid.part(wide, places))
        level.append(other + shift)
    scores, truth = np.concatenate(held), np.concatenate([left[split.check] for split in splits])
    weights, _ = stack_logits(scores, truth)
    whole = np.concatenate([left[split.level] for split in splits])
    return Choice(
        weights=dict(zip(kinds, weights.tolist(), strict=True)),
        intercept=level_shift(np.concatenate(level) @ weights, whole),
        trials=dict(zip(kinds, compared(scores, truth), strict=True)),
        fitted=fitted,
        places=places,
        edges=grid.edges if grid else [],
    )


def compared(scores: Floats, y: Labels) -> list[Trial]:
    """Trials of candidates, a column of log-odds each, on the same rows with labels `y`.

    >>> [round(trial.excess, 3) for trial in compared(np.array([[0.0, 2.0], [0.0, -2.0]]), np.array([1, 0]))]
    [0.566, 0.0]
    """
    losses = np.logaddexp(0.0, scores) - y[:, None] * scores
    means = losses.mean(axis=0)
    above = losses - losses[:, [int(np.argmin(means))]]
    errors = above.std(axis=0, ddof=1) / np.sqrt(y.size)
    return [Trial(*map(float, found)) for found in zip(means, above.mean(axis=0), errors, strict=True)]


def _shown(kinds: list[str], line: LinearChurn | None, fitted: Fitted, matrix: Matrix, grid: Grid) -> Floats:
    """Log-odds of rows by candidate."""
    found = [grid.score(fitted, pairs=kind == "pairs") for kind in kinds if kind != "logistic"]
    return np.column_stack([line.decision_function(matrix), *found] if line else found)
