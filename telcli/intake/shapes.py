"""What stands in a column that has no header: the form of its values, never the values of persons themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from telcli.intake.certificates import certificates, plausible_certificate
from telcli.intake.clocks import clocks
from telcli.intake.dates import moments
from telcli.intake.dictionary import word_list
from telcli.intake.numbers import numbers
from telcli.intake.phones import hashed, masked_number, phones
from telcli.intake.words import meant

__all__ = ["PARTIES", "Shape", "shape_of", "shapes_told"]

PARTIES = ("hash", "phone", "digits")
"""Forms of what may be the number of a person, the surest first."""
LISTS = ("direction", "kind_of_call", "gender", "status", "service_type", "pay_mode")
"""Lists of value words by which a column of codes is known."""

_MOST = 0.95
_MANY = 20
_TIMED = r"\d[T ]+(?:上午|下午)?\s*\d{1,2}:\d\d|^\d{14}$|^\d{12}$|\d\d:\d\d:\d\d [+-]?\w+ \d{4}$"
_DAY = r"^(?:19|20)\d{6}$|^(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?$|^\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)?\d\d$"
_MONTH = r"^(?:19|20)\d\d[-/.年]?(?:0[1-9]|1[0-2])月?$"
_SIM, _DEVICE, _DIGITS = r"^460\d{12}$", r"^\d{14,15}$", r"^\d{7,}$"
_CODE = r"^[A-Za-z]{0,6}[-_]?\d{2,}[A-Za-z0-9_-]*$"
_FINE, _AROUND = r"^-?\d{1,3}\.\d{4,}$", 180.0
"""Degrees of latitude and longitude have so many decimals, and amounts have not."""
_MAIL = r"^[^\s@]+@[^\s@]+\.[A-Za-z]{2,}$"


@dataclass(frozen=True)
class Shape:
    """The form of one column's values.

    `form` is hash, phone, certificate, device, sim, mail, digits (of one length, seven or more), code (letters and
    digits), moment, day, month, clock, whole, decimal, coordinate, text, empty, or the name of a list of value words;
    `low` and `high` are of numbers and dates; `words` those of the list that were seen.
    """

    header: str
    form: str
    rows: int
    filled: int
    distinct: int
    low: str = ""
    high: str = ""
    words: tuple[str, ...] = ()

    @property
    def unique(self) -> bool:
        """Whether every row has a value of its own."""
        return self.rows > 1 and self.distinct == self.rows

    def __str__(self) -> str:
        """The form in short: how it looks, and how many different values there are; none of a person."""
        about = f" {'/'.join(self.words)}" if self.words else f" {self.low}..{self.high}" if self.low else ""
        gaps = f" empty={1 - self.filled / self.rows:.0%}" if self.filled < self.rows else ""
        return f"{self.form.replace('_', ' ')}{about} distinct={self.distinct}{gaps}"


def shape_of(text: pl.Series) -> Shape:
    """The form of a column, by nearly all of the values it has.

    >>> str(shape_of(pl.Series("column_1", ["13812345678", "13912345678"])))
    'phone distinct=2'
    >>> str(shape_of(pl.Series("column_2", ["20220718", "20220719"])))
    'day 2022-07-18..2022-07-19 distinct=2'
    >>> str(shape_of(pl.Series("column_3", ["主叫", "被叫", None])))
    'direction 主叫/被叫 distinct=2 empty=33%'
    """
    bare = meant(text).drop_nulls()
    distinct = bare.unique(maintain_order=True)
    form = _form(bare, distinct)
    shape = Shape(str(text.name), form, text.len(), bare.len(), distinct.len())
    if form in LISTS:
        return replace(shape, words=tuple(distinct.sort().to_list()[:6]))
    if form in ("moment", "day", "month"):
        when = moments(distinct)[0].dt.date()
        return replace(shape, low=str(when.min() or ""), high=str(when.max() or ""))
    if form in ("whole", "decimal"):
        found: list[float] = numbers(distinct)[0].drop_nulls().to_list()
        return replace(shape, low=f"{min(found):g}", high=f"{max(found):g}")
    return shape


def shapes_told(shapes: Sequence[Shape]) -> str:
    """The columns and their forms, on one line each."""
    return "".join(f"\n  {shape.header}: {shape}" for shape in shapes)


def _form(bare: pl.Series, distinct: pl.Series) -> str:
    if not bare.len():
        return "empty"
    return _of_person(distinct) or _of_time(distinct) or _of_words(distinct) or _of_number(distinct)


def _of_person(text: pl.Series) -> str:
    tests = {
        "hash": hashed(text),
        "phone": phones(text).is_not_null() | masked_number(text),
        "sim": text.str.contains(_SIM),
        "certificate": certificates(text, any_kind=False).is_not_null() | plausible_certificate(text),
        "device": text.str.contains(_DEVICE) & ~_dated(text, _TIMED),
        "mail": text.str.contains(_MAIL),
    }
    return next((name for name, found in tests.items() if _mostly(found)), "")


def _of_time(text: pl.Series) -> str:
    tests = {
        "clock": clocks(text)[0].is_not_null(),
        "moment": _dated(text, _TIMED),
        "day": _dated(text, _DAY),
        "month": _dated(text, _MONTH),
    }
    return next((name for name, found in tests.items() if _mostly(found)), "")


def _dated(text: pl.Series, pattern: str) -> pl.Series:
    """Which texts are written as times are, and are one."""
    written = text.str.contains(pattern).fill_null(value=False)
    if not written.any():
        return written
    parted = text.str.contains(r"^\d{1,2}[-/.]")  # the order of day and month is settled later, on the whole column
    return written & (moments(text)[0].is_not_null() | parted)


def _of_words(text: pl.Series) -> str:
    if text.len() > _MANY or text.str.contains(r"^\d").any():
        return ""
    plain = text.str.normalize("NFKC").str.replace_all(r"\s+", "").str.to_lowercase()
    return next((name for name in LISTS if _mostly(plain.is_in(list(word_list(name))))), "")


def _of_number(text: pl.Series) -> str:
    value = numbers(text)[0]
    if _mostly(text.str.contains(_DIGITS)) and text.str.len_chars().n_unique() == 1:
        return "digits"
    if not _mostly(value.is_not_null()):
        return "code" if _mostly(text.str.contains(_CODE)) else "text"
    if text.str.contains(r"^0\d").any():
        return "code"
    if _mostly(text.str.contains(_FINE) & (value.abs() <= _AROUND)):
        return "coordinate"
    return "whole" if (value.drop_nulls() % 1.0 == 0.0).all() else "decimal"


def _mostly(found: pl.Series) -> bool:
    return found.len() > 0 and int(found.sum()) >= _MOST * found.len()
