"""Numbers in the order of their size, before they are added up: so that a sum repeats to the last bit."""

from __future__ import annotations

import polars as pl

__all__ = ["by_size"]


def by_size(column: pl.Expr) -> pl.Expr:
    """The values, the smallest first.

    Polars leaves a `sort` out of a plan where a sum or a mean follows, as if the order of floating point numbers did
    not matter to these; a slice, which order does matter to, keeps it there.

    >>> plan = pl.LazyFrame({"a": [1.0]}).group_by(pl.lit(1)).agg(pl.col("a").pipe(by_size).sum()).explain()
    >>> "sort" in plan
    True
    """
    return column.sort().slice(0)
