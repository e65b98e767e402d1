"""The business views by hand: every reason of every view is reached and said in both languages; nothing is invented."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import telcli.features
from telcli.features.account_class import account_class
from telcli.features.exit_candidates import exit_candidate, exit_remedy
from telcli.features.online import online, online_channel
from telcli.features.rfm import rfm_group
from telcli.features.traits import consumption_tier, consumption_view
from telcli.features.use_level import use_level
from telcli.features.value_flags import loyal, overlap, profitable, strategic
from telcli.features.value_mode import value_mode
from telcli.features.value_scores import loyalty_score, profit_score, strategic_score
from telcli.features.view_words import REASONS, group_words, reason_words, view_words
from telcli.settings import SegmentSettings
from telcli.tables import contract

WORDS = tomllib.loads((Path(telcli.features.__file__).parent / "view_words.toml").read_text(encoding="utf-8"))
TEXTS = ("told_class", "strategic_reason", "account_class", "consumption_tier", "lifecycle_stage", "rfm_variant")
LOSING = {"losing_months": 6.0, "margin_known": 6.0}
FLAGS = ("leased", "strategic", "online", "bought_online", "exit_candidate", "uses_nothing")
NUMBERS = (
    *("margin", "revenue_change_6", "numbers_held", "group_customers", "star_level", "tenure_months", "revenue"),
    *("complaints_sum_6", "months_in_arrears_6", "services_held", "accepted", "asked", "touches", "touches_online"),
    *("losing_months", "margin_known", "unpaid", "contact_cost", "campaign_cost", "lines_cost"),
    *("recency", "frequency", "monetary", "complaint_score"),
    *("call_minutes", "data_mb", "nothing_months"),
)
KINDS = {
    **dict.fromkeys(TEXTS, pl.String),
    **dict.fromkeys(FLAGS, pl.Boolean),
    **dict.fromkeys(NUMBERS, pl.Float64),
}
CROWD = [{"margin": 50.0}] * 99
"""Ninety-nine others of the same margin, so that the top hundredth is one customer."""

View = Callable[[SegmentSettings], list[pl.Expr]]


def judged(view: View, rows: list[dict[str, Any]], **settings: Any) -> list[tuple[Any, ...]]:
    frame = pl.DataFrame([{**dict.fromkeys(KINDS), **row} for row in rows], schema=KINDS)
    return frame.select(view(SegmentSettings(**settings))).rows()


CASES: dict[str, tuple[View, list[tuple[dict[str, Any], Any, str]]]] = {
    "account_class": (
        account_class,
        [
            ({"told_class": "key", "margin": -9.0}, "key", "told-key"),
            ({"told_class": "public", "margin": 51.0}, "key", "high-profit"),
            ({"told_class": "public", "strategic_reason": "leased-line"}, "key", "strategic"),
            ({"told_class": "public", "strategic_reason": "high-star"}, "public", "told-public"),
            ({"told_class": "business", "numbers_held": 1.0}, "business", "told-business"),
            ({"told_class": "public", "numbers_held": 10.0}, "business", "many-lines"),
            ({"margin": 2.0}, "public", "no-rule"),
            ({"numbers_held": 2.0}, None, "not-known"),
        ],
    ),
    "profitable": (
        profitable,
        [
            ({"margin": 60.0}, True, "above-mean"),
            ({"margin": 49.0}, False, "below-mean"),
            ({"margin": -0.5}, False, "loses"),
            ({}, None, "not-known"),
        ],
    ),
    "loyal": (
        loyal,
        [
            ({"tenure_months": 24.0}, True, "long-stay"),
            ({"tenure_months": 23.9}, False, "short-stay"),
            ({"tenure_months": 60.0, "complaints_sum_6": 2.0}, False, "complains"),
            ({"tenure_months": 60.0, "months_in_arrears_6": 2.0}, False, "pays-late"),
            ({"tenure_months": 60.0, "lifecycle_stage": "decline"}, False, "fading"),
            ({"tenure_months": 60.0, "lifecycle_stage": "churned"}, True, "long-stay"),
            ({"complaints_sum_6": 0.0}, None, "not-known"),
        ],
    ),
    "strategic": (
        strategic,
        [
            ({"told_class": "key"}, True, "told-key"),
            ({"leased": True}, True, "leased-line"),
            ({"numbers_held": 20.0}, True, "many-lines"),
            ({"group_customers": 20.0}, True, "large-group"),
            ({"star_level": 7.0}, True, "high-star"),
            ({"told_class": "business"}, False, "ordinary"),
            ({"numbers_held": 2.0}, None, "not-known"),
        ],
    ),
    "consumption_tier": (
        consumption_view,
        [
            ({"consumption_tier": "high"}, "high", "spends-most"),
            ({"consumption_tier": "mid"}, "mid", "spends-middling"),
            ({"consumption_tier": "low"}, "low", "spends-least"),
            ({"revenue": 9.0}, None, "not-known"),
        ],
    ),
    "use_level": (
        use_level,
        [
            (
                {"call_minutes": 0.0, "data_mb": 0.0, "uses_nothing": True, "nothing_months": 3.0},
                "without",
                "nothing-for-months",
            ),
            (
                {"call_minutes": 0.0, "data_mb": 0.0, "uses_nothing": True, "nothing_months": 2.0},
                "zero",
                "nothing-this-month",
            ),
            ({"call_minutes": 4.9, "data_mb": 0.0, "uses_nothing": False}, "very-low", "below-both-floors"),
            ({"call_minutes": 0.0, "data_mb": 5.0, "uses_nothing": False}, "in-use", "above-a-floor"),
            ({"call_minutes": 5.0}, "in-use", "above-a-floor"),
            ({"call_minutes": 0.0}, None, "not-known"),
        ],
    ),
    "rfm_group": (
        rfm_group,
        [
            ({"recency": 5, "frequency": 5, "monetary": 5, "tenure_months": 3.0}, "new", "joined-lately"),
            ({"recency": 3, "frequency": 4, "monetary": 4}, "best", "recent-often-much"),
            ({"recency": 5, "frequency": 5, "monetary": 5, "complaint_score": 3}, "best", "recent-often-much"),
            ({"recency": 5, "frequency": 5, "monetary": 5, "complaint_score": 2}, "slipping", "much-complains"),
            ({"recency": 2, "frequency": 5, "monetary": 5}, "slipping", "much-not-recent"),
            ({"recency": 3, "frequency": 2, "monetary": 5}, "slipping", "much-not-often"),
            ({"recency": 3, "frequency": 3, "monetary": 5, "complaint_score": 1}, "slipping", "much-complains"),
            ({"recency": 3, "frequency": 3, "monetary": 4}, "big", "much"),
            ({"recency": 2, "frequency": 2, "monetary": 3}, "lapsed", "neither-recent-nor-often"),
            ({"recency": 3, "frequency": 4, "monetary": 1}, "busy", "often-little"),
            ({"recency": 3, "frequency": 3, "monetary": 2}, "small", "little"),
            ({"recency": 3, "frequency": 3, "monetary": 3}, "middling", "in-the-middle"),
            ({"recency": 5, "frequency": 5}, None, "not-known"),
        ],
    ),
    "value_mode": (
        value_mode,
        [
            (
                {"account_class": "key", "services_held": 3.0, "online": True},
                "partner",
                "important-takes-part",
            ),
            ({"consumption_tier": "high", "online": False}, "customise", "important"),
            (
                {"consumption_tier": "mid", "accepted": 1.0, "asked": 2.0, "strategic": False},
                "customise",
                "takes-part",
            ),
            ({"consumption_tier": "low", "services_held": 2.0}, "supply", "neither"),
            ({"account_class": "public", "strategic": False, "services_held": 2.0}, None, "not-known"),
            ({"account_class": "public", "strategic": False, "online": True, "asked": 1.0}, None, "not-known"),
            ({"strategic": True, "online": True, "asked": 1.0}, "partner", "important-takes-part"),
            ({"account_class": "key"}, None, "not-known"),
            ({"online": True, "asked": 1.0}, None, "not-known"),
        ],
    ),
    "exit_candidate": (
        exit_candidate,
        [
            ({**LOSING, "account_class": "public", "strategic": False}, True, "no-margin"),
            ({**LOSING, "account_class": "public"}, None, "not-known"),
            ({**LOSING, "strategic": False}, None, "not-known"),
            ({"losing_months": 6.0, "margin_known": 6.0, "account_class": "key"}, False, "key-account"),
            ({"losing_months": 6.0, "margin_known": 6.0, "strategic": True}, False, "strategic"),
            ({"losing_months": 5.0, "margin_known": 6.0}, False, "at-times"),
            ({"losing_months": 0.0, "margin_known": 6.0}, False, "earns"),
            ({"losing_months": 2.0, "margin_known": 2.0, "tenure_months": 1.0}, False, "too-new"),
            ({"losing_months": 6.0, "margin_known": 6.0, "lifecycle_stage": "churned"}, False, "left"),
            ({"losing_months": 2.0, "margin_known": 2.0, "tenure_months": 30.0}, None, "not-known"),
        ],
    ),
    "online": (
        online,
        [
            ({"touches": 10.0, "touches_online": 6.0}, True, "mostly-online"),
            ({"touches": 10.0, "touches_online": 5.0, "bought_online": True}, False, "mostly-offline"),
            ({"touches": 2.0, "touches_online": 0.0, "bought_online": True}, True, "bought-online"),
            ({"touches": 2.0, "touches_online": 0.0, "bought_online": False}, False, "few-touches"),
            ({"bought_online": False}, False, "few-touches"),
            ({"touches": 2.0, "touches_online": 2.0}, None, "not-known"),
            ({"touches": 2.0, "touches_online": 0.0}, None, "not-known"),
            ({"touches": 0.0}, None, "not-known"),
        ],
    ),
}


@pytest.mark.parametrize("view", CASES)
def test_every_reason_by_hand(view: str) -> None:
    judge, cases = CASES[view]
    for facts, group, reason in cases:
        crowd = CROWD if view in ("account_class", "profitable") else []
        assert judged(judge, [facts, *crowd])[0] == (group, reason), facts


def test_amounts_in_the_place_of_shares_give_reasons_of_their_own() -> None:
    rows = [{"consumption_tier": "high", "revenue": 300.0}, {"consumption_tier": "low", "revenue": 5.0}]
    found = judged(consumption_view, rows, high_tier_revenue=200.0, low_tier_revenue=10.0)
    assert found == [("high", "from-amount"), ("low", "below-amount")]
    revenue = pl.DataFrame({"r": [300.0, 200.0, 199.0, 10.0, 9.9, None]})
    tier = consumption_tier(pl.col("r"), 0.2, 0.4, 200.0, 10.0)
    assert revenue.select(tier)["r"].to_list() == ["high", "high", "mid", "mid", "low", None]


def test_potential_is_much_margin_that_rises() -> None:
    rows = [{"margin": float(place), "revenue_change_6": 0.4 if place in (50, 95) else 0.0} for place in range(100)]
    found = judged(account_class, rows)
    assert [place for place, (_, reason) in enumerate(found) if reason == "high-potential"] == [95]
    assert [place for place, (_, reason) in enumerate(found) if reason == "high-profit"] == [99]


def test_no_profit_makes_nobody_a_key_account() -> None:
    assert judged(account_class, [{"margin": 0.0, "told_class": "public"}] * 100)[0] == ("public", "told-public")
    assert {group for group, _ in judged(profitable, [{"margin": -1.0}] * 5)} == {False}


def test_nothing_is_strategic_by_group_where_that_is_switched_off() -> None:
    assert judged(strategic, [{"group_customers": 900.0}], strategic_group=0) == [(False, "ordinary")]


def test_reasons_all_have_words_and_all_words_have_a_case() -> None:
    reached = {view: {reason for _, _, reason in cases} for view, (_, cases) in CASES.items()}
    reached["account_class"].add("high-potential")
    reached["consumption_tier"] |= {"from-amount", "below-amount"}
    for view, reasons in reached.items():
        assert reasons == set(WORDS["reason"][view]), view
        for _, group, _ in CASES[view][1]:
            if isinstance(group, str):
                assert group in WORDS["group"][view]
    assert set(REASONS) <= set(WORDS["view"])


def test_no_reason_says_its_group_once_more() -> None:
    """Beside the name of its group a reason adds something: neither is all of the other, in either language."""
    for view, (_, cases) in CASES.items():
        for _, group, reason in cases:
            name = {True: "yes", False: "no", None: "not-known"}.get(group, group)
            for called, why in zip(group_words(view, name), reason_words(view, reason), strict=True):
                assert called != name or name in WORDS["group"].get(view, {}), (view, name)
                assert why not in called, (view, reason)
                assert not why.startswith(called), (view, reason)
    for reasons in WORDS["reason"].values():
        for told in zip(*reasons.values(), strict=True):
            assert len(set(told)) == len(told), "two reasons of a view are told apart"


def test_the_document_lists_every_reason_and_every_group() -> None:
    page = (Path(__file__).parent.parent.parent / "docs" / "segments.md").read_text(encoding="utf-8")
    for reasons in WORDS["reason"].values():
        assert [reason for reason in reasons if f"`{reason}`" not in page] == []
    for view in (
        "account_class",
        "rfm_group",
        "value_mode",
        "exit_remedy",
        "consumption_tier",
        "lifecycle_stage",
        "use_level",
    ):
        assert [group for group in WORDS["group"][view] if group not in page] == [], view
    for setting in re.findall(r"`(\w+)`", page.partition("## Groups of your own")[0]):
        tables = ("customer_views", "segments", "segment_profiles", "customer_months", "customers", "view_groups")
        columns = {column.name for name in tables for column in contract(name).columns()}
        assert setting in {*dir(SegmentSettings()), *columns, *tables, "x_"} or any(
            setting in words for words in WORDS["reason"].values()
        ), setting


def test_words_are_in_two_languages() -> None:
    for section in WORDS.values():
        for words in section.values():
            for english, chinese in [words] if isinstance(words, list) else words.values():
                assert english.isascii()
                assert chinese == "RFM" or not chinese.isascii(), english
    assert group_words("online", "yes") == ("online customer", "线上客户")
    assert group_words("own_groups", "yes") == ("yes", "yes")
    assert reason_words("own_groups", "own-rule")[1] == "符合自定义规则"
    assert view_words("nothing of ours") == ("nothing of ours", "nothing of ours")


def test_groups_of_the_contract_have_words() -> None:
    from telcli.tables.subjects import CUSTOMER_CLASSES
    from telcli.tables.views import EXIT_REMEDIES, RFM_GROUPS, USE_LEVELS, VALUE_MODES

    assert set(WORDS["group"]["rfm_group"]) == set(RFM_GROUPS)
    assert set(WORDS["group"]["use_level"]) == set(USE_LEVELS)
    assert set(WORDS["group"]["value_mode"]) == set(VALUE_MODES)
    assert set(WORDS["group"]["exit_remedy"]) == set(EXIT_REMEDIES)
    assert set(WORDS["group"]["account_class"]) == set(CUSTOMER_CLASSES)
    columns = {column.name for column in contract("customer_views").columns()}
    assert {*REASONS, *REASONS.values()} <= columns


COSTS = [
    ({"unpaid": 50.0, "lines_cost": 40.0}, "collect-arrears"),
    ({"unpaid": -50.0, "contact_cost": 60.0, "lines_cost": 40.0}, "channel-shift"),
    ({"campaign_cost": 60.0, "lines_cost": 40.0}, "fewer-campaigns"),
    ({"lines_cost": 40.0, "rfm_variant": "postpaid"}, "e-bill"),
    ({"lines_cost": 40.0, "rfm_variant": "postpaid", "online": True}, "re-plan"),
    ({"rfm_variant": "prepaid"}, "re-plan"),
    ({}, "re-plan"),
]


@pytest.mark.parametrize(("costs", "remedy"), COSTS)
def test_the_remedy_goes_for_the_largest_cost(costs: dict[str, Any], remedy: str) -> None:
    assert judged(lambda _: [exit_remedy()], [{"exit_candidate": True, **costs}]) == [(remedy,)]
    assert judged(lambda _: [exit_remedy()], [{"exit_candidate": False, **costs}]) == [(None,)]


@given(st.lists(st.sampled_from([True, False, None]), min_size=3, max_size=3))
def test_overlap_names_the_flags_that_hold_and_no_other(flags: list[bool | None]) -> None:
    names = ["profitable", "loyal", "strategic"]
    frame = pl.DataFrame([flags], schema=dict.fromkeys(names, pl.Boolean), orient="row")
    told, reason = frame.select(overlap()).row(0)
    held = [name for name, flag in zip(names, flags, strict=True) if flag]
    assert (told or "") == ("+".join(held) or ("" if None in flags else "none"))
    counted = ("none-of-three", "one-of-three", "two-of-three", "all-three")[len(held)]
    assert reason == (counted if None not in flags else "partly-known" if held else "not-known")


SCORED: dict[str, tuple[View, View]] = {
    "profit": (profitable, lambda _: profit_score()),
    "loyalty": (loyal, loyalty_score),
    "strategic": (strategic, strategic_score),
}
ANYBODY = st.fixed_dictionaries(
    {},
    optional={
        "margin": st.floats(-1e6, 1e6),
        "tenure_months": st.floats(0, 600),
        "complaints_sum_6": st.integers(0, 20).map(float),
        "months_in_arrears_6": st.integers(0, 6).map(float),
        "lifecycle_stage": st.sampled_from(["maturity", "decline", "dormant", "unknown", "churned"]),
        "told_class": st.sampled_from(["key", "public"]),
        "leased": st.booleans(),
        "numbers_held": st.integers(0, 500).map(float),
        "group_customers": st.integers(1, 500).map(float),
        "star_level": st.integers(0, 7).map(float),
    },
)


def scored(kind: str, rows: list[dict[str, Any]], **settings: Any) -> list[tuple[bool | None, float | None]]:
    """The flag and the score of each."""
    flag, score = SCORED[kind]
    chosen = SegmentSettings(**settings)
    frame = pl.DataFrame([{**dict.fromkeys(KINDS), **row} for row in rows], schema=KINDS)
    held = frame.with_columns(flag(chosen))
    return held.select({"profit": "profitable", "loyalty": "loyal"}.get(kind, kind), *score(chosen)).rows()


@given(st.sampled_from(list(SCORED)), st.lists(ANYBODY, min_size=1, max_size=20), st.sampled_from([0, 20]))
def test_a_score_is_50_and_more_exactly_where_the_flag_is_set(
    kind: str, rows: list[dict[str, Any]], group: int
) -> None:
    for flag, score in scored(kind, rows, strategic_group=group):
        assert (score is None) == (flag is None)
        if score is not None:
            assert 0 <= score <= 100
            assert (score >= 50) is flag


@pytest.mark.parametrize(
    ("kind", "better", "worse"),
    [
        ("profit", {"margin": 51.0}, {"margin": 50.0}),
        ("loyalty", {"tenure_months": 200.0}, {"tenure_months": 100.0}),
        ("loyalty", {"tenure_months": 12.0}, {"tenure_months": 3.0}),
        *(
            ("loyalty", {"tenure_months": 40.0, **better}, {"tenure_months": 40.0, **worse})
            for better, worse in (
                ({"complaints_sum_6": 0.0}, {"complaints_sum_6": 1.0}),
                ({"months_in_arrears_6": 0.0}, {"months_in_arrears_6": 1.0}),
                ({"lifecycle_stage": "growth"}, {"lifecycle_stage": "decline"}),
                ({"lifecycle_stage": "churned"}, {"lifecycle_stage": "decline"}),
            )
        ),
        ("strategic", {"leased": True, "numbers_held": 30.0}, {"leased": True, "numbers_held": 3.0}),
        ("strategic", {"told_class": "key", "leased": True}, {"told_class": "key"}),
        ("strategic", {"star_level": 6.0}, {"star_level": 2.0}),
        ("strategic", {"star_level": 2.0, "group_customers": 9.0}, {"star_level": 2.0, "group_customers": 1.0}),
    ],
)
def test_more_of_what_counts_ranks_higher(kind: str, better: dict[str, Any], worse: dict[str, Any]) -> None:
    (_, high), (_, low) = scored(kind, [better, worse])
    assert high is not None
    assert low is not None
    assert high > low


def test_scores_by_hand() -> None:
    row = {"tenure_months": 72.0, "complaints_sum_6": 1.0, "months_in_arrears_6": 3.0, "lifecycle_stage": "maturity"}
    within = 0.4 * 0.75 + 0.2 * 0.75 + 0.2 * 0.5 + 0.2
    assert scored("loyalty", [row])[0] == (False, pytest.approx(50 * within))
    assert scored("loyalty", [row], loyal_arrears=3)[0] == (True, pytest.approx(50 + 50 * within))
    lines = {"numbers_held": 20.0, "star_level": 7.0, "group_customers": 20.0}
    assert scored("strategic", [lines])[0] == (True, pytest.approx(50 + 50 * (1 - 0.5**3)))
    assert scored("strategic", [lines], strategic_group=0)[0] == (True, pytest.approx(50 + 50 * (1 - 0.5**2)))
    assert [score for _, score in scored("profit", [{"margin": 1.0}] * 2)] == [75.0, 75.0]


RANKS = {"public": 0, "business": 1, "key": 2}


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=60), st.sampled_from(["public", "business", None]))
def test_more_margin_is_never_a_lower_class_nor_less_profitable(margins: list[float], told: str | None) -> None:
    rows = [{"margin": margin, "told_class": told} for margin in sorted(margins)]
    classes = [RANKS[group] for group, _ in judged(account_class, rows, key_share=0.2)]
    assert classes == sorted(classes)
    flags = [flag for flag, _ in judged(profitable, rows)]
    assert flags == sorted(flags)


@given(st.sampled_from(["public", "business", "key"]), st.dictionaries(st.sampled_from(NUMBERS), st.floats(-99, 99)))
def test_what_the_crm_says_is_never_lowered(told: str, facts: dict[str, float]) -> None:
    group, _ = judged(account_class, [{**facts, "told_class": told}])[0]
    assert RANKS[group] >= RANKS[told]


@given(st.dictionaries(st.sampled_from(NUMBERS), st.floats(-99, 99)), st.sampled_from([True, None]))
def test_who_is_strategic_or_key_is_never_given_up(facts: dict[str, float], strategic_one: bool | None) -> None:
    weight = {"strategic": True} if strategic_one else {"account_class": "key"}
    assert judged(exit_candidate, [{**facts, **weight}])[0][0] is not True


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("app", True),
        ("Mobile APP", True),
        ("app_android", True),
        ("approved dealer", False),
        ("微信公众号", True),
        ("中国电信手机营业厅", True),
        ("自有营业厅", False),
        ("call centre", False),
        ("web.shop", True),
        ("webster street store", False),
        *(
            (name, True)
            for name in ("掌上营业厅", "电子营业厅", "微厅", "翼支付", "云闪付", "网上营业厅", "WeChat", "App缴费")
        ),
        *((name, True) for name in ("WebShop", "MyOperatorApp", "apps", "E-Mail", "email", "mini-program", "on-line")),
        *(
            (name, False)
            for name in ("internet cafe agent", "offline web kiosk", "Off-Line web", "web agents", "AppKiosk")
        ),
        *(
            (name, False)
            for name in (
                "微信代理点",
                "电子渠道自助终端",
                "非电子渠道",
                "线下",
                "北京东城营业厅",
                "家电商场",
                "10086热线",
            )
        ),
        *((name, True) for name in ("agentless web", "web terminology", "web, reagent")),
        *((name, False) for name in ("appétit", "téléchat")),
    ],
)
def test_channels_by_their_words(name: str, *, expected: bool) -> None:
    frame, settings = pl.DataFrame({"channel": [name]}), SegmentSettings()
    online = online_channel(pl.col("channel"), settings.online_channels, settings.offline_channels)
    assert frame.select(online).item() is expected


def test_without_words_no_channel_is_online() -> None:
    frame = pl.DataFrame({"channel": ["app", None]})
    assert frame.select(online_channel(pl.col("channel"), " , "))["channel"].to_list() == [False, None]
