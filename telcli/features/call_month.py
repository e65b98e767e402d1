"""From calls of whole customers to their call months: the one function that makes call_months, wherever it runs."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from telcli.features.call_contacts import contacts
from telcli.features.call_times import Clock, in_order
from telcli.features.call_use import talked, used
from telcli.features.month_index import date_at
from telcli.tables.call_months import FEATURES

__all__ = ["READ", "Clock", "call_months"]

_OPTIONAL: dict[str, pl.DataType | type[pl.DataType]] = {
    "duration_s": pl.Float64,
    "data_mb": pl.Float64,
    "cell_id": pl.String,
    "off_net": pl.Boolean,
    "international": pl.Boolean,
    "roaming": pl.Boolean,
    "competitor": pl.Boolean,
}
READ = ("customer_id", "started_at", "counterpart", "direction", "kind", *_OPTIONAL)
"""What is read of `calls`; the columns after `kind` need not be there."""

_NOBODY = ("counterparts", "counterparts_out", "counterparts_mutual", "interaction_days")
"""Counts that are 0 in a month without interactions."""


def call_months(calls: pl.LazyFrame, *, clock: Clock | None = None, features: Sequence[str] = FEATURES) -> pl.DataFrame:
    """One row per customer and month with calls, as the contract of call_months says, sorted by customer and month.

    Pure and deterministic: the rows depend neither on the order of the input rows nor on how customers are bucketed,
    and a row on its own month alone. Files as ingest writes them are read in their order; others are sorted first.

    Parameters
    ----------
    calls
        Rows of the subject table calls, with all rows of the customers and months in it.
    clock
        Night and weekend, those of bandicoot where not given.
    features
        The columns wanted beside customer_id and month; what only others need is not read.

    Notes
    -----
    Against bandicoot 0.6.0 with ``groupby="month"``, over calls and texts (``interaction="callandtext"``) unless said
    otherwise, on records that bandicoot does not drop (it drops calls without a length and rows without a counterpart):

    - calls_out, calls_in, texts_out, texts_in: `number_of_interactions` of calls and of texts, by direction.
    - call_minutes_out, call_minutes_in: `call_duration` by direction, mean times number, in minutes.
    - initiated_share: `percent_initiated_interactions` (calls); null where bandicoot says 0 because there is none.
    - counterparts, counterparts_out: `number_of_contacts`, all and ``direction="out"``.
    - counterpart_entropy: `entropy_of_contacts`, natural logarithm.
    - counterpart_balance: mean of `balance_of_contacts` with ``weighted=False``; counterpart_balance_weighted: with
      bandicoot's default, where the balance of a counterpart is its share of all interactions made by the customer.
    - counterpart_pareto_share: `percent_pareto_interactions`.
    - interaction_days: `active_days`; active_days counts data sessions too.
    - night_share: `percent_nocturnal`.
    - weekend_share: `number_of_interactions` with ``split_week=True``, of weekends by all.
    - interevent_mean_s, interevent_sd_s: `interevent_time`, mean and std (of the population). The first interaction of
      a month has no time before it, as in bandicoot's groups; null with one interaction.
    - cells: of all events, where `number_of_antennas` takes one cell, the most frequent, per half an hour.

    Of bandicoot there are not: conversations of texts (`response_rate_text`, `response_delay_text`,
    `percent_initiated_conversations`), `percent_pareto_durations`, and what needs the place of a cell.

    >>> from datetime import datetime
    >>> told = {"customer_id": ["a"] * 3, "started_at": [datetime(2024, 6, day, 8) for day in (1, 2, 4)]}
    >>> told |= {"counterpart": ["x", "x", "y"], "direction": ["out", "in", "out"], "kind": ["voice", "voice", "text"]}
    >>> found = call_months(pl.LazyFrame(told), features=["calls_out", "counterparts", "interevent_mean_s"])
    >>> found.rows()
    [('a', datetime.date(2024, 6, 1), 1.0, 2.0, 129600.0)]
    """
    have = calls.collect_schema()
    rows = in_order(calls.select(name for name in READ if name in have).collect(engine="streaming"))
    absent = [pl.lit(None, kind).alias(name) for name, kind in _OPTIONAL.items() if name not in have]
    marked = rows.with_columns(out=pl.col("direction") == "out", voice=pl.col("kind") == "voice")
    talk = marked.filter(pl.col("kind") != "data")
    clocked = clock or Clock()
    parts = [talked(talk.lazy().with_columns(absent), clocked), contacts(talk.with_columns(absent))]
    joined = used(marked.lazy().with_columns(absent))
    for part in parts:
        joined = joined.join(part, on="run", how="left", maintain_order="left")
    found = joined.select("customer_id", date_at(pl.col("month")).alias("month"), *map(_feature, features))
    return found.sort("customer_id", "month").collect(engine="in-memory")


def _feature(name: str) -> pl.Expr:
    """A column of the table; counts of counterparts and days of interactions are 0 where there was no interaction."""
    column = pl.col(name).cast(pl.Float64)
    if name in _NOBODY:
        return pl.when(pl.col("interactions").is_null()).then(0.0).otherwise(column).alias(name)
    if name == "counterparts_off_net":
        return pl.when(pl.col("off_net_share").is_not_null()).then(column).alias(name)
    return column
