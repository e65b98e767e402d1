"""The two roads from tables to tested probabilities: one labelled table, or months that show who left."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.errors import DataError
from telcli.features import churn_snapshots as snapshots
from telcli.features.churn_design import ChurnDesign, learn_design
from telcli.methods.churn_folds import bounded_sample
from telcli.methods.churn_model import ChurnModel
from telcli.methods.churn_training import later_month_splits, out_of_fold, train
from telcli.settings import PredictChurnSettings
from telcli.stages.predict_churn_columns import choose_design
from telcli.stages.predict_churn_labels import label_months, settle_months
from telcli.stages.predict_churn_read import features_of, people_at, read_of, with_labels
from telcli.stages.predict_churn_rows import FoldRows, Learned, Trials, fold_trials, whole
from telcli.stages.predict_churn_scoring import probability_of
from telcli.stages.predict_churn_study import (
    Road,
    Study,
    both_classes,
    level_rows,
    sample_of,
    tell_sample,
    tell_size,
    typical_stayer,
)

__all__ = ["fit_months", "flat_road", "month_road"]

Floats = NDArray[np.float64]
Matrix = NDArray[np.float32]
_KNOWN = ("customer_id", "month", "churned")


def flat_road(study: Study) -> Road:
    """One month, customers labelled or not: cross-validation, and the final model for the unlabelled."""
    tables, settings = study.inputs.tables, study.settings
    people = snapshots.snapshot_features(tables, study.as_of).collect(engine="streaming").sort("customer_id")
    people = with_labels(study, people)
    known = people.get_column("churned").is_not_null().to_numpy()
    y = people.get_column("churned").fill_null(False).to_numpy().astype(np.float64)[known]
    both_classes(y, study.as_of)
    if settings.split == "out-of-time":
        raise DataError(
            "no-months",
            "One month of data cannot be tested out of time.",
            hint="Leave split at auto, or bring monthly tables.",
        )
    learned, seed = Learned(people.filter(known), y, 1.0), study.inputs.seed
    design = choose_design(study, learned.frame, y, flat=True)
    matrix = design.matrix(learned.frame)
    p, folds = _other_customers(study, matrix, y, design)
    model = train(matrix, y, categorical=design.categorical, **_how(study))
    probability = np.empty(people.height)
    probability[known] = p
    probability[~known] = probability_of(study.inputs, people.filter(~known), model, design)
    tell_size(study, y, folds)
    if y.size > settings.max_training_rows:
        tell_sample(study, settings.max_training_rows, y.size, model.keep_rate)
    return Road(
        people=people,
        probability=probability,
        source=np.where(known, "out-of-fold", "final-model"),
        tested=learned.frame,
        y=y,
        p=p,
        model=model,
        design=design,
        stayer=typical_stayer(matrix[y == 0], design),
        **sample_of(matrix, y, seed),
        facts={"split": "cross-validation", "folds": folds, "windows": {"snapshot": str(study.as_of)}},
        trials=Trials(fold_trials(learned, design, folds, seed), whole(learned, design)),
    )


def month_road(study: Study, first: date) -> Road:
    """Months: learn from closed snapshots, calibrate on a later one, test on the latest; score the snapshot."""
    settings = study.settings
    ahead = {"gap": settings.gap_months, "outcome": settings.outcome_months}
    observe, most = settings.observe_months, settings.max_snapshots
    settle = settle_months(study)
    windows = snapshots.plan_windows(first, study.as_of, **ahead, observe=observe, most=most, settle=settle)
    out_of_time = windows.out_of_time and settings.split not in ("cross-validation", "random")
    if not out_of_time:
        _tell_short(study, windows)
    chosen = tuple(sorted({*windows.closed, *windows.past}))
    labelled = label_months(study, chosen)
    labels = labelled.rows
    closed = labels.filter(pl.col("month").is_in(list(windows.closed)))
    known_rows, learned = closed.height, _learning_rows(study, closed, alike=not out_of_time)
    del closed  # of everyone, and most of it not drawn
    design = choose_design(study, learned.frame, learned.y, flat=False)
    wanted = [*_KNOWN, *read_of(study, design)]
    learned = replace(learned, frame=learned.frame.select(name for name in wanted if name in learned.frame.columns))
    people = people_at(study, design, labelled.here)
    tested, y, p, parts, calibrated = (
        _out_of_time(study, windows, labels, design) if out_of_time else _over_months(study, windows, learned, design)
    )
    model, known, _ = fit_months(study, learned, design, windows.closed[-1])
    tell_size(study, learned.y, None)
    if learned.y.size < known_rows:
        tell_sample(study, learned.y.size, known_rows, learned.kept)
    return Road(
        people=people,
        probability=probability_of(study.inputs, people, model, design),
        source=np.full(people.height, "final-model"),
        tested=tested,
        y=y,
        p=p,
        model=model,
        design=design,
        stayer=typical_stayer(known[learned.y == 0], design),
        **sample_of(known, learned.y, study.inputs.seed),
        facts={**_facts(windows, settings, out_of_time, calibrated=calibrated), "label": labelled.facts},
        closed=windows.closed,
        trials=Trials(parts, whole(learned, design)),
    )


def _learning_rows(
    study: Study, labels: pl.DataFrame, design: ChurnDesign | None = None, *, alike: bool = False
) -> Learned:
    """At most as many rows as may be trained on: churners first, or all `alike` where they are tested on too."""
    y = labels.get_column("churned").to_numpy().astype(np.float64)
    both_classes(y, study.as_of)
    rows, kept = bounded_sample(y, study.settings.max_training_rows, study.inputs.seed, alike=alike)
    frame = features_of(study, labels[rows], design)
    return Learned(frame, frame.get_column("churned").to_numpy().astype(np.float64), kept)


def fit_months(
    study: Study, learned: Learned, design: ChurnDesign, later: date, like: ChurnModel | None = None
) -> tuple[ChurnModel, Matrix, bool]:
    """Fit on every row, weighed and calibrated on the month `later`; whether it was, or on mixed folds or not at all.

    With `like` nothing is weighed: the form is that model's.
    """
    matrix, seed = design.matrix(learned.frame), study.inputs.seed
    month, customer = learned.frame.get_column("month").to_numpy(), learned.frame.get_column("customer_id").to_numpy()
    for folds in (3, 2):
        splits = later_month_splits(month, customer, learned.y, later=np.datetime64(later), folds=folds, seed=seed)
        usable = all(np.unique(learned.y[part]).size == 2 for split in splits for part in split)
        if usable:
            break
    model = ChurnModel(design.categorical, learned.kept, seed=seed, seconds=study.settings.fit_seconds)
    model.fit(matrix, learned.y, splits if usable else None, groups=customer, like=like)
    return model, matrix, usable and bool(model.trials_)


def _out_of_time(
    study: Study, windows: snapshots.Windows, labels: pl.DataFrame, design: ChurnDesign
) -> tuple[pl.DataFrame, Floats, Floats, tuple[FoldRows, ...], bool]:
    """The latest closed month, scored by a model of months whose outcome was known by then."""
    study.inputs.progress("test", 0, 2)
    past = labels.filter(pl.col("month").is_in(list(windows.past)))
    learned = _learning_rows(study, past, design)
    enough = level_rows(learned.frame.get_column("month").n_unique())
    design = learn_design(learned.frame, list(design.names), level_rows=enough)
    model, _, calibrated = fit_months(study, learned, design, windows.past[-1])
    if not calibrated:
        _tell_uncalibrated(study, windows.past[-1])
    study.inputs.progress("test", 1, 2)
    tested = features_of(study, _tested_rows(study, labels.filter(pl.col("month") == windows.test)), design)
    y = tested.get_column("churned").to_numpy().astype(np.float64)
    both_classes(y, windows.test)
    return tested, y, model.predict_proba(design.matrix(tested))[:, 1], (whole(learned, design, y.size),), calibrated


def _tested_rows(study: Study, labels: pl.DataFrame) -> pl.DataFrame:
    """Those of the labelled customers of a month that are tested on, drawn at random where they are many."""
    most, truth = study.settings.max_test_rows, labels.get_column("churned").to_numpy().astype(np.float64)
    if truth.size <= most:
        return labels
    study.tell(
        "test-drawn", "Tested on {rows} of {all} labelled customers, drawn at random.", rows=most, all=truth.size
    )
    return labels[bounded_sample(truth, most, study.inputs.seed, alike=True)[0]]


def _over_months(
    study: Study, windows: snapshots.Windows, learned: Learned, design: ChurnDesign
) -> tuple[pl.DataFrame, Floats, Floats, tuple[FoldRows, ...], bool]:
    """The latest closed month, each customer scored by a model of other customers; of a random split those held out."""
    customers = learned.frame.get_column("customer_id").to_numpy()
    one = study.settings.split == "random"
    p, folds = _other_customers(study, design.matrix(learned.frame), learned.y, design, customers, one=one)
    last = (learned.frame.get_column("month") == windows.closed[-1]).to_numpy() & ~np.isnan(p)
    both_classes(learned.y[last], windows.closed[-1])
    parts = fold_trials(learned, design, folds, study.inputs.seed, customers, last)
    return learned.frame.filter(last), learned.y[last], p[last], parts, False


def _how(study: Study) -> dict[str, Any]:
    """What bounds a fit, and its seed."""
    settings = study.settings
    return {"most": settings.max_training_rows, "seed": study.inputs.seed, "seconds": settings.fit_seconds}


def _other_customers(
    study: Study,
    matrix: Matrix,
    y: Floats,
    design: ChurnDesign,
    groups: NDArray[Any] | None = None,
    *,
    one: bool = False,
) -> tuple[Floats, int]:
    """Each row's probability from a model of other customers, and the folds used."""
    return out_of_fold(
        matrix,
        y,
        categorical=design.categorical,
        folds=study.settings.folds,
        groups=groups,
        one=one,
        tick=lambda done, total: study.inputs.progress("folds", done, total),
        **_how(study),
    )


def _tell_short(study: Study, windows: snapshots.Windows) -> None:
    ahead = study.settings.gap_months + study.settings.outcome_months + settle_months(study)
    needed = 2 * ahead + study.settings.observe_months + 1
    if study.settings.split == "out-of-time":
        raise DataError(
            "history-no-test",
            "The history is too short to test on a later month: that takes {needed} months.",
            hint="Leave split at auto to test by cross-validation over customers.",
            needed=needed,
        )
    if study.settings.split == "auto":
        study.tell(
            "history-short",
            "Tested by cross-validation over customers, not on a later month: that takes {needed} months of history.",
            needed=needed,
        )


def _tell_uncalibrated(study: Study, later: date) -> None:
    study.tell(
        "not-calibrated",
        "Too few left in {month} or before to calibrate on it: it is learned from like the months before.",
        month=f"{later:%Y-%m}",
    )


def _facts(
    windows: snapshots.Windows, settings: PredictChurnSettings, out_of_time: bool, *, calibrated: bool
) -> dict[str, Any]:
    past = [str(month) for month in windows.past] if out_of_time else []
    dates = {
        "train": past[:-1] if calibrated else past,
        "calibrate": past[-1] if calibrated else None,
        "test": str(windows.test),
        "final_train": [str(month) for month in windows.closed],
        "observe_months": windows.observed,
        "gap_months": settings.gap_months,
        "outcome_months": settings.outcome_months,
    }
    split = "random" if settings.split == "random" else "out-of-time" if out_of_time else "cross-validation"
    return {"split": split, "windows": dates}
