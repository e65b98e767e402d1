"""The stage customer-months: months chosen, buckets that do not show, metrics, notices, flat tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from telcli.errors import MissingInputError
from telcli.pipeline.keeping import keeper
from telcli.settings import CustomerMonthsSettings
from telcli.stages import Inputs, Outcome
from telcli.stages.customer_months import customer_months
from telcli.tables import contract
from tests.features.operators import Tables, random_operator, table

JUNE = date(2024, 6, 1)


def run(tables: Tables, as_of: date | None = None, **options: Any) -> Outcome:
    return customer_months(Inputs(tables, as_of), CustomerMonthsSettings(**options))


def made(outcome: Outcome) -> pl.DataFrame:
    rows = contract("customer_months").require(outcome.tables["customer_months"]).collect()
    return rows.sort("customer_id", "month")


def codes(outcome: Outcome) -> list[str]:
    return [notice.code for notice in outcome.notices]


def small(**more: list[dict[str, Any]]) -> Tables:
    """Two customers, billed from March to June 2024."""
    rows: dict[str, list[dict[str, Any]]] = {
        "customers": [{"customer_id": "a"}, {"customer_id": "b"}],
        "subscriptions": [
            {"subscription_id": "1", "customer_id": "a", "activated_on": date(2024, 1, 1)},
            {"subscription_id": "2", "customer_id": "b", "activated_on": date(2024, 1, 1)},
        ],
        "bills": [
            {"customer_id": name, "month": date(2024, number, 1), "kind": "total", "amount": 10.0}
            for name in "ab"
            for number in (3, 4, 5, 6)
        ],
    }
    return {name: table(name, found) for name, found in {**rows, **more}.items()}


@pytest.mark.slow
def test_payments_are_laid_by_customer_once_where_many_buckets_would_read_all_of_them(tmp_path: Path) -> None:
    tables, kept = random_operator(3, customers=12), keeper(tmp_path)
    told: list[str] = []

    def keep(frame: pl.LazyFrame) -> pl.LazyFrame:
        told.append(frame.collect_schema().names()[0])
        found = kept(frame)
        assert found.collect()["customer_id"].is_sorted()
        return found

    few = customer_months(Inputs(tables, None, keep=keep), CustomerMonthsSettings(bucket_customers=2))
    assert not told
    many = customer_months(Inputs(tables, None, keep=keep), CustomerMonthsSettings(bucket_customers=1))
    assert "payment_id" in told
    assert "customer_id" not in told
    assert made(many).equals(made(few))


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_the_size_of_buckets_does_not_show(seed: int) -> None:
    tables = random_operator(seed, customers=12)
    whole = run(tables)
    for size in (1, 5):
        parts = run(tables, bucket_customers=size)
        assert made(parts).equals(made(whole))
        assert parts.metrics == whole.metrics
        assert parts.notices == whole.notices


def test_it_runs_on_files_sorted_by_customer_and_says_how_far_it_is(tmp_path: Path) -> None:
    tables = random_operator(1, customers=12)
    for name, frame in tables.items():
        frame.sort("customer_id").sink_parquet(tmp_path / f"{name}.parquet")
    scanned = {name: pl.scan_parquet(tmp_path / f"{name}.parquet") for name in tables}
    heard: list[Sequence[Any]] = []
    inputs = Inputs(scanned, None, progress=lambda *told: heard.append(told))
    outcome = customer_months(inputs, CustomerMonthsSettings(bucket_customers=5))
    assert made(outcome).equals(made(run(tables)))
    assert heard == [("customers", done, 12) for done in (0, 4, 8, 12)]


def test_metrics_count_what_was_made() -> None:
    outcome = run(small())
    assert outcome.metrics == {
        "months": 4,
        "first_month": "2024-03-01",
        "last_month": "2024-06-01",
        "customers": 2,
        "rows": 8,
        "left": 0,
        "revenue": 80.0,
    }
    assert outcome.notices == ()


def test_payments_after_the_last_bills_make_no_month() -> None:
    late = [{"payment_id": "1", "customer_id": "a", "paid_at": datetime(2024, 7, 20), "amount": 10.0}]
    assert run(small(payments=late)).metrics["last_month"] == "2024-06-01"


def test_a_named_month_is_the_last_and_what_comes_later_is_not_used() -> None:
    outcome = run(small(), date(2024, 4, 1))
    assert outcome.metrics["last_month"] == "2024-04-01"
    assert made(outcome)["month"].max() == date(2024, 4, 1)


def test_a_long_history_is_cut_and_said_so() -> None:
    outcome = run(small(), max_months=3)
    assert outcome.metrics["first_month"] == "2024-04-01"
    assert codes(outcome) == ["months-cut"]
    assert made(outcome)["tenure_months"].to_list() == [3.0, 4.0, 5.0] * 2


def test_missing_and_thin_months_are_told() -> None:
    bills = [("a", 3), ("b", 3), ("a", 5), ("b", 5), ("c", 5), ("a", 6)]
    rows = [{"customer_id": name, "month": date(2024, k, 1), "kind": "total", "amount": 10.0} for name, k in bills]
    outcome = run(small(bills=rows, customers=[{"customer_id": name} for name in "abc"]))
    told = {notice.code: notice.message for notice in outcome.notices}
    assert "2024-04" in told["months-absent"]
    assert "1 rows in the last month 2024-06, after 3" in told["month-thin"]
    assert made(outcome).filter(month=date(2024, 4, 1))["revenue"].is_null().all()


@pytest.mark.parametrize(
    ("kinds", "half"), [(("data_mb",), True), (("data_mb", "calls_in"), False), (("active_days",), False)]
)
def test_use_of_one_kind_alone_is_told(kinds: tuple[str, ...], half: bool) -> None:
    use = [
        {"customer_id": name, "month": date(2024, number, 1), **dict.fromkeys(kinds, much)}
        for name, much in (("a", 5.0), ("b", 0.0))
        for number in (3, 4, 5, 6)
    ]
    outcome = run(small(usage=use))
    assert ("use-half-known" in codes(outcome)) == half
    last = made(outcome).filter(month=JUNE)
    assert last["months_since_use"].to_list() == [0.0, None if half else 4.0]


@pytest.mark.parametrize("table_name", ["bills", "usage"])
def test_rows_missing_between_those_of_a_customer_are_told(table_name: str) -> None:
    what = {"bills": {"kind": "total", "amount": 10.0}, "usage": {"active_days": 9.0}}[table_name]
    full = [{"customer_id": name, "month": date(2024, k, 1), **what} for name in "ab" for k in range(1, 7)]
    assert "rows-missing-between" not in codes(run(small(**{table_name: full})))
    thinned = [row for row in full if (row["customer_id"], row["month"].month) not in {("a", 3), ("a", 4)}]
    (told,) = (one for one in run(small(**{table_name: thinned})).notices if one.code == "rows-missing-between")
    assert (told.values["table"], told.values["gaps"], told.values["months"]) == (table_name, 2, 12)
    assert "(16.7%)" in told.message
    ended = [row for row in full if row["customer_id"] == "b" or row["month"].month < 3]
    assert "rows-missing-between" not in codes(run(small(**{table_name: ended}))), "who has none later has no gap"


def test_what_does_not_fit_is_told() -> None:
    bills = [
        {"customer_id": name, "month": date(2024, k, 1), "kind": "total", "amount": 10.0}
        for name, k in (("early", 3), ("early", 6), ("unlined", 5), ("stranger", 5))
    ]
    lines = [
        {"subscription_id": "1", "customer_id": "early", "activated_on": date(2024, 5, 1)},
        {"subscription_id": "2", "customer_id": "idle", "activated_on": date(2024, 5, 1)},
        {"subscription_id": "3", "customer_id": "gone", "status": "ended", "activated_on": date(2020, 1, 1)},
    ]
    names = [{"customer_id": name} for name in ("early", "unlined", "idle", "gone")]
    outcome = run(small(customers=names, subscriptions=lines, bills=bills))
    told = {notice.code: notice.values for notice in outcome.notices}
    assert told["customers-without-months"]["customers"] == 1
    assert told["customers-without-facts"]["customers"] == 1
    assert told["customers-without-lines"]["customers"] == 1
    assert told["facts-before-joining"]["customers"] == 1
    assert told["lines-ended-undated"]["lines"] == 1
    assert told["bills-outside-months"] == {"amount": 10.0, "billed": 40.0}


def test_a_labelled_flat_table_is_one_month_of_everybody() -> None:
    customers = [
        {"customer_id": name, "churned": churned} for name, churned in (("a", True), ("b", False), ("c", None))
    ]
    bills = [{"customer_id": "a", "month": JUNE, "kind": "total", "amount": 29.85}]
    lines = [{"subscription_id": "a", "customer_id": "a", "activated_on": date(2024, 5, 1), "ended_on": JUNE}]
    found = made(run(small(customers=customers, bills=bills, subscriptions=lines)))
    assert found["active"].to_list() == [True] * 3
    assert not found["left"].any()
    assert found["revenue"].to_list() == [29.85, None, None]
    assert found["tenure_months"].to_list() == [1.0, None, None]


def test_the_month_of_a_table_without_facts_is_the_one_that_ingest_took() -> None:
    tables = {"customers": table("customers", [{"customer_id": "a"}])}
    inputs = Inputs(tables, None, choices={"metrics": {"ingest": {"as_of": "2024-06-01"}}})
    assert made(customer_months(inputs, CustomerMonthsSettings()))["month"].to_list() == [JUNE]
    assert made(run(tables, JUNE))["month"].to_list() == [JUNE]
    assert run(tables, JUNE).metrics["revenue"] is None


def test_without_any_month_it_says_what_to_do() -> None:
    with pytest.raises(MissingInputError) as raised:
        run({"customers": table("customers", [{"customer_id": "a"}])})
    assert raised.value.code == "no-month-known"
    assert "--as-of" in raised.value.hint


def test_one_month_of_several_systems_is_no_flat_table() -> None:
    lines = [
        {"subscription_id": "1", "customer_id": "a", "activated_on": date(2024, 1, 1), "ended_on": date(2024, 6, 9)},
        {"subscription_id": "2", "customer_id": "b", "activated_on": date(2024, 1, 1), "ended_on": date(2024, 2, 9)},
    ]
    found = made(run(small(subscriptions=lines), date(2024, 3, 1)))
    assert found["customer_id"].to_list() == ["a"]
    found = made(run({name: frame for name, frame in small(subscriptions=lines).items() if name != "bills"}, JUNE))
    assert found.select("customer_id", "left").rows() == [("a", True)]


def test_no_customers_make_no_months() -> None:
    outcome = run(small(customers=[]))
    assert made(outcome).is_empty()
    assert outcome.metrics["rows"] == 0
    assert outcome.metrics["customers"] == 0
