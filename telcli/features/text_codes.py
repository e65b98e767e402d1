"""The first code of a list of which a word is in a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import polars as pl

__all__ = ["coded"]


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
            found = pl.when(plain.str.contains(_pattern(words))).then(pl.lit(code)).otherwise(found)
    return found.alias(text.meta.output_name())


def _pattern(words: Iterable[str]) -> str:
    each = ((r"(?-u:\b)" if word[:1].isascii() else "") + re.escape(word.strip().lower()) for word in words)
    return f"(?:{'|'.join(each)})"
