"""Traffic pumped to high-cost numbers (IRSF): minutes that rise out of nothing, of several customers to one range."""

from __future__ import annotations

import polars as pl

from telcli.features.month_index import add_months
from telcli.stages.detect_fraud_found import HITS, Found, Ground, nothing, scored, signs_of, with_loss

__all__ = ["costly_traffic"]

_USUAL = 1.0
"""Minutes a day that a customer's usual use counts for at least: who never called such numbers has a usual day too."""
_BURST = 2
"""Months before in which pumping that goes on may have begun: longer than that it is how a customer calls."""


def costly_traffic(ground: Ground) -> Found:
    """Suspect customers with a day of `minutes` or more to high-cost numbers who rose out of nothing, or did together.

    Together are `range_subjects` customers or more with such a day to the same range, `range_times` as many as others
    have on its other days: all of them are suspected but who is known to call so on a usual day. Alone is suspected who
    makes `spike` times her usual day, most of it at night or on a weekend; where no numbers are named as costly, so
    that any call abroad counts, on `lone_days` days at least. A usual day is the mean over the customer's days with
    calls before the first such day of this month and the two before, where there are `history_days` of them, else
    before the first of this month; with fewer than `history_days` of these too there is none.
    """
    rule = ground.rules["irsf"]
    if ground.days is None:
        return nothing("irsf")
    days = ground.days.filter(pl.col("costly_minutes") >= rule["minutes"])
    every = days.select("customer_id", "day", "costly_minutes", "costly_off", "costly_range").collect()
    heavy = _together(ground, every, rule["range_times"]).filter(pl.col("day") >= ground.as_of)
    if not heavy.height:
        return nothing("irsf")
    rows = _against_usual(ground, heavy, every, rule["history_days"])
    named = bool(ground.settings.high_cost.strip())
    facts = {
        "costly-minutes" if named else "abroad-minutes": (pl.lit(value=True), pl.col("most"), rule["minutes"]),
        "usual-day": (pl.col("spike") >= rule["spike"], pl.col("usual"), None),
        "spike": (pl.col("spike") >= rule["spike"], pl.col("spike"), rule["spike"]),
        "off-hours": (pl.col("off") >= rule["night_weekend"], pl.col("off"), rule["night_weekend"]),
        "one-range": (pl.col("together") >= rule["range_subjects"], pl.col("together"), rule["range_subjects"]),
    }
    rises = facts["spike"][0]
    together = facts["one-range"][0].fill_null(value=False) & rises.fill_null(value=True)
    often = pl.col("days") >= (1 if named else rule["lone_days"])
    alone = rises.fill_null(value=False) & facts["off-hours"][0] & often
    score = scored([(holds, value / limit) for holds, value, limit in facts.values() if limit])
    hits = rows.filter(together | alone).with_columns(score=score)
    rate = ground.settings.premium_rate if named else ground.settings.minute_rate
    hits = with_loss(hits, ground, pl.col("minutes") * rate)
    told = heavy.filter(pl.col("costly_range").is_not_null())
    ties = told.select(subject_id="customer_id", tie=pl.format("range {} {}", "costly_range", "day")).unique()
    return Found("irsf", "customer", hits.select(HITS.names()), signs_of(hits, facts), ties=ties)


def _together(ground: Ground, heavy: pl.DataFrame, times: float) -> pl.DataFrame:
    """With how many have such a day to the same range on the same day, where they are `times` as many as others' days.

    A country that hundreds call on any day is no range that is pumped. Other days of the same customers tell nothing of
    that: those who pump for a month do it on all of them.
    """
    span = (ground.called[1] - ground.called[0]).days if ground.called else 0
    own = pl.len().over("costly_range", "day").cast(pl.Float64)
    theirs = pl.len().over("costly_range", "customer_id").cast(pl.Float64)
    told = heavy.with_columns(theirs=theirs)
    others = (pl.len().over("costly_range") - pl.col("theirs").sum().over("costly_range", "day")) / max(span, 1)
    known = pl.col("costly_range").is_not_null()
    return told.with_columns(together=pl.when(known).then(pl.when(own >= times * others).then(own).otherwise(0.0)))


def _against_usual(ground: Ground, heavy: pl.DataFrame, every: pl.DataFrame, least: float) -> pl.DataFrame:
    """One row per customer with heavy days: what they come to beside the usual day before them."""
    found = (
        heavy.group_by(subject_id="customer_id")
        .agg(
            most=pl.col("costly_minutes").max(),
            minutes=pl.col("costly_minutes").sort_by("day").sum(),
            off=pl.col("costly_off").sort_by("day").sum() / pl.col("costly_minutes").sort_by("day").sum(),
            together=pl.col("together").max(),
            first_day=pl.col("day").min(),
            last_day=pl.col("day").max(),
            days=pl.len().cast(pl.Int64),
        )
        .sort("subject_id")
    )
    lately = every.filter(pl.col("day") >= add_months(ground.as_of, -_BURST))
    began = lately.group_by(subject_id="customer_id").agg(began=pl.col("day").min())
    found = found.join(began, on="subject_id", how="left", maintain_order="left")
    joined = found.join(_usual(ground, found, least), on="subject_id", how="left", maintain_order="left")
    return joined.with_columns(spike=pl.col("most") / pl.col("usual").clip(lower_bound=_USUAL))


def _usual(ground: Ground, found: pl.DataFrame, least: float) -> pl.DataFrame:
    """The usual day of customers before what goes on `began`, where that is known, else before `first_day`."""
    days = pl.LazyFrame() if ground.days is None else ground.days
    before = days.join(found.lazy(), left_on="customer_id", right_on="subject_id", how="inner").sort("day")

    def mean(since: str) -> pl.Expr:
        own = pl.col("costly_minutes").filter(pl.col("day") < pl.col(since))
        return pl.when(own.len() >= least).then(own.mean())

    return before.group_by(subject_id="customer_id").agg(usual=pl.coalesce(mean("began"), mean("first_day"))).collect()
