"""When customers may leave: the outcome window as scored, fading to tenure, tested on months held back."""

from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest

from telcli.settings import PredictChurnSettings
from telcli.stages import Inputs, Outcome
from telcli.stages.predict_churn import predict_churn
from telcli.tables import contract
from tests.stages.test_predict_churn import AS_OF, flat, monthly

HAZARDS = [f"hazard_{month}" for month in range(1, 13)]


def told(months: int, rows: int, **settings: Any) -> Outcome:
    return predict_churn(Inputs(monthly(rows, months), AS_OF), PredictChurnSettings(**settings))


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return told(18, 6000)


def when(outcome: Outcome) -> pl.DataFrame:
    found: pl.DataFrame = contract("churn_when").require(outcome.tables["churn_when"]).collect()
    return found


def test_the_window_is_what_the_scores_say(outcome: Outcome) -> None:
    table = when(outcome)
    scores = outcome.tables["churn_scores"].select("customer_id", "churn_probability").collect()
    both = table.join(scores, on="customer_id", how="full", coalesce=True)
    assert both.null_count().sum_horizontal().item() == 0
    window = 1.0 - (1.0 - both["hazard_2"]) * (1.0 - both["hazard_3"])
    assert np.allclose(window, both["churn_probability"], atol=1e-9)
    stays = np.cumprod(1.0 - table.select(HAZARDS).to_numpy(), axis=1)
    for month in (3, 6, 12):
        assert np.allclose(table[f"stay_{month}"], stays[:, month - 1])


def test_stays_fall_and_expected_months_are_bounded(outcome: Outcome) -> None:
    table = when(outcome)
    assert (table["stay_3"] >= table["stay_6"]).all()
    assert (table["stay_6"] >= table["stay_12"]).all()
    assert table["expected_months"].is_between(0, 24).all()
    assert (table["expected_months"] >= 12 * table["stay_12"] - 1e-3).all()


def test_scores_are_used_because_they_told_better(outcome: Outcome) -> None:
    found = outcome.metrics["when"]
    test = found["test"]
    assert test["as_of"] == "2023-12"
    assert test["months"] == 6
    assert test["gain"] > 5 * test["gain_error"]
    assert abs(test["expected"] / test["left"] - 1) < 0.15
    assert found["used"] == (test["later_gain"] > 2 * test["later_gain_error"])


def test_month_by_month_of_all(outcome: Outcome) -> None:
    table: pl.DataFrame = contract("churn_hazard").require(outcome.tables["churn_hazard"]).collect()
    each = when(outcome)
    assert table["month"].to_list()[0] == date(2024, 7, 1)
    assert abs(table["hazard"][0] - each["hazard_1"].mean()) < 1e-9
    assert abs(table["staying"][2] - each["stay_3"].mean()) < 1e-9
    assert table["expected_leavers"].sum() == pytest.approx((1 - each["stay_12"]).sum(), abs=1e-2)
    assert table["tested_left"].drop_nulls().len() == 6
    assert table["tested_left"].sum() == outcome.metrics["when"]["test"]["left"]


@pytest.mark.slow
def test_a_short_history_uses_tenure_after_the_window() -> None:
    found = told(7, 2500)
    assert found.metrics["when"]["used"] is False
    assert found.metrics["when"]["test"] is None
    table = when(found)
    window = 1.0 - (1.0 - table["hazard_2"]) * (1.0 - table["hazard_3"])
    scores = found.tables["churn_scores"].select("customer_id", "churn_probability").collect()
    both = table.with_columns(window=window).join(scores, on="customer_id")
    assert np.allclose(both["window"], both["churn_probability"])


def test_one_labelled_table_tells_nothing_of_when() -> None:
    found = predict_churn(Inputs(flat(400), AS_OF), PredictChurnSettings())
    assert found.metrics["when"] is None
    assert "churn_when" not in found.tables


@pytest.mark.slow
def test_other_expectations_of_score_value_are_told() -> None:
    tables = monthly(2500, 12)
    people = tables["customer_months"].filter(pl.col("month") == AS_OF).select("customer_id")
    values = people.with_columns(
        as_of=pl.lit(AS_OF), retention_value=pl.lit(100.0), expected_months=pl.lit(23.9), value_tier=pl.lit("gold")
    )
    found = predict_churn(Inputs({**tables, "value_scores": values}, AS_OF), PredictChurnSettings())
    assert "stays-apart" in [notice.code for notice in found.notices]


@pytest.mark.slow
def test_leaving_is_what_the_operator_calls_so() -> None:
    tables = monthly(3000, 9)
    kinds = pl.when(pl.col("customer_id").str.ends_with("1")).then(pl.lit("voluntary")).otherwise(pl.lit("involuntary"))
    left = tables["customer_months"].filter("left").select("customer_id", gone=pl.col("month"))
    lines = tables["subscriptions"].drop("ended_on", strict=False).join(left, on="customer_id", how="left")
    ended = lines.with_columns(end_reason=pl.when(pl.col("gone").is_not_null()).then(kinds)).rename(
        {"gone": "ended_on"}
    )
    some = {**tables, "subscriptions": ended}
    found = [
        predict_churn(Inputs(some, AS_OF), PredictChurnSettings(churn_kinds=kind, outcome_months=1))
        for kind in ("voluntary,involuntary", "involuntary")
    ]
    every, fewer = (when(each) for each in found)
    assert every["expected_months"].mean() < fewer["expected_months"].mean()
