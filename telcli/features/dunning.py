"""Why somebody who owes is not to be dunned as others are, and who never meant to pay."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from telcli.features.receivables import Receivables
from telcli.features.said_yes import said_yes

__all__ = ["HOLDS", "first_unpaid", "held"]

HOLDS = ("disputed", "hardship", "complaint", "no-contact")
"""Reasons, the first that holds is told."""

_SAYS = {
    "disputed": ("disputed", "dispute", "bill_disputed", "in_dispute", "争议", "账单争议", "费用争议", "有争议"),
    "hardship": ("hardship", "in_hardship", "vulnerable", "困难", "困难客户", "特困", "低保"),
}
"""Names of attributes that say so by yes or no."""


def held(
    tables: Mapping[str, pl.LazyFrame],
    end: date,
    columns: tuple[str, ...] = (),
    refusing: tuple[str, ...] = (),
    owed: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Customers with a reason to be looked at before they are dunned: customer_id, hold; sorted, one row each.

    Parameters
    ----------
    tables : mapping
        customers, and contacts where there are some: a complaint not closed by `end` holds; bills with the attribute
        `x_disputed`.
    end : date
        The day of which it is told.
    columns : tuple of str
        Attributes of customers that say so, in place of those known by name; of hardship, unless named after disputes.
    refusing : tuple of str
        Customers not to be contacted.
    owed : polars.DataFrame or None
        customer_id and month of bills that are open: those disputed hold.

    >>> people = pl.LazyFrame({"customer_id": ["a", "b"], "x_disputed": ["yes", "no"]})
    >>> held({"customers": people}, date(2024, 6, 30)).rows()
    [('a', 'disputed')]
    """
    frame = tables["customers"]
    parts = []
    for why, attributes in _attributes(frame.collect_schema().names(), columns).items():
        if attributes:
            told = frame.filter(pl.any_horizontal(said_yes(name) for name in attributes))
            parts.append(told.select("customer_id", hold=pl.lit(why)))
    if owed is not None and "x_disputed" in tables["bills"].collect_schema():
        said = tables["bills"].filter(said_yes("x_disputed")).select("customer_id", "month")
        open_bills = said.join(owed.lazy(), on=["customer_id", "month"], how="semi")
        parts.append(open_bills.select("customer_id", hold=pl.lit("disputed")))
    if "contacts" in tables:
        open_ = pl.col("closed_at").is_null() | (pl.col("closed_at").dt.date() > end)
        said = tables["contacts"].filter(pl.col("kind") == "complaint", pl.col("opened_at").dt.date() <= end, open_)
        parts.append(said.select("customer_id", hold=pl.lit("complaint")))
    parts.append(
        pl.LazyFrame({"customer_id": list(refusing)}, {"customer_id": pl.String}).with_columns(
            hold=pl.lit("no-contact")
        )
    )
    order = pl.col("hold").replace_strict(list(HOLDS), list(range(len(HOLDS))), return_dtype=pl.Int32)
    found = pl.concat(parts).sort("customer_id", order).unique("customer_id", keep="first", maintain_order=True)
    return found.collect()


def _attributes(names: list[str], columns: tuple[str, ...]) -> dict[str, list[str]]:
    """The attributes that say so, by why."""
    if columns:
        said = [name for name in names if name in columns or name.removeprefix("x_") in columns]
        disputes = [name for name in said if "disput" in name.lower() or "争议" in name]
        return {"disputed": disputes, "hardship": [name for name in said if name not in disputes]}
    return {
        why: [name for name in names if name.startswith("x_") and name[2:].lower() in words]
        for why, words in _SAYS.items()
    }


def first_unpaid(book: Receivables, bills: pl.DataFrame, at: int, since: int) -> pl.DataFrame:
    """Whose first bill is past due and who never paid anything: who, sorted.

    Parameters
    ----------
    book : Receivables
        All bills and payments.
    bills : polars.DataFrame
        Open bills at the end of the month `at`, see `Receivables.open_at`.
    at, since : int
        The month, and the first month of the history: of who was billed in it nobody knows the first bill.
    """
    first = book.bills.group_by("who").agg(first=pl.col("at").min()).filter(pl.col("first") > since)
    late = bills.filter(pl.col("days") > 0).join(first, left_on=["who", "at"], right_on=["who", "first"], how="semi")
    paid = book.paid_by(at).filter(pl.col("paid") > 0)
    return late.select("who").unique().join(paid, on="who", how="anti").sort("who")
