"""How a setting is declared."""

from __future__ import annotations

from dataclasses import field
from typing import Any

__all__ = ["setting"]


def setting(
    default: Any,
    meaning: str,
    zh: str,
    *,
    unit: str = "",
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] = (),
    form: str = "",
    shows: bool = True,
) -> Any:
    """Declare one setting.

    `low` and `high` are inclusive, `form` is what a text has to be (time zone or numbers), and `shows` says whether
    results depend on it.
    """
    about = {"meaning": meaning, "zh": zh, "unit": unit, "low": low, "high": high, "choices": choices}
    about |= {"form": form, "shows": shows}
    return field(default=default, metadata=about)
