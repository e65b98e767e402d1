"""What the test says beside its headline: one random split, customers never learned from, and months before."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.features.churn_design import learn_design
from telcli.features.month_index import add_months
from telcli.methods.churn_evaluation import month_figures
from telcli.methods.churn_folds import bounded_sample
from telcli.methods.churn_intervals import churn_intervals
from telcli.methods.churn_metrics import auc
from telcli.methods.intervals import ends
from telcli.stages.predict_churn_labels import labels_at, settle_months
from telcli.stages.predict_churn_read import features_of
from telcli.stages.predict_churn_roads import fit_months
from telcli.stages.predict_churn_rows import Learned, Trials
from telcli.stages.predict_churn_study import Road, Study, level_rows

__all__ = ["beyond", "one_split", "unseen"]

Floats = NDArray[np.float64]
_ROWS = 20_000
"""Rows that an earlier month's model learns from and is tested on at most: enough to see a month that went wrong."""
_LEAST = 10
"""Churners and stayers that an AUC takes at least."""


def one_split(study: Study, road: Road) -> Road:
    """Where a random split was asked for: the road tested on one fold of customers alone, and a loud word on it."""
    if study.settings.split != "random":
        return road
    if road.trials is not None and not road.closed:
        first = road.trials.parts[0]
        held = first.tested
        road = dataclasses.replace(
            road,
            tested=road.tested[held],
            y=road.y[held],
            p=road.p[held],
            facts={**road.facts, "split": "random"},
            trials=Trials((dataclasses.replace(first, tested=np.arange(held.size)),), road.trials.final),
        )
    study.tell(
        "split-random",
        "Tested on a RANDOM split: {rows} customers drawn at random, none of whom was learned from. Nothing is said of "
        "how well a later month is predicted, and figures are often too good; use split = auto for that.",
        rows=road.y.size,
    )
    return road


def beyond(study: Study, road: Road) -> tuple[dict[str, pl.LazyFrame], dict[str, Any]]:
    """Table churn_by_month, and what the JSON says of it and of customers never learned from; out of time alone."""
    if road.facts["split"] != "out-of-time":
        return {}, {}
    table = _by_month(study, road)
    areas = {f"{row['month']:%Y-%m}": row["auc"] for row in table.to_dicts()}
    return {"churn_by_month": table.lazy()}, {**unseen(study, road), "auc_by_month": areas}


def unseen(study: Study, road: Road) -> dict[str, Any]:
    """How customers were ranked of whom no earlier month was learned from, where a later month was tested.

    The others are the same people some months on, as in use; these show whether the model knows more than them.
    """
    if road.trials is None:
        return {}
    known = road.trials.parts[0].learned.frame.get_column("customer_id").unique()
    new = (~road.tested.get_column("customer_id").is_in(known.implode())).to_numpy()
    y, p = road.y[new], road.p[new]
    told: dict[str, Any] = {"customers": int(y.size), "churners": int(y.sum()), "expected": float(p.sum())}
    if min(y.sum(), y.size - y.sum()) >= _LEAST:
        area = auc(y, p)
        told |= {"auc": area, **ends("auc", area, *churn_intervals(y, p, seed=study.inputs.seed, short=True)["auc"])}
    return {"unseen": told}


def _by_month(study: Study, road: Road) -> pl.DataFrame:
    """The tested month, and months before it, each scored by a model of what was known by then.

    Of earlier months at most `earlier_tests`, the latest, each with a model of at most 20,000 rows.
    """
    rows = [_row(study, road.closed[-1], road.y, road.p, len(road.facts["windows"]["train"]) + 1)]
    rows += [_row(study, month, y, p, learned) for month, y, p, learned in _earlier(study, road)]
    return pl.DataFrame(rows).sort("month").select(pl.lit(study.as_of).alias("as_of"), pl.all())


def _earlier(study: Study, road: Road) -> Iterator[tuple[date, Floats, Floats, int]]:
    """Closed months before the tested one with months to learn from before them: labels, probabilities, how many."""
    settings = study.settings
    ahead = settings.gap_months + settings.outcome_months + settle_months(study)
    known = {month: [past for past in road.closed if add_months(past, ahead) <= month] for month in road.closed[:-1]}
    months = (
        [month for month, past in known.items() if past][-settings.earlier_tests :] if settings.earlier_tests else []
    )
    if not months:
        return
    labels = labels_at(study, road.closed)
    for done, month in enumerate(months):
        study.inputs.progress("earlier months", done, len(months))
        found = _tested(study, road, labels, known[month], month)
        if found is not None:
            yield month, *found, len(known[month])


def _tested(
    study: Study, road: Road, labels: pl.DataFrame, past: list[date], month: date
) -> tuple[Floats, Floats] | None:
    """One month by a model of months before, of the final one's form; None where either lacks churners or stayers."""
    seed = study.inputs.seed
    learn, test = (labels.filter(pl.col("month").is_in(months)) for months in (past, [month]))
    y, truth = (part.get_column("churned").to_numpy().astype(np.float64) for part in (learn, test))
    if min(y.sum(), y.size - y.sum(), truth.sum(), truth.size - truth.sum()) < _LEAST:
        return None
    rows, kept = bounded_sample(y, _ROWS, seed)
    frame = features_of(study, learn[rows], road.design)
    learned = Learned(frame, frame.get_column("churned").to_numpy().astype(np.float64), kept)
    design = learn_design(frame, list(road.design.names), level_rows=level_rows(len(past)))
    model, _, _ = fit_months(study, learned, design, past[-1], like=road.model)
    tested = features_of(study, test[bounded_sample(truth, _ROWS, seed, alike=True)[0]], design)
    found = tested.get_column("churned").to_numpy().astype(np.float64)
    if not 0 < found.sum() < found.size:
        return None
    return found, model.predict_proba(design.matrix(tested))[:, 1]


def _row(study: Study, month: date, y: Floats, p: Floats, learned: int) -> dict[str, Any]:
    return {"month": month, **month_figures(y, p, seed=study.inputs.seed), "learned_months": learned}
