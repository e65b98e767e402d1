"""Which features of contracts are honest in months of the past, because it is on record what lines were then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

__all__ = ["OF_LINES", "known_then"]

OF_LINES = ("contract_months_left", "plan_fee")
"""Features of customer_months made of what a line was in the month, where its history tells."""

LEAST = 0.999
"""Share of the lines that lived at a snapshot of which it must be known what they were then."""


def known_then(tables: Mapping[str, pl.LazyFrame], snapshots: Sequence[date]) -> frozenset[str]:
    """`OF_LINES` where of all but a few lines it is known what they were at each snapshot, else nothing.

    It is known of a line from the first day on from which a version of it, today's or an earlier one, is said to hold
    (`valid_from`). Versions without such a day say nothing of the past: who left has not changed since, who stayed may
    have.

    Parameters
    ----------
    tables
        May hold subscriptions and subscription_history.
    snapshots
        First days of months.

    >>> lines = pl.LazyFrame({"subscription_id": ["1"], "valid_from": [date(2024, 3, 9)]})
    >>> sorted(known_then({"subscriptions": lines}, [date(2024, 3, 1)]))
    ['contract_months_left', 'plan_fee']
    >>> known_then({"subscriptions": lines}, [date(2024, 2, 1)])
    frozenset()
    """
    lines = tables.get("subscriptions")
    have = lines.collect_schema().names() if lines is not None else []
    if lines is None or "valid_from" not in have or not snapshots:
        return frozenset()
    told = [lines.select("subscription_id", "valid_from")]
    if "subscription_history" in tables:
        told.append(tables["subscription_history"].select("subscription_id", "valid_from"))
    since = pl.concat(told).group_by("subscription_id").agg(pl.col("valid_from").min().alias("_since"))
    days = [name for name in ("activated_on", "ended_on") if name in have]
    both = lines.select("subscription_id", *days).join(since, on="subscription_id")
    shares = both.select(_share(month, days).alias(str(month)) for month in sorted(set(snapshots)))
    found = shares.collect(engine="streaming").row(0)
    return frozenset(OF_LINES) if all(share is None or share >= LEAST for share in found) else frozenset()


def _share(month: date, days: Sequence[str]) -> pl.Expr:
    """Share of the lines alive at the end of a month of which it is known what they were; null where none lived."""
    after = pl.lit(month).dt.offset_by("1mo")
    alive = pl.lit(value=True)
    if "activated_on" in days:
        alive &= pl.col("activated_on").fill_null(pl.lit(date.min)) < after
    if "ended_on" in days:
        alive &= pl.col("ended_on").is_null() | (pl.col("ended_on") >= after)
    known = (pl.col("_since") < after).fill_null(value=False)
    return known.filter(alive).mean()
