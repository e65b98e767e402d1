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
    """With every column of the key: what the mapping says of all rows, unknown for nobody at the other end."""
    have = frame.collect_schema()
    said = {column: use.constant for column in ("direction", "kind") if (use := one.map.use(column)) and use.constant}
    party = pl.col("counterpart") if "counterpart" in have else pl.lit(None, dtype=pl.String)
    return frame.with_columns(
        party.fill_null("unknown").alias("counterpart"), *[pl.lit(word).alias(column) for column, word in said.items()]
    )


def usage_of_calls(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Months of use summed from the rows of `calls`: calls and texts are counted, minutes and data added up.

    A call of no length is a call made or received; a text counts where it was sent; a day of any event is active. The
    rows are those of the table, without copies and what was refused.

    >>> from datetime import datetime
    >>> raw = {"customer_id": ["a", "a"], "started_at": [datetime(2024, 6, 1, 8)] * 2, "kind": ["voice"] * 2}
    >>> raw |= {"direction": ["out", "in"], "duration_s": [90.0, 30.0], "data_mb": [None, None]}
    >>> rows = pl.LazyFrame(raw | {"roaming": [True, False]})
    >>> names = ["call_minutes", "calls_out", "calls_in", "roaming_minutes", "active_days"]
    >>> usage_of_calls(rows).select(names).collect().rows()
    [(2.0, 1.0, 1.0, 1.5, 1.0)]
    """
    kind, out, minutes = pl.col("kind"), pl.col("direction") == "out", pl.col("duration_s") / 60.0
    voice = kind == "voice"
    measures = {
        "call_minutes": pl.when(voice).then(minutes),
        "calls_out": pl.when(voice).then(out.cast(pl.Float64)),
        "calls_in": pl.when(voice).then((~out).cast(pl.Float64)),
        "texts": pl.when(kind == "text").then(out.cast(pl.Float64)),
        "data_mb": pl.when(kind == "data").then(pl.col("data_mb").cast(pl.Float64)),
        "roaming_minutes": pl.when(voice & pl.col("roaming").is_not_null()).then(
            pl.when("roaming").then(minutes).otherwise(0.0)
        ),
    }
    started = pl.col("started_at")
    day = pl.lit(2, dtype=pl.UInt32) ** (started.dt.day() - 1)  # a bit for each day: a set that stays as small as it is
    rows = frame.select(
        "customer_id", started.dt.date().dt.month_start().alias("month"), day.alias("_days"), **measures
    )
    sums = [pl.when(pl.col(name).count() > 0).then(exact_sum(name)).alias(name) for name in measures]
    days = pl.col("_days").bitwise_or().bitwise_count_ones().cast(pl.Float64)
    return rows.group_by("customer_id", "month").agg(*sums, days.alias("active_days"))
