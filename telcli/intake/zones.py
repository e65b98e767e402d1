"""Local time of one zone, and the moments it tells: offsets from UTC, and seconds since 1970.

Where clocks are put forward or back, one rule holds: of a time that comes twice the earlier is meant, and a time that
is left out is as much later as clocks went forward.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache

import polars as pl

__all__ = ["ANYWHERE", "UTC", "epochs_of", "letters_of", "local_times", "offsets", "offsets_written", "strange_letters"]

UTC, ANYWHERE = "UTC", ""
"""The second stands for no zone yet: times are only looked at, and stay as they are written."""
_OFFSET = (
    r"\d:\d\d(?::\d\d(?:\.\d+)?)?(?:\s*[AaPp]\.?[Mm]\.?)?\s*"
    r"(Z|(?:[A-Z]{3,5}\s?)?[+-](?:0\d|1[0-4])(?::?[0-5]\d)?|[A-Z]{3,5})(?:\s+\d{4})?\s*$"
)
_PARTS = r"([+-])(\d\d):?(\d\d)?$"
_LETTERS, _OF_UTC = r"^[A-Z]{3,5}$", ("Z", "UTC", "GMT")
_NAMED_SINCE, _NAMED_UNTIL = datetime(1995, 1, 1), datetime(2037, 12, 1)
_DAY = timedelta(days=1)
_EARLIEST, _LATEST = datetime(1, 1, 4), datetime(9999, 12, 28)
"""Days beside which there are others."""


def offsets_written(text: pl.Series) -> pl.Series:
    """What times say of their offset from UTC, as written, null where they do not tell.

    >>> offsets_written(pl.Series(["2024-06-01 08:00:00+08", "08:00Z", "08:00 CST", "2024-06-01Z"])).to_list()
    ['+08', 'Z', 'CST', None]
    """
    if not text.str.contains(_OFFSET).any():  # of most columns none does, and to look costs less than to take out
        return pl.Series([None], dtype=pl.String).new_from_index(0, text.len())
    return text.str.extract(_OFFSET, 1)


def strange_letters(text: pl.Series, zone: str) -> pl.Series:
    """Which times end in letters that no clock of the zone goes by, so that nobody knows when they were.

    >>> strange_letters(pl.Series(["08:00 CST", "08:00 EDT", "08:00 EDT -0400", "08:00"]), "Asia/Shanghai").to_list()
    [False, True, False, False]
    """
    told = offsets_written(text)
    if zone == ANYWHERE or told.null_count() == told.len():
        return pl.Series([False]).new_from_index(0, told.len())
    known = [*_OF_UTC, *letters_of(zone)]
    return (told.str.contains(_LETTERS) & ~told.is_in(known)).fill_null(value=False)


@cache
def letters_of(zone: str) -> Mapping[str, int]:
    """The letters that clocks of a zone go by since 1995 (IANA tz database), and their seconds ahead of UTC.

    Letters that have stood for several offsets in the zone are left out.

    >>> letters_of("Asia/Shanghai"), letters_of("Europe/Paris")
    ({'CST': 28800}, {'CET': 3600, 'CEST': 7200})
    """
    if zone == ANYWHERE:
        return {}
    utc = pl.datetime_range(_NAMED_SINCE, _NAMED_UNTIL, "1mo", eager=True).dt.replace_time_zone(UTC).alias("utc")
    shown = utc.dt.convert_time_zone(zone)
    ahead = (shown.dt.replace_time_zone(None) - utc.dt.replace_time_zone(None)).dt.total_seconds()
    named = pl.DataFrame({"name": shown.dt.strftime("%Z"), "ahead": ahead}).unique(maintain_order=True)
    sure = named.filter(pl.col("name").str.contains(_LETTERS) & ~pl.col("name").is_duplicated())
    return dict(sure.rows())


def offsets(text: pl.Series, zone: str = ANYWHERE) -> pl.Series:
    """How many seconds the times are ahead of UTC, null where they do not tell; letters are those of the zone's clocks.

    >>> offsets(pl.Series(["2024-06-01 08:00:00+08:00", "08:00Z", "Wed Sep 15 19:17:44 -0130 2010", "08:00"])).to_list()
    [28800, 0, -5400, None]
    >>> offsets(pl.Series(["08:00 CST", "08:00 EST"]), "Asia/Shanghai").to_list()
    [28800, None]
    """
    told = offsets_written(text)
    if told.null_count() == told.len():
        return pl.Series([None], dtype=pl.Int64).new_from_index(0, told.len())
    named = {**letters_of(zone), **dict.fromkeys(_OF_UTC, 0)}
    sign, hours, minutes = (pl.col("t").str.extract(_PARTS, group) for group in (1, 2, 3))
    seconds = hours.cast(pl.Int64) * 3600 + minutes.cast(pl.Int64).fill_null(0) * 60
    ahead = pl.when(sign == "-").then(-seconds).when(sign == "+").then(seconds).otherwise("named")
    letters = told.replace_strict(list(named), list(named.values()), default=None, return_dtype=pl.Int64)
    return pl.DataFrame({"t": told, "named": letters}).select(v=ahead)["v"]


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
