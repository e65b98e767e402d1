"""The ledger of loads, in which old ones are told in one line: that they were, and what is left of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from telcli.errors import Notice
from telcli.pipeline.made import MADE
from telcli.pipeline.provenance import Record, jsonable

__all__ = ["BASES", "folded", "told_of_folded"]

BASES = "bases"
"""In the ledger: the digests of loads that were put together, so that their extracts are known when they come again."""
_FEW = 2

Load = Mapping[str, Any]


def folded(loads: Sequence[Load], since: str, gone: Mapping[str, Collection[str]]) -> tuple[tuple[Load, ...], int]:
    """Put the first loads, of months before `since`, together; `gone` are months by table that are no longer held.

    The number is how many were.

    >>> one = {"sources": {"a": "1"}, "month": "2020-01", "basis": "x", "whole": False, "gave": {"bills": ["2020-01"]}}
    >>> found, count = folded([one, {**one, "basis": "y"}, {**one, "month": "2024-01"}], "2022-01", {})
    >>> count, found[0]["bases"], found[0]["gave"], len(found)
    (2, ['x', 'y'], {'bills': ['2020-01']}, 2)
    """
    old: list[Load] = []
    for load in loads:
        if not load.get("month") or load["month"] >= since or load.get("merged"):
            break
        old.append(load)
    fresh = [load for load in old if BASES not in load]
    if not fresh or len(old) < _FEW:
        return tuple(loads), 0
    together = {
        "sources": {},
        "month": max(load["month"] for load in old),
        "basis": "",
        "whole": all(load.get("whole") for load in old),
        "gave": _merged([load.get("gave", {}) for load in old], gone),
        BASES: [basis for load in old for basis in (*load.get(BASES, ()), load["basis"]) if basis],
    }
    made = _merged([load.get(MADE, {}) for load in old], gone)
    return ({**together, **({MADE: made} if made else {})}, *loads[len(old) :]), len(fresh)


def _merged(told: Sequence[Mapping[str, Sequence[str]]], gone: Mapping[str, Collection[str]]) -> dict[str, list[str]]:
    tables = sorted({table for one in told for table in one})
    lost = {table: {name[:10] for name in names} for table, names in gone.items()}
    found = {
        table: sorted({month for one in told for month in one.get(table, ())} - lost.get(table, set()))
        for table in tables
    }
    return {table: months for table, months in found.items() if months}


def told_of_folded(last: Record) -> Record:
    """What is told of a load that was put together with others: that it was done, and no more."""
    notice = Notice(
        "load-long-done",
        "These extracts were ingested long ago; what was said of them then is no longer kept. Nothing was changed.",
    )
    return Record(
        basis=last.basis,
        as_of="",
        gave={},
        files={},
        rows_in=0,
        rows_out=0,
        rejected=0,
        duplicates=0,
        metrics={**last.metrics, "sources": []},
        notices=(jsonable(vars(notice)),),
    )
