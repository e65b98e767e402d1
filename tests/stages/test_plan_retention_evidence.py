"""Which gains a plan goes by: a trusted model of past trials, else what is assumed."""

from typing import Any, ClassVar

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcli.features.uplift_design import NAMES
from telcli.methods.net_value import Z95, bounded_uplift, weighed
from telcli.stages import SavedModel
from tests.stages.plan_world import OFFERS, codes, planned, table

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
