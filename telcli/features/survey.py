"""One look over all customers before the buckets: which months there are, and what each source speaks of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from telcli.features.month_index import index_at, month_index
from telcli.features.span import BUNDLE, KINDS, USE, Span
from telcli.settings.months import first_of_history
from telcli.tables.month_calls import CALLS

__all__ = ["evidence", "span_of"]

_MONTHLY = ("revenue", "usage")
_DATED = ("paid", "contacts", "complaints", "faults", "repeats", "reopened", "unresolved")
_HELD = ("campaigns", "campaign_cost", "plan_changes", "products_held", "bundle_lines", "sub_cards")
"""Features of events: a source speaks of every month from its first on. Those of `_HELD` choose no months."""


def evidence(tables: Mapping[str, pl.LazyFrame]) -> pl.DataFrame:
    """For each feature and month (index `at`), how many rows speak of it: columns feature, at, rows; sorted.

    `tables` are subject tables that keep their contracts; each is read once. The feature `usage` counts its rows.

    >>> bills = pl.LazyFrame({"month": [date(2024, 5, 1)], "kind": ["total"], "discount": [None]})
    >>> evidence({"bills": bills}).rows()
    [('revenue', 24292, 1)]
    """
    plans = [plan for table, found in _COUNTED.items() if table in tables for plan in found(tables[table])]
    if not plans:
        return pl.DataFrame(schema={"feature": pl.String, "at": pl.Int32, "rows": pl.Int64})
    long = pl.concat([_long(wide) for wide in pl.collect_all(plans, engine="streaming")])
    return long.group_by("feature", "at").agg(pl.col("rows").sum()).sort("feature", "at")


def span_of(
    found: pl.DataFrame, as_of: date | None = None, *, snapshot: bool = False, max_months: int = 1200
) -> Span | None:
    """Choose the months: those of bills and usage; where there is neither, those of payments and contacts.

    Payments of the weeks after the last bills would else make a last month in which nobody was billed. `as_of` cuts
    what comes later; alone, with no months at all, it is the only month. None where nothing gives a month.
    """
    limit = month_index(as_of) if as_of else None
    kept = found.filter(pl.col("at") <= limit) if limit is not None else found
    seen = kept.filter(pl.col("feature").is_in(_MONTHLY))
    seen = seen if seen.height else kept.filter(~pl.col("feature").is_in(_HELD))
    if not seen.height:
        return Span(limit, limit, snapshot=snapshot) if limit is not None else None
    last = int(seen["at"].to_numpy().max())
    within = seen.filter(
        pl.col("at") >= first_of_history(last, max_months)
    )  # it begins with a month that something tells of
    first = int(within["at"].to_numpy().min())
    covered = {}
    for (feature,), rows in kept.filter(pl.col("at") <= last).group_by("feature", maintain_order=True):
        months, events = rows["at"].to_list(), feature in (*_DATED, *_HELD)
        covered[str(feature)] = frozenset(range(max(months[0], first), last + 1) if events else months)
    return Span(first, last, covered, snapshot=snapshot)


def _of_bills(bills: pl.LazyFrame) -> list[pl.LazyFrame]:
    kind = pl.col("kind")
    return [
        bills.group_by(at=index_at(pl.col("month"))).agg(
            revenue=pl.len(),
            discount=pl.col("discount").count(),
            over_bundle_fee=(kind == "over-bundle").sum(),
            **{name: (kind == word).sum() for name, word in KINDS.items()},
        )
    ]


def _of_usage(usage: pl.LazyFrame) -> list[pl.LazyFrame]:
    names = [name for name in (*USE, *BUNDLE, "over_bundle_fee") if name in usage.collect_schema()]
    return [usage.group_by(at=index_at(pl.col("month"))).agg(pl.len().alias("usage"), pl.col(names).count())]


def _of_calls(calls: pl.LazyFrame) -> list[pl.LazyFrame]:
    """A share or mean is known of the months in which anybody has one."""
    return [calls.group_by(at=index_at(pl.col("month"))).agg(pl.col(CALLS).count())]


def _of_payments(payments: pl.LazyFrame) -> list[pl.LazyFrame]:
    return [payments.group_by(at=index_at(pl.col("paid_at"))).agg(paid=pl.len())]


def _of_contacts(contacts: pl.LazyFrame) -> list[pl.LazyFrame]:
    kinds, topics = pl.col("kind").count(), pl.col("topic").count()
    like = pl.col("repeat").is_not_null() | (pl.col("kind").is_not_null() & pl.col("topic").is_not_null())
    opened = contacts.group_by(at=index_at(pl.col("opened_at"))).agg(
        contacts=pl.len(), complaints=kinds, faults=kinds, repeats=like.sum(), reopened=topics
    )
    return [opened, contacts.group_by(at=index_at(pl.col("closed_at"))).agg(unresolved=pl.len())]


def _of_campaigns(campaigns: pl.LazyFrame) -> list[pl.LazyFrame]:
    at = index_at(pl.col("contacted_on"))
    return [campaigns.group_by(at=at).agg(campaigns=pl.len(), campaign_cost=pl.col("cost").count())]


def _of_lines(lines: pl.LazyFrame) -> list[pl.LazyFrame]:
    """A line of which nobody knows when it began was there before everything."""
    at = index_at(pl.col("activated_on")).fill_null(0)
    return [
        lines.group_by(at=at).agg(bundle_lines=pl.col("bundle_id").count(), sub_cards=pl.col("main_number_h").count())
    ]


def _of_history(history: pl.LazyFrame) -> list[pl.LazyFrame]:
    return [history.group_by(at=index_at(pl.col("valid_to"))).agg(plan_changes=pl.len())]


def _of_products(products: pl.LazyFrame) -> list[pl.LazyFrame]:
    return [products.group_by(at=index_at(pl.col("started_on"))).agg(products_held=pl.len())]


_COUNTED = {
    "bills": _of_bills,
    "usage": _of_usage,
    "call_months": _of_calls,
    "payments": _of_payments,
    "contacts": _of_contacts,
    "campaigns": _of_campaigns,
    "subscriptions": _of_lines,
    "subscription_history": _of_history,
    "products": _of_products,
}


def _long(wide: pl.DataFrame) -> pl.DataFrame:
    long = wide.unpivot(index="at", variable_name="feature", value_name="rows")
    typed = long.select("feature", pl.col("at").cast(pl.Int32), pl.col("rows").cast(pl.Int64))
    return typed.filter(pl.col("rows") > 0, pl.col("at").is_not_null())
