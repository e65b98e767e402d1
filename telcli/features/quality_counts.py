"""Counts of a table's columns by branch: filled, implausible, zero; and how far a column has moved in a month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from telcli.features.month_index import end_of_month
from telcli.features.use import DAYS
from telcli.methods.drift import bin_counts, days_alike, quantile_edges, stability_index

__all__ = ["BRANCH", "DUE", "PLAUSIBLE", "counted", "drift"]

BRANCH = "_branch"
_CATEGORIES = 50
_MOST = 2_000_000
_OLDEST, _YOUNGEST = 110, 10


def _age(as_of: date) -> pl.Expr:
    return (as_of.year - pl.col("birth_year")).is_between(_YOUNGEST, _OLDEST)


def _not_after(column: str) -> Any:
    return lambda as_of: pl.col(column).cast(pl.Date) <= end_of_month(as_of)


PLAUSIBLE: Mapping[tuple[str, str], Any] = {
    ("customers", "birth_year"): _age,
    ("customers", "joined_on"): _not_after("joined_on"),
    ("subscriptions", "activated_on"): _not_after("activated_on"),
    ("subscriptions", "contract_end"): lambda _: pl.col("contract_end") >= pl.col("activated_on"),
    ("bills", "discount"): lambda _: pl.col("discount") >= 0,
    ("payments", "amount"): lambda _: pl.col("amount") > 0,
    ("contacts", "closed_at"): _not_after("closed_at"),
    ("usage", "active_days"): lambda as_of: pl.col("active_days") <= end_of_month(as_of).day,
}
"""By table and column: what a value that keeps its contract should hold to as well. Nulls are no evidence."""

_PUBLIC = pl.col("customer_class").fill_null("public") == "public"
DUE: Mapping[tuple[str, str], pl.Expr] = {
    ("customers", "manager_id"): ~_PUBLIC,
    ("customers", "gender"): _PUBLIC,
    ("customers", "birth_year"): _PUBLIC,
}
"""Whose rows should have a value: only business and key customers have a manager, only persons a gender and an age."""


def counted(frame: pl.LazyFrame, table: str, columns: Sequence[str], as_of: date) -> pl.DataFrame:
    """Counts by branch and column, in one pass: rows, filled, implausible, zeros (null for what is no number).

    Rows are those that should have a value, by `DUE`.

    >>> rows = pl.LazyFrame({BRANCH: ["n", "n", "s"], "birth_year": [1980, None, 1850]})
    >>> counted(rows, "customers", ["birth_year"], date(2024, 6, 1)).rows()
    [('n', 'birth_year', 2, 1, 0, 0), ('s', 'birth_year', 1, 1, 1, 0)]
    """
    schema = frame.collect_schema()
    whole = []
    for at, name in enumerate(columns):
        rule = PLAUSIBLE.get((table, name))
        held = rule(as_of) if rule else pl.lit(value=True)
        zeros = (pl.col(name) == 0).sum() if schema[name].is_numeric() else pl.lit(None, pl.UInt32)
        odd = (~held).sum() if set(held.meta.root_names()) <= set(schema) else pl.lit(0, pl.UInt32)
        due = DUE.get((table, name)) if "customer_class" in schema else None
        values = pl.col(name).filter(due) if due is not None else pl.col(name)
        counts = [due.sum() if due is not None else pl.len(), values.count(), odd, zeros]
        whole += [found.cast(pl.Int64).alias(f"{what}{at}") for what, found in zip("rfoz", counts, strict=True)]
    found = frame.group_by(BRANCH).agg(whole).collect(engine="streaming")
    parts = [
        found.select(
            BRANCH,
            pl.lit(name).alias("column"),
            rows=f"r{at}",
            filled=f"f{at}",
            implausible=f"o{at}",
            zeros=f"z{at}",
        )
        for at, name in enumerate(columns)
    ]
    return pl.concat(parts).sort("column", BRANCH, maintain_order=True)


def drift(before: pl.LazyFrame, now: pl.LazyFrame, name: str, months: tuple[date, date] | None = None) -> float | None:
    """PSI of one column between two months; None where it has too many kinds of text, or a month has no rows.

    Numbers fall into bins bounded by the tenths of the earlier month, texts and flags are their own bins. Days of use
    count as those of months of one length, where the `months` of both are named.

    >>> drift(pl.LazyFrame({"fee": [1.0, 2.0]}), pl.LazyFrame({"fee": [2.0, 1.0]}), "fee")
    0.0
    """
    if now.collect_schema()[name].is_numeric():
        was, is_ = (_numbers(frame, name) for frame in (before, now))
        if months and name == DAYS:
            lengths = [end_of_month(month).day for month in months]
            was, is_ = (days_alike(one, own, min(lengths)) for one, own in zip((was, is_), lengths, strict=True))
        edges = quantile_edges(was)
        counts = bin_counts(was, edges), bin_counts(is_, edges)
    else:
        sides = [frame.group_by(name).agg(n=pl.len()).collect(engine="streaming") for frame in (before, now)]
        if max(side.height for side in sides) > _CATEGORIES:
            return None
        both = sides[0].join(sides[1], on=name, how="full", nulls_equal=True, coalesce=True).fill_null(0)
        counts = both["n"].to_numpy(), both["n_right"].to_numpy()
    found = stability_index(*counts)
    return None if np.isnan(found) else found


def _numbers(frame: pl.LazyFrame, name: str) -> Any:
    """The values, of very many each second, third ... one."""
    rows: int = frame.select(pl.len()).collect(engine="streaming").item()
    frame = frame.select(name).gather_every(-(-rows // _MOST)) if rows > _MOST else frame
    return frame.select(pl.col(name).cast(pl.Float64)).collect(engine="streaming").to_series().to_numpy()
