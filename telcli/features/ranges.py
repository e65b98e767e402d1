"""Facts of many customers, worked out for some of them at a time, so that memory is that of some."""

from __future__ import annotations

import polars as pl

__all__ = ["MOST", "of_customers"]

MOST = 400_000
"""Customers at a time. Tables by month are sorted by customer, so that a range of them is read without the others."""


def of_customers(rows: pl.LazyFrame, customers: pl.Series, most: int = 0) -> pl.DataFrame:
    """The row of each of some customers in their order, without `customer_id`; nulls for those who have none.

    Parameters
    ----------
    rows : one row per customer, made of tables of which only these customers' rows count for theirs.
    customers : ids, sorted, none twice.
    most : customers that are worked on at a time; `MOST` where it is 0.

    >>> rows = pl.LazyFrame({"customer_id": ["c", "a"], "fee": [3.0, 1.0]})
    >>> of_customers(rows, pl.Series(["a", "b", "c"]), most=2)["fee"].to_list()
    [1.0, None, 3.0]
    """
    parts, most = [], most or MOST
    for at in range(0, max(len(customers), 1), most):
        some = customers.slice(at, most).alias("customer_id").to_frame()
        found = rows
        if len(customers) > most:
            found = found.filter(pl.col("customer_id") >= some.item(0, 0), pl.col("customer_id") <= some.item(-1, 0))
        found = found.join(some.lazy(), on="customer_id", how="semi")
        held = some.join(found.collect(engine="streaming"), on="customer_id", how="left", maintain_order="left")
        parts.append(held.drop("customer_id"))
    return pl.concat(parts, rechunk=True)
