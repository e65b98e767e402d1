"""The mix of plans and products held at the end of each month: whether it is another than before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import polars as pl

from telcli.features.held_then import held_then
from telcli.features.month_index import add_months
from telcli.settings import MonitorSettings
from telcli.stages.monitor_kpis import levels_of, placed, sizes_of

__all__ = ["REST", "held_mixes"]

REST = "*"
"""All that is held by too few to be told by itself."""
_BACK = 12
_MOST = 15
_LINE = ["customer_id", "plan_id", "activated_on", "ended_on"]


def held_mixes(
    tables: Mapping[str, pl.LazyFrame], as_of: date, settings: MonitorSettings
) -> Iterator[tuple[str, bool, pl.DataFrame]]:
    """By metric one frame of each group and key account: entity, month, and how many of each plan or product are held.

    The second says whether it is of a key account, of which `small_cell` lines or products or more must be held.

    Lines count with the plan that they had at the end of each of the last months, where their history tells; products
    from the day they were taken until the day they were given up. Groups of fewer than `small_cell` are left out.
    """
    for metric, rows in _held(tables, as_of):
        if rows.is_empty():
            continue
        for level in ("all", *levels_of(settings)):
            here = placed(rows.lazy(), tables, level)
            large = sizes_of(here).filter(pl.col("customers") >= settings.small_cell)
            each = here.group_by("entity", "month", "what").agg(pl.len().cast(pl.Float64).alias("count")).collect()
            for frame in each.join(large, on="entity", how="semi").sort("entity").partition_by("entity"):
                yield metric, False, _wide(frame)
        keys = tables["customers"].filter(pl.col("customer_class") == "key").select("customer_id")
        mine = rows.lazy().join(keys, on="customer_id", how="semi").with_columns(entity="customer_id")
        owned = mine.group_by("entity", "month", "what").agg(pl.len().cast(pl.Float64).alias("count"))
        usual = pl.col("count").sum() / pl.col("month").n_unique()
        many = owned.group_by("entity").agg(usual=usual).filter(pl.col("usual") >= settings.small_cell)
        own = owned.join(many, on="entity", how="semi").sort("entity", "month", "what").collect()
        for frame in own.partition_by("entity", maintain_order=True):
            yield metric, True, _wide(frame)


def _held(tables: Mapping[str, pl.LazyFrame], as_of: date) -> Iterator[tuple[str, pl.DataFrame]]:
    """Metric, and customer_id, month, what: a row per line with a plan, or per product held on a line."""
    if "subscriptions" not in tables:
        return
    lines, months = tables["subscriptions"], [add_months(as_of, -ago) for ago in range(_BACK, -1, -1)]
    past = tables.get("subscription_history")
    plans = [
        _live(held_then(lines, past, "subscription_id", month, _LINE), "activated_on", "plan_id", month)
        for month in months
    ]
    yield "plan-mix", pl.concat(plans).collect()
    if "products" in tables:
        owned = tables["products"].join(lines.select("subscription_id", "customer_id"), on="subscription_id")
        yield "product-mix", pl.concat(_live(owned, "started_on", "product_id", month) for month in months).collect()


def _live(rows: pl.LazyFrame, since: str, what: str, month: date) -> pl.LazyFrame:
    """What is held at the end of a month."""
    after = add_months(month, 1)
    begun = (pl.col(since) < after).fill_null(value=True)
    held = pl.col("ended_on").is_null() | (pl.col("ended_on") >= after)
    return rows.filter(begun & held & pl.col(what).is_not_null()).select("customer_id", month=pl.lit(month), what=what)


def _wide(frame: pl.DataFrame) -> pl.DataFrame:
    """One row per month, a column for each of what is held most, and one for the rest."""
    sums = frame.group_by("what").agg(pl.col("count").sum()).sort("count", "what", descending=[True, False])
    first = sums["what"].head(_MOST).to_list()
    told = frame.with_columns(what=pl.when(pl.col("what").is_in(first)).then("what").otherwise(pl.lit(REST)))
    names = sorted(set(told["what"]))
    each = [pl.col("count").filter(pl.col("what") == name).sum().alias(name) for name in names]
    return told.group_by("entity", "month").agg(each).sort("month")
