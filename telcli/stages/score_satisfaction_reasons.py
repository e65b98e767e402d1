"""Part of score-satisfaction: why customers are satisfied, how those not asked are, what follows, how loyal all are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from telcli.errors import MissingInputError, Notice
from telcli.features.loyalty import PARTS, Full, loyalty_parts
from telcli.features.month_index import add_months, end_of_month
from telcli.features.survey_moment import asked_then, asked_too_early
from telcli.settings import ScoreSatisfactionSettings
from telcli.stages import Inputs
from telcli.stages.score_satisfaction_answers import Survey, survey_of
from telcli.stages.score_satisfaction_drivers import drivers_of
from telcli.stages.score_satisfaction_links import links_of
from telcli.stages.score_satisfaction_predict import predict

__all__ = ["Reasons", "filled", "reasons_of"]


@dataclass(frozen=True)
class Reasons:
    """Tables by name, what they tell of customers (`people`: a row each of the base), figures, what is to be said.

    `residuals` are answers less predictions, by customer.
    """

    tables: dict[str, pl.DataFrame]
    people: pl.DataFrame
    metrics: dict[str, Any]
    notices: tuple[Notice, ...]
    residuals: pl.DataFrame


def reasons_of(
    inputs: Inputs, survey: Survey, base: pl.DataFrame, people: pl.DataFrame, settings: ScoreSatisfactionSettings
) -> Reasons:
    """`people` are those of the base who answered, with `speaks`, the customers each speaks for."""
    as_of = inputs.as_of or date.min
    then = asked_then(inputs.tables, people.select("customer_id", "surveyed_on"), as_of)
    early = asked_too_early(inputs.tables, people)
    drivers = drivers_of(survey, people, then, as_of, settings, inputs.seed)
    guessed = predict(inputs.tables, survey, base, people, then, as_of, settings, inputs.seed)
    before = _asked_before(inputs.tables, as_of, settings, survey.scales)
    since = asked_then(inputs.tables, before.select("customer_id", "surveyed_on"), as_of)
    links = links_of(inputs.tables, before, since, as_of, settings)
    loyal = _loyal(inputs.tables, people, as_of, settings)
    tables = {
        "satisfaction_drivers": drivers.table,
        "satisfaction_trials": guessed.trials,
        "satisfaction_calibration": guessed.calibration,
        "satisfaction_links": links.table,
        "loyalty_parts": loyal.with_columns(as_of=pl.lit(as_of)),
    }
    known = loyal["loyalty"].drop_nulls().sort()
    metrics = {
        **drivers.metrics,
        **guessed.metrics,
        **links.metrics,
        "asked_too_early": early,
        "loyalty": round(float(known.to_numpy().mean()), 6) if len(known) else None,
        "loyalty_customers": len(known),
        "loyalty_parts": {name: loyal[name].count() for name in PARTS},
    }
    notices = (*drivers.notices, *guessed.notices, *links.notices, *_early(early), *_unknown(loyal, settings))
    told = guessed.people.join(loyal.select("customer_id", "loyalty"), on="customer_id", how="full", coalesce=True)
    return Reasons(tables, told, metrics, notices, guessed.residuals)


def filled(scores: pl.DataFrame, reasons: Reasons) -> pl.DataFrame:
    """The table satisfaction_scores with what is predicted of who was not asked, and everybody's loyalty."""
    told = scores.join(reasons.people, on="customer_id", how="left", maintain_order="left", suffix="_told")
    names = [name for name in reasons.people.columns if name != "customer_id"]
    return told.with_columns(pl.coalesce(name, f"{name}_told").alias(name) for name in names).select(scores.columns)


def _asked_before(
    tables: Mapping[str, pl.LazyFrame],
    as_of: date,
    settings: ScoreSatisfactionSettings,
    scales: Mapping[str, tuple[float, float]],
) -> pl.DataFrame:
    """Who answered so long ago that the months after are over; who has left since is among them."""
    end = end_of_month(add_months(as_of, -settings.link_months))
    try:
        found = survey_of(tables, end, settings, scales).people
    except MissingInputError:
        return pl.DataFrame(schema={"customer_id": pl.String, "satisfaction": pl.Float64, "surveyed_on": pl.Date})
    return found.select("customer_id", "satisfaction", "surveyed_on")


def _loyal(
    tables: Mapping[str, pl.LazyFrame], people: pl.DataFrame, as_of: date, settings: ScoreSatisfactionSettings
) -> pl.DataFrame:
    full = Full(settings.full_tenure, settings.full_contract, settings.full_bundle)
    return loyalty_parts(
        tables["customer_months"],
        as_of,
        full,
        _weights(settings),
        people.select("customer_id", "nps"),
        settings.loyalty_known,
    )


def _weights(settings: ScoreSatisfactionSettings) -> dict[str, float]:
    return {name: float(getattr(settings, f"{name}_weight")) for name in PARTS}


def _early(customers: int) -> tuple[Notice, ...]:
    if not customers:
        return ()
    template = (
        "{customers} customers were asked in the first month known, of whom nothing from before is known: records of "
        "theirs tell nothing of drivers, predictions and like customers."
    )
    return (Notice("satisfaction-asked-first", template, {"customers": customers}),)


def _unknown(loyal: pl.DataFrame, settings: ScoreSatisfactionSettings) -> tuple[Notice, ...]:
    """Parts of loyalty that have weight and that nothing tells of anybody."""
    names = [name for name, weight in _weights(settings).items() if weight > 0 and not loyal[name].count()]
    without = loyal.filter(pl.col("loyalty").is_null()).height
    found = []
    if names and without < loyal.height:
        template = "Loyalty leaves out what nothing tells: {parts}. The weights of the others are raised in proportion."
        found.append(Notice("satisfaction-loyalty-parts", template, {"parts": ", ".join(names)}))
    if without:
        template = (
            "{customers} of {all} customers get no loyalty: of them less than {share:.0%} of the weight of its parts "
            "is known (loyalty_known, loyalty_parts)."
        )
        values = {"customers": without, "all": loyal.height, "share": settings.loyalty_known}
        found.append(Notice("satisfaction-no-loyalty", template, values))
    return tuple(found)
