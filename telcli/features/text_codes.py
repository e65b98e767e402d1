"""Texts as codes: which words are in them, and codes that are numbers as text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import polars as pl

__all__ = ["as_code", "coded", "words_pattern"]

_STARTS = re.compile(r"[a-z0-9]")


def coded(text: pl.Expr, codes: Mapping[str, Sequence[str]]) -> pl.Expr:
    """The first of `codes` that has a word in the text, whatever the case; null where none has.

    Words of letters match from the start of a word ("port" finds "porting" and no "support"), any others wherever they
    stand, since Chinese has no blanks.

    Parameters
    ----------
    text : polars.Expr
        Of type String.
    codes : mapping of code to words
        The first ones go before.

    >>> said = pl.DataFrame({"text": ["Price too HIGH", "support was rude", "信号差，资费贵", None]})
    >>> said.select(coded(pl.col("text"), {"network": ["信号"], "price": ["price", "资费"], "move": ["port"]})).rows()
    [('price',), (None,), ('network',), (None,)]
    """
    plain = text.str.to_lowercase()
    found = pl.lit(None, dtype=pl.String)
    for code, words in reversed(list(codes.items())):
        if words:
            found = pl.when(plain.str.contains(words_pattern(words))).then(pl.lit(code)).otherwise(found)
    return found.alias(text.meta.output_name())


def as_code(column: pl.Expr) -> pl.Expr:
    """A category as text; whole numbers read alike, whether a month's gaps made floats of them or not.

    >>> pl.DataFrame({"code": [12.0, None, 1.5]}).select(as_code(pl.col("code"))).to_series().to_list()
    ['12', None, '1.5']
    """
    return column.cast(pl.String).str.replace(r"^(-?\d+)\.0$", "$1")


def words_pattern(words: Iterable[str]) -> str:
    r"""A regular expression, of small letters, that finds any of the words.

    A word that starts with a letter or digit of ASCII is found at the start of a word, any other wherever it stands;
    one that ends with $ is found as a whole word alone, or its plural.

    >>> words_pattern(["Port out", "携", "wifi信号", "sim$"])
    '(?:(?-u:\\b)port\\ out|携|(?-u:\\b)wifi信号|(?-u:\\b)sim(?:s|es)?(?-u:\\b))'
    """
    plain = (word.strip().lower() for word in words)
    each = ((r"(?-u:\b)" if _STARTS.match(word) else "") + _whole(word) for word in plain)
    return f"(?:{'|'.join(each)})"


def _whole(word: str) -> str:
    r"""A word as it is looked for: up to where it ends, where it says so by a $."""
    return re.escape(word[:-1]) + r"(?:s|es)?(?-u:\b)" if word.endswith("$") else re.escape(word)
