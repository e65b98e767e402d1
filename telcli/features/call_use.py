"""How much a customer calls, writes and is online in a month, when, and where."""

from __future__ import annotations

import polars as pl

from telcli.features.call_times import Clock, gaps, new_day
from telcli.features.exact import over

__all__ = ["talked", "used"]

_MINUTE = 60_000
"""Milliseconds."""
_BYTES = 1e6
_WIDE = pl.Int128
_COUNTED = ("calls_out", "calls_in", "texts_out", "texts_in", "data_sessions", "active_days", "empty")


def used(rows: pl.LazyFrame) -> pl.LazyFrame:
    """One row per `run`: customer_id, month, and what counts every call, text and session of it."""
    voice, out, kind = pl.col("voice"), pl.col("out"), pl.col("kind")
    text, data, length = kind == "text", kind == "data", _whole(pl.col("duration_s"), 1000)
    marked = rows.select(
        "run",
        "customer_id",
        "month",
        "roaming",
        cell=pl.col("cell_id").hash(),
        no_cell=pl.col("cell_id").is_null(),
        bytes=pl.when(data).then(_whole(pl.col("data_mb"), _BYTES)),
        ms_out=pl.when(voice & out).then(length),
        ms_in=pl.when(voice & ~out).then(length),
        ms_roaming=pl.when(voice & pl.col("roaming")).then(length),
        calls_out=voice & out,
        calls_in=voice & ~out,
        texts_out=text & out,
        texts_in=text & ~out,
        data_sessions=data,
        active_days=new_day(),
        empty=voice & (length == 0),
    )
    summed = marked.group_by("run", maintain_order=True).agg(
        pl.col("customer_id", "month").first(),
        pl.col(_COUNTED).sum().cast(pl.Int64),
        pl.col("ms_out", "ms_in", "ms_roaming", "bytes").sum(),
        pl.col("ms_out", "ms_in").count().name.replace("ms", "known"),
        sessions=pl.col("bytes").count(),
        cells=pl.col("cell").n_unique().cast(pl.Int64) - pl.col("no_cell").any().cast(pl.Int64),
        placed=(~pl.col("no_cell")).any(),
        roamed=pl.col("roaming").sum(),
        roaming_told=pl.col("roaming").count(),
    )
    return _used_features(summed)


def _used_features(summed: pl.LazyFrame) -> pl.LazyFrame:
    calls = pl.col("calls_out") + pl.col("calls_in")
    known = pl.col("known_out") + pl.col("known_in")
    minutes = [
        pl.when((pl.col(f"known_{way}") > 0) | (pl.col(f"calls_{way}") == 0))
        .then(_minutes(f"ms_{way}"))
        .alias(f"call_minutes_{way}")
        for way in ("out", "in")
    ]
    megabytes = (pl.col("bytes").cast(pl.Float64) / _BYTES).round(6)
    return summed.with_columns(calls=calls, known=known).select(
        "run",
        "customer_id",
        "month",
        *minutes,
        *_COUNTED,
        data_mb=pl.when((pl.col("sessions") > 0) | (pl.col("data_sessions") == 0)).then(megabytes),
        initiated_share=over("calls_out", "calls"),
        zero_length_share=over("empty", "known"),
        cells=pl.when("placed").then("cells"),
        roaming_share=over("roamed", "roaming_told"),
        roaming_minutes=pl.when(pl.col("roaming_told") > 0).then(_minutes("ms_roaming")),
    )


def talked(rows: pl.LazyFrame, clock: Clock) -> pl.LazyFrame:
    """One row per `run` of calls and texts: how many `interactions`, when they were, and of what kind."""
    off_net = pl.when(pl.col("voice") & pl.col("off_net")).then(_whole(pl.col("duration_s"), 1000))
    flags = ("off_net", "international", "competitor")
    marked = rows.select(
        "run",
        *flags,
        gap=gaps(),
        new_day=new_day(),
        night=clock.night(),
        weekend=clock.weekends(),
        ms_off_net=off_net,
    )
    gap = pl.col("gap")
    summed = marked.group_by("run", maintain_order=True).agg(
        pl.col("new_day", "night", "weekend", *flags).sum().cast(pl.Int64),
        *(pl.col(name).count().alias(f"{name}_told") for name in flags),
        interactions=pl.len(),
        gaps=gap.count(),
        gap_sum=gap.sum(),
        gap_squares=(gap * gap).sum(),
        ms_off_net=pl.col("ms_off_net").sum(),
    )
    told = {name: pl.col(f"{name}_told") > 0 for name in flags}
    spread = pl.col("gaps").cast(_WIDE) * pl.col("gap_squares") - pl.col("gap_sum").cast(_WIDE) * pl.col("gap_sum")
    seconds = pl.col("gaps").cast(pl.Int64) * 1000
    return summed.with_columns(spread=spread.cast(pl.Float64).sqrt(), seconds=seconds).select(
        "run",
        "interactions",
        interaction_days="new_day",
        night_share=over("night", "interactions"),
        weekend_share=over("weekend", "interactions"),
        interevent_mean_s=over("gap_sum", "seconds"),
        interevent_sd_s=over("spread", "seconds"),
        off_net_share=over("off_net", "off_net_told"),
        international_share=over("international", "international_told"),
        off_net_minutes=pl.when(told["off_net"]).then(_minutes("ms_off_net")),
        competitor_contacts=pl.when(told["competitor"]).then("competitor"),
    )


def _whole(column: pl.Expr, parts: float) -> pl.Expr:
    """An amount that is not below zero in whole parts of its unit."""
    return (column * parts + 0.5).cast(pl.Int64)


def _minutes(milliseconds: str) -> pl.Expr:
    """Minutes, to a thousand-millionth: see `telcli.features.exact.amount` for why they are rounded."""
    return (pl.col(milliseconds).cast(pl.Float64) / _MINUTE).round(9)
