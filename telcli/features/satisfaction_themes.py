"""What a driver of satisfaction is about: service, product, price or network; words in `satisfaction_themes.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

__all__ = ["OTHER", "THEMES", "records", "theme_of", "words_of"]

THEMES = ("service", "product", "price", "network")
OTHER = "other"
_COMMA = re.compile(r"[,，、;；]")


def theme_of(name: str, own: Mapping[str, tuple[str, ...]] | None = None) -> str:
    """The theme of a survey item or column; words of one's `own`, by theme, are looked for before the built-in ones.

    Of several words in a name the longest tells, and of two as long the theme that comes first.

    >>> theme_of("网络覆盖与信号强度"), theme_of("complaints_sum_3"), theme_of("x_Monthly_Charge"), theme_of("x_colour")
    ('network', 'service', 'price', 'other')
    >>> theme_of("网络覆盖与信号强度", {"service": ("信号",)}), theme_of("x_Internet_Service"), theme_of("Shop service")
    ('service', 'product', 'service')
    """
    header = re.sub(r"[_\s]+", " ", name.removeprefix("x_")).strip().lower()
    for theme, words in (own or {}).items():
        if any(word in header for word in words):
            return theme
    book = _book()
    for theme, about in book.items():
        if name in about["records"]:
            return theme
    found = [(len(word), theme) for theme, about in book.items() for word in about["words"] if word in header]
    return max(found, key=lambda one: one[0])[1] if found else OTHER


def records() -> tuple[str, ...]:
    """Columns of customer_months that may drive satisfaction.

    >>> "complaints_sum_3" in records()
    True
    """
    return tuple(name for about in _book().values() for name in about["records"])


def words_of(text: str) -> tuple[str, ...]:
    """Words of a setting: with commas between, in lower case.

    >>> words_of("Shop, 热线、 ")
    ('shop', '热线')
    """
    return tuple(part.strip().lower() for part in _COMMA.split(text) if part.strip())


@cache
def _book() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(files("telcli.features").joinpath("satisfaction_themes.toml").read_text(encoding="utf-8"))
