"""What the parts of a customer's card are called, and how single values of it are written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from telcli.cli._words import meant, tr
from telcli.tables import units
from telcli.tables.masking import plain

__all__ = ["CALLS", "SERIES", "UNITS", "WHO", "attribute", "day", "said_of", "state"]

WHO = {
    "manager_id": "manager {value}",
    "joined_on": "since {value}",
    "star_level": "stars {value}",
    "household_id": "household {value}",
    "group_id": "group {value}",
}
SERIES = {
    "revenue": "revenue",
    "call_minutes": "calls",
    "data_mb": "data",
    "active_days": "active days",
    "contacts": "contacts",
    "complaints": "complaints",
    "arrears": "arrears",
}
CALLS = {"active_days": "days with use {n}", "counterparts": "counterparts {n}"}
UNITS = {"minutes": "minutes", "MB": "MB"}


def said_of(kind: str, value: str | None) -> str:
    return plain(meant(kind, value)) if value else units.MISSING


def attribute(name: str) -> str:
    """An attribute in words; a pseudonym is called after what it stands for.

    >>> attribute("phone_h"), attribute("star_level")
    ('phone', 'star level')
    """
    told = meant("what", name)
    return name.removesuffix("_h").replace("_", " ") if told == name else told


def day(moment: date | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else units.MISSING


def state(line: Mapping[str, Any]) -> str:
    now = said_of("status", line["status"])
    if line["ended_on"]:
        return f"{now} {line['ended_on']}"
    return tr("{state}, contract to {day}", state=now, day=line["contract_end"]) if line["contract_end"] else now
