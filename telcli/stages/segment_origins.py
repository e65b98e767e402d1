"""How many of the customers whom a segment's name was made for are still those in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from telcli.stages.segment_record import Record

__all__ = ["kept_since", "origin_rows"]

_NOBODY = pl.DataFrame(schema={"customer_id": pl.String, "since": pl.Date, "segment": pl.Int64})


def kept_since(
    record: Record | None, before: Sequence[Mapping[str, Any] | None], customers: pl.DataFrame
) -> list[float | None]:
    """Jaccard index of each segment now with itself in the month of its name, among the customers of both months.

    `before` is per segment now, in order, the profile in the record that it continues, with `segment` and `since`;
    `customers` are those of today: customer_id and `segment`, from 1. The index is 0..1, and None for a segment that
    continues none, or where the telcli of then did not write its customers down.
    """
    found: list[float | None] = []
    for number, row in enumerate(before, start=1):
        then = None if record is None or row is None else _then(record, row["since"])
        if then is None or row is None:
            found.append(None)
            continue
        both = customers.join(then.rename({"segment": "origin"}), on="customer_id")
        was, now = pl.col("origin").eq_missing(row["segment"]), pl.col("segment") == number
        common, either = both.select((was & now).sum().alias("common"), (was | now).sum().alias("either")).row(0)
        found.append(common / either if either else None)
    return found


def origin_rows(
    record: Record | None, before: Sequence[Mapping[str, Any] | None], customers: pl.DataFrame, as_of: date
) -> pl.DataFrame:
    """Table segment_origins: everybody of each month in which a name of today began, by the segment of today.

    `before` and `customers` are those of `kept_since`. The segment is null of who was in none that lives on.
    """
    places = [(row["since"] if row else as_of, row["segment"] if row else None) for row in before]
    parts = [_NOBODY]
    for month in sorted({since for since, _ in places}):
        own = {
            (number if was is None else was): number
            for number, (since, was) in enumerate(places, start=1)
            if since == month
        }
        then = customers if month == as_of else None if record is None else _then(record, month)
        if then is not None:
            segment = pl.col("segment").replace_strict(own, default=None, return_dtype=pl.Int64)
            parts.append(then.select("customer_id", pl.lit(month, pl.Date).alias("since"), segment))
    return pl.concat(parts).sort("customer_id", "since").with_columns(as_of=pl.lit(as_of))


def _then(record: Record, month: date) -> pl.DataFrame | None:
    """Customers of a month in which names of the record began, by the segment of the record; None where not known."""
    if record.origins is not None:
        held = record.origins.filter(pl.col("since") == month).select("customer_id", "segment")
        if held.height:
            return held
    return record.customers.select("customer_id", "segment") if month == record.as_of else None
