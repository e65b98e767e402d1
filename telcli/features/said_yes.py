"""Attributes that say yes or no: the words that say yes."""

from __future__ import annotations

import polars as pl

__all__ = ["said_yes"]

_YES = ("1", "1.0", "y", "yes", "true", "t", "是", "有")


def said_yes(column: str) -> pl.Expr:
    """Whether an attribute, of whichever type, says yes; no where it is silent.

    >>> frame = pl.DataFrame({"text": [" Yes", "no", None], "number": [0.0, 1.0, None]})
    >>> frame.select(said_yes("text"), said_yes("number")).rows()
    [(True, False), (False, True), (False, False)]
    """
    word = pl.col(column).cast(pl.String).str.strip_chars().str.to_lowercase()
    return word.is_in(_YES).fill_null(value=False)
