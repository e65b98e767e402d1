"""Calls, texts and data sessions: each extract of events as rows of `calls`, and the months of use they add up to."""

from __future__ import annotations

import polars as pl

from telcli.intake.facts import summed
from telcli.intake.understood import Understood
from telcli.tables.checks import FAULTS, LINE, SOURCE

__all__ = ["calls", "usage_of_calls"]


def calls(one: Understood) -> pl.LazyFrame:
    """Rows of `calls` of one extract, unchecked; `subscription_id` may stand in them for the customer.

    Where a row has no time of day its time ends in its line, in microseconds: two calls of one day are not one call.
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
    started = pl.col("started_at")
    apart = pl.duration(microseconds=pl.when(started.dt.time() == pl.time(0)).then(LINE).otherwise(0))
    return frame.with_columns(
        party.fill_null("unknown").alias("counterpart"),
        started + apart,
        *[pl.lit(word).alias(column) for column, word in said.items()],
    )


def usage_of_calls(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Months of use summed from sound rows of `calls`: calls and texts are counted, minutes and data added up.

    A call of no length is a call made or received; a text counts where it was sent.

    >>> from datetime import datetime
    >>> from telcli.intake.cleaning import NO_FAULTS
    >>> raw = {"customer_id": ["a", "a"], "started_at": [datetime(2024, 6, 1, 8)] * 2, "counterpart": ["b", "c"]}
    >>> raw |= {"direction": ["out", "in"], "kind": ["voice"] * 2, "duration_s": [90.0, 30.0]}
    >>> rows = pl.LazyFrame(raw | {"_source": ["c.csv"] * 2, "_line": [2, 3]}).with_columns(NO_FAULTS)
    >>> usage_of_calls(rows).select("call_minutes", "calls_out", "calls_in").collect().rows()
    [(2.0, 1.0, 1.0)]
    """
    have = frame.collect_schema()
    kind, out = pl.col("kind"), pl.col("direction") == "out"
    voice = kind == "voice"
    measures = {
        "call_minutes": pl.when(voice).then(pl.col("duration_s") / 60.0) if "duration_s" in have else None,
        "calls_out": pl.when(voice).then(out.cast(pl.Float64)),
        "calls_in": pl.when(voice).then((~out).cast(pl.Float64)),
        "texts": pl.when(kind == "text").then(out.cast(pl.Float64)),
        "data_mb": pl.when(kind == "data").then(pl.col("data_mb")) if "data_mb" in have else None,
    }
    sound = frame.filter(
        pl.col(FAULTS).list.len() == 0,
        *[pl.col(name).is_not_null() for name in ("customer_id", "started_at", "direction", "kind")],
    )
    monthly = sound.select(
        "customer_id",
        pl.col("started_at").dt.date().dt.month_start().alias("month"),
        *[measure.alias(name) for name, measure in measures.items() if measure is not None],
        SOURCE,
        LINE,
        FAULTS,
    )
    return summed(monthly, ("customer_id", "month"))
