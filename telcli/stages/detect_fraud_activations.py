"""Activations that nobody wanted: cards sold for the commission, and the channels that sell them."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from telcli.features.fraud_closer import main_cells
from telcli.features.month_index import add_months
from telcli.methods.rates import wilson
from telcli.stages.detect_fraud_found import HITS, Found, Ground, nothing, scored, signs_of

__all__ = ["channels", "fake_activations"]


def fake_activations(ground: Ground) -> Found:
    """Suspect lines activated of late that lack the use commission asks for, where a further sign speaks against them.

    Commission is due where each of the first `months` whole months has `minutes` of calls or `data_mb` of data; use is
    known by customer, and shared among the lines that were live; where an older line is among them it may all be hers.
    Lack of use alone makes nobody a suspect: people who hardly call lack it too. Further signs: a device of
    `devices_lines` lines or more, `burst` activations or more on one day of one channel or of lines used in one cell
    (which is one sign: a day of sales in a hall of residence is both), calls as regular as a clock.
    """
    rule = ground.rules["fake-activation"]
    rows = _activated(ground, rule)
    if rows is None or not rows.height:
        return nothing("fake-activation", "line")
    facts = {
        "unused": (pl.col("unused") > 0, pl.col("unused"), 1.0),
        "shared-device": (pl.col("shared") >= rule["devices_lines"], pl.col("shared"), rule["devices_lines"]),
        "burst": (pl.col("burst") >= rule["burst"], pl.col("burst"), rule["burst"]),
        "cell-burst": (pl.col("in_cell") >= rule["burst"], pl.col("in_cell"), rule["burst"]),
        "regular-calls": (pl.col("spread") <= rule["gap_spread"], pl.col("spread"), rule["gap_spread"]),
    }
    bursts = pl.any_horizontal(facts[code][0] for code in ("burst", "cell-burst"))
    signs = [facts["unused"][0], facts["shared-device"][0], bursts, facts["regular-calls"][0]]
    further = pl.sum_horizontal(holds.fill_null(value=False) for holds in signs[1:])
    unused = pl.col("unused") > 0
    named = rows.with_columns(
        suspected=(unused & (further >= 1)) | (further >= 2),
        score=scored([(holds, pl.lit(1.0)) for holds in signs]),
    )
    named = named.with_columns(loss=pl.when("suspected").then(pl.col("commission") + pl.col("subsidy")).otherwise(0.0))
    hits = named.filter("suspected").sort("subject_id")
    told = channels(named, rule)
    return Found(
        "fake-activation", "line", hits.select(HITS.names()), signs_of(hits, facts), metrics={"channels": told}
    )


def channels(rows: pl.DataFrame, rule: Mapping[str, float]) -> pl.DataFrame:
    """Activations by channel and month, those suspected among them, and what the operator's rule would have."""
    found = (
        rows.filter(pl.col("channel_id").is_not_null())
        .group_by("channel_id", month=pl.col("activated_on").dt.month_start())
        .agg(
            activations=pl.len().cast(pl.Int64),
            unused=(pl.col("unused") > 0).sum().cast(pl.Int64),
            suspected=pl.col("suspected").sum().cast(pl.Int64),
            commission=pl.col("loss").sum().round(2),
        )
        .sort("channel_id", "month")
    )
    low, high = wilson(found["suspected"].to_numpy(), found["activations"].to_numpy())
    share = pl.col("suspected") / pl.col("activations")
    many = (share > rule["penalty_share"]) & (pl.col("suspected") > rule["penalty_cards"])
    exits = pl.col("suspected") >= rule["exit_cards"]
    return found.with_columns(
        suspected_share=share,
        suspected_low=pl.Series(low),
        suspected_high=pl.Series(high),
        measure=pl.when(exits).then(pl.lit("exit")).when(many).then(pl.lit("penalty")).otherwise(pl.lit("none")),
    )


def _activated(ground: Ground, rule: Mapping[str, float]) -> pl.DataFrame | None:
    """Lines of which the months that count have passed just now or are passing, with what is known of each."""
    months = int(rule["months"])
    lines = ground.lines.filter(pl.col("activated_on").is_not_null())
    since = add_months(ground.as_of, -months)
    fresh = lines.filter(pl.col("activated_on") >= since, pl.col("activated_on") <= ground.last)
    if not fresh.height:
        return None
    on_device = (
        lines.filter(pl.col("device_h").is_not_null())
        .group_by("device_h")
        .agg(shared=pl.col("subscription_id").n_unique().cast(pl.Float64))
    )
    fresh = fresh.join(on_device, on="device_h", how="left", maintain_order="left")
    by_day = pl.len().over("channel_id", "activated_on").cast(pl.Float64)
    fresh = fresh.with_columns(burst=pl.when(pl.col("channel_id").is_not_null()).then(by_day))
    fresh = fresh.join(_unused(ground, fresh, rule), on="subscription_id", how="left", maintain_order="left")
    fresh = _in_cells(ground, fresh)
    regular = _regular(ground, rule)
    if regular is not None:
        fresh = fresh.join(regular, on="customer_id", how="left", maintain_order="left")
    else:
        fresh = fresh.with_columns(spread=pl.lit(None, dtype=pl.Float64))
    return fresh.with_columns(
        subject_id="subscription_id",
        commission=pl.col("commission").fill_null(ground.settings.commission),
        subsidy=pl.col("subsidy").fill_null(0.0),
        first_day="activated_on",
        last_day=pl.lit(ground.last),
        days=pl.lit(1, dtype=pl.Int64),
    )


def _in_cells(ground: Ground, fresh: pl.DataFrame) -> pl.DataFrame:
    """With how many of the lines of one day are used in the same cell; null where no cell is known."""
    cells = main_cells(ground.files, fresh["customer_id"].unique().to_list())
    found = fresh.join(cells, on="customer_id", how="left", maintain_order="left")
    together = pl.col("customer_id").n_unique().over("activated_on", "cell").cast(pl.Float64)
    return found.with_columns(in_cell=pl.when(pl.col("cell").is_not_null()).then(together))


def _unused(ground: Ground, fresh: pl.DataFrame, rule: Mapping[str, float]) -> pl.DataFrame:
    """Of how many of the first whole months, passed and with use known, the line lacks the use.

    Use is that of all lines of the customer. Where she has older ones too, too little in all is too little for each,
    and beyond that it cannot be told.
    """
    use = ground.months.filter(pl.col("month") > add_months(ground.as_of, -int(rule["months"]) - 1))
    have = use.collect_schema().names()
    kinds = [name for name in ("call_minutes", "data_mb") if name in have]
    if not kinds:
        return fresh.select("subscription_id", unused=pl.lit(None, dtype=pl.Float64))
    found = use.select("customer_id", "month", *kinds).collect(engine="streaming")
    lines = fresh.select("subscription_id", "customer_id", "activated_on", "ended_on")
    both = lines.join(found, on="customer_id", how="inner").filter(
        pl.col("month") > pl.col("activated_on").dt.month_start(),
        pl.col("month").dt.month_end() <= ground.last,
        pl.col("ended_on").is_null() | (pl.col("ended_on") > pl.col("month")),
    )
    both = both.join(_with_older(ground, fresh, both), on=["customer_id", "month"], how="left")
    limits = {"call_minutes": rule["minutes"], "data_mb": rule["data_mb"]}
    share = pl.when(pl.col("older").is_null()).then(pl.len().over("customer_id", "month")).otherwise(1)
    known = pl.any_horizontal(pl.col(name).is_not_null() for name in kinds)
    enough = pl.any_horizontal((pl.col(name) / share >= limits[name]).fill_null(value=False) for name in kinds)
    told = ~enough | pl.col("older").is_null()
    lacks = both.filter(known).with_columns(lack=~enough).filter(told)
    return lacks.group_by("subscription_id").agg(unused=pl.col("lack").sum().cast(pl.Float64))


def _with_older(ground: Ground, fresh: pl.DataFrame, months: pl.DataFrame) -> pl.DataFrame:
    """Customers' months in which a line of theirs was live that is not one of the fresh."""
    old = ground.lines.join(fresh, on="subscription_id", how="anti").select("customer_id", until="ended_on")
    held = months.select("customer_id", "month").unique().join(old, on="customer_id", how="inner")
    held = held.filter(pl.col("until").is_null() | (pl.col("until") > pl.col("month")))
    return held.select("customer_id", "month").unique().with_columns(older=pl.lit(value=True))


def _regular(ground: Ground, rule: Mapping[str, float]) -> pl.DataFrame | None:
    """How far the gaps between a customer's calls spread around their mean, over days with calls enough."""
    if ground.days is None:
        return None
    days = ground.days.filter(pl.col("calls_out") >= 5, pl.col("gap_sd_s").is_not_null(), pl.col("gap_mean_s") > 0)
    calls = pl.col("calls_out")
    found = days.group_by("customer_id").agg(
        calls=calls.sum(), spread=(pl.col("gap_sd_s") / pl.col("gap_mean_s") * calls).sum() / calls.sum()
    )
    return found.filter(pl.col("calls") >= rule["least_calls"]).select("customer_id", "spread").collect()
