"""From which month on payments are missing, so that who paid nothing and what is owed cannot be told."""

from __future__ import annotations

from datetime import date

import polars as pl

__all__ = ["payments_missing_from", "with_payments_told"]


def payments_missing_from(months: pl.LazyFrame) -> date | None:
    """The first month after one with payments in which nobody has paid anything; None where there is none.

    `months` are rows of customer_months: where payments of a month were not delivered, everybody paid 0 in it.

    >>> told = {"month": [date(2024, 4, 1), date(2024, 5, 1), date(2024, 6, 1)], "paid": [9.0, 9.0, 0.0]}
    >>> payments_missing_from(pl.LazyFrame(told))
    datetime.date(2024, 6, 1)
    """
    if "paid" not in months.collect_schema().names():
        return None
    paid = months.group_by("month").agg(some=(pl.col("paid") > 0).any()).sort("month").collect(engine="streaming")
    begun = paid.filter(pl.col("some").cum_sum() > 0)
    missing = begun.filter(~pl.col("some"))["month"].min()
    return missing if isinstance(missing, date) else None


def with_payments_told(months: pl.LazyFrame, missing: date | None) -> pl.LazyFrame:
    """What was paid and what is owed from that month on as not known.

    >>> told = {"month": [date(2024, 5, 1), date(2024, 6, 1)], "paid": [9.0, 0.0], "arrears": [0.0, 9.0]}
    >>> with_payments_told(pl.LazyFrame(told), date(2024, 6, 1)).select("paid", "arrears").collect().rows()
    [(9.0, 0.0), (None, None)]
    """
    if missing is None:
        return months
    names = [name for name in months.collect_schema().names() if name == "paid" or name.startswith("arrears")]
    return months.with_columns(pl.when(pl.col("month") < missing).then(name).alias(name) for name in names)
