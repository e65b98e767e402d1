"""Drivers and their curves: what was planted comes first, rises where it should, and adds up."""

import numpy as np
import polars as pl
import pytest

from telcli.features.churn_themes import theme_of
from telcli.settings import PredictChurnSettings
from telcli.stages import Inputs, Outcome
from telcli.stages.predict_churn import predict_churn
from telcli.tables import contract
from tests.stages.test_predict_churn import AS_OF, flat, monthly


@pytest.fixture(scope="module")
def flat_outcome() -> Outcome:
    return predict_churn(Inputs(flat(2500), AS_OF), PredictChurnSettings())


@pytest.fixture(scope="module")
def month_outcome() -> Outcome:
    return predict_churn(Inputs(monthly(1200), AS_OF), PredictChurnSettings())


def read(outcome: Outcome, name: str) -> pl.DataFrame:
    found: pl.DataFrame = contract(name).require(outcome.tables[name]).collect()
    return found


@pytest.mark.slow
@pytest.mark.parametrize("which", ["flat_outcome", "month_outcome"])
def test_columns_are_ranked_by_effect_and_told_by_theme(which: str, request: pytest.FixtureRequest) -> None:
    outcome: Outcome = request.getfixturevalue(which)
    drivers = read(outcome, "churn_drivers")
    assert drivers["rank"].to_list() == list(range(1, drivers.height + 1))
    assert drivers["effect"].is_sorted(descending=True)
    alone = drivers.filter(pl.col("with_feature").is_null())
    assert [row["feature"] for row in outcome.metrics["drivers"]] == alone["feature"].head(10).to_list()
    assert set(read(outcome, "churn_shapes")["feature"]) == set(alone["feature"])


def test_curves_go_the_way_that_was_planted(flat_outcome: Outcome) -> None:
    shapes = read(flat_outcome, "churn_shapes")
    tenure = shapes.filter(pl.col("feature") == "tenure_months", "known")
    assert tenure["effect"].item(0) > 0.8 > -0.5 > tenure["effect"].item(-1)
    assert (tenure["upto"].to_list()[:-1], tenure["above"].item(0), tenure["upto"].item(-1)) == (
        tenure["above"].to_list()[1:],
        None,
        None,
    )
    contract_steps = shapes.filter(pl.col("feature") == "x_Contract")
    by_level = dict(contract_steps.select("level", "effect").iter_rows())
    assert by_level["Month-to-month"] > 1 + by_level["Two year"]
    shares = shapes.group_by("feature").agg(pl.col("share").sum(), mean=(pl.col("share") * pl.col("effect")).sum())
    assert np.allclose(shares["share"], 1)
    assert (shares["mean"].abs() < 0.15).all(), "a curve is against the mean of stayers"


def test_reasons_have_a_theme_where_they_are_told(month_outcome: Outcome) -> None:
    scores = read(month_outcome, "churn_scores")
    for slot in (1, 2, 3):
        assert (scores[f"reason_{slot}"].is_null() == scores[f"reason_{slot}_theme"].is_null()).all()
    fell = scores.filter(pl.col("reason_1").str.contains("Data use fell"))
    assert fell["reason_1_theme"].unique().to_list() == ["use"]


@pytest.mark.parametrize(
    ("column", "theme"),
    [
        ("contract_months_left", "contract"),
        ("x_投诉次数", "service"),
        ("x_InternetService", "service"),
        ("x_tenure", "life"),
        ("x_网速评价", "network"),
        ("x_colour", "other"),
    ],
)
def test_attributes_find_their_theme_by_a_word(column: str, theme: str) -> None:
    assert theme_of(column) == theme
