"""What both roads to a churn model share: the run, its end, the choice of columns, the checks of the label."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.errors import DataError, Notice
from telcli.features import churn_snapshots as snapshots
from telcli.features.churn_design import ChurnDesign, learn_design
from telcli.features.known_then import known_then
from telcli.methods.churn_model import SMALL_CHURNERS, SMALL_ROWS, ChurnModel
from telcli.methods.leakage import named_afterwards, scan
from telcli.settings import PredictChurnSettings
from telcli.stages import Inputs
from telcli.stages.predict_churn_given import cost_features
from telcli.stages.predict_churn_rows import Trials

__all__ = [
    "LEVEL_OFF",
    "Road",
    "Study",
    "both_classes",
    "choose_design",
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

NOT_THEN = "not known as of then"
_SCAN_CUSTOMERS = 10
"""With fewer churners or stayers a column may separate them by chance."""


@dataclass
class Study:
    """One run: what was asked, what the analyst should know."""

    inputs: Inputs
    settings: PredictChurnSettings
    as_of: date
    notices: list[Notice] = field(default_factory=list)

    def tell(self, code: str, template: str, **values: Any) -> None:
        """Note something the analyst should know."""
        self.notices.append(Notice(code, template, values))


@dataclass(frozen=True)
class Road:
    """What either road ends in.

    `people` (sorted by customer_id) are the snapshot, `probability` and `source` theirs; `tested`, `y` and `p` are
    customers the tested model had not seen; `stayer` is the typical stayer, a value per feature; `sample` are at most
    2,000 customers learned from, half of them stayers or more; `spread` is how the features are spread over all of
    those, in counts; `closed` are months whose outcome is known, none of a
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
    spread: dict[str, Any] = field(default_factory=dict)
    trials: Trials | None = None


def choose_design(study: Study, frame: pl.DataFrame, y: Floats, *, flat: bool) -> ChurnDesign:
    """Choose the features; refuse those that look like leaks, by name."""
    settings = study.settings
    candidates = snapshots.candidate_columns(study.inputs.tables, flat=flat)
    priced = [name for name in cost_features(settings, study.inputs.tables) if name.startswith("x_")]
    candidates = [name for name in candidates if name not in priced]
    excluded = snapshots.named_columns(settings.exclude, candidates)
    allowed = snapshots.named_columns(settings.allow_leaks, candidates)
    trusted = snapshots.named_columns(settings.trust_export, candidates)
    learned = frame.get_column("month").unique().to_list()
    trusted |= known_then(study.inputs.tables, learned)
    unknown = set() if flat else snapshots.overwritten_columns(candidates) - trusted
    present = [name for name in candidates if name in frame.columns and name not in unknown]
    design = learn_design(frame, present, level_rows=level_rows(y.size, frame.get_column("month").n_unique()))
    design = design.without(excluded, "excluded").never(_not_then(study, frame, unknown - excluded), NOT_THEN)
    design = design.never(priced, "a cost of contacting")
    named = {name for name in design.names if name.startswith("x_") and named_afterwards(name)}
    strong = set()
    if min(y.sum(), y.size - y.sum()) >= _SCAN_CUSTOMERS:
        areas = scan(design.matrix(frame), y, design.categorical, seed=study.inputs.seed)
        strong = {name for name, area in zip(design.names, areas, strict=True) if area > settings.leak_auc}
    leaks = sorted((named | strong) - allowed)
    if leaks:
        raise DataError(
            "leak-found",
            "Known only after a customer has left, by name or because one column alone tells who leaves: {columns}.",
            hint="Leave them out with exclude in [predict-churn], or: telcli predict-churn {flags}. "
            "To use one all the same: --allow-leak COLUMN.",
            columns=", ".join(name.removeprefix("x_") for name in leaks),
            flags=" ".join(f'--exclude "{name.removeprefix("x_")}"' for name in leaks),
        )
    if named | strong:
        study.tell(
            "leak-allowed",
            "Used although they look like leaks, so the figures may be too good: {columns}.",
            columns=", ".join(sorted(name.removeprefix("x_") for name in named | strong)),
        )
    return design


def _not_then(study: Study, frame: pl.DataFrame, unknown: set[str]) -> list[str]:
    """The columns whose past nobody knows and that hold anything, told to the analyst."""
    held = [name for name in frame.columns if name in unknown and frame.get_column(name).null_count() < frame.height]
    if held:
        study.tell(
            "columns-of-today",
            "Not used: {columns}. They are as they stand in the extract, not as they stood at each snapshot, and those "
            "who stayed may have renewed or changed since. Name in trust_export of [predict-churn] what does not "
            "change so.",
            columns=", ".join(sorted(name.removeprefix("x_") for name in held)),
        )
    return held


def level_rows(rows: int, months: int) -> int:
    """Rows a category needs to be told apart: five customers' worth, or a tenth of all where that is less.

    A customer has a row in each of `months`, so a branch of few customers would look like many.
    """
    return max(2, math.ceil(min(5 * months, 0.1 * rows)))


def both_classes(y: Floats, month: date) -> None:
    """Refuse labels of one kind."""
    if 0 < y.sum() < y.size:
        return
    raise DataError(
        "one-class-label",
        "Of {rows} labelled customers ({month}), {churners} left: a model needs both churners and stayers.",
        hint="Check the label (--map churned=COLUMN, --churned-when VALUE) or widen outcome_months in [predict-churn].",
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
