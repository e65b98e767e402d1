"""SIM boxes: lines that stand in one place and call very many others, as no person does."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from telcli.features.fraud_closer import calls_at_once
from telcli.stages.detect_fraud_found import HITS, Found, Ground, nothing, scored, signs_of, with_loss

__all__ = ["sim_boxes"]

_LEAST_KNOWN = 4
"""Signs of which something has to be known before anybody is suspected."""


def sim_boxes(ground: Ground) -> Found:
    """Suspect customers whose busy days look like those of a SIM box.

    A day is busy from `calls_out` calls made on; there must be `days` of them in the month, and `signs` of the further
    signs must hold over them: few cells, few calls received, nobody called twice, no texts and data, calls at all
    hours, many SIM cards in one device, a short time since activation, calls at once of several customers in one device
    (which is known only where it holds: a box may make one call at a time). Where fewer are known, all known must hold.
    Calls at all hours or many cards must be among them: a call centre on a new line has all the others.

    Source: methods known from AT&T (Murynets et al., 2014): static cells and many calls made tell most.
    """
    rule = ground.rules["sim-box"]
    month = ground.of_month()
    if month is None:
        return nothing("sim-box")
    rows = _busy(month, rule).collect(engine="streaming")
    if not rows.height:
        return nothing("sim-box")
    facts = _facts(rule)
    known = pl.sum_horizontal(holds.is_not_null() for holds, *_ in facts.values())
    hold = pl.sum_horizontal(holds.fill_null(value=False) for holds, *_ in facts.values())
    beside = pl.any_horizontal(facts[code][0].fill_null(value=False) for code in ("all-hours", "many-sims"))
    likely = _placed(ground, rows).filter(beside, hold >= min(rule["signs"], _LEAST_KNOWN) - 1)
    likely = _at_once(ground, likely, rule["at_once"])
    hits = likely.filter(known >= _LEAST_KNOWN, hold >= pl.min_horizontal(pl.lit(int(rule["signs"])), known))
    calls = (pl.lit(value=True), pl.col("calls"), rule["calls_out"])
    score = scored([(holds, _beyond(name, value, limit)) for name, (holds, value, limit) in facts.items()])
    made = with_loss(hits.with_columns(score=score), ground, pl.col("minutes") * ground.settings.bypass_rate)
    return Found("sim-box", "customer", made.select(HITS.names()), signs_of(made, {"many-calls": calls, **facts}))


def _busy(month: pl.LazyFrame, rule: Mapping[str, float]) -> pl.LazyFrame:
    """One row per customer with enough busy days: what those days come to."""
    days = month.filter(pl.col("calls_out") >= rule["calls_out"])
    made = pl.col("calls_out").sum()
    found = days.group_by(subject_id="customer_id").agg(
        days=pl.len().cast(pl.Int64),
        first_day=pl.col("day").min(),
        last_day=pl.col("day").max(),
        calls=pl.col("calls_out").mean(),
        minutes=pl.col("minutes_out").sum(),
        cells=pl.col("cells").median(),
        in_out=pl.col("calls_in").sum() / made,
        distinct=pl.col("callees").sum() / made,
        texts_data=(pl.col("texts") + pl.col("data_mb")).mean(),
        hours=pl.col("hours").median(),
        cards=(pl.col("sims") / pl.col("devices").clip(lower_bound=1.0)).max(),
        device_h=pl.col("device_h").max(),
    )
    return found.filter(pl.col("days") >= rule["days"]).sort("subject_id")


def _placed(ground: Ground, rows: pl.DataFrame) -> pl.DataFrame:
    """With how long the oldest line has been there, and how many lines or customers share a device."""
    lines = ground.lines
    since = lines.group_by("customer_id").agg(pl.col("activated_on").min())
    by_device = lines.filter(pl.col("device_h").is_not_null()).with_columns(
        shared=pl.col("subscription_id").n_unique().over("device_h")
    )
    shared = by_device.group_by("customer_id").agg(pl.col("shared").max().cast(pl.Float64))
    by_calls = rows.filter(pl.col("device_h").is_not_null()).group_by("device_h").agg(users=pl.len().cast(pl.Float64))
    found = rows.join(since, left_on="subject_id", right_on="customer_id", how="left", maintain_order="left")
    found = found.join(shared, left_on="subject_id", right_on="customer_id", how="left", maintain_order="left")
    found = found.join(by_calls, on="device_h", how="left", maintain_order="left")
    return found.with_columns(
        tenure=(pl.col("first_day") - pl.col("activated_on")).dt.total_days().cast(pl.Float64),
        sims=pl.max_horizontal("cards", "shared", "users"),
        at_once=pl.lit(None, dtype=pl.Float64),
    )


def _at_once(ground: Ground, rows: pl.DataFrame, least: float) -> pl.DataFrame:
    """With the calls that run at once in her device, where they are as many as that: fewer tell nothing."""
    found = calls_at_once(ground.files, rows["device_h"].drop_nulls().to_list())
    many = found.filter(pl.col("at_once") >= least)
    return rows.drop("at_once").join(many, on="device_h", how="left", maintain_order="left")


def _facts(rule: Mapping[str, float]) -> dict[str, tuple[pl.Expr, pl.Expr, float]]:
    most = {"few-cells": "cells", "few-received": "in_out", "no-texts-data": "texts_data", "new-line": "tenure"}
    least = {"nobody-twice": "distinct", "all-hours": "hours", "many-sims": "sims", "at-once": "at_once"}
    limits = {"tenure": "tenure_days"}
    found = {
        code: (pl.col(name) <= rule[limits.get(name, name)], pl.col(name), rule[limits.get(name, name)])
        for code, name in most.items()
    }
    return found | {code: (pl.col(name) >= rule[name], pl.col(name), rule[name]) for code, name in least.items()}


_LESS = ("few-cells", "few-received", "no-texts-data", "new-line")


def _beyond(code: str, value: pl.Expr, limit: float) -> pl.Expr:
    """How many times a value is beyond its threshold."""
    small = max(limit, 1e-9)
    return small / value.clip(lower_bound=small / 10.0) if code in _LESS else value / small
