"""What both roads to a churn model share: the run, its end, the choice of columns, the checks of the label."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.errors import DataError, Notice
from telcli.features.churn_design import ChurnDesign
from telcli.methods.churn_model import SMALL_CHURNERS, SMALL_ROWS, ChurnModel
from telcli.settings import PredictChurnSettings
from telcli.stages import Inputs
from telcli.stages.predict_churn_rows import Trials
from telcli.stages.telling import Telling

__all__ = [
    "LEVEL_OFF",
    "Road",
    "Study",
    "both_classes",
    "level_rows",
    "sample_of",
    "tell_sample",
    "tell_size",
    "typical_stayer",
]

Floats = NDArray[np.float64]
Matrix = NDArray[np.float32]
LEVEL_OFF = 0.2
"""Log-odds by which the level may be off unsaid: about a fifth more or fewer churners than expected."""
_LEAST_CUSTOMERS = 5
"""Customers who share a value that is told apart."""


@dataclass
class Study(Telling):
    """One run: what was asked, what the analyst should know; `labels` of everyone, by the months that they are of."""

    inputs: Inputs
    settings: PredictChurnSettings
    as_of: date
    notices: list[Notice] = field(default_factory=list)
    labels: dict[tuple[date, ...], pl.DataFrame] = field(default_factory=dict)

    def by(self, settings: Mapping[str, Any]) -> Study:
        """The same run by other settings; what is told of it is told of this one."""
        asked = replace(self.settings, **settings)
        kept = self.labels if asked == self.settings else {}
        return Study(self.inputs, asked, self.as_of, self.notices, kept)


@dataclass(frozen=True)
class Road:
    """What either road ends in.

    `people` (sorted by customer_id) are the snapshot, `probability` and `source` theirs; `tested`, `y` and `p` are
    customers the tested model had not seen; `stayer` is the typical stayer, a value per feature; `sample` are at most
    2,000 customers learned from, half of them stayers or more; `closed` are months whose outcome is known, none of a
    flat table; `trials` are rows that other methods may learn from.
    """

    people: pl.DataFrame
    probability: Floats
    source: NDArray[np.str_]
    tested: pl.DataFrame
    y: Floats
    p: Floats
    model: ChurnModel
    design: ChurnDesign
    stayer: Matrix
    sample: Matrix
    sample_stayed: NDArray[np.bool_]
    facts: dict[str, Any]
    closed: tuple[date, ...] = ()
    trials: Trials | None = None

    @property
    def gone(self) -> NDArray[np.bool_]:
        """Of `people`, those labelled as having left already, whom no campaign reaches; months hold none of them."""
        if "churned" not in self.people.columns:
            return np.zeros(self.people.height, dtype=bool)
        return self.people.get_column("churned").fill_null(False).to_numpy()


def level_rows(months: int) -> int:
    """Rows that a value of a category needs to be told apart, and to be kept beside the saved model: five customers'.

    A customer has a row in each of `months`, so a branch of few customers would look like many. A value that fewer
    share could tell who they are.
    """
    return _LEAST_CUSTOMERS * months


def both_classes(y: Floats, month: date) -> None:
    """Refuse labels of one kind."""
    if 0 < y.sum() < y.size:
        return
    raise DataError(
        "one-class-label",
        "Of {rows} labelled customers ({month}), {churners} left: a model needs both churners and stayers.",
        hint="Check the label (--map churned=COLUMN, --churned-when VALUE); where months show who left, widen "
        "outcome_months in [predict-churn].",
        rows=y.size,
        month=f"{month:%Y-%m}",
        churners=int(y.sum()),
    )


def typical_stayer(stayers: Matrix, design: ChurnDesign) -> Matrix:
    """The typical stayer: median of numbers, commonest category; NaN where most are gaps."""
    found = np.full(stayers.shape[1], np.nan, dtype=np.float32)
    for j, feature in enumerate(design.features):
        known = stayers[:, j][~np.isnan(stayers[:, j])]
        if 2 * known.size < len(stayers):
            continue
        if feature.kind in ("category", "flag"):
            values, counts = np.unique(known, return_counts=True)
            found[j] = values[np.argmax(counts)]
        else:
            found[j] = np.quantile(known, 0.5, method="lower")
    return found


def sample_of(matrix: Matrix, y: Floats, seed: int) -> dict[str, Any]:
    """At most 1,000 stayers and 1,000 churners, drawn by the seed, as fields of a Road."""
    rng = np.random.default_rng(seed)
    stayers, churners = np.flatnonzero(y == 0), np.flatnonzero(y == 1)
    drawn = [rng.choice(part, min(part.size, 1000), replace=False) for part in (stayers, churners)]
    rows = np.sort(np.concatenate(drawn))
    return {"sample": matrix[rows], "sample_stayed": y[rows] == 0}


def tell_size(study: Study, y: Floats, folds: int | None) -> None:
    """Say so where there was too little to learn from for the full model or for all folds."""
    scarce = int(min(y.sum(), y.size - y.sum()))
    if scarce < SMALL_CHURNERS or y.size < SMALL_ROWS:
        study.tell(
            "few-churners",
            "Only {churners} churners among {rows} labelled customers: a plain logistic regression is used, and its "
            "figures are uncertain.",
            churners=int(y.sum()),
            rows=y.size,
        )
    if folds is not None and folds < study.settings.folds:
        study.tell(
            "folds-reduced",
            "Tested with {folds} folds instead of {wanted}: a class has too few customers.",
            folds=folds,
            wanted=study.settings.folds,
        )


def tell_sample(study: Study, rows: int, known: int, kept: float) -> None:
    """Say that not every labelled row was trained on; `kept` is the share of stayers where churners came first."""
    if kept < 1:
        study.tell(
            "training-sampled",
            "Trained on {rows} of {all} labelled rows, all churners and {kept:.0%} of the others; probabilities are "
            "corrected for that.",
            rows=rows,
            all=known,
            kept=kept,
        )
    else:
        study.tell(
            "training-drawn",
            "Trained on {rows} of {all} labelled rows, drawn at random.",
            rows=rows,
            all=known,
        )
