"""What a customer's card says of satisfaction and loyalty, where score-satisfaction told it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from telcli.cli._words import tr

__all__ = ["satisfied"]


def satisfied(row: Mapping[str, Any] | None) -> list[str]:
    """Satisfaction with where it comes from, would she recommend, and loyalty.

    >>> row = {"satisfaction": 81.0, "source": "surveyed", "surveyed_on": "2024-05-10", "nps": 9.0, "loyalty": None}
    >>> satisfied(row)
    ['81 of 100 (answered 2024-05-10)', 'would recommend 9 of 10']
    """
    told = []
    if row and row["satisfaction"] is not None:
        told.append(tr("{score} of 100", score=f"{row['satisfaction']:.0f}") + _source(row))
    if row and row["nps"] is not None:
        told.append(tr("would recommend {score} of 10", score=f"{row['nps']:.0f}"))
    if row and row["loyalty"] is not None:
        told.append(tr("loyalty {score} of 100", score=f"{row['loyalty']:.0f}"))
    return told


def _source(row: Mapping[str, Any]) -> str:
    if row["source"] == "surveyed":
        return tr(" (answered {day})", day=row["surveyed_on"])
    return tr(" (predicted)") if row["source"] == "predicted" else tr(" (mean of like customers)")
