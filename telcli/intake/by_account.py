"""Facts known by more than their customer: bills and payments of accounts, and invoices, several in a month."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from telcli.intake.facts import HIDDEN
from telcli.intake.repeats import summed_once
from telcli.tables.refused import FAULTS

__all__ = ["ACCOUNT", "BY_ACCOUNT", "account_sums", "by_account", "by_invoice"]

ACCOUNT = "x_account_id"
"""Attribute of payments that names the account, and of bills until they are added up to their customer."""
BY_ACCOUNT = ("bills", "payments")
"""Tables whose rows may be known by an account alone."""


def by_account(frame: pl.LazyFrame, holders: Iterable[pl.LazyFrame | None]) -> pl.LazyFrame:
    """Name the customer of facts that know only the account, by tables that have both, the first that knows it.

    An account of several customers, or that no table knows, stands for its customer itself: where customers are known
    it is refused as an orphan. Until facts are added up an account is told apart as a number is.

    >>> bills = pl.LazyFrame({"account_id": ["a", "b"]})
    >>> accounts = pl.LazyFrame({"account_id": ["a"], "customer_id": ["c"]})
    >>> by_account(bills, [accounts, None]).collect().rows(named=True)
    [{'customer_id': 'c', 'subscription_id': 'a'}, {'customer_id': 'b', 'subscription_id': 'b'}]
    """
    have = frame.collect_schema()
    nothing = pl.lit(None, dtype=pl.String)
    found = frame
    names = []
    for number, holder in enumerate(holders):
        if holder is None or not {"account_id", "customer_id"} <= set(holder.collect_schema()):
            continue
        names.append(f"_owner{number}")
        owners = (
            holder.select("account_id", "customer_id")
            .drop_nulls()
            .group_by("account_id")
            .agg(pl.when(pl.col("customer_id").n_unique() == 1).then(pl.col("customer_id").min()).alias(names[-1]))
        )
        found = found.join(owners, on="account_id", how="left", maintain_order="left")
    own = {name: pl.col(name) if name in have else nothing for name in ("customer_id", "subscription_id")}
    number_alone = own["subscription_id"].is_not_null()
    owner = pl.when(~number_alone).then(pl.coalesce(*names, "account_id"))
    return found.with_columns(
        customer_id=pl.coalesce(own["customer_id"], owner),
        subscription_id=pl.coalesce(own["subscription_id"], "account_id"),
    ).drop("account_id", *names)


def account_sums(frame: pl.LazyFrame) -> pl.LazyFrame:
    """The table account_bills: what accounts were billed, of rows of bills that name one in ACCOUNT.

    Rows at fault are left out here: `bills` refuses them.
    """
    have = frame.collect_schema()
    sound = (pl.col(FAULTS).list.len() == 0) & pl.col(ACCOUNT).is_not_null() & pl.col("customer_id").is_not_null()
    names = [name for name in ("month", "kind", "customer_id", "amount", "discount", "due_on") if name in have]
    rows = frame.filter(sound).select(pl.col(ACCOUNT).alias("account_id"), "subscription_id", *names, *HIDDEN)
    return summed_once(rows, ("account_id", "month", "kind")).filter(pl.col(FAULTS).list.len() == 0)


def by_invoice(frame: pl.LazyFrame, line: str = "subscription_id") -> pl.LazyFrame:
    """Invoices, each told apart by its number as the bills of a customer's lines are, until they are added up.

    `line` is the column of the line where there is one; an account, in its place, has several invoices a month.

    >>> by_invoice(pl.LazyFrame({"customer_id": ["c"], "bill_no": ["7"]})).collect().rows(named=True)
    [{'customer_id': 'c', 'subscription_id': '7'}]
    """
    have = frame.collect_schema()
    names = dict.fromkeys(name for name in (line, "bill_no", "subscription_id") if name in have)
    beside = [name for name in (line,) if name in have and name != "subscription_id"]
    return frame.with_columns(subscription_id=pl.coalesce(*names)).drop("bill_no", *beside)
