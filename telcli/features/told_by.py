"""What the tables of an extract told by the end of a month: nothing that came later."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from telcli.features.month_index import add_months

__all__ = ["told_by"]

_OF_THE_END = ("ended_on", "end_reason", "status")


def told_by(tables: Mapping[str, pl.LazyFrame], as_of: date) -> dict[str, pl.LazyFrame]:
    """The tables less months, contacts and lines that came after `as_of`, and less ends of lines that came later.

    So a run for an earlier month gives what it gave then, as far as an extract tells: who a customer is stands in it
    without a day, but for its history.

    >>> lines = pl.LazyFrame({"subscription_id": ["1", "2"], "activated_on": [date(2024, 1, 1), date(2024, 5, 2)],
    ...     "ended_on": [date(2024, 5, 9), None], "end_reason": ["voluntary", None]})
    >>> told_by({"subscriptions": lines}, date(2024, 4, 1))["subscriptions"].collect().rows()
    [('1', datetime.date(2024, 1, 1), None, None)]
    """
    after = add_months(as_of, 1)
    found = dict(tables)
    if "customer_months" in tables:
        found["customer_months"] = tables["customer_months"].filter(pl.col("month") < after)
    if "contacts" in tables and "opened_at" in tables["contacts"].collect_schema():
        found["contacts"] = tables["contacts"].filter(pl.col("opened_at").dt.date() < after)
    if "subscriptions" in tables:
        found["subscriptions"] = _lines(tables["subscriptions"], after)
    return found


def _lines(lines: pl.LazyFrame, after: date) -> pl.LazyFrame:
    have = lines.collect_schema()
    if "activated_on" in have:
        lines = lines.filter((pl.col("activated_on") < after).fill_null(value=True))
    if "ended_on" not in have:
        return lines
    by_then = (pl.col("ended_on") < after).fill_null(value=True)
    return lines.with_columns(pl.when(by_then).then(pl.col(name)) for name in _OF_THE_END if name in have)
