"""Rows a model learned from, and which tested customers it had not seen: other methods can be tried on the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.features.churn_design import ChurnDesign
from telcli.methods.churn_folds import stratified_folds

__all__ = ["FoldRows", "Learned", "Trials", "fold_trials", "whole"]

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]


@dataclass(frozen=True)
class Learned:
    """Rows to learn from, sorted by customer and month, their labels, and the share of stayers kept."""

    frame: pl.DataFrame
    y: Floats
    kept: float


@dataclass(frozen=True)
class FoldRows:
    """`rows` are those of `learned` that may be learned from to decide on the `tested` ones, as `design` reads them."""

    learned: Learned
    design: ChurnDesign
    rows: Rows
    tested: Rows


@dataclass(frozen=True)
class Trials:
    """`parts` share out the tested customers; `final` is what the model that scores everyone learned from."""

    parts: tuple[FoldRows, ...]
    final: FoldRows


def whole(learned: Learned, design: ChurnDesign, tested: int = 0) -> FoldRows:
    """All rows, for all of so many tested customers."""
    return FoldRows(learned, design, np.arange(learned.y.size), np.arange(tested))


def fold_trials(
    learned: Learned,
    design: ChurnDesign,
    folds: int,
    seed: int,
    groups: NDArray[Any] | None = None,
    tested: NDArray[np.bool_] | None = None,
) -> tuple[FoldRows, ...]:
    """The folds of `methods.churn_training.out_of_fold`; `tested` marks the rows that are tested on, or all are."""
    fold = stratified_folds(learned.y, folds, seed, groups)
    marked = np.ones(learned.y.size, dtype=bool) if tested is None else tested
    place = np.cumsum(marked) - 1
    parts = [(np.flatnonzero(fold != k), place[marked & (fold == k)]) for k in range(folds)]
    return tuple(FoldRows(learned, design, rows, held) for rows, held in parts if held.size)
