"""Table complaint_groups: how often customers of each segment, class and branch make contact, against all others."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.features.month_index import add_months
from telcli.figures.base import hidden
from telcli.methods.event_rates import rate_interval, rate_ratio, rise_chance
from telcli.methods.rates import found_among
from telcli.stages.complaints_ground import SMALL, Ground

__all__ = ["DIMENSIONS", "group_rows"]

DIMENSIONS = ("segment", "customer_class", "branch")
_KINDS = ("complaint", "all")
_UNKNOWN = "unknown"
_THOUSAND = 1_000.0
Floats = NDArray[np.float64]
_SCHEMA: dict[str, Any] = {
    **{
        "dimension": pl.String,
        "level": pl.String,
        "level_zh": pl.String,
        "kind": pl.String,
        "customers": pl.Int64,
        "small": pl.Boolean,
    },
    **{"base_months": pl.Int64, "contacts": pl.Int64, "callers": pl.Int64},
    **dict.fromkeys(("rate", "rate_low", "rate_high", "ratio", "ratio_low", "ratio_high"), pl.Float64),
    **{"chance_among": pl.Float64, "differs": pl.Boolean},
}


def group_rows(ground: Ground) -> pl.DataFrame:
    """Table complaint_groups without its month, over the last `handling_months`; none where there is no base.

    A rate is of contacts by customers and months in which they were there. Groups of fewer than 10 customers are not
    told, nor those that would tell them by subtraction.
    """
    if not ground.own_base or ground.as_of not in ground.base:
        return pl.DataFrame(schema=_SCHEMA)
    since = add_months(ground.as_of, -ground.settings.handling_months)
    there = ground.tables["customer_months"].filter(pl.col("active"), pl.col("month") > since)
    # months of which no contact is known yet count neither way
    there = there.filter(pl.col("month") <= ground.latest).group_by("customer_id").agg(months=pl.len().cast(pl.Int64))
    people = _people(ground)
    base = there.collect(engine="streaming").join(people, on="customer_id", how="left")
    if base.is_empty():
        return pl.DataFrame(schema=_SCHEMA)
    recent = ground.last(ground.settings.handling_months)
    parts = []
    for kind in _KINDS:
        told = recent if kind == "all" else recent.filter(kind=kind)
        each = told.group_by("customer_id").agg(contacts=pl.len().cast(pl.Int64))
        # who made contact and was not there in any of the months is of no rate
        whole = base.join(each, on="customer_id", how="left").with_columns(pl.col("contacts").fill_null(0))
        parts += [_rows(whole, dimension, kind, ground.settings.false_share) for dimension in DIMENSIONS]
    return pl.concat([part for part in parts if part.height] or [pl.DataFrame(schema=_SCHEMA)])


def _people(ground: Ground) -> pl.DataFrame:
    """Who belongs where; the segment as that of the month calls it."""
    people = ground.tables["customers"].select("customer_id", "customer_class", "branch").collect()
    if "segments" not in ground.tables:
        return people.with_columns(pl.lit(None, pl.String).alias(name) for name in ("segment", "segment_name_zh"))
    names = ground.tables["segments"].select("customer_id", "segment_name_zh", segment="segment_name").collect()
    return people.join(names, on="customer_id", how="left")


def _rows(whole: pl.DataFrame, dimension: str, kind: str, share: float) -> pl.DataFrame:
    """A row for each level; none where nothing is known of the dimension."""
    if not whole[dimension].is_not_null().any():
        return pl.DataFrame(schema=_SCHEMA)
    level = pl.col(dimension).fill_null(_UNKNOWN).cast(pl.String)
    spoken = pl.col("segment_name_zh") if dimension == "segment" else pl.col(dimension)
    found = whole.group_by(level.alias("level")).agg(
        level_zh=spoken.cast(pl.String).drop_nulls().min(),
        customers=pl.len().cast(pl.Int64),
        base_months=pl.col("months").sum(),
        contacts=pl.col("contacts").sum(),
        callers=(pl.col("contacts") > 0).sum().cast(pl.Int64),
        squares=(pl.col("contacts") ** 2).sum(),
    )
    found = found.sort("level")
    gone = hidden(found["customers"].to_list(), SMALL)
    told = found.with_columns(_figures(found)).with_columns(small=pl.Series(gone, dtype=pl.Boolean))
    shown = np.array([not one for one in gone])
    among = np.full(found.height, np.nan)
    chance = told["chance"].to_numpy()
    looked = shown & np.isfinite(chance)
    if looked.any():
        among[looked] = found_among(chance[looked])
    told = told.with_columns(chance_among=pl.Series(among).fill_nan(None))
    told = told.with_columns(differs=pl.col("chance_among") <= share, dimension=pl.lit(dimension), kind=pl.lit(kind))
    kept = ("dimension", "level", "level_zh", "kind", "small")
    bare = [pl.when(~pl.col("small")).then(pl.col(name)).alias(name) for name in _SCHEMA if name not in kept]
    return told.with_columns(bare).select(list(_SCHEMA)).cast(pl.Schema(_SCHEMA))


def _figures(found: pl.DataFrame) -> list[pl.Series]:
    """Rates per 1,000 customers and month, and the ratio to that of all others with a two-sided chance.

    Counts are divided by their bunching, the sum of squares of a customer's contacts over their sum, of all.
    """
    x, e, squares = (found[name].cast(pl.Float64).to_numpy() for name in ("contacts", "base_months", "squares"))
    bunch = max(float(squares.sum() / x.sum()), 1.0) if x.sum() else 1.0
    low, high = rate_interval(x, e / _THOUSAND, spread=bunch)
    y, f = x.sum() - x, e.sum() - e
    ratio, ratio_low, ratio_high = rate_ratio(x, e, y, f, bunch)
    chance = _either(x, e, y, f, bunch)
    told = {"rate": x / e * _THOUSAND, "rate_low": low, "rate_high": high, "ratio": ratio}
    told |= {"ratio_low": ratio_low, "ratio_high": ratio_high, "chance": chance}
    return [
        pl.Series(name, np.where(np.isfinite(values), values, np.nan)).fill_nan(None) for name, values in told.items()
    ]


def _either(x: Floats, e: Floats, y: Floats, f: Floats, spread: float) -> Floats:
    """The chance of a rate so far from that of the others, either way: twice the smaller tail."""
    more, fewer = rise_chance(x, e, y, f, spread), rise_chance(y, f, x, e, spread)
    either: Floats = np.minimum(2.0 * np.minimum(more, fewer), 1.0)
    return either
