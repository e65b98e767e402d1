"""How value is spread: tenths, curves and indices, worked by hand; what must hold for any money."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcli.stages.score_value_sides import curve_rows, decile_rows, index_rows, spread_told
from telcli.tables import contract

JUNE = date(2024, 6, 1)
MONEY = st.lists(st.floats(-1e4, 1e4).map(lambda value: round(value, 4)), min_size=1, max_size=60)


def people(values, **groups):
    names = [f"c{place:03d}" for place in range(len(values))]
    money = [float(value) for value in values]
    return pl.DataFrame(
        {"customer_id": names, "current_value": money, "lifetime_value": [2 * v for v in money], "revenue": money}
        | {"expected_months": [float(place % 4) for place in range(len(values))]}
        | groups
    )


def deciles(frame):
    return contract("value_deciles").require(decile_rows(frame, JUNE).lazy()).collect()


def test_tenths_by_hand():
    found = deciles(people([*range(1, 20), -40]))  # 190 gained, 40 lost
    assert found["customers"].to_list() == [2] * 10
    assert found["margin"].to_list()[:2] == [37.0, 33.0]
    assert found["margin"].to_list()[-1] == 1.0 - 40.0
    assert found["cumulative_share"].to_list()[-2:] == pytest.approx([189 / 150, 1.0])
    assert found["margin_share"][0] == pytest.approx(37 / 150, abs=1e-6)
    assert found["value_index"][0] == pytest.approx(18.5 / 7.5, abs=1e-6)
    assert found["loss_makers"].to_list() == [0] * 9 + [1]
    assert (found["lowest"][0], found["lowest"][-1], found["lifetime_value"][0]) == (18.0, -40.0, 74.0)


def test_fewer_than_ten_customers_make_fewer_rows():
    found = deciles(people([5.0, 3.0, 4.0]))
    assert (found["decile"].to_list(), found["margin"].to_list()) == ([1, 4, 7], [5.0, 4.0, 3.0])


def test_of_a_total_that_is_not_above_nothing_no_shares_are_told():
    found = deciles(people([5.0, -5.0]))
    assert found["margin_share"].null_count() == found["value_index"].null_count() == 2
    points = curve_rows(pl.Series([5.0, -5.0]), JUNE)
    assert points["whale_share"].null_count() == points["lorenz_share"].null_count() == 101
    assert points["whale_margin"][50] == 5.0
    told = spread_told(pl.Series([5.0, -5.0]))
    assert (told["peak_share"], told["gini"], told["eaten"], told["gini_gross"]) == (None, None, 1.0, 0.5)


@given(MONEY, st.randoms())
def test_tenths_add_up_in_any_order(values, random):
    frame = people(values)
    found = deciles(frame)
    assert found["customers"].sum() == len(values)
    assert found["margin"].sum() == pytest.approx(sum(values), abs=1e-3)
    assert found["loss_makers"].sum() == sum(value < 0 for value in values)
    assert found["margin_per_customer"].to_list() == sorted(found["margin_per_customer"], reverse=True)
    order = list(range(len(values)))
    random.shuffle(order)
    assert deciles(frame[order]).equals(found)
    sizes = found["customers"]
    assert sizes.max() - sizes.min() <= 1


@given(MONEY.filter(lambda values: sum(values) > 0.01))
def test_the_curves_keep_their_bounds(values):
    found = contract("value_curve").require(curve_rows(pl.Series(values), JUNE).lazy()).collect()
    shares, whale, lorenz = (found[name].to_numpy() for name in ("customer_share", "whale_share", "lorenz_share"))
    assert whale[-1] == lorenz[-1] == 1.0
    assert (lorenz <= shares + 1e-5).all() and (whale >= shares - 1e-5).all()
    # the worst x of customers have what the best 1 - x leave
    assert lorenz == pytest.approx(1 - whale[::-1], abs=1e-4 + 1e-4 / sum(values))


def test_groups_over_the_mean_of_all_and_seven_times_it():
    frame = people([90.0, 90.0] + [1.0] * 18, value_tier=["gold"] * 2 + ["bronze"] * 18, star=["a"] + [None] * 19)
    rows = index_rows(frame, {"value-tier": "value_tier", "own-star": "star"}, JUNE)
    found = contract("value_index").require(rows.lazy()).collect()
    told = {(row["kind"], row["group"]): row for row in found.to_dicts()}
    gold = told["value-tier", "gold"]
    assert gold["margin_index"] == pytest.approx(90 / 9.9, abs=1e-6)
    assert (gold["customers"], gold["customer_share"], gold["far_above"]) == (2, 0.1, True)
    assert not told["value-tier", "bronze"]["far_above"]
    assert told["own-star", "a"]["customers"] == 1
    assert gold["expected_months"] == 0.5
    weighted = sum(row["customer_share"] * row["margin_index"] for (kind, _), row in told.items() if "tier" in kind)
    assert weighted == pytest.approx(1.0, abs=1e-5)


def test_exactly_seven_times_is_reached():
    # two of fourteen bring half each: 7 times the mean
    frame = people([70.0, 70.0] + [0.0] * 12, value_tier=["gold"] * 2 + ["bronze"] * 12)
    found = index_rows(frame, {"value-tier": "value_tier"}, JUNE)
    assert found.filter("far_above")["group"].to_list() == ["gold"]
    assert found.filter("far_above")["margin_index"].to_list() == [7.0]
