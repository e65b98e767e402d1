"""When something last happened to a customer before the months that are wanted."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

__all__ = ["last_times"]


def last_times(happened: Mapping[str, pl.LazyFrame], folk: pl.LazyFrame, since: int) -> pl.LazyFrame:
    """One row per customer: `last_<name>`, the last month of theirs before `since` in which it happened.

    `happened` are, by name, customers and months (`who` and `at`, in any order, also several times) in which it did;
    `folk` the customers, as `people.people` gives them.

    >>> folk = pl.LazyFrame({"who": [0, 1], "begin": [5, 8]})
    >>> bought = pl.LazyFrame({"who": [0, 0, 0, 1], "at": [6, 7, 9, 7]})
    >>> last_times({"bought": bought}, folk, since=9).collect().sort("who").rows()
    [(0, 7), (1, None)]
    """
    found = folk.select("who", "begin")
    for name, rows in happened.items():
        last = rows.filter(pl.col("at") < since).group_by("who").agg(pl.col("at").max().alias(f"last_{name}"))
        own = pl.when(pl.col(f"last_{name}") >= pl.col("begin")).then(f"last_{name}")
        found = found.join(last, on="who", how="left").with_columns(own.alias(f"last_{name}"))
    return found.drop("begin")
