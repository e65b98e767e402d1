"""Who was a customer at the start of some months, and who of them left in these months."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from telcli.features.month_index import add_months, month_index
from telcli.tables import contract

__all__ = ["Base", "base_before", "base_of", "months_of"]

_MONTHLY = ("tenure_months", "contract_months_left", "numbers_held", "services_held")


@dataclass(frozen=True)
class Base:
    """Customers at the end of the month `since`, and which of them left in the `months` after it.

    Parameters
    ----------
    since : that month; of a labelled table the month of the table, and `months` is None.
    frame : customer_id, `left`, `revenue_usual` (mean of the known of the last 3 months) and what the month says of
        tenure, contract, lines and services.
    """

    since: date
    months: int | None
    frame: pl.LazyFrame


def base_of(tables: Mapping[str, pl.LazyFrame], first: date, as_of: date, months: int) -> Base:
    """The base of the last `months` months, or of as many as the history `first` .. `as_of` can tell.

    A history of one month tells nobody leaving later: there the label `churned` does, of labelled customers.

    >>> rows = {"customer_id": ["a", "b", "b"], "month": [date(2024, 5, 1), date(2024, 5, 1), date(2024, 6, 1)],
    ...     "active": [True, True, False], "left": [False, False, True]}
    >>> found = base_of({"customer_months": pl.LazyFrame(rows)}, date(2024, 5, 1), date(2024, 6, 1), 3)
    >>> found.since, found.months, found.frame.select("customer_id", "left").sort("customer_id").collect().rows()
    (datetime.date(2024, 5, 1), 1, [('a', False), ('b', True)])
    """
    known = month_index(as_of) - month_index(first)
    frame = months_of(tables)
    if known:
        return _base(frame, as_of, min(months, known))
    labels = contract("customers").conform(tables["customers"]).select("customer_id", left="churned").drop_nulls()
    there = frame.filter(pl.col("month") == as_of)
    return Base(as_of, None, there.select("customer_id", *_said()).join(labels, on="customer_id"))


def base_before(tables: Mapping[str, pl.LazyFrame], first: date, base: Base) -> Base | None:
    """The base of as many months just before, where the history reaches back so far."""
    if base.months is None or add_months(base.since, -base.months) < first:
        return None
    return _base(months_of(tables), base.since, base.months)


def months_of(tables: Mapping[str, pl.LazyFrame], *more: str) -> pl.LazyFrame:
    """customer_months with the columns that tell who left, and `more` of them; null where they are not there."""
    frame = tables["customer_months"]
    wanted = ("customer_id", "month", "active", "left", "revenue", "revenue_mean_3", *_MONTHLY, *more)
    have = frame.collect_schema()
    return contract("customer_months").conform(frame.select(name for name in wanted if name in have))


def _base(frame: pl.LazyFrame, last: date, months: int) -> Base:
    since = add_months(last, -months)
    here = frame.filter(pl.col("month") == since, pl.col("active"), ~pl.col("left"))
    gone = frame.filter(pl.col("left"), pl.col("month").is_between(since, last, closed="right"))
    left = gone.select("customer_id", left=pl.lit(value=True)).unique()
    told = here.select("customer_id", *_said()).join(left, on="customer_id", how="left")
    return Base(since, months, told.with_columns(pl.col("left").fill_null(value=False)))


def _said() -> list[pl.Expr]:
    return [pl.coalesce("revenue_mean_3", "revenue").alias("revenue_usual"), *map(pl.col, _MONTHLY)]
