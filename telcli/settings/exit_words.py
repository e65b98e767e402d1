"""The operator's own words for kinds of leaving: lists of texts under ``[predict-churn.exit_words]``."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from telcli.errors import UsageError

__all__ = ["EXIT_KINDS", "EXIT_WORDS", "exit_words"]

EXIT_WORDS = ("predict-churn", "exit_words")
"""The section, and the name of the table in it."""
EXIT_KINDS = ("voluntary", "involuntary", "port-out", "internal", "inactive", "unknown")


def exit_words(section: Mapping[str, Any], file: str) -> dict[str, list[str]]:
    """The words in a section, by kind.

    Raises
    ------
    UsageError
        A name there is no kind of leaving, or has no list of texts.

    >>> exit_words({"gap_months": 1, "exit_words": {"port-out": ["MNP away"]}}, "telcli.toml")
    {'port-out': ['MNP away']}
    """
    words = section.get(EXIT_WORDS[1], {})
    for kind, texts in words.items():
        if kind not in EXIT_KINDS:
            near = difflib.get_close_matches(kind, EXIT_KINDS, n=1)
            raise UsageError(
                "exit-word-kind",
                "{file}: there is no kind of leaving called {kind} for [predict-churn.exit_words].",
                hint="{near}Kinds are: {known}.",
                file=file,
                kind=kind,
                near=f"Did you mean {near[0]}? " if near else "",
                known=", ".join(EXIT_KINDS),
            )
        if not isinstance(texts, list) or not all(isinstance(text, str) and text.strip() for text in texts):
            raise UsageError(
                "exit-word-text",
                '{file}: [predict-churn.exit_words] {kind} must be a list of texts, such as ["moved away"].',
                file=file,
                kind=kind,
            )
    return {kind: list(texts) for kind, texts in words.items()}
