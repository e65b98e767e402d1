"""What each customer is worth: money earned, and money still to come if the customer stays as others did.

    current value    margin of the last 12 months, as realised; never scaled up when there are fewer
    incremental      sum over t = 1..H of t u S(t | tenure) w_t, u what a month adds to the fees of customers alike; and
                     products taken up and given up, see `score_value_products`
    retention value  sum over t = 1..H of ((m - t v) S(t) - d (S(t - 1) - S(t))) w_t, S by tenure, m the usual monthly
                     margin, v what a month takes off such fees, d what leavers alike owed, w_t the discount
    lifetime value   their sum: one looks back, two forward, of which one is what is added, so that nothing counts twice

Source: the current / incremental / stock value model of telecom customers; the formulas stand in `methods`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import polars as pl

from telcli.errors import DataError, Notice, UsageError
from telcli.features.billed import billed_months
from telcli.features.exposure import curve, curves, fit_segments
from telcli.features.leaving_debts import left_owing, written_off
from telcli.features.margin import Book, book, month_range, pay_modes
from telcli.features.month_index import YEAR
from telcli.methods.value_backtest import held_back
from telcli.settings import ScoreValueSettings
from telcli.stages import Inputs, Outcome
from telcli.stages import score_value_notes as notes
from telcli.stages.score_value_backtest import tested
from telcli.stages.score_value_coming import Coming, Past, coming, expected_tables
from telcli.stages.score_value_debts import credit_losses
from telcli.stages.score_value_indicators import Scored, by_indicators, tried, unscored
from telcli.stages.score_value_left import left_told, left_year
from telcli.stages.score_value_looks import looked
from telcli.stages.score_value_margin import Earned, earned, margin_table, parts_table, with_sales
from telcli.stages.score_value_plan import tier_shares
from telcli.stages.score_value_products import products_told
from telcli.stages.score_value_stars import star_notices
from telcli.stages.score_value_staying import Stays, by_labels, by_months, effect_rows, ended_lines
from telcli.stages.score_value_views import cohort_rows, offer_rows
from telcli.stages.score_value_worth import ahead, worth, worth_told

__all__ = ["score_value"]


@dataclass
class _Study:
    """One run: what was asked, what was found, what the analyst should know."""

    as_of: date
    calendar: list[date]
    settings: ScoreValueSettings
    notices: list[Notice]


def score_value(inputs: Inputs, settings: ScoreValueSettings) -> Outcome:
    """Score every customer active at the snapshot.

    Needs customer_months; reads the label of a flat table from customers, prepaid or postpaid from subscriptions, and
    who is billed at all from bills.
    Gives value_scores, value_parts, value_margin, value_growth, value_products, value_backtest, survival_curve and
    survival_groups, and the tables behind the score.

    Raises
    ------
    MissingInputError
        No revenue is known.
    DataError
        Nobody is active at the snapshot.
    UsageError
        The tier shares add up to more than 1, or the hierarchy of indicators is none.
    """
    study = _open(inputs, settings)
    frame = billed_months(inputs.tables, study.calendar[-YEAR:])
    future = held_back(len(study.calendar))
    window = study.calendar[-(YEAR + future) :]
    how, said = earned(frame, window[-YEAR:], settings, inputs.tables)
    study.notices += [*said, *notes.about_calls(how.known, frame.filter(pl.col("month") >= window[-YEAR:][0]))]
    modes = _modes(inputs, settings, study.as_of)
    inputs.progress("margins", 0, 3)
    everyone = book(frame, window, how.source, how.rates, (study.as_of, study.calendar[-1 - future]), modes, YEAR)
    here = everyone.active_at(0)
    if not len(here.ids):
        raise _nobody(study.as_of, inputs.tables["customer_months"])
    sold = with_sales(here.ids, here.year, inputs.tables, study.as_of, settings)
    here, counted = replace(here, year=sold.year), {**how.known, **sold.known}
    inputs.progress("survival", 1, 3)
    now, then = _staying(study, inputs, frame, modes, everyone)
    inputs.progress("values", 2, 3)
    booked, (everyone, expected, before) = everyone, _coming(study, inputs, everyone, how, future)
    left = left_year(booked, everyone, inputs.tables, study.as_of, settings)
    past = then.outlook(everyone, 1, max(future, 1))
    test = tested(everyone, past, study.calendar, future, settings, before, then.leaving)
    found = worth(here, study.calendar, ahead(now, everyone, settings), test.noise, expected, settings)
    scored = _scored(study, inputs, found.scores, here)
    study.notices += (*found.notices, *test.notices, *scored.notices, *star_notices(inputs, scored.scores, study.as_of))
    looks, seen = looked(inputs, here, scored.scores, study.as_of)
    metrics = worth_told(found, now, len(study.calendar), settings)
    metrics |= {"margin_basis": how.basis, "margin_parts": counted, "margin_of_leavers": left_told(left)}
    metrics |= {**scored.metrics, "products": products_told(expected.uptake, found.products), **seen}
    metrics["backtest"] = _backtest(study, inputs, everyone.active_at(1), test.verdict, future, scored.indicators)
    tables = {
        "value_scores": scored.scores.lazy(),
        **_where_from(study, inputs, frame, how, (here, left), counted),
        "value_backtest": test.bands.lazy().with_columns(as_of=pl.lit(study.as_of)),
        **expected_tables(expected, found.products, study.as_of),
        **_curves(study, inputs, frame, now),
        **{name: rows.lazy() for name, rows in scored.tables.items()},
        **looks,
    }
    inputs.progress("values", 3, 3)
    return Outcome(tables, metrics, tuple(study.notices), as_of=study.as_of)


def _where_from(
    study: _Study,
    inputs: Inputs,
    frame: pl.LazyFrame,
    how: Earned,
    people: tuple[Book, pl.DataFrame],
    counted: Mapping[str, str],
) -> dict[str, pl.LazyFrame]:
    """The tables of where margin comes from; `people` are customers valued, and the money of those who left."""
    here, left = people
    margins = here.ids.to_frame("customer_id").with_columns(margin=here.year["margin"])
    return {
        "value_parts": parts_table(here.ids, study.as_of, here.year),
        "value_margin": margin_table(study.as_of, here.year, left, counted),
        "value_offers": offer_rows(margins, left["customer_id"], inputs.tables, study.as_of, study.settings).lazy(),
        "value_cohorts": cohort_rows(frame, how.source, how.rates, study.as_of).lazy(),
    }


def _open(inputs: Inputs, settings: ScoreValueSettings) -> _Study:
    shares = sum(tier_shares(settings))
    if shares > 1.0 + 1e-9:
        raise UsageError(
            "value-tier-shares",
            "platinum_share, gold_share and silver_share add up to {total}, which is more than 1.",
            hint="Lower one of them in [score-value]; what they leave is bronze.",
            total=round(shares, 4),
        )
    calendar = month_range(inputs.tables["customer_months"], inputs.as_of)
    as_of = inputs.as_of or (calendar[-1] if calendar else None)
    if as_of is None or as_of not in calendar:
        raise _nobody(as_of, inputs.tables["customer_months"])
    return _Study(as_of, calendar, settings, [])


def _nobody(as_of: date | None, frame: pl.LazyFrame) -> DataError:
    months = frame.filter("active").select(first=pl.col("month").min(), last=pl.col("month").max())
    first, last = months.collect(engine="streaming").row(0)
    if last is None:
        return DataError(
            "value-nobody-ever",
            "No customer is active in any month: there is nobody to value.",
            hint="Look at what was ingested: telcli show customer_months",
        )
    return DataError(
        "value-nobody-active",
        "No customer is active in {month}: there is nobody to value.",
        hint="Choose another month with --as-of: customers are active from {first} to {last}.",
        month=f"{as_of:%Y-%m}" if as_of else "-",
        first=f"{first:%Y-%m}",
        last=f"{last:%Y-%m}",
    )


def _modes(inputs: Inputs, settings: ScoreValueSettings, as_of: date) -> pl.LazyFrame | None:
    subscriptions = inputs.tables.get("subscriptions")
    if settings.stratify == "none" or subscriptions is None or "pay_mode" not in subscriptions.collect_schema():
        return None
    return pay_modes(subscriptions, as_of)


def _staying(
    study: _Study, inputs: Inputs, frame: pl.LazyFrame, modes: pl.LazyFrame | None, everyone: Book
) -> tuple[Stays, Stays]:
    """How long customers stay, as known at the snapshot and as known at the back-test's month."""
    flat = len(study.calendar) == 1
    if flat:
        now = then = by_labels(frame, inputs.tables, study.settings)
    else:
        now, then = by_months(frame, modes, study.calendar, everyone, study.settings)
    ended = ended_lines(inputs.tables, study.as_of) if flat else 0
    study.notices += notes.about_staying(now.staying, study.settings.label_months, flat=flat, ended=ended)
    return now, then


def _coming(study: _Study, inputs: Inputs, everyone: Book, how: Earned, future: int) -> tuple[Book, Coming, Coming]:
    """The book with debts of leavers written off, and what comes of customers of the snapshot and of the back-test."""
    months = study.calendar[-(YEAR + 1 + future) :]
    debts = left_owing(inputs.tables["customer_months"], everyone, study.calendar[-(YEAR + future) :])
    everyone = written_off(everyone, debts, how.rates.bad_debt_rate)
    past = Past.of(inputs.tables, months, everyone, debts)
    here, rate = everyone.active_at(0).ids, how.rates.bad_debt_rate
    credit = credit_losses(inputs.tables, here, study.as_of, rate)
    now = replace(coming(past, 0, 0, how.rates), credit=credit)
    return everyone, now, coming(past, 1, future, how.rates)


def _curves(study: _Study, inputs: Inputs, frame: pl.LazyFrame, now: Stays) -> dict[str, pl.LazyFrame]:
    """The tables of how long customers stay."""
    months, least = study.settings.horizon_months, float(study.settings.min_at_risk)
    segments = fit_segments(frame, inputs.tables.get("segments_before"), least)
    return {
        "survival_curve": curve(now.staying.overall, study.as_of, months).lazy(),
        "survival_groups": curves(now.staying, segments, study.as_of, months).lazy(),
        "survival_effects": effect_rows(now, study.as_of).lazy(),
    }


def _scored(study: _Study, inputs: Inputs, worth: pl.DataFrame, here: Book) -> Scored:
    """Score and tier by the setting score_by."""
    if study.settings.score_by == "lifetime":
        return unscored(worth, study.settings, study.as_of)
    return by_indicators(inputs, study.settings, worth, here.margins[:, -YEAR:], study.as_of)


def _backtest(
    study: _Study, inputs: Inputs, past: Book, verdict: dict[str, Any] | None, future: int, used: Sequence[str]
) -> dict[str, Any] | None:
    """The verdict on values, and beside it how well the score of that month ranked customers."""
    if verdict is None or study.settings.score_by == "lifetime":
        return verdict
    before, after = past.margins[:, :-future][:, -YEAR:], past.margins[:, -future:]
    then, naive = (past.ids, study.calendar[-1 - future]), verdict["naive_rank_correlation"]
    found, said = tried(inputs, study.settings, then, (before, after), used, naive)
    study.notices += said
    return {**verdict, **found}
