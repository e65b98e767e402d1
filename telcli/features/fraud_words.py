"""What the facts of a suspected fraud are called, in English and Chinese."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

__all__ = ["said", "word_of"]

_LEAST_SHARE = 1e-4
"""A share below this is told as below it."""


@cache
def _book() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads((files("telcli.features") / "fraud_words.toml").read_text(encoding="utf-8"))


def word_of(code: str, value: float, tongue: str = "en") -> str:
    """One fact in words.

    >>> word_of("few-cells", 2.0), word_of("short-share", 0.925), word_of("many-calls", 1234.5, "zh")
    ('from 2 cells', '92.5% of the calls of no or next to no length', '日均主叫 1,234 次')
    >>> word_of("few-cells", 1.0), word_of("called-back", 0.0)
    ('from 1 cell', '0 calls back')
    >>> word_of("off-hours", 1.0), word_of("nobody-twice", 1.0, "zh"), word_of("unusual", 0.0005)
    ('100% of the minutes at night or on a weekend', '不同被叫占比 100%', 'unlike all but 0.05% of customers')
    """
    whole = abs(value - round(value)) < 1e-9
    number = f"{value:,.0f}" if whole or abs(value) >= 100 else f"{value:.2g}"
    share = f"{100.0 * value:.3g}%" if value >= _LEAST_SHARE or not value else f"<{100.0 * _LEAST_SHARE:g}%"
    return _book()[code][tongue].format(value=number, share=share, s="" if number == "1" else "s")


def said(facts: Iterable[tuple[str, float]], tongue: str = "en") -> str:
    """Facts as one sentence, which says that they are a suspicion.

    >>> said([("few-cells", 2.0), ("all-hours", 20.0)])
    'suspected: from 2 cells; calls in 20 hours of the day'
    """
    lead, between = ("suspected: ", "; ") if tongue == "en" else ("疑似：", "；")
    return lead + between.join(word_of(code, value, tongue) for code, value in facts)
