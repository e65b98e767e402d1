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
    requested something in 6. Important and taking part: partner; one of the two: customise; neither: supply.

    >>> from telcli.settings import SegmentSettings
    >>> frame = pl.DataFrame({"account_class": ["key", "key", "public"], "strategic": [True, None, None],
    ...     "consumption_tier": ["high", "low", "low"], "online": [True, False, False],
    ...     "services_held": [3.0, 1.0, 1.0], "accepted": [None] * 3, "asked": [0, 0, 1]})
    >>> frame.select(value_mode(SegmentSettings()))["value_mode"].to_list()
    ['partner', 'customise', 'supply']
    """
    signs = [pl.col("online"), pl.col("services_held") >= 2, pl.col("accepted") > 0, pl.col("asked") > 0]
    weights = [pl.col("account_class") == "key", pl.col("strategic"), pl.col("consumption_tier") == "high"]
    shown = pl.sum_horizontal(sign.fill_null(value=False).cast(pl.Int8) for sign in signs)
    part = shown >= settings.part_signals
    important = pl.any_horizontal(weight.fill_null(value=False) for weight in weights)
    known = _any_known(signs) & _any_known(weights)
    rules = [
        Rule(known & important & part, "partner", "important-takes-part"),
        Rule(known & important, "customise", "important"),
        Rule(known & part, "customise", "takes-part"),
        Rule(known, "supply", "neither"),
    ]
    return ruled("value_mode", "mode_reason", rules)


def _any_known(columns: list[pl.Expr]) -> pl.Expr:
    return pl.any_horizontal(column.is_not_null() for column in columns)
