"""Who is a customer from when to when, and the complete grid of their months."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from telcli.features.month_index import date_at, index_at
from telcli.features.span import Span
from telcli.tables import contract

__all__ = ["coded", "grid", "later", "lines", "numbered", "people"]

_NEVER = 2**30
_FACTS = {"bills": "month", "usage": "month", "payments": "paid_at", "contacts": "opened_at"}


def numbered(bucket: Mapping[str, pl.LazyFrame]) -> pl.LazyFrame:
    """One row per customer: customer_id, joined_on and `who`, a small number in the order of customer_id."""
    chosen = contract("customers").conform(bucket["customers"]).select("customer_id", "joined_on")
    return chosen.sort("customer_id").with_row_index("who")


def coded(bucket: Mapping[str, pl.LazyFrame], everyone: pl.LazyFrame) -> dict[str, pl.LazyFrame]:
    """The other tables of the bucket with `who` in place of customer_id, without rows of nobody in `everyone`."""
    codes = everyone.select("customer_id", "who")
    coded = {
        name: contract(name)
        .conform(bucket[name])
        .select(contract(name).schema.column_names())
        .join(codes, on="customer_id")
        .drop("customer_id")
        for name in ("subscriptions", "subscription_history", "campaigns", "call_months", *_FACTS)
        if name in bucket
    }
    return coded | {name: coded[name].cache() for name in ("contacts",) if name in coded}


def lines(subjects: Mapping[str, pl.LazyFrame], everyone: pl.LazyFrame, span: Span) -> pl.LazyFrame | None:
    """One row per line known by the last month: `since` and `until` (month indices; `until` null while it lives).

    A line without a date of activation began when its customer joined, where that was before its end, else before the
    history. An end after the last month is not known yet. A line that is said to have ended, nobody knows when, is
    `lost`: it is never live. In a flat table every line lives: its end is what the label tells, and no feature may.
    """
    if "subscriptions" not in subjects:
        return None
    found = subjects["subscriptions"].join(everyone.select("who", "joined_on"), on="who")
    if span.snapshot:
        found = found.with_columns(ended_on=pl.lit(None, pl.Date), status=pl.lit(None, pl.String))
    until, joined = index_at(pl.col("ended_on")), index_at(pl.col("joined_on"))
    plausible = pl.when((joined <= until).fill_null(value=True)).then(joined)
    since = pl.coalesce(index_at(pl.col("activated_on")), plausible, span.first - 1)
    return found.with_columns(
        since=since.cast(pl.Int32),
        until=pl.when(until <= span.last).then(until),
        lost=(pl.col("status") == "ended").fill_null(value=False) & pl.col("ended_on").is_null(),
    ).filter(pl.col("since") <= span.last)


def people(
    bucket: Mapping[str, pl.LazyFrame], everyone: pl.LazyFrame, held: pl.LazyFrame | None, span: Span
) -> pl.LazyFrame:
    """The customers of the history: who, their months, and what is known of their beginning.

    `start` is the first month as a customer and may lie before the history, `begin` and `end` the first and last month
    within it; `opened` the first month with a line (null where no line is known), `origin` the day of joining (null
    where nothing tells it). Left out are those who are no customers in any month.
    """
    known = everyone.join(_first_facts(bucket, span), on="customer_id", how="left", maintain_order="left")
    if held is None:
        none = pl.lit(None, pl.Int32)
        known = known.with_columns(opened=none, closed=none, activated=pl.lit(None, pl.Date), lost=None)
    else:
        known = known.join(_of_lines(held), on="who", how="left", maintain_order="left")
    facts = any(name in bucket for name in _FACTS)
    dated = known.with_columns(
        start=_start(span, lined=held is not None, facts=facts),
        end=pl.lit(span.last, pl.Int32) if span.snapshot else pl.col("closed").fill_null(_NEVER).clip(None, span.last),
        origin=_origin(span),
    )
    bounded = dated.with_columns(begin=pl.col("start").clip(span.first, None))
    return bounded.filter(pl.col("begin") <= pl.col("end")).select(
        *("customer_id", "who", "start", "begin", "end", "opened", "origin")
    )


def later(known: pl.LazyFrame, first: int) -> pl.LazyFrame:
    """The customers with months from `first` on, as though they began in it where they began before."""
    begin = pl.max_horizontal("begin", pl.lit(first, pl.Int32))
    return known.filter(pl.col("end") >= first).with_columns(begin=begin)


def grid(known: pl.LazyFrame) -> pl.LazyFrame:
    """Every month `at` of every customer, without gaps, sorted; `pos` counts them from 0 within the customer."""
    months = pl.int_ranges("begin", pl.col("end") + 1, dtype=pl.Int32)
    rows = known.with_columns(at=months).explode("at", empty_as_null=False)
    return rows.with_columns(pos=pl.col("at") - pl.col("begin")).drop("end")


def _of_lines(held: pl.LazyFrame) -> pl.LazyFrame:
    usable = ~pl.col("lost")
    return held.group_by("who").agg(
        opened=pl.col("since").filter(usable).min(),
        closed=pl.col("until").fill_null(_NEVER).filter(usable).max(),
        activated=pl.col("activated_on").filter(usable).min(),
        lost=pl.col("lost").any(),
    )


def _first_facts(bucket: Mapping[str, pl.LazyFrame], span: Span) -> pl.LazyFrame:
    """The first month with a bill or with use; where neither is delivered, with a payment or a contact."""
    present = [name for name in _FACTS if name in bucket]
    telling = [name for name in ("bills", "usage") if name in present] or present
    if not telling:
        return bucket["customers"].select("customer_id", fact=pl.lit(None, pl.Int32))
    seen = [
        contract(name).conform(bucket[name]).select("customer_id", fact=index_at(pl.col(_FACTS[name])))
        for name in telling
    ]
    within = pl.concat(seen).filter(pl.col("fact").is_between(span.first, span.last))
    return within.group_by("customer_id").agg(pl.col("fact").min())


def _start(span: Span, *, lined: bool, facts: bool) -> pl.Expr:
    """The first month as a customer; null for those of whom nothing tells that they are.

    Facts before the first known line count, unless they may belong to a line that has ended, nobody knows when.
    """
    if span.snapshot:
        return pl.lit(span.first, pl.Int32)
    if lined:
        lost = pl.col("lost").fill_null(value=False)
        return pl.when(lost).then("opened").otherwise(pl.min_horizontal("opened", "fact"))
    known = pl.min_horizontal(index_at(pl.col("joined_on")), "fact")
    return known if facts else known.fill_null(span.first - 1)


def _origin(span: Span) -> pl.Expr:
    """The day of joining: what is on record; the month of the first fact where that is earlier or all there is.

    A first fact in the first month of the history tells nothing of when it all began.
    """
    recorded = pl.min_horizontal("joined_on", "activated")
    earlier = (pl.col("fact") < index_at(recorded)).fill_null(value=True) & (pl.col("fact") > span.first)
    return pl.when(earlier).then(date_at(pl.col("fact"))).otherwise(recorded)
