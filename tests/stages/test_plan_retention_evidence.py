"""Which gains a plan goes by: a trusted model of past trials, else what is assumed."""

from typing import Any, ClassVar

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcli.features.uplift_design import NAMES
from telcli.methods.net_value import Z95, bounded_uplift, weighed
from telcli.stages import SavedModel, plan_retention_evidence
from telcli.tables.knowledge_results import ANY
from tests.stages.plan_world import OFFERS, codes, planned, table, world

PART = st.floats(-0.9, 0.9)
ERROR = st.floats(0.001, 1.0)


class Foretells:
    """An uplift model of one gain per offer."""

    effects_: ClassVar = {"CALL": (0.1, 0.01, 0.1), "TEXT": (-0.2, 0.01, -0.2)}

    def predict(self, matrix: Any, offers: Any) -> Any:
        assert matrix.shape == (len(offers), len(NAMES))
        return np.array([self.effects_[code][2] for code in offers.tolist()])


def model(**about: Any) -> dict[str, SavedModel]:
    description = {"trusted": True, "features": list(NAMES), "offers": ["CALL", "TEXT"], **about}
    return {"uplift": SavedModel(Foretells(), description, "as_of=2024-05-01/uplift")}


def test_a_trusted_model_tells_the_gain_and_whom_to_leave_alone() -> None:
    outcome = planned(borrowed=model())
    plan = table(outcome).filter(pl.col("action") != "none")
    assert set(plan.filter(pl.col("offer_id") == "CALL")["evidence"]) == {"uplift-model"}
    assert set(plan.filter(pl.col("offer_id") == "CREDIT")["evidence"]) <= {"assumed"}
    assert "TEXT" not in set(plan["offer_id"])
    call = plan.filter(pl.col("offer_id") == "CALL", pl.col("churn_probability") > 0.12)
    assert call["uplift"].is_between(0.09, 0.11).all()
    assert (call["uplift_low"] < call["uplift"]).all()
    low = plan.filter(pl.col("offer_id") == "CALL", pl.col("churn_probability") < 0.09)
    assert (low["uplift"] <= low["churn_probability"]).all()
    dogs = planned(offers={"TEXT": OFFERS["TEXT"]}, borrowed=model())
    assert "sleeping-dog" in set(table(dogs)["why"])
    assert "plan-sleeping-dogs" in codes(dogs)
    assert dogs.metrics["contacted"] == 0
    assert table(dogs, "plan_offers")["barred"].item() > 0


def knows(*rows: tuple[str, float, float]) -> Any:
    """A knowledge base that says one gain and its error of an offer, of whomever is asked."""

    def known(knowledge: pl.DataFrame, people: pl.DataFrame, offers: pl.DataFrame) -> pl.DataFrame:
        told = pl.DataFrame(rows, schema=["offer_id", "uplift", "error"], orient="row")
        found = people.select("customer_id").join(told, how="cross").join(offers, on="offer_id")
        ends = {
            "uplift_low": pl.col("uplift") - Z95 * pl.col("error"),
            "uplift_high": pl.col("uplift") + Z95 * pl.col("error"),
        }
        return found.with_columns(**ends, accept_rate=pl.lit(0.25), level=pl.lit("offer"), evidence=pl.lit("trial"))

    return known


def asked(monkeypatch: pytest.MonkeyPatch, *rows: tuple[str, float, float], **given: Any) -> pl.DataFrame:
    monkeypatch.setattr(plan_retention_evidence, "known", knows(*rows))
    tables = {**world(), "retention_knowledge": pl.LazyFrame({"offer_id": ["CALL"]})}
    return table(planned(tables, **given))


def test_what_trials_told_weighs_by_its_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = asked(monkeypatch, ("CALL", 0.08, 0.01), ("CREDIT", -0.3, 0.02))
    chosen = plan.filter(pl.col("action") != "none")
    assert "CREDIT" not in set(chosen["offer_id"])
    call = chosen.filter(pl.col("offer_id") == "CALL", pl.col("churn_probability") > 0.1)
    assert set(call["evidence"]) == {"knowledge"}
    assert call["uplift"].is_between(0.07, 0.09).all()
    assert (call["cost"] - 6.0).abs().max() < 1e-9  # the call costs nothing but the contact, whoever accepts
    barely = asked(monkeypatch, ("CALL", -0.3, 0.5)).filter(pl.col("offer_id") == "CALL")
    assert barely.height > 0  # two customers held out must not stop a good offer for good
    assert (barely["uplift_high"] - barely["uplift_low"]).max() < 0.5
    assert asked(monkeypatch, ("CALL", -0.3, 0.02), evidence="off").equals(table(planned()))


@pytest.mark.parametrize(
    ("about", "given", "told"),
    [
        ({"trusted": False}, {}, "plan-assumed"),
        ({}, {"evidence": "off"}, "plan-assumed"),
        ({"features": ["other"]}, {}, "plan-model-older"),
    ],
)
def test_else_nothing_but_what_is_assumed(about: dict[str, Any], given: dict[str, Any], told: str) -> None:
    outcome = planned(borrowed=model(**about), **given)
    assert told in codes(outcome)
    assert table(outcome).equals(table(planned()))


@given(PART, PART, ERROR, ERROR)
def test_weighing_lies_between_and_trusts_the_surer_more(
    assumed: float, known: float, error: float, own: float
) -> None:
    gain, low, high = (float(part) for part in weighed(assumed, known, error, own))
    assert min(assumed, known) - 1e-12 <= gain <= max(assumed, known) + 1e-12
    assert low <= gain <= high
    precision = 1 / error**2 + 1 / own**2
    assert gain == pytest.approx((known / error**2 + assumed / own**2) / precision, abs=1e-9)
    assert high - low == pytest.approx(2 * Z95 / precision**0.5, rel=1e-6)


@given(PART, st.floats(0.0, 1.0))
def test_nobody_gains_more_than_her_chance_of_leaving(gain: float, p: float) -> None:
    assert p - 1.0 <= float(bounded_uplift(gain, p)) <= p


def test_rows_of_the_knowledge_base_go_by_segment_theme_and_risk() -> None:
    base = {"segment_name": ANY, "channel": ANY, "offer_id": "CALL", "accept_rate": 0.4, "source": "trial"}
    rows = [
        {**base, "theme": ANY, "level": "offer", "uplift": 0.05, "left_held_out": 0.2},
        {**base, "theme": "service", "level": "offer-theme", "uplift": 0.10, "left_held_out": 0.2},
    ]
    frame = pl.LazyFrame(rows).with_columns(uplift_low=pl.col("uplift") - 0.002, uplift_high=pl.col("uplift") + 0.002)
    plan = table(planned({**world(), "retention_knowledge": frame}, assumed_error=1.0))
    call = plan.filter(pl.col("offer_id") == "CALL", pl.col("churn_probability") < 0.9)
    times = call.select(pl.col("uplift") / pl.col("churn_probability"), service=pl.col("theme").eq_missing("service"))
    assert call.height > 20
    assert times.filter(pl.col("service"))["uplift"].to_list() == pytest.approx(
        [0.5] * times["service"].sum(), rel=1e-3
    )
    assert times.filter(~pl.col("service"))["uplift"].max() == pytest.approx(0.25, rel=1e-3)
    assert set(call["evidence"]) == {"knowledge"}
