"""How value is made with a customer: supplied, customised, or as partners.

Two axes: whether the customer can and will take part, and how important the customer is to the operator.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from telcli.features.ruling import Rule, ruled

__all__ = ["value_mode"]


def value_mode(settings: Any) -> list[pl.Expr]:
    """`value_mode` and `mode_reason`.

    Important are key accounts, strategic customers and the high consumption tier. A customer takes part who shows
    `part_signals` of four signs: is online, holds several kinds of service, took up an offer in 12 months, asked or
    requested something in 6. Important and taking part: partner; one of the two: customise; neither: supply. Whose
    consumption tier is not known, and nothing else makes important, is not known to be unimportant.

    >>> from telcli.settings import SegmentSettings
    >>> frame = pl.DataFrame({"account_class": ["key", "key", "public", "public"],
    ...     "strategic": [True, None, None, None], "consumption_tier": ["high", "low", "low", None],
    ...     "online": [True, False, False, False], "services_held": [3.0, 1.0, 1.0, 1.0],
    ...     "accepted": [None] * 4, "asked": [0, 0, 1, 1]})
    >>> frame.select(value_mode(SegmentSettings()))["value_mode"].to_list()
    ['partner', 'customise', 'supply', None]
    """
    signs = [pl.col("online"), pl.col("services_held") >= 2, pl.col("accepted") > 0, pl.col("asked") > 0]
    weights = [pl.col("account_class") == "key", pl.col("strategic"), pl.col("consumption_tier") == "high"]
    shown = pl.sum_horizontal(sign.fill_null(value=False).cast(pl.Int8) for sign in signs)
    part = shown >= settings.part_signals
    important = pl.any_horizontal(weight.fill_null(value=False) for weight in weights)
    shows = pl.any_horizontal(sign.is_not_null() for sign in signs)
    known = shows & pl.col("consumption_tier").is_not_null()
    rules = [
        Rule(shows & important & part, "partner", "important-takes-part"),
        Rule(shows & important, "customise", "important"),
        Rule(known & part, "customise", "takes-part"),
        Rule(known, "supply", "neither"),
    ]
    return ruled("value_mode", "mode_reason", rules)
