"""From which month on customer_months has to be made, and what is counted of the months that stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

import polars as pl

from telcli.features.audit import COUNTED, Tally
from telcli.features.history import LEVELS, REACH
from telcli.features.marks import digested, marks, summed
from telcli.features.month_index import month_at, month_index
from telcli.features.span import Span
from telcli.stages import Before, Inputs
from telcli.tables import contract

__all__ = ["Restart", "counted", "restart"]

_FEW = 4
"""Marks and counts take fewer than one in so many of the values that making months takes."""


@dataclass(frozen=True)
class Restart:
    """The first month to make (an index), the partitions that stand before it, and the marks of all months.

    `levels` is what a month made looks back on of those that stand, as `customer_month.customer_months` wants it.
    """

    since: int
    kept: frozenset[str]
    marks: Mapping[str, str]
    levels: Mapping[str, pl.LazyFrame]


def restart(inputs: Inputs, tables: Mapping[str, pl.LazyFrame], span: Span, most: int) -> Restart:
    """Where to begin, `most` customers being looked at together.

    A row depends on its month and earlier ones alone. It stands where no facts of these have changed, nor the marks,
    which are of everything else. Whether somebody left depends on the lines of the next month too: the month before
    the first other mark is made again, and the last month of the last run.
    """
    sums = summed(made for _, made in inputs.engine.buckets(tables, partial(marks, span=span), _FEW * most))
    now = digested(sums, span)
    since = _since(inputs.before, now, span) if inputs.before else span.first
    made = inputs.before.made.get("customer_months", frozenset()) if inputs.before else frozenset()
    stands = {month_at(at).isoformat() for at in range(span.first, since)}
    return Restart(
        since, made & stands, now, _levels(inputs.before, made & stands, since) if since > span.first else {}
    )


def _levels(before: Before | None, kept: frozenset[str], since: int) -> dict[str, pl.LazyFrame]:
    near = sorted(month for month in kept if _index(month) >= since - REACH)
    rows = (
        before.rows("customer_months", near) if before and near else contract("customer_months").schema.create_empty()
    )
    return {"customer_months": rows.lazy().select("customer_id", "month", *LEVELS)}


def _since(before: Before, now: Mapping[str, str], span: Span) -> int:
    then = before.marks
    if not then or min(then) != min(now) or max(then) > max(now):
        return span.first
    other = [_index(month) - 1 for month in then if now[month] != then[month]]
    facts = [_index(month) for months in before.touched.values() for month in months if month]
    return max(min([_index(max(then)), *other, *facts]), span.first)


def _index(month: str) -> int:
    return month_index(date.fromisoformat(month))


def counted(inputs: Inputs, found: Restart, made: pl.LazyFrame, most: int) -> Tally:
    """The counts over the months that stand and those made now, where `most` customers fit with all their columns."""
    tally = Tally()
    if inputs.before is None:
        return tally
    stood = inputs.before.rows("customer_months", sorted(found.kept)).select(COUNTED)
    both = {"customers": inputs.tables["customers"], "customer_months": pl.concat([stood, made.select(COUNTED)])}
    for _, rows in inputs.engine.buckets(both, _as_they_are, _FEW * most):
        tally.add(rows)
    return tally


def _as_they_are(tables: Mapping[str, pl.LazyFrame]) -> pl.LazyFrame:
    return tables["customer_months"]
