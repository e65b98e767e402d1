"""What the facts of a suspected fraud are called, in English and Chinese."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

__all__ = ["said", "word_of"]


@cache
def _book() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads((files("telcli.features") / "fraud_words.toml").read_text(encoding="utf-8"))


def word_of(code: str, value: float, tongue: str = "en") -> str:
    """One fact in words.

    >>> word_of("few-cells", 2.0), word_of("short-share", 0.925), word_of("many-calls", 1234.5, "zh")
    ('from 2 cells', '0.93 of the calls of no or next to no length', '日均主叫 1,234 次')
    """
    whole = abs(value - round(value)) < 1e-9
    return _book()[code][tongue].format(value=f"{value:,.0f}" if whole or abs(value) >= 100 else f"{value:.2g}")


def said(facts: Iterable[tuple[str, float]], tongue: str = "en") -> str:
    """Facts as one sentence, which says that they are a suspicion.

    >>> said([("few-cells", 2.0), ("all-hours", 20.0)])
    'suspected: from 2 cells; calls in 20 hours of the day'
    """
    lead, between = ("suspected: ", "; ") if tongue == "en" else ("疑似：", "；")
    return lead + between.join(word_of(code, value, tongue) for code, value in facts)
