"""Public, business or key account: the highest class that anything speaks for."""

from __future__ import annotations

from typing import Any

import polars as pl

from telcli.features.ruling import Rule, ruled, top_place

__all__ = ["account_class"]

_STRATEGIC = ("leased-line", "many-lines")


def account_class(settings: Any) -> list[pl.Expr]:
    """`account_class` and `account_reason`: key before business before public, the first that holds.

    Key accounts are those that the CRM calls so, those of high profit, high potential (much profit, and revenue that
    rises) or strategic weight. What the CRM says is raised, never lowered. Where it says nothing, whose margin is known
    and makes nothing more of them are public.

    >>> from telcli.settings import SegmentSettings
    >>> frame = pl.DataFrame({"told_class": ["key", "business", "public", None, None], "margin": [1.0, 2, 3, 4, None],
    ...     "revenue_change_6": [None] * 5, "numbers_held": [1.0] * 4 + [None], "strategic_reason": ["ordinary"] * 5})
    >>> frame.select(account_class(SegmentSettings())).rows()
    [('key', 'told-key'), ('business', 'told-business'), ('public', 'told-public'), ('public', 'no-rule'),
     (None, 'not-known')]
    """
    told, margin, lines = pl.col("told_class"), pl.col("margin"), pl.col("numbers_held")
    rising = pl.col("revenue_change_6") >= settings.potential_rise
    earns = margin > 0
    rules = [
        Rule(told == "key", "key", "told-key"),
        Rule(top_place(margin, settings.key_share) & earns, "key", "high-profit"),
        Rule(top_place(margin, settings.potential_share) & earns & rising, "key", "high-potential"),
        Rule(pl.col("strategic_reason").is_in(_STRATEGIC), "key", "strategic"),
        Rule(told == "business", "business", "told-business"),
        Rule(lines >= settings.business_lines, "business", "many-lines"),
        Rule(told == "public", "public", "told-public"),
        Rule(margin.is_not_null(), "public", "no-rule"),
    ]
    return ruled("account_class", "account_reason", rules)
