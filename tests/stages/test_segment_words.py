"""Words of segments: both languages say the same, names differ, and every column of the contract has its own."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcli.features.behaviour import behaviour_columns, describing_columns
from telcli.methods.segment_rule import Condition, Rule
from telcli.stages.segment_names import named
from telcli.stages.segment_sentences import profiled, ruled, ruled_over
from telcli.stages.segment_traits import Difference, Habit, Portrait
from telcli.stages.segment_words import words

CHINESE = re.compile(r"[\u4e00-\u9fff]")
COLUMNS = [*behaviour_columns(), *describing_columns()]


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("effect", [-2.0, 2.0])
def test_every_column_has_words_in_both_languages(column: str, effect: float) -> None:
    portrait = Portrait(1.0, (Difference(column, effect, 3.0 + effect, 3.0),))
    english, chinese = profiled(portrait)
    assert not CHINESE.search(english)
    assert "_" not in english + chinese
    assert CHINESE.search(chinese)
    assert not re.search(r"[a-z]{3}", chinese)


def test_the_unusual_is_said_plainly() -> None:
    def said(mean: float, effect: float) -> tuple[str, str]:
        return profiled(Portrait(1.0, (Difference("data_mb_mean_3", effect, mean, 100.0),)))

    assert said(230.0, 1.0) == ("2.3x the average data use", "流量为平均的2.3倍")
    assert said(140.0, 1.0) == ("data use 40% above average", "流量高于平均40%")
    assert said(60.0, -1.0) == ("data use 40% below average", "流量低于平均40%")
    assert said(1.0, -1.0) == ("almost no data use", "几乎不用流量")
    assert said(101.0, 1.0)[0] == "close to the average in everything"
    assert said(140.0, -1.0)[0] == "close to the average in everything"


def test_habits_trends_use_and_churn() -> None:
    portrait = Portrait(
        1.0,
        (
            Difference("revenue_change_3", -1.0, -0.12, 0.01),
            Difference("roaming_minutes", 0.9, 50.0, 9.0, 0.34, 0.08),
        ),
        (Habit("pay_mode", "prepaid", 0.9, 0.3), Habit("x_Contract", "Two year", 0.4, 0.2)),
        0.42,
        0.26,
    )
    english, chinese = profiled(portrait)
    assert english == (
        "revenue -12% in 3 months (all: +1%); 34% roam (all: 8%); "
        "mostly payment mode = prepaid (90% vs 30%); more often contract = Two year (40% vs 20%); 42% left (all: 26%)"
    )
    assert "多为付费类型=预付费（90%，全体30%）" in chinese
    assert chinese.endswith("流失率42%（全体26%）")


def test_names_grow_until_they_differ() -> None:
    data, voice = Difference("data_mb", 2.0, 9.0, 3.0), Difference("call_minutes", 1.0, 9.0, 3.0)
    habit = Habit("x_Internet", "Fiber optic", 0.9, 0.4)
    names = named([Portrait(1.3, (data,)), Portrait(1.3, (data, voice)), Portrait(1.3, (data,), (habit,))])
    assert names[0] == ("High spenders, heavy data", "高消费重流量客户")
    assert names[1] == ("High spenders, heavy data, heavy voice", "高消费重流量重语音客户")
    assert names[2] == ("High spenders, heavy data, Fiber optic", "高消费重流量光纤客户")


def test_what_nothing_tells_apart_is_numbered() -> None:
    assert named([Portrait(1.0), Portrait(1.0)]) == [
        ("Mid spenders (1)", "中消费客户（1）"),
        ("Mid spenders (2)", "中消费客户（2）"),
    ]
    assert named([Portrait(None), Portrait(3.0)])[0] == ("Average customers", "普通客户")


@given(
    st.lists(
        st.tuples(st.floats(0.1, 3), st.lists(st.tuples(st.sampled_from(COLUMNS), st.floats(-3, 3)), max_size=4)),
        min_size=1,
        max_size=8,
    )
)
def test_names_are_never_given_twice(drawn: list[tuple[float, list[tuple[str, float]]]]) -> None:
    portraits = [
        Portrait(index, tuple(Difference(name, effect, 2.0, 1.0) for name, effect in some)) for index, some in drawn
    ]
    names = named(portraits)
    assert len({english for english, _ in names}) == len({chinese for _, chinese in names}) == len(names)
    assert all(english and chinese.endswith(("客户", "）")) for english, chinese in names)


def test_rules_in_words_and_as_a_condition() -> None:
    end = float("inf")
    rule = Rule(
        (Condition(0, 14570.0, end), Condition(1, -end, 12.5, or_missing=True), Condition(2, 1.0, 2.0)), 0.91, 0.84
    )
    (english, chinese), condition = ruled(rule, ["data_mb_mean_3", "tenure_months", "x_Score A"])
    assert english == (
        "data use (MB) above 14,570 and tenure (months) at most 12.5 or unknown and Score A above 1 and at most 2 "
        "(right for 91% of those found; finds 84%)"
    )
    assert chinese.startswith("流量（MB）大于14,570，且网龄（月）不超过12.5或缺失")
    assert condition == (
        "active AND data_mb_mean_3 > 14570.0 AND (tenure_months <= 12.5 OR tenure_months IS NULL) AND "
        '"x_Score A" > 1.0 AND "x_Score A" <= 2.0'
    )
    assert ruled_over(rule, ["data_mb_mean_3", "tenure_months", "x_Score A"]) == "customer_months+customers"
    assert ruled_over(rule, ["data_mb_mean_3", "tenure_months", "call_minutes"]) == "customer_months"


def test_a_level_of_spending_must_hold_for_most_members() -> None:
    def name(index: float, **tiers: float) -> tuple[str, str]:
        return named([Portrait(index, tiers=tiers), Portrait(None)])[0]

    assert name(0.5, high=0.0, mid=0.35, low=0.65) == ("Low spenders", "低消费客户")
    assert name(0.7, high=0.05, mid=0.5, low=0.45) == ("Low to mid spenders", "中低消费客户")
    assert name(0.7, high=0.2, mid=0.3, low=0.5) == ("Mixed spenders", "消费不一客户")
    assert name(1.7, high=0.7, mid=0.3, low=0.0)[0] == "Top spenders"
    assert name(1.7, high=0.5, mid=0.45, low=0.05)[0] == "Mid to high spenders"
    assert name(1.15, high=0.45, mid=0.5, low=0.05)[0] == "Mixed spenders"
    portrait = Portrait(0.7, tiers={"high": 0.2, "mid": 0.3, "low": 0.5})
    assert profiled(portrait) == (
        "close to the average in everything; spending: 20% high, 30% mid, 50% low tier",
        "各方面接近平均水平；消费层级：高20%、中30%、低50%",
    )


@pytest.mark.parametrize(
    ("index", "high", "low", "room", "name"),
    [
        (2.23, 0.598, 0.0, 0.602, "Top spenders"),
        (1.7, 0.37, 0.05, 0.4, "Top spenders"),
        (1.3, 0.37, 0.05, 0.4, "High spenders"),
        (1.7, 0.2, 0.05, 0.4, "Mid spenders"),
        (1.7, 0.37, 0.2, 0.4, "Mixed spenders"),
        (1.1, 0.37, 0.05, 0.4, "Mixed spenders"),
    ],
)
def test_a_segment_larger_than_the_high_tier_may_still_spend_the_most(
    index: float, high: float, low: float, room: float, name: str
) -> None:
    tiers = {"high": high, "mid": 1 - high - low, "low": low}
    assert named([Portrait(index, tiers=tiers, high_room=room), Portrait(None)])[0][0] == name


def test_raw_headers_enter_a_name_only_to_tell_segments_apart() -> None:
    raw = Difference("x_Q17_b", 2.0, 9.0, 3.0)
    assert named([Portrait(1.3, (raw,)), Portrait(0.5)])[0] == ("High spenders", "高消费客户")
    assert named([Portrait(1.3, (raw,)), Portrait(1.3)])[0] == ("High spenders, high Q17 b", "高消费高Q17 b客户")
    charges = Difference("x_TotalCharges", 2.0, 9.0, 3.0)
    assert named([Portrait(1.3, (charges,)), Portrait(0.5)])[0] == ("High spenders", "高消费客户")


def test_yes_and_no_are_said_as_words() -> None:
    habits = (Habit("x_Phone_Service", "false", 0.9, 0.1), Habit("x_Gig_Plan", "No", 0.4, 0.1))
    portrait = Portrait(0.5, (), habits)
    assert named([portrait, Portrait(1.0)])[0] == ("Low spenders, no phone service", "低消费无电话业务客户")
    english, chinese = profiled(portrait)
    assert english == "mostly no phone service (90% vs 10%); more often no Gig Plan (40% vs 10%)"
    assert chinese == "多为无电话业务（90%，全体10%）；无Gig Plan偏多（40%，全体10%）"


def test_a_leaning_tells_apart_what_nothing_else_does() -> None:
    portraits = [
        Portrait(1.0, (Difference("tenure_months", effect, 3.0 + effect, 3.0),)) for effect in (-0.4, 0.1, 0.4)
    ]
    assert [name[0] for name in named(portraits)] == [
        "Mid spenders, tenure below average",
        "Mid spenders",
        "Mid spenders, tenure above average",
    ]


def test_what_is_slight_is_neither_told_nor_named() -> None:
    slight = (
        Difference("revenue_change_3", -0.9, -0.004, 0.0),
        Difference("active_days_change_3", 0.9, 0.3, 0.0),
        Difference("discount", 0.6, 3.0, 1.0, 0.12, 0.1),
        Difference("active_days", 0.7, 27.0, 25.0),
    )
    portrait = Portrait(None, slight)
    assert profiled(portrait) == ("close to the average in everything", "各方面接近平均水平")
    assert named([portrait, Portrait(None, (Difference("data_mb", 0.9, 9.0, 3.0),))]) == [
        ("Average customers", "普通客户"),
        ("Heavy data", "重流量客户"),
    ]


def test_a_lead_names_only_after_the_average() -> None:
    leaning = Portrait(None, (Difference("active_days", 0.4, 14.0, 12.0),))
    assert named([leaning, Portrait(3.0)])[0] == ("Average customers", "普通客户")
    assert named([leaning, Portrait(None)])[0] == (
        "Average customers, active days above average",
        "普通活跃天数偏高客户",
    )


def test_what_few_members_are_does_not_name_all() -> None:
    few = Portrait(
        1.0, (), (Habit("x_InternetType", "Cable", 0.35, 0.16),), tiers={"high": 0.3, "mid": 0.4, "low": 0.3}
    )
    assert named([few, Portrait(None)])[0] == ("Mixed spenders", "消费不一客户")


def test_shares_are_0_or_100_only_where_nobody_or_everybody_is_meant() -> None:
    tiers = {"high": 0.001, "mid": 0.998, "low": 0.0}
    assert profiled(Portrait(1.0, tiers=tiers))[0].endswith("spending: <1% high, >99% mid, 0% low tier")
    changed = Portrait(1.0, (Difference("revenue_change_3", -1.0, -0.12, -0.001),))
    assert profiled(changed)[0] == "revenue -12% in 3 months (all: 0%)"


def test_none_and_all_have_it_are_words() -> None:
    def said(used: float) -> str:
        return profiled(Portrait(1.0, (Difference("discount", 0.9, 3.0, 1.0, used, 0.46),)))[0]

    assert said(0.0) == "none have discounts (all: 46%)"
    assert said(1.0) == "all have discounts (all customers: 46%)"
    assert said(0.001) == "<1% have discounts (all: 46%)"


@pytest.mark.parametrize(
    ("customers", "said"),
    [
        (1, ("one customer alone; ", "仅1个客户；")),
        (29, ("only 29 customers, whose figures may be chance; ", "仅29个客户，数字可能出于偶然；")),
        (30, ("2.3x", "流量")),
    ],
)
def test_a_segment_of_few_is_said_to_be(customers: int, said: tuple[str, str]) -> None:
    told = profiled(Portrait(1.0, (Difference("data_mb", 1.4, 9.2, 4.0),)), customers)
    assert told[0].startswith(said[0])
    assert told[1].startswith(said[1])


def test_long_headers_are_cut_in_names_and_whole_in_profiles() -> None:
    header = "x_最近三个月内拨打客服热线的平均次数"
    portrait = Portrait(None, (Difference(header, 1.4, 9.2, 4.0),))
    ((english, chinese), _) = named([portrait, Portrait(None, (Difference("x_q", 1.4, 9.2, 4.0),))])
    assert english == "High 最近三个月内拨打客服热线..."
    assert chinese == "高最近三个月内拨打客服热线...客户"
    assert header.removeprefix("x_") in profiled(portrait)[1]


def test_headers_that_differ_where_they_are_cut_still_give_two_names() -> None:
    alike = [f"x_最近三个月内拨打客服热线的平均{what}" for what in ("次数", "时长")]
    names = named([Portrait(None, (Difference(one, 1.4, 9.2, 4.0),)) for one in alike])
    assert len({one[0] for one in names}) == len({one[1] for one in names}) == 2


def test_what_some_have_is_called_by_what_it_is() -> None:
    lost = Difference("x_脱网次数", 1.4, 9.2, 4.0, 1.0, 0.27)
    told = profiled(Portrait(1.0, (lost,)))
    assert told == ("all have losses of network (all customers: 27%)", "均有脱网（全体27%）")


def test_stars_and_whether_are_said_as_words() -> None:
    habits = (Habit("star_level", "3", 0.78, 0.6), Habit("x_是否5G网络客户", "否", 0.77, 0.6))
    english, chinese = profiled(Portrait(1.0, (), habits))
    assert english == "mostly 3 stars (78% vs 60%); mostly 5G网络客户 = no (77% vs 60%)"
    assert chinese == "多为3星（78%，全体60%）；多为5G网络客户=否（77%，全体60%）"


NATURAL = ("收入", "套餐费", "月租费", "套外费", "欠费")
"""Amounts that one has, in Chinese as in English; other numbers need a verb."""


@pytest.mark.parametrize("column", COLUMNS)
def test_every_column_says_of_some_all_and_nobody_in_its_own_words(column: str) -> None:
    if column in words()["change"]:
        return
    found = words()["feature"].get(column) or words()["feature"][re.sub(r"_(mean|sum)_[0-9]+$", "", column)]
    assert found["had"].keys() >= {"en", "zh", "all_zh", "none_zh"}
    assert len(found["scarce"]) == 2
    for used in (0.0, 0.4, 1.0):
        english, chinese = profiled(Portrait(1.0, (Difference(column, 0.9, 3.0, 1.0, used, 0.6),)))
        assert CHINESE.search(chinese)
        assert not CHINESE.search(english)
        assert f"有{found['zh']}" not in chinese or found["zh"] in NATURAL
    english, chinese = profiled(Portrait(1.0, (Difference(column, -0.9, 0.001, 1.0),)))
    assert f"没有{found['zh']}" not in chinese or found["zh"] in NATURAL


def test_counts_and_flags_are_said_as_people_say_them() -> None:
    def said(column: str, used: float) -> str:
        return profiled(Portrait(1.0, (Difference(column, 0.9, 3.0, 1.0, used, 0.4),)))[1]

    assert said("months_since_use", 0.0) == "近期均有使用（全体40%）"
    assert said("contacts_sum_6", 1.0) == "均联系过我方（全体40%）"
    assert said("contacts_sum_6", 0.0) == "均未联系过我方（全体40%）"
    assert said("complaints_sum_3", 0.23) == "23%有过投诉（全体40%）"
    assert said("discount", 1.0) == "均享有优惠（全体40%）"
    assert said("x_外省业务占比", 0.09) == "9%的外省业务占比大于0（全体40%）"
    assert profiled(Portrait(1.0, (Difference("texts", -0.9, 0.01, 9.0),)))[1] == "几乎不发短信"
    assert profiled(Portrait(1.0, (Difference("months_since_use", -0.9, 0.001, 1.0),)))[1] == "近期几乎均有使用"


@pytest.mark.parametrize(
    ("column", "effect", "middle", "held", "name"),
    [
        ("months_since_use", 1.2, 0.0, 0.37, "Average customers"),
        ("months_since_use", 1.2, 2.0, 0.8, "Idle"),
        ("roaming_minutes", 0.8, 0.0, 0.3, "Average customers"),
        ("tenure_months", 1.5, 2.0, 0.9, "Average customers"),
        ("tenure_months", 1.5, 30.0, 0.9, "Long tenure"),
        ("tenure_months", -1.5, 30.0, 0.9, "Average customers"),
        ("tenure_months", -1.5, 8.0, 0.9, "Short tenure"),
        ("numbers_held", 0.9, 1.0, 0.6, "Average customers"),
    ],
)
def test_a_name_is_true_of_half_and_within_its_bounds(
    column: str, effect: float, middle: float, held: float, name: str
) -> None:
    told = Difference(column, effect, 9.0 if effect > 0 else 3.0, 5.0, middle=middle, held=held)
    assert named([Portrait(None, (told,)), Portrait(3.0)])[0][0] == name


def test_levels_of_little_tell_segments_apart_before_a_number_does() -> None:
    voice = Difference("call_minutes", 1.5, 9.0, 3.0)
    drawn = [
        Portrait(None, (voice, Difference("data_mb_mean_3", -0.9, mean, 4000.0, middle=middle, held=0.9)))
        for middle, mean in ((0.0, 0.1), (900.0, 1500.0), (1800.0, 2800.0))
    ]
    assert named(drawn) == [
        ("Heavy voice, no data", "重语音无流量客户"),
        ("Heavy voice, little data", "重语音轻流量客户"),
        ("Heavy voice, some data", "重语音少量流量客户"),
    ]


def test_most_customers_of_every_tier_are_the_average_and_few_are_low_to_mid() -> None:
    def name(index: float, share: float, **tiers: float) -> str:
        return named([Portrait(index, tiers=tiers, customer_share=share), Portrait(3.0)])[0][0]

    assert name(0.99, 0.93, high=0.2, mid=0.4, low=0.4) == "Average customers"
    assert name(0.99, 0.5, high=0.2, mid=0.4, low=0.4) == "Mixed spenders"
    assert name(0.83, 0.3, high=0.06, mid=0.4, low=0.54) == name(0.7, 0.3, high=0.04, mid=0.45, low=0.51)
    assert name(0.83, 0.3, high=0.06, mid=0.4, low=0.54) == "Low to mid spenders"
