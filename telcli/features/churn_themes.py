"""What can be done about a driver of churn: price, service, network ...; words in `churn_themes.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from telcli.features.churn_words import said_of

__all__ = ["theme_of"]


@cache
def theme_of(name: str) -> str:
    """The theme of a column: that of what is said of it, or by a word in the header of an attribute.

    >>> theme_of("complaints_3"), theme_of("x_MonthlyCharges"), theme_of("x_合约类型"), theme_of("x_colour")
    ('service', 'price', 'contract', 'other')
    """
    said = said_of(name).get("theme")
    known: dict[str, dict[str, Any]] = _themes()
    for theme, about in known.items():
        if said in about["said"] or name in about["columns"]:
            return theme
    header = name.removeprefix("x_").lower()
    return next((theme for theme, about in known.items() if any(word in header for word in about["words"])), "other")


@cache
def _themes() -> dict[str, Any]:
    return tomllib.loads(files("telcli.features").joinpath("churn_themes.toml").read_text(encoding="utf-8"))
