"""Which columns a churn model may read: those known at the time, less those that leak the outcome."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.features import churn_snapshots as snapshots
from telcli.features.churn_design import ChurnDesign, learn_design
from telcli.features.known_then import known_then
from telcli.stages.predict_churn_given import cost_features
from telcli.stages.predict_churn_leaks import refuse_leaks, tell_copies
from telcli.stages.predict_churn_persons import OF_PERSONS, of_persons
from telcli.stages.predict_churn_study import Study, level_rows

__all__ = ["choose_design"]

Floats = NDArray[np.float64]
NOT_THEN = "not known as of then"


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
    design = learn_design(frame, present, level_rows=level_rows(frame.get_column("month").n_unique()))
    design = design.without(excluded, "excluded").never(_not_then(study, frame, unknown - excluded), NOT_THEN)
    texts = [feature.name for feature in design.features if feature.kind == "category"]
    design = design.without(of_persons(study, frame, texts), OF_PERSONS)
    design = design.never(priced, "a cost of contacting")
    refuse_leaks(study, frame, y, design, allowed, flat=flat)
    if flat:
        tell_copies(study, frame, design)
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
