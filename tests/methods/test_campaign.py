"""A campaign derived from costs by outcome has those costs again, and MPC by it is the best that they allow."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcli.methods.campaign import Campaign, campaign_of_costs
from telcli.methods.churn_evaluation import evaluate
from telcli.methods.costs import CostMatrix

money = st.floats(0, 500)


@given(money, money, money, st.floats(0.05, 0.95))
def test_offer_and_contact_are_found_again(value: float, offer: float, contact: float, accept: float) -> None:
    found = campaign_of_costs(CostMatrix.of_value([value] * 4, offer, contact, accept), accept)
    assert found is not None
    assert (found.value, found.offer, found.contact) == pytest.approx((value, offer, contact), abs=1e-6)
    assert found.accept == pytest.approx(accept)


@pytest.mark.slow
@given(money, money, st.floats(0, 1), st.integers(0, 1000))
def test_mpc_of_costs_given_is_the_most_that_contacting_the_riskiest_saves(
    fp: float, fn: float, accept: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    p = rng.random(60).round(1)
    y = np.concatenate([[0.0, 1.0], (rng.random(58) < p[2:]) * 1.0])
    costs = CostMatrix.of(60, fp=fp, fn=fn)
    campaign = campaign_of_costs(costs, accept)
    figures = evaluate(y, p, costs.fn, campaign).metrics
    each = costs.each(y, np.zeros(60)) - costs.each(y, np.ones(60))
    reach = [each[p >= least].sum() / 60 for least in np.unique(p)]
    if campaign is not None and campaign.pays:
        assert figures["mpc"] == pytest.approx(max(0.0, *reach), abs=1e-6)
        assert figures["mpc_low"] <= figures["mpc"] <= figures["mpc_high"]
    else:
        assert figures["mpc"] is None and figures["empc_null"] == "worth-below-offer"


def test_costs_that_differ_have_no_campaign_and_it_is_said_why_there_is_no_figure() -> None:
    y, p, value = np.array([0.0, 1.0] * 30), np.tile([0.2, 0.7], 30), np.full(60, 100.0)
    assert campaign_of_costs(CostMatrix.of(2, fp=[1.0, 2.0], fn=9.0), 0.3) is None

    def told(campaign: Campaign | None) -> tuple[bool, bool, str | None]:
        figures = evaluate(y, p, value, campaign).metrics
        return figures["mpc"] is not None, figures["empc"] is not None, figures["empc_null"]

    assert told(None) == (False, False, "costs-differ")
    assert told(Campaign.of(100, 10, 1, 0.3)) == (True, True, None)
    assert (
        told(Campaign.of(100, 10, 1, 1.0)) == told(Campaign.of(100, 10, 1, 0.0)) == (True, False, "acceptance-certain")
    )
    assert told(Campaign.of(9, 10, 1, 0.3)) == (False, False, "worth-below-offer")
