"""Branches that were merged and whose months end before others': whose customers stand without bills since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from telcli.errors import Notice

__all__ = ["branches_ended"]


def branches_ended(merged: Sequence[Mapping[str, Any]], month: date) -> tuple[Notice, ...]:
    """A warning that names the branches without rows of a month; `merged` is what `telcli merge` recorded of each.

    >>> branches = [{"branch": "N", "month": "2024-04", "customers": 7}, {"branch": "S", "month": "2024-06"}]
    >>> branches_ended(branches, date(2024, 6, 1))[0].values["branches"]
    'N 2024-04'
    >>> branches_ended(branches, date(2024, 4, 1))
    ()
    """
    last = {str(one["branch"]): str(one["month"]) for one in merged}
    ended = {name: held for name, held in sorted(last.items()) if held < f"{month:%Y-%m}"}
    if not ended:
        return ()
    words = (
        "Of {month} not all merged branches have data; their last months: {branches}. Their customers are counted "
        "after those too, without bills, payments and use."
    )
    told = ", ".join(f"{name} {held or '-'}" for name, held in ended.items())
    return (Notice("branches-ended", words, {"month": f"{month:%Y-%m}", "branches": told}),)
