"""Customers who do their business with the operator through the network: paying, asking, buying online."""

from __future__ import annotations

import re
from typing import Any

import polars as pl

from telcli.features.ruling import Rule, ruled

__all__ = ["online", "online_channel"]


def online_channel(channel: pl.Expr, words: str) -> pl.Expr:
    """Whether a channel's name holds one of the words, whatever the case; null where it has no name.

    Latin words count where they stand alone, so that ``app`` is not found in ``approved``.

    >>> frame = pl.DataFrame({"channel": ["Mobile App", "网厅缴费", "appointed agent", None]})
    >>> frame.select(online_channel(pl.col("channel"), "app, 网厅"))["channel"].to_list()
    [True, True, False, None]
    """
    parts = [part.strip() for part in words.replace("，", ",").split(",") if part.strip()]
    if not parts:
        return pl.when(channel.is_not_null()).then(channel.is_null())
    found = [rf"(?:^|[^a-z]){re.escape(part)}(?:[^a-z]|$)" if part.isascii() else re.escape(part) for part in parts]
    return channel.str.contains(f"(?i){'|'.join(found)}")


def online(settings: Any) -> list[pl.Expr]:
    """`online` and `online_reason` of the facts of customers.

    Of payments and contacts whose channel is known, in 6 months (`touches`, of them `touches_online`), at least
    `online_share` came through online channels; where they are too few, whether a line was bought online.

    >>> from telcli.settings import SegmentSettings
    >>> facts = pl.DataFrame({"touches": [10, 10, 1], "touches_online": [9, 2, 0], "bought_online": [None, True, True]})
    >>> facts.select(online(SegmentSettings())).rows()
    [(True, 'mostly-online'), (False, 'mostly-offline'), (True, 'bought-online')]
    """
    touches, bought = pl.col("touches"), pl.col("bought_online")
    enough = touches >= settings.online_touches
    rules = [
        Rule(enough & (pl.col("touches_online") >= settings.online_share * touches), True, "mostly-online"),
        Rule(enough, False, "mostly-offline"),
        Rule(bought, True, "bought-online"),
        Rule(bought.is_not_null() | (touches > 0), False, "few-touches"),
    ]
    return ruled("online", "online_reason", rules, pl.Boolean)
