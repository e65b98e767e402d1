"""Customer months: the unified view, one row per customer and month, from the subject tables."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

import polars as pl

from telcli.errors import MissingInputError
from telcli.features.audit import Tally, doubts
from telcli.features.customer_month import SOURCES
from telcli.features.customer_month import customer_months as months_of
from telcli.features.month_index import month_at
from telcli.features.products import owned
from telcli.features.span import Span
from telcli.features.survey import evidence, span_of
from telcli.settings import CustomerMonthsSettings
from telcli.stages import Inputs, Outcome
from telcli.stages.customer_months_calls import months_of_calls
from telcli.stages.customer_months_memory import at_once, room

__all__ = ["customer_months"]


def customer_months(inputs: Inputs, settings: CustomerMonthsSettings) -> Outcome:
    """Build customer_months, a bucket of whole customers at a time, wherever the engine has them worked on.

    Each month of a finished bucket is kept apart, and they are handed on as one lazy frame: a month of it is found
    without reading the others, and has its customers in order.

    Raises
    ------
    MissingInputError
        No table tells which months there are, and no month was named.
    """
    calls = months_of_calls(inputs, room(inputs.tables, settings))
    known = {**inputs.tables, **({"call_months": calls.rows} if calls else {})}
    tables = owned({name: known[name] for name in SOURCES if name in known})
    found = evidence(tables)
    span = _span(tables, found, _named_month(inputs), settings)
    customers = tables["customers"].select(pl.len()).collect().item()
    work = partial(
        months_of, span=span, prepaid_inactive_days=settings.prepaid_inactive_days, due_months=settings.due_months
    )
    most = at_once(tables, span, customers, settings)
    tally, kept = Tally(), []
    inputs.progress("customers", 0, customers)
    for done, made in inputs.engine.buckets(tables, work, most):
        tally.add(made)
        kept += [inputs.keep(month.lazy()) for month in made.partition_by("month") or [made]]
        inputs.progress("customers", done, customers)
    metrics = {
        "months": span.last - span.first + 1,
        "first_month": month_at(span.first).isoformat(),
        "last_month": month_at(span.last).isoformat(),
        **tally.counts(),
    }
    notices = doubts(tables, found, span, tally, customers=customers)
    given = {"customer_months": pl.concat(kept)} | ({"call_months": calls.made} if calls else {})
    stands = {"call_months": calls.kept} if calls else {}
    return Outcome(given, metrics, tuple(notices), light=frozenset(given), kept=stands)


def _named_month(inputs: Inputs) -> date | None:
    """The month asked for, else the one that ingest gave a table without months."""
    if inputs.as_of:
        return inputs.as_of
    ingested: Mapping[str, Any] = inputs.choices.get("metrics", {}).get("ingest", {})
    return date.fromisoformat(ingested["as_of"]).replace(day=1) if ingested.get("as_of") else None


def _span(
    tables: Mapping[str, pl.LazyFrame], found: pl.DataFrame, named: date | None, settings: CustomerMonthsSettings
) -> Span:
    span = span_of(found, named, max_months=settings.max_months)
    if span is None:
        raise MissingInputError(
            "no-month-known",
            "No table tells which months there are: there are no bills, usage, payments or contacts.",
            hint="Name the month with --as-of YYYY-MM at ingest, or ingest one of those tables.",
        )
    if span.first == span.last and _is_flat(tables):
        return Span(span.first, span.last, span.covered, snapshot=True)
    return span


def _is_flat(tables: Mapping[str, pl.LazyFrame]) -> bool:
    """Whether one month of data is a flat table: labelled by itself, or with nothing in it that happened at a time."""
    if "payments" in tables or "contacts" in tables:
        return False
    if _any(tables["customers"], "churned"):
        return True
    return "subscriptions" not in tables or not _any(tables["subscriptions"], "ended_on")


def _any(frame: pl.LazyFrame, column: str) -> bool:
    if column not in frame.collect_schema():
        return False
    return bool(frame.select(pl.col(column).is_not_null().any()).collect().item())
