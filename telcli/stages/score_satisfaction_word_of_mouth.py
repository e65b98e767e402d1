"""Part of score-satisfaction: what is said of word of mouth, reckoned from assumptions that the operator states."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from telcli.errors import UsageError
from telcli.methods.rates import wilson

__all__ = ["word_of_mouth"]

_ABOUT = {
    "told_per_satisfied": "satisfied",
    "sales_per_satisfied": "satisfied",
    "told_per_dissatisfied": "dissatisfied",
    "lost_per_dissatisfied": "dissatisfied",
    "winning_costs": "dissatisfied",
}
"""Assumption -> the customers that it is multiplied by; winning_costs is in costs of keeping one customer."""
_PART = re.compile(r"\s*(?P<name>[a-z_]+)\s*=\s*(?P<value>\d{1,6}(?:\.\d+)?)\s*[(（](?P<source>[^()（）]*)[)）]\s*")


def word_of_mouth(text: str, index: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each assumption times the customers it is about: name, value, source, customers and result, with their ends.

    `index` is the row of all customers: `customers`, `satisfied_share`, `dissatisfied_share` and `effective`, the
    answers that Wilson's interval of a share rests on.

    Raises
    ------
    UsageError
        An assumption is not NAME=NUMBER (SOURCE), its name is none, or it says no source.

    >>> row = {"customers": 1000, "satisfied_share": 0.5, "dissatisfied_share": 0.1, "effective": 100.0}
    >>> [found] = word_of_mouth("told_per_dissatisfied=25 (a talk in 2004, unproved)", row)
    >>> found["customers"], found["result"], found["source"]
    (100.0, 2500.0, 'a talk in 2004, unproved')
    """
    return [_reckoned(*each, index) for each in _parts(text)] if text.strip() else []


def _parts(text: str) -> Iterator[tuple[str, float, str]]:
    seen = set()
    for part in (part for part in re.split("[;；]", text) if part.strip()):
        found = _PART.fullmatch(part)
        name = found["name"] if found else ""
        if found is None or name not in _ABOUT or name in seen or not found["source"].strip():
            raise UsageError(
                "satisfaction-assumption",
                "An assumption must be NAME=NUMBER (SOURCE), each name once, not {value}.",
                hint="Names: {known}. With ; between several, each with where its number comes from.",
                value=repr(part.strip()),
                known=", ".join(_ABOUT),
            )
        seen.add(name)
        yield name, float(found["value"]), found["source"].strip()


def _reckoned(name: str, value: float, source: str, index: Mapping[str, Any]) -> dict[str, Any]:
    share, worth = index[f"{_ABOUT[name]}_share"], index["effective"]
    row = {"assumption": name, "value": value, "source": source, "about": _ABOUT[name]}
    if share is None or not worth:
        return {**row, **dict.fromkeys(("customers", "result", "result_low", "result_high"))}
    low, high = (float(end) for end in wilson(share * worth, worth))
    whole = index["customers"]
    results = {"result": share * whole * value, "result_low": low * whole * value, "result_high": high * whole * value}
    return {**row, "customers": share * whole, **results}
