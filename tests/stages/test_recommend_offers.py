"""recommend-offers: offers by rules that stand, by what plans cost, by what was never used; and what cannot be told."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest

from telcli.errors import DataError, MissingInputError, UsageError
from telcli.settings import RecommendOffersSettings
from telcli.stages import Inputs, Outcome
from telcli.stages.recommend_offers import recommend_offers
from telcli.tables import contract
from tests.features.test_product_rules import LONG_AGO, shop

JUNE = date(2024, 6, 1)
MONTHS = [date(2024, each, 1) for each in range(1, 7)]
TARIFFS = {
    "file": "plans.csv",
    "columns": ["plan", "monthly_fee", "minutes", "price_per_minute"],
    "cells": [["small", "20", "100", "0.5"], ["big", "60", "1000", "0.1"]],
}
Tables = dict[str, pl.LazyFrame]


def months_of(customers: list[str], minutes: dict[str, float] | None = None) -> pl.LazyFrame:
    """A row per customer and month of 2024 up to June."""
    rows = [
        {
            "customer_id": who,
            "month": month,
            "active": True,
            "left": False,
            "call_minutes": (minutes or {}).get(who, 50.0),
            "calls_out": 0.0 if minutes and not minutes.get(who) else 10.0,
            "calls_in": 0.0,
            "texts": 0.0,
            "data_mb": 0.0,
        }
        for who in customers
        for month in MONTHS
    ]
    return pl.LazyFrame(rows)


def run(tables: Tables, choices: dict[str, Any] | None = None, **settings: Any) -> Outcome:
    given = {"currency": "CNY", "margin_rate": 0.5, **(choices or {})}
    return recommend_offers(Inputs(tables, JUNE, choices=given), RecommendOffersSettings(**settings))


def table(outcome: Outcome, name: str) -> pl.DataFrame:
    found: pl.DataFrame = contract(name).require(outcome.tables[name]).collect()
    return found


def codes(outcome: Outcome) -> set[str]:
    return {notice.code for notice in outcome.notices}


def risks(customers: list[str], chance: float, band: str) -> pl.LazyFrame:
    return pl.LazyFrame({"customer_id": customers, "churn_probability": chance, "risk_band": band})


@pytest.fixture(scope="module")
def sold() -> Tables:
    tables = shop(1)
    people = sorted(tables["subscriptions"].collect()["customer_id"])
    tables["customer_months"] = months_of(people)
    tables["customers"] = pl.LazyFrame(
        {"customer_id": people, "x_免打扰": ["是" if who < "c00100" else "否" for who in people]}
    )
    tables["churn_scores"] = risks([who for who in people if "c00100" <= who < "c00300"], 0.8, "high")
    return tables


@pytest.fixture(scope="module")
def offered(sold: Tables) -> Outcome:
    return run(sold)


def test_the_planted_rule_is_offered_to_who_may_take_it(sold: Tables, offered: Outcome) -> None:
    offers = table(offered, "offer_recommendations").filter(pl.col("kind") == "rule")
    films = offers.filter(pl.col("product_id") == "films")
    line = pl.col("subscription_id").str.replace("l", "c").alias("customer_id")
    held = sold["products"].select(line, "product_id").collect()
    cloud, has = (set(held.filter(pl.col("product_id") == name)["customer_id"]) for name in ("cloud", "films"))
    assert set(films["customer_id"]) == {who for who in cloud - has if who >= "c00300"}
    row = films.row(0, named=True)
    assert row["expected_margin"] == pytest.approx(5.0 * 0.5 * 12)
    assert row["score"] == pytest.approx(row["chance"] * row["expected_margin"], abs=1e-4)
    assert "cloud" in row["why"]
    assert "cloud" in row["why_zh"]
    rule = table(offered, "offer_rules").filter(pl.col("rule") == row["rule"]).row(0, named=True)
    assert rule["stands"]
    assert rule["next_confidence"] == pytest.approx(row["chance"])


def test_who_may_leave_or_be_left_alone_is_offered_nothing_more_to_pay_for(offered: Outcome) -> None:
    offers = table(offered, "offer_recommendations")
    assert not offers.filter(pl.col("customer_id") < "c00100").height
    assert not offers.filter(pl.col("customer_id") < "c00300", pl.col("purpose") == "up-sell").height
    assert {"offers-spared", "offers-left-alone"} <= codes(offered)
    assert (offered.metrics["spared"], offered.metrics["left_alone"]) == (200, 100)


def test_risk_bars_up_selling_only_from_the_band_that_is_set(sold: Tables) -> None:
    offers = table(run(sold, no_upsell_risk="never"), "offer_recommendations")
    assert offers.filter(pl.col("customer_id").is_between(pl.lit("c00100"), pl.lit("c00299"))).height > 0


def test_what_is_sold_together_is_listed(offered: Outcome) -> None:
    told = table(offered, "offer_exclusions").select("product_id", "other", "why").rows()
    assert ("base", None, "base") in told
    assert ("roam", None, "in-plan") in told
    assert ("box", "router", "same-day") in told
    assert "offers-sold-together" in codes(offered)


def test_the_order_of_rows_changes_nothing(sold: Tables, offered: Outcome) -> None:
    mixed = {name: frame.collect().sample(fraction=1.0, shuffle=True, seed=3).lazy() for name, frame in sold.items()}
    again = run(mixed)
    for name in offered.tables:
        assert table(again, name).equals(table(offered, name)), name
    assert again.metrics == offered.metrics


def test_few_offers_for_each(sold: Tables) -> None:
    offers = table(run(sold, offers_each=1), "offer_recommendations")
    assert offers["customer_id"].is_unique().all()
    assert set(offers["rank"]) == {1}


def test_a_short_history_tells_what_is_held_at_once_and_offers_nothing(sold: Tables) -> None:
    first = pl.col("started_on") < date(2024, 1, 1)
    outcome = run({**sold, "products": sold["products"].filter(first)})
    rules = table(outcome, "offer_rules")
    assert "offers-history-short" in codes(outcome)
    assert not rules["in_time"].any()
    assert not rules["stands"].any()
    assert not table(outcome, "offer_recommendations").filter(pl.col("kind") == "rule").height


def test_one_product_alone_is_said(sold: Tables) -> None:
    outcome = run({**sold, "products": sold["products"].filter(pl.col("product_id") == "cloud")})
    assert "offers-one-product" in codes(outcome)
    assert not table(outcome, "offer_rules").height


def test_products_without_a_fee_are_not_offered(sold: Tables) -> None:
    free = sold["products"].with_columns(monthly_fee=pl.lit(None, pl.Float64))
    outcome = run({**sold, "products": free})
    assert "offers-no-fee" in codes(outcome)
    assert not table(outcome, "offer_recommendations").height


def test_without_products_flags_of_one_snapshot_tell_what_goes_along() -> None:
    random = np.random.default_rng(4)
    people = [f"c{at:04}" for at in range(400)]
    backup = random.random(400) < 0.4
    security = backup ^ (random.random(400) < 0.15)
    words = {True: "Yes", False: "No"}
    flags = {
        f"x_{name}": [words[bool(each)] for each in held] for name, held in (("backup", backup), ("safe", security))
    }
    tables = {"customer_months": months_of(people), "customers": pl.LazyFrame({"customer_id": people, **flags})}
    outcome = run(tables, product_flags="backup, safe")
    rules = table(outcome, "offer_rules")
    assert rules.select("first", "product_id", "in_time").rows() == [
        ("backup", "safe", False),
        ("safe", "backup", False),
    ]
    assert {"offers-one-snapshot", "offers-none", "offers-no-tariffs", "offers-no-lines"} <= codes(outcome)
    assert "offers-no-products" in codes(run(tables))
    with pytest.raises(UsageError) as error:
        run(tables, product_flags="backup,sport")
    assert error.value.code == "offers-flag-unknown"


def plans(minutes: dict[str, float], plan: str = "small", **more: pl.LazyFrame) -> Tables:
    people = sorted(minutes)
    lines = {
        "subscription_id": [f"l{who}" for who in people],
        "customer_id": people,
        "service_type": ["mobile"] * len(people),
    }
    subscriptions = pl.LazyFrame({**lines, "plan_id": plan, "activated_on": LONG_AGO})
    customers = pl.LazyFrame({"customer_id": people})
    return {
        "customer_months": months_of(people, minutes),
        "customers": customers,
        "subscriptions": subscriptions,
        **more,
    }


def test_moving_pays_where_those_kept_outweigh_what_the_others_pay_less() -> None:
    # by totals of ten calls: 500 minutes are 500 to 509, 505 taken: 20 + 0.5 x 405 on small, 60 on big
    scores = pl.concat([risks(["a"], 0.9, "high"), risks(["b"], 0.01, "low")])
    worth = pl.LazyFrame({"customer_id": ["a", "b"], "retention_value": 5_000.0})
    outcome = run(
        plans({"a": 500.0, "b": 500.0, "c": 50.0}, churn_scores=scores, value_scores=worth), {"tariffs": TARIFFS}
    )
    found = {row["customer_id"]: row for row in table(outcome, "plan_fit").rows(named=True)}
    a, b, c = (found[who] for who in "abc")
    assert (a["cost_low"], a["cost"], a["cost_high"]) == pytest.approx((220.0, 222.5, 224.5))
    assert (a["best_plan"], a["saving"], a["revenue_change"], a["fit"]) == ("big", 162.5, -162.5, "over-bundle")
    less = 162.5 * 12 * 0.5
    assert a["expected_margin"] == pytest.approx(0.9 * 0.3 * (5_000 - less) - 0.1 * less)
    assert a["break_even"] == pytest.approx(0.1 * less / (0.9 * (5_000 - less)), abs=1e-6)
    assert (a["measure"], b["measure"], c["measure"]) == ("retain", "wait", "stay")
    offers = table(outcome, "offer_recommendations")
    assert offers.select("customer_id", "product_id", "kind", "purpose").rows() == [
        ("a", "big", "plan-fit", "retention")
    ]
    assert offers["score"][0] == pytest.approx(a["expected_margin"])
    assert {"offers-by-total"} <= codes(outcome)


def test_why_nobody_is_moved_is_said_with_what_would_change_it() -> None:
    people = ["a", "b", "c", "d"]
    scores = pl.concat([risks(["a", "c", "d"], 0.01, "low"), risks(["b"], 0.5, "high")])
    worth = pl.LazyFrame({"customer_id": people, "retention_value": [5_000.0, 3_500.0, 5_000.0, 900.0]})
    minutes = {"a": 500.0, "b": 500.0, "c": 50.0, "d": 500.0}
    outcome = run(plans(minutes, churn_scores=scores, value_scores=worth), {"tariffs": TARIFFS})
    less = 162.5 * 12 * 0.5
    told = outcome.metrics["plans"]["unmoved"]
    assert {reason: count for reason, count in told["reasons"].items() if count} == {
        "cheapest": 1,
        "worth": 1,
        "risk": 1,
        "keeps": 1,
    }
    assert told["chance"] == 0.01
    assert told["needed"] == pytest.approx(less / (0.3 * (5_000 - less) + less), abs=1e-6)
    assert told["keeps"] == pytest.approx(less / (3_500 - less), abs=1e-6)
    said = next(notice.message for notice in outcome.notices if notice.code == "offers-no-move")
    assert "1 are too unlikely to leave (1.0% in the middle, moving pays from 44.7% on)" in said
    # at the chance that is said to be enough, moving pays indeed, and a little below it does not
    for chance, measure in ((told["needed"] + 1e-5, "retain"), (told["needed"] - 1e-5, "wait")):
        again = run(
            plans({"a": 500.0}, churn_scores=risks(["a"], chance, "high"), value_scores=worth), {"tariffs": TARIFFS}
        )
        assert table(again, "plan_fit")["measure"].to_list() == [measure]


def test_without_risks_plans_are_compared_and_none_is_offered() -> None:
    outcome = run(plans({"a": 500.0}), {"tariffs": TARIFFS})
    assert table(outcome, "plan_fit")["measure"].to_list() == ["unknown"]
    assert {"offers-no-risks", "offers-none"} <= codes(outcome)


def test_several_lines_and_plans_not_listed_are_left_out_and_said() -> None:
    tables = plans({"a": 500.0, "b": 500.0, "d": 500.0})
    lines = tables["subscriptions"].collect()
    second = lines.filter(pl.col("customer_id") == "b").with_columns(subscription_id=pl.lit("l2"))
    other = lines.with_columns(plan_id=pl.when(pl.col("customer_id") == "d").then(pl.lit("old")).otherwise("plan_id"))
    outcome = run({**tables, "subscriptions": pl.concat([other, second]).lazy()}, {"tariffs": TARIFFS})
    assert table(outcome, "plan_fit")["customer_id"].to_list() == ["a"]
    assert {"offers-several-lines", "offers-plans-missing"} <= codes(outcome)


def test_a_table_of_tariffs_that_is_wrong_stops_the_run() -> None:
    with pytest.raises(DataError):
        run(plans({"a": 1.0}), {"tariffs": {**TARIFFS, "columns": ["plan", "monthly_fee", "minutes", "price"]}})


def test_what_was_never_used_is_listed_with_what_it_was_looked_for_by() -> None:
    tables = plans({"a": 0.0, "b": 90.0, "c": 90.0})
    rows = [("lb", "流量包10G", date(2024, 1, 9)), ("lc", "语音包", date(2024, 1, 9)), ("lb", "彩铃", date(2024, 1, 9))]
    rows.append(("lc", "流量日包", date(2024, 5, 1)))  # too short ago
    held = pl.LazyFrame(rows, schema=("subscription_id", "product_id", "started_on"), orient="row")
    held = held.with_columns(ended_on=pl.lit(None, pl.Date), monthly_fee=pl.lit(10.0))
    outcome = run({**tables, "products": held})
    found = table(outcome, "unused_products").select("customer_id", "product_id", "line", "use", "months").rows()
    assert found == [("a", "mobile", True, "any", 5), ("b", "流量包10G", False, "data", 5)]
    assert outcome.metrics["unused"]["not_judged"] == 1


def test_what_is_not_used_is_offered_where_it_is_given_up_more_often() -> None:
    people = [f"c{at:03}" for at in range(120)]
    tables = plans({who: 0.0 if who < "c060" else 70.0 for who in people})
    ended = [date(2024, 5, 9) if at < 20 else None for at in range(120)]
    lines = (
        tables["subscriptions"]
        .collect()
        .with_columns(pl.Series("ended_on", ended, dtype=pl.Date), plan_fee=pl.lit(8.0))
    )
    there = tables["customer_months"].filter((pl.col("customer_id") >= "c020") | (pl.col("month") < date(2024, 5, 1)))
    outcome = run({**tables, "subscriptions": lines.lazy(), "customer_months": there}, idle_months=2)
    offers = table(outcome, "offer_recommendations")
    assert outcome.metrics["unused"]["given_up"] == {
        "unused": 60,
        "unused_ended": 20,
        "used": 60,
        "used_ended": 0,
        "extra": 0.333333,
    }
    assert set(offers["customer_id"]) == {who for who in people if "c020" <= who < "c060"}
    assert set(offers["purpose"]) == {"activation"}
    assert offers["score"][0] == pytest.approx(8 * 0.5 * 12 / 3, abs=1e-3)


def test_services_whose_use_is_not_told_are_not_judged() -> None:
    people = [f"c{at:03}" for at in range(30)]
    tables = plans(dict.fromkeys(people, 0.0))
    wired = tables["subscriptions"].with_columns(service_type=pl.lit("broadband"))
    outcome = run({**tables, "subscriptions": wired})
    assert not table(outcome, "unused_products").height
    assert "offers-silent-services" in codes(outcome)


def test_nobody_there_is_an_error() -> None:
    tables = plans({"a": 1.0})
    with pytest.raises(MissingInputError):
        run({**tables, "customer_months": tables["customer_months"].with_columns(active=pl.lit(value=False))})
