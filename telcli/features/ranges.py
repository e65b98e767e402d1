"""Facts of many customers, worked out for some of them at a time, so that memory is that of some."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

__all__ = ["MOST", "in_ranges", "of_customers"]

MOST = 250_000
"""Customers at a time. Tables by month are sorted by customer, so that a range of them is read without the others."""


def of_customers(rows: pl.LazyFrame, customers: pl.Series, most: int = 0) -> pl.DataFrame:
    """The row of each of some customers in their order, without `customer_id`; nulls for those who have none.

    Parameters
    ----------
    rows : polars.LazyFrame
        One row per customer, made of tables of which only a customer's own rows count for hers.
    customers : polars.Series
        Ids, sorted, none twice.
    most : int
        Customers that are worked on at a time; `MOST` where it is 0.

    >>> rows = pl.LazyFrame({"customer_id": ["c", "a"], "fee": [3.0, 1.0]})
    >>> of_customers(rows, pl.Series(["a", "b", "c"]), most=2)["fee"].to_list()
    [1.0, None, 3.0]
    """
    parts = []
    for some, within in _parts(customers, most):
        wanted = some.alias("customer_id").to_frame()
        found = rows.filter(*within).join(wanted.lazy(), on="customer_id", how="semi").collect(engine="streaming")
        held = wanted.join(found, on="customer_id", how="left", maintain_order="left")
        parts.append(held.drop("customer_id"))
    return pl.concat(parts, rechunk=True)


def in_ranges(
    tables: Mapping[str, pl.LazyFrame], customers: pl.Series, most: int = 0
) -> Iterator[dict[str, pl.LazyFrame]]:
    """The rows of tables that are of some customers, and perhaps of others between them, then those of the next.

    Parameters
    ----------
    tables : mapping
        Each with `customer_id`.
    customers : polars.Series
        Ids, sorted, none twice.
    most : int
        Customers in a range; `MOST` where it is 0.

    >>> rows = pl.LazyFrame({"customer_id": ["c", "a", "b"]})
    >>> found = in_ranges({"bills": rows}, pl.Series(["a", "b", "c"]), most=2)
    >>> [part["bills"].collect()["customer_id"].to_list() for part in found]
    [['a', 'b'], ['c']]
    """
    for _, within in _parts(customers, most):
        yield {name: rows.filter(*within) for name, rows in tables.items()}


def _parts(customers: pl.Series, most: int) -> Iterator[tuple[pl.Series, list[pl.Expr]]]:
    """Some customers after the other, with the condition that ids are between theirs; none where all are few."""
    most = most or MOST
    for at in range(0, max(len(customers), 1), most):
        some, name = customers.slice(at, most), pl.col("customer_id")
        yield some, [name >= some[0], name <= some[-1]] if len(customers) > most else []
