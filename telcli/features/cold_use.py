"""Products and lines that are held and have not been used since they were taken.

Use is told by customer and month, by kind. A line is judged where the customer has no other, or no use at all; a
product by the kind of use that its name speaks of, and one whose name speaks of none is not judged. Kinds of service of
which nobody's use is told, broadband often, are not judged either.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from telcli.features.month_index import add_months, index_at, month_at, month_index
from telcli.tables import contract

__all__ = ["Cold", "cold_use"]

_USES = {
    "voice": ("call_minutes", "calls_out", "calls_in"),
    "text": ("texts",),
    "data": ("data_mb",),
    "roaming": ("roaming_minutes",),
    "any": ("call_minutes", "calls_out", "calls_in", "texts", "data_mb", "active_days"),
}
_SPEAKS = (
    ("roaming", r"漫游|roam"),
    ("text", r"短信|彩信|\bsms\b|\btexts?\b|message"),
    ("voice", r"语音|通话|分钟|voice|minute"),
    ("data", r"流量|上网|\bdata\b|data_|_data|internet|\d ?gb?\b"),
)
"""What names of products speak of; the first that fits counts."""
_BACK = 24
"""Months looked back on."""
_JUDGED = 20
"""Customers with one kind of service needed to say that its use is not told."""


@dataclass(frozen=True)
class Cold:
    """What is not used, and what could not be judged.

    Parameters
    ----------
    rows : DataFrame
        ``customer_id``, ``subscription_id``, ``product_id``, ``line``, ``started_on``, ``months``, ``use``,
        ``monthly_fee``; sorted by key.
    judged : DataFrame
        ``subscription_id``, ``product_id``, ``line`` of all that could be judged, used or not.
    unknown : products and lines that are held long enough and could not be judged.
    silent_services : kinds of service whose use is not told.
    """

    rows: pl.DataFrame
    judged: pl.DataFrame
    unknown: int
    silent_services: tuple[str, ...]


def cold_use(tables: Mapping[str, pl.LazyFrame], as_of: date, months: int) -> Cold:
    """Look for what has not been used in any month since it was taken, that being so many months or more.

    Parameters
    ----------
    tables : mapping
        customer_months and subscriptions, and products where there are some.
    as_of : date
        First day of the last month looked at.
    months : int
        Whole months after the one it was taken in, 1 or more.
    """
    used = _used(tables["customer_months"], as_of, months)
    lines = _lines(tables["subscriptions"], as_of)
    silent = _silent(lines, used)
    held = _items(tables, lines, as_of).filter(pl.col("start") + months <= month_index(as_of))
    told = held.join(used, on=("customer_id", "use"), how="left").with_columns(
        known=pl.col("told").fill_null(0) >= months,
        quiet=pl.col("last").is_null() | (pl.col("last") < pl.col("start")),
    )
    whose = pl.col("alone") | pl.col("quiet")  # a line beside others is judged where the customer uses none
    line = whose & ~pl.col("service_type").is_in(silent)
    sure = pl.col("known") & (line | ~pl.col("line"))
    judged = told.filter(sure.fill_null(value=False))
    since = pl.max_horizontal("start", "from")
    rows = judged.filter("quiet").with_columns(months=(month_index(as_of) - since).cast(pl.Int64))
    wanted = ("customer_id", "subscription_id", "product_id", "line", "started_on", "months", "use", "monthly_fee")
    key = ("subscription_id", "product_id", "line")
    return Cold(
        rows.select(wanted).sort("customer_id", "subscription_id", "product_id"),
        judged.select(key).sort(key),
        held.height - judged.height,
        tuple(silent),
    )


def _used(frame: pl.LazyFrame, as_of: date, months: int) -> pl.DataFrame:
    """By customer and kind of use: the last month of some, how many of the last tell it, and the first to do so."""
    have = frame.collect_schema()
    first = month_at(month_index(as_of) - _BACK)
    rows = frame.filter(pl.col("month").is_between(first, as_of))
    at = index_at(pl.col("month"))
    recent = at > month_index(as_of) - months
    parts = []
    for use, names in _USES.items():
        columns = [pl.col(name) for name in names if name in have]
        if not columns:
            continue
        some = pl.any_horizontal(column.fill_null(0.0) > 0 for column in columns)
        told = pl.any_horizontal(column.is_not_null() for column in columns)
        parts.append(
            rows.group_by("customer_id").agg(
                pl.lit(use).alias("use"),
                last=pl.when(some).then(at).max(),
                told=(told & recent).sum().cast(pl.Int64),
                **{"from": pl.when(told).then(at).min()},
            )
        )
    found = pl.concat(parts).collect(engine="streaming")
    return found.select("customer_id", "use", "last", "told", "from")


def _lines(subscriptions: pl.LazyFrame, as_of: date) -> pl.DataFrame:
    """Lines there at the end of the month."""
    after = add_months(as_of, 1)
    rows = contract("subscriptions").conform(subscriptions)
    here = (pl.col("activated_on") < after).fill_null(value=True)
    here &= (pl.col("ended_on") >= after).fill_null(value=True)
    kept = rows.filter(here).select(
        "subscription_id",
        "customer_id",
        "activated_on",
        "plan_fee",
        service_type=pl.col("service_type").fill_null("other"),
    )
    return kept.with_columns(alone=pl.len().over("customer_id") == 1).collect(engine="streaming")


def _silent(lines: pl.DataFrame, used: pl.DataFrame) -> list[str]:
    """Kinds of service of which no customer who has them alone ever used anything."""
    alone = (
        lines.group_by("customer_id")
        .agg(pl.col("service_type").unique())
        .filter(pl.col("service_type").list.len() == 1)
    )
    one = alone.with_columns(pl.col("service_type").list.first())
    told = one.join(used.filter(pl.col("use") == "any"), on="customer_id", how="left")
    by = told.group_by("service_type").agg(customers=pl.len(), users=pl.col("last").is_not_null().sum())
    known = by.filter(pl.col("users") > 0)["service_type"].to_list()
    unused = by.filter(pl.col("users") == 0, pl.col("customers") >= _JUDGED)["service_type"].to_list()
    return sorted({*unused, *(set(lines["service_type"].to_list()) - set(known) - set(by["service_type"].to_list()))})


def _items(tables: Mapping[str, pl.LazyFrame], lines: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Lines and products held at the end of the month, with the use that each is for."""
    every = ("customer_id", "subscription_id", "product_id", "service_type", "line", "alone")
    dated = [pl.col("started_on"), pl.col("monthly_fee"), pl.col("use"), index_at(pl.col("started_on")).alias("start")]
    own = lines.with_columns(
        product_id=pl.col("service_type"),
        line=pl.lit(value=True),
        started_on=pl.col("activated_on"),
        monthly_fee=pl.col("plan_fee"),
        use=pl.lit("any"),
    )
    parts = [own.select(*every, *dated)]
    if "products" in tables:
        after = add_months(as_of, 1)
        rows = contract("products").conform(tables["products"]).filter(pl.col("started_on") < after)
        here = (pl.col("ended_on") >= after).fill_null(value=True)
        held = rows.filter(here).select("subscription_id", "product_id", "started_on", "monthly_fee")
        latest = held.sort("started_on").unique(("subscription_id", "product_id"), keep="last", maintain_order=True)
        name, use = pl.col("product_id").str.to_lowercase(), pl.lit(None, pl.String)
        for kind, words in reversed(_SPEAKS):
            use = pl.when(name.str.contains(words)).then(pl.lit(kind)).otherwise(use)
        joined = (
            latest.collect(engine="streaming")
            .with_columns(use=use, line=pl.lit(value=False))
            .join(lines, on="subscription_id")
        )
        parts.append(joined.select(*every, *dated))
    return pl.concat(parts)
