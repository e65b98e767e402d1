"""Calls, texts and data sessions: each extract of events as rows of `calls`, and the months of use they add up to."""

from __future__ import annotations

from functools import partial

import polars as pl

from telcli.intake.facts import exact_sum
from telcli.intake.understood import Understood
from telcli.intake.zones import epochs_of

__all__ = ["calls", "usage_of_calls", "with_clock"]


def calls(one: Understood) -> pl.LazyFrame:
    """Rows of `calls` of one extract, unchecked; `subscription_id` may stand in them for the customer.

    Rows of which the key tells no difference are told apart when the table is checked, see its contract.
    """
    return _keyed(_since_1970(with_clock(one.clean(one.readings())), one.zone), one)


def with_clock(frame: pl.LazyFrame) -> pl.LazyFrame:
    """The start of calls with its time of day, where that stands in a column of its own."""
    if "started_time" not in frame.collect_schema():
        return frame
    clock = pl.col("started_time").fill_null(pl.time(0))
    return frame.with_columns(pl.col("started_at").dt.combine(clock).alias("started_at")).drop("started_time")


def _since_1970(frame: pl.LazyFrame, zone: str) -> pl.LazyFrame:
    """With the seconds since 1970 that local time means, where the extract tells none."""
    meant = pl.col("started_at").map_batches(partial(epochs_of, zone=zone), pl.Int64, is_elementwise=True)
    told = [pl.col("started_epoch_s")] if "started_epoch_s" in frame.collect_schema() else []
    return frame.with_columns(pl.coalesce(*told, meant).alias("started_epoch_s"))


def _keyed(frame: pl.LazyFrame, one: Understood) -> pl.LazyFrame:
    """With every column of the key: what the mapping says of all rows, unknown for nobody at the other end.

    A data session without a direction is the customer's own.
    """
    have = frame.collect_schema()
    said = {column: use.constant for column in ("direction", "kind") if (use := one.map.use(column)) and use.constant}
    party = pl.col("counterpart") if "counterpart" in have else pl.lit(None, dtype=pl.String)
    keyed = frame.with_columns(
        party.fill_null("unknown").alias("counterpart"), *[pl.lit(word).alias(column) for column, word in said.items()]
    )
    way = pl.when(pl.col("kind") == "data").then(pl.col("direction").fill_null("out")).otherwise("direction")
    return keyed.with_columns(direction=way) if {"kind", "direction"} <= set(keyed.collect_schema()) else keyed


def usage_of_calls(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Months of use summed from the rows of `calls`: calls and texts are counted, minutes and data added up.

    A call of no length is a call made or received; a text counts where it was sent; a day of any event is active. Who
    has none of a kind of event that the month records of others has 0 of it; minutes are not known where there are
    calls of the kind and none of them tells its length. The rows are those of the table, without copies and what was
    refused.

    >>> from datetime import datetime
    >>> raw = {"customer_id": ["a", "a"], "started_at": [datetime(2024, 6, 1, 8)] * 2, "kind": ["voice"] * 2}
    >>> raw |= {"direction": ["out", "in"], "duration_s": [90.0, 30.0], "data_mb": [None, None]}
    >>> rows = pl.LazyFrame(raw | {"roaming": [True, False]})
    >>> names = ["call_minutes", "calls_out", "calls_in", "roaming_minutes", "active_days"]
    >>> usage_of_calls(rows).select(names).collect().rows()
    [(2.0, 1.0, 1.0, 1.5, 1.0)]
    """
    kind, out, seconds = pl.col("kind"), pl.col("direction") == "out", pl.col("duration_s")
    voice, text, data = (kind == name for name in ("voice", "text", "data"))
    measures = {
        "call_minutes": (voice, seconds),
        "calls_out": (voice, out.cast(pl.Float64)),
        "calls_in": (voice, (~out).cast(pl.Float64)),
        "texts": (text, out.cast(pl.Float64)),
        "data_mb": (data, pl.col("data_mb").cast(pl.Float64)),
        "roaming_minutes": (voice, pl.when("roaming").then(seconds).when(~pl.col("roaming")).then(0.0)),
    }
    started = pl.col("started_at")
    day = pl.lit(2, dtype=pl.UInt32) ** (started.dt.day() - 1)  # a bit for each day: a set that stays as small as it is
    rows = frame.select(
        "customer_id",
        started.dt.date().dt.month_start().alias("month"),
        day.alias("_days"),
        pl.when(voice & pl.col("roaming")).then(seconds.is_not_null()).alias("_abroad"),
        *[pl.when(of).then(value).alias(name) for name, (of, value) in measures.items()],
        *[of.cast(pl.UInt32).alias(f"_of {name}") for name, (of, _) in measures.items()],
    )
    sums = {name: pl.when(pl.col(name).count() > 0).then(exact_sum(name)).alias(name) for name in measures}
    abroad = pl.col("_abroad")
    sums["roaming_minutes"] = pl.when(abroad.any() | (abroad.count() == 0)).then(sums["roaming_minutes"])
    events = [pl.col(f"_of {name}").sum() for name in measures]
    days = pl.col("_days").bitwise_or().bitwise_count_ones().cast(pl.Float64)
    months = rows.group_by("customer_id", "month").agg(*sums.values(), *events, days.alias("active_days"))
    return months.select("customer_id", "month", *[_or_none_of_it(name) for name in measures], "active_days")


def _or_none_of_it(name: str) -> pl.Expr:
    """A measure of months of use; 0 where there were no events of its kind and others of the month have some told."""
    told = pl.col(name).is_not_null().any().over("month")
    amount = pl.when((pl.col(f"_of {name}") == 0) & told).then(0.0).otherwise(pl.col(name))
    return ((amount / 60.0).round(6) if name.endswith("_minutes") else amount).alias(name)
