"""No customer on both sides, a random split that is said, earlier months tested by what was known by then."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telcli.features.churn_design import ChurnDesign
from telcli.methods import churn_model
from telcli.methods.churn_metrics import auc, log_loss
from telcli.methods.churn_training import later_month_splits, out_of_fold
from telcli.settings import PredictChurnSettings
from telcli.stages import Inputs, Outcome
from telcli.stages.predict_churn import predict_churn
from telcli.stages.predict_churn_evaluation import unseen
from telcli.stages.predict_churn_roads import flat_road, month_road
from telcli.stages.predict_churn_rows import Learned, fold_trials
from telcli.stages.predict_churn_study import Road, Study
from telcli.tables import contract
from tests.stages.test_predict_churn import AS_OF, Tables, flat, monthly, scores

rows = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=8, max_size=60).filter(
    lambda found: len({who for who, left in found if left}) >= 2 and len({who for who, left in found if not left}) >= 3
)


@pytest.fixture(scope="module", autouse=True)
def fewer_trees() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(churn_model, "_MOST_ROUNDS", {"trees": 20, "additive": 20}, raising=False)
        yield


def run(tables: Tables, **given: Any) -> Outcome:
    return predict_churn(Inputs(tables, AS_OF), PredictChurnSettings(**given))


def road(tables: Tables, **given: Any) -> tuple[Study, Road]:
    study = Study(Inputs(tables, AS_OF), PredictChurnSettings(**given), AS_OF)
    one_month = tables["customer_months"].select(pl.col("month").n_unique()).collect().item() == 1
    return study, flat_road(study) if one_month else month_road(study, date(2023, 7, 1))


@pytest.fixture(scope="module")
def months() -> Outcome:
    return run(monthly(1500))


@pytest.fixture(scope="module")
def random() -> Outcome:
    return run(monthly(1500), split="random")


@given(rows)
@settings(max_examples=60, deadline=None)
def test_no_customer_is_learned_from_and_tested_on(found: list[tuple[int, bool]]) -> None:
    who, left = (np.array(column) for column in zip(*found, strict=True))
    frame = pl.DataFrame({"customer_id": who})
    learned = Learned(frame, left.astype(float), 1.0)
    for trial in fold_trials(learned, ChurnDesign((), {}), 2, 0, who):
        assert not set(who[trial.rows]) & set(who[trial.tested])
    month = np.arange(who.size) % 3
    for split in later_month_splits(month, who, left, later=2, folds=2):
        assert not set(who[split.learn]) & set(who[split.check])
        assert (month[split.learn] < 2).all()
        assert (month[split.check] == 2).all()


@pytest.mark.slow
def test_a_random_split_over_months_holds_out_customers_and_is_said(random: Outcome, months: Outcome) -> None:
    assert random.metrics["split"] == "random"
    assert months.metrics["split"] == "out-of-time"
    notice = next(notice for notice in random.notices if notice.code == "split-random")
    assert notice.values["rows"] == random.metrics["rows"]
    assert random.metrics["rows"] == pytest.approx(months.metrics["rows"] / 5, rel=0.15)
    assert "churn_by_month" not in random.tables
    _, found = road(monthly(1500), split="random")
    assert found.trials is not None
    (part,) = found.trials.parts
    customers = part.learned.frame["customer_id"]
    assert not set(customers.gather(part.rows)) & set(found.tested["customer_id"])
    assert np.isfinite(found.p).all()


@pytest.mark.slow
def test_a_random_split_of_one_table_tests_one_fold_and_scores_all_out_of_fold() -> None:
    whole, one = run(flat(600)), run(flat(600), split="random")
    assert one.metrics["split"] == "random"
    assert one.metrics["rows"] == whole.metrics["rows"] // 5
    assert scores(one)["churn_probability"].to_list() == scores(whole)["churn_probability"].to_list()
    assert "split-random" in [notice.code for notice in one.notices]
    assert "split-random" not in [notice.code for notice in whole.notices]


def test_one_split_is_the_first_fold() -> None:
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(300, 2)).astype(np.float32), rng.random(300) < 0.3
    p, folds = out_of_fold(X, y)
    first, _ = out_of_fold(X, y, one=True)
    held = ~np.isnan(first)
    assert held.sum() == 60
    assert (first[held] == p[held]).all()
    assert folds == 5


def test_customers_never_learned_from_are_told_apart(months: Outcome) -> None:
    told = months.metrics["unseen"]
    assert told["customers"] == 0, "in a base that nobody joins all have been learned from"
    tables = monthly(1500)
    newcomers = pl.col("customer_id").str.slice(-1).is_in(["6", "7", "8"])
    late = tables["customer_months"].filter(~newcomers | (pl.col("month") >= date(2024, 2, 1)))
    study, found = road({**tables, "customer_months": late})
    told = unseen(study, found)["unseen"]
    here = found.tested["customer_id"].str.slice(-1).is_in(["6", "7", "8"]).to_numpy()
    assert told["customers"] == here.sum() > 100
    assert told["churners"] == found.y[here].sum()
    assert told["expected"] == pytest.approx(found.p[here].sum())
    assert told["auc"] == auc(found.y[here], found.p[here])
    assert told["auc_low"] < told["auc"] < told["auc_high"]


def test_months_before_are_tested_by_models_of_what_was_known_by_then(months: Outcome) -> None:
    table = contract("churn_by_month").require(months.tables["churn_by_month"]).collect()
    assert table["month"].to_list() == [date(2023, 12, 1), date(2024, 1, 1), date(2024, 2, 1), date(2024, 3, 1)]
    assert table["learned_months"].to_list() == [1, 2, 3, 4]
    last = table.row(-1, named=True)
    assert (last["auc"], last["auc_low"]) == (months.metrics["auc"], months.metrics["auc_low"])
    assert last["expected"] == months.metrics["expected_churners"]
    assert months.metrics["auc_by_month"]["2024-03"] == months.metrics["auc"]
    assert table.select((pl.col("auc_low") > 0.5).all()).item()
    assert table.select((pl.col("expected_low") < pl.col("expected")).all()).item()


@pytest.mark.slow
def test_a_month_before_is_what_a_run_of_then_would_have_tested() -> None:
    """Cut the history off when February's outcome was known: its test month is scored by nearly the same rows."""
    tables = monthly(1500)
    then = tables["customer_months"].filter(pl.col("month") <= date(2024, 5, 1))
    study = Study(
        Inputs({**tables, "customer_months": then}, date(2024, 5, 1)), PredictChurnSettings(), date(2024, 5, 1)
    )
    found = month_road(study, date(2023, 7, 1))
    row = contract("churn_by_month").require(run(tables).tables["churn_by_month"]).collect().row(-2, named=True)
    assert row["churners"] == found.y.sum()
    assert row["log_loss"] == pytest.approx(log_loss(found.y, found.p), rel=0.02)


@pytest.mark.slow
def test_no_earlier_months_where_none_are_wanted() -> None:
    outcome = run(monthly(1200), earlier_tests=0)
    assert outcome.tables["churn_by_month"].collect().height == 1
