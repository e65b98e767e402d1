"""Settings that are several names in a row."""

from __future__ import annotations

__all__ = ["names_in"]


def names_in(text: str) -> list[str]:
    """The names in order, between commas of either width; empty ones are none.

    >>> names_in("branch, region，segment,"), names_in("")
    (['branch', 'region', 'segment'], [])
    """
    return [part.strip() for part in text.replace("，", ",").split(",") if part.strip()]
