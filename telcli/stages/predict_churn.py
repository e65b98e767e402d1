"""Who will leave, how sure that is, whom it pays to contact, and why.

One labelled table is tested by cross-validation; months of history by time: learned from earlier snapshots, calibrated
on a later one, tested on the latest whose outcome is known. Costs follow Verbraken, Verbeke and Baesens (2013): contact
where `p gamma (CLV - d) - (1 - p) d - f > 0`. Risk is high from `high_risk_lift` times the tested churn rate, medium
from `medium_risk_lift` times.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl

from telcli.errors import DataError, Notice
from telcli.features.told_by import told_by
from telcli.methods.churn_evaluation import Evaluation, evaluate
from telcli.methods.reliability import reliability
from telcli.settings import PredictChurnSettings
from telcli.stages import Inputs, Outcome
from telcli.stages.predict_churn_around import around
from telcli.stages.predict_churn_costs import compared
from telcli.stages.predict_churn_drift import drift_of
from telcli.stages.predict_churn_drivers import drivers_of
from telcli.stages.predict_churn_evaluation import beyond, one_split
from telcli.stages.predict_churn_roads import flat_road, month_road
from telcli.stages.predict_churn_saved import describe, scored
from telcli.stages.predict_churn_scores import scores_of
from telcli.stages.predict_churn_study import LEVEL_OFF, Road, Study
from telcli.stages.predict_churn_values import Values
from telcli.stages.predict_churn_when import when_of
from telcli.stages.predict_churn_windows import label_told, windows_table

__all__ = ["predict_churn"]

_BY_CHANCE = 0.5
"""AUC of a model that knows nothing."""
_TOO_LITTLE = ("history-too-short", "one-class-label")
"""Errors that say how little there is to learn from, not that something is wrong with it."""


def predict_churn(inputs: Inputs, settings: PredictChurnSettings) -> Outcome:
    """Score every customer active at the snapshot.

    Needs customer_months and customers; uses subscriptions (main line, ends) and value_scores (worth of each customer).
    Gives churn_scores and the model ``churn``, the tables of its test, of costs, of drivers and of when (`_trained`);
    with a saved model, of these churn_scores and churn_drift (`scored`). And who left so far (`around`).

    Raises
    ------
    DataError
        No label, one class only, a column that leaks, or a history too short to know who left.
    """
    months = inputs.tables["customer_months"]
    as_of = inputs.as_of or months.select(pl.col("month").max()).collect(engine="streaming").item()
    known = replace(inputs, tables=told_by(inputs.tables, as_of)) if as_of else inputs
    span = known.tables["customer_months"].select(first=pl.col("month").min(), left=pl.col("left").any())
    first, any_left = span.collect(engine="streaming").row(0)
    if first is None:
        raise DataError("no-rows", "There are no customers to learn from.")
    study = Study(known, settings, as_of)
    if inputs.model is not None:
        return around(study, first, scored(study, inputs.model))
    return around(study, first, _tried(study, first, bool(any_left)))


def _tried(study: Study, first: date, any_left: bool) -> Outcome:
    """What a model says; nothing where months show who left, but too few of them to learn from."""
    try:
        return _trained(study, one_split(study, _road(study, first, any_left)))
    except DataError as error:
        if error.code not in _TOO_LITTLE or not any_left:
            raise
        study.notices[:] = [Notice(error.code, error.template, error.values)]
        study.tell("no-model", "So nobody was scored. Who left, why, and whom to care for is told all the same.")
        return Outcome({}, {}, as_of=study.as_of)


def _trained(study: Study, road: Road) -> Outcome:
    """What a model that was trained and tested now says."""
    values = Values(study, road)
    found = _tested(study, road, values)
    costs = compared(study, road, values)
    drivers, label = drivers_of(study, road), label_told(study, road)
    coming, when = when_of(study, road)
    months, beside = beyond(study, road)
    tables = {
        "churn_scores": scores_of(study, road, values, float(found.metrics["churn_rate"]), costs.target),
        "churn_lift": pl.DataFrame(found.lift).select(pl.lit(study.as_of).alias("as_of"), pl.all()).lazy(),
        "churn_calibration": _calibration(study, road),
        **costs.tables,
        "churn_windows": windows_table(study, road, label),
        **coming,
        **drivers.tables,
        **months,
    }
    metrics = {
        **road.facts,
        "label": label,
        **found.metrics,
        **beside,
        **costs.metrics,
        "model": _model_facts(road),
        "drivers": drivers.strongest,
        "features": list(road.design.names),
        "left_out": _left_out(road),
        "value_from": values.origin,
        "when": when,
    }
    description = describe(study, road, metrics, drivers)
    drift = drift_of(study, road, description, trained=True)
    tables["churn_drift"] = drift.table
    models = {"churn": (road.model, description)}
    return Outcome(tables, {**metrics, **drift.metrics}, tuple(study.notices), models, study.as_of)


def _tested(study: Study, road: Road, values: Values) -> Evaluation:
    """How good the model is on customers it had not seen."""
    found = evaluate(road.y, road.p, values.tested, values.campaign(), seed=study.inputs.seed)
    _tell_level(study, found)
    return found


def _calibration(study: Study, road: Road) -> pl.LazyFrame:
    """Chances of tested customers beside what became of them."""
    rows = pl.DataFrame(reliability(road.y, road.p))
    return rows.select(pl.lit(study.as_of).alias("as_of"), pl.all()).lazy()


def _road(study: Study, first: date, any_left: bool) -> Road:
    customers = study.inputs.tables["customers"]
    labelled = "churned" in customers.collect_schema() and bool(
        customers.select(pl.col("churned").is_not_null().any()).collect(engine="streaming").item()
    )
    if labelled and (first == study.as_of or not any_left):
        return flat_road(study)
    if first == study.as_of:
        needed = study.settings.gap_months + study.settings.outcome_months + 1
        _point_to_saved(study)
        raise DataError(
            "no-label",
            "There is no label: no customer is marked as churned or stayed, and one month shows nobody leaving later.",
            hint="Name the label with --map churned=COLUMN in telcli ingest, or bring {needed} months or more.",
            needed=needed,
        )
    return month_road(study, first)


def _point_to_saved(study: Study) -> None:
    """Name the model that an earlier month left, where this month has no label to learn from."""
    saved = study.inputs.choices.get("saved_model")
    if saved:
        raise DataError(
            "no-label-saved",
            "There is no label: no customer is marked as churned or stayed, and one month shows nobody leaving later.",
            hint="Score this month with the model of an earlier one: telcli predict-churn --model {saved}",
            saved=saved,
        )


def _tell_level(study: Study, found: Evaluation) -> None:
    low, high = found.metrics.get("auc_low"), found.metrics.get("auc_high")
    if low is not None and low <= _BY_CHANCE:
        study.tell(
            "rank-by-chance",
            "On customers it had not seen the model ranks no better than chance may (AUC {auc:.2f}, "
            "{low:.2f}..{high:.2f}): do not act on its scores yet. More churners, months or columns may help.",
            auc=found.metrics["auc"],
            low=low,
            high=high,
        )
        return
    shift, error = found.metrics["calibration_intercept"], found.metrics["calibration_intercept_error"]
    if abs(shift) > max(LEVEL_OFF, 2.0 * error):
        study.tell(
            "level-off",
            "Of the tested customers {expected:.0f} were expected to leave and {observed:.0f} left, further apart than "
            "chance explains: trust the order of risk more than its level.",
            expected=found.metrics["expected_churners"],
            observed=found.metrics["rows"] * found.metrics["churn_rate"],
        )


def _left_out(road: Road) -> dict[str, str]:
    """Columns that are there and not used, with the reason; monthly columns that nobody filled are not there."""
    unused = set(range(len(road.design.names))) - set(road.model.columns_used())
    beyond = {road.design.names[j]: "beyond fit_seconds" for j in unused}
    found = {**road.design.left_out, **beyond}.items()
    return {name: why for name, why in sorted(found) if name.startswith("x_") or why != "empty"}


def _model_facts(road: Road) -> dict[str, Any]:
    """What the model is, what else was tried, and what the work allowed."""
    model = road.model
    return {
        "kind": model.kind_,
        "weights": dict(model.weights_),
        "trials": dict(model.trials_),
        "plan": dict(model.plan_),
    }
