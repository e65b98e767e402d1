"""From calls of whole customers to their call months: the one function that makes call_months, wherever it runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.features.call_contacts import BALANCE, SURPRISE, contacts
from telcli.features.call_rows import Block, in_runs
from telcli.features.call_times import timed
from telcli.features.call_use import BYTES, celled, talked, used
from telcli.features.exact import over
from telcli.features.month_index import date_at
from telcli.tables.call_months import FEATURES

__all__ = ["call_months"]

_COUNTERPARTS = tuple(name for name in FEATURES if name.startswith("counterpart"))
_OFF_NET = ("off_net_minutes", "off_net_minutes_out")
_LENGTHS = ("call_minutes_out", "call_minutes_in", "zero_length_share", *_OFF_NET, "roaming_minutes")
_NEEDED = {
    "counterpart": _COUNTERPARTS,
    "duration_s": _LENGTHS,
    "data_mb": ("data_mb",),
    "started_epoch_s": ("interevent_mean_s", "interevent_sd_s"),
    "cell_id": ("cells",),
    "off_net": ("counterparts_off_net", "off_net_share", *_OFF_NET),
    "international": ("international_share",),
    "roaming": ("roaming_share", "roaming_minutes"),
    "competitor": ("competitor_contacts",),
}
"""Which columns of calls are read for which features; those of the key are read for all."""
_FLAGS = ("off_net", "international", "competitor")
_TALK = ("at", "out", "voice", "length", "counterpart", "shift", *_FLAGS, *(f"{name}_told" for name in _FLAGS))
"""What is looked at of interactions."""
_COUNTED = (
    *("calls_out", "calls_in", "texts_out", "texts_in", "data_sessions", "active_days", "told_out", "told_in"),
    *("ms_out", "ms_in", "empty", "sessions", "bytes", "roaming", "roaming_told", "cells"),
    *("calls_roaming", "calls_roaming_told", "timed_roaming", "ms_roaming"),
    *("calls_off_net", "calls_off_net_told", "timed_off_net", "ms_off_net"),
    *("calls_off_net_out", "timed_off_net_out", "ms_off_net_out"),
    *("interactions", "off_net", "off_net_told", "international", "international_told"),
    *("competitor", "competitor_told", "interaction_days", "night", "weekend", "gap_sum", "gap_squares"),
    *("counterparts", "counterparts_out", "counterparts_mutual", "counterparts_off_net"),
    *("known", "most", "made", "surprise", "balance", "pareto"),
)


def call_months(calls: pl.LazyFrame, *, features: Sequence[str] = FEATURES) -> pl.DataFrame:
    """One row per customer and month with calls, as the contract of call_months says, sorted by customer and month.

    Pure and deterministic: the rows depend neither on the order of the input rows nor on how customers are bucketed,
    and a row on its own month alone. Files as ingest writes them are read in their order; others are sorted first.

    Parameters
    ----------
    calls
        Rows of the subject table calls, with all rows of the customers and months in it.
    features
        The columns wanted beside customer_id and month; what only others need is not read. The stage takes all of them;
        fewer are for who wants fewer in Python, as comparisons of speed with other ways to the same columns do.

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
    - night_share: `percent_nocturnal`, from 19:00:00 to 07:00:00.
    - weekend_share: `number_of_interactions` with ``split_week=True``, of weekends (Saturday and Sunday) by all.
    - interevent_mean_s, interevent_sd_s: `interevent_time`, mean and std (of the population). The first interaction of
      a month has no time before it, as in bandicoot's groups; null with one interaction. bandicoot takes local times
      from each other, and is an hour off over a change of clocks; here the exact moments are, where they are told.
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
    wanted = set(features)
    table = in_runs(calls, [name for name, needed in _NEEDED.items() if wanted.intersection(needed)])
    counted = {name: np.zeros(len(table.month), np.int64) for name in _COUNTED}
    for block in table.blocks():
        for part, found in _counts(block):
            for name, values in found.items():
                counted[name][part.runs] = values
    # units as columns: polars divides by a single number as a product with its inverse, unless there is but one row
    units = {name: np.full(len(table.month), parts) for name, parts in {"minute": 60_000, "megabyte": BYTES}.items()}
    sums = pl.DataFrame({"customer_id": table.customer, "at": table.month, **counted, **units})
    told = _told()
    chosen = [told.get(name, pl.col(name)).cast(pl.Float64).alias(name) for name in features]
    return sums.select("customer_id", date_at(pl.col("at")).alias("month"), *chosen).sort("customer_id", "month")


def _counts(block: Block) -> list[tuple[Block, Mapping[str, NDArray[Any]]]]:
    """What is counted of each run, by the rows it is counted of."""
    found: list[tuple[Block, Mapping[str, NDArray[Any]]]] = [(block, used(block))]
    if "cell" in block and block["placed"].any():
        placed = block.where(block["placed"], ("at", "cell"))
        found.append((placed, celled(placed)))
    talk = block.where(~block["data"], _TALK)
    if len(talk):
        found += [(talk, talked(talk)), (talk, timed(talk))]
        found += [(talk, contacts(talk))] if "counterpart" in talk else []
    return found


@cache
def _told() -> dict[str, pl.Expr]:
    """The features that are not just counts."""
    told_out, told_in = pl.col("told_out"), pl.col("told_in")
    some, none = pl.col("known") > 0, pl.col("interactions") == 0
    off_net = pl.col("off_net_told") > 0
    measured = (pl.col("sessions") > 0) | (pl.col("data_sessions") == 0)
    gaps = pl.max_horizontal(pl.col("interactions") - 1, 0)
    square = pl.col("gap_sum").cast(pl.Int128) * pl.col("gap_sum")
    spread = (gaps.cast(pl.Int128) * pl.col("gap_squares") - square).cast(pl.Float64).sqrt()
    shares = {
        "initiated_share": over("calls_out", pl.col("calls_out") + pl.col("calls_in")),
        "zero_length_share": over("empty", told_out + told_in),
        "counterpart_entropy": pl.when(some).then(pl.col("surprise") / SURPRISE),
        "counterpart_balance": over("balance", "counterparts") / BALANCE,
        "counterpart_balance_weighted": over("made", pl.col("known") * pl.col("counterparts")),
        "counterpart_top_share": over("most", "known"),
        "counterpart_pareto_share": over("pareto", "known"),
        "off_net_share": over("off_net", "off_net_told"),
        "international_share": over("international", "international_told"),
        "roaming_share": over("roaming", "roaming_told"),
        "night_share": over("night", "interactions"),
        "weekend_share": over("weekend", "interactions"),
        "interevent_mean_s": over("gap_sum", gaps * 1000),
        "interevent_sd_s": over(spread, gaps * 1000),
    }
    where_known = {
        "call_minutes_out": pl.when((told_out > 0) | (pl.col("calls_out") == 0)).then(over("ms_out", "minute")),
        "call_minutes_in": pl.when((told_in > 0) | (pl.col("calls_in") == 0)).then(over("ms_in", "minute")),
        "off_net_minutes": _minutes("off_net"),
        "off_net_minutes_out": _minutes("off_net", "_out"),
        "roaming_minutes": _minutes("roaming"),
        "counterparts_off_net": pl.when(some & off_net).then("counterparts_off_net"),
        "competitor_contacts": pl.when(pl.col("competitor_told") > 0).then("competitor"),
        "cells": pl.when(pl.col("cells") > 0).then("cells"),
        "data_mb": pl.when(measured).then(over("bytes", "megabyte")),
    }
    nobody = ("counterparts", "counterparts_out", "counterparts_mutual")
    return shares | where_known | {name: pl.when(some | none).then(name) for name in nobody}


def _minutes(flag: str, way: str = "") -> pl.Expr:
    """Minutes of the calls that a flag is true of; null where it is told of none, or the length of none it is true of.

    Who made and received no call has 0 of them, if the flag is told of anything. `way` is "_out" for those made alone.
    """
    calls, told = pl.col(f"calls_{flag}{way}"), pl.col(f"calls_{flag}_told") > 0
    silent = (pl.col("calls_out") + pl.col("calls_in") == 0) & (pl.col(f"{flag}_told") > 0)
    known = silent | (told & ((calls == 0) | (pl.col(f"timed_{flag}{way}") > 0)))
    return pl.when(known).then(over(f"ms_{flag}{way}", "minute"))
