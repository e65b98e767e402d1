"""Names of branches and regions, which blanks between Chinese characters do not tell apart."""

from __future__ import annotations

import polars as pl

from telcli.intake.privacy import discreet
from telcli.intake.words import Read

__all__ = ["PARTED", "PLACES", "joined", "places"]

PLACES = ("region", "branch")
PARTED = r"(\p{Han})\s+(\p{Han})"


def places(text: pl.Series) -> Read:
    """Names of places, with what names a person hidden, and without blanks between Chinese characters.

    >>> places(pl.Series(["城东 分局", "城 东　分 局", "North East", "1 网格", None]))[0].to_list()
    ['城东分局', '城东分局', 'North East', '1 网格', None]
    """
    found, bad = discreet(text)
    return joined(found), bad


def joined(text: pl.Series) -> pl.Series:
    """Texts without blanks between Chinese characters.

    >>> joined(pl.Series(["昆 明 市"])).to_list()
    ['昆明市']
    """
    if not text.str.contains(PARTED).any():
        return text
    for _ in range(2):  # a character ends one pair and begins the next
        text = text.str.replace_all(PARTED, "${1}${2}")
    return text
