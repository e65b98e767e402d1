"""Dates, months and moments as operators write them."""

from __future__ import annotations

import polars as pl

from telcli.intake.words import Read, by_distinct, meant

__all__ = ["days", "moments", "months"]

_OPEN_YEAR = 2099
_NEVER = ["0", "00000000", "000000", "00000000000000", "0000-00-00", "0000-00-00 00:00:00", "0000/00/00"]
_USUAL = ("%Y-%m-%d %H:%M:%S", "%Y%m%d%H%M%S", "%Y-%m-%d", "%Y%m%d", "%Y/%m/%d %H:%M:%S")
_WRITTEN = (
    r"^(?<y>\d{4})\s*[-/.年]\s*(?<m>\d{1,2})(?:\s*[-/.月]\s*(?<d>\d{1,2}))?\s*[日月号]?"
    r"(?:[T ]+(?<H>\d{1,2}):(?<M>\d{1,2})(?::(?<S>\d{1,2})(?:\.\d+)?)?)?\s*(?:Z|[+-]\d{2}:?\d{2})?$"
)
_PACKED = r"^(?<y>\d{4})(?<m>\d{2})(?:(?<d>\d{2})(?:(?<H>\d{2})(?<M>\d{2})(?<S>\d{2})?)?)?$"


def moments(text: pl.Series) -> Read:
    """Local date and time; a date alone is its midnight, a month its first day, an offset from UTC is left off.

    Open ends (the year 2099 and later) and all zeros mean "never" and are null.

    >>> moments(pl.Series(["2019-02-14 00:00:00.0", "20190214153000", "99991231"]))[0].to_list()
    [datetime.datetime(2019, 2, 14, 0, 0), datetime.datetime(2019, 2, 14, 15, 30), None]
    """
    if text.len() > 1000 and text.head(1000).n_unique() < 500:
        return by_distinct(text, _read)
    return _read(text)


def days(text: pl.Series) -> Read:
    """Calendar days.

    >>> days(pl.Series(["2019/2/14", "2019年2月14日", "201902", "2019-02-30"]))[0].to_list()
    [datetime.date(2019, 2, 14), datetime.date(2019, 2, 14), datetime.date(2019, 2, 1), None]
    """
    values, bad = by_distinct(text, _read)
    return values.dt.date(), bad


def months(text: pl.Series) -> Read:
    """Months, as the date of their first day.

    >>> months(pl.Series(["201902", "2019-02-14"]))[0].to_list()
    [datetime.date(2019, 2, 1), datetime.date(2019, 2, 1)]
    """
    values, bad = by_distinct(text, _read)
    return values.dt.date().dt.month_start(), bad


def _read(text: pl.Series) -> Read:
    """The usual exact forms first, since they cost least; what they leave is taken apart by its numbers."""
    values = pl.Series("v", [], dtype=pl.Datetime("us")).extend_constant(None, text.len())
    for form in _USUAL:
        values = _filled(values, text.str.to_datetime(form, strict=False, time_unit="us"))
        if values.null_count() == text.null_count():
            break
    missed = values.is_null() & text.is_not_null()
    bad = missed
    if missed.any():
        places = missed.arg_true()
        bare = meant(text.gather(places).str.normalize("NFKC"))
        found = _apart(bare)
        values = values.scatter(places, found)
        bad = missed.scatter(places, found.is_null() & bare.is_not_null() & ~bare.is_in(_NEVER))
    open_end = values.dt.year() >= _OPEN_YEAR
    return values.to_frame("v").select(pl.when(~open_end).then("v"))["v"], bad.fill_null(value=False)


def _filled(values: pl.Series, more: pl.Series) -> pl.Series:
    return pl.DataFrame({"a": values, "b": more}).select(v=pl.coalesce("a", "b"))["v"]


def _apart(text: pl.Series) -> pl.Series:
    """Year, month, day and time from their digits, put together in one form and read; impossible dates are null."""
    frame = text.to_frame("t")
    parts = [
        pl.coalesce(
            pl.col("t").str.extract_groups(_WRITTEN).struct.field(name),
            pl.col("t").str.extract_groups(_PACKED).struct.field(name),
        ).alias(name)
        for name in "ymdHMS"
    ]
    filled = frame.select(parts).select(
        t=pl.concat_str(
            "y",
            pl.col("m").str.zfill(2),
            pl.col("d").fill_null("01").str.zfill(2),
            *[pl.col(name).fill_null("00").str.zfill(2) for name in "HMS"],
        )
    )
    return filled["t"].str.to_datetime("%Y%m%d%H%M%S", strict=False, time_unit="us")
