"""Months of calls, on the way to customer_months: made where calls have changed, left as they are elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from telcli.features.call_month import call_months
from telcli.features.month_index import month_index
from telcli.stages import Inputs
from telcli.tables import contract

__all__ = ["CallsMade", "calls_told", "months_of_calls"]

_ROWS = 2_000_000
"""Calls worked on together, at most about so many ..."""
_CALL = 500
"""... each of which needs fewer bytes than this meanwhile; see tests/benchmarks/memory.py."""


@dataclass(frozen=True)
class CallsMade:
    """call_months of all months with calls; the months that were made now, and those that stand as they were."""

    rows: pl.LazyFrame
    made: pl.LazyFrame
    kept: frozenset[str]


def months_of_calls(inputs: Inputs, room: int | None = None) -> CallsMade | None:
    """Make call_months of the months whose calls are not those of the last run, file by file; None without calls.

    Each file holds whole customers, and its rows are in the order of customer and time, which the work leans on. `room`
    are the bytes that calls worked on together may take; None where there is no limit.
    """
    parts = inputs.parts.get("calls", {})
    if not parts:
        return None
    kept = _standing(inputs)
    due = {name: part for name, part in parts.items() if name[:10] not in kept}
    most = _ROWS if room is None else max(min(_ROWS, room // _CALL), 1)
    fresh = inputs.gather(_made(inputs, due, most), "month")
    stood = inputs.before.rows("call_months", sorted(kept)) if inputs.before and kept else fresh.clear()
    return CallsMade(pl.concat([stood, fresh]), fresh, kept)


def calls_told(inputs: Inputs) -> pl.DataFrame:
    """The months of calls, as `telcli.features.survey.evidence` would tell of them once they are made."""
    months = {date.fromisoformat(name[:10]) for name in inputs.parts.get("calls", {})}
    rows = [("calls", month_index(month), 1) for month in sorted(months)]
    return pl.DataFrame(rows, schema={"feature": pl.String, "at": pl.Int32, "rows": pl.Int64}, orient="row")


def _made(inputs: Inputs, due: Mapping[str, Callable[[], pl.LazyFrame]], most: int) -> Iterator[pl.DataFrame]:
    """Months of calls, some customers after the other."""
    yield contract("call_months").schema.create_empty()
    inputs.progress("calls", 0, len(due))
    for done, made in inputs.engine.parts("calls", due, _work, most) if due else ():
        yield made
        inputs.progress("calls", done, len(due))


def _standing(inputs: Inputs) -> frozenset[str]:
    """The months that were made of just these calls, and those whose calls were let go (`telcli gc`) since."""
    if inputs.before is None:
        return frozenset()
    made = inputs.before.made.get("call_months", frozenset())
    return made - inputs.before.touched["calls"]


def _work(tables: Mapping[str, pl.LazyFrame]) -> pl.LazyFrame:
    return call_months(tables["calls"]).lazy()
