"""Drift: quiet where nothing has changed, loud where customers, scores or outcomes have."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest

from telcli.settings import PredictChurnSettings
from telcli.stages import Earlier, Inputs, Outcome, SavedModel, predict_churn_drift
from telcli.stages.predict_churn import predict_churn
from telcli.stages.predict_churn_drift import _alike
from telcli.stages.predict_churn_labels import labels_at
from telcli.tables import contract
from tests.stages.test_predict_churn import AS_OF, Tables, flat, monthly

MARCH = date(2024, 3, 1)


@pytest.fixture(scope="module")
def march() -> Outcome:
    """Trained on what was known in March."""
    tables = monthly(1500)
    months = tables["customer_months"].filter(pl.col("month") <= MARCH)
    return predict_churn(Inputs({**tables, "customer_months": months}, MARCH), PredictChurnSettings())


def saved(outcome: Outcome) -> SavedModel:
    model, description = outcome.models["churn"]
    return SavedModel(model, {**description, "sha256": "0"}, "churn")


def june(tables: Tables, outcome: Outcome, *past: Earlier) -> Outcome:
    inputs = Inputs(tables, AS_OF, model=saved(outcome), past=past)
    return predict_churn(inputs, PredictChurnSettings())


def earlier(outcome: Outcome, **metrics: Any) -> Earlier:
    return Earlier(MARCH, {"churn_scores": outcome.tables["churn_scores"].collect().lazy()}, metrics)


def rows(outcome: Outcome, kind: str) -> list[dict[str, Any]]:
    found = contract("churn_drift").require(outcome.tables["churn_drift"]).collect()
    return found.filter(pl.col("kind") == kind).to_dicts()


def test_nothing_has_changed_and_nothing_is_said(march: Outcome) -> None:
    outcome = june(monthly(1500), march, earlier(march))
    (month,) = rows(outcome, "outcome")
    assert month["name"] == "2024-03"
    assert month["low"] <= month["realised"] <= month["high"]
    assert month["low"] < month["expected"] < month["high"]
    assert month["auc_low"] <= month["auc"] <= month["auc_high"]
    assert month["advice"] == "none"
    assert outcome.metrics["retrain"] == 0
    assert sorted(row["name"] for row in rows(outcome, "feature")) == sorted(outcome.metrics["features"])
    assert "model-drifted" not in [notice.code for notice in outcome.notices]


def test_realised_churn_is_counted_as_the_label_counts_it(march: Outcome) -> None:
    """By hand: active in March, not gone in the gap of April, gone in May or June."""
    months = monthly(1500)["customer_months"].collect()
    gone = months.filter("left").group_by("customer_id").agg(pl.col("month").min())
    here = months.filter((pl.col("month") == MARCH) & pl.col("active") & ~pl.col("left"))["customer_id"]
    in_window = gone.filter(
        pl.col("month").is_in([date(2024, 5, 1), AS_OF]) & pl.col("customer_id").is_in(here.implode())
    )
    (month,) = rows(june(monthly(1500), march, earlier(march)), "outcome")
    assert month["realised"] == in_window.height
    in_gap = gone.filter(pl.col("month") == date(2024, 4, 1))["customer_id"]
    scores = march.tables["churn_scores"].collect().filter(~pl.col("customer_id").is_in(in_gap.implode()))
    assert month["expected"] == pytest.approx(scores["churn_probability"].sum())


def test_customers_who_have_changed_are_seen_and_scores_with_them(march: Outcome) -> None:
    tables = monthly(1500)
    now = pl.col("month") == AS_OF
    worse = tables["customer_months"].with_columns(
        data_mb_change_3=pl.when(now).then(pl.col("data_mb_change_3") - 0.5).otherwise("data_mb_change_3").clip(-1.0)
    )
    outcome = june({**tables, "customer_months": worse}, march)
    found = {row["name"]: row for row in rows(outcome, "feature")}
    assert next(iter(found)) == "data_mb_change_3", "what shifted most comes first"
    assert found["data_mb_change_3"]["band"] == "shifted"
    assert found["data_mb_change_3"]["advice"] == "watch"
    assert found["complaints"]["band"] == "stable"
    assert outcome.metrics["drift_max_psi"] == found["data_mb_change_3"]["psi"] > 0.25
    assert outcome.metrics["drifted"][0]["column"] == "data_mb_change_3"
    (score,) = rows(outcome, "score")
    assert score["advice"] == "retrain"
    assert outcome.metrics["score_psi"] == score["psi"] > 0.25
    assert outcome.metrics["retrain"] == 1
    assert "model-drifted" in [notice.code for notice in outcome.notices]


def test_outcomes_off_the_level_call_for_training(march: Outcome) -> None:
    tables = monthly(1500)
    calm = pl.col("left") & (pl.col("month") > date(2024, 4, 1))
    fewer = tables["customer_months"].with_columns(left=pl.col("left") & ~calm, active=pl.col("active") | calm)
    changed = {**tables, "customer_months": fewer}
    outcome = june(changed, march, earlier(march))
    (month,) = rows(outcome, "outcome")
    assert month["realised"] < month["low"]
    assert (month["advice"], outcome.metrics["retrain"]) == ("retrain", 1)
    other = june(changed, march, earlier(march, model_from={"as_of": "2023-12"}))
    assert (rows(other, "outcome")[0]["advice"], other.metrics["retrain"]) == ("none", 0), "another model scored it"


def test_a_model_trained_just_now_need_not_be_trained_again(march: Outcome) -> None:
    assert march.metrics["retrain"] == 0
    assert "retrain" not in march.tables["churn_drift"].collect()["advice"].to_list()


def test_months_whose_outcome_is_open_or_whose_windows_were_longer_wait(march: Outcome) -> None:
    may = Earlier(date(2024, 5, 1), earlier(march).tables)
    longer = earlier(march, windows={"gap_months": 1, "outcome_months": 3})
    assert rows(june(monthly(1500), march, may, longer), "outcome") == []


def test_months_are_labelled_once_and_no_more_than_a_year_of_them(
    march: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def counted(study: Any, months: tuple[date, ...]) -> pl.DataFrame:
        asked.append(months)
        return labels_at(study, months)

    monkeypatch.setattr(predict_churn_drift, "labels_at", counted)
    before = [date(2024 - k // 12, 12 - k % 12, 1) for k in range(9, 25)]
    others = [replace(earlier(march, model_from={"as_of": "2021-01"}), as_of=month) for month in before[1:]]
    own = replace(earlier(march, model_from={"as_of": "2024-03"}), as_of=date(2022, 1, 1))
    outcome = june(monthly(600, months=30), march, earlier(march), *others, own)
    found = rows(outcome, "outcome")
    assert [row["name"] for row in found] == [f"{month:%Y-%m}" for month in before[:12]]
    older = replace(earlier(march, model_from={"as_of": "2021-01"}), as_of=MARCH)
    found = rows(june(monthly(600, months=30), march, older, *others, own), "outcome")
    assert [row["name"] for row in found] == [*(f"{month:%Y-%m}" for month in before[:12]), "2022-01"]
    assert [len(months) for months in asked] == [12, 13], "once in a run"


@pytest.mark.slow
def test_halves_of_one_population_raise_no_alarm() -> None:
    """200 customers each: a model of the first half, scoring the second."""
    alarms = 0
    for seed in range(4):
        learned = predict_churn(Inputs(flat(200, seed=seed, unlabelled=0), AS_OF), PredictChurnSettings())
        outcome = june(flat(200, seed=seed + 50, unlabelled=0), learned)
        alarms += outcome.metrics["retrain"]
        assert outcome.metrics["score_psi"] == outcome.metrics["drift_max_psi"] == 0.0
        assert max(row["psi"] for row in rows(outcome, "feature")) > 0, "the table has the index all the same"
    assert alarms == 0


def test_the_side_car_holds_counts_and_no_customer(march: Outcome) -> None:
    spread = march.models["churn"][1]["distribution"]
    for name, bins in {**spread["features"], "score": spread["score"]}.items():
        assert len(bins["counts"]) == len(bins["edges"]) + 2, name
        assert np.isfinite(bins["edges"]).all()
    assert spread["customers"] <= 1500


@pytest.mark.slow
def test_the_side_car_of_a_table_with_text_tells_no_customer_and_no_rare_or_personal_value() -> None:
    rng = np.random.default_rng(7)
    outlets = np.concatenate([["Lone corner shop"] * 3, rng.choice(["North shop", "South shop"], 297)])
    names = rng.choice(["Ivan Petrov", "Zoe Quist", "Wen Abara"], 300)
    tables = flat(300, unlabelled=0, x_outlet=outlets, x_served_by=names)
    outcome = predict_churn(Inputs(tables, AS_OF), PredictChurnSettings())
    text = json.dumps(outcome.models["churn"][1])
    told = [notice.values["columns"] for notice in outcome.notices if notice.code == "columns-of-persons"]
    assert told == ["served_by"], "told once, by the model and churn_by alike"
    customers = tables["customers"].select("customer_id", "x_name").collect()
    assert "North shop" in text, "what many share is told, so that the values below would be seen"
    for hidden in (*customers["customer_id"], *customers["x_name"], "Lone corner shop", "Petrov", "Quist", "Abara"):
        assert hidden not in text


def test_days_of_use_are_those_of_months_of_one_length() -> None:
    may = pl.DataFrame({"month": [date(2024, 5, 1)] * 3})
    assert _alike("active_days", np.array([31.0, 10.0, 0.0]), may).tolist() == [30.0, 10.0, 0.0]
    assert _alike("active_days", np.array([30.0, 10.0, 0.0]), may).tolist() == [30.0, 10.0, 0.0], "never 31 of 31"
    assert _alike("revenue", np.array([31.0, 10.0, 0.0]), may).tolist() == [31.0, 10.0, 0.0]
