"""What customers owe: against the view with a row per customer and month, by hand, and where there is nothing."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from telcli.errors import MissingInputError, UsageError
from telcli.settings import AssessCreditSettings
from telcli.stages import Inputs, Outcome
from telcli.stages.assess_credit import assess_credit
from telcli.tables import contract

JUNE = date(2024, 6, 1)


def operator() -> dict[str, pl.LazyFrame]:
    """Three customers of a year: a pays in time, b has stopped in March, c never paid; each is billed 100 a month."""
    months = [date(2023 + (6 + k) // 12, (6 + k) % 12 + 1, 1) for k in range(12)]
    bills = [(who, month, "total", 100.0) for who in "abc" for month in months]
    paid = [("a", k, 100.0) for k in range(11)] + [("b", k, 100.0) for k in range(8)]
    rows = [
        (f"{who}{k}", who, datetime(2023 + (7 + k) // 12, (7 + k) % 12 + 1, 20, 9), amount, False)
        for who, k, amount in paid
    ]
    people = [(who, "key" if who == "b" else "public", date(2023, 7, 1)) for who in "abc"]
    return {
        "customers": frame("customers", people, ["customer_id", "customer_class", "joined_on"]),
        "bills": frame("bills", bills, ["customer_id", "month", "kind", "amount"]),
        "payments": frame("payments", rows, ["payment_id", "customer_id", "paid_at", "amount", "reversed"]),
    }


def frame(table: str, rows: list[Any], names: list[str]) -> pl.LazyFrame:
    return contract(table).conform(pl.DataFrame(rows, names, orient="row").lazy())


def run(tables: Mapping[str, pl.LazyFrame], as_of: date = JUNE, **chosen: Any) -> Outcome:
    return assess_credit(Inputs(tables, as_of), AssessCreditSettings(**chosen))


def test_three_customers_by_hand() -> None:
    found = run(operator())
    rows = found.tables["credit_scores"].collect().sort("customer_id")
    # Of c all bills but that of June, due on 25 July, are past due: the first since 25 August, 310 days.
    assert rows.select("customer_id", "arrears", "not_due", "days_past_due", "bucket", "dunning_step").rows() == [
        ("a", 0.0, 100.0, 0, "0", "normal"),
        ("b", 300.0, 100.0, 66, "61-90", "bar-both"),
        ("c", 1100.0, 100.0, 310, "181-365", "disconnect"),
    ]
    assert found.metrics["arrears_share"] == pytest.approx(1400 / 1700)
    ages = found.tables["credit_ageing"].collect().filter(dimension="all")
    assert dict(ages.select("bucket", "balance").rows())["181-365"] == 500.0
    assert ages.filter(pl.col("bucket") != "credit")["balance"].sum() == 1700.0
    assert contract("credit_scores").schema.is_valid(rows)


def test_small_groups_are_withheld() -> None:
    by_class = run(operator()).tables["credit_ageing"].collect().filter(dimension="customer_class")
    assert by_class.height and by_class["balance"].null_count() == by_class.height


def test_a_payment_taken_back_never_was() -> None:
    tables = operator()
    tables["payments"] = tables["payments"].with_columns(reversed=pl.col("customer_id") == "a")
    assert run(tables).tables["credit_scores"].collect().sort("customer_id")["arrears"].to_list() == [1100, 300, 1100]


@pytest.mark.parametrize("steps", ["remind", "remind:0", "a:9, b:9", "a:1, a:2", "a:-1"])
def test_steps_that_are_none(steps: str) -> None:
    with pytest.raises(UsageError, match="steps"):
        run(operator(), steps=steps)


def test_nothing_billed() -> None:
    tables = operator()
    with pytest.raises(MissingInputError, match="no bill"):
        run({**tables, "bills": tables["bills"].filter(pl.lit(value=False))})
    with pytest.raises(MissingInputError, match="no payment"):
        run({**tables, "payments": tables["payments"].filter(pl.lit(value=False))}, JUNE)
