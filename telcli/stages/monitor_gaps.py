"""Tables without rows in the as-of month: what hangs on them is withheld, since it would tell of that alone."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from datetime import date

import polars as pl

from telcli.errors import Notice
from telcli.features.month_index import add_months
from telcli.settings.names_in import names_in
from telcli.stages import Inputs
from telcli.tables import contract

__all__ = ["BACK", "MOMENTS", "counted_of", "gap_notices", "with_counts", "withheld"]

BACK = 24
"""Months before the as-of month that are counted."""
_MONTHLY = ("bills", "usage", "payments", "contacts", "calls")
MOMENTS = {"calls": "started_at", "payments": "paid_at", "contacts": "opened_at"}
"""Tables whose rows have a day, and the column of it."""
_GAP = {
    "bills": (
        "monitor-no-bills",
        "There are no bills of {month}; the last are of {last}. Revenue, arrears, the mix of revenue and moves between "
        "stages of life are not judged. Ingest the bills of {month}, or look at --as-of {last}.",
    ),
    "usage": (
        "monitor-no-usage",
        "There is no monthly use of {month}; the last is of {last}. Minutes, data and moves between stages of life are "
        "not judged. Ingest the use of {month}, or look at --as-of {last}.",
    ),
    "payments": (
        "monitor-no-payments",
        "There are no payments of {month}; the last are of {last}. Payments and arrears are not judged. Ingest the "
        "payments of {month}, or look at --as-of {last}.",
    ),
    "contacts": (
        "monitor-no-contacts",
        "There are no tickets of the call centre of {month}; the last are of {last}. Complaints are not judged. Ingest "
        "the tickets of {month}, or look at --as-of {last}.",
    ),
    "calls": (
        "monitor-no-calls",
        "There are no call records of {month}; the last are of {last}. Ingest the calls of {month}, or look at --as-of "
        "{last}.",
    ),
}
"""By table what is said of a month without rows."""
_HANGS: Mapping[str, tuple[str, ...]] = {
    "bills": ("revenue", "arrears", "overdue", "revenue-mix", "discount_share", "lifecycle"),
    "usage": ("minutes", "data", "call_minutes", "data_mb", "texts", "active_days", "lifecycle"),
    "payments": ("paid", "arrears", "overdue"),
    "contacts": ("complaints", "contacts"),
}
"""Metrics, and columns of customer_months, that a month without rows of the table makes nothing of."""
_COUNTS, _GAPS = "month_counts", "gaps"


def with_counts(inputs: Inputs, as_of: date, watch: str) -> Inputs:
    """Inputs whose choices hold as ``month_counts`` the rows of each table by month, and as ``gaps`` tables without.

    A gap has rows in earlier months and none in the as-of month; its value is the last month with some. Calls are
    counted where the pipeline is watched alone: they are many.
    """
    tables = [name for name in _MONTHLY if name in inputs.tables and (name != "calls" or "pipeline" in names_in(watch))]
    counts = {name: _counted(inputs.tables[name], name, as_of) for name in tables}
    counts = {name: frame for name, frame in counts.items() if frame.height}
    last = {name: frame["month"].max() for name, frame in counts.items()}
    gaps = {name: month for name, month in last.items() if month != as_of}
    return dataclasses.replace(inputs, choices={**inputs.choices, _COUNTS: counts, _GAPS: gaps})


def counted_of(inputs: Inputs) -> Mapping[str, pl.DataFrame]:
    """By table its rows of each month, and the days from the last fact to the end of the month: month, rows, lag."""
    found: Mapping[str, pl.DataFrame] = inputs.choices.get(_COUNTS, {})
    return found


def _counted(rows: pl.LazyFrame, table: str, as_of: date) -> pl.DataFrame:
    """Streams: calls are never held whole."""
    moment = MOMENTS.get(table)
    last = pl.col("month").dt.month_end() - pl.col(moment).max().dt.date() if moment else None
    days = pl.lit(None, dtype=pl.Float64) if last is None else last.dt.total_days().first().cast(pl.Float64)
    dated = rows.with_columns(month=contract(table).month())
    dated = dated.filter(pl.col("month").is_between(add_months(as_of, -BACK), as_of))
    counts = dated.group_by("month").agg(rows=pl.len().cast(pl.Float64), lag=days)
    return counts.collect(engine="streaming").sort("month")


def withheld(inputs: Inputs) -> frozenset[str]:
    """Metrics, also the operator's own, columns and parts that are not judged: they are made of what has no rows."""
    names = {name for table in inputs.choices.get(_GAPS, {}) for name in (table, *_HANGS.get(table, ()))}
    own = inputs.choices.get("kpis", {}).items()
    return frozenset(names | {name for name, kpi in own if {kpi.get("column"), kpi.get("table")} & names})


def gap_notices(inputs: Inputs, as_of: date) -> Iterator[Notice]:
    """One for each table without rows in the month: what is withheld, and what to do."""
    for table, last in inputs.choices.get(_GAPS, {}).items():
        yield Notice(*_GAP[table], {"month": f"{as_of:%Y-%m}", "last": f"{last:%Y-%m}"})
