"""The base at the end of a month: who belongs to it, what is billed to them, what is on record of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from telcli.features.exact import amount, units
from telcli.features.lifecycle import LifecycleRules, lifecycle_stage
from telcli.features.money import billed

__all__ = ["members", "returning", "revenue", "seen_between", "stages", "total"]

Tables = Mapping[str, pl.LazyFrame]
_ACTIVE = pl.col("active")


def members(tables: Tables, standing: pl.LazyFrame, month: date) -> pl.DataFrame:
    """The customers of a month: who was active at its end in customer_months.

    `standing` are the customers as they stood then. Of those whom customer_months does not know at all, because a later
    table of the whole base did not give them any more, they are all there is to tell; so they are of everybody, where
    customer_months has nothing of the month.
    """
    months = _of(tables, month)
    known = months.collect(engine="streaming")
    stood = standing.select("customer_id")
    if not known.height:
        return stood.unique().sort("customer_id").collect(engine="streaming")
    gone = stood.join(tables["customers"], on="customer_id", how="anti") if "customers" in tables else stood.clear()
    there = [known.lazy().filter(_ACTIVE).select("customer_id"), gone]
    return pl.concat(there).unique().sort("customer_id").collect(engine="streaming")


def returning(tables: Tables, month: date) -> pl.DataFrame:
    """Who was a customer in some month before this one, whatever became of it."""
    seen = []
    if "customer_months" in tables:
        seen.append(tables["customer_months"].filter(_ACTIVE & (pl.col("month") < month)).select("customer_id"))
    if "customer_history" in tables and not _holds(tables, month):
        seen.append(tables["customer_history"].filter(pl.col("valid_to") <= month).select("customer_id"))
    if not seen:
        return pl.DataFrame(schema={"customer_id": pl.String})
    return pl.concat(seen).unique().collect(engine="streaming")


def seen_between(tables: Tables, first: date, last: date) -> pl.DataFrame:
    """Who was a customer at some time after the month `first` and up to `last`."""
    if "customer_months" not in tables:
        return pl.DataFrame(schema={"customer_id": pl.String})
    within = (pl.col("month") > first) & (pl.col("month") <= last) & (_ACTIVE | pl.col("left"))
    return tables["customer_months"].filter(within).select("customer_id").unique().collect(engine="streaming")


def revenue(tables: Tables, base: pl.DataFrame, month: date) -> pl.DataFrame:
    """customer_id and revenue of a month: of everybody in customer_months, and of others of the base by their bills."""
    known = _of(tables, month).select("customer_id", pl.col("revenue")).collect(engine="streaming")
    others = base.join(known, on="customer_id", how="anti")
    if not others.height or "bills" not in tables:
        return known
    theirs = tables["bills"].filter(pl.col("month") == month).join(others.lazy(), on="customer_id", how="semi")
    sums = billed(theirs.rename({"customer_id": "who"}), 0).select(customer_id="who", revenue="revenue")
    return pl.concat([known, sums.collect(engine="streaming")])


def total(frame: pl.DataFrame, column: str) -> float:
    """The sum of a column of money, the same in any order of its rows.

    >>> total(pl.DataFrame({"revenue": [0.1, None, 0.2]}), "revenue")
    0.3
    """
    return float(frame.select(amount(units(pl.col(column)).sum())).item())


def stages(tables: Tables, month: date, rules: LifecycleRules) -> pl.DataFrame:
    """customer_id and lifecycle_stage at a month, as customer_months tells it."""
    if "customer_months" not in tables:
        return pl.DataFrame(schema={"customer_id": pl.String, "lifecycle_stage": pl.String})
    return lifecycle_stage(tables["customer_months"], month, rules).collect(engine="streaming")


def _of(tables: Tables, month: date) -> pl.LazyFrame:
    if "customer_months" not in tables:
        columns = {"customer_id": pl.String, "month": pl.Date, "active": pl.Boolean, "revenue": pl.Float64}
        return pl.LazyFrame(schema=columns)
    rows = tables["customer_months"].filter(pl.col("month") == month)
    return rows.select("customer_id", "month", "active", "revenue")


def _holds(tables: Tables, month: date) -> bool:
    return bool(_of(tables, month).select(pl.len() > 0).collect().item())
