"""Whether customers, scores and outcomes are still what they were in training, and so whether to train again.

Features and scores of the month that a model was trained for are kept beside it as counts per bin. A shift counts where
chance is ruled out (`methods.drift.beyond_chance`). What was expected of earlier months is held against who has left.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.features.churn_design import ChurnDesign
from telcli.features.month_index import add_months
from telcli.features.use import DAYS
from telcli.methods.churn_evaluation import expected_range
from telcli.methods.churn_intervals import churn_intervals
from telcli.methods.churn_metrics import auc
from telcli.methods.drift import beyond_chance, bin_counts, days_alike, quantile_edges
from telcli.methods.intervals import ends
from telcli.settings import PredictChurnSettings
from telcli.stages import Earlier
from telcli.stages.predict_churn_labels import labels_at, settle_months
from telcli.stages.predict_churn_study import LEVEL_OFF, Road, Study

__all__ = ["Drift", "distribution_of", "drift_of"]

Floats = NDArray[np.float64]
_MOST = 50_000
"""Customers that are compared at most: more would find shifts too small to matter, and take longer."""
_MONTH = 30
_MONTHS = 12
"""Months scored before that are held against their outcomes: the latest, and those the model itself scored."""


@dataclass(frozen=True)
class Drift:
    """The table churn_drift, and what the JSON says of it."""

    table: pl.LazyFrame
    metrics: dict[str, Any]


def distribution_of(study: Study, road: Road) -> dict[str, Any]:
    """How features and scores of the snapshot are spread: bounds and counts of bins, and of how many customers."""
    here = road.people[_some(road.people.height, study.inputs.seed)]
    matrix, features = road.design.matrix(here), {}
    for j, name in enumerate(road.design.names):
        values = _alike(name, matrix[:, j].astype(np.float64), here)
        features[name] = _counted(values, _edges(values, road.design, j))
    scores = _final_scores(study, road)
    return {"customers": here.height, "features": features, "score": _counted(scores, quantile_edges(scores))}


def _counted(values: Floats, edges: Floats) -> dict[str, list[float]]:
    return {"edges": edges.tolist(), "counts": bin_counts(values, edges).tolist()}


def drift_of(study: Study, road: Road, description: Mapping[str, Any], *, trained: bool) -> Drift:
    """Features and scores of the snapshot against those of training, and earlier months against their outcomes.

    `description` is the model's; where it was `trained` just now nothing calls for doing so again. Of earlier months
    the latest that it scored decides.
    """
    features, score = _features(study, road, description["distribution"]), _score(study, road, description)
    outcomes = _outcomes(study, description)
    own = next((row for row in outcomes if row["trained"] == _month_of(description["as_of"])), None)
    moved = sorted(features, key=lambda row: (not row["real"], -row["psi"], row["name"]))
    found = pl.DataFrame([score, *outcomes, *moved], schema=_SCHEMA).with_row_index("rank", 1)
    found = found.with_columns(pl.col("rank").cast(pl.Int64))
    if trained:
        found = found.with_columns(advice=pl.col("advice").replace("retrain", "watch"))
    why = [row["name"] for row in (score, own) if row and row["advice"] == "retrain" and not trained]
    if why:
        study.tell(
            "model-drifted",
            "Train the model again: what it says has moved too far from what it learned or from what came ({why}; see "
            "churn_drift).",
            why=", ".join(why),
        )
    shifted = sorted((row for row in features if row["band"] == "shifted"), key=lambda row: (-row["psi"], row["name"]))
    metrics = {
        "drift_max_psi": max((row["psi"] for row in features if row["real"]), default=0.0),
        "score_psi": score["psi"] if score["real"] else 0.0,
        "retrain": int(bool(why)),
        "drifted": [{"column": row["name"], "psi": row["psi"]} for row in shifted],
    }
    return Drift(found.select(pl.lit(study.as_of).alias("as_of"), pl.all()).lazy(), metrics)


_SCHEMA = {
    **{"kind": pl.String, "name": pl.String, "psi": pl.Float64, "p_value": pl.Float64, "band": pl.String},
    **{"expected": pl.Float64, "realised": pl.Int64, "low": pl.Float64, "high": pl.Float64},
    **{"auc": pl.Float64, "auc_low": pl.Float64, "auc_high": pl.Float64, "trained": pl.Date, "advice": pl.String},
}


def _features(study: Study, road: Road, learned: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each feature of the snapshot against that of then; one that moves alone calls for a look, no more."""
    here = road.people[_some(road.people.height, study.inputs.seed)]
    matrix = road.design.matrix(here)
    found = []
    for j, name in enumerate(road.design.names):
        bins = learned["features"][name]
        values = _alike(name, matrix[:, j].astype(np.float64), here)
        counts = bin_counts(values, np.array(bins["edges"], dtype=float))
        sizes = (float(learned["customers"]), float(here.height))
        shift = beyond_chance(bins["counts"], counts, sizes, among=len(road.design.names))
        row = {"kind": "feature", "name": name, "psi": shift.psi, "p_value": shift.p_value, "band": shift.band}
        found.append({**row, "real": shift.real, "advice": "watch" if shift.band == "shifted" else "none"})
    return found


def _score(study: Study, road: Road, description: Mapping[str, Any]) -> dict[str, Any]:
    """The scores of the snapshot against those of the snapshot that the model was trained for."""
    bins = description["distribution"]["score"]
    counts = bin_counts(_final_scores(study, road), np.array(bins["edges"], dtype=float))
    shift = beyond_chance(bins["counts"], counts)
    advice = {"stable": "none", "moved": "watch", "shifted": "retrain"}[shift.band]
    row = {"kind": "score", "name": "churn_probability", "psi": shift.psi, "p_value": shift.p_value}
    return {**row, "band": shift.band, "real": shift.real, "advice": advice}


def _final_scores(study: Study, road: Road) -> Floats:
    """What the one model in use says: scores out of fold are of several, which differ by more than their customers."""
    rows = _some(road.people.height, study.inputs.seed)
    if (road.source == "final-model").all():
        return road.probability[rows]
    found: Floats = road.model.predict_proba(road.design.matrix(road.people[rows]))[:, 1]
    return found


def _closed(study: Study, description: Mapping[str, Any]) -> list[tuple[Study, Earlier]]:
    """Months scored before of whose customers it is known by now who left, the latest first.

    The latest twelve and, of those before, the latest that the model scored. Each with a study by the definition of
    leaving that the model learned, and by the windows the month was scored for.
    """
    found = []
    for past in study.inputs.past:
        told = past.metrics.get("windows", {})
        windows = {name: told[name] for name in ("gap_months", "outcome_months") if told.get(name) is not None}
        then = study.by({**description["definition"], **windows})
        ahead = then.settings.gap_months + then.settings.outcome_months + settle_months(then)
        if add_months(past.as_of, ahead) <= study.as_of and "churn_scores" in past.tables:
            found.append((then, past))
    own = [place for place, (_, past) in enumerate(found) if _trained(past) == _month_of(description["as_of"])][:1]
    return [one for place, one in enumerate(found) if place < _MONTHS or place in own]


def _outcomes(study: Study, description: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A row per month of `_closed`; months of one definition and the same windows are labelled at once."""
    closed = _closed(study, description)
    months: dict[PredictChurnSettings, list[date]] = {}
    studies = {then.settings: then for then, _ in closed}
    for then, past in closed:
        months.setdefault(then.settings, []).append(past.as_of)
    labels = {asked: labels_at(studies[asked], tuple(sorted(those))) for asked, those in months.items()}
    return [
        _outcome(study, past, labels[then.settings].filter(pl.col("month") == past.as_of), description)
        for then, past in closed
    ]


def _outcome(study: Study, past: Earlier, labels: pl.DataFrame, description: Mapping[str, Any]) -> dict[str, Any]:
    """How many of a month's customers were expected to leave and left; how well they were ranked."""
    scores = past.tables["churn_scores"].select("customer_id", "churn_probability").collect(engine="streaming")
    both = labels.join(scores, on="customer_id", maintain_order="left")
    y = both.get_column("churned").to_numpy().astype(np.float64)
    p = both.get_column("churn_probability").to_numpy()
    expected, low, high = expected_range(p)
    row: dict[str, Any] = {
        "kind": "outcome",
        "name": f"{past.as_of:%Y-%m}",
        "expected": expected,
        "realised": int(y.sum()),
        "low": low,
        "high": high,
        "trained": _trained(past),
    }
    if 0 < y.sum() < y.size:
        found, bounds = auc(y, p), churn_intervals(y, p, seed=study.inputs.seed, short=True)["auc"]
        row |= {"auc": found, **ends("auc", found, *bounds)}
    return {**row, "advice": _advice(row, description)}


def _advice(row: Mapping[str, Any], description: Mapping[str, Any]) -> str:
    """Of months that the model scored: whether the level or the rank is off by more than chance, and enough to matter.

    A rank has fallen where its interval lies below that of the test.
    """
    if row["trained"] != _month_of(description["as_of"]):
        return "none"
    ratio = np.log((row["realised"] + 0.5) / (row["expected"] + 0.5))
    off = not row["low"] <= row["realised"] <= row["high"] and abs(ratio) > LEVEL_OFF
    fallen = row.get("auc_high", 1.0) < (description["metrics"].get("auc_low") or 0.0)
    return "retrain" if off or fallen else "none"


def _trained(past: Earlier) -> date:
    """The month that the model which scored it was trained for."""
    return _month_of(past.metrics.get("model_from", {}).get("as_of", str(past.as_of)))


def _month_of(told: str) -> date:
    return date.fromisoformat(f"{told[:7]}-01")


def _some(rows: int, seed: int) -> NDArray[np.intp]:
    """At most so many rows as are compared, in order, drawn by the seed."""
    if rows <= _MOST:
        return np.arange(rows)
    return np.sort(np.random.default_rng(seed).choice(rows, _MOST, replace=False))


def _edges(values: Floats, design: ChurnDesign, j: int) -> Floats:
    """Bounds of bins: one per category, tenths of numbers."""
    feature = design.features[j]
    if feature.kind == "category":
        return np.arange(len(feature.levels) + feature.rest - 1, dtype=np.float64) + 0.5
    return quantile_edges(values)


def _alike(name: str, values: Floats, frame: pl.DataFrame) -> Floats:
    """The values; days of use as those of months of one length, so that February is no shift.

    Not where nobody was active on every day of a month: such days were counted in another way.
    """
    if name != DAYS:
        return values
    found, months = values.copy(), frame.get_column("month")
    for month in months.unique().drop_nulls():
        here, length = (months == month).fill_null(value=False).to_numpy(), monthrange(month.year, month.month)[1]
        if np.nanmax(values[here], initial=0.0) == length:
            found[here] = days_alike(values[here], length, _MONTH)
    return found
