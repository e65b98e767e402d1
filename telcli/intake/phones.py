"""Telephone numbers as operators write them, brought to one form so that the same number joins."""

from __future__ import annotations

import polars as pl

__all__ = ["hashed", "masked_number", "phones"]

_IP = r"(?:179\d\d|1259\d|12583[1-9]?|12520|11808|10193)"
"""Prefixes dialled before a number: cheaper long-distance carriers, second numbers."""
_CODE = r"(?:\+?(?:00)?86)"
_MOBILE = rf"^{_CODE}?{_IP}?{_CODE}?0?(1[3-9]\d{{9}})$"
_LANDLINE = rf"^{_IP}?(0(?:(?:10|2\d)[1-9]\d{{7}}|[3-9]\d\d[1-9]\d{{6,7}}))$"
_LANDLINE_86 = rf"^{_CODE}0?((?:10|2\d)[1-9]\d{{7}}|[3-9]\d\d[1-9]\d{{6,7}})$"
_PARTED = r"^\(?(0\d{2,3})(?:[- ]|\) ?)(\d{7,8})(?:(?:-|转|ext\.?) ?\d{1,6})?$"
_ABROAD = r"^\+([1-9]\d{7,14})$"
_ABROAD_00 = r"^00([1-9]\d{7,14})$"
_AMERICAN = r"^\(?(\d{3})\)?[- ](\d{3})[-. ](\d{4})$"
_LOOSE = r"^(0[1-9]\d{7,10}|[2-9]\d{6,7}|[2-9]\d{9})$"
_MARK = r"[*#•●×]"
_MASKED = (
    rf"^\+?\d{{3,12}}(?:{_MARK}{{2,}}|[xX]{{3,}})\d{{0,8}}[xX]?$|^\d{{0,3}}{_MARK}{{3,}}\d{{2,8}}[xX]?$|^{_MARK}{{4,}}$"
    rf"|^\p{{Han}}{{1,3}}{_MARK}{{1,3}}\p{{Han}}{{0,2}}$"
)
_HASHED = r"^(?:[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64})$"
_PLAIN = r"^1[3-9][0-9]{9}$"
_PLACEHOLDER = r"^1[3-9]\d(?:0{8}|00138000)$"


def flat(text: pl.Series) -> pl.Series:
    """Without full-width forms, blanks around it, and what Excel puts about text: ``'007``, ``="007"``, ``7.0``."""
    plain = text.str.normalize("NFKC").str.strip_chars().str.replace(r'^=?"(.*)"$', "$1").str.strip_chars_start("'")
    return plain.str.replace(r"^(\+?[\d -]+)\.0+$", "$1").str.strip_chars()


def phones(text: pl.Series, *, loose: bool = False) -> pl.Series:
    """Telephone numbers in one form, null for any other text and for placeholders such as 13800000000.

    Mobile numbers are their 11 digits; land lines begin with 0, numbers abroad with +. `loose` takes numbers without
    an area code and those abroad after 00 too, where the column is known to hold telephone numbers.

    >>> phones(pl.Series(["+86 138-1234-5678", "1795113812345678", "１３８１２３４５６７８", "13812345678.0"])).unique()
    shape: (1,)
    Series: '' [str]
    [
        "13812345678"
    ]
    >>> phones(pl.Series(["010-12345678", "+861012345678", "+49 89 1234567", "KD0231", "138****5678"])).to_list()
    ['01012345678', '01012345678', '+49891234567', None, None]
    """
    plain = text.str.contains(_PLAIN).fill_null(value=False)
    if plain.all():
        return _real(text)
    odd = ~plain
    return _real(text.clone().scatter(odd.arg_true(), _odd(text.filter(odd), loose)))


def _real(number: pl.Series) -> pl.Series:
    """Without placeholders, under which strangers would be joined."""
    kept = ~pl.col("v").str.contains(_PLACEHOLDER)
    return number.to_frame("v").select(pl.when(kept).then("v"))["v"].alias(number.name)


def _odd(text: pl.Series, loose: bool) -> pl.Series:
    """Numbers written in any other way than as 11 digits."""
    shown = flat(text)
    parted = shown.str.extract(_PARTED, 1) + shown.str.extract(_PARTED, 2)
    american = shown.str.replace(_AMERICAN, "$1$2$3")
    bare = shown.str.replace_all(r"[\s\-–—()]", "")
    frame = pl.DataFrame({"t": bare, "parted": parted, "american": american, "shown": shown})
    number = pl.col("t")
    found = pl.coalesce(
        number.str.extract(_MOBILE, 1),
        "parted",
        number.str.extract(_LANDLINE, 1),
        pl.lit("0") + number.str.extract(_LANDLINE_86, 1),
        pl.when(~number.str.contains(r"^(?:\+|00)86")).then(pl.lit("+") + number.str.extract(_ABROAD, 1)),
        pl.when(pl.col("american") != pl.col("shown")).then("american"),
        *([pl.lit("+") + number.str.extract(_ABROAD_00, 1), number.str.extract(_LOOSE, 1)] if loose else []),
    ).alias(text.name)
    return frame.select(found).to_series()


def masked_number(text: pl.Series) -> pl.Series:
    """Which texts are a number or certificate with digits hidden, so that they cannot join.

    >>> masked_number(pl.Series(["138****1234", "138xxxx1234", "110101********123X", "1381234"])).to_list()
    [True, True, True, False]
    """
    return flat(text).str.replace_all(r"[\s-]", "").str.contains(_MASKED)


def hashed(text: pl.Series) -> pl.Series:
    """Which texts are hashes already: 32, 40 or 64 hex digits.

    >>> hashed(pl.Series(["D41D8CD98F00B204E9800998ECF8427E", "13812345678"])).to_list()
    [True, False]
    """
    return text.str.strip_chars().str.contains(_HASHED)
