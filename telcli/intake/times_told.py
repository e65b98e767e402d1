"""What the times of a file say that can hardly be: years of long ago, and two columns that contradict each other."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import polars as pl

from telcli.errors import Notice
from telcli.intake.ahead import PAST
from telcli.intake.events import with_clock
from telcli.intake.understood import Understood
from telcli.intake.zones import local_times
from telcli.tables.refused import LINE

__all__ = ["times_notices"]

_LONG_AGO = datetime(1990, 1, 1)
"""No operator's system in use holds events of before."""
_QUARTER, _MOST = 900, 26 * 3600
"""Zones differ by whole quarters of an hour, and by 26 hours at most (IANA tz database)."""


def times_notices(one: Understood) -> list[Notice]:
    """Say which times of one extract are of long ago, and how often two columns tell of one call different moments."""
    return [*_long_ago(one), *_contradictions(one)]


def _long_ago(one: Understood) -> list[Notice]:
    dated = [
        reading for reading in one.readings() if reading.name in PAST and reading.form in ("day", "month", "moment")
    ]
    if not dated:
        return []
    old = [pl.col(reading.name) < _LONG_AGO for reading in dated]
    counts = [mark.sum().alias(f"{at}") for at, mark in enumerate(old)]
    firsts = [
        pl.col(reading.name).min().cast(pl.String).str.head(10).alias(f"{at} first") for at, reading in enumerate(dated)
    ]
    found = one.clean(dated).select(*counts, *firsts).collect(engine="streaming").row(0, named=True)
    return [
        Notice(
            "times-long-ago",
            "{file}: {count} of the times in {header} are of before 1990, the first of {first}. Where that cannot be, "
            "they are written in another form, such as seconds (--map {column}={header}@epoch) or milliseconds "
            "(@epochms) since 1970.",
            {
                "file": one.map.source,
                "count": found[f"{at}"],
                "header": reading.header,
                "first": found[f"{at} first"],
                "column": reading.name,
            },
        )
        for at, reading in enumerate(dated)
        if found[f"{at}"]
    ]


def _contradictions(one: Understood) -> list[Notice]:
    """Calls of which the local time and the seconds since 1970, both given, are not the same moment.

    A local time of a day or a minute alone is that of every moment in it.
    """
    at, since = one.map.use("started_at", "calls"), one.map.use("started_epoch_s", "calls")
    if one.map.table != "calls" or not at or not since or at.header == since.header:
        return []
    named = ("started_at", "started_time", "started_epoch_s")
    frame = with_clock(one.clean([reading for reading in one.readings() if reading.name in named]))
    local = pl.col("started_epoch_s").map_batches(
        partial(_local, zone=one.zone), return_dtype=pl.Datetime("us"), is_elementwise=True
    )
    began = pl.col("started_at")
    seconds = (local - began).dt.total_seconds()
    daily = began.dt.time() == pl.time(0)
    within = pl.when(daily).then(86_400).when(began.dt.second() == 0).then(60).otherwise(2)
    apart = (seconds < -1) | (seconds >= within)
    zoned = apart & (seconds % _QUARTER == 0) & (seconds.abs() <= _MOST)
    found = frame.select(LINE, apart=apart.fill_null(value=False), zoned=zoned.fill_null(value=False))
    count, of_zones, line = (
        found.select(pl.col("apart").sum(), pl.col("zoned").sum(), pl.col(LINE).filter("apart").min())
        .collect(engine="streaming")
        .row(0)
    )
    if not count:
        return []
    return [
        Notice(
            "epoch-differs",
            "{file}: of {count} calls {since} tells another moment than {at} in {zone} ({zoned} of them by whole "
            "quarters of an hour, as times of another zone do; the first in line {line}). Both stand as given. Set "
            "[ingest] time_zone to the zone of {at}; or, if {since} alone is right: --map started_at={since}@epoch.",
            {
                "file": one.map.source,
                "count": count,
                "since": since.header,
                "at": at.header,
                "zone": one.zone,
                "zoned": of_zones,
                "line": line,
            },
        )
    ]


def _local(seconds: pl.Series, zone: str) -> pl.Series:
    return local_times(pl.from_epoch(seconds, "s").cast(pl.Datetime("us")), zone)
