"""Codes of the operator's own, told by words: ``[predict-churn.reasons]`` for leaving, ``[complaints.topics]``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from telcli.errors import UsageError

__all__ = ["OWN_REASONS", "OWN_TOPICS", "REASON_THEMES", "TOPIC_THEMES", "own_reasons", "own_topics"]

OWN_REASONS = ("predict-churn", "reasons")
"""The section, and the name of the table in it."""
OWN_TOPICS = ("complaints", "topics")
REASON_THEMES = ("service", "price", "product", "network", "contract", "life", "other")
TOPIC_THEMES = ("billing", "service", "network", "product", "sales", "contract", "fraud", "other")
_NAME = re.compile(r"[\w-]{1,40}")
_TEXTS = ("en", "zh")
_TAKEN = {
    OWN_REASONS: (("unknown",), "be called by letters, digits, - and _ alone, 40 at most, and not unknown"),
    OWN_TOPICS: (
        ("unknown", "all", "uncoded"),
        "be called by letters, digits, - and _ alone, 40 at most, and not unknown, all or uncoded",
    ),
}
_THEMES = {
    OWN_REASONS: (REASON_THEMES, "have a theme of service, price, product, network, contract, life, other"),
    OWN_TOPICS: (TOPIC_THEMES, "have a theme of billing, service, network, product, sales, contract, fraud, other"),
}


def own_reasons(section: Mapping[str, Any], file: str) -> dict[str, dict[str, Any]]:
    """The reasons in a section, by code: theme, words, and what it is called (en, zh).

    Raises
    ------
    UsageError
        A reason there is not a table of these.

    >>> own_reasons({"reasons": {"roaming": {"theme": "price", "words": ["roaming"]}}}, "telcli.toml")
    {'roaming': {'theme': 'price', 'words': ['roaming']}}
    """
    for name, said in section.get(OWN_REASONS[1], {}).items():
        wanted = _wrong(name, said, OWN_REASONS)
        if wanted:
            raise UsageError(
                "reason-invalid",
                "{file}: [predict-churn.reasons] {own} must {wanted}.",
                hint='Write it as: theme = "price", words = ["roaming", "漫游"], en = "Roaming", zh = "漫游资费"',
                file=file,
                own=name if _NAME.fullmatch(name) else "...",
                wanted=wanted,
            )
    return {name: dict(said) for name, said in section.get(OWN_REASONS[1], {}).items()}


def own_topics(section: Mapping[str, Any], file: str) -> dict[str, dict[str, Any]]:
    """The topics of contacts in a section, by code: theme, words, and what it is called (en, zh).

    Raises
    ------
    UsageError
        A topic there is not a table of these.

    >>> own_topics({"topics": {"esim": {"theme": "product", "words": ["esim"]}}}, "telcli.toml")
    {'esim': {'theme': 'product', 'words': ['esim']}}
    """
    for name, said in section.get(OWN_TOPICS[1], {}).items():
        wanted = _wrong(name, said, OWN_TOPICS)
        if wanted:
            raise UsageError(
                "topic-invalid",
                "{file}: [complaints.topics] {own} must {wanted}.",
                hint='Write it as: theme = "product", words = ["esim", "一号双终端"], en = "eSIM", zh = "eSIM业务"',
                file=file,
                own=name if _NAME.fullmatch(name) else "...",
                wanted=wanted,
            )
    return {name: dict(said) for name, said in section.get(OWN_TOPICS[1], {}).items()}


def _wrong(name: str, said: Any, place: tuple[str, str]) -> str:
    """What a code must do that it does not; empty where it is all right."""
    taken, called = _TAKEN[place]
    themes, themed = _THEMES[place]
    if not _NAME.fullmatch(name) or name in taken:
        return called
    if not isinstance(said, Mapping) or set(said) - {"theme", "words", *_TEXTS}:
        return "hold theme, words, en and zh alone"
    if "theme" in said and said["theme"] not in themes:
        return themed
    words = said.get("words", [])
    if not isinstance(words, list) or not all(isinstance(word, str) and word.strip() for word in words):
        return "have a list of texts as words"
    if not all(isinstance(said.get(tongue, ""), str) for tongue in _TEXTS):
        return "have texts as en and zh"
    return ""
