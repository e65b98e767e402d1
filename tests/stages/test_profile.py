"""telcli profile: what is missing, odd, late or moved is measured, where it is, and nothing else is."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import numpy as np
import polars as pl
import pytest

from telcli.errors import UsageError
from telcli.methods.drift import stability_index
from telcli.settings import ProfileSettings
from telcli.stages import Inputs, Outcome
from telcli.stages.profile import _owned, profile
from telcli.tables import contract

MAY, JUNE = date(2024, 5, 1), date(2024, 6, 1)
IDS = [f"k{at:03d}" for at in range(100)]
NORTH, SOUTH = IDS[:40], IDS[40:]


def customers(**columns: list[Any]) -> pl.LazyFrame:
    base = {"customer_id": IDS, "branch": ["North"] * 40 + ["South"] * 60, "customer_class": ["public"] * 100}
    return contract("customers").conform(pl.LazyFrame(base | columns, strict=False))


def view() -> pl.LazyFrame:
    rows = pl.LazyFrame({"customer_id": IDS}).join(pl.LazyFrame({"month": [MAY, JUNE]}), how="cross")
    return contract("customer_months").conform(rows.with_columns(active=pl.lit(True), left=pl.lit(False)))


def bills(may: list[float], june: list[float], who: list[str] = IDS) -> pl.LazyFrame:
    parts = [
        pl.LazyFrame({"customer_id": who[: len(amounts)], "amount": amounts}).with_columns(month=month)
        for month, amounts in ((pl.lit(MAY), may), (pl.lit(JUNE), june))
    ]
    return contract("bills").conform(pl.concat(parts).with_columns(kind=pl.lit("total")))


def measured(tables: dict[str, pl.LazyFrame], metrics: dict[str, Any] | None = None, **more: Any) -> Outcome:
    whole = {"customers": customers(), "customer_months": view()} | tables
    return profile(Inputs(whole, JUNE, choices={"metrics": metrics or {}}), ProfileSettings(**more))


def row(found: Outcome, table: str, column: str, scope: str = "all", name: str = "*") -> dict[str, Any]:
    (one,) = (
        found.tables["quality_profile"]
        .filter(table=table, column=column, scope=scope, name=name)
        .collect()
        .rows(named=True)
    )
    return one


def test_completeness_is_counted_by_branch_and_of_those_who_should_have_a_value() -> None:
    years = [None] * 10 + [1980] * 90
    classes = ["public"] * 95 + ["key"] * 5
    managers = [None] * 96 + ["M1"] * 4
    found = measured({"customers": customers(birth_year=years, customer_class=classes, manager_id=managers)})
    assert row(found, "customers", "birth_year")["completeness"] == pytest.approx(85 / 95)
    assert row(found, "customers", "birth_year", "branch", "North")["completeness"] == 30 / 40
    assert row(found, "customers", "birth_year", "branch", "South")["completeness"] == 1
    assert row(found, "customers", "manager_id")["completeness"] == 4 / 5
    worst = found.metrics["worst"]["completeness"][0]
    assert (worst["column"], worst["name"], worst["value"]) == ("birth_year", "North", 0.75)
    missing = found.tables["missing_attributes"].collect()
    assert contract("missing_attributes").split(missing.lazy()).rejected_rows == 0
    assert sorted(missing.filter(attribute="birth_year")["customer_id"]) == IDS[:10]
    assert missing.filter(attribute="manager_id")["customer_id"].to_list() == [IDS[95]]


def test_validity_counts_what_cannot_be_true() -> None:
    years = [1850] * 4 + [1980] * 96
    found = measured({"customers": customers(birth_year=years, joined_on=[date(2030, 1, 1)] + [MAY] * 99)})
    assert row(found, "customers", "birth_year")["validity"] == 0.96
    assert row(found, "customers", "birth_year", "branch", "North")["validity"] == 0.9
    assert row(found, "customers", "joined_on")["validity"] == 0.99


def test_drift_is_the_index_of_the_month_before_and_nothing_for_the_same() -> None:
    amounts = list(np.linspace(10, 100, 100))
    found = measured({"bills": bills(amounts, amounts)})
    assert row(found, "bills", "amount")["psi"] == 0
    assert row(found, "bills", "amount")["drift"] == "stable"
    later = [amount + 30 for amount in amounts]
    moved = row(measured({"bills": bills(amounts, later)}), "bills", "amount")
    edges = np.unique(np.quantile(amounts, np.arange(0.1, 0.95, 0.1)))
    expected = stability_index(*(np.histogram(side, [-1e9, *edges, 1e9])[0] for side in (amounts, later)))
    assert moved["psi"] == pytest.approx(expected, abs=1e-9)
    assert moved["drift"] == "shifted"
    notices = measured({"bills": bills(amounts, later)}).notices
    assert [one.values["columns"] for one in notices if one.code == "drift-shifted"] == ["bills.amount"]


def test_days_of_use_do_not_drift_because_a_month_is_longer() -> None:
    def used(may: list[float], june: list[float]) -> pl.LazyFrame:
        parts = [
            pl.LazyFrame({"customer_id": IDS, "active_days": days}).with_columns(month=pl.lit(month))
            for month, days in ((MAY, may), (JUNE, june))
        ]
        return contract("usage").conform(pl.concat(parts))

    always = measured({"usage": used([31.0, 30.0] * 50, [30.0, 29.0] * 50)})
    assert row(always, "usage", "active_days")["psi"] == 0
    less = measured({"usage": used([31.0, 30.0] * 50, [30.0, 30.0] * 50)})
    assert row(less, "usage", "active_days")["drift"] == "shifted"


@pytest.mark.slow
def test_a_late_table_and_a_branch_that_stopped_are_told() -> None:
    late = bills([5.0] * 100, [])
    assert row(measured({"bills": late}), "bills", "*")["lag_days"] == 30
    found = measured({"bills": bills([5.0] * 100, [5.0] * 40)})
    assert row(found, "bills", "*")["lag_days"] == 0
    south = row(found, "bills", "*", "branch", "South")
    assert (south["last_on"], south["lag_days"]) == (date(2024, 5, 31), 30)
    paid = {"payment_id": ["p1"], "customer_id": ["k001"], "paid_at": [datetime(2024, 6, 20, 9)], "amount": [5.0]}
    payments = contract("payments").conform(pl.LazyFrame(paid))
    assert row(measured({"payments": payments}), "payments", "*")["lag_days"] == 10


def test_sources_are_scored_by_what_ingest_saw() -> None:
    recorded = {
        "source": ["a.csv", "a.csv"],
        "table": ["bills", "bills"],
        "column": ["*", "amount"],
        "rows": [50, 50],
        "filled": [50, 40],
        "unreadable": [0, 5],
        "last_on": [JUNE, JUNE],
    }
    load = {"ingest": {"sources": [{"source": "a.csv", "table": "bills", "rows_read": 50, "rows_duplicate": 5}]}}
    found = measured({"source_quality": contract("source_quality").conform(pl.LazyFrame(recorded))}, load)
    amount = row(found, "bills", "amount", "source", "a.csv")
    assert (amount["completeness"], amount["validity"]) == (0.9, pytest.approx(40 / 45))
    assert row(found, "bills", "*", "source", "a.csv")["uniqueness"] == 0.9
    assert found.metrics["uniqueness"] == 0.9


def test_a_column_filled_with_zeros_is_told_and_one_not_given_is_left_out() -> None:
    found = measured({"bills": bills([0.0] * 100, [0.0] * 100)})
    assert [one.values["columns"] for one in found.notices if one.code == "zero-filled"] == ["bills.amount"]
    assert not found.tables["quality_profile"].filter(column="due_on").collect().height


def test_a_needed_column_that_went_empty_is_the_worst_of_all() -> None:
    months = [{"customer_id": IDS, "data_mb": mb, "month": [at] * 100} for at, mb in ((MAY, 5.0), (JUNE, None))]
    kinds = {"data_mb": pl.Float64}
    used = contract("usage").conform(pl.concat([pl.LazyFrame(one, schema_overrides=kinds) for one in months]))
    found = measured({"usage": used})
    assert (row(found, "usage", "data_mb")["completeness"], found.metrics["completeness"]) == (0, 0)
    assert row(found, "usage", "data_mb", "branch", "North")["psi"] is None
    assert not found.tables["quality_profile"].filter(column="call_minutes").collect().height, "never given"
    june = {"usage": used.filter(month=JUNE)}
    assert measured(june).metrics["completeness"] != 0
    told = {"source": ["u.csv"], "table": ["usage"], "column": ["data_mb"], "rows": [100], "filled": [0]}
    quality = contract("source_quality").conform(pl.LazyFrame(told | {"unreadable": [0], "last_on": [JUNE]}))
    assert row(measured(june | {"source_quality": quality}), "usage", "data_mb")["completeness"] == 0
    gender = {"table": ["customers"], "column": ["gender"]}
    unknown = measured({"source_quality": quality.with_columns(**{k: pl.lit(v[0]) for k, v in gender.items()})})
    assert row(unknown, "customers", "gender")["completeness"] == 0
    assert not unknown.tables["missing_attributes"].collect().height, "known of nobody, so asked of nobody"


def test_small_groups_are_measured_but_not_held_against_anybody() -> None:
    years = [None] * 2 + [1980] * 98
    tables = {"customers": customers(birth_year=years, branch=["Tiny"] * 2 + ["South"] * 98)}
    found = measured(tables)
    assert row(found, "customers", "birth_year", "branch", "Tiny")["completeness"] == 0
    assert found.metrics["completeness"] == 0.98
    assert measured(tables, min_rows=1).metrics["completeness"] == 0


def test_what_is_published_keeps_its_contract_and_a_wrong_name_is_a_sentence() -> None:
    found = measured({"bills": bills([5.0] * 100, [6.0] * 90)})
    assert not contract("quality_profile").split(found.tables["quality_profile"]).rejected_rows
    with pytest.raises(UsageError, match=r"no column bills\.amout"):
        measured({}, needed="bills.amout")


def test_a_table_that_names_the_number_alone_is_under_its_customers_branch() -> None:
    lines = {"subscription_id": [f"u{at}" for at in range(100)], "customer_id": IDS}
    tables = {"customers": customers().lazy(), "subscriptions": pl.LazyFrame(lines), "products": pl.LazyFrame(lines)}
    tables["products"] = tables["products"].select("subscription_id")
    branches = tables["customers"].select("customer_id", _branch="branch")
    owned = _owned(tables, "products", branches).collect()
    assert dict(owned.rows()) == dict(zip(lines["subscription_id"], ["North"] * 40 + ["South"] * 60, strict=True))
    assert _owned(tables | {"plans": pl.LazyFrame({"plan_id": ["a"]})}, "plans", branches).collect().height == 0


def test_where_no_branch_is_known_nothing_is_told_by_branch() -> None:
    found = measured({"customers": customers(branch=[None] * 100, birth_year=[1980] * 100)})
    assert found.tables["quality_profile"].collect()["scope"].unique().to_list() == ["all"]
