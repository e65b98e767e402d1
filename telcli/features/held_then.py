"""What a state table said at the end of a month of the past, where its history tells."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from telcli.features.month_index import add_months

__all__ = ["held_then"]


def held_then(
    now: pl.LazyFrame, past: pl.LazyFrame | None, key: str, month: date, columns: Sequence[str]
) -> pl.LazyFrame:
    """One row per key of `now`: `columns` of the version that held at the end of the month, and `known_then`.

    The first version that did not end by then counts; what begins only later is the nearest there is, and then
    `known_then` is false: as it is where no version says from which day on it holds. Without history every row is as it
    stands today.

    Parameters
    ----------
    now, past : polars.LazyFrame
        customers or subscriptions as they stand, conformed, and the table of what was said before, where there is one.
    key : str
        The key of `now`.
    month : date
        First day of the month.
    columns : sequence of str
        Of `now`; where the history lacks one, it was not known of what held then.

    >>> now = pl.LazyFrame({"customer_id": ["a", "b"], "region": ["N", "S"], "valid_from": [date(2024, 5, 9), None]})
    >>> past = pl.LazyFrame({"customer_id": ["a"], "region": ["E"], "valid_from": [date(2024, 1, 1)],
    ...     "valid_to": [date(2024, 5, 9)]})
    >>> held_then(now, past, "customer_id", date(2024, 4, 1), ["region"]).sort("customer_id").collect().rows()
    [('a', 'E', True), ('b', 'S', False)]
    """
    after = add_months(month, 1)
    parts = [now.select(key, *columns, "valid_from", valid_to=pl.lit(None, pl.Date))]
    if past is not None:
        kinds, have = now.collect_schema(), past.collect_schema()
        past = past.with_columns(pl.lit(None, kinds[name]).alias(name) for name in columns if name not in have)
        ended_later = past.filter(pl.col("valid_to") >= after)
        parts.append(ended_later.select(key, *columns, "valid_from", "valid_to"))
    first = pl.col("valid_to").fill_null(pl.date(9999, 12, 31)).arg_min()
    since = (pl.col("valid_from") < after).fill_null(value=False)
    versions = pl.concat(parts).with_columns(known_then=since)
    found = versions.group_by(key).agg(pl.col(*columns, "known_then").get(first))
    return found.join(now.select(key), on=key, how="semi")
