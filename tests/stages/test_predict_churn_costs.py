"""Costs of predict-churn: given by columns or by value, compared on customers nobody learned from, and acted upon."""

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest

from telcli.errors import DataError, TelcliError, UsageError
from telcli.methods import total_cost
from telcli.settings import PredictChurnSettings
from telcli.stages import Inputs, Outcome, predict_churn_trials
from telcli.stages.predict_churn import predict_churn
from telcli.stages.predict_churn_given import given_costs, matrix_of
from telcli.tables import contract
from tests.stages.test_predict_churn import AS_OF, Tables, flat, monthly


def run(tables: Tables, **settings: Any) -> Outcome:
    return predict_churn(Inputs(tables, AS_OF), PredictChurnSettings(**settings))


def table(outcome: Outcome, name: str) -> pl.DataFrame:
    found: pl.DataFrame = contract(name).require(outcome.tables[name]).collect()
    return found


def here(tables: Tables, outcome: Outcome) -> pl.DataFrame:
    """Scores of those who are not labelled as having left."""
    left = tables["customers"].filter("churned").select("customer_id").collect()
    return table(outcome, "churn_scores").join(left, on="customer_id", how="anti")


def priced(rows: int = 600, **more: Any) -> Tables:
    rng = np.random.default_rng(9)
    return flat(rows, x_C_FP=rng.gamma(4, 5, rows), x_C_FN=rng.gamma(4, 50, rows), **more)


GIVEN = {"false_positive_cost": "C_FP", "false_negative_cost": "C_FN"}


@pytest.mark.slow
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
        ({**GIVEN, "true_positive_cost": "1,000"}, {}, "cost-digits", None),
        ({**GIVEN, "true_positive_cost": "1e308"}, {}, "cost-large", None),
        ({**GIVEN, "true_positive_cost": "bad"}, {"x_bad": [1e13] * 2 + [1.0] * 298}, "cost-too-large", 2),
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


LEARNERS = ["adacost", "adacost-unit", "adamec", "metacost", "rejection-sampling", "under-sampling"]
PLAIN = ["everybody", "model-bayes", "model-half", "nobody", "top-decile"]


@pytest.mark.slow
def test_every_method_is_compared_on_the_same_customers() -> None:
    costs = table(run(priced(), **GIVEN), "churn_costs")
    assert sorted(costs["method"]) == sorted(LEARNERS + PLAIN)
    worst = max(costs.filter(pl.col("method").is_in(["nobody", "everybody"]))["cost"])
    assert (costs.filter(pl.col("method").is_in(["adacost", "adamec", "metacost"]))["cost"] < worst).all()
    quick = run(priced(300), **GIVEN, compare="quick")
    assert sorted(quick.metrics["total_cost"]) == sorted(PLAIN)


@pytest.mark.slow
def test_learners_never_learn_from_those_they_are_tested_on(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[set[str], set[str]]] = []
    decided = predict_churn_trials._decided

    def watched(study: Any, part: Any, values: Any, methods: Any, people: pl.DataFrame, costs: Any) -> Any:
        learned = part.learned.frame[part.rows]["customer_id"]
        seen.append((set(learned), set(people["customer_id"])))
        return decided(study, part, values, methods, people, costs)

    monkeypatch.setattr(predict_churn_trials, "_decided", watched)
    run(priced(300), **GIVEN)
    run(monthly(600, 8))
    assert len(seen) >= 6
    assert all(not learned & tested for learned, tested in seen)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "method"),
    [
        (lambda: priced(300), "nobody"),
        (lambda: priced(300), "everybody"),
        (lambda: priced(300), "top-decile"),
        (lambda: priced(300), "adacost"),
        (lambda: monthly(600), "adamec"),
    ],
)
def test_targets_are_those_of_the_method_in_use(
    make: Callable[[], Tables], method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(total_cost, "_chosen", lambda *_: method)
    outcome = run(make())
    people, costs = table(outcome, "churn_scores"), table(outcome, "churn_costs")
    assert outcome.metrics["chosen_method"] == method == costs.filter("chosen")["method"].item()
    assert "decision-not-model" in [notice.code for notice in outcome.notices]
    left = outcome.metrics["campaign"]["already_left"]
    assert (left > 0) == (outcome.metrics["split"] == "cross-validation")
    wanted = {"nobody": 0, "everybody": people.height - left}
    if method in wanted:
        assert people["target"].sum() == wanted[method]
    else:
        # Of a labelled table those whom the method contacted in the test, but for those who have left.
        most = costs.filter("chosen")["contacted"].item() if left else people.height
        assert 0 < people["target"].sum() <= most


@pytest.mark.slow
def test_mpc_and_empc_rest_on_the_costs_in_use_or_are_null() -> None:
    differ = run(priced(), **GIVEN, compare="quick").metrics
    assert differ["mpc"] is differ["empc"] is differ["empc_share"] is None
    assert differ["empc_null"] == "costs-differ"
    numbers = {"false_positive_cost": "10", "false_negative_cost": "100"}
    same = run(priced(), **numbers, compare="quick").metrics
    assert same["mpc"] > 10 and same["empc"] is None and same["empc_null"] == "acceptance-certain"
    # TP = g d + (1 - g) V + f: the costs of the default offer, contact and acceptance for customers worth 300.
    told = run(priced(), false_positive_cost="11", false_negative_cost="300", true_positive_cost="214", compare="quick")
    usual = run(priced(), compare="quick", customer_value=300.0).metrics
    assert told.metrics["empc_null"] is usual["empc_null"] is None
    assert 0 < told.metrics["empc_share"] <= 1


@pytest.mark.slow
def test_who_is_labelled_as_having_left_is_no_target_and_takes_no_budget() -> None:
    tables = priced()
    labels = tables["customers"].select("customer_id", "churned").collect()
    left = int(labels["churned"].sum())
    for limits in ({}, {"capacity": 25}, {"budget": 300.0}):
        outcome = run(tables, **GIVEN, compare="quick", **limits)
        people, campaign = table(outcome, "churn_scores").join(labels, on="customer_id"), outcome.metrics["campaign"]
        chosen = people.filter("target")
        assert chosen.height == campaign["contacts"] > 0 and not chosen["churned"].any()
        assert campaign["already_left"] == left
        here = people.filter(~pl.col("churned").fill_null(value=False))
        assert campaign["best_contacts"] == (here["expected_saving"] > 0).sum()
        assert campaign["break_even_contacts"] <= here.height
        assert table(outcome, "churn_profit").filter(percent=100)["snapshot_contacts"].item() == here.height
    assert run(monthly(300), compare="quick").metrics["campaign"]["already_left"] == 0


@pytest.mark.slow
def test_fewer_rows_and_columns_do_no_harm() -> None:
    assert set(LEARNERS) <= set(run(priced(900), **GIVEN, compare_rows=500).metrics["total_cost"])
    bare = run(flat(300), exclude="Contract,colour,country,row,gender,tenure_months,revenue,empty,name")
    assert sorted(bare.metrics["total_cost"]) == sorted(PLAIN)


@pytest.mark.slow
def test_the_profit_curve_has_tested_and_present_customers() -> None:
    tables = priced()
    outcome = run(tables, **GIVEN, compare="quick")
    curve, people = table(outcome, "churn_profit"), here(tables, outcome)
    costs = {row["method"]: row["cost"] for row in table(outcome, "churn_costs").to_dicts()}
    whole = curve.filter(percent=100)
    assert whole["profit"].item() == pytest.approx(costs["nobody"] - costs["everybody"])
    assert whole["snapshot_contacts"].item() == people.height
    assert whole["snapshot_saving"].item() == pytest.approx(people["expected_saving"].sum())
    campaign = outcome.metrics["campaign"]
    assert campaign["best_contacts"] == (people["expected_saving"] > 0).sum() == people["target"].sum()
    assert campaign["contacts"] <= campaign["break_even_contacts"] <= people.height
    assert campaign["expected_saving"] == pytest.approx(people.filter("target")["expected_saving"].sum())
    assert campaign["limit_costs"] == 0 and "campaign-limited" not in [notice.code for notice in outcome.notices]


@pytest.mark.slow
def test_targets_keep_within_capacity_and_budget() -> None:
    tables = priced()
    few = run(tables, **GIVEN, compare="quick", capacity=25)
    people = here(tables, few).sort("expected_saving", descending=True)
    assert people["target"].sum() == 25 and people["target"][:25].all()
    assert few.metrics["campaign"]["limit_costs"] == pytest.approx(
        people.filter(pl.col("expected_saving") > 0)["expected_saving"][25:].sum()
    )
    cheap = run(tables, **GIVEN, compare="quick", budget=300.0)
    spent = table(cheap, "churn_scores").join(tables["customers"].collect(), on="customer_id").filter("target")
    assert 250 < spent["x_C_FP"].sum() <= 300
    assert spent["x_C_FP"].sum() == pytest.approx(cheap.metrics["campaign"]["spend"])
    assert "campaign-limited" in [notice.code for notice in cheap.notices]


def test_what_a_campaign_takes_follows_from_offer_and_contact() -> None:
    outcome = run(flat(300), compare="quick", offer_cost=20.0, contact_cost=2.0, accept_rate=0.5)
    people = table(outcome, "churn_scores").filter("target")
    p = people["churn_probability"]
    assert outcome.metrics["campaign"]["spend"] == pytest.approx((2 + 20 * (1 - p + 0.5 * p)).sum())
