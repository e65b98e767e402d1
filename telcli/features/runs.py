"""What came before, within each customer: over the complete grid of months, sorted, where `pos` counts from 0.

A window function would group the rows again for every feature; since the grid has no gaps and each customer begins at
`pos` 0, a shift, a sum or a fill over the whole column can be kept within the customer.
"""

from __future__ import annotations

import polars as pl

__all__ = ["earlier", "months_since", "running"]

_NEVER = -(2**30)


def running(column: pl.Expr) -> pl.Expr:
    """Sum of whole numbers up to this month, that included; a gap counts as nothing.

    >>> rows = pl.DataFrame({"pos": [0, 1, 0, 1], "n": [1, 2, 5, None]})
    >>> rows.select(running(pl.col("n")))["n"].to_list()
    [1, 3, 5, 5]
    """
    added = column.fill_null(0)
    total = added.cum_sum()
    return total - pl.when(pl.col("pos") == 0).then(total - added).forward_fill()


def months_since(happened: pl.Expr, before: pl.Expr | None = None) -> pl.Expr:
    """Months since something last happened; null where it never has.

    `before` is the month in which it last happened before the customer's first row; null where it had not.

    >>> rows = pl.DataFrame({"pos": [0, 1, 2, 0], "at": [7, 8, 9, 9], "yes": [True, None, False, False]})
    >>> rows.select(months_since(pl.col("yes")).alias("since"))["since"].to_list()
    [0, 1, 2, None]
    """
    start = pl.lit(_NEVER) if before is None else before.fill_null(_NEVER)
    first = pl.when(pl.col("pos") == 0).then(start)
    last = pl.when(happened).then("at").otherwise(first).forward_fill()
    return pl.when(last > _NEVER).then(pl.col("at") - last)


def earlier(column: pl.Expr, months: int) -> pl.Expr:
    """The column `months` months ago; null where that is before the customer's first month.

    >>> rows = pl.DataFrame({"pos": [0, 1, 0], "n": [4, 5, 6]})
    >>> rows.select(earlier(pl.col("n"), 1))["n"].to_list()
    [None, 4, None]
    """
    return column if months == 0 else pl.when(pl.col("pos") >= months).then(column.shift(months))
