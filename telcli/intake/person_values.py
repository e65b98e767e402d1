"""Attributes that came through ingest and may name persons all the same, judged before anything learns their values.

Ingest drops what is surely a person's. What is left is looked at again where single values would be shown or kept: by
headers that speak of somebody's part (contact, seller, manager), and by values most of which have the shape of names,
though only some of them are known ones.
"""

from __future__ import annotations

import re

import polars as pl

from telcli.intake.dictionary import bare, personal_words
from telcli.intake.own_names import are_names, latin_names
from telcli.intake.phones import masked_number
from telcli.intake.privacy import header_tells, holds_person, of_things
from telcli.intake.words import folded

__all__ = ["names_persons"]

_NUMBER = r"^(?:\+|00)?\(?\d[\d ()./-]{5,18}\d$"
_DATE_LIKE = r"^(?:19|20)\d\d[-/. ]\d{1,2}(?:[-/. ]\d{1,2})?$|^\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)\d\d$"
_WORD = r"\p{Lu}[\p{L}\d'’.-]*"
_SHAPE = rf"^{_WORD}(?:,? {_WORD}){{1,3}}$"
"""Two words or more with capitals, as names are written that no list knows."""
_HAN = r"^\p{Han}{2,4}$"
_LEAST, _LONG, _SOME, _MOST, _NUMBERS = 3, 7, 0.2, 0.8, 0.5
"""Different values that tell anything, digits of a number, and shares: of known names, of shapes, of numbers."""


def names_persons(values: pl.Series, header: str) -> bool:
    """Whether a column of such different values may name persons, or hold numbers of them.

    >>> names_persons(pl.Series(["Ivan Petrov", "Li Novak", "Jo Abara"]), "Dealer contact")
    True
    >>> names_persons(pl.Series(["Credit card", "Bank transfer", "Paper check"]), "Payment method")
    False
    >>> names_persons(pl.Series(["555-0142-771", "555-0199-002", "none"]), "line 2")
    True
    """
    text = folded(values.cast(pl.String).str.strip_chars()).drop_nulls().unique()
    text = text.filter(text.str.contains(r"[\p{L}\d]"))
    if text.len() < _LEAST:
        return False
    if 100 * int((holds_person(text) | masked_number(text)).sum()) >= text.len() or _numbers(text) >= _NUMBERS:
        return True
    if of_things(header):
        return False
    role, words = _of_role(header), text.filter(text.str.contains(r"\p{L}"))
    if header_tells(header) == "person" and 2 * words.len() >= text.len():
        return True
    known, shaped = _names(words), _share(words, _SHAPE if role != "zh" else _HAN)
    if role:
        return max(known, shaped) >= _NUMBERS
    return known >= _MOST or (
        known >= _SOME and max(shaped, _share(words, _HAN) if known >= _NUMBERS else 0.0) >= _MOST
    )


def _numbers(text: pl.Series) -> float:
    """Share of what is written like a telephone number in parts, or has a sign of one; no dates, no plain codes."""
    digits = text.str.count_matches(r"\d") >= _LONG
    parted = text.str.contains(_NUMBER) & text.str.contains(r"^\+|^00|[ ()-]") & ~text.str.contains(_DATE_LIKE)
    return float((digits & parted).sum()) / text.len()


def _names(text: pl.Series) -> float:
    if not text.len():
        return 0.0
    like = (are_names(pl.col("t")) | latin_names(pl.col("t"))).fill_null(value=False)
    return float(text.to_frame("t").select(like.mean()).item())


def _share(text: pl.Series, pattern: str) -> float:
    return float(text.str.contains(pattern).sum()) / max(text.len(), 1)


def _of_role(header: str) -> str:
    """Whether a header speaks of somebody's part: ``en``, ``zh``, or nothing of the kind.

    >>> [_of_role(name) for name in ("Served by", "account_mgr", "客户经理", "Standby hours", "channel")]
    ['en', 'en', 'zh', '', '']
    """
    if any(word in bare(header) for word in personal_words("roles_zh")):
        return "zh"
    tokens = {token.lower() for token in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", header)}
    return "en" if tokens & personal_words("roles") else ""
