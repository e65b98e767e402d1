"""Customer months: the unified view, one row per customer and month, from the subject tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
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
from telcli.stages.customer_months_calls import calls_told, months_of_calls
from telcli.stages.customer_months_memory import at_once, room
from telcli.stages.customer_months_order import in_order
from telcli.stages.customer_months_restart import Restart, counted, restart

__all__ = ["customer_months"]

_BESIDE = 4
"""Months that have, with all their columns, as many values as what months made look back on of those before."""

_MANY = 8
"""Buckets from which on it pays to lay the rows of customers side by side first."""

Work = Callable[[Mapping[str, pl.LazyFrame]], pl.LazyFrame]


def customer_months(inputs: Inputs, settings: CustomerMonthsSettings) -> Outcome:
    """Build customer_months, a bucket of whole customers at a time, wherever the engine has them worked on.

    Made is what the last run did not make, or made of other facts, lines or settings; earlier months stand. The months
    of a finished bucket are kept, each with that month of the others, and handed on as one lazy frame: a month of it is
    found without reading the others, and has its customers in order. Whether the work fits into the memory allowed is
    known before any of it is done.

    Raises
    ------
    MissingInputError
        No table tells which months there are, and no month was named.
    """
    tables = owned({name: inputs.tables[name] for name in SOURCES if name in inputs.tables})
    found = evidence(tables)
    customers = tables["customers"].select(pl.len()).collect().item()
    told = pl.concat([found, calls_told(inputs)])
    likely = span_of(told, _named_month(inputs), max_months=settings.max_months)
    most = at_once(tables, likely, customers, settings, calls="calls" in inputs.parts)
    calls = months_of_calls(inputs, room(customers, settings))
    if calls:
        tables["call_months"] = calls.rows
        found = pl.concat([found, evidence({"call_months": calls.rows})]).sort("feature", "at")
    span = _span(tables, found, _named_month(inputs), settings)
    near = in_order(inputs, tables) if customers > _MANY * most else tables
    begun = restart(inputs, near, span, most)
    if begun.levels:
        most = at_once(tables, _looked_at(span, begun), customers, settings, calls=bool(calls))
    tally, bucketed = Tally(), {**near, **begun.levels}
    rows = inputs.gather(_made(inputs, bucketed, _work(settings, span, begun), most, tally, customers), "month")
    tally = counted(inputs, begun, rows, most) if begun.kept else tally
    notices = doubts(tables, found, span, tally, customers=customers)
    given = {"customer_months": rows} | ({"call_months": calls.made} if calls else {})
    stands = {"customer_months": begun.kept} | ({"call_months": calls.kept} if calls else {})
    metrics = {**_months(span), **tally.counts()}
    return Outcome(given, metrics, tuple(notices), light=frozenset(given), kept=stands, marks=begun.marks)


def _work(settings: CustomerMonthsSettings, span: Span, begun: Restart) -> Work:
    """What is done to a bucket of customers."""
    return partial(
        months_of,
        span=span,
        prepaid_inactive_days=settings.prepaid_inactive_days,
        due_months=settings.due_months,
        since=begun.since,
    )


def _looked_at(span: Span, begun: Restart) -> Span:
    """The months of which a bucket holds all columns, about: with fewer of them it may hold more customers."""
    return replace(span, first=max(begun.since - _BESIDE, span.first))


def _months(span: Span) -> dict[str, Any]:
    first, last = (month_at(at).isoformat() for at in (span.first, span.last))
    return {"months": span.last - span.first + 1, "first_month": first, "last_month": last}


def _made(
    inputs: Inputs, tables: Mapping[str, pl.LazyFrame], work: Work, most: int, tally: Tally, customers: int
) -> Iterator[pl.DataFrame]:
    """The months of one bucket of customers after the other."""
    inputs.progress("customers", 0, customers)
    for done, made in inputs.engine.buckets(tables, work, most):
        tally.add(made)
        yield made
        inputs.progress("customers", done, customers)


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
