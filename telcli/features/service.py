"""What the customer told the operator, and what became of it.

Everything is made of contacts; a contact belongs to the month in which it was opened, its closing to that in which it
was closed. A contact is

- a repeat (`repeats`) when the extract says so; where it says nothing, when one of the same kind and topic was opened
  within `AGAIN` days before it;
- `reopened` when another of the same topic had been closed at most `SOON` days before it.

    hours_to_close   = mean(closed - opened)                     hours, of the contacts closed in the month
    unresolved       = opened so far - closed so far             contacts open at the end of the month
    oldest_open_days = last day of the month - day of opening    days, of the oldest that is open then; 0 where none is
"""

from __future__ import annotations

import polars as pl

from telcli.features.exact import amount, units
from telcli.features.month_index import date_at, index_at
from telcli.features.span import Span

__all__ = ["AGAIN", "SOON", "told", "waiting"]

AGAIN, SOON = 30, 7
"""Days within which a contact about the same matter is a repeat, and one about a closed matter reopens it."""

_HOUR = 3600
_COUNTS = ("contacts", "complaints", "faults", "repeats", "reopened")


def told(contacts: pl.LazyFrame, folk: pl.LazyFrame) -> pl.LazyFrame:
    """One row per customer and month in which a contact was opened or closed.

    `_COUNTS` and ratings are of those opened in it, hours_to_close of those closed in it; `change` is that of the
    number of open contacts, where a contact opened before the customer's first month counts from there.
    """
    found = contacts.join(folk.select("who", "begin"), on="who")
    again = pl.col("repeat").fill_null(_again()).fill_null(value=False)
    marked = _back(found.sort("who", "topic", "opened_at", "contact_id").with_columns(again=again))
    opened, closed = index_at(pl.col("opened_at")), index_at(pl.col("closed_at"))
    own = opened >= pl.col("begin")
    begun = marked.select(
        "who",
        at=pl.max_horizontal(opened, "begin"),
        change=pl.lit(1),
        contacts=own,
        complaints=own & (pl.col("kind") == "complaint"),
        faults=own & (pl.col("kind") == "fault"),
        repeats=own & pl.col("again"),
        reopened=own & pl.col("back"),
        rating=pl.when(own).then("rating"),
    )
    ended = found.filter(closed.is_not_null()).select(  # max_horizontal would take null for the first month
        "who",
        at=pl.max_horizontal(closed, "begin"),
        change=pl.lit(-1),
        seconds=pl.when(closed >= pl.col("begin")).then((pl.col("closed_at") - pl.col("opened_at")).dt.total_seconds()),
    )
    return _monthly(pl.concat([begun, ended], how="diagonal"))


def _monthly(rows: pl.LazyFrame) -> pl.LazyFrame:
    points, seconds = units(pl.col("rating")), pl.col("seconds")
    sums = rows.group_by("who", "at").agg(
        pl.col("change").sum(),
        pl.col(*_COUNTS).sum().cast(pl.Float64),
        points=points.sum(),
        rated=points.count(),
        lowest_rating=pl.col("rating").min(),
        seconds=seconds.sum(),
        closings=seconds.count(),
    )
    return sums.select(
        *("who", "at", "change", "lowest_rating", *_COUNTS),
        has_contact=pl.when(pl.col("contacts") > 0).then(pl.lit(value=True)),
        rating=pl.when(pl.col("rated") > 0).then(amount(pl.col("points")) / pl.col("rated")),
        hours_to_close=pl.when(pl.col("closings") > 0).then(pl.col("seconds") / (pl.col("closings") * _HOUR)),
    )


def _same(*columns: str) -> pl.Expr:
    """Whether the row before has the same known values."""
    return pl.all_horizontal((pl.col(name) == pl.col(name).shift(1)).fill_null(value=False) for name in columns)


def _again() -> pl.Expr:
    """Over contacts sorted by customer, topic and opening: whether the like was opened shortly before."""
    last = pl.col("opened_at").shift(1).over("who", "topic", "kind")
    soon = pl.col("opened_at") - last <= pl.duration(days=AGAIN)
    return soon & pl.col("topic").is_not_null() & pl.col("kind").is_not_null()


def _back(contacts: pl.LazyFrame) -> pl.LazyFrame:
    """Contacts, sorted by customer, topic and opening, with `back`: whether another had been closed shortly before.

    One that was closed in the very moment is looked for in the row before alone: a contact may be as short itself.
    """
    key, soon = ["who", "topic"], pl.duration(days=SOON)
    at_once = _same(*key) & (pl.col("opened_at") == pl.col("closed_at").shift(1))
    ended = contacts.select(*key, "closed_at").drop_nulls().sort("closed_at")
    told = (
        contacts.with_columns(_at_once=at_once)
        .with_row_index("_row")
        .sort("opened_at")
        .join_asof(
            ended.with_columns(_closed="closed_at"),
            left_on="opened_at",
            right_on="closed_at",
            by=key,
            strategy="backward",
            allow_exact_matches=False,
            check_sortedness=False,
        )
    )
    near = (pl.col("opened_at") - pl.col("_closed") <= soon) & pl.col("topic").is_not_null()
    back = (near | pl.col("_at_once")).fill_null(value=False)
    return told.sort("_row").with_columns(back=back).drop("_row", "_closed", "_at_once")


def waiting(contacts: pl.LazyFrame, span: Span, since: int) -> pl.LazyFrame:
    """One row per customer and month from `since` on at whose end a contact is open: oldest_open_days.

    Of those never closed, the oldest alone matters.
    """
    opened, closed = index_at(pl.col("opened_at")), index_at(pl.col("closed_at"))
    passed = contacts.filter(closed > opened).select("who", "opened_at", end=closed - 1)
    never = contacts.filter(closed.is_null()).group_by("who").agg(pl.col("opened_at").min())
    both = pl.concat([passed, never.with_columns(end=pl.lit(span.last, pl.Int32))])
    first, last = pl.max_horizontal(opened, pl.lit(since, pl.Int32)), pl.min_horizontal("end", span.last)
    open_ = both.select("who", "opened_at", first=first, last=last).filter(pl.col("first") <= pl.col("last"))
    months = open_.with_columns(at=pl.int_ranges("first", pl.col("last") + 1, dtype=pl.Int32))
    rows = months.explode("at", empty_as_null=False).group_by("who", "at").agg(pl.col("opened_at").min())
    age = date_at(pl.col("at") + 1) - pl.col("opened_at").dt.date()
    return rows.select("who", "at", oldest_open_days=(age.dt.total_days() - 1).cast(pl.Float64))
