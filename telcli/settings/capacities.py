"""Limits written as text: an amount of money or nothing, and how much each channel can do."""

from __future__ import annotations

import math
import re

__all__ = ["amount_of", "capacities"]

_PAIR = re.compile(r"(?P<name>[^=,;]+?)\s*=\s*(?P<most>\d{1,12})")


def amount_of(text: str) -> float | None:
    """An amount of 0 or more; None where there is none.

    >>> amount_of("5000"), amount_of(" 1e4 "), amount_of(""), amount_of("-1"), amount_of("5,000")
    (5000.0, 10000.0, None, None, None)
    """
    try:
        found = float(text)
    except ValueError:
        return None
    return found if math.isfinite(found) and found >= 0 else None


def capacities(text: str) -> dict[str, int] | None:
    """How many contacts each channel can make, by its name; None where the text does not say so.

    >>> capacities("outbound=500, sms = 10000"), capacities(""), capacities("sms"), capacities("sms=1, sms=2")
    ({'outbound': 500, 'sms': 10000}, {}, None, None)
    """
    parts = [part.strip() for part in re.split("[,;，；]", text) if part.strip()]
    found: dict[str, int] = {}
    for part in parts:
        pair = _PAIR.fullmatch(part)
        if pair is None or pair["name"].strip() in found:
            return None
        found[pair["name"].strip()] = int(pair["most"])
    return found
