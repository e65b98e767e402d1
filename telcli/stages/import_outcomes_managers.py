"""How account managers did: how much there was to do, what was done by when, what came of it as like with like."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import polars as pl
from scipy.special import logit

from telcli.features.month_index import add_months
from telcli.methods.case_mix import CaseMix, case_mix, expected_chances
from telcli.methods.rates import wilson
from telcli.settings import ImportOutcomesSettings
from telcli.stages.import_outcomes_rows import Plans, due
from telcli.tables.task_results import CONTRACTS
from telcli.tables.task_sheet import TALKED

__all__ = ["manager_results"]

_UNASSIGNED = "unassigned"
_KEY = ["campaign_id", "customer_id"]
_CASE = ("churn_probability", "value_band", "theme")
_LEVELS = ("value_band", "theme", "offer_id")
_SMALL = 1e-4
_ALPHA = 0.05


def manager_results(
    plans: Plans,
    outcomes: pl.DataFrame,
    rejects: pl.DataFrame,
    settings: ImportOutcomesSettings,
    capacity: int,
    today: date,
) -> pl.DataFrame:
    """The table manager_results, of each plan month alone and with the months before it.

    Expected acceptances are those of all managers with such cases: chance of leaving, value band, theme and offer.
    Held-out customers who were contacted count as contaminated alone. Who does better is said only where it holds too
    with tasks that are due and not reported counted as not accepted: silence about refusals earns nothing.
    """
    attributes = plans.plan.select(*_KEY, *(name for name in _CASE if name in plans.plan.columns))
    reported = outcomes.filter(~pl.col("contaminated")).select(*_KEY, "contacted_on", "result", "cost")
    rows = plans.tasks.join(reported, on=_KEY, how="left").join(attributes, on=_KEY, how="left").sort("as_of", *_KEY)
    spoiled = outcomes.filter("contaminated").select("as_of", "manager_id")
    refused = rejects.select("as_of", "manager_id", "file", "line").unique().drop_nulls("manager_id")
    parts = []
    for month in sorted(rows["as_of"].unique().to_list()):
        first = add_months(month, 1 - settings.months_back)
        for span, since in (("month", month), ("to-date", first)):
            within = pl.col("as_of").is_between(since, month)
            one = _of_span(rows.filter(within).with_columns(_due=due(today)), settings.least_tasks, capacity)
            more = [frame.filter(within).group_by("manager_id").len() for frame in (spoiled, refused)]
            parts.append(_beside(one, more, month, span))
    every = pl.concat(parts, how="diagonal_relaxed") if parts else CONTRACTS["manager_results"].schema.create_empty()
    return CONTRACTS["manager_results"].conform(every.lazy()).collect()


def _of_span(rows: pl.DataFrame, least: int, capacity: int) -> pl.DataFrame:
    """One row per manager."""
    done = pl.col("result").is_not_null()
    timed = done & pl.col("deadline").is_not_null()
    late = (pl.col("contacted_on") - pl.col("as_of").dt.offset_by("1mo")).dt.total_days()
    months = pl.col("as_of").n_unique()
    found = rows.group_by("manager_id").agg(
        tasks=pl.len().cast(pl.Int64),
        due=pl.col("_due").sum().cast(pl.Int64),
        _told=(pl.col("_due") & done).sum().cast(pl.Int64),
        own_share=pl.col("owner").mean(),
        _months=months,
        reported=done.sum().cast(pl.Int64),
        reached=pl.col("result").is_in(TALKED).sum().cast(pl.Int64),
        _timed=timed.sum().cast(pl.Int64),
        on_time=(timed & (pl.col("contacted_on") <= pl.col("deadline"))).sum().cast(pl.Int64),
        days_median=late.median(),
        accepted=(pl.col("result") == "accepted").sum().cast(pl.Int64),
        cost=pl.col("cost").sum(),
    )
    room = pl.lit(capacity or None, dtype=pl.Int64) * pl.col("_months").cast(pl.Int64)
    found = found.sort("manager_id").with_columns(capacity=room)
    found = found.with_columns(
        *_ends(found, "on_time", "_timed", "on_time"),
        *_ends(found, "accepted", "reported", "acceptance"),
        load=pl.col("tasks") / pl.col("capacity"),
        reported_share=_over("_told", "due"),
        on_time_share=_over("on_time", "_timed"),
        acceptance=_over("accepted", "reported"),
    )
    return found.join(_judged(rows, least), on="manager_id", how="left")


def _judged(rows: pl.DataFrame, least: int) -> pl.DataFrame:
    """Managers by what they reported; better only where what is due and not reported does not change that."""
    done = pl.col("result").is_not_null()
    found = _like_with_like(rows.filter(done), least)
    if not (found["verdict"] == "better").any() or rows.filter(~done & pl.col("_due")).is_empty():
        return found
    silent = _like_with_like(rows.filter(done | pl.col("_due")), least)
    sure = silent.filter(pl.col("verdict") == "better")["manager_id"].to_list()
    doubtful = (pl.col("verdict") == "better") & ~pl.col("manager_id").is_in(sure)
    return found.with_columns(verdict=pl.when(doubtful).then(pl.lit("cannot-tell")).otherwise("verdict"))


def _over(part: str, whole: str) -> pl.Expr:
    return pl.when(pl.col(whole) > 0).then(pl.col(part) / pl.col(whole)).alias(part)


def _ends(found: pl.DataFrame, part: str, whole: str, name: str) -> list[pl.Series]:
    low, high = wilson(found[part].to_numpy(), found[whole].to_numpy())
    return [pl.Series(f"{name}_{end}", each).fill_nan(None) for end, each in (("low", low), ("high", high))]


def _like_with_like(rows: pl.DataFrame, least: int) -> pl.DataFrame:
    """Observed acceptances against expected, by manager; of nobody in particular there is no verdict."""
    y = (rows["result"] == "accepted").fill_null(value=False).to_numpy().astype(np.int64)
    risk = logit(np.clip(rows["churn_probability"].fill_null(0.5).to_numpy(), _SMALL, 1.0 - _SMALL))
    levels = [rows[name].fill_null("").to_numpy() for name in _LEVELS]
    chances = expected_chances(risk.reshape(-1, 1), levels, y)
    named = (rows["manager_id"] != _UNASSIGNED).to_numpy()
    found = case_mix(rows["manager_id"].to_numpy()[named], chances[named], y[named], least=least)
    return _as_frame(found)


def _as_frame(found: CaseMix) -> pl.DataFrame:
    rare = found.chance <= _ALPHA
    words = np.where(found.ratio > 1, "better", "worse")
    verdict = np.where(np.isnan(found.chance), "cannot-tell", np.where(rare, words, "as-expected"))
    columns: dict[str, Any] = {
        "expected": found.expected,
        "ratio": found.ratio,
        "ratio_low": found.low,
        "ratio_high": found.high,
        "ratio_shrunk": np.where(np.isnan(found.ratio), np.nan, found.shrunk),
        **{f"funnel_{name}": found.limits[:, at] for at, name in enumerate(("low", "high", "low_998", "high_998"))},
        "chance": found.chance,
    }
    series = [pl.Series(name, values, dtype=pl.Float64).fill_nan(None) for name, values in columns.items()]
    people = pl.Series("manager_id", list(found.people), dtype=pl.String)
    return pl.DataFrame([people, *series, pl.Series("verdict", verdict.tolist(), dtype=pl.String)])


def _beside(found: pl.DataFrame, more: list[pl.DataFrame], month: date, span: str) -> pl.DataFrame:
    """The managers with what else is counted of them, those who have that alone too."""
    for name, counted in zip(("contaminated", "rejected"), more, strict=True):
        told = counted.select("manager_id", pl.col("len").cast(pl.Int64).alias(name))
        found = found.join(told, on="manager_id", how="full", coalesce=True)
    counts = ("tasks", "reported", "reached", "on_time", "accepted", "contaminated", "rejected")
    return found.sort("manager_id").with_columns(
        pl.col(counts).fill_null(0),
        pl.col("cost").fill_null(0.0),
        pl.col("verdict").fill_null("cannot-tell"),
        as_of=pl.lit(month),
        span=pl.lit(span),
    )
