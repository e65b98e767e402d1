"""Learners that know costs, tried on the tested customers; they learn from what the tested model learned from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.base import clone

from telcli.features.churn_design import ChurnDesign
from telcli.methods.adacost import AdaCost
from telcli.methods.adamec import CalibratedAdaMEC
from telcli.methods.churn_folds import bounded_sample
from telcli.methods.cost_learning import CostLearner
from telcli.methods.cost_sampling import RejectionSampling, UnderSampling
from telcli.methods.costs import CostMatrix
from telcli.methods.metacost import MetaCost
from telcli.methods.threads import threads
from telcli.stages.predict_churn_rows import FoldRows
from telcli.stages.predict_churn_study import Road, Study
from telcli.stages.predict_churn_values import Values

__all__ = ["METHODS", "applied", "tried"]

Flags = NDArray[np.bool_]
# Trees of depth 3 are boosted: at 1 the published AdaCost hardly ever begins, since its edge is below 0.
METHODS: Mapping[str, CostLearner] = {
    "adacost": AdaCost("fan", rounds=30, depth=3),
    "adacost-unit": AdaCost("unit", rounds=30, depth=3),
    "adamec": CalibratedAdaMEC(rounds=30, depth=3),
    "under-sampling": UnderSampling(),
    "rejection-sampling": RejectionSampling(),
    "metacost": MetaCost(),
}
_TOGETHER = 250_000


def tried(study: Study, road: Road, values: Values) -> dict[str, Flags]:
    """Whom each learner would have contacted of the tested customers, by its name; none without columns to learn."""
    if road.trials is None or not all(part.design.names for part in road.trials.parts):
        return {}
    found = {name: np.zeros(road.y.size, dtype=bool) for name in METHODS}
    for done, part in enumerate(road.trials.parts):
        study.inputs.progress("methods", done, len(road.trials.parts))
        costs = values.tested_costs.at(part.tested)
        for name, act in _decided(study, part, values, tuple(METHODS), road.tested[part.tested], costs).items():
            found[name][part.tested] = act
    return found


def applied(study: Study, road: Road, values: Values, method: str, tested: Flags) -> Flags:
    """Whom a learner contacts at the snapshot: it learns from all rows; who is labelled keeps the decision of the test.

    `tested` is what it decided of the tested customers.
    """
    found = np.zeros(road.people.height, dtype=bool)
    told = road.source == "out-of-fold"
    found[told] = tested if told.any() else False
    rest = np.flatnonzero(~told)
    if rest.size and road.trials is not None:
        costs = values.people_costs.at(rest)
        found[rest] = _decided(study, road.trials.final, values, (method,), road.people[rest], costs)[method]
    return found


def _decided(
    study: Study, part: FoldRows, values: Values, methods: Sequence[str], people: pl.DataFrame, costs: CostMatrix
) -> dict[str, Flags]:
    """Decide on people by learners of at most `compare_rows` rows, in which each stayer left out is stood for."""
    learned, seed = part.learned, study.inputs.seed
    rows, kept = bounded_sample(learned.y[part.rows], study.settings.compare_rows, seed)
    rows, kept = part.rows[rows], kept * learned.kept
    frame, y = learned.frame[rows], learned.y[rows].astype(np.int64)
    if np.unique(y).size < 2:
        return {method: np.full(people.height, bool(y.max(initial=0))) for method in methods}
    known, asked = values.costs_of(frame).weighed(1.0 / kept), costs.weighed(1.0 / kept)
    sides = {"fp": known.fp, "fn": known.fn, "tp": known.tp, "tn": known.tn}
    matrix, found = part.design.matrix(frame), {method: np.zeros(people.height, dtype=bool) for method in methods}
    with threads(1):
        learners = {method: _learner(method, part.design, seed).fit(matrix, y, **sides) for method in methods}
        # The features of many people are not laid out all at once.
        for start in range(0, people.height, _TOGETHER):
            some = slice(start, start + _TOGETHER)
            matrix = part.design.matrix(people[some])
            for method, learner in learners.items():
                found[method][some] = learner.decide(matrix, asked.at(some))
    return found


def _learner(method: str, design: ChurnDesign, seed: int) -> CostLearner:
    made: CostLearner = clone(METHODS[method]).set_params(categorical=design.categorical, seed=seed)
    return made
