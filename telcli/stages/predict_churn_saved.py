"""A model trained before: what is written down beside it, and scoring a month with it, which takes no label."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
import sklearn

from telcli.errors import DataError
from telcli.features.churn_design import ChurnDesign, Feature
from telcli.methods.churn_model import ChurnModel
from telcli.methods.total_cost import REFERENCE
from telcli.stages import Outcome, SavedModel
from telcli.stages.predict_churn_campaign import campaign_of
from telcli.stages.predict_churn_drift import distribution_of, drift_of
from telcli.stages.predict_churn_drivers import Drivers
from telcli.stages.predict_churn_labels import here_now
from telcli.stages.predict_churn_read import people_at, with_labels
from telcli.stages.predict_churn_scores import scores_of
from telcli.stages.predict_churn_scoring import probability_of
from telcli.stages.predict_churn_study import Road, Study
from telcli.stages.predict_churn_values import Values

__all__ = ["DEFINING", "describe", "scored"]

DEFINING = (
    *("gap_months", "outcome_months", "churn_kinds", "churn_level"),
    *("prepaid_churn", "inactive_days", "zero_use_months", "return_days"),
)
"""Settings that say what leaving is: a model means by it what they were when it learned."""

_FEW_LOST = 2
"""So few columns may be missing of a small model, though they are most of its strongest."""
_FLAT = "churned, as labelled in customers"
_KEYS = (
    *("as_of", "label", "definition", "features", "typical_stayer", "drivers", "distribution"),
    *("metrics", "libraries", "sha256"),
)


def describe(study: Study, road: Road, metrics: Mapping[str, Any], known: Drivers) -> dict[str, Any]:
    """What a reader of the saved model must know, and what scoring with it takes; rows of customers are not in it."""
    flat = road.facts["split"] != "out-of-time" and "folds" in road.facts
    return {
        "as_of": str(study.as_of),
        "features": road.design.describe(),
        "classes": [0, 1],
        "label": _FLAT if flat else "first left within the outcome window",
        "definition": {name: getattr(study.settings, name) for name in DEFINING},
        "typical_stayer": [_or_none(value) for value in road.stayer],
        "drivers": known.strongest,
        "distribution": distribution_of(study, road),
        "metrics": dict(metrics),
        "libraries": {
            "numpy": np.__version__,
            "polars": pl.__version__,
            "scikit-learn": sklearn.__version__,
            "python": platform.python_version(),
        },
    }


def scored(study: Study, saved: SavedModel) -> Outcome:
    """Score everyone active at the snapshot with a saved model: churn_scores and churn_drift, since nothing was tested.

    Raises
    ------
    DataError
        The side-car lacks what scoring takes, none of the model's columns is there, or model and side-car hold what
        none of telcli's does.
    """
    try:
        return _scored(study, saved)
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise _unfit(saved) from error  # a file is what somebody gave: what does not fit in it is no bug


def _scored(study: Study, saved: SavedModel) -> Outcome:
    description = _checked(saved)
    road = _road(study, saved.estimator, description)
    _tell_definition(study, description)
    values = Values(study, road)
    drift = drift_of(study, road, description, trained=False)
    wanted = values.people_costs.expected_saving(road.probability) > 0
    target, campaign = campaign_of(study, road, values, wanted)
    table = scores_of(study, road, values, float(description["metrics"]["churn_rate"]), target)
    metrics = {
        "split": "scored-only",
        "windows": {name: description["definition"][name] for name in ("gap_months", "outcome_months")},
        "scored": road.people.height,
        "model_from": {
            "file": saved.name,
            "sha256": description["sha256"],
            "as_of": description["as_of"][:7],
            "split": description["metrics"].get("split"),
            "auc": description["metrics"].get("auc"),
        },
        "expected_churners": float(road.probability.sum()),
        "campaign": campaign,
        "drivers": description["drivers"],
        "features": list(road.design.names),
        "value_from": values.origin,
        **drift.metrics,
    }
    _tell_decision(study, description)
    study.tell(
        "model-scored-only",
        "Scored with the model trained for {month}; nothing was tested, so churn_lift and churn_costs are not written.",
        month=description["as_of"][:7],
    )
    tables = {"churn_scores": table, "churn_drift": drift.table}
    return Outcome(tables, metrics, tuple(study.notices), {"churn": (saved.estimator, dict(description))}, study.as_of)


def _checked(saved: SavedModel) -> Mapping[str, Any]:
    found = saved.description
    width = getattr(saved.estimator, "n_features_in_", None)
    if not all(key in found for key in _KEYS) or width != len(found["features"]):
        raise _unfit(saved)
    return found


def _unfit(saved: SavedModel) -> DataError:
    return DataError(
        "model-side-car",
        "{file} does not describe a model this version can read.",
        hint="Train it again with: telcli predict-churn",
        file=f"{saved.name}.json",
    )


def _road(study: Study, model: ChurnModel, description: Mapping[str, Any]) -> Road:
    """The snapshot scored, and nobody tested."""
    design = ChurnDesign(tuple(_feature(told) for told in description["features"]), {})
    here = None if description["label"] == _FLAT else here_now(study.by(description["definition"]))
    people = people_at(study, design, here)
    if description["label"] == _FLAT:
        people = with_labels(study, people)
    people = _fitting(study, people, design, description)
    stayer = np.array(description["typical_stayer"], dtype=np.float32)  # None is NaN
    nobody = people.clear()
    return Road(
        people=people,
        probability=probability_of(study.inputs, people, model, design),
        source=np.full(people.height, "final-model"),
        tested=nobody,
        y=np.empty(0),
        p=np.empty(0),
        model=model,
        design=design,
        stayer=stayer,
        sample=design.matrix(nobody),
        sample_stayed=np.empty(0, dtype=bool),
        facts={"split": "scored-only"},
    )


def _feature(told: Mapping[str, Any]) -> Feature:
    return Feature(told["name"], told["kind"], tuple(told["levels"]), told["rest"], told["hashed"])


def _fitting(study: Study, people: pl.DataFrame, design: ChurnDesign, description: Mapping[str, Any]) -> pl.DataFrame:
    """The people with those columns that the model can read; what it misses and what is new to it is told.

    A model of which most of the strongest columns are not there was made for another base, and is refused.
    """
    missing = [feature.name for feature in design.features if not _readable(people, feature)]
    strongest = [told["feature"] for told in description["drivers"]]
    lost = [name for name in strongest if name in missing]
    if len(lost) > max(_FEW_LOST, len(strongest) / 2) or len(missing) == len(design.features) > 0:
        raise DataError(
            "model-other-data",
            "The model was made for other tables: of the columns that matter most to it, these are not in {month}: "
            "{columns}.",
            hint="Use a model that was trained on tables like these, or train one: telcli predict-churn",
            month=f"{study.as_of:%Y-%m}",
            columns=_plain(lost or missing[:10]),
        )
    if missing:
        study.tell(
            "model-columns-missing",
            "The model reads columns that are not there, are empty or hold something else now, and takes them as not "
            "known: {columns}.",
            columns=_plain(missing),
        )
    new = {feature.name: _unseen(people, feature) for feature in design.features if feature.name not in missing}
    new = {name: rows for name, rows in new.items() if rows}
    if new:
        study.tell(
            "model-values-new",
            "Values that the model never saw count as not known, in {rows} of {all} customers at most: {columns}.",
            rows=max(new.values()),
            all=people.height,
            columns=_plain(list(new)),
        )
    return people.drop(name for name in missing if name in people.columns and name not in _WORTH)


_WORTH = ("revenue", "revenue_mean_3")
"""Columns that tell what customers are worth too."""


def _readable(people: pl.DataFrame, feature: Feature) -> bool:
    """Whether the column is there, holds anything, and is of the kind that the model learned it as."""
    if feature.name not in people.columns or people.get_column(feature.name).null_count() == people.height:
        return False
    kind = people.schema[feature.name]
    if feature.kind == "date":
        return kind in (pl.Date, pl.Datetime)
    return feature.kind == "category" or kind.is_numeric() or kind == pl.Boolean


def _unseen(people: pl.DataFrame, feature: Feature) -> int:
    """Customers whose category was not there in training; where rare ones were taken together, all count as rare."""
    if feature.kind != "category" or feature.rest:
        return 0
    values = feature.as_levels(people.get_column(feature.name)).drop_nulls()
    return int((~values.is_in(list(feature.levels))).sum())


def _tell_definition(study: Study, description: Mapping[str, Any]) -> None:
    """Say where the settings of now call something else leaving than the model learned."""
    if description["label"] == _FLAT:
        return
    then = description["definition"]
    other = [name for name in DEFINING if name in then and then[name] != getattr(study.settings, name)]
    if other:
        study.tell(
            "model-definition",
            "The model learned what leaving is by {then}; the settings of now ({now}) change nothing in its scores.",
            then=", ".join(f"{name} = {then[name]}" for name in other),
            now=", ".join(f"{name} = {getattr(study.settings, name)}" for name in other),
        )


def _tell_decision(study: Study, description: Mapping[str, Any]) -> None:
    """Say where targets do not follow the method that the model's own run followed."""
    method = description["metrics"].get("chosen_method", REFERENCE)
    if method != REFERENCE:
        study.tell(
            "decision-model-bayes",
            "Targets are those whom it pays to contact by the model ({reference}); in the run that trained it they "
            "followed {method}, which is not saved with a model.",
            reference=REFERENCE,
            method=method,
        )


def _plain(names: list[str]) -> str:
    return ", ".join(sorted(name.removeprefix("x_") for name in names))


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
