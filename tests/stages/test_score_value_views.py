"""Margin by what was sold and by year of the stay: worked by hand, and parts that add up."""

from datetime import date

import polars as pl
import pytest

from telcli.features.margin_parts import Rates
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


def offers(**more: pl.LazyFrame) -> dict[tuple[str, str], dict[str, object]]:
    schema = {"activated_on": pl.Date, "ended_on": pl.Date, "end_reason": pl.String}
    tables = {"subscriptions": pl.LazyFrame(LINES, schema_overrides=schema), **more}
    rows = contract("value_offers").require(offer_rows(MARGINS, tables, JUNE).lazy()).collect()
    return {(row["kind"], row["item"]): row for row in rows.to_dicts()}


def test_margin_is_parted_among_live_lines_and_channels_add_up() -> None:
    found = offers()
    hall, agent, plan = found["sales-channel", "hall"], found["sales-channel", "agent"], found["plan", "p"]
    assert (hall["customers"], hall["lines"], hall["margin"]) == (1, 1, 45.0)
    assert (agent["customers"], agent["lines"], agent["margin"]) == (3, 3, 75.0)
    assert (agent["margin_per_customer"], agent["loss_maker_share"]) == (25.0, pytest.approx(1 / 3))
    assert (plan["customers"], plan["margin"], plan["margin_share"]) == (3, 120.0, 1.0)


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
    assert offer_rows(MARGINS, {}, JUNE).height == 0


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
