"""Dates, months and moments as operators write them."""

from __future__ import annotations

from datetime import date
from functools import cache

import polars as pl

from telcli.intake.words import Read, by_distinct, meant
from telcli.intake.zones import ANYWHERE, UTC, local_times, offsets, strange_letters

__all__ = ["FORMS", "days", "moments", "months"]

FORMS = ("dmy", "mdy", "ymd", "excel", "excel1904", "epoch", "epochms")
"""Forms of a whole column that no single value gives away: the order of day and month, two digits of the year, days
that Excel counts from 1900 or 1904, seconds or milliseconds since 1970 (UTC)
which are told in local time."""

_OPEN_YEAR, _FIRST_YEAR = 2099, 1880
_NEVER = ["0", "00000000", "000000", "00000000000000", "0000-00-00", "0000-00-00 00:00:00", "0000/00/00", "0.0"]
_NEVER += ["0000-00-00 00:00:00.0", "1900-01-00", "1900/1/0", "0000年00月00日"]
_PLACEHOLDERS = [date(1, 1, 1), date(1753, 1, 1), date(1899, 12, 30), date(1899, 12, 31), date(1900, 1, 1)]
_PLACEHOLDERS += [date(1970, 1, 1)]
_USUAL = ("%Y-%m-%d %H:%M:%S", "%Y%m%d%H%M%S", "%Y-%m-%d", "%Y%m%d", "%Y/%m/%d %H:%M:%S")
_HALF = r"(?<h>[AaPp]\.?[Mm]\.?|上午|下午)"
_TIME = rf"(?:(?:[T ]|\s)+{_HALF}?\s*(?<H>\d{{1,2}}):(?<M>\d{{1,2}})(?::(?<S>\d{{1,2}})(?:\.\d+)?(?:\s?[+-]\d\d$)?)?)?"
_ZONE = r"\s*(?<z>Z|(?:[A-Z]{3,5}\s?)?[+-](?:0\d|1[0-4]):?[0-5]\d|[A-Z]{3,5})?"
_WRITTEN = rf"^(?<y>\d{{4}})\s*[-/.年]\s*(?<m>\d{{1,2}})(?:\s*[-/.月]\s*(?<d>\d{{1,2}}))?\s*[日月号]?{_TIME}{_ZONE}$"
_PACKED = r"^(?<y>\d{4})(?<m>\d{2})(?:(?<d>\d{2})(?:(?<H>\d{2})(?<M>\d{2})(?<S>\d{2})?)?)?(?:\.0+)?$"
_MONTH_FIRST = r"^(?<m>\d{1,2})[-/.](?<y>\d{4})$"
_SPOKEN = [
    (r"日?\s*(\d{1,2})[时点]\s*(\d{1,2})分\s*(\d{1,2})秒$", "日 ${1}:${2}:${3}"),
    (r"日?\s*(\d{1,2})[时点]\s*(\d{1,2})分?$", "日 ${1}:${2}"),
]
_UNIX = (
    rf"^[A-Za-z]{{3,9}},? (?<b>[A-Za-z]{{3,9}}) +(?<d>\d{{1,2}}) (?<H>\d\d):(?<M>\d\d):(?<S>\d\d){_ZONE}"
    r" (?<y>\d{4})$"
)
_WORDED = rf"^(?:(?<d>\d{{1,2}})[- ])?(?<b>[A-Za-z]{{3,9}}|1?\d月)[- ]{{1,2}}(?<y>\d{{4}}|\d\d){_TIME}{_ZONE}$"
_AMERICAN_WORDS = rf"^(?<b>[A-Za-z]{{3,9}}) (?<d>\d{{1,2}}), (?<y>\d{{4}}){_TIME}$"
_PARTED = {
    "dmy": rf"^(?<d>\d{{1,2}})[-/. ](?<m>\d{{1,2}})[-/. ](?<y>\d{{4}}|\d\d){_TIME}\s*(?<t>[AaPp][Mm])?{_ZONE}$",
    "mdy": rf"^(?<m>\d{{1,2}})[-/. ](?<d>\d{{1,2}})[-/. ](?<y>\d{{4}}|\d\d){_TIME}\s*(?<t>[AaPp][Mm])?{_ZONE}$",
    "ymd": rf"^(?<y>\d\d)[-/. ](?<m>\d{{1,2}})[-/. ](?<d>\d{{1,2}}){_TIME}\s*(?<t>[AaPp][Mm])?{_ZONE}$",
}
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_COUNTED = {
    "excel": (date(1899, 12, 30), 86_400_000_000.0),
    "excel1904": (date(1904, 1, 1), 86_400_000_000.0),
    "epoch": (date(1970, 1, 1), 1_000_000.0),
    "epochms": (date(1970, 1, 1), 1000.0),
}
_SINCE_1970 = ("epoch", "epochms")


def moments(text: pl.Series, form: str = "", zone: str = UTC) -> Read:
    """Local date and time; a date alone is its midnight, a month its first day.

    A time with its offset from UTC, and one counted from 1970, is told as the clocks of `zone` showed it. Letters such
    as CST are taken where the clocks of `zone` go by them, and are a fault elsewhere.

    Open ends (the year 2099 and later), all zeros and the first days of calendars of machines (1900-01-01, 1970-01-01)
    mean "never" or "unknown" and are null. `form` is one of `FORMS` where the whole column is written so.

    >>> moments(pl.Series(["2019-02-14 00:00:00.0", "20190214153000", "99991231"]))[0].to_list()
    [datetime.datetime(2019, 2, 14, 0, 0), datetime.datetime(2019, 2, 14, 15, 30), None]
    >>> moments(pl.Series(["2026年5月4日 10时05分", "05/2026"]))[0].to_list()
    [datetime.datetime(2026, 5, 4, 10, 5), datetime.datetime(2026, 5, 1, 0, 0)]
    >>> moments(pl.Series(["Wed Sep 15 19:17:44 +0100 2010", "14-FEB-19"]), zone="Asia/Shanghai")[0].to_list()
    [datetime.datetime(2010, 9, 16, 2, 17, 44), datetime.datetime(2019, 2, 14, 0, 0)]
    """
    if text.len() > 1000 and text.head(1000).n_unique() < 500:
        return by_distinct(text, lambda distinct: _read(distinct, form, zone))
    return _read(text, form, zone)


def days(text: pl.Series, form: str = "", zone: str = UTC) -> Read:
    """Calendar days, of moments those of `zone`.

    >>> days(pl.Series(["2019/2/14", "2019年2月14日", "201902", "2019-02-30"]))[0].to_list()
    [datetime.date(2019, 2, 14), datetime.date(2019, 2, 14), datetime.date(2019, 2, 1), None]
    >>> days(pl.Series(["2/14/2019", "43510"]), "mdy")[0].to_list(), days(pl.Series(["43510"]), "excel")[0].to_list()
    ([datetime.date(2019, 2, 14), None], [datetime.date(2019, 2, 14)])
    """
    return by_distinct(text, lambda distinct: _read_days(distinct, form, zone))


def months(text: pl.Series, form: str = "", zone: str = UTC) -> Read:
    """Months, as the date of their first day.

    >>> months(pl.Series(["201902", "2019-02-14", "Feb-19"]))[0].to_list()
    [datetime.date(2019, 2, 1), datetime.date(2019, 2, 1), datetime.date(2019, 2, 1)]
    """

    def read(distinct: pl.Series) -> Read:
        values, bad = _read_days(distinct, form, zone)
        return values.dt.month_start(), bad

    return by_distinct(text, read)


def _read_days(text: pl.Series, form: str, zone: str) -> Read:
    values, bad = _read(text, form, zone)
    return values.dt.date(), bad


def _read(text: pl.Series, form: str, zone: str) -> Read:
    """The usual exact forms first, since they cost least; what they leave is taken apart by its numbers."""
    frame = text.to_frame("t").with_columns(v=pl.lit(None, dtype=pl.Datetime("us")))
    for usual in _USUAL if form not in _COUNTED else ():
        frame = frame.with_columns(_usual(usual))
        if frame["v"].null_count() == text.null_count():
            break
    else:
        frame = frame.with_columns(_packed_months()) if form not in _COUNTED else frame
    values = frame.select(_modern())["v"]
    missed = values.is_null() & text.is_not_null()
    bad = missed
    if missed.any():
        places = missed.arg_true()
        bare = meant(text.gather(places).str.normalize("NFKC"))
        found = _counted(bare, form) if form in _COUNTED else _apart(bare, form)
        strange = strange_letters(bare, zone)
        found = pl.DataFrame({"v": found, "s": strange}).select(v=pl.when(~pl.col("s")).then("v"))["v"]
        values = values.scatter(places, _local(found, bare, form, zone))
        bad = missed.scatter(places, found.is_null() & bare.is_not_null() & ~bare.is_in(_NEVER))
    return values.to_frame("v").select(pl.when(~_unknown()).then("v"))["v"], bad.fill_null(value=False)


@cache
def _usual(form: str) -> pl.Expr:
    """What is known already, and what is written in one exact form."""
    return pl.coalesce("v", pl.col("t").str.to_datetime(form, strict=False, time_unit="us")).alias("v")


@cache
def _packed_months() -> pl.Expr:
    """The same with the form 202406, of nearly all months billed."""
    whole = pl.when(pl.col("t").str.contains(r"^\d{6}$")).then(pl.col("t") + "01")
    return pl.coalesce("v", whole.str.to_datetime("%Y%m%d", strict=False, time_unit="us")).alias("v")


@cache
def _modern() -> pl.Expr:
    """Moments but those of antiquity: 19-02-14 is no day of the year 19."""
    ancient = (pl.col("v").dt.year() < _FIRST_YEAR) & ~pl.col("v").dt.date().is_in(_PLACEHOLDERS)
    return pl.when(~ancient).then("v").alias("v")


@cache
def _unknown() -> pl.Expr:
    """Which moments stand for "never" or "unknown"."""
    return (pl.col("v").dt.year() >= _OPEN_YEAR) | pl.col("v").dt.date().is_in(_PLACEHOLDERS)


def _local(read: pl.Series, text: pl.Series, form: str, zone: str) -> pl.Series:
    """Moments as read put into local time: those that tell their offset from UTC, and those counted from 1970."""
    if zone == ANYWHERE:
        return read
    ahead = offsets(text, zone)
    if form in _SINCE_1970:
        counted = pl.col("t").cast(pl.Float64, strict=False).is_not_null()
        ahead = pl.DataFrame({"t": text, "a": ahead}).select(a=pl.when(counted).then(0).otherwise("a"))["a"]
    if ahead.null_count() == ahead.len():
        return read
    frame = pl.DataFrame({"v": read, "a": ahead}).with_columns(told=pl.col("a").is_not_null() & ~_unknown())
    utc = frame.select(pl.when("told").then(pl.col("v") - pl.duration(seconds="a")))["v"]
    return frame.with_columns(l=local_times(utc, zone)).select(v=pl.when("told").then("l").otherwise("v"))["v"]


def _filled(values: pl.Series, more: pl.Series) -> pl.Series:
    return pl.DataFrame({"a": values, "b": more}).select(v=pl.coalesce("a", "b"))["v"]


def _counted(text: pl.Series, form: str) -> pl.Series:
    """Moments told as a number of days, seconds or milliseconds since one, to the second; ISO dates stand beside.

    Parts of a second are left off, as those of written times are; Excel's days are only near the second they mean.
    """
    since, unit = _COUNTED[form]
    number = text.cast(pl.Float64, strict=False)
    seconds = number / (1_000_000.0 / unit)
    whole = seconds.floor() if form in _SINCE_1970 else seconds.round()
    possible = whole.is_between(0, 2e10) & (number > 0)
    frame = pl.DataFrame({"s": whole, "p": possible})
    read = frame.select(
        v=pl.when("p").then(
            pl.lit(since).cast(pl.Datetime("us")) + pl.duration(seconds=pl.col("s").cast(pl.Int64, strict=False))
        )
    )["v"]
    return _filled(read.cast(pl.Datetime("us")), _apart(text, "")) if read.null_count() else read


def _apart(text: pl.Series, form: str) -> pl.Series:
    """Year, month, day and time from their digits, put together in one form and read; impossible dates are null."""
    for spoken, plain in _SPOKEN:
        text = text.str.replace(spoken, plain)
    frame = text.to_frame("t").select(_parts(form)).with_columns(_year())
    return frame.select(t=_digits())["t"].str.to_datetime("%Y%m%d%H%M%S", strict=False, time_unit="us")


@cache
def _parts(form: str) -> list[pl.Expr]:
    """Each part of a moment by one letter, from whichever shape fits.

    Kept, as the other expressions here are: to put it together takes longer than to read a few values.
    """
    shapes = (
        _WRITTEN,
        _PACKED,
        _MONTH_FIRST,
        _UNIX,
        _WORDED,
        _AMERICAN_WORDS,
        *([_PARTED[form]] if form in _PARTED else []),
    )
    groups = [pl.col("t").str.extract_groups(shape) for shape in shapes]

    def part(name: str) -> pl.Expr:
        inside = [
            group.struct.field(name) for group, shape in zip(groups, shapes, strict=True) if f"?<{name}>" in shape
        ]
        return pl.coalesce(*inside, pl.lit(None, dtype=pl.String)).alias(name)

    return [part(name) for name in "ymdbHMShtz"]


@cache
def _year() -> pl.Expr:
    """The year, but of a day without a time that letters follow: these are no zone."""
    lettered = pl.col("z").str.contains(r"^[A-Z]{3}") & ~pl.col("z").is_in(["UTC", "GMT"]) & pl.col("H").is_null()
    return pl.when(~lettered.fill_null(value=False)).then("y").alias("y")


@cache
def _digits() -> pl.Expr:
    """Fourteen digits of a moment from its parts."""
    year = pl.col("y")
    century = (
        pl.when(year.str.len_chars() > 2).then(pl.lit("")).when(year < "69").then(pl.lit("20")).otherwise(pl.lit("19"))
    )
    named = (
        pl.col("b")
        .str.to_lowercase()
        .str.head(3)
        .replace_strict(_MONTHS, list(range(1, 13)), default=None, return_dtype=pl.Int64)
    )
    numbered = pl.col("b").str.extract(r"^(\d+)月$", 1).cast(pl.Int64)
    month = pl.coalesce(pl.col("m"), pl.coalesce(named, numbered).cast(pl.String))
    half = pl.coalesce("h", "t").str.to_lowercase().str.replace_all(".", "", literal=True)
    hour = pl.col("H").cast(pl.Int64).fill_null(0)
    later = half.is_in(["pm", "下午"]).fill_null(value=False) & (hour < 12)
    midnight = half.is_in(["am", "上午"]).fill_null(value=False) & (hour == 12)
    hours = pl.when(later).then(hour + 12).when(midnight).then(0).otherwise(hour)
    return pl.concat_str(
        century + year,
        month.str.zfill(2),
        pl.col("d").fill_null("01").str.zfill(2),
        hours.cast(pl.String).str.zfill(2),
        *[pl.col(name).fill_null("00").str.zfill(2) for name in "MS"],
    )
