"""Scoring with a saved model: the same scores, no label needed, what does not fit told, what is not its own refused."""

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from telcli.errors import DataError, MissingInputError
from telcli.io import model_file
from telcli.pipeline import saved_model
from telcli.settings import PredictChurnSettings
from telcli.stages import Inputs, Outcome, SavedModel
from telcli.stages.predict_churn import predict_churn
from tests.stages.test_predict_churn import AS_OF, Tables, flat, monthly, scores


@pytest.fixture(scope="module")
def trained() -> Outcome:
    return predict_churn(Inputs(monthly(1200), AS_OF), PredictChurnSettings())


@pytest.fixture(scope="module")
def place(trained: Outcome, tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("models") / "churn"
    model_file.write(found, *trained.models["churn"])
    return found


def opened(place: Path) -> SavedModel:
    found = saved_model.opened(PredictChurnSettings(model=str(place)))
    assert found is not None
    return found


def score(tables: Tables, model: SavedModel, **settings: Any) -> Outcome:
    return predict_churn(Inputs(tables, AS_OF, model=model), PredictChurnSettings(**settings))


def told(outcome: Outcome) -> dict[str, Any]:
    return {notice.code: notice.values for notice in outcome.notices}


def test_the_month_it_was_trained_for_is_scored_the_same(trained: Outcome, place: Path) -> None:
    again = score(monthly(1200), opened(place))
    assert scores(again).equals(scores(trained)), "scores, bands, targets, savings and reasons"
    assert not {"churn_lift", "churn_costs"} & set(again.tables)
    assert again.metrics["split"] == "scored-only"
    assert again.metrics["model_from"]["as_of"] == "2024-06"
    assert again.metrics["model_from"]["sha256"] == opened(place).description["sha256"]
    assert {"auc", "rows", "total_cost"}.isdisjoint(again.metrics)
    assert told(again)["model-scored-only"] == {"month": "2024-06"}


def test_it_is_said_that_targets_follow_the_model_where_the_trained_run_followed_another(place: Path) -> None:
    saved = opened(place)
    assert "decision-model-bayes" not in told(score(monthly(300), saved))
    other = {**saved.description, "metrics": {**saved.description["metrics"], "chosen_method": "adacost"}}
    again = score(monthly(300), SavedModel(saved.estimator, other, "churn"))
    assert told(again)["decision-model-bayes"] == {"reference": "model-bayes", "method": "adacost"}
    people = scores(again)
    assert (people["target"] == (people["expected_saving"] > 0)).all()


def test_who_is_labelled_as_having_left_is_no_target_of_a_saved_model_either() -> None:
    tables = flat(300)
    model = predict_churn(Inputs(tables, AS_OF), PredictChurnSettings(compare="quick")).models["churn"]
    again = score(tables, SavedModel(model[0], {**model[1], "sha256": "0"}, "churn"))
    left = tables["customers"].filter("churned").select("customer_id").collect()
    assert scores(again).filter("target").join(left, on="customer_id").is_empty()
    assert again.metrics["campaign"]["contacts"] > 0
    assert again.metrics["campaign"]["already_left"] == left.height > 0


def test_it_is_written_again_as_it_was_so_that_each_month_has_its_model(place: Path, tmp_path: Path) -> None:
    outcome = score(monthly(1200), opened(place))
    copies = model_file.write(tmp_path / "churn", *outcome.models["churn"])
    assert [copy.read_bytes() for copy in copies] == [
        place.with_name(f"churn{ending}").read_bytes() for ending in (".skops", ".json")
    ]


def test_a_month_alone_is_scored_without_any_label(place: Path) -> None:
    tables = monthly(1200)
    months = tables["customer_months"].filter(pl.col("month") == AS_OF)
    outcome = score({**tables, "customer_months": months}, opened(place))
    assert scores(outcome).height > 500
    with pytest.raises(DataError) as caught:
        predict_churn(
            Inputs({**tables, "customer_months": months}, AS_OF, choices={"saved_model": "w/models/churn.skops"}),
            PredictChurnSettings(),
        )
    assert caught.value.code == "no-label-saved"
    assert "--model w/models/churn.skops" in (caught.value.hint or "")


@pytest.mark.slow
def test_a_model_of_one_labelled_table_scores_a_table_without_labels() -> None:
    learned = predict_churn(Inputs(flat(400), AS_OF), PredictChurnSettings())
    model, description = learned.models["churn"]
    tables = flat(300, seed=5)
    unlabelled = tables["customers"].drop("churned")
    outcome = score(
        {**tables, "customers": unlabelled}, SavedModel(model, {**description, "sha256": "0"}, "churn"), gap_months=0
    )
    assert scores(outcome)["labelled"].unique().to_list() == ["final-model"]
    assert "model-definition" not in told(outcome), "what was labelled has no windows"
    truth = tables["customers"].select("churned").collect().to_series()
    found = scores(outcome).filter(truth.is_not_null()).with_columns(left=truth.drop_nulls())
    means = found.group_by("left").agg(pl.col("churn_probability").mean()).sort("left")["churn_probability"]
    assert means[1] > means[0] + 0.1


def test_what_does_not_fit_is_told(place: Path) -> None:
    tables = monthly(1200)
    wide = tables["customer_months"].drop("complaints").with_columns(data_mb_change_3=pl.lit("much"))
    outcome = score({**tables, "customer_months": wide}, opened(place), outcome_months=3)
    assert told(outcome)["model-columns-missing"] == {"columns": "complaints, data_mb_change_3"}
    assert told(outcome)["model-definition"] == {"then": "outcome_months = 2", "now": "outcome_months = 3"}
    assert np.isfinite(scores(outcome)["churn_probability"].to_numpy()).all()


def test_a_column_that_is_not_there_is_no_reason(place: Path) -> None:
    tables = monthly(1200)
    without = {**tables, "customer_months": tables["customer_months"].drop("data_mb_change_3")}
    outcome = score(without, opened(place))
    assert told(outcome)["model-columns-missing"] == {"columns": "data_mb_change_3"}
    said = scores(outcome).select("reason_1", "reason_2", "reason_3").unpivot()["value"].drop_nulls()
    assert said.len() > 0
    assert not said.str.contains("not known").any()


def test_a_model_of_another_base_is_refused() -> None:
    learned = predict_churn(Inputs(flat(400), AS_OF), PredictChurnSettings())
    model, description = learned.models["churn"]
    with pytest.raises(DataError) as caught:
        score(monthly(300), SavedModel(model, {**description, "sha256": "0"}, "churn"))
    assert caught.value.code == "model-other-data"
    assert "Contract" in str(caught.value.values["columns"])


def test_categories_that_it_never_saw_are_told() -> None:
    learned = predict_churn(Inputs(flat(400), AS_OF), PredictChurnSettings())
    model, description = learned.models["churn"]
    saved = SavedModel(model, {**description, "sha256": "0"}, "churn")
    tables = flat(200, seed=3)
    changed = tables["customers"].with_columns(
        x_colour=pl.when(pl.int_range(pl.len()) < 30).then(pl.lit("green")).otherwise("x_colour")
    )
    outcome = score({**tables, "customers": changed}, saved)
    assert told(outcome)["model-values-new"] == {"rows": 30, "all": 200, "columns": "colour"}
    bare = tables["customers"].select("customer_id")
    months = tables["customer_months"].select("customer_id", "month", "active", "left")
    with pytest.raises(DataError) as caught:
        score({"customers": bare, "customer_months": months}, saved)
    assert caught.value.code == "model-other-data"


def test_what_is_not_its_own_is_refused(place: Path, tmp_path: Path) -> None:
    settings = PredictChurnSettings(model=str(tmp_path / "none.skops"))
    with pytest.raises(MissingInputError):
        saved_model.opened(settings)
    assert saved_model.fingerprint(settings) == {"saved model": " "}
    assert saved_model.opened(PredictChurnSettings()) is None
    saved = opened(place)
    for description, code in (
        ({name: value for name, value in saved.description.items() if name != "drivers"}, "model-side-car"),
        ({**saved.description, "features": saved.description["features"][1:]}, "model-side-car"),
    ):
        with pytest.raises(DataError) as caught:
            score(monthly(300), SavedModel(saved.estimator, description, "churn"))
        assert caught.value.code == code


def test_any_of_its_names_finds_it(place: Path) -> None:
    prints = {
        saved_model.fingerprint(PredictChurnSettings(model=name))["saved model"]
        for name in (str(place), f"{place}.skops", f"{place}.json", str(place.parent))
    }
    assert len(prints) == 1
    assert date.fromisoformat(opened(place).description["as_of"]) == AS_OF
