"""Numbers that an operator lists, such as customer service of its competitors, found among those called."""

from __future__ import annotations

import re
from collections.abc import Sequence

import polars as pl

from telcli.intake.phones import flat, phones
from telcli.intake.words import Read, by_distinct, meant

__all__ = ["among", "number_list", "range_list", "ranged", "short_form"]

_AREA = r"(?:10|2\d|[3-9]\d\d)"
_BEFORE = rf"^(?:\+?(?:00)?86(?:0?{_AREA})?|0{_AREA})?"
"""What is dialled before a short number: the country, an area of China."""
_NUMBER = r"^\+?\d{3,}$"


def number_list(setting: str) -> tuple[str, ...]:
    """The numbers of a setting, with commas between them, in the form in which they are looked for.

    >>> number_list("10010, 10000，+86 138-1234-5678")
    ('10010', '10000', '13812345678')
    """
    written = [part for part in re.split(r"[,，]", setting) if part.strip()]
    plain = _bare(pl.Series(written, dtype=pl.String))
    return tuple(dict.fromkeys(_filled(phones(plain, loose=True), plain).to_list()))


def short_form(text: pl.Series, numbers: Sequence[str]) -> pl.Series:
    """The listed number that each text is, null where it is none; the country's and an area's code may stand before.

    >>> short_form(pl.Series(["+86 10010", "010-10010", "100101", "0371 10010", "13812345678"]), ["10010"]).to_list()
    ['10010', '10010', None, '10010', None]
    """
    plain = _bare(text)
    listed = "|".join(re.escape(number) for number in sorted(numbers, key=len, reverse=True))
    found = plain.str.extract(rf"{_BEFORE}({listed})$", 1)
    long = phones(plain, loose=True)
    return _filled(found, long.to_frame("v").select(pl.when(pl.col("v").is_in(list(numbers))).then("v"))["v"])


def among(text: pl.Series, numbers: Sequence[str]) -> Read:
    """Whether each text is one of the numbers listed; unknown where it is no number, nothing is a fault.

    >>> among(pl.Series(["10010", "01010010", "10086", "138****5678", None]), ["10010"])[0].to_list()
    [True, True, False, None, None]
    """

    def read(distinct: pl.Series) -> Read:
        plain = _bare(meant(distinct))
        known = pl.DataFrame({"t": plain, "v": short_form(plain, numbers).is_not_null()})
        values = known.select(v=pl.when(pl.col("t").str.contains(_NUMBER)).then("v"))["v"]
        return values, pl.Series([False]).new_from_index(0, len(distinct))

    return by_distinct(text, read)


def range_list(setting: str) -> tuple[str, ...]:
    """The beginnings of numbers in a setting, with commas between them; those abroad begin with + .

    >>> range_list("+882, 00371，+53 ,16801")
    ('+882', '+371', '+53', '16801')
    """
    written = [part for part in re.split(r"[,，]", setting) if part.strip()]
    return tuple(dict.fromkeys(_abroad(pl.Series(written, dtype=pl.String)).to_list()))


def ranged(text: pl.Series, ranges: Sequence[str]) -> Read:
    """The range listed that each number is of, the longest that fits; null where it is of none, nothing is a fault.

    >>> ranged(pl.Series(["+88213912345", "00 882 99", "13882123456", "+3715551", None]), ["+882", "+371"])[0].to_list()
    ['+882', '+882', None, '+371', None]
    """
    listed = "|".join(re.escape(one) for one in sorted(ranges, key=len, reverse=True))

    def read(distinct: pl.Series) -> Read:
        found = _abroad(meant(distinct)).str.extract(rf"^({listed})\d", 1)
        return found, pl.Series([False]).new_from_index(0, len(distinct))

    return by_distinct(text, read)


def _abroad(text: pl.Series) -> pl.Series:
    """Numbers without blanks, those abroad with + before them."""
    return _bare(text).str.replace(r"^00", "+")


def _bare(text: pl.Series) -> pl.Series:
    return flat(text).str.replace_all(r"[\s\-–—()]", "")


def _filled(values: pl.Series, more: pl.Series) -> pl.Series:
    return pl.DataFrame({"a": values, "b": more}).select(v=pl.coalesce("a", "b"))["v"]
