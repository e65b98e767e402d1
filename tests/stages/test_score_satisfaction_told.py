"""What score-satisfaction says of what it cannot tell, and that no figure is more than what stands behind it."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from telcli.errors import MissingInputError, Notice, UsageError
from telcli.features.loyalty import Full, loyalty_parts
from telcli.features.satisfaction_themes import theme_of
from telcli.methods.rates import wilson
from telcli.stages import Outcome
from tests.stages.test_score_satisfaction import JUNE, group, scored, surveys, three


def said(found: Outcome, code: str) -> list[Notice]:
    return [notice for notice in found.notices if notice.code == code]


def overall(people: int, *more: dict[str, Any]) -> dict[str, pl.LazyFrame]:
    rows = [
        {"customer_id": f"C{at:03d}", "item": "总体满意度", "score": float(at % 10 + 1)} | {"weight": 1.0 + at % 3}
        for at in range(people)
    ]
    return {"surveys": surveys([*rows, *more])}


def test_answers_are_worth_no_more_than_were_given_to_the_index() -> None:
    others = [{"customer_id": f"C{at:03d}", "item": "清晰度", "score": 8.0, "weight": 2.0} for at in range(12, 40)]
    found = scored(overall(12, *others), scale="1-10", weighting="given")
    assert found.metrics["respondents"] == 12 and found.metrics["effective_answers"] <= 12
    assert found.metrics["effective_answers"] == pytest.approx(group(found, "all", "all")["effective"])


def test_shares_have_the_interval_of_as_many_equal_answers() -> None:
    row = group(scored(overall(40), scale="1-10", weighting="given"), "all", "all")
    low, high = wilson(row["satisfied_share"] * row["effective"], row["effective"])
    assert (row["satisfied_low"], row["satisfied_high"]) == pytest.approx((float(low), float(high)))
    assert row["dissatisfied_low"] < row["dissatisfied_share"] < row["dissatisfied_high"]
    assert group(scored(overall(4), scale="1-10"), "all", "all")["satisfied_low"] is None


def test_own_weights_without_weights_are_refused_whatever_was_asked() -> None:
    for asked in (overall(30), {"surveys": three()}):
        with pytest.raises(UsageError, match="index_weights own") as error:
            scored(asked, scale="1-10", index_weights="own")
        assert "own_weights =" in error.value.hint


def test_without_drivers_nobody_is_told_that_customers_lack() -> None:
    found = scored(overall(60), people=60, scale="1-10")
    assert said(found, "satisfaction-nothing-known") and not said(found, "satisfaction-no-drivers")
    assert said(scored(overall(30), scale="1-10"), "satisfaction-no-drivers")


def test_loyalty_is_not_told_where_little_is_known_of_it() -> None:
    rows = {"customer_id": ["a", "b"], "month": [JUNE] * 2, "active": [True] * 2, "tenure_months": [1.0, 60.0]}
    weights = {"tenure": 0.25, "contract": 0.15, "bundle": 0.2, "payments": 0.2, "renewals": 0.1, "competitor": 0.1}
    told = loyalty_parts(pl.LazyFrame(rows), date(2024, 6, 1), Full(), weights)
    assert told["loyalty"].to_list() == [None, None] and told["known"].to_list() == [0.25, 0.25]
    assert loyalty_parts(pl.LazyFrame(rows), JUNE, Full(), weights, least=0.25)["loyalty"].to_list()[1] == 100.0
    found = scored(overall(30), scale="1-10")
    assert found.metrics["loyalty"] is None and found.metrics["loyalty_customers"] == 0
    assert said(found, "satisfaction-no-loyalty")[0].values["customers"] == 40


def test_what_followed_and_nothing_tells_is_named() -> None:
    ids = [f"C{at:03d}" for at in range(40)]
    months = [date(2024, 4, 1), date(2024, 5, 1), JUNE]
    view = pl.concat(
        pl.LazyFrame({"customer_id": ids, "month": [month] * 40, "active": [True] * 40, "left": [False] * 40})
        for month in months
    )
    asked = overall(30)["surveys"].with_columns(surveyed_on=pl.lit(date(2024, 5, 10)))
    found = scored({"surveys": asked, "customer_months": view}, scale="1-10", link_months=1)
    assert said(found, "satisfaction-links-untold")[0].values["outcomes"] == "revenue, complaints"


def test_old_answers_are_told_first() -> None:
    rows = overall(30)["surveys"].with_columns(surveyed_on=pl.lit(date(2023, 12, 5)))
    first = scored({"surveys": rows}, scale="1-10").notices[0]
    assert first.code == "satisfaction-old" and first.values["last"] == "2023-12-05"
    assert not said(scored(overall(30), scale="1-10"), "satisfaction-old")


def test_more_of_two_codes_is_told_as_what_it_is() -> None:
    ids = [f"C{at:03d}" for at in range(80)]
    view = {"customer_id": ids, "month": [JUNE] * 80, "active": [True] * 80, "left": [False] * 80}
    people = {"customer_id": ids, "x_网络问题": [1.0, 2.0] * 40, "x_掉话": [0.0, 0.0, 1.0, 1.0] * 20}
    rows = [
        {"customer_id": one, "item": "总体满意度", "score": 3.0 + 4 * (at % 2) + at % 3} for at, one in enumerate(ids)
    ]
    tables = {"customer_months": pl.LazyFrame(view), "customers": pl.LazyFrame(people), "surveys": surveys(rows)}
    drivers = scored(tables, scale="1-10", predict="never").tables["satisfaction_drivers"].collect()
    codes = dict(drivers.filter(level="driver").select("driver", "codes").iter_rows())
    assert codes == {"x_网络问题": "2 rather than 1", "x_掉话": None}
    assert drivers.filter(driver="x_网络问题")["direction"].item() == "up"


def test_the_longest_word_of_a_header_tells_its_theme() -> None:
    assert theme_of("x_Internet_Service") == "product" and theme_of("x_Customer_service_calls") == "service"
    assert theme_of("x_Monthly_charge_phone") == "price" and theme_of("网络投诉") == "network"


def test_the_scale_of_an_item_is_the_same_for_what_followed() -> None:
    ids = [f"C{at:03d}" for at in range(80)]
    months = [date(2024, 4, 1), date(2024, 5, 1), JUNE]
    view = pl.concat(
        pl.LazyFrame({"customer_id": ids, "month": [month] * 80, "active": [True] * 80, "left": [False] * 80})
        for month in months
    )
    rows = [
        {"customer_id": one, "item": "总体满意度", "score": 4.0 + at % 2, "surveyed_on": date(2024, 5, 9)}
        if at < 40
        else {"customer_id": one, "item": "总体满意度", "score": 10.0, "surveyed_on": date(2024, 6, 9)}
        for at, one in enumerate(ids)
    ]
    found = scored({"surveys": surveys(rows), "customer_months": view}, people=80, link_months=1, predict="never")
    assert found.metrics["scales"] == {"总体满意度": "1-10"}
    bands = found.tables["satisfaction_links"].filter(outcome="churn").collect()
    assert dict(bands.select("band", "customers").iter_rows())["dissatisfied"] == 40


def test_nps_alone_is_told_alone() -> None:
    rows = surveys([{"customer_id": f"C{at:03d}", "item": "overall", "nps": float(at % 11)} for at in range(33)])
    found = scored({"surveys": rows})
    assert said(found, "satisfaction-nps-alone") and found.metrics["respondents"] == 0
    assert found.metrics["nps"] == pytest.approx(100 * (2 - 7) / 11, abs=0.2) and found.metrics["index"] is None


def test_the_answers_of_few_are_nobody_elses() -> None:
    told = scored(overall(3), scale="1-10").tables["satisfaction_scores"].collect()
    assert told.filter(~pl.col("surveyed"))["satisfaction"].null_count() == 37


def test_where_all_answer_alike_nothing_is_saved() -> None:
    rows = surveys([{"customer_id": f"C{at:03d}", "item": "总体满意度", "score": 8.0} for at in range(120)])
    found = scored({"surveys": rows}, people=150, scale="1-10")
    assert found.metrics["gain"] == 0.0 and found.metrics["predicted_by"] == "mean"


def test_who_is_no_customer_is_counted_and_nobody_left_is_an_error() -> None:
    others = [{"customer_id": f"X{at}", "item": "总体满意度", "score": 5.0} for at in range(12)]
    found = scored({"surveys": surveys([*others, {"customer_id": "C001", "item": "总体满意度", "score": 5.0}])})
    assert found.notices[0].code == "satisfaction-gone" and found.notices[0].values["gone"] == 12
    with pytest.raises(MissingInputError, match="12 customers") as error:
        scored({"surveys": surveys(others)})
    assert "telcli show surveys" in error.value.hint
