"""Numbers in answers of surveys that stand for none: that answer is left blank, and the row with the others is kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

__all__ = ["ANSWERS", "codes_in", "stands_for_none", "without_no_answers"]

ANSWERS = ("expected", "perceived", "score", "nps")
_HIGHEST, _WILLING = 100.0, 10.0
"""The highest answers that the table of surveys takes: of what was scored, and of NPS."""


def codes_in(words: Iterable[str]) -> tuple[float, ...]:
    """The numbers among words; others are none.

    >>> codes_in(["88", "99", "refused"])
    (88.0, 99.0)
    """
    return tuple(float(word) for word in words if word.replace(".", "", 1).isdigit())


def stands_for_none(name: str, codes: Sequence[float]) -> pl.Expr:
    """Whether the number in a column is below 0, or one of `codes` and beyond what can be answered.

    A column of another name is an item, answered as `score` is.
    """
    value = pl.col(name)
    beyond = value > (_WILLING if name == "nps" else _HIGHEST)
    return ((value < 0) | (value.is_in(list(codes)) & beyond)).fill_null(value=False)


def without_no_answers(frame: pl.LazyFrame, codes: Sequence[float]) -> pl.LazyFrame:
    """The same with answers left blank that stand for none.

    >>> rows = pl.LazyFrame({"item": ["a", "a"], "score": [-1.0, 99.0], "nps": [9.0, 99.0]})
    >>> without_no_answers(rows, (99.0,)).collect().rows()
    [('a', None, 9.0), ('a', 99.0, None)]
    """
    have = [name for name in ANSWERS if name in frame.collect_schema()]
    return frame.with_columns(pl.when(~stands_for_none(name, codes)).then(name).alias(name) for name in have)
