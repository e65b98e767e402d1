"""Margin by what was sold and by year of the stay: worked by hand, and parts that add up."""

from datetime import date

import polars as pl
import pytest

from telcli.features.margin_parts import Rates
from telcli.settings import ScoreValueSettings
from telcli.stages.score_value_views import cohort_rows, offer_rows
from telcli.tables import contract

JUNE = date(2024, 6, 1)
MARGINS = pl.DataFrame({"customer_id": ["a", "b", "c"], "margin": [90.0, -30.0, 60.0]})


def line(name: str, customer: str, channel: str | None, since: date, ended: date | None = None) -> dict[str, object]:
    return {
        "subscription_id": name, "customer_id": customer, "channel_id": channel, "plan_id": "p",
        "activated_on": since, "ended_on": ended,
    }  # fmt: skip


LINES = [
    line("1", "a", "hall", date(2023, 1, 5)),
    line("2", "a", "agent", date(2024, 6, 30)),
    line("3", "a", "agent", date(2023, 3, 1), date(2023, 6, 1)),  # ended, and early
    line("4", "b", "agent", date(2023, 9, 1)),
    line("5", "c", "agent", date(2023, 12, 31), date(2024, 7, 1)),  # lives at the end of June
    line("6", "c", "agent", date(2024, 7, 1)),  # not sold yet
    line("7", "d", "hall", date(2020, 1, 1)),  # a customer who is not valued, sold too long ago to tell
    {**line("9", "b", "agent", date(2023, 9, 1), date(2023, 10, 1)), "end_reason": "internal"},
    line("8", "c", None, date(2022, 1, 1), date(2022, 9, 1)),
]


def offers(*lines: dict[str, object], **more: pl.LazyFrame) -> dict[tuple[str, str], dict[str, object]]:
    schema = {"activated_on": pl.Date, "ended_on": pl.Date, "end_reason": pl.String}
    schema |= dict.fromkeys(("commission", "subsidy"), pl.Float64)
    tables = {"subscriptions": pl.LazyFrame(lines or LINES, schema_overrides=schema), **more}
    found = offer_rows(MARGINS, pl.Series(["d"]), tables, JUNE, ScoreValueSettings(clawback_months=6))
    rows = contract("value_offers").require(found.lazy()).collect()
    return {(row["kind"], row["item"]): row for row in rows.to_dicts()}


def test_margin_is_parted_among_live_lines_and_channels_add_up() -> None:
    found = offers()
    hall, agent, plan = found["sales-channel", "hall"], found["sales-channel", "agent"], found["plan", "p"]
    assert (hall["customers"], hall["lines"], hall["margin"]) == (1, 1, 45.0)
    assert (agent["customers"], agent["lines"], agent["margin"]) == (3, 3, 75.0)
    assert (agent["margin_per_customer"], agent["loss_maker_share"]) == (25.0, pytest.approx(1 / 3))
    assert (plan["customers"], plan["margin"], plan["margin_share"]) == (3, 120.0, 1.0)


def test_sales_costs_are_those_of_their_own_line_and_channels_still_add_up() -> None:
    year = {"commission": 0.0, "subsidy": 0.0}
    found = offers(
        {**year, **line("1", "a", "hall", date(2020, 1, 5))},
        {**year, **line("2", "a", "agent", date(2024, 1, 5)), "commission": 100.0},
        # sold 2022, 18 of 24 parts of its device left when it ended, on the channel that sold it alone
        {**year, **line("3", "a", "shop", date(2023, 1, 5), date(2023, 7, 9)), "subsidy": 240.0},
        {**year, **line("4", "a", "web", date(2023, 1, 5), date(2023, 7, 9))},  # ended, and cost nothing
        {**year, **line("5", "b", "agent", date(2024, 2, 5)), "commission": 70.0},
        {**year, **line("6", "c", "shop", date(2024, 2, 5), date(2024, 6, 5)), "commission": 50.0},  # taken back
    )
    told = {
        item: (row["customers"], row["lines"], row["sales_costs"], row["margin"]) for (_, item), row in found.items()
    }
    # a: 90 + 100 + 180 = 370 before sales costs, 185 a live line; b -30 is all the agent's; c has no live line
    assert told["hall"] == (1, 1, 0.0, 185.0)
    assert told["agent"] == (2, 2, 170.0, 85.0 - 30.0)
    assert told["shop"] == (1, 0, 180.0, -180.0)
    assert told["p"] == (2, 3, 350.0, 60.0)
    assert "web" not in told
    assert sum(told[item][3] for item in ("hall", "agent", "shop")) == 90.0 - 30.0


def test_what_was_spent_on_who_left_stands_apart() -> None:
    found = offers(
        {**line("1", "a", "hall", date(2020, 1, 5)), "commission": 0.0, "subsidy": 0.0},
        {**line("2", "d", "agent", date(2024, 1, 5), date(2024, 8, 5)), "commission": 100.0, "subsidy": 0.0},
        {**line("3", "d", "agent", date(2023, 5, 5), date(2024, 1, 5)), "commission": 30.0, "subsidy": 24.0},
        {**line("4", "d", "old", date(2020, 5, 5), date(2023, 6, 30)), "commission": 30.0, "subsidy": 24.0},
        {**line("5", "e", "agent", date(2024, 1, 5)), "commission": 900.0, "subsidy": 0.0},  # neither here nor left
    )
    agent = found["sales-channel", "agent"]
    assert (agent["left_customers"], agent["lost_sales_costs"]) == (1, 122.0)
    assert (agent["customers"], agent["lines"], agent["margin"], agent["margin_per_customer"]) == (0, 0, 0.0, None)
    assert (found["sales-channel", "hall"]["left_customers"], found["plan", "p"]["lost_sales_costs"]) == (0, 122.0)
    assert ("sales-channel", "old") not in found


def test_early_ends_are_of_lines_that_had_the_time_to_end() -> None:
    found = offers()
    # of agents: line 3 ended after 92 days; 4 and 5 did not; 9 moved within; 2 and 6 were sold too late to tell
    assert found["sales-channel", "agent"]["lines_sold"] == 4
    assert found["sales-channel", "agent"]["early_end_share"] == pytest.approx(1 / 4)
    assert (found["sales-channel", "hall"]["lines_sold"], found["sales-channel", "hall"]["early_end_share"]) == (1, 0.0)


def test_products_take_the_part_of_their_line() -> None:
    products = pl.LazyFrame(
        {
            "subscription_id": ["1", "1", "4", "5"],
            "product_id": ["tv", "cloud", "tv", "tv"],
            "started_on": [date(2024, 1, 1)] * 4,
            "ended_on": [None, None, None, date(2024, 5, 1)],
            "monthly_fee": [10.0] * 4,
        },
        schema_overrides={"ended_on": pl.Date},
    )
    found = offers(products=products)
    tv = found["product", "tv"]
    assert (tv["customers"], tv["margin"], tv["lines_sold"]) == (2, 15.0, None)
    assert found["product", "cloud"]["margin"] == 45.0


def test_without_lines_there_is_nothing_to_tell() -> None:
    assert offer_rows(MARGINS, pl.Series(["d"]), {}, JUNE, ScoreValueSettings()).height == 0


def test_cohorts_by_hand() -> None:
    frame = pl.LazyFrame(
        {
            "month": [date(2023, 12, 1), date(2024, 1, 1), date(2024, 2, 1), date(2024, 2, 1), date(2024, 2, 1)],
            "active": [True, True, True, True, False],
            "tenure_months": [11.0, 12.0, 13.0, None, 13.0],
            "revenue": [40.0, 50.0, 60.0, 70.0, 80.0],
            "contacts": [None, 2.0, None, None, None],
        }
    )
    found = cohort_rows(frame, "revenue", Rates(0.5, cost_per_contact=3.0), JUNE)
    rows = contract("value_cohorts").require(found.lazy()).collect().to_dicts()
    told = [(row["cohort_year"], row["tenure_year"], row["customer_months"], row["margin_a_month"]) for row in rows]
    assert told == [(2023, 1, 1, 20.0), (2023, 2, 2, (25.0 - 6.0 + 30.0) / 2)]
    assert [row["revenue_a_month"] for row in rows] == [40.0, 55.0]
