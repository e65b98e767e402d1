"""The operator's own reasons for leaving: tables under ``[predict-churn.reasons]``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from telcli.errors import UsageError

__all__ = ["OWN_REASONS", "REASON_THEMES", "own_reasons"]

OWN_REASONS = ("predict-churn", "reasons")
"""The section, and the name of the table in it."""
REASON_THEMES = ("service", "price", "product", "network", "contract", "life", "other")
_NAME = re.compile(r"[\w-]{1,40}")
_TEXTS = ("en", "zh")


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
        wanted = _wrong(name, said)
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


def _wrong(name: str, said: Any) -> str:
    """What a reason must do that it does not; empty where it is all right."""
    if not _NAME.fullmatch(name) or name == "unknown":
        return "be called by letters, digits, - and _ alone, 40 at most, and not unknown"
    if not isinstance(said, Mapping) or set(said) - {"theme", "words", *_TEXTS}:
        return "hold theme, words, en and zh alone"
    if "theme" in said and said["theme"] not in REASON_THEMES:
        return "have a theme of service, price, product, network, contract, life, other"
    words = said.get("words", [])
    if not isinstance(words, list) or not all(isinstance(word, str) and word.strip() for word in words):
        return "have a list of texts as words"
    if not all(isinstance(said.get(tongue, ""), str) for tongue in _TEXTS):
        return "have texts as en and zh"
    return ""
