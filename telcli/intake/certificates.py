"""Certificates of persons and companies, brought to one form so that an old and a new one join."""

from __future__ import annotations

import polars as pl

from telcli.intake.phones import flat

__all__ = ["certificates", "plausible_certificate"]

_CARD = r"^[1-9]\d{16}[\dX]$"
_OLD = r"^[1-9]\d{14}$"
_COMPANY = r"^[1-9ANY][1-9][0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$"
_LETTERED = r"^(?:9[1-3]|.{2,16}[A-Z])"
"""What a company's code has and an identity card's has not: the trade register's number, or a letter before the end."""
_OTHER = r"^[A-Z]{1,3}\d{5,14}[A-Z]?$"
_PROVINCES = ["11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42"]
_PROVINCES += ["43", "44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71", "81", "82"]
_PROVINCES += ["83", "91"]
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_DIGITS = "10X98765432"
_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_TEXT = pl.col("t")


def certificates(text: pl.Series, *, any_kind: bool = True) -> pl.Series:
    """Certificates in one form, null for any other text.

    Identity cards have 18 digits and the check digit of GB 11643; old ones of 15 digits are given theirs. Companies
    have 18 letters and digits and the check character of GB 32100. `any_kind` takes passports and the like too, and
    places that are no province, where the column is known to hold certificates.

    >>> certificates(pl.Series(["11010519491231002x", "110105491231002", "110105194912310021"])).to_list()
    ['11010519491231002X', '11010519491231002X', None]
    >>> certificates(pl.Series(["91350100M000100Y43", "E12345678", "A123456(7)"])).to_list()
    ['91350100M000100Y43', 'E12345678', 'A1234567']
    """
    frame = _bare(text)
    if not frame["t"].str.contains(rf"{_CARD}|{_OLD}|{_COMPANY}|{_OTHER}").any():
        return pl.Series(text.name, [None], dtype=pl.String).new_from_index(0, text.len())
    card = pl.when(_TEXT.str.contains(_CARD) & _born(_TEXT, any_kind) & (_TEXT.str.slice(17, 1) == _check(_TEXT))).then(
        _TEXT
    )
    whole = _TEXT.str.head(6) + pl.lit("19") + _TEXT.str.tail(9)
    old = pl.when(_TEXT.str.contains(_OLD) & _born(whole, False)).then(whole + _check(whole))
    company = pl.when(
        _TEXT.str.contains(_COMPANY)
        & _TEXT.str.contains(_LETTERED)
        & _placed(_TEXT.str.slice(2, 2), any_kind)
        & _company_check()
    ).then(_TEXT)
    other = pl.when(_TEXT.str.contains(_OTHER)).then(_TEXT) if any_kind else pl.lit(None, dtype=pl.String)
    return frame.select(pl.coalesce(card, old, company, other).alias(text.name)).to_series()


def plausible_certificate(text: pl.Series) -> pl.Series:
    """Which texts have the place and the day of birth of an identity card, whatever their check digit.

    >>> plausible_certificate(pl.Series(["110105194912310021", "202406010000000001"])).to_list()
    [True, False]
    """
    return _bare(text).select(_TEXT.str.contains(_CARD) & _born(_TEXT, False)).to_series()


def _bare(text: pl.Series) -> pl.DataFrame:
    return flat(text).str.replace_all(r"[\s\-()]", "").str.to_uppercase().to_frame("t")


def _placed(code: pl.Expr, anywhere: bool) -> pl.Expr:
    """Whether two digits are a province, or the country itself, or may be anything."""
    return pl.lit(anywhere) | code.is_in([*_PROVINCES, "10"])


def _born(card: pl.Expr, anywhere: bool) -> pl.Expr:
    """Whether the place is a province, or may be any, and the birthday a day of this calendar."""
    day = card.str.slice(6, 8)
    year = day.str.head(4)
    real = day.str.to_date("%Y%m%d", strict=False).is_not_null()
    return _placed(card.str.head(2), anywhere) & real & (year >= "1880") & (year <= "2100")


def _check(card: pl.Expr) -> pl.Expr:
    """The check digit of the first 17 digits, ISO 7064 mod 11-2."""
    parts = [
        card.str.slice(at, 1).cast(pl.Int32, strict=False).fill_null(0) * weight for at, weight in enumerate(_WEIGHTS)
    ]
    remainder = pl.sum_horizontal(parts) % 11
    return remainder.replace_strict(list(range(11)), list(_DIGITS), return_dtype=pl.String)


def _company_check() -> pl.Expr:
    """Whether the last character is that of the 17 before it, mod 31 with powers of 3."""
    values = {letter: value for value, letter in enumerate(_LETTERS)}

    def value(at: int) -> pl.Expr:
        letter = _TEXT.str.slice(at, 1)
        return letter.replace_strict(values, default=0, return_dtype=pl.Int32)

    total = pl.sum_horizontal([value(at) * (3**at % 31) for at in range(17)])
    return value(17) == (31 - total % 31) % 31
