"""From a bucket of whole customers to their months: the one function that makes customer_months, wherever it runs."""

from __future__ import annotations

import math
from collections.abc import Mapping

import polars as pl

from telcli.features.contract import HELD, holdings, tenure
from telcli.features.history import HISTORY, history
from telcli.features.money import arrears, billed, due, paid
from telcli.features.month_index import date_at
from telcli.features.people import coded, grid, lines, numbered, people
from telcli.features.presence import presence
from telcli.features.service import contacted, stock
from telcli.features.span import USE, Span
from telcli.features.use import months_since, usage, used
from telcli.tables.months import FACTS, FEATURES

__all__ = ["customer_months"]

_MONEY = ("revenue", "discount", "recurring_fee")
_SERVICE = ("contacts", "complaints", "faults")
_JOINED: dict[str, pl.DataType | type[pl.DataType]] = {
    **dict.fromkeys((*HELD, *_MONEY, *USE, *_SERVICE, "beyond", "extra", "paid", "rating"), pl.Float64),
    **dict.fromkeys(("due", "cash"), pl.Int64),
    **dict.fromkeys(("prepaid", "quit", "began", "has_bill", "has_use", "has_contact"), pl.Boolean),
    **dict.fromkeys(("lines", "change"), pl.UInt32),
}
"""What the subjects add to the grid; null where a subject is not there."""


def customer_months(
    bucket: Mapping[str, pl.LazyFrame], span: Span, *, prepaid_inactive_days: int = 90, due_months: int = 1
) -> pl.LazyFrame:
    """One row per customer and month, as the contract of customer_months says, sorted by customer and month.

    Pure and deterministic: the rows depend neither on the order of the input rows nor on how customers are bucketed. A
    row depends on its month and earlier ones alone; see `presence` for the one exception, `left` in the last month.

    Parameters
    ----------
    bucket
        Subject tables by name, with all rows of the customers in `customers` (rows of others do not matter).
        Every table but customers may be absent.
    span
        The months, and what the sources speak of, found over all customers (`survey.span_of`).
    prepaid_inactive_days
        A customer with prepaid lines alone leaves after so long without a sign of life; counted in whole months,
        rounded up from 30 days.
    due_months
        Months from the month billed to the month in which a bill without a `due_on` falls due.

    >>> from datetime import date
    >>> customers = pl.LazyFrame({"customer_id": ["a"], "joined_on": [date(2024, 4, 16)]})
    >>> at = 2024 * 12 + 4
    >>> customer_months({"customers": customers}, Span(at, at + 1)).select("month", "tenure_months").collect().rows()
    [(datetime.date(2024, 5, 1), 0.5), (datetime.date(2024, 6, 1), 1.5)]
    """
    everyone = numbered(bucket)
    subjects = coded(bucket, everyone)
    held = lines(subjects, everyone, span)
    folk = people(subjects, everyone, held, span)
    parts = _parts(subjects, folk, span, due_months) + ([] if held is None else [holdings(held, span)])
    rows = _assembled(grid(folk), parts)
    featured = _monthly(rows, span)
    present = presence(featured, span, math.ceil(prepaid_inactive_days / 30))
    monthly = [name for name in FEATURES if name not in HISTORY]
    masked = present.with_columns(pl.when("kept").then(pl.col(name)).alias(name) for name in monthly)
    kept = history(masked, span).filter("kept")
    return kept.with_columns(month=date_at(pl.col("at"))).select(
        *FACTS, *(pl.col(name).cast(pl.Float64) for name in FEATURES)
    )


def _parts(subjects: Mapping[str, pl.LazyFrame], folk: pl.LazyFrame, span: Span, due_months: int) -> list[pl.LazyFrame]:
    """What each subject says, one row per customer and month of which it says something."""
    parts = []
    if "bills" in subjects:
        bills = billed(subjects["bills"], due_months)
        parts += [bills.drop("net", "falls"), due(bills)]
    if "payments" in subjects:
        parts += [paid(subjects["payments"], folk, span)]
    if "usage" in subjects:
        parts += [usage(subjects["usage"])]
    if "contacts" in subjects:
        parts += [contacted(subjects["contacts"]), stock(subjects["contacts"], folk)]
    return parts


def _assembled(rows: pl.LazyFrame, parts: list[pl.LazyFrame]) -> pl.LazyFrame:
    """The grid with everything that the subjects say; null where a subject is not there."""
    have: set[str] = set()
    for part in parts:
        rows = rows.join(part, on=["who", "at"], how="left", maintain_order="left")
        have |= set(part.collect_schema())
    return rows.with_columns(pl.lit(None, kind).alias(name) for name, kind in _JOINED.items() if name not in have)


def _monthly(rows: pl.LazyFrame, span: Span) -> pl.LazyFrame:
    """Add the features of single months."""
    beyond = pl.when(pl.col("beyond") > 0).then("beyond").otherwise(pl.coalesce("extra", "beyond"))
    open_now = pl.col("change").fill_null(0).cum_sum().over("who").cast(pl.Float64)
    told = rows.with_columns(
        tenure(),
        arrears(span),
        *(span.known(name, "has_bill") for name in _MONEY),
        *(span.known(name, "has_use") for name in USE),
        *(span.known(name, "has_contact") for name in _SERVICE),
        span.known("paid", "cash"),
        over_bundle_fee=beyond,
        has_fee=pl.coalesce("has_bill", "has_use"),
        unresolved=pl.when(span.knows("unresolved")).then(open_now),
    )
    return told.with_columns(span.known("over_bundle_fee", "has_fee"), used=used(span)).with_columns(
        months_since_use=_since_use(), acts=pl.col("used") | (pl.col("cash") > 0).fill_null(value=False)
    )


def _since_use() -> pl.Expr:
    """Months since any use; where none was ever seen, the months since the first one, that one included."""
    since = pl.coalesce(months_since("used"), pl.col("pos") + 1)
    return pl.when(pl.col("used").is_not_null()).then(since)
