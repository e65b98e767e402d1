"""Customers who do their business with the operator through the network: paying, asking, buying online."""

from __future__ import annotations

import re
from typing import Any

import polars as pl

from telcli.features.ruling import Rule, ruled

__all__ = ["online", "online_channel"]


_NO_LETTER = r"[^\p{Latin}]"


def online_channel(channel: pl.Expr, words: str, without: str = "") -> pl.Expr:
    """Whether a channel's name holds one of the words and none of `without`, whatever the case; null without a name.

    Latin words count where they stand alone or in the plural, also as WebShop: ``app`` is not found in ``approved``.
    Hyphens and spaces within a word may be there or not: ``e-mail`` is email too.

    >>> frame = pl.DataFrame({"channel": ["Mobile App", "网厅缴费", "appointed", "app kiosk", None]})
    >>> frame.select(online_channel(pl.col("channel"), "app, 网厅", "kiosk"))["channel"].to_list()
    [True, True, False, False, None]
    """
    held = _holds(channel, words)
    return held & ~_holds(channel, without)


def _holds(channel: pl.Expr, words: str) -> pl.Expr:
    parts = [part.strip() for part in words.replace("，", ",").split(",") if part.strip()]
    if not parts:
        return pl.when(channel.is_not_null()).then(channel.is_null())
    found = "(?i)" + "|".join(_pattern(part) for part in parts)
    split = channel.str.replace_all("([a-z])([A-Z])", "$1 $2")
    return channel.str.contains(found) | split.str.contains(found)


def _pattern(word: str) -> str:
    if not word.isascii():
        return re.escape(word)
    loose = r"[\s_-]*".join(re.escape(part) for part in re.split(r"[\s_-]+", word) if part)
    return rf"(?:^|{_NO_LETTER}){loose}s?(?:{_NO_LETTER}|$)"


def online(settings: Any) -> list[pl.Expr]:
    """`online` and `online_reason` of the facts of customers.

    Of payments and contacts whose channel is known, in 6 months (`touches`, of them `touches_online`), at least
    `online_share` came through online channels; where they are too few, whether a line was bought online. Null where
    they are too few and nothing tells how lines were bought.

    >>> from telcli.settings import SegmentSettings
    >>> facts = pl.DataFrame({"touches": [10, 10, 1, 1], "touches_online": [9, 2, 0, 1],
    ...     "bought_online": [None, True, True, None]})
    >>> facts.select(online(SegmentSettings())).rows()
    [(True, 'mostly-online'), (False, 'mostly-offline'), (True, 'bought-online'), (None, 'not-known')]
    """
    touches, bought = pl.col("touches"), pl.col("bought_online")
    enough = touches >= settings.online_touches
    rules = [
        Rule(enough & (pl.col("touches_online") >= settings.online_share * touches), True, "mostly-online"),
        Rule(enough, False, "mostly-offline"),
        Rule(bought, True, "bought-online"),
        Rule(~bought, False, "few-touches"),
    ]
    return ruled("online", "online_reason", rules, pl.Boolean)
