"""Debts by account: a payment settles bills of its own account, and all accounts together owe what customers do."""

from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from telcli.stages import Outcome
from telcli.tables import contract
from tests.stages.test_assess_credit import JUNE, frame, run

MONTHS = [date(2023 + (6 + k) // 12, (6 + k) % 12 + 1, 1) for k in range(12)]


def tables(**attributes: Any) -> dict[str, pl.LazyFrame]:
    """One customer of two accounts, each billed 100 a month: A is paid ahead all the time, of B nothing since March."""
    rows = [(account, month, "total", "c", 100.0) for account in "AB" for month in MONTHS]
    accounts = frame("account_bills", rows, ["account_id", "month", "kind", "customer_id", "amount"])
    bills = [("c", month, "total", 200.0) for month in MONTHS]
    paid = [(account, k) for account, last in (("A", 12), ("B", 8)) for k in range(last)]
    money = pl.DataFrame(
        [
            (f"{account}{k}", "c", datetime(2023 + (6 + k) // 12, (6 + k) % 12 + 1, 28), 100.0, False)
            for account, k in paid
        ],
        ["payment_id", "customer_id", "paid_at", "amount", "reversed"],
        orient="row",
    ).with_columns(x_account_id=pl.Series([account for account, _ in paid]), **attributes)
    return {
        "customers": frame(
            "customers", [("c", "key", date(2023, 7, 1))], ["customer_id", "customer_class", "joined_on"]
        ),
        "bills": frame("bills", bills, ["customer_id", "month", "kind", "amount"]),
        "account_bills": accounts,
        "payments": money.lazy(),
    }


def rows(found: Outcome) -> dict[str, dict[str, Any]]:
    frame_ = found.tables["credit_accounts"].collect()
    assert contract("credit_accounts").schema.is_valid(frame_)
    return {row["account_id"]: row for row in frame_.to_dicts()}


def test_a_payment_settles_bills_of_its_own_account() -> None:
    found = run(tables())
    told = rows(found)
    a, b = told["A"], told["B"]
    assert [a[name] for name in ("arrears", "not_due", "credit", "step", "action")] == [0.0, 0.0, 0.0, "normal", None]
    # Of B what was billed from March on is open: due on 25 April, 25 May and 25 June, and that of June not yet due.
    assert [b[name] for name in ("arrears", "not_due", "days_past_due", "bucket")] == [300.0, 100.0, 66, "61-90"]
    assert (b["customer_id"], b["step"], b["action"]) == ("c", "bar-both", "manager")  # a key account
    # The customer's payments settle the oldest bills whichever they are of: later ones are past due of both together.
    whole = found.tables["credit_scores"].collect().row(0, named=True)
    assert whole["arrears"] + whole["not_due"] - whole["credit"] == 400.0
    assert whole["days_past_due"] < b["days_past_due"]
    metrics = found.metrics
    assert (metrics["accounts"], metrics["accounts_in_arrears"], metrics["accounts_arrears"]) == (2, 1, 300.0)


def test_payments_without_an_account_settle_none_and_are_told() -> None:
    some = pl.when(pl.col("payment_id") == "B7").then(None).otherwise("x_account_id")
    found = run({**tables(), "payments": tables()["payments"].with_columns(x_account_id=some)})
    assert rows(found)["B"]["arrears"] == 400.0
    assert found.metrics["payments_without_account"] == 100.0
    assert "credit-payments-without-account" in {notice.code for notice in found.notices}


@pytest.mark.parametrize("lacking", ["account_bills", "x_account_id"])
def test_nothing_is_told_where_bills_or_payments_name_no_account(lacking: str) -> None:
    given = tables()
    if lacking == "account_bills":
        del given["account_bills"]
    else:
        given["payments"] = given["payments"].drop("x_account_id")
    found = run(given)
    assert rows(found) == {}
    assert "accounts" not in found.metrics
    assert ("credit-accounts-unpaid" in {notice.code for notice in found.notices}) is (lacking == "x_account_id")
    assert found.as_of == JUNE
