"""Who was there and who left, customers by months, with a number that each month tells of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.features.margin import whole_tenure
from telcli.features.month_index import index_at, month_index
from telcli.features.ranges import of_customers
from telcli.methods.landmarks import ABSENT, GONE, HERE, UNKNOWN

__all__ = ["month_states"]

_STATES = 3


def month_states(
    frame: pl.LazyFrame, months: Sequence[date], ids: pl.Series, code: pl.Expr
) -> tuple[NDArray[np.int8], NDArray[np.int16], NDArray[np.int64]]:
    """States, codes and the place of the month of joining, by customer (in the order of `ids`) and month.

    Parameters
    ----------
    frame : polars.LazyFrame
        customer_months.
    months : sequence of date
        Become the columns.
    ids : polars.Series
        Customers.
    code : polars.Expr
        A whole number from 0 to 10,000 of a row of the frame.

    Returns
    -------
    ABSENT, HERE or GONE; the code, 0 where there is no row; places as in `methods.landmarks.Watched`.

    >>> rows = pl.LazyFrame({"customer_id": ["a"], "month": [date(2024, 1, 1)], "active": [True], "left": [False],
    ...     "tenure_months": [2.0]})
    >>> found = month_states(rows, [date(2024, 1, 1), date(2024, 2, 1)], pl.Series(["a", "b"]), pl.lit(7))
    >>> [part.tolist() for part in found]
    [[[1, 0], [0, 0]], [[7, 0], [0, 0]], [-2, 2147483647]]
    """
    at = pl.col("month")
    state = pl.when("left").then(GONE).when("active").then(HERE).otherwise(ABSENT).cast(pl.Int16)
    both = (code.cast(pl.Int16) * _STATES + state).cast(pl.Int16)
    place = index_at(at).cast(pl.Int64) - month_index(months[0])
    joined = pl.when(pl.col("active") | pl.col("left")).then(place - whole_tenure()).max()
    picked = [pl.when(at == month).then(both).max().alias(f"month_{rank}") for rank, month in enumerate(months)]
    rows = (
        frame.filter(at.is_between(months[0], months[-1])).group_by("customer_id").agg(joined.alias("joined"), *picked)
    )
    found = of_customers(rows, ids)
    codes = found.select(pl.col("^month_.*$").fill_null(ABSENT)).to_numpy()
    states = (codes % _STATES).astype(np.int8)
    return states, (codes // _STATES).astype(np.int16), found["joined"].fill_null(UNKNOWN).to_numpy()
