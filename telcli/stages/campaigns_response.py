"""Part of campaigns: what came of them by segment and channel."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from telcli.features.exact import amount, units
from telcli.methods.rates import wilson
from telcli.stages.campaigns_money import gain_of
from telcli.tables import contract
from telcli.tables.campaign_results import EVERY

__all__ = ["counted", "gain_frame", "gains_of", "rated", "responses"]

Gains = dict[tuple[Any, ...], tuple[float, float, float]]
_KEYS = ("campaign_id", "segment_name", "channel")
_GAIN = {"gain": pl.Float64, "gain_low": pl.Float64, "gain_high": pl.Float64}


def responses(people: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """The table campaign_response: every campaign, segment and channel, and all of each."""
    frames = []
    for mask in range(8):
        total = [name for bit, name in enumerate(_KEYS) if mask >> bit & 1]
        rows = people.with_columns(pl.lit(EVERY).alias(name) for name in total)
        if "segment_name" in total:
            rows = rows.with_columns(segment_name_zh=pl.lit(None, pl.String))
        found = rows.group_by(_KEYS).agg(*counted(), segment_name_zh=pl.col("segment_name_zh").drop_nulls().min())
        # Campaigns hold out other shares, so only the arms of one are like each other.
        gains: Gains = {} if "campaign_id" in total else gains_of(rows, by_channel="channel" not in total)
        frames.append(found.join(gain_frame(gains), on=list(_KEYS), how="left", nulls_equal=True))
    told = rated(pl.concat(frames)).with_columns(as_of=pl.lit(as_of))
    every = [pl.col(name) == EVERY for name in _KEYS]
    order = [expr for name, is_all in zip(_KEYS, every, strict=True) for expr in (~is_all, pl.col(name))]
    names = [one.name for one in contract("campaign_response").columns()]
    return told.sort(*order).select(names)


def counted() -> list[pl.Expr]:
    """What is counted of a group of people."""
    treated, reached = ~pl.col("held"), pl.col("reached")
    spent = units(pl.col("cost"))
    margin = units(pl.col("after"))
    took, others = reached & pl.col("accepted"), reached & ~pl.col("accepted")
    return [
        treated.sum().cast(pl.Int64).alias("planned"),
        reached.sum().cast(pl.Int64).alias("contacted"),
        (reached & pl.col("answered")).sum().cast(pl.Int64).alias("responded"),
        took.sum().cast(pl.Int64).alias("accepted"),
        pl.when(spent.count() > 0).then(amount(spent.sum())).alias("cost"),
        pl.col("held").sum().cast(pl.Int64).alias("held_out"),
        *(
            pl.when(margin.filter(who).count() > 0)
            .then(amount(margin.filter(who).sum()) / margin.filter(who).count())
            .alias(name)
            for name, who in (("accepted_margin", took), ("others_margin", others))
        ),
    ]


def rated(frame: pl.DataFrame) -> pl.DataFrame:
    """Counts with their rates, intervals and costs each.

    A campaign of which no answer is known at all has no rates: nobody may have written them down.
    """
    told = {}
    heard = pl.col("responded").max().over("campaign_id") > 0
    for name, count in (("response", "responded"), ("accept", "accepted")):
        low, high = wilson(frame[count].to_numpy(), frame["contacted"].to_numpy())
        rate = pl.when(pl.col("contacted") > 0).then(pl.col(count) / pl.col("contacted"))
        for end, value in (("rate", rate), ("low", pl.lit(pl.Series(low))), ("high", pl.lit(pl.Series(high)))):
            told[f"{name}_{end}"] = pl.when(heard).then(value.fill_nan(None))
    for name, count in (("contact", "contacted"), ("response", "responded"), ("accept", "accepted")):
        told[f"cost_per_{name}"] = pl.when(pl.col(count) > 0).then(pl.col("cost") / pl.col(count))
    return frame.with_columns(**told)


def gains_of(rows: pl.DataFrame, *, by_channel: bool = False) -> Gains:
    """What each group with both arms gained against those held out.

    By channel it is that of the channel planned: the one used is chosen after the draw, and the held out have none.
    """
    if by_channel:
        rows = rows.with_columns(channel="planned_channel").filter(pl.col("channel").is_not_null())
    both = rows.filter(pl.col("held").any().over(_KEYS) & (~pl.col("held")).any().over(_KEYS))
    found: Gains = {}
    for key, group in both.partition_by(_KEYS, as_dict=True).items():
        gain = gain_of(group)
        if gain is not None:
            found[key] = (gain.mean, gain.low, gain.high)
    return found


def gain_frame(gains: Gains) -> pl.DataFrame:
    """The same as a frame by campaign, segment and channel."""
    schema = {**dict.fromkeys(_KEYS, pl.String), **_GAIN}
    return pl.DataFrame([(*key, *gain) for key, gain in gains.items()], schema=schema, orient="row")
