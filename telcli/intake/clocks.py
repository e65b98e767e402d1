"""Times that dates do not tell: the time of day in a column of its own, and seconds since 1970."""

from __future__ import annotations

import polars as pl

from telcli.intake.dates import moments
from telcli.intake.words import Read, meant
from telcli.intake.zones import ANYWHERE, UTC, offsets, offsets_written

__all__ = ["clocks", "epochs", "instants", "mostly_clocks", "zone_marks"]

_CLOCK = r"^(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?$"
_SECONDS, _MILLIS = r"^\d{9,10}(?:\.\d+)?$", r"^\d{12,13}(?:\.0*)?$"


def clocks(text: pl.Series) -> Read:
    """Times of day.

    >>> clocks(pl.Series(["02:32:08.0000000", "7:05", "25:00", "2024-06-01"]))[0].to_list()
    [datetime.time(2, 32, 8), datetime.time(7, 5), None, None]
    """
    bare = meant(text)
    parts = [bare.str.extract(_CLOCK, group).fill_null("00").str.zfill(2).to_frame(str(group)) for group in (1, 2, 3)]
    whole = pl.concat(parts, how="horizontal").select(t=pl.concat_str(pl.all(), separator=":"))["t"]
    fits = bare.str.contains(_CLOCK).fill_null(value=False)
    values = pl.DataFrame({"t": whole, "f": fits}).select(
        v=pl.when("f").then(pl.col("t").str.to_time("%H:%M:%S", strict=False))
    )["v"]
    return values, (bare.is_not_null() & values.is_null()).fill_null(value=False)


def mostly_clocks(text: pl.Series) -> bool:
    """Whether most of the texts are a time of day and nothing else."""
    return text.dtype == pl.String and 2 * int(text.str.contains(_CLOCK).sum()) > text.len() - text.null_count()


def zone_marks(text: pl.Series) -> Read:
    """What stands behind times of their zone, as written: +08:00, Z, CST."""
    return offsets_written(text), pl.Series([False]).new_from_index(0, len(text))


def epochs(text: pl.Series, zone: str = UTC) -> Read:
    """Seconds since 1970, UTC: from seconds or milliseconds, or from a local time with its offset.

    A local time without offset tells no such moment and is null; what is neither a number nor a time is a fault.

    >>> epochs(pl.Series(["1581638400", "1581638400000", "2020-02-14T08:00:00+08:00", "2020-02-14 00:00Z"]))[0].unique()
    shape: (1,)
    Series: 't' [i64]
    [
        1581638400
    ]
    >>> [one.to_list() for one in epochs(pl.Series(["2020-02-14 08:00", "15816#8400", ""]))]
    [[None, None, None], [False, True, False]]
    """
    bare = meant(text).alias("t")
    value, number = pl.col("t"), pl.col("t").cast(pl.Float64, strict=False)
    found = pl.DataFrame({"t": bare, "told": _with_offset(bare, "", zone)}).select(
        t=pl.when(value.str.contains(_SECONDS))
        .then(number.cast(pl.Int64, strict=False))
        .when(value.str.contains(_MILLIS))
        .then((number / 1000).floor().cast(pl.Int64, strict=False))
        .otherwise("told")
    )["t"]
    odd = found.is_null() & bare.is_not_null()
    if not odd.any():
        return found, odd
    places = odd.arg_true()
    return found, odd.scatter(places, moments(bare.gather(places), zone=zone)[1])


def instants(text: pl.Series, form: str = "", zone: str = UTC) -> Read:
    """Seconds since 1970, UTC, of the very texts that are read as local times too: null where they do not tell.

    Faults are those of the local times.

    >>> instants(pl.Series(["1/6/2024 08:00 +08:00", "1/6/2024 08:00"]), "dmy")[0].to_list()
    [1717200000, None]
    >>> instants(pl.Series(["1717200000000"]), "epochms")[0].to_list()
    [1717200000]
    """
    bare = meant(text).alias("t")
    counted = form in ("epoch", "epochms")
    found = moments(bare, form, UTC)[0].dt.epoch("s") if counted else _with_offset(bare, form, zone)
    return found, pl.Series([False]).new_from_index(0, len(text))


def _with_offset(bare: pl.Series, form: str, zone: str) -> pl.Series:
    """The moments of times that tell their offset from UTC."""
    ahead = offsets(bare, zone)
    if ahead.null_count() == ahead.len():
        return ahead
    return moments(bare, form, ANYWHERE)[0].dt.epoch("s") - ahead
