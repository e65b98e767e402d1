"""Part of assess-credit: debts by account, where bills and payments name one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl

from telcli.features.exact import UNITS, amount
from telcli.features.receivables import BUCKETS
from telcli.stages import Inputs
from telcli.stages.assess_credit_ageing import owing
from telcli.stages.assess_credit_dunning import looked_at
from telcli.stages.assess_credit_ground import Ground, booked, lent
from telcli.stages.assess_credit_steps import with_steps
from telcli.tables import contract

__all__ = ["by_accounts"]

_ACCOUNT = "x_account_id"


def by_accounts(ground: Ground, rates: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, Any]]:
    """The table credit_accounts, and figures of it; no rows where bills or payments name no account.

    Each payment settles the oldest bills of its own account, where those of customers settle the oldest of all. One
    that names no account settles none here.

    Parameters
    ----------
    ground : Ground
        The run.
    rates : polars.DataFrame
        By customer (`who`) what of debts of each age is expected to be paid within a month, see `recovery`.
    """
    none = contract("credit_accounts").schema.create_empty()
    bills, payments = ground.inputs.tables.get("account_bills"), ground.inputs.tables["payments"]
    if bills is None:
        return none, {}
    if _ACCOUNT not in payments.collect_schema():
        ground.tell(
            "credit-accounts-unpaid",
            "Bills name accounts and payments do not: debts are told by customer alone. Ingest payments by account.",
        )
        return none, {}
    owners = bills.group_by("account_id").agg(pl.col("customer_id").max()).collect().sort("account_id")
    book = booked(_as_customers(ground.inputs, owners), ground.settings, ground.as_of, *lent(ground.inputs))
    if book is None:
        return none, {}
    own = replace(ground, book=book.book, folk=_left_with(ground, book.folk, owners), notices=[])
    owed = with_steps(own, owing(own))
    rows = owed.rename({"customer_id": "account_id"}).drop("who").join(owners, on="account_id", how="left")
    whose = ground.folk.select("customer_id", "who").join(rates, on="who", how="left").drop("who")
    rows = rows.join(whose, on="customer_id", how="left")
    table = _table(ground, looked_at(ground, rows.sort("account_id")))
    return table, _figures(ground, table, payments)


def _as_customers(inputs: Inputs, owners: pl.DataFrame) -> dict[str, pl.LazyFrame]:
    """Bills, payments and lines with the account in place of the customer, and accounts as customers."""
    tables, mine = inputs.tables, owners.lazy()
    people = tables["customers"]
    kept = [name for name in ("joined_on",) if name in people.collect_schema()]
    customers = mine.join(people.select("customer_id", *kept), on="customer_id", how="left")
    found = {
        "customers": customers.drop("customer_id").rename({"account_id": "customer_id"}),
        "bills": tables["account_bills"].drop("customer_id").rename({"account_id": "customer_id"}),
    }
    for table, account in (("payments", _ACCOUNT), ("subscriptions", "account_id")):
        if table in tables and account in tables[table].collect_schema():
            rows = tables[table].filter(pl.col(account).is_not_null()).with_columns(customer_id=pl.col(account))
            found[table] = rows.join(mine.select(customer_id="account_id"), on="customer_id", how="semi")
    return found


def _left_with(ground: Ground, folk: pl.DataFrame, owners: pl.DataFrame) -> pl.DataFrame:
    """Accounts with the last month of their customer: whose customer stays, that is written off of nothing."""
    last = ground.folk.select("customer_id", owner_last="last")
    known = folk.join(owners, left_on="customer_id", right_on="account_id", how="left", suffix="_owner")
    known = known.join(last, left_on="customer_id_owner", right_on="customer_id", how="left", maintain_order="left")
    return known.with_columns(last=pl.coalesce("owner_last", "last")).select(folk.columns)


def _table(ground: Ground, rows: pl.DataFrame) -> pl.DataFrame:
    terms = (pl.col(f"owed_{age}") * pl.col(f"back_{age}").fill_null(0.0) for age in range(1, len(BUCKETS)))
    return rows.select(
        "account_id",
        pl.lit(ground.as_of).alias("as_of"),
        "customer_id",
        arrears=amount(pl.col("past_due")),
        days_past_due=pl.col("days").cast(pl.Int64),
        bucket=pl.col("bucket").replace_strict(list(range(len(BUCKETS))), list(BUCKETS), return_dtype=pl.String),
        not_due=amount(pl.col("owed_0")),
        credit=amount(pl.col("credit")),
        late_fee=pl.col("fee"),
        written_off=amount(pl.col("off")),
        step="step",
        action=pl.when(pl.col("place") > 0).then("action"),
        step_on="step_on",
        next_step="next_step",
        next_step_on="next_step_on",
        expected_recovery=(pl.sum_horizontal(terms) / UNITS).round(2),
        hold="hold",
    )


def _figures(ground: Ground, table: pl.DataFrame, payments: pl.LazyFrame) -> dict[str, Any]:
    """Accounts past due, whose, with what, and what was paid without an account by the end of the month."""
    late = table.filter(pl.col("arrears") > 0)
    stood = ~pl.col("reversed").fill_null(value=False) & (pl.col("paid_at").dt.date() <= ground.end)
    apart = payments.filter(stood, pl.col(_ACCOUNT).is_null())
    cents = apart.select((pl.col("amount") * 100).round().cast(pl.Int64).sum()).collect().item()
    if cents:
        ground.tell(
            "credit-payments-without-account",
            "Payments of {amount} name no account: they settle debts of customers, and none of accounts.",
            amount=f"{cents / 100:,.2f}",
        )
    return {
        "accounts": table.height,
        "accounts_in_arrears": late.height,
        "accounts_customers_in_arrears": late["customer_id"].n_unique(),
        "accounts_arrears": int((late["arrears"] * 100).round().cast(pl.Int64).sum()) / 100,
        "payments_without_account": cents / 100,
    }
