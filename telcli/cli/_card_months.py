"""The months of a customer's card: a row of blocks for each measure, with figures where there is room for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from telcli.cli._card_words import SERIES, UNITS
from telcli.cli._fitted import fitted, room_for
from telcli.cli._help import wide
from telcli.cli._sparks import spark
from telcli.cli._words import language, meant, tr
from telcli.tables import units

__all__ = ["drawn", "money"]

_FIGURES = ("first", "last", "least", "most")
_FORMS: tuple[tuple[int, Sequence[str]], ...] = (
    (24, _FIGURES),
    (12, _FIGURES),
    (12, _FIGURES[:2]),
    (12, _FIGURES[1:2]),
    (6, _FIGURES[1:2]),
    (6, ()),
)
"""Months that are drawn and figures beside them, the widest form first; `_NARROW` terminals begin with the second."""
_NARROW, _LABEL = 72, 14


def drawn(months: Mapping[str, Any], width: int, currency: str) -> Iterator[Any]:
    """The months of a card, as many of them and of their figures as `width` columns have room for."""
    from rich.text import Text

    rows: list[list[str]] = []
    for shown, figures in _FORMS[width < _NARROW :]:
        rows = _rows(months, shown, figures, currency)
        if room_for(rows) <= width:
            break
    head, *lines = fitted(rows, range(1, len(rows[0])), width, whole=[0])
    yield Text(head.removeprefix("  "), style="bold")
    yield from lines


def _rows(months: Mapping[str, Any], shown: int, figures: Sequence[str], currency: str) -> list[list[str]]:
    """The last months as rows of cells: names and blocks, then the figures asked for."""
    kept = months["months"][-shown:]
    rows = [[tr("Months {first} to {last}", first=kept[0], last=kept[-1]), *(tr(word) for word in figures)]]
    for one in months["series"]:
        values = one["values"][-shown:]
        known = [value for value in values if value is not None]
        if known:
            found = {"first": known[0], "last": known[-1], "least": min(known), "most": max(known)}
            told = [units.brief(found[name], language()) for name in figures]
            rows.append([f"{_measure(one, currency)}  {spark(values)}", *told])
    return rows


def money(currency: str) -> str:
    """A currency as figures name it: its code, and in Chinese its word where there is one."""
    return units.CURRENCIES[currency][1] if language() == "zh" and currency in units.CURRENCIES else currency


def _measure(series: Mapping[str, Any], currency: str) -> str:
    unit = money(currency) if series["unit"] == "currency" else tr(UNITS.get(series["unit"], ""))
    name = meant("series", SERIES[series["column"]])
    told = f"{name}{tr(', ')}{unit}" if unit else name
    return told + " " * (_LABEL - wide(told))
