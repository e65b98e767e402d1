"""Numbers as operators write them: thousands separators, full width, percent, currency marks, units in the cell."""

from __future__ import annotations

import re

import polars as pl

from telcli.intake.dictionary import units_of, word_list
from telcli.intake.words import Read, by_distinct, meant

__all__ = ["CODE", "integers", "measured", "numbers", "stars", "strict_numbers", "unknown_stars", "years"]

CODE = r"^0\d|^\d{16,}$|^\d(?:\.\d+)?[eE]\+\d+$"
"""Digits that are no number: leading zeros, more digits than a number keeps, what a spreadsheet made of those."""

_GROUPED = r"^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$"
_MARKS = r"[¥￥$€£]|元$"
_LARGE = {"万": 1e4, "亿": 1e8}
_SECONDS = {"minutes": 1 / 60, "seconds": 1.0, "s": 1.0}
"""Factor from seconds to units of time, in which durations such as 00:12:35 are read."""
_CLOCK = r"^(\d{1,4}):([0-5]\d):([0-5]\d(?:\.\d+)?)$"
_SPOKEN = (
    r"(?i)^(?:(\d+) ?(?:小时|时|hours?|hrs?|h))? ?(?:(\d+) ?(?:分钟|分|minutes?|mins?|m))? ?"
    r"(?:(\d+(?:\.\d+)?) ?(?:秒钟?|seconds?|secs?|s))?$"
)

_HAN = "一二三四五六七八九十"
_STARS = rf"^([{_HAN}]|\d+)星(?:级)?(?:[银金钻]|白金|钻石)?卡?(?:客户|用户)?$"
_VIP = r"(?i)^v(?:ip)?(\d+)(?:客户|用户)?$"
_UNRATED = r"^(?:未|无|非|不)(?:评|参评|定|星|予评)?(?:级|星|星级)?(?:客户|用户)?$"


def numbers(text: pl.Series) -> Read:
    """Decimal numbers; the plain form is read by one cast, the others are looked at only where it failed.

    >>> numbers(pl.Series(["1,234.50", "１２", "5%", "¥3", "(7)", "8-", "1.2万", "NaN", "abc", "inf"]))[0].to_list()
    [1234.5, 12.0, 0.05, 3.0, -7.0, -8.0, 12000.0, None, None, None]
    """
    return measured(text, "", 1.0)


def measured(text: pl.Series, unit: str, factor: float) -> Read:
    """Numbers in the contract's unit: those that carry a unit of their own by it, all others by the column's factor.

    >>> measured(pl.Series(["1.5GB", "300", "200 KB"]), "MB", 1.0)[0].to_list()
    [1536.0, 300.0, 0.1953125]
    >>> measured(pl.Series(["00:12:30", "30分钟", "1小时5分", "90秒"]), "minutes", 1 / 60)[0].to_list()
    [12.5, 30.0, 65.0, 1.5]
    >>> measured(pl.Series(["1250", "12.5元", "-3元"]), "currency", 0.01)[0].to_list()
    [12.5, 12.5, -3.0]
    """
    values = text.cast(pl.Float64, strict=False)
    if values.null_count() == text.null_count() and values.is_finite().all():
        return values * factor if factor != 1.0 else values, pl.Series([False]).new_from_index(0, text.len())
    plain = values.is_finite().fill_null(value=False)
    frame = pl.DataFrame({"t": text, "v": values * factor if factor != 1.0 else values, "p": plain})
    frame = frame.select(t="t", v=pl.when("p").then("v"))
    missed = frame["v"].is_null() & frame["t"].is_not_null()
    if not missed.any():
        return frame["v"], missed
    places = missed.arg_true()
    found, bad = by_distinct(text.gather(places), lambda distinct: _odd(distinct, unit, factor))
    return frame["v"].scatter(places, found), missed.scatter(places, bad)


def _odd(text: pl.Series, unit: str, factor: float) -> Read:
    bare = meant(text.str.normalize("NFKC").str.replace_all("−", "-", literal=True))
    own = _in_own_unit(bare, unit)
    frame = pl.DataFrame({"t": bare, "own": own, "v": _plain(bare) * factor, "long": _duration(bare, unit)})
    whole = pl.coalesce("own", "long", "v")
    frame = frame.select("t", v=pl.when(whole.is_finite()).then(whole))
    return frame["v"], frame.select(pl.col("t").is_not_null() & pl.col("v").is_null()).to_series()


def _plain(text: pl.Series) -> pl.Series:
    """A number with marks about it: currency, percent, 万 and 亿, parentheses or a minus behind for negative ones."""
    number = pl.col("n")
    frame = text.to_frame("n").with_columns(n=number.str.replace_all(_MARKS, "").str.strip_chars())
    frame = frame.with_columns(n=number.str.replace(r"^\((.*)\)$", "-$1").str.replace(r"^([\d.,]+) ?-$", "-$1"))
    frame = frame.with_columns(percent=number.str.ends_with("%"), large=number.str.extract(r"\d ?(万|亿)$", 1))
    scale = pl.col("large").replace_strict(_LARGE, default=None, return_dtype=pl.Float64).fill_null(1.0)
    frame = frame.with_columns(n=number.str.replace(r"%$", "").str.replace(r" ?(?:万|亿)$", ""))
    ungrouped = pl.when(number.str.contains(_GROUPED)).then(number.str.replace_all(",", "")).otherwise(number)
    value = ungrouped.cast(pl.Float64, strict=False)
    return frame.select(value * scale / pl.when("percent").then(100.0).otherwise(1.0)).to_series()


def _in_own_unit(text: pl.Series, unit: str) -> pl.Series:
    """Numbers with a unit behind them, in the contract's unit; null for all others."""
    known = units_of(unit)
    if not known:
        return pl.Series([None], dtype=pl.Float64).new_from_index(0, text.len())
    spelled = "|".join(re.escape(name) for name in sorted(known, key=len, reverse=True))
    shape = rf"(?i)^([+\-(]?[\d.,]+ ?[万亿]?) ?({spelled})\)?$"
    frame = text.to_frame("t").select(n=pl.col("t").str.extract(shape, 1), u=pl.col("t").str.extract(shape, 2))
    negative = frame["n"].str.starts_with("(")
    value = _plain(frame["n"].str.strip_chars_start("("))
    scale = frame["u"].str.to_lowercase().replace_strict(known, default=None, return_dtype=pl.Float64)
    signed = pl.DataFrame({"v": value * scale, "m": negative})
    return signed.select(pl.when("m").then(-pl.col("v")).otherwise("v")).to_series()


def _duration(text: pl.Series, unit: str) -> pl.Series:
    """Hours, minutes and seconds, where the contract's unit is one of time."""
    if unit not in _SECONDS:
        return pl.Series([None], dtype=pl.Float64).new_from_index(0, text.len())
    clock = [text.str.extract(_CLOCK, group).cast(pl.Float64) for group in (1, 2, 3)]
    spoken = [text.str.extract(_SPOKEN, group).cast(pl.Float64) for group in (1, 2, 3)]
    frame = pl.DataFrame(
        {
            "t": text,
            **{f"c{at}": one for at, one in enumerate(clock)},
            **{f"s{at}": one for at, one in enumerate(spoken)},
        }
    )
    by_clock = pl.col("c0") * 3600 + pl.col("c1") * 60 + pl.col("c2")
    some = pl.any_horizontal(pl.col(f"s{at}").is_not_null() for at in range(3))
    parts = [pl.col(f"s{at}").fill_null(0.0) * each for at, each in enumerate((3600, 60, 1))]
    by_words = pl.when(some).then(pl.sum_horizontal(parts))
    return frame.select(pl.coalesce(by_clock, by_words) * _SECONDS[unit]).to_series()


def strict_numbers(text: pl.Series) -> Read:
    """Numbers, and a fault where digits are a code, which a number would not keep.

    >>> strict_numbers(pl.Series(["7", "007", "0.5"]))[1].to_list()
    [False, True, False]
    """
    values, bad = numbers(text)
    return values, bad | text.str.contains(CODE).fill_null(value=False)


def integers(text: pl.Series) -> Read:
    """Whole numbers; ``3.0`` is one, ``3.5`` is a fault."""
    values, bad = numbers(text)
    whole = values.cast(pl.Int64, strict=False)
    uneven = (values.is_not_null() & (whole.cast(pl.Float64) != values)).fill_null(value=True)
    return whole.to_frame("v").select(pl.when(~uneven).then("v"))["v"], bad | uneven


def stars(text: pl.Series) -> Read:
    """Levels told in stars: 五星, 5星级, VIP5, a bare number, or a card of [words.star_level]; not rated is none.

    Where stars and a card stand together, the stars are the level. A word that is none of these is no level and no
    fault, as `unknown_stars` tells; what has digits in it and is not understood is a fault.

    >>> stars(pl.Series(["五星", "1星级客户", "五星金卡", "VIP2", "钻石卡", "3", "未评级", "贵宾"]))[0].to_list()
    [5, 1, 5, 2, 7, 3, None, None]
    """
    values, bad, strange = _starred(text)
    return values, bad & ~strange


def unknown_stars(text: pl.Series) -> pl.Series:
    """Which texts are words that tell no level of stars.

    >>> unknown_stars(pl.Series(["银卡", "贵宾", "3.5", None])).to_list()
    [False, True, False, False]
    """
    return _starred(text)[2]


def _starred(text: pl.Series) -> tuple[pl.Series, pl.Series, pl.Series]:
    """The levels, what cannot be read, and which of that are words."""
    plain = meant(text).str.normalize("NFKC").str.replace_all(r"\s", "")
    level = plain.str.extract(_STARS, 1)
    said = level.replace_strict(list(_HAN), list(range(1, 11)), default=None, return_dtype=pl.Int64).cast(pl.String)
    bare = plain.str.to_lowercase().str.replace(r"(?:客户|用户)$", "").str.replace(r"^全球通", "")
    card = bare.replace_strict(word_list("star_level"), default=None, return_dtype=pl.String)
    frame = pl.DataFrame({"p": plain, "l": level, "s": said, "v": plain.str.extract(_VIP, 1), "c": card})
    whole = frame.select(t=pl.when(~pl.col("p").str.contains(_UNRATED)).then(pl.coalesce("s", "l", "v", "c", "p")))
    values, bad = integers(whole["t"])
    return values, bad, bad & ~plain.str.contains(r"\d").fill_null(value=True)


def years(text: pl.Series) -> Read:
    """Years of birth, from a year or a whole date; 0 is no year.

    >>> years(pl.Series(["1980", "1980-05-01", "19800501", "5/1/1980", "0"]))[0].to_list()
    [1980, 1980, 1980, 1980, None]
    """
    plain = meant(text).str.normalize("NFKC")
    year = plain.to_frame("t").select(
        pl.coalesce(
            pl.col("t").str.extract(r"^(\d{4})(?:$|[-/.年 ]|\d{4}$|\d{2}$|\.0$)", 1),
            pl.col("t").str.extract(r"^\d{1,2}[-/.]\d{1,2}[-/.](\d{4})(?:$|\D)", 1),
        )
    )
    values = year.to_series().cast(pl.Int64, strict=False)
    none = meant(text).is_in(["0", "0000", "00000000", "0.0", "0000-00-00"])
    return values, (meant(text).is_not_null() & values.is_null() & ~none).fill_null(value=False)
