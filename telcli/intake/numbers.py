"""Numbers as operators write them: thousands separators, full width, percent, currency marks."""

from __future__ import annotations

import polars as pl

from telcli.intake.words import Read, by_distinct, meant

__all__ = ["integers", "numbers", "years"]

_GROUPED = r"^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$"
_MARKS = r"[¥￥$€£]|元$"


def numbers(text: pl.Series) -> Read:
    """Decimal numbers; the plain form is read by one cast, the others are looked at only where it failed.

    >>> numbers(pl.Series(["1,234.50", "１２", "5%", "¥3", "(7)", "NaN", "abc", "inf"]))[0].to_list()
    [1234.5, 12.0, 0.05, 3.0, -7.0, None, None, None]
    """
    values = text.cast(pl.Float64, strict=False)
    plain = values.is_finite().fill_null(value=False)
    frame = pl.DataFrame({"t": text, "v": values, "p": plain}).select(t="t", v=pl.when("p").then("v"))
    missed = frame["v"].is_null() & frame["t"].is_not_null()
    if not missed.any():
        return frame["v"], missed
    places = missed.arg_true()
    found, bad = by_distinct(text.gather(places), _odd)
    return frame["v"].scatter(places, found), missed.scatter(places, bad)


def _odd(text: pl.Series) -> Read:
    bare = meant(text.str.normalize("NFKC"))
    frame = bare.to_frame("t").with_columns(n=pl.col("t").str.replace_all(_MARKS, "").str.strip_chars())
    number = pl.col("n")
    frame = frame.with_columns(
        n=number.str.replace(r"^\((.*)\)$", "-$1").str.replace(r"%$", ""), percent=number.str.ends_with("%")
    )
    ungrouped = pl.when(number.str.contains(_GROUPED)).then(number.str.replace_all(",", "")).otherwise(number)
    value = ungrouped.cast(pl.Float64, strict=False)
    frame = frame.with_columns(v=pl.when(value.is_finite()).then(value / pl.when("percent").then(100.0).otherwise(1.0)))
    return frame["v"], frame.select(pl.col("t").is_not_null() & pl.col("v").is_null()).to_series()


def integers(text: pl.Series) -> Read:
    """Whole numbers; ``3.0`` is one, ``3.5`` is a fault."""
    values, bad = numbers(text)
    whole = values.cast(pl.Int64, strict=False)
    uneven = (values.is_not_null() & (whole.cast(pl.Float64) != values)).fill_null(value=True)
    return whole.to_frame("v").select(pl.when(~uneven).then("v"))["v"], bad | uneven


def years(text: pl.Series) -> Read:
    """Years of birth, from a year or a whole date; 0 is no year.

    >>> years(pl.Series(["1980", "1980-05-01", "19800501", "0"]))[0].to_list()
    [1980, 1980, 1980, None]
    """
    year = meant(text).str.normalize("NFKC").str.extract(r"^(\d{4})(?:$|[-/.年 ]|\d{4}$|\d{2}$|\.0$)", 1)
    values = year.cast(pl.Int64, strict=False)
    none = meant(text).is_in(["0", "0000", "00000000", "0.0"])
    return values, (meant(text).is_not_null() & values.is_null() & ~none).fill_null(value=False)
