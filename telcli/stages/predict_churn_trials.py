"""Learners that know costs, tried on the tested customers; they learn from what the tested model learned from."""

from __future__ import annotations

from collections.abc import Mapping

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
from telcli.stages.predict_churn_rows import Trial
from telcli.stages.predict_churn_study import Road, Study
from telcli.stages.predict_churn_values import Values

__all__ = ["METHODS", "applied", "tried"]

Flags = NDArray[np.bool_]
# Trees of depth 3 are boosted: at 1 the published AdaCost hardly ever begins, since its edge is below 0.
METHODS: Mapping[str, CostLearner] = {
    "adacost": AdaCost("fan", depth=3),
    "adacost-unit": AdaCost("unit", depth=3),
    "adamec": CalibratedAdaMEC(depth=3),
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
    total, done = len(road.trials.parts) * len(METHODS), 0
    for part in road.trials.parts:
        for name in METHODS:
            study.inputs.progress("methods", done, total)
            costs = values.tested_costs.at(part.tested)
            found[name][part.tested] = _decided(study, part, values, name, road.tested[part.tested], costs)
            done += 1
    return found


def applied(study: Study, road: Road, values: Values, method: str, tested: Flags) -> Flags:
    """Whom a learner contacts at the snapshot: it learns from all rows; who is labelled keeps the decision of the test.

    `tested` is what it decided of the tested customers.
    """
    if road.trials is None:
        return np.zeros(road.people.height, dtype=bool)
    told = road.source == "out-of-fold"
    found = np.zeros(road.people.height, dtype=bool)
    found[told] = tested if told.any() else False
    rest = np.flatnonzero(~told)
    if rest.size:
        costs = values.people_costs.at(rest)
        found[rest] = _decided(study, road.trials.final, values, method, road.people[rest], costs)
    return found


def _decided(study: Study, part: Trial, values: Values, method: str, people: pl.DataFrame, costs: CostMatrix) -> Flags:
    """Decide on people by a learner of at most `compare_rows` rows, in which each stayer left out is stood for."""
    learned, seed = part.learned, study.inputs.seed
    rows, kept = bounded_sample(learned.y[part.rows], study.settings.compare_rows, seed)
    rows, kept = part.rows[rows], kept * learned.kept
    frame, y = learned.frame[rows], learned.y[rows].astype(np.int64)
    if np.unique(y).size < 2:
        return np.full(people.height, bool(y.max(initial=0)))
    with threads(1):
        learner = _learner(method, part.design, seed)
        learner.fit(part.design.matrix(frame), y, **_sides(values.costs_of(frame).weighed(1.0 / kept)))
        return _in_parts(learner, part.design, people, costs.weighed(1.0 / kept))


def _in_parts(learner: CostLearner, design: ChurnDesign, people: pl.DataFrame, costs: CostMatrix) -> Flags:
    """Decisions on many people, not all of whose features are laid out at once."""
    found = np.zeros(people.height, dtype=bool)
    for start in range(0, people.height, _TOGETHER):
        rows = slice(start, start + _TOGETHER)
        found[rows] = learner.decide(design.matrix(people[rows]), costs.at(rows))
    return found


def _learner(method: str, design: ChurnDesign, seed: int) -> CostLearner:
    made: CostLearner = clone(METHODS[method]).set_params(categorical=design.categorical, seed=seed)
    return made


def _sides(costs: CostMatrix) -> dict[str, NDArray[np.float64]]:
    return {"fp": costs.fp, "fn": costs.fn, "tp": costs.tp, "tn": costs.tn}
