"""What sales channels bring, beside sums made by hand and planted early leavers."""

from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest

from telcli.features.margin_parts import Rates
from telcli.settings import CampaignsSettings
from telcli.stages import Inputs
from telcli.stages.campaigns import campaigns
from telcli.stages.campaigns_channels import channel_results
from telcli.tables import contract

JUNE = date(2024, 6, 1)
LINE = {
    **dict.fromkeys(("subscription_id", "customer_id", "channel_id", "end_reason"), pl.String),
    **dict.fromkeys(("activated_on", "ended_on", "contract_end"), pl.Date),
    **dict.fromkeys(("commission", "subsidy"), pl.Float64),
}


def lines(*rows: dict[str, Any]) -> pl.LazyFrame:
    return pl.LazyFrame([{"subscription_id": f"L{at}", **row} for at, row in enumerate(rows)], schema=LINE)


def months(*rows: tuple[str, int, float, float, bool]) -> pl.LazyFrame:
    """Customer, month of 2024, revenue, arrears older than 90 days, left."""
    frame = pl.LazyFrame(rows, schema=["customer_id", "month", "revenue", "arrears_91_180", "left"], orient="row")
    return frame.with_columns(
        month=pl.date(2024, pl.col("month"), 1), arrears=pl.col("arrears_91_180") + 1.0, revenue=pl.col("revenue")
    )


def told(sold: pl.LazyFrame, money: pl.LazyFrame, **settings: Any) -> dict[str, dict[str, Any]]:
    found = channel_results(
        sold,
        money,
        JUNE,
        settings=CampaignsSettings(**settings),
        rates=Rates(margin_rate=0.5, bad_debt_rate=0.8),
        subsidy_months=10,
        clawback_months=3,
    )
    contract("channel_results").schema.validate(found, cast=False)
    return {row["channel"]: row for row in found.to_dicts()}


def test_money_and_leavers_are_as_by_hand() -> None:
    sold = lines(
        {"customer_id": "a", "channel_id": "shop", "activated_on": date(2024, 1, 5), "commission": 30.0},
        {"customer_id": "a", "channel_id": "web", "activated_on": date(2024, 3, 5), "commission": 5.0},
        {
            "customer_id": "b",
            "channel_id": "shop",
            "activated_on": date(2024, 1, 9),
            "ended_on": date(2024, 2, 20),
            "commission": 30.0,
        },
        {"customer_id": "c", "channel_id": None, "activated_on": date(2024, 5, 1), "subsidy": 100.0},
        {"customer_id": "old", "channel_id": "web", "activated_on": date(2024, 5, 1), "commission": 9.0},
        {"customer_id": "before", "channel_id": "web", "activated_on": date(2022, 5, 1), "commission": 9.0},
    )
    money = months(
        *(("a", month, 20.0, 0.0, False) for month in range(1, 7)),
        ("b", 1, 10.0, 0.0, False),
        ("b", 2, 10.0, 10.0, True),
        ("c", 5, 40.0, 0.0, False),
        ("c", 6, 40.0, 0.0, False),
        ("old", 2, 1.0, 0.0, False),
        ("old", 6, 1.0, 0.0, False),
        ("before", 6, 1.0, 0.0, False),
    )
    found = told(sold, money, early_months=3)
    assert set(found) == {"all", "shop", "-"}
    shop = found["shop"]
    assert (shop["customers"], shop["customer_months"], shop["revenue"], shop["margin"]) == (2, 8, 140.0, 70.0)
    assert (shop["commission"], shop["clawed_back"], shop["arrears"], shop["bad_debt"]) == (65.0, 30.0, 12.0, 8.0)
    assert shop["result"] == 70.0 - 35.0 - 8.0 and shop["result_each"] == 13.5
    assert shop["payback_months"] == pytest.approx(35.0 / 2 / (70.0 / 8))
    assert (shop["observed"], shop["left_early"], shop["early_rate"]) == (2, 1, 0.5)
    assert (found["-"]["subsidy"], found["-"]["observed"], found["-"]["early_rate"]) == (20.0, 0, None)
    assert found["-"]["result_low"] is None
    for name in ("customers", "revenue", "result", "left_early"):
        assert found["all"][name] == shop[name] + found["-"][name]


def test_a_channel_whose_customers_leave_early_stands_apart() -> None:
    chance = np.random.default_rng(2)
    sold, money = [], []
    for at in range(600):
        channel = ("agent", "shop", "web")[at % 3]
        gone = chance.random() < (0.3 if channel == "agent" else 0.05)
        sold.append({"customer_id": f"C{at}", "channel_id": channel, "activated_on": date(2024, 1, 3)})
        money += [(f"C{at}", month, 10.0, 0.0, gone and month == 2) for month in range(1, 3 if gone else 7)]
    found = told(lines(*sold), months(*money), early_months=4)
    assert found["agent"]["apart"] is True and found["agent"]["early_low"] > found["all"]["early_rate"]
    assert found["all"]["apart"] is None
    assert found["agent"]["result_low"] < found["agent"]["result_each"] < found["agent"]["result_high"]


def test_channels_are_told_where_there_is_no_campaign() -> None:
    sold = lines({"customer_id": "a", "channel_id": "shop", "activated_on": date(2024, 1, 5)})
    tables = {"customer_months": months(("a", 6, 20.0, 0.0, False)), "subscriptions": sold}
    found = campaigns(Inputs(tables, JUNE), CampaignsSettings())
    assert found.tables["channel_results"].collect()["channel"].to_list() == ["all", "shop"]
    assert [notice.code for notice in found.notices] == ["campaigns-only-channels"]
    assert found.tables["campaign_status"].collect().is_empty()
