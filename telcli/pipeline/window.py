"""How far back the months go that stages read: no stage reads older ones than customer_months is made of.

So a month more costs the same whatever came years before, and what lies before the window can go (`telcli gc`).
"""

from __future__ import annotations

from datetime import date

from telcli.pipeline.provenance import Manifest
from telcli.pipeline.stage import Stage
from telcli.settings.months import first_of_history

__all__ = ["history_begins", "month_before", "window_of"]

_DATED = (("bills", "usage"), ("payments", "contacts"))
"""Tables whose months customer_months has: those of the first two, and where there is none, those of the others."""
MONTHS = "customer-months"


def window_of(stage: Stage, manifest: Manifest, max_months: int | None = None) -> str:
    """The first month that a stage reads of tables by months and of results over months; "" where it reads all.

    `max_months` is the setting of customer-months, for that stage itself; others go by what its last run had.

    >>> from telcli.pipeline.catalog import stage
    >>> window_of(stage("segment"), Manifest())
    ''
    """
    if stage.name == "ingest":
        return ""
    if stage.name == MONTHS:
        return _first(manifest, max_months or 0)
    return history_begins(manifest)


def history_begins(manifest: Manifest) -> str:
    """The first month of customer_months where `max_months` was reached, so that older ones are read by nobody."""
    record, held = manifest.stages.get(MONTHS, {}).get(""), manifest.months("customer_months")
    most = record.basis.settings.get("max_months") if record else None
    if not most or not held or not held[0]:
        return ""
    return held[0] if _index(held[0]) <= first_of_history(_index(held[-1]), int(most)) else ""


def _first(manifest: Manifest, most: int) -> str:
    months = next((found for tables in _DATED if (found := _months(manifest, tables))), [])
    if not most or not months:
        return ""
    asked = manifest.stages["ingest"][""].metrics.get("as_of") if "ingest" in manifest.stages else None
    last = min(months[-1], f"{asked[:7]}-01") if asked else months[-1]
    return _month(first_of_history(_index(last), most))


def _months(manifest: Manifest, tables: tuple[str, ...]) -> list[str]:
    return sorted({month for table in tables for month in manifest.months(table) if month})


def _index(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:7]) - 1


def _month(index: int) -> str:
    return date(index // 12, index % 12 + 1, 1).isoformat()


def month_before(last: str, count: int) -> str:
    """The first of `count` months that end with `last`.

    >>> month_before("2024-06-01", 13)
    '2023-06-01'
    """
    return _month(max(_index(last) - count + 1, 12))
