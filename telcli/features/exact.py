"""Sums that do not depend on the order of the rows, on threads or on how customers are put into buckets.

Floating point sums differ in their last bit with the order of their terms, and a balance that should be nil is
left at 1e-14. Amounts are therefore added as whole ten-thousandths: exact up to 9e14 in sum; an amount with more than
four decimals is rounded to four.
"""

from __future__ import annotations

import polars as pl

__all__ = ["DECIMALS", "UNITS", "amount", "mean_of", "over", "units"]

DECIMALS = 4
UNITS = 10_000


def units(column: pl.Expr) -> pl.Expr:
    """An amount as a whole number of ten-thousandths."""
    return (column * UNITS).round().cast(pl.Int64)


def amount(column: pl.Expr) -> pl.Expr:
    """Ten-thousandths back as an amount: the floating point number nearest to it.

    Polars divides a long column by a number as a product with its inverse, but a column of one row truly; the two may
    differ in the last bit. Rounding to the four decimals there are settles it.

    >>> pl.select(amount(pl.lit(pl.Series([1327000, 1])))).to_series().to_list()
    [132.7, 0.0001]
    """
    return (column / UNITS).round(DECIMALS)


def mean_of(column: pl.Expr) -> pl.Expr:
    """The mean of amounts that are known, each to four decimals; null where none is.

    >>> pl.DataFrame({"a": [0.5, None, 0.25]}).select(mean_of(pl.col("a")))["a"].to_list()
    [0.375]
    """
    whole, known = units(column).sum().cast(pl.Float64), column.count()
    return pl.when(known > 0).then(whole / (known.cast(pl.Float64) * UNITS))


def over(above: str | pl.Expr, below: str | pl.Expr) -> pl.Expr:
    """The quotient of two columns, null where the lower one is 0 or null.

    >>> pl.DataFrame({"a": [1, 0], "b": [4, 0]}).select(over("a", "b"))["a"].to_list()
    [0.25, None]
    """
    top, whole = (pl.col(side) if isinstance(side, str) else side for side in (above, below))
    return pl.when(whole > 0).then(top.cast(pl.Float64) / whole.cast(pl.Float64))
