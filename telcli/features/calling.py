"""What a month of calls tells beside usage: with whom, when and where; taken from call_months as it stands.

Counts are 0 where the calls of the month were delivered and the customer had none; shares and means are null there,
since there is nothing to take them of.
"""

from __future__ import annotations

import polars as pl

from telcli.features.month_index import index_at
from telcli.features.span import Span
from telcli.tables.month_calls import CALLS, COUNTS

__all__ = ["called", "known"]


def called(rows: pl.LazyFrame) -> pl.LazyFrame:
    """One row per customer and month with a call: `CALLS`."""
    return rows.select("who", *CALLS, at=index_at(pl.col("month")), has_call=pl.lit(value=True))


def known(span: Span) -> list[pl.Expr]:
    """`CALLS` over the grid, as far as the calls of the month tell of them."""
    return [
        span.known(name, "has_call") if name in COUNTS else pl.when(span.knows(name)).then(name).alias(name)
        for name in CALLS
    ]
