"""Why customers leave, as codes in themes: telcli's own, and before them those of the operator."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["THEMES", "UNKNOWN", "Cause", "causes", "intents", "with_own"]

THEMES = ("service", "price", "product", "network", "contract", "life", "other", "unknown")
UNKNOWN = "unknown"
"""The theme, and the code, of a leaving of which nothing tells the cause."""


@dataclass(frozen=True)
class Cause:
    """One code: its theme (causes: of `THEMES`), what it is called, and the words that tell it."""

    theme: str
    en: str
    zh: str
    words: tuple[str, ...]


def causes(own: Mapping[str, Mapping[str, Any]] | None = None) -> dict[str, Cause]:
    """Every code in the order in which they are looked for, the operator's own first.

    An own code of a name that telcli has takes its place and keeps of it what it does not say: words of its own are
    looked for instead.

    >>> found = causes({"roaming": {"theme": "price", "words": ["roaming abroad"]}, "price": {"zh": "贵"}})
    >>> list(found)[:2], found["roaming"].en, found["price"].zh, found["price"].en
    (['roaming', 'price'], 'roaming', '贵', 'Price')
    """
    return with_own(_read()["cause"], own or {})


def with_own(packaged: Mapping[str, Mapping[str, Any]], own: Mapping[str, Mapping[str, Any]]) -> dict[str, Cause]:
    """Codes that telcli has, and before them the operator's own; see `causes`."""
    made = {name: {**packaged.get(name, {}), **said} for name, said in own.items()}
    return {name: _cause(name, said) for name, said in {**made, **packaged, **made}.items()}


def intents() -> dict[str, tuple[str, ...]]:
    """What customers may ask about who think of leaving: port-out or cancel, and the words that tell it."""
    return {name: tuple(said["words"]) for name, said in _read()["intent"].items()}


def _cause(name: str, said: Mapping[str, Any]) -> Cause:
    theme, words = said.get("theme", "other"), tuple(said.get("words", ()))
    return Cause(theme, said.get("en", name), said.get("zh", said.get("en", name)), words)


@cache
def _read() -> dict[str, dict[str, Any]]:
    return tomllib.loads(files(__package__).joinpath("churn_causes.toml").read_text("utf-8"))
