"""Calls, texts and data sessions: each extract of events as rows of `calls`, and the months of use they add up to."""

from __future__ import annotations

import polars as pl

from telcli.intake.facts import exact_sum
from telcli.intake.understood import Understood

__all__ = ["calls", "usage_of_calls"]


def calls(one: Understood) -> pl.LazyFrame:
    """Rows of `calls` of one extract, unchecked; `subscription_id` may stand in them for the customer.

    Rows of which the key tells no difference are told apart when the table is checked, see its contract.
    """
    frame = one.clean(one.readings())
    if "started_time" in frame.collect_schema():
        clock = pl.col("started_time")
        frame = frame.with_columns(pl.col("started_at").dt.combine(clock.fill_null(pl.time(0))).alias("started_at"))
    return _keyed(frame.drop("started_time", strict=False), one)


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

    A call of no length is a call made or received; a text counts where it was sent. The rows are those of the table,
    without copies and what was refused.

    >>> from datetime import datetime
    >>> raw = {"customer_id": ["a", "a"], "started_at": [datetime(2024, 6, 1, 8)] * 2, "kind": ["voice"] * 2}
    >>> rows = pl.LazyFrame(raw | {"direction": ["out", "in"], "duration_s": [90.0, 30.0], "data_mb": [None, None]})
    >>> usage_of_calls(rows).select("call_minutes", "calls_out", "calls_in").collect().rows()
    [(2.0, 1.0, 1.0)]
    """
    kind, out = pl.col("kind"), pl.col("direction") == "out"
    voice = kind == "voice"
    measures = {
        "call_minutes": pl.when(voice).then(pl.col("duration_s") / 60.0),
        "calls_out": pl.when(voice).then(out.cast(pl.Float64)),
        "calls_in": pl.when(voice).then((~out).cast(pl.Float64)),
        "texts": pl.when(kind == "text").then(out.cast(pl.Float64)),
        "data_mb": pl.when(kind == "data").then(pl.col("data_mb").cast(pl.Float64)),
    }
    month = pl.col("started_at").dt.date().dt.month_start()
    rows = frame.select("customer_id", month.alias("month"), **measures)
    sums = [pl.when(pl.col(name).count() > 0).then(exact_sum(name)).alias(name) for name in measures]
    return rows.group_by("customer_id", "month").agg(sums)
