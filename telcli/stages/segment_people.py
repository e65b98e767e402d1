"""Whom to segment: the customers active at the snapshot, their behaviour and what describes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.errors import DataError, Notice
from telcli.features.behaviour import (
    FEW,
    as_matrix,
    behaviour_columns,
    describing_columns,
    numeric_attributes,
    read_columns,
    snapshot,
    unsmoothed,
)
from telcli.features.lifecycle import LifecycleRules, lifecycle_reasons
from telcli.features.ranges import of_customers
from telcli.features.traits import consumption_tier, described
from telcli.settings import SegmentSettings
from telcli.tables import contract
from telcli.tables.months import FEATURES
from telcli.tables.worth import USUAL, usual_revenue

__all__ = ["People", "Then", "behaviour_at", "gather", "spending", "tied", "without_values"]

_NO_KINDS = ("customer_id", "lifecycle_reason")
"""Texts that describe nobody."""
_BESIDE = (
    *("billed_data", "data_saturation"),
    *(f"{name}_mean_{months}" for name in ("revenue", "call_minutes", "data_mb") for months in (3, 6)),
)


@dataclass(frozen=True)
class People:
    """One row per customer, sorted by customer_id.

    Parameters
    ----------
    frame : customer_id, customer_class (as the CRM tells it), lifecycle_stage, lifecycle_reason, and the text columns
        named by `kinds`.
    behaviour, describing : numeric columns that make segments, and those that only describe them.
    values : their values in that order, NaN where missing.
    revenue : the mean of 3 months where known, else the month's; NaN where neither is.
    churned : 1, 0 or NaN where there is a label; None where there is none.
    beside : columns of the month that neither make nor describe segments, by name: what is billed for data, how far the
        bundle is used, levels before a trend; NaN where missing.
    """

    frame: pl.DataFrame
    kinds: tuple[str, ...]
    behaviour: tuple[str, ...]
    describing: tuple[str, ...]
    values: NDArray[np.float64]
    revenue: NDArray[np.float64]
    churned: NDArray[np.float64] | None
    beside: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)


def gather(
    tables: Mapping[str, pl.LazyFrame],
    as_of: date,
    rules: LifecycleRules,
    columns: Sequence[str] | None = None,
    without: str = "",
) -> People:
    """Read the snapshot of `as_of`; `columns` are its behaviour where that is settled, missing where not held.

    `without` is a column of customers that is neither behaviour nor among the kinds.

    Raises
    ------
    DataError
        No customer is active in that month.
    """
    months = contract("customer_months").conform(tables["customer_months"])
    wanted = [*read_columns(), *describing_columns(), *_BESIDE, "revenue_mean_3", "revenue", *(columns or ())]
    frame = snapshot(months, as_of, [name for name in FEATURES if name in set(wanted)])
    if not frame.height:
        raise DataError(
            "segment-nobody",
            "No customer is active in {month}.",
            hint="Choose another month with --as-of; telcli show customer_months lists what is there.",
            month=f"{as_of:%Y-%m}",
        )
    told = described(tables["customers"], as_of, tables.get("subscriptions"))
    if without.startswith("x_"):
        told = told.drop(without, strict=False)
    for facts in (told, lifecycle_reasons(months, as_of, rules)):
        frame = frame.hstack(of_customers(facts, frame["customer_id"]))
    gone = pl.col("churned").fill_null(value=False)
    frame = frame.with_columns(
        lifecycle_stage=pl.when(gone).then(pl.lit("churned")).otherwise("lifecycle_stage"),
        lifecycle_reason=pl.when(gone).then(pl.lit("labelled")).otherwise("lifecycle_reason"),
    )
    behaviour = unsmoothed(frame, behaviour_columns())
    if columns is not None:
        behaviour = list(columns)
        frame = frame.with_columns(
            pl.lit(None, pl.Float64).alias(name) for name in columns if not _numeric(frame, name)
        )
    elif _one_month(months) and len(_telling(frame, behaviour)) < FEW:
        behaviour = [*behaviour, *numeric_attributes(frame)]
    return _people(frame, behaviour, describing_columns(), without)


def without_values(people: People) -> People:
    """The same customers without the numbers that make and describe segments."""
    return replace(people, behaviour=(), describing=(), values=np.empty((people.frame.height, 0)), beside={})


class Then(NamedTuple):
    """Customers active in a month, by customer_id, with some columns and revenue as `People` has it; maybe nobody."""

    customers: pl.Series
    values: NDArray[np.float64]
    revenue: NDArray[np.float64]


def behaviour_at(tables: Mapping[str, pl.LazyFrame], as_of: date, columns: Sequence[str]) -> Then:
    """The named columns in a month, and no others, NaN where missing or not held."""
    months = contract("customer_months").conform(tables["customer_months"])
    wanted = dict.fromkeys([*columns, "revenue_mean_3", "revenue"])
    frame = snapshot(months, as_of, [name for name in wanted if name in FEATURES])
    own = [name for name in columns if name not in FEATURES]
    if own:
        customers = tables["customers"]
        held = [name for name in own if name in customers.collect_schema()]
        attributes = customers.select("customer_id", *held).collect(engine="streaming")
        frame = frame.join(attributes, on="customer_id", how="left", maintain_order="left")
    frame = frame.with_columns(pl.lit(None, pl.Float64).alias(name) for name in own if not _numeric(frame, name))
    return Then(frame["customer_id"], as_matrix(frame, columns), _revenue(frame))


def _revenue(frame: pl.DataFrame) -> NDArray[np.float64]:
    return as_matrix(frame.select(usual_revenue()), [USUAL])[:, 0]


def spending(revenue: NDArray[np.float64], settings: SegmentSettings) -> pl.Series:
    """Each customer's tier of spending, by revenue as `People` has it; null where that is not known."""
    known = pl.Series("revenue", revenue, dtype=pl.Float64).fill_nan(None).to_frame()
    tier = consumption_tier(
        pl.col("revenue"),
        settings.high_tier_share,
        settings.low_tier_share,
        settings.high_tier_revenue,
        settings.low_tier_revenue,
    )
    return known.select(tier.alias("consumption_tier")).to_series()


def tied(revenue: NDArray[np.float64], tiers: pl.Series, settings: SegmentSettings) -> tuple[Notice, ...]:
    """What there is to say of tiers without customers where many have the same revenue.

    A tier bound by an amount may be empty by itself, as may that of a few customers.
    """
    known = revenue[~np.isnan(revenue)]
    if not len(known):
        return ()
    found = []
    highest, lowest = float(np.mean(known == known.max())), float(np.mean(known == known.min()))
    if not settings.high_tier_revenue and highest * len(known) > 1 and not (tiers == "high").any():
        words = (
            "Nobody is in the high tier of consumption: {share} of customers have the highest revenue alike, and equal "
            "revenue stays in one tier. high_tier_revenue under [segment] sets an amount in the place of a share."
        )
        found.append(Notice("segment-high-tier-tied", words, {"share": f"{highest:.0%}"}))
    if not settings.low_tier_revenue and lowest * len(known) > 1 and not (tiers == "low").any():
        words = (
            "Nobody is in the low tier of consumption: {share} of customers have the lowest revenue alike, and equal "
            "revenue stays in one tier. low_tier_revenue under [segment] sets an amount in the place of a share."
        )
        found.append(Notice("segment-low-tier-tied", words, {"share": f"{lowest:.0%}"}))
    return tuple(found)


def _people(frame: pl.DataFrame, behaviour: list[str], describing: list[str], without: str) -> People:
    untold = (*_NO_KINDS, without)
    kinds = [name for name in frame.columns if frame.schema[name] == pl.String and name not in untold]
    values = as_matrix(frame, [*behaviour, *describing])
    labelled = frame["churned"].null_count() < frame.height
    churned = as_matrix(frame, ["churned"])[:, 0] if labelled else None
    revenue = _revenue(frame)
    kept = frame.select(*dict.fromkeys(["customer_id", "customer_class", *kinds, "lifecycle_reason"]))
    beside = {name: as_matrix(frame, [name])[:, 0] for name in _BESIDE if name in frame.columns}
    return People(kept, tuple(kinds), tuple(behaviour), tuple(describing), values, revenue, churned, beside)


def _one_month(months: pl.LazyFrame) -> bool:
    first, last = months.select(pl.min("month"), pl.max("month").alias("last")).collect(engine="streaming").row(0)
    return bool(first == last)


def _numeric(frame: pl.DataFrame, name: str) -> bool:
    return name in frame.columns and (frame.schema[name].is_numeric() or frame.schema[name] == pl.Boolean)


def _telling(frame: pl.DataFrame, behaviour: list[str]) -> list[str]:
    """Columns known for at least half of the customers and not the same for all."""
    return [name for name in behaviour if 2 * frame[name].null_count() <= frame.height and frame[name].n_unique() > 1]
