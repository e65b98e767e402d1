"""The operator's own KPIs that monitor watches: a table each under ``[monitor.kpis]``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from telcli.errors import UsageError

__all__ = ["KPIS", "own_kpis"]

KPIS = ("monitor", "kpis")
"""The section, and the name of the table in it."""
_NAME = re.compile(r"[\w-]{1,40}")
_WORDS = {
    "table": ("customer_months", "bills", "usage", "payments", "contacts"),
    "how": ("sum", "mean", "count", "share"),
    "direction": ("down", "up", "both"),
    "unit": ("currency", "use", "count", "share"),
}
_TEXTS, _NUMBERS = ("column", "en", "zh"), ("least_amount", "least_change")
_FIELDS = (*_WORDS, *_TEXTS, *_NUMBERS, "by", "days")


def own_kpis(section: Mapping[str, Any], file: str) -> dict[str, dict[str, Any]]:
    """The KPIs in a section, by name: table, column, how (sum, mean, count, share), by, direction, materiality.

    Raises
    ------
    UsageError
        A KPI there is not a table of these.

    >>> own_kpis({"kpis": {"roaming": {"column": "roaming_minutes", "how": "sum"}}}, "telcli.toml")
    {'roaming': {'column': 'roaming_minutes', 'how': 'sum'}}
    """
    for name, said in section.get(KPIS[1], {}).items():
        wanted = _wrong(name, said)
        if wanted:
            raise UsageError(
                "kpi-invalid",
                "{file}: [monitor.kpis] {own} must {wanted}.",
                hint='Write it as: table = "usage", column = "roaming_minutes", how = "sum", direction = "down"',
                file=file,
                own=name if _NAME.fullmatch(name) else "...",
                wanted=wanted,
            )
    return {name: dict(said) for name, said in section.get(KPIS[1], {}).items()}


def _wrong(name: str, said: Any) -> str:
    """What a KPI must do that it does not; empty where it is all right."""
    if not _NAME.fullmatch(name):
        return "be called by letters, digits, - and _ alone, 40 at most"
    if not isinstance(said, Mapping) or set(said) - set(_FIELDS):
        return f"hold {', '.join(_FIELDS)} alone"
    by = said.get("by", [])
    checks = [
        (said.get(field, words[0]) in words, f"have a {field} of {', '.join(words)}") for field, words in _WORDS.items()
    ]
    checks += [
        (all(isinstance(said.get(field, ""), str) for field in _TEXTS), "have texts as column, en and zh"),
        (all(_amount(said.get(field, 0)) for field in _NUMBERS), f"have {' and '.join(_NUMBERS)} of 0 or more"),
        (said.get("how") == "count" or bool(said.get("column")), "tell the column that it is made of"),
        (isinstance(said.get("days", True), bool), "have true or false as days"),
        (isinstance(by, str) or (isinstance(by, list) and all(isinstance(each, str) for each in by)),
         "have a text or a list of texts as by"),
    ]  # fmt: skip
    return next((wanted for right, wanted in checks if not right), "")


def _amount(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
