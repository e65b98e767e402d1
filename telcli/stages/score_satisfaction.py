"""``score-satisfaction``: how satisfied customers are, by group and by item, from what they answered when asked."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from telcli.errors import MissingInputError, Notice
from telcli.features.month_index import end_of_month
from telcli.settings import ScoreSatisfactionSettings
from telcli.stages import Inputs, Outcome
from telcli.stages.score_satisfaction_answers import Survey, survey_of
from telcli.stages.score_satisfaction_areas import with_predicted
from telcli.stages.score_satisfaction_base import base_of
from telcli.stages.score_satisfaction_index import index_table
from telcli.stages.score_satisfaction_items import expectation_index, items_table
from telcli.stages.score_satisfaction_reasons import filled, reasons_of
from telcli.stages.score_satisfaction_weighting import nonresponse, weighted
from telcli.stages.score_satisfaction_word_of_mouth import word_of_mouth
from telcli.tables import contract

__all__ = ["score_satisfaction"]


def score_satisfaction(inputs: Inputs, settings: ScoreSatisfactionSettings) -> Outcome:
    """Score satisfaction at the end of one month.

    Parameters
    ----------
    inputs : Inputs
        customer_months and customers; surveys, or contacts with ratings where there are none; subscriptions and
        segments, where there are some.
    settings : ScoreSatisfactionSettings
        Scale and weights of the index, what it is told by, when a customer is satisfied.

    Returns
    -------
    Outcome
        Tables ``satisfaction_scores``, ``satisfaction_index``, ``satisfaction_items``, ``satisfaction_weights``, and
        those of `score_satisfaction_reasons`.

    Raises
    ------
    MissingInputError
        Nobody answered, or nobody is a customer.
    UsageError
        A setting names what is not there.
    """
    as_of = inputs.as_of or date.min
    end = end_of_month(as_of)
    survey = survey_of(inputs.tables, end, settings)
    base = base_of(inputs.tables, as_of, settings)
    people = survey.people.join(base.select("customer_id"), on="customer_id", how="semi")
    gone = _gone(survey.people.height, people.height, as_of)
    spoken = weighted(base, people, as_of, settings)
    silent, said = nonresponse(inputs.tables["customer_months"], survey.people, as_of)
    index = index_table(base, spoken.people, as_of, settings)
    items, placed = items_table(survey, spoken.people, as_of, settings, inputs.seed)
    reasons = reasons_of(inputs, survey, base, spoken.people, settings)
    scores = filled(_scores(base, spoken.people, as_of), reasons)
    tables = {
        "satisfaction_scores": scores,
        "satisfaction_index": with_predicted(index, base, scores, reasons.residuals, settings),
        "satisfaction_items": items,
        "satisfaction_weights": spoken.table,
        **reasons.tables,
    }
    metrics = {
        **_metrics(survey, base, index, settings),
        **spoken.metrics,
        "nonresponse": silent,
        "quadrants": placed.lines,
    }
    metrics["word_of_mouth"] = word_of_mouth(settings.assumptions, index.row(0, named=True))
    metrics["expectation_index"] = expectation_index(items)
    return Outcome(
        {name: frame.lazy() for name, frame in tables.items()},
        {**metrics, **reasons.metrics},
        (*gone, *survey.notices, *spoken.notices, *said, *placed.notices, *reasons.notices),
    )


def _gone(answered: int, counted: int, as_of: date) -> tuple[Notice, ...]:
    """How many who answered are no customers any more, or not known as such; none left is an error."""
    if not counted:
        raise MissingInputError(
            "satisfaction-nobody-there",
            "None of the {answered} customers who answered is a customer at the end of {month}.",
            hint="Look whether the survey names customers as other extracts do: telcli show surveys, telcli show "
            "customers. Or choose another --as-of.",
            answered=answered,
            month=f"{as_of:%Y-%m}",
        )
    if counted == answered:
        return ()
    text = (
        "{gone} of {answered} customers who answered are no customers at the end of {month}; they count in what "
        "followed alone."
    )
    return (
        Notice(
            "satisfaction-gone", text, {"gone": answered - counted, "answered": answered, "month": f"{as_of:%Y-%m}"}
        ),
    )


def _scores(base: pl.DataFrame, people: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """The table satisfaction_scores: everybody of the base; who was not asked has no satisfaction yet."""
    names = [one.name for one in contract("satisfaction_scores").columns()]
    rows = base.select("customer_id").join(people, on="customer_id", how="left", maintain_order="left")
    known = pl.col("satisfaction").is_not_null()
    empty = {name: pl.lit(None, pl.Float64) for name in names if name not in (*rows.columns, "as_of", "surveyed")}
    rows = rows.with_columns(**empty).with_columns(
        as_of=pl.lit(as_of),
        surveyed=known,
        source=pl.when(known).then(pl.lit("surveyed")),
        weight=pl.when(known).then("speaks"),
    )
    return rows.select(names)


def _metrics(
    survey: Survey, base: pl.DataFrame, index: pl.DataFrame, settings: ScoreSatisfactionSettings
) -> dict[str, Any]:
    whole = index.row(0, named=True)
    days = survey.people["surveyed_on"].sort()
    asked = {"months": settings.window_months, "first": days[0].isoformat(), "last": days[-1].isoformat()}
    figures = ("respondents", "response_rate", "index", "index_low", "index_high", "effective")
    more = ("satisfied_share", "dissatisfied_share", "nps", "nps_low", "nps_high", "nps_answers")
    return {
        "customers": base.height,
        **{name: whole[name] for name in (*figures, *more)},
        "source": survey.source,
        "asked": asked,
        "satisfied_from": settings.satisfied_from,
        "weights": dict(survey.weights),
        "weights_by": survey.weights_by,
        "scales": {item: f"{low:g}-{high:g}" for item, (low, high) in survey.scales.items()},
    }
