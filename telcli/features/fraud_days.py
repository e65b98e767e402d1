"""Customers' days of calls, as detect-fraud looks at them: whole customers of some days, folded in one go."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

import polars as pl

__all__ = ["customer_days", "of_days"]

_UNKNOWN = "unknown"
"""What ingest writes where nobody is told at the other end."""
_NIGHT = (22, 6)


def of_days(calls: pl.LazyFrame, days: Collection[date] | None) -> pl.LazyFrame:
    """The rows of some days; all of them where `days` is None.

    >>> from datetime import datetime
    >>> calls = pl.LazyFrame({"started_at": [datetime(2024, 6, 1, 23), datetime(2024, 6, 2, 1)]})
    >>> of_days(calls, [date(2024, 6, 2)]).collect().height
    1
    """
    if days is None:
        return calls
    if not days:
        return calls.clear()
    first, after = min(days), max(days) + timedelta(days=1)
    at = pl.col("started_at")
    near = calls.filter(at >= pl.lit(first).cast(pl.Datetime("us")), at < pl.lit(after).cast(pl.Datetime("us")))
    return near if len(days) == (after - first).days else near.filter(at.dt.date().is_in(sorted(days)))


def customer_days(calls: pl.LazyFrame, *, high_cost: Collection[str] = (), short_seconds: float = 3.0) -> pl.LazyFrame:
    """One row per customer and day, as the contract of fraud_days says, sorted by both.

    `calls` are rows of the subject table, all of a customer's of the days in it; `high_cost` are destinations of high
    cost, all calls abroad counting where there are none; a call made is short up to `short_seconds`, one of unknown
    length is not.

    >>> from datetime import datetime
    >>> told = {"customer_id": ["a"] * 3, "started_at": [datetime(2024, 6, 1, hour) for hour in (8, 9, 23)]}
    >>> told |= {"counterpart": ["x", "y", "x"], "direction": ["out", "out", "in"], "kind": ["voice"] * 3}
    >>> told |= {"duration_s": [60.0, 2.0, 30.0], "data_mb": [None] * 3, "cell_id": ["c"] * 3}
    >>> told |= {"international": [None, True, None], "destination": [None] * 3}
    >>> found = customer_days(pl.LazyFrame({**told, "device_h": [None] * 3, "sim_h": [None] * 3})).collect()
    >>> found.select("calls_out", "calls_in", "short_out", "callees", "hours", "cells", "costly_minutes").row(0)
    (2.0, 1.0, 1.0, 2.0, 2.0, 1.0, 0.03333333333333333)
    """
    rows = _marked(calls, high_cost)
    made = pl.col("out")
    length = pl.col("duration_s").fill_null(0.0)
    whole = length.round().cast(pl.Int64)  # whole seconds add up alike in whichever order
    volume = (pl.col("data_mb").fill_null(0.0) * 1e6).round().cast(pl.Int64)
    gap = pl.col("gap").filter(made)
    found = rows.group_by("customer_id", "day").agg(
        calls_out=made.sum(),
        calls_in=pl.col("received").sum(),
        short_out=(made & (pl.col("duration_s") <= short_seconds)).sum(),
        callees=pl.col("party").filter(made).drop_nulls().n_unique(),
        seconds_out=whole.filter(made).sum(),
        seconds_in=whole.filter(pl.col("received")).sum(),
        texts=(pl.col("kind") == "text").sum(),
        volume=volume.sum(),
        hours=pl.col("hour").filter(made).n_unique(),
        night_out=(made & pl.col("night")).sum(),
        costly=whole.filter(made & pl.col("costly")).sum(),
        costly_off=whole.filter(made & pl.col("costly") & (pl.col("night") | pl.col("weekend"))).sum(),
        cells=_distinct("cell_id"),
        sims=_distinct("sim_h"),
        devices=_distinct("device_h"),
        device_h=pl.col("device_h").max(),
        costly_range=pl.col("destination").filter(made & pl.col("costly")).drop_nulls().mode().sort().first(),
        gap_n=gap.count(),
        gap_sum=gap.sum(),
        gap_squares=(gap * gap).sum(),
    )
    return _finished(found).sort("customer_id", "day")


def _marked(calls: pl.LazyFrame, high_cost: Collection[str]) -> pl.LazyFrame:
    """What is asked of a row, worked out once; texts of which only the number of different ones counts as numbers."""
    at, voice = pl.col("started_at"), pl.col("kind") == "voice"
    abroad = pl.col("international").fill_null(value=False)
    named = pl.col("destination").is_in(sorted(high_cost)).fill_null(value=False)
    hour = at.dt.hour()
    out = voice & (pl.col("direction") == "out")
    rows = calls.select(
        *("customer_id", "kind", "duration_s", "data_mb"),
        pl.when(pl.col("cell_id").is_not_null()).then(pl.col("cell_id").hash()).alias("cell_id"),
        *("device_h", "destination"),
        pl.when(pl.col("sim_h").is_not_null()).then(pl.col("sim_h").hash()).alias("sim_h"),
        party=pl.when(pl.col("counterpart") != _UNKNOWN).then(pl.col("counterpart").hash()),
        day=at.dt.date(),
        second=at.dt.epoch("s"),
        hour=hour,
        out=out,
        received=voice & (pl.col("direction") == "in"),
        night=(hour >= _NIGHT[0]) | (hour < _NIGHT[1]),
        weekend=at.dt.weekday() >= 6,
        costly=named if high_cost else abroad,
    )
    before = pl.col("second").shift(1).over("customer_id", "day", "out", order_by="second")
    return rows.with_columns(gap=pl.col("second") - before)


def _distinct(name: str) -> pl.Expr:
    """How many different values there are; null where none is told."""
    known = pl.col(name).drop_nulls()
    return pl.when(known.len() > 0).then(known.n_unique()).alias(name)


def _finished(found: pl.LazyFrame) -> pl.LazyFrame:
    """Sums of whole numbers as the figures that the contract wants."""
    n, total = pl.col("gap_n"), pl.col("gap_sum")
    spread = (n.cast(pl.Float64) * pl.col("gap_squares") - total.cast(pl.Float64) ** 2).clip(lower_bound=0.0).sqrt()
    counts = (
        "calls_out",
        "calls_in",
        "short_out",
        "callees",
        "texts",
        "hours",
        "night_out",
        "cells",
        "devices",
        "sims",
    )
    return found.select(
        *("customer_id", "day", "device_h", "costly_range"),
        *(pl.col(name).cast(pl.Float64) for name in counts[:4]),
        minutes_out=pl.col("seconds_out") / 60.0,
        minutes_in=pl.col("seconds_in") / 60.0,
        texts=pl.col("texts").cast(pl.Float64),
        data_mb=pl.col("volume") / 1e6,
        hours=pl.col("hours").cast(pl.Float64),
        night_out=pl.col("night_out").cast(pl.Float64),
        costly_minutes=pl.col("costly") / 60.0,
        costly_off=pl.col("costly_off") / 60.0,
        month=pl.col("day").dt.month_start(),
        **{name: pl.col(name).cast(pl.Float64) for name in counts[7:]},
        gap_mean_s=pl.when(n > 0).then(total / n),
        gap_sd_s=pl.when(n > 1).then(spread / n),
    )
