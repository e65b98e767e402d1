"""What products add to incremental value: by hand, without counting what plan fees hold already."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from telcli.settings import resolve
from telcli.stages import Inputs
from telcli.stages.score_value import score_value
from telcli.tables import contract

MONTHS = [date(2023 + (place + 4) // 12, (place + 4) % 12 + 1, 1) for place in range(14)]
JUNE = MONTHS[-1]


def valued(held, fees=None, people=4, months=3, revenue=None, services=("mobile",), **settings):
    """Value people who stay, with a line each, of `services` in turn; `held`: (person, product, start, end, fee)."""
    names = [f"c{place:03d}" for place in range(people)]
    lines = [
        {
            "customer_id": name, "month": month, "active": True, "left": False, "tenure_months": 100.0 + step,
            "revenue": 50.0 if revenue is None else revenue[person][step],
            "plan_fee": None if fees is None else float(fees[person][step]),
        }
        for person, name in enumerate(names)
        for step, month in enumerate(MONTHS[-months:])
    ]  # fmt: skip
    subscriptions = [
        {"subscription_id": f"s{name}", "customer_id": name, "service_type": services[place % len(services)]}
        for place, name in enumerate(names)
    ]
    products = pl.LazyFrame(
        [(f"s{names[who]}", *row) for who, *row in held],
        schema={
            "subscription_id": pl.String, "product_id": pl.String, "started_on": pl.Date, "ended_on": pl.Date,
            "monthly_fee": pl.Float64,
        },
        orient="row",
    )  # fmt: skip
    tables = {
        "customer_months": pl.LazyFrame(lines, schema_overrides={"plan_fee": pl.Float64}),
        "subscriptions": pl.LazyFrame(subscriptions),
        **({"products": products} if held else {}),
    }
    asked = resolve("score-value", {"score_by": "lifetime", "discount_rate": 0.0} | settings, environ={}).values
    outcome = score_value(Inputs(tables, JUNE), asked)
    made = {name: contract(name).require(outcome.tables[name]).collect() for name in ("value_scores", "value_products")}
    return made["value_scores"], made["value_products"], outcome


BY_HAND = [
    (0, "music", date(2020, 1, 1), None, 10.0),
    (1, "music", date(2024, 6, 3), None, 10.0),
    (0, "films", date(2020, 1, 1), date(2024, 6, 9), 6.0),
    (1, "films", date(2020, 1, 1), None, 6.0),
]


def test_by_hand():
    scores, products, outcome = valued(BY_HAND, horizon_months=2, margin_rate=0.5)
    # music: 6 months of who could, 1 taken: 1/6 a month. held after 1 and 2 months: 6/36 + 11/36, of the last two
    music = 10 * 0.5 * (6 + 11) / 36
    assert scores["incremental_value"].to_list() == pytest.approx([0.0, 0.0, music, music], abs=1e-4)
    # films: 4 months of holders, 1 given up: given up by 1 and 2 months 16/64 + 28/64, of who still holds it
    films = 6 * 0.5 * (16 + 28) / 64
    whole = 50 * 0.5 * 2
    assert scores["retention_value"].to_list() == pytest.approx([whole, whole - films, whole, whole], abs=1e-4)
    told = {row["product_id"]: row for row in products.to_dicts()}
    assert (told["music"]["holders"], told["music"]["eligible"], told["music"]["customer_months"]) == (2, 2, 6)
    assert told["music"]["take_up"] == told["music"]["take_up_used"] == pytest.approx(1 / 6)
    assert (told["music"]["monthly_fee"], told["music"]["margin_a_month"]) == (10.0, 5.0)
    assert told["music"]["expected_margin"] == pytest.approx(2 * music, abs=1e-4)
    assert told["films"]["expected_loss"] == pytest.approx(-films, abs=1e-4)
    assert told["films"]["give_up"] == pytest.approx(1 / 4)
    assert outcome.metrics["products"]["by_counted"] == {"counted": 2, "in-plan-fees": 0, "no-fee": 0}
    assert "value-incremental-products-only" in {notice.code for notice in outcome.notices}


def test_only_who_has_a_line_for_it_is_expected_to_take_it():
    held = [(0, "films", date(2020, 1, 1), None, 8.0), (2, "films", date(2024, 6, 2), None, 8.0)]
    scores, products, _ = valued(held, people=6, services=("tv", "mobile"), horizon_months=1)
    # of persons 2 and 4, in May and June: 1 of 4
    assert scores["incremental_value"].to_list() == pytest.approx([0, 0, 0, 0, 8 / 4, 0], abs=1e-4)
    assert products.select("eligible", "customer_months").rows() == [(1, 4)]


def test_holders_lose_what_they_pay_themselves():
    held = [
        (0, "films", date(2020, 1, 1), None, 4.0), (1, "films", date(2020, 1, 1), None, 12.0),
        (2, "films", date(2020, 1, 1), date(2024, 6, 9), 8.0), (3, "films", date(2020, 1, 1), None, None),
    ]  # fmt: skip
    scores, products, _ = valued(held, horizon_months=1)
    lost = [fee * (1 / 8) for fee in (4.0, 12.0)]  # 8 months of holders, 1 gave up
    unknown = 8.0 * (1 / 8)  # the mean of those known
    assert products["monthly_fee"].to_list() == [8.0]
    assert scores["retention_value"].to_list() == pytest.approx(
        [50 - lost[0], 50 - lost[1], 50, 50 - unknown], abs=1e-4
    )


def taking(people=60, rate=0.05, fee=12.0):
    """Rows of products taken up at random over the months, and when each person did."""
    random = np.random.default_rng(4)
    when = random.geometric(rate, people)
    held = [(who, "cloud", MONTHS[step], None, fee) for who, step in enumerate(when) if step < len(MONTHS)]
    return [(0, "cloud", MONTHS[0], None, fee), *held], when


def test_what_plan_fees_hold_already_is_not_counted_again():
    held, when = taking()
    within = [[40.0 + 12.0 * (step >= taken) for step in range(14)] for taken in when]
    both, products, outcome = valued(held, within, people=60, months=14)
    alone, none, _ = valued([], within, people=60, months=14)
    assert alone["incremental_value"].sum() > 0
    assert both["incremental_value"].to_list() == alone["incremental_value"].to_list()
    assert both["retention_value"].to_list() == alone["retention_value"].to_list()
    assert products.select("counted", "in_plan_fee", "expected_margin").rows() == [("in-plan-fees", 1.0, 0.0)]
    assert none.height == 0
    assert "value-products-in-plan-fees" in {notice.code for notice in outcome.notices}


def test_products_beside_plan_fees_add_up_with_them_and_with_the_table():
    held, _ = taking()
    random = np.random.default_rng(5)
    steps = 40.0 + 9.0 * np.cumsum(random.random((60, 14)) < 0.1, axis=1)
    both, products, outcome = valued(held, steps, people=60, months=14)
    plans = valued([], steps, people=60, months=14)[0]
    beside = both["incremental_value"] - plans["incremental_value"]
    assert beside.min() >= 0 < beside.max()
    assert beside.sum() == pytest.approx(products["expected_margin"].sum(), abs=0.01)
    assert products["counted"].to_list() == ["counted"]
    assert outcome.metrics["products"]["expected_margin"] == pytest.approx(beside.sum(), abs=0.01)
    whole = both["current_value"] + both["incremental_value"] + both["retention_value"]
    assert whole.to_numpy() == pytest.approx(both["lifetime_value"].to_numpy(), abs=2e-4)


def test_products_bring_predictions_nearer_to_what_came():
    held, when = taking(people=200)
    billed = [[50.0 + 12.0 * (step >= taken) for step in range(14)] for taken in when]
    told = valued(held, people=200, months=14, revenue=billed)[2].metrics["backtest"]
    assert told["squared_error"] < told["fees_unchanged"]["squared_error"]
    assert abs(told["calibration"] - 1) < abs(told["naive_calibration"] - 1)


def test_products_without_a_fee_are_told_and_add_nothing():
    free = [(*row[:4], None) for row in BY_HAND]
    scores, products, outcome = valued(free)
    assert scores["incremental_value"].null_count() == 4
    assert products["counted"].to_list() == ["no-fee", "no-fee"]
    assert products["expected_margin"].sum() == 0
    assert {"value-products-no-fee", "value-no-incremental"} <= {notice.code for notice in outcome.notices}


def test_products_that_nobody_ever_gives_up_are_doubted():
    held, _ = taking(people=120)
    said = {notice.code: notice.values for notice in valued(held, people=120, months=14)[2].notices}
    assert said["value-products-no-ends"]["taken"] > 30
    ended = [(*row[:3], MONTHS[-2] if row[2] == MONTHS[2] else None, row[4]) for row in held]
    told = valued(ended, people=120, months=14)[2].notices
    assert "value-products-no-ends" not in {notice.code for notice in told}


def test_without_products_nothing_is_told_of_them():
    outcome = valued([])[2]
    assert outcome.metrics["products"] is None
    assert not [notice.code for notice in outcome.notices if "products" in notice.code]


def test_the_horizon_and_leavers_weigh_products_as_they_do_margin():
    near, _, _ = valued(BY_HAND, horizon_months=1)
    far, _, _ = valued(BY_HAND, horizon_months=12, tail="endless", discount_rate=0.1)
    assert near["incremental_value"][2] == pytest.approx(10 / 6, abs=1e-4)
    weights = (1.1 ** (1 / 12)) ** -np.arange(1.0, 13.0)
    held = 1 - (5 / 6) ** np.arange(1.0, 13.0)
    assert far["incremental_value"][2] == pytest.approx(10 * float(weights @ held), abs=1e-3)
