"""Customers who have earned nothing for long and weigh nothing otherwise, and what to try before anything else.

A list to think about: nothing here, or in the rest of telcli, ends a contract.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from telcli.features.ruling import Rule, ruled

__all__ = ["COSTS", "exit_candidate", "exit_remedy"]

COSTS = ("unpaid", "contact_cost", "campaign_cost", "lines_cost")
"""What may have eaten a margin, over the months looked at."""


def exit_candidate(settings: Any) -> list[pl.Expr]:
    """`exit_candidate` and `exit_reason`: no margin in any of the last `exit_months`, and no reason to keep.

    Null where a customer without margin is not known to be neither a key account nor strategic.

    Reads losing_months of margin_known months looked at, tenure_months, account_class, strategic, lifecycle_stage.

    >>> from telcli.settings import SegmentSettings
    >>> frame = pl.DataFrame({"losing_months": [6, 6, 2, 0], "margin_known": [6, 6, 6, 1],
    ...     "tenure_months": [40.0, 40.0, 40.0, 1.0], "account_class": ["public", "key", "public", "public"],
    ...     "strategic": [False] * 4, "lifecycle_stage": ["maturity"] * 4})
    >>> frame.select(exit_candidate(SegmentSettings()))["exit_reason"].to_list()
    ['no-margin', 'key-account', 'at-times', 'too-new']
    """
    losing, known, months = pl.col("losing_months"), pl.col("margin_known"), settings.exit_months
    rules = [
        Rule(pl.col("lifecycle_stage") == "churned", False, "left"),
        Rule((known > 0) & (losing == 0) & (known >= months), False, "earns"),
        Rule(pl.col("tenure_months") < months, False, "too-new"),
        Rule(known < months, None, "not-known"),
        Rule(losing < months, False, "at-times"),
        Rule(pl.col("account_class") == "key", False, "key-account"),
        Rule(pl.col("strategic"), False, "strategic"),
        Rule(pl.col("account_class").is_null() | pl.col("strategic").is_null(), None, "not-known"),
        Rule(losing >= months, True, "no-margin"),
    ]
    return ruled("exit_candidate", "exit_reason", rules, pl.Boolean)


def exit_remedy() -> pl.Expr:
    """What to try first with a candidate, by the largest cost; null for everybody else.

    collect-arrears, channel-shift, fewer-campaigns; where lines cost the most or nothing does: e-bill for who is billed
    afterwards and not online, else re-plan. Needs exit_candidate, online, rfm_variant and the costs.

    >>> frame = pl.DataFrame({"exit_candidate": [True, True, True, False], "online": [True, False, None, True],
    ...     "rfm_variant": ["prepaid", "postpaid", "postpaid", None], "unpaid": [0.0, 0.0, 90.0, 9.0],
    ...     "contact_cost": [0.0, 3.0, 3.0, 0.0], "campaign_cost": [0.0] * 4, "lines_cost": [0.0] * 4})
    >>> frame.select(exit_remedy())["exit_remedy"].to_list()
    ['re-plan', 'channel-shift', 'collect-arrears', None]
    """
    unpaid, contacts, campaigns, lines = (pl.col(name).fill_null(0.0) for name in COSTS)
    largest = pl.max_horizontal(unpaid, contacts, campaigns, lines)
    paper = (pl.col("rfm_variant") == "postpaid") & ~pl.col("online").fill_null(value=False)
    first = (
        pl.when((unpaid > 0) & (unpaid == largest))
        .then(pl.lit("collect-arrears"))
        .when((contacts > 0) & (contacts == largest))
        .then(pl.lit("channel-shift"))
        .when((campaigns > 0) & (campaigns == largest))
        .then(pl.lit("fewer-campaigns"))
        .when(paper)
        .then(pl.lit("e-bill"))
        .otherwise(pl.lit("re-plan"))
    )
    return pl.when(pl.col("exit_candidate")).then(first).alias("exit_remedy")
