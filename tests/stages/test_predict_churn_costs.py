"""Costs of predict-churn: given by columns or by value, compared on customers nobody learned from, and acted upon."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl
import pytest

from telcli.errors import DataError, TelcliError, UsageError
from telcli.methods import churn_model
from telcli.settings import PredictChurnSettings
from telcli.stages import Inputs, Outcome
from telcli.stages.predict_churn import predict_churn
from telcli.stages.predict_churn_given import given_costs, matrix_of
from telcli.tables import contract
from tests.stages.test_predict_churn import AS_OF, Tables, flat, monthly


@pytest.fixture(scope="module", autouse=True)
def fewer_trees() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(churn_model, "_MOST_ROUNDS", {"trees": 30, "additive": 30})
        yield


def run(tables: Tables, **settings: Any) -> Outcome:
    return predict_churn(Inputs(tables, AS_OF), PredictChurnSettings(**settings))


def table(outcome: Outcome, name: str) -> pl.DataFrame:
    found: pl.DataFrame = contract(name).require(outcome.tables[name]).collect()
    return found


def priced(rows: int = 600, **more: Any) -> Tables:
    rng = np.random.default_rng(9)
    return flat(rows, x_C_FP=rng.gamma(4, 5, rows), x_C_FN=rng.gamma(4, 50, rows), **more)


GIVEN = {"false_positive_cost": "C_FP", "false_negative_cost": "C_FN"}


def test_costs_of_columns_are_used_and_are_no_features() -> None:
    tables = priced()
    outcome = run(tables, **GIVEN)
    assert outcome.metrics["value_from"] == "costs"
    assert not {"x_C_FP", "x_C_FN"} & set(outcome.metrics["features"])
    assert outcome.metrics["left_out"]["x_C_FP"] == outcome.metrics["left_out"]["x_C_FN"] == "a cost of contacting"
    people = table(outcome, "churn_scores").join(tables["customers"].collect(), on="customer_id")
    p = people["churn_probability"]
    assert np.allclose(people["expected_saving"], p * people["x_C_FN"] - (1 - p) * people["x_C_FP"])
    known = people.filter(pl.col("churned").is_not_null())
    costs = table(outcome, "churn_costs")
    nobody = known.filter("churned")["x_C_FN"].sum()
    everybody = known.filter(~pl.col("churned"))["x_C_FP"].sum()
    assert costs.filter(method="nobody")["cost"].item() == pytest.approx(nobody)
    assert costs.filter(method="everybody")["cost"].item() == pytest.approx(everybody)


def test_costs_may_be_numbers_and_columns() -> None:
    tables = priced()
    given = given_costs(PredictChurnSettings(false_positive_cost="12", false_negative_cost="c fn"), tables)
    assert given == {"tp": 0.0, "fp": 12.0, "tn": 0.0, "fn": "x_C_FN"}
    frame = tables["customers"].collect()
    costs = matrix_of(given, frame)
    assert (costs.fp == 12).all() and (costs.fn == frame["x_C_FN"].to_numpy()).all()
    assert given_costs(PredictChurnSettings(), tables) == {}


@pytest.mark.parametrize(
    ("settings", "more", "code", "rows"),
    [
        ({"false_positive_cost": "C_FP"}, {}, "cost-incomplete", None),
        ({**GIVEN, "true_positive_cost": "nowhere"}, {}, "column-unknown", None),
        ({**GIVEN, "true_positive_cost": "-1"}, {}, "cost-number", None),
        ({**GIVEN, "true_positive_cost": "nan"}, {}, "cost-number", None),
        ({**GIVEN, "true_positive_cost": "bad"}, {"x_bad": ["much"] * 3 + ["1"] * 297}, "cost-text", 3),
        ({**GIVEN, "true_positive_cost": "bad"}, {"x_bad": [None] * 7 + [1.0] * 293}, "cost-missing", 7),
        ({**GIVEN, "true_positive_cost": "bad"}, {"x_bad": [-1.0] * 2 + [1.0] * 298}, "cost-negative", 2),
        ({**GIVEN, "true_positive_cost": "country"}, {}, "cost-text", 300),
    ],
)
def test_what_is_no_cost_is_refused_by_name_and_number(
    settings: dict[str, str], more: dict[str, Any], code: str, rows: int | None
) -> None:
    tables = priced(300, **more)
    kind = UsageError if rows is None else DataError
    with pytest.raises(TelcliError) as caught:
        matrix_of(given_costs(PredictChurnSettings(**settings), tables), tables["customers"].collect())
    assert isinstance(caught.value, kind) and caught.value.code == code
    if rows is not None:
        assert f"{rows} of 300" in str(caught.value)


@pytest.mark.slow
def test_costs_of_columns_serve_months_too() -> None:
    tables = monthly()
    rows = tables["customers"].collect().height
    rng = np.random.default_rng(1)
    more = pl.DataFrame({"x_fp": rng.gamma(4, 5, rows), "x_fn": rng.gamma(4, 50, rows)})
    tables["customers"] = pl.concat([tables["customers"].collect(), more], how="horizontal").lazy()
    outcome = run(tables, false_positive_cost="fp", false_negative_cost="fn")
    assert outcome.metrics["value_from"] == "costs" and outcome.metrics["split"] == "out-of-time"
    told = [notice for notice in outcome.notices if notice.code == "columns-of-today"]
    assert not any("fp" in str(notice) for notice in told)
