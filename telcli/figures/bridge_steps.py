"""From one month to the next: who came and who went, and what the revenue gained and lost by it, customer by customer.

Every customer of either month goes to exactly one part, so that the parts add up to the change: the base to the
customer, revenue to the cent. Money is counted in whole cents.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import polars as pl

from telcli.tables import contract

__all__ = ["BASE_PARTS", "REVENUE_PARTS", "Flow", "Step", "added", "steps"]

BASE_PARTS = ("joined", "returned", "appeared", "left", "gone")
"""Parts of the base: appeared (first known now, though here longer) and gone (nobody told of it) are unexplained."""
STAYED = ("plan_up", "plan_down", "more", "less", "unbilled")
REVENUE_PARTS = ("left", "left_before", "joined", "returned", *STAYED, "other")
"""Parts of revenue: left is of those who left in the month itself, whose last bill is another than the one before;
left_before of those who had left by the month before, whose last bill falls away. STAYED are here at both ends."""
_READ = ("customer_id", "month", "active", "left", "revenue", "tenure_months", "plan_ups", "plan_downs")


@dataclass(frozen=True)
class Flow:
    """What changed between two ends: opening + the sum of `parts` = closing, in customers or in cents.

    Parameters
    ----------
    parts : what each part adds (or, negative, takes). people : how many customers each part is of.
    had : of revenue, what those who left were billed in the month before they left: all that leaves with them.
    """

    opening: int
    closing: int
    parts: Mapping[str, int]
    people: Mapping[str, int]
    had: int = 0


@dataclass(frozen=True)
class Step:
    """One month (`month`) against the latest month held before it (`before`), `span` months earlier.

    `revenue` is None where of either month no bill is known; `unbilled` counts customers at the end without revenue.
    """

    before: date
    month: date
    span: int
    base: Flow
    revenue: Flow | None
    unbilled: int


def steps(customer_months: pl.LazyFrame, months: pl.DataFrame, since: date) -> list[Step]:
    """The steps that end in `since` or later, in order; months not held are stepped over.

    Parameters
    ----------
    customer_months : pl.LazyFrame
        One row per customer and month; a customer's row of the month of leaving has `left`, and none follows.
    months : pl.DataFrame
        As `customers.monthly` gives it: month and revenue are read.
    since : date
        First day of a month.

    A customer counts as joined where no earlier row is known and she has been here for fewer months than the step
    spans; longer ones have appeared. Who was known earlier and is not active at the opening has returned. Leavers are
    those whom the closing month tells of, so that they are as many as its `left`; who is active at the opening and not
    at the closing, and of whom nobody says that she left, is gone.
    """
    held = contract("customer_months").conform(customer_months).select(_READ)
    billed = dict(months.select("month", pl.col("revenue").is_not_null()).iter_rows())
    pairs = [(before, month) for before, month in pairwise(months["month"].to_list()) if month >= since]
    if not pairs:
        return []
    first = held.group_by("customer_id").agg(first=pl.col("month").min()).collect(engine="streaming").lazy()
    return [_step(held, first, pair, known=billed[pair[0]] and billed[pair[1]]) for pair in pairs]


def added(flows: Sequence[Flow | None]) -> Flow | None:
    """Flows that follow each other as one; None where one is not known, or does not begin where the last one ends.

    >>> one = Flow(10, 12, {"joined": 3, "left": -1}, {"joined": 3, "left": 1})
    >>> added([one, Flow(12, 11, {"left": -1}, {"left": 1})])
    Flow(opening=10, closing=11, parts={'joined': 3, 'left': -2}, people={'joined': 3, 'left': 2}, had=0)
    """
    known = [flow for flow in flows if flow is not None]
    if not known or len(known) < len(flows) or any(a.closing != b.opening for a, b in pairwise(known)):
        return None
    names = dict.fromkeys(name for flow in known for name in flow.parts)
    parts = {name: sum(flow.parts.get(name, 0) for flow in known) for name in names}
    people = {name: sum(flow.people.get(name, 0) for flow in known) for name in names}
    return Flow(known[0].opening, known[-1].closing, parts, people, sum(flow.had for flow in known))


def _step(held: pl.LazyFrame, first: pl.LazyFrame, pair: tuple[date, date], *, known: bool) -> Step:
    before, month = pair
    span = 12 * (month.year - before.year) + month.month - before.month
    rows = _classed(_joined(held, first, before, month), month, span)
    sums = rows.group_by("part").agg(
        *(pl.col(name).cast(pl.Int64).sum() for name in (*BASE_PARTS, "was", "now", "unbilled")),
        **{name: pl.col(name).sum() for name in ("opening", "closing")},
        change=(pl.col("closing") - pl.col("opening")).sum(),
        people=pl.len().cast(pl.Int64),
    )
    found = {row["part"]: row for row in sums.collect(engine="streaming").iter_rows(named=True)}
    return Step(before, month, span, _base(found), _revenue(found) if known else None, _sum(found, "unbilled"))


def _sum(found: Mapping[str, Mapping[str, Any]], name: str) -> int:
    return sum(row[name] for row in found.values())


def _base(found: Mapping[str, Mapping[str, Any]]) -> Flow:
    people = {name: _sum(found, name) for name in BASE_PARTS}
    parts = {name: -count if name in ("left", "gone") else count for name, count in people.items()}
    return Flow(_sum(found, "was"), _sum(found, "now"), parts, people)


def _revenue(found: Mapping[str, Mapping[str, Any]]) -> Flow:
    parts = {name: found[name]["change"] if name in found else 0 for name in REVENUE_PARTS}
    people = {name: found[name]["people"] if name in found else 0 for name in REVENUE_PARTS}
    had = found["left"]["opening"] if "left" in found else 0
    return Flow(_sum(found, "opening"), _sum(found, "closing"), parts, people, had)


def _joined(held: pl.LazyFrame, first: pl.LazyFrame, before: date, month: date) -> pl.LazyFrame:
    """Both months side by side, one row per customer of either; flags are never null, money is in cents."""
    cents = (pl.col("revenue") * 100).round().cast(pl.Int64)
    now = held.filter(pl.col("month") == month).select(
        "customer_id",
        now="active",
        leaves="left",
        closing=cents,
        tenure="tenure_months",
        up=pl.col("plan_ups") > 0,
        down=pl.col("plan_downs") > 0,
    )
    then = held.filter(pl.col("month") == before).select("customer_id", was="active", had_left="left", opening=cents)
    both = then.join(now, on="customer_id", how="full", coalesce=True).join(first, on="customer_id", how="left")
    return both.with_columns(pl.col("was", "had_left", "now", "leaves", "up", "down").fill_null(value=False))


def _classed(rows: pl.LazyFrame, month: date, span: int) -> pl.LazyFrame:
    """Each row's counts of the base, and the part that its revenue goes to."""
    was, now, leaves = (pl.col(name) for name in ("was", "now", "leaves"))
    gone = was & ~now & ~leaves
    arrivals = now.cast(pl.Int64) - was.cast(pl.Int64) + leaves.cast(pl.Int64) + gone.cast(pl.Int64)
    new = pl.col("first") == month
    fresh = new & (pl.col("tenure").is_null() | (pl.col("tenure") < span))
    once = arrivals > 0
    # Who is not here at either end but is told to have left now, and was known before, had gone unnoticed.
    late = once & ~new & ~was & ~now
    told = rows.with_columns(
        joined=(once & fresh).cast(pl.Int64),
        appeared=(once & ((new & ~fresh) | late)).cast(pl.Int64),
        returned=(once & ~new & ~late).cast(pl.Int64) + (arrivals > 1).cast(pl.Int64),
        left=leaves,
        gone=gone,
        unbilled=now & pl.col("closing").is_null(),
    )
    change = pl.col("closing") - pl.col("opening")
    part = (
        pl.when(leaves & ~now)
        .then(pl.lit("left"))
        .when(pl.col("had_left") & ~now)
        .then(pl.lit("left_before"))
        .when(now & ~was)
        .then(pl.when(fresh).then(pl.lit("joined")).when(new).then(pl.lit("other")).otherwise(pl.lit("returned")))
        .when(~(now & was))
        .then(pl.lit("other"))
        .when(change.is_null())
        .then(pl.when(pl.coalesce("closing", "opening").is_null()).then(pl.lit("none")).otherwise(pl.lit("unbilled")))
        .when(pl.col("up") & ~pl.col("down"))
        .then(pl.lit("plan_up"))
        .when(pl.col("down") & ~pl.col("up"))
        .then(pl.lit("plan_down"))
        .when(change == 0)
        .then(pl.lit("none"))
        .otherwise(pl.when(change > 0).then(pl.lit("more")).otherwise(pl.lit("less")))
    )
    return told.with_columns(part=part).with_columns(pl.col("opening", "closing").fill_null(0))
