"""Local time of one zone, and the moments it tells: offsets from UTC, and seconds since 1970.

Where clocks are put forward or back, one rule holds: of a time that comes twice the earlier is meant, and a time that
is left out is as much later as clocks went forward.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl

__all__ = ["UTC", "epochs_of", "local_times", "offsets", "offsets_written"]

UTC = "UTC"
_OFFSET = (
    r"\d:\d\d(?::\d\d(?:\.\d+)?)?(?:\s*[AaPp]\.?[Mm]\.?)?\s*(Z|UTC|GMT|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)(?:\s+\d{4})?$"
)
_PARTS = r"^([+-])(\d\d):?(\d\d)?$"
_DAY = timedelta(days=1)
_EARLIEST, _LATEST = datetime(1, 1, 4), datetime(9999, 12, 28)
"""Days beside which there are others."""


def offsets_written(text: pl.Series) -> pl.Series:
    """What times say of their offset from UTC, as written, null where they do not tell.

    >>> offsets_written(pl.Series(["2024-06-01 08:00:00+08", "2024-06-01T08:00:00Z", "2024-06-01Z"])).to_list()
    ['+08', 'Z', None]
    """
    return text.str.extract(_OFFSET, 1)


def offsets(text: pl.Series) -> pl.Series:
    """How many seconds the times are ahead of UTC, null where they do not tell.

    >>> offsets(pl.Series(["2024-06-01 08:00:00+08:00", "08:00Z", "Wed Sep 15 19:17:44 -0130 2010", "08:00"])).to_list()
    [28800, 0, -5400, None]
    """
    told = offsets_written(text)
    if told.null_count() == told.len():
        return pl.Series([None], dtype=pl.Int64).new_from_index(0, told.len())
    sign, hours, minutes = (pl.col("t").str.extract(_PARTS, group) for group in (1, 2, 3))
    seconds = hours.cast(pl.Int64) * 3600 + minutes.cast(pl.Int64).fill_null(0) * 60
    ahead = pl.when(sign == "-").then(-seconds).when(sign == "+").then(seconds).when(pl.col("t").is_not_null()).then(0)
    return told.to_frame("t").select(v=ahead)["v"]


def local_times(utc: pl.Series, zone: str) -> pl.Series:
    """Times of UTC as the clocks of a zone show them.

    >>> local_times(pl.Series([datetime(2024, 6, 1), datetime(2024, 12, 1)]), "Europe/Berlin").to_list()
    [datetime.datetime(2024, 6, 1, 2, 0), datetime.datetime(2024, 12, 1, 1, 0)]
    """
    ahead = _steady(utc, zone)
    if ahead is None:
        return utc.dt.replace_time_zone(UTC).dt.convert_time_zone(zone).dt.replace_time_zone(None)
    return utc + timedelta(seconds=ahead) if ahead else utc


def epochs_of(local: pl.Series, zone: str) -> pl.Series:
    """Seconds since 1970 (UTC) of local times: the earlier of two, and a time that was left out moved forward.

    >>> times = [datetime(2024, 3, 31, 2, 30), datetime(2024, 3, 31, 3, 30), datetime(2024, 10, 27, 2, 30)]
    >>> epochs_of(pl.Series(times), "Europe/Berlin").to_list()
    [1711848600, 1711848600, 1729989000]
    """
    ahead = _steady(local, zone)
    if ahead is not None:
        return local.dt.epoch("s") - ahead
    found = _known(local, zone)
    skipped = found.is_null() & local.is_not_null()
    if not skipped.any():
        return found
    places = skipped.arg_true()  # the offset of the day before is the one that held until clocks went forward
    return found.scatter(places, _known(local.gather(places) - _DAY, zone) + 86_400)


def _known(local: pl.Series, zone: str) -> pl.Series:
    return local.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null").dt.epoch("s")


def _steady(times: pl.Series, zone: str) -> int | None:
    """How many seconds a zone is ahead of UTC during all of these times, local ones or not; None where that changes.

    Looked at once a day, as no zone has changed twice within four days since 1900 (IANA tz database).
    """
    first, last = times.min(), times.max()
    if not isinstance(first, datetime) or not isinstance(last, datetime):
        return 0
    first, last = min(max(first, _EARLIEST), _LATEST), max(min(last, _LATEST), _EARLIEST)
    days = pl.datetime_range(first - 2 * _DAY, last + 2 * _DAY, "1d", time_unit="us", eager=True)
    shown = days.dt.replace_time_zone(UTC).dt.convert_time_zone(zone).dt.replace_time_zone(None)
    ahead = (shown - days).dt.total_seconds().unique()
    return int(ahead.item()) if ahead.len() == 1 else None
