"""Treatments: what is advised is in the data and not against what is known of the members."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcli.stages.segment_people import People
from telcli.stages.segment_traits import Difference, Portrait
from telcli.stages.segment_treatment import Facts, facts_of, treated

SHARES = (
    *("idle", "uses_data", "calls", "over_bundle", "complains", "roams", "in_arrears", "several_lines", "bundled"),
    *("no_contract", "contract_ends", "prepaid", "business", "dormant", "fading", "broadband", "high_tier", "low_tier"),
    "left",
)
EFFECTS = tuple(
    f"{group}_effect"
    for group in ("data", "voice", "idle", "complaints", "arrears", "over-bundle", "roaming", "tenure")
)
FACTS = st.fixed_dictionaries(
    {},
    optional={
        **{name: st.floats(0, 1) for name in SHARES},
        **{name: st.floats(-3, 3) for name in EFFECTS},
        "tenure": st.floats(0, 240),
        "revenue_change": st.floats(-1, 1),
        "value_index": st.floats(0, 5),
        "risk": st.sampled_from([0.0, 1.0]),
        "top_spenders": st.sampled_from([0.0, 1.0]),
        "high_spenders": st.sampled_from([0.0, 1.0]),
    },
)

# What must be true of a segment wherever these words are said to it; told here from the words, not from the table.
REQUIRED: list[tuple[str, str, Callable[[Facts], bool]]] = [
    ("first bill", "首张账单", lambda f: f["tenure"] <= 6 and f.get("prepaid", 0) < 0.5),
    ("top up", "充值", lambda f: f["tenure"] <= 6 and f["prepaid"] >= 0.5),
    ("account manager|named contact", "客户经理", lambda f: f["top_spenders"] == 1),
    ("use falls", "使用下降时", lambda f: f.get("high_spenders") == 1 or f["high_tier"] >= 0.4),
    ("broadband together|offer broadband", "推荐宽带|融合", lambda f: f["broadband"] <= 0.3 and f["bundled"] <= 0.3),
    ("app and", "手机营业厅", lambda f: f["uses_data"] >= 0.5 and f.get("hardly_data", 0) < 0.5),
    ("need data", "不推流量", lambda f: f["hardly_data"] >= 0.5 and f["low_tier"] >= 0.6),
    ("at low cost|cost of serving", "低成本|服务成本", lambda f: f.get("important", 0) < 0.25),
    ("key or strategic", "战略客户", lambda f: f["important"] >= 0.25),
    ("do not use it yet", "尚未使用", lambda f: f["tenure"] <= 6 and max(f.get("idle", 0), f.get("dormant", 0)) >= 0.5),
    ("larger data plan", "大流量套餐", lambda f: f["data_short"] >= 0.5 and f["uses_data"] >= 0.5),
    ("use much data", "流量用量大", lambda f: f["data_effect"] >= 0.5 and f.get("hardly_data", 0) < 0.5),
    ("family plan", "家庭套餐", lambda f: f["several_lines"] <= 0.3 and f["voice_effect"] >= 0.5),
    ("voice bundle|voice plan", "语音包|语音套餐", lambda f: f["voice_effect"] >= 0.5 and f["calls"] >= 0.5),
    ("contract ends", "合约到期", lambda f: f["contract_ends"] >= 0.2 and f.get("left", 0) < 0.5),
    ("without a contract", "无长期合约", lambda f: f["no_contract"] >= 0.5 and f.get("left", 0) < 0.5),
    ("direct debit", "代扣", lambda f: f["in_arrears"] >= 0.2 and f.get("prepaid", 0) < 0.5),
    ("complaints", "投诉", lambda f: f["complains"] >= 0.2),
    ("next larger plan", "高一档", lambda f: f["over_bundle"] >= 0.3),
    ("roaming pack", "漫游包", lambda f: f["roams"] >= 0.5),
    ("loyalty", "老客户", lambda f: f["tenure"] >= 36),
    ("already left", "半数以上已离网", lambda f: f["left"] >= 0.5),
    ("Most use nothing", "多为沉默", lambda f: max(f.get("dormant", 0), f.get("idle", 0)) >= 0.5),
]


@given(FACTS)
def test_nothing_is_advised_that_the_data_do_not_bear_out(facts: Facts) -> None:
    english, chinese = treated(facts)
    assert english
    for words, zh, holds in REQUIRED:
        said = bool(re.search(words, english))
        assert said == bool(re.search(zh, chinese)), (words, english, chinese)
        if said:
            assert holds(facts), (words, facts)


@given(FACTS)
def test_nothing_is_sold_to_who_left_or_is_silent(facts: Facts) -> None:
    english, chinese = treated(facts)
    if facts.get("left", 0) >= 0.5:
        assert english.startswith("Half or more have already left")
        assert "；" not in chinese
    elif facts.get("tenure", 99) > 6 and max(facts.get("dormant", 0), facts.get("idle", 0)) >= 0.5:
        assert english.startswith("Most use nothing")
        assert "ffer" not in english


@pytest.mark.parametrize(("words", "zh", "holds"), REQUIRED)
def test_each_kind_of_advice_is_given_to_somebody(words: str, zh: str, holds: Callable[[Facts], bool]) -> None:
    """So that the property above is never true for want of cases."""
    usual = dict.fromkeys(SHARES, 0.0) | dict.fromkeys(EFFECTS, 0.0) | {"tenure": 20.0, "value_index": 1.0, "risk": 0.0}
    tried = [
        {"tenure": 3.0}, {"tenure": 3.0, "prepaid": 1.0}, {"top_spenders": 1.0, "business": 1.0},
        {"data_effect": 1.0, "uses_data": 1.0}, {"low_tier": 0.9, "uses_data": 1.0},
        {"voice_effect": 1.0, "calls": 1.0},
        {"risk": 1.0, "top_spenders": 1.0, "contract_ends": 0.4}, {"risk": 1.0, "no_contract": 0.9},
        {"in_arrears": 0.5, "arrears_effect": 1.0}, {"complains": 0.5, "complaints_effect": 1.0},
        {"over_bundle": 0.5, "over-bundle_effect": 1.0}, {"roams": 0.7, "roaming_effect": 1.0},
        {"tenure": 60.0, "tenure_effect": 1.0}, {"left": 0.6}, {"dormant": 0.6},
        {"value_index": 1.3, "high_tier": 0.5}, {"data_short": 0.8, "uses_data": 1.0},
        {"low_tier": 0.9, "hardly_data": 0.9}, {"low_tier": 0.9, "important": 0.3}, {"tenure": 3.0, "idle": 0.9},
    ]  # fmt: skip
    assert any(re.search(words, treated({**usual, **one})[0]) for one in tried)


def test_with_nothing_known_nothing_is_sold() -> None:
    assert treated({})[0].startswith("Nothing known here calls")


def people(rows: int, columns: dict[str, list[float]], **kinds: list[str]) -> People:
    frame = pl.DataFrame(
        {"customer_id": [str(n) for n in range(rows)], "lifecycle_stage": ["maturity"] * rows, **kinds}
    )
    values = np.array(list(columns.values())).T.reshape(rows, len(columns))
    return People(frame, ("lifecycle_stage", *kinds), (), tuple(columns), values, np.full(rows, np.nan), None)


def test_facts_are_shares_and_medians_of_members_of_whom_they_are_known() -> None:
    gap = float("nan")
    some = people(
        6,
        {
            "tenure_months": [1.0, 2.0, 30.0, 50.0, 60.0, gap],
            "data_mb_mean_3": [0.0, 5.0, 5.0, gap, gap, 5.0],
            "contract_months_left": [0.0, 2.0, 9.0, gap, gap, gap],
        },
        pay_mode=["prepaid", "postpaid", "prepaid", "postpaid", "postpaid", "postpaid"],
        x_Contract=["Month-to-month"] * 3 + ["Two year"] * 3,
        x_InternetService=["No", "DSL", "Fiber optic", "No", "No", "No"],
    )
    labels = np.array([0, 0, 0, 1, 1, 1], dtype=np.int32)
    portrait = Portrait(
        1.2, (Difference("data_mb_mean_3", 0.8, 5.0, 3.0),), tiers={"high": 0.5, "mid": 0.5, "low": 0.0}
    )
    first, second = facts_of(some, labels, [portrait, Portrait(None)])
    assert (first["tenure"], second["tenure"]) == (2.0, 55.0)
    assert first["uses_data"] == pytest.approx(2 / 3)
    assert "uses_data" not in second  # known of one in three
    assert first["contract_ends"] == pytest.approx(1 / 3)
    assert "contract_ends" not in second
    assert first["no_contract"] == 1.0
    assert second["no_contract"] == 0.0
    assert first["prepaid"] == pytest.approx(2 / 3)
    assert (first["broadband"], second["broadband"]) == (pytest.approx(2 / 3), 0.0)
    assert (first["data_effect"], first["high_tier"], first["risk"]) == (0.8, 0.5, 0.0)
    assert "value_index" not in second


@pytest.mark.parametrize(("high", "room", "top"), [(0.598, 0.602, True), (0.42, 0.5, True), (0.3, 0.5, False)])
def test_top_spenders_are_treated_so_however_many_they_are(high: float, room: float, *, top: bool) -> None:
    """A segment larger than the high tier cannot have 60% of its members there, whatever it pays."""
    some = people(2, {})
    drawn = Portrait(2.23, tiers={"high": high, "mid": 1 - high, "low": 0.0}, high_room=room)
    (facts,) = facts_of(some, np.zeros(2, dtype=np.int32), [drawn])
    assert facts["top_spenders"] == float(top)
    assert ("first place in the service queue" in treated(facts)[0]) is top
    assert treated({**facts, "risk": 1.0})[0].startswith("Call those most likely to leave in person") is top


def test_risk_stands_out_from_all() -> None:
    some = people(4, {"tenure_months": [1.0, 2.0, 3.0, 4.0]})
    labels = np.array([0, 0, 1, 1], dtype=np.int32)
    drawn = [Portrait(1.0, churn_rate=0.4, churn_overall=0.2), Portrait(1.0, churn_rate=0.021, churn_overall=0.01)]
    assert [facts["risk"] for facts in facts_of(some, labels, drawn)] == [1.0, 0.0]


@given(FACTS)
def test_advice_to_spend_more_and_to_spend_less_exclude_each_other(facts: Facts) -> None:
    english = treated(facts)[0]
    loyal = "loyalty" in english or "first place" in english
    assert not (loyal and re.search("low cost|cost of serving|let go after|app and online", english))


def test_loyal_customers_of_little_data_are_not_thanked_and_dropped_at_once() -> None:
    facts = {"tenure": 80.0, "tenure_effect": 1.0, "low_tier": 0.9, "hardly_data": 0.9}
    assert treated(facts)[0] == "Thank them for their loyalty with better service"


def test_data_are_advised_on_by_what_is_used_and_billed_not_by_the_mean() -> None:
    rows = {"data_mb_mean_3": [3500.0, 3600.0, 3400.0, 40.0, 50.0, 20.0]}
    billed = {"billed_data": np.array([5.0, 9.0, 0.0, 0.0, 0.0, 0.0])}
    some = replace(people(6, rows), beside=billed)
    labels = np.array([0, 0, 0, 1, 1, 1], dtype=np.int32)
    low = Portrait(0.4, (Difference("data_mb_mean_3", -0.9, 3500.0, 9000.0),), tiers={"high": 0, "mid": 0, "low": 1.0})
    payers, hardly = (treated(facts)[0] for facts in facts_of(some, labels, [low, low]))
    assert "larger data plan" in payers
    assert "need data" not in payers
    assert "no offers that need data" in hardly


def test_no_larger_plan_for_who_pays_nothing_beyond_the_plan() -> None:
    some = replace(people(2, {"data_mb_mean_3": [30000.0] * 2}), beside={"billed_data": np.zeros(2)})
    heavy = Portrait(1.0, (Difference("data_mb_mean_3", 1.4, 30000.0, 9000.0),))
    (facts,) = facts_of(some, np.zeros(2, dtype=np.int32), [heavy])
    assert facts["data_short"] == 0.0
    assert "larger data plan" not in treated(facts)[0]


def test_a_bundle_used_up_runs_short() -> None:
    some = replace(people(3, {"data_mb_mean_3": [900.0] * 3}), beside={"data_saturation": np.array([0.95, 1.2, 0.1])})
    (facts,) = facts_of(some, np.zeros(3, dtype=np.int32), [Portrait(None)])
    assert facts["data_short"] == pytest.approx(2 / 3)


def test_the_new_are_welcomed_before_they_are_called_silent() -> None:
    english, chinese = treated({"tenure": 2.0, "dormant": 0.9, "idle": 0.9, "idle_effect": 1.0, "low_tier": 0.9})
    assert english.startswith("Joined lately, and most do not use it yet")
    assert "唤醒" not in chinese
    assert treated({"tenure": 20.0, "dormant": 0.9})[0].startswith("Most use nothing")


def test_numbers_of_the_operators_own_tell_who_roams() -> None:
    some = people(4, {"x_GPRS-国内漫游-流量（KB）": [9.0, 9.0, 0.0, 9.0]})
    (facts,) = facts_of(some, np.zeros(4, dtype=np.int32), [Portrait(None)])
    assert facts["roams"] == 0.75
    assert "漫游包" in treated(facts)[1]


def test_segments_of_key_customers_are_not_served_at_low_cost() -> None:
    some = people(4, {"numbers_held": [30.0, 1.0, 1.0, 1.0]}, customer_class=["public", "key", "public", "public"])
    low = Portrait(0.4, tiers={"high": 0.0, "mid": 0.0, "low": 1.0})
    (facts,) = facts_of(some, np.zeros(4, dtype=np.int32), [low])
    assert facts["important"] == 0.5
    english, chinese = treated(facts)
    assert "cost" not in english
    assert "战略客户" in chinese
