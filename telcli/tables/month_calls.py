"""The columns of customer_months that are taken from call_months: all but those that usage has under the same name."""

from __future__ import annotations

from copy import copy
from typing import Any

from telcli.tables.call_months import FEATURES, CallMonths

__all__ = ["CALLS", "COUNTS", "calls"]

_OF_USAGE = ("calls_out", "calls_in", "data_mb", "active_days", "roaming_minutes")
"""Usage may be delivered beside the calls; where it is not, ingest makes it of them."""


def _unit(name: str) -> str:
    return str((CallMonths.columns()[name].metadata or {})["unit"])


CALLS = tuple(name for name in FEATURES if name not in _OF_USAGE)
_OF_SOMETHING = ("0..1", "nats", "seconds")
COUNTS = frozenset(name for name in CALLS if _unit(name) not in _OF_SOMETHING)
"""Those that are 0 where nothing happened; the others are shares and means of something."""


def calls() -> dict[str, Any]:
    """Each column by name, in order, as call_months declares it."""
    return {name: copy(CallMonths.columns()[name]) for name in CALLS}
