"""What describes customers: attributes as text, lines folded into one word, tiers by rank."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcli.features.traits import consumption_tier, traits

AS_OF = date(2024, 6, 1)


def test_attributes_of_few_values_describe_and_free_text_does_not() -> None:
    rows = 30
    customers = pl.LazyFrame(
        {
            "customer_id": [f"c{row}" for row in range(rows)],
            "gender": ["female"] * rows,
            "star_level": [row % 3 for row in range(rows)],
            "x_Plan": [f"p{row % 4}" for row in range(rows)],
            "x_Nick": [f"n{row}" for row in range(rows)],
            "x_Paperless": [row % 2 == 0 for row in range(rows)],
            "x_Charge": [row * 1.5 for row in range(rows)],
            "x_Since": [date(2020, 1, 1)] * rows,
        }
    )
    found = traits(customers, AS_OF)
    assert found.height == rows
    text = {name for name, kind in found.schema.items() if kind == pl.String}
    assert text == {"customer_id", "customer_class", "gender", "region", "star_level", "x_Plan", "x_Paperless"}
    assert found.schema["x_Charge"] == pl.Float64
    assert found["x_Paperless"].to_list()[:2] == ["true", "false"]
    assert found["star_level"].to_list()[:3] == ["0", "1", "2"]


def test_live_lines_fold_into_one_word() -> None:
    lines = pl.LazyFrame(
        {
            "subscription_id": ["1", "2", "3", "4", "5"],
            "customer_id": ["a", "a", "a", "b", "c"],
            "service_type": ["mobile", "broadband", "mobile", None, "tv"],
            "pay_mode": ["prepaid", "postpaid", "prepaid", None, "prepaid"],
            "ended_on": [None, None, None, None, date(2024, 1, 1)],
        }
    )
    found = traits(pl.LazyFrame({"customer_id": ["a", "b", "c"]}), AS_OF, lines).sort("customer_id")
    assert found["service_type"].to_list() == ["broadband+mobile", None, None]
    assert found["pay_mode"].to_list() == ["mixed", None, None]


@pytest.mark.parametrize(
    ("month", "mode", "kinds"),
    [(4, "prepaid", "mobile"), (5, "mixed", "broadband+mobile"), (6, "postpaid", "broadband"), (7, None, None)],
)
def test_lines_describe_as_they_were_in_the_month(month: int, mode: str | None, kinds: str | None) -> None:
    lines = pl.LazyFrame(
        {
            "subscription_id": ["1", "2"],
            "customer_id": ["a", "a"],
            "service_type": ["mobile", "broadband"],
            "pay_mode": ["prepaid", "postpaid"],
            "activated_on": [date(2020, 1, 1), date(2024, 5, 31)],
            "ended_on": [date(2024, 6, 30), date(2024, 7, 31)],
        }
    )
    found = traits(pl.LazyFrame({"customer_id": ["a"]}), date(2024, month, 1), lines)
    assert found.select("pay_mode", "service_type").rows() == [(mode, kinds)]


def tiers(values: list[float | None], high: float = 0.2, low: float = 0.4) -> list[str | None]:
    frame = pl.DataFrame({"r": values}, schema={"r": pl.Float64})
    return frame.select(consumption_tier(pl.col("r"), high, low)).to_series().to_list()


def test_ties_stay_together_and_unknown_revenue_has_no_tier() -> None:
    assert tiers([5.0] * 4) == ["mid"] * 4
    assert tiers([1.0, 2.0, None, 3.0]) == ["low", "mid", None, "high"]
    assert tiers([None, None]) == [None, None]


@pytest.mark.parametrize(("alike", "tier"), [(39, "high"), (40, "mid")])
def test_equal_revenue_is_high_where_its_middle_rank_is(alike: int, tier: str) -> None:
    """Of 100 customers the top 20 are high: of 40 who tie for the top, the middle one stands on the bound itself."""
    found = tiers([*map(float, range(100 - alike)), *[1000.0] * alike])
    assert found.count("high") == (alike if tier == "high" else 0)
    assert set(found[100 - alike :]) == {tier}


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60), st.floats(0.01, 0.5), st.floats(0.01, 0.5))
def test_more_revenue_is_never_a_lower_tier(values: list[float], high: float, low: float) -> None:
    order = {"low": 0, "mid": 1, "high": 2}
    found = [order[str(tier)] for tier in tiers(values, high, low)]
    ranked = sorted(zip(values, found, strict=True))
    assert [tier for _, tier in ranked] == sorted(found)


@pytest.mark.parametrize("high", [0.1, 0.2, 0.5])
def test_shares_are_kept_where_nothing_ties(high: float) -> None:
    found = tiers([float(value) for value in range(100)], high, 0.3)
    assert (found.count("high"), found.count("low")) == (round(100 * high), 30)


def test_what_is_known_only_afterwards_is_no_trait() -> None:
    names = ("x_Churn_Value", "x_Churn Reason", "x_CLTV", "x_流失原因", "x_Contract")
    frame = pl.LazyFrame({"customer_id": ["a", "b"], **{name: ["0", "1"] for name in names}})
    found = traits(frame, AS_OF).columns
    assert [name for name in found if name.startswith("x_")] == ["x_Contract"]


def test_pseudonyms_describe_nobody() -> None:
    from telcli.features.behaviour import numeric_attributes

    people = pl.DataFrame(
        {"customer_id": ["a", "b"], "certificate_h": ["1" * 32, "2" * 32], "phone_h": [None, "3" * 32]}
    )
    lines = pl.LazyFrame({"subscription_id": ["a"], "customer_id": ["a"], "number_h": ["4" * 32], "sim_h": ["5" * 32]})
    found = traits(people.lazy(), AS_OF, lines)
    assert not [name for name in found.columns if name.endswith("_h")]
    assert not numeric_attributes(people)
