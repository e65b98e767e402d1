"""Figures of value: what is summed, what is left out because so few people stand behind it."""

from typing import Any

import polars as pl
import pytest

from telcli.figures import value, value_money, value_score, value_sides, value_trust
from telcli.figures.customers import TIERS
from tests.report import value_example


def test_a_small_tier_is_hidden_with_the_next_so_that_the_sum_does_not_tell() -> None:
    sizes = {"platinum": 4, "gold": 20, "silver": 30, "bronze": 40}
    kinds = [tier for tier, size in sizes.items() for _ in range(size)]
    lines = pl.DataFrame(
        {
            "value_tier": pl.Series(kinds, dtype=TIERS),
            "lifetime_value": [float(place) for place in range(len(kinds))],
            "current_value": [1.0] * len(kinds),
        }
    )
    bounds = pl.DataFrame({"value_tier": list(sizes), "least_score": [80.0, 60.0, None, 0.0]})
    rows = value.tiers(lines, 10, bounds)
    assert [row.get("customers") for row in rows] == [None, None, 30, 40]
    assert [row.get("small") for row in rows] == [1.0, 1.0, None, None]
    assert [row["least_score"] for row in rows] == [80.0, 60.0, None, 0.0]
    assert rows[3]["current_share"] == pytest.approx(40 / 94)
    assert "mean_value" not in rows[0]
    assert sum(row["customers"] for row in value.tiers(lines)) == 94


def margin(*parts: tuple[str, float, int, str], least: int = 10) -> dict[str, dict[str, Any]]:
    """Rows of margin by part; what is left of revenue 1000 is margin."""
    left = 1000.0 - sum(part[1] for part in parts)
    table = pl.DataFrame(
        [
            {"part": part, "amount": amount, "revenue_share": amount / 1000, "customers": customers, "counted": counted}
            for part, amount, customers, counted in (
                *parts, ("margin", left, 100, "data"), ("revenue", 1000.0, 100, "data")
            )
        ]
    )  # fmt: skip
    return {row["part"]: row for row in value_money.margin_rows(table, least)}


def test_parts_of_margin_keep_order_and_hide_no_more_than_one_or_two_customers_make() -> None:
    rows = margin(
        ("bad_debt", 5.0, 9, "data"), ("lines", 50.0, 100, "set"), ("other", 400.0, 100, "set"),
        ("content", 0.0, 0, "not-set"),
    )  # fmt: skip
    assert list(rows) == ["revenue", "other", "lines", "bad_debt", "content", "margin"]
    assert not any(row.get("small") for row in rows.values())
    assert rows["bad_debt"]["amount"] == 5.0
    assert rows["bad_debt"]["small_customers"] == 1.0
    assert "customers" not in rows["bad_debt"]
    assert "amount" not in rows["content"]


@pytest.mark.parametrize("fewer", [1, 2])
def test_a_part_of_one_customer_goes_with_the_smallest_other_and_all_adds_up(fewer: int) -> None:
    rows = margin(
        ("subsidy", 300.0, fewer, "data"), ("bad_debt", -5.0, fewer, "data"), ("lines", 50.0, 100, "set"),
        ("other", 400.0, 100, "set"),
    )  # fmt: skip
    assert [part for part, row in rows.items() if row.get("small")] == ["bad_debt", "lines", "subsidy"]
    assert rows["together"]["amount"] == pytest.approx(345.0)
    assert rows["together"]["revenue_share"] == pytest.approx(0.345)
    eaten = sum(row.get("amount", 0.0) for part, row in rows.items() if part not in ("revenue", "margin"))
    assert rows["revenue"]["amount"] - eaten == pytest.approx(rows["margin"]["amount"])


def test_where_a_part_of_one_customer_is_all_there_is_revenue_is_hidden() -> None:
    rows = margin(("subsidy", 300.0, 1, "data"), ("content", 0.0, 0, "no-data"))
    assert rows["revenue"]["small"] == rows["subsidy"]["small"] == 1.0
    assert "together" not in rows
    assert rows["margin"]["revenue_share"] is None
    assert not any(row.get("small") for row in margin(("subsidy", 300.0, 1, "data"), least=0).values())


def test_offers_are_cut_and_the_few_left_out() -> None:
    table = pl.DataFrame(
        [
            {
                "kind": "plan", "item": item, "customers": customers, "lines": customers, "margin": margin,
                "margin_per_customer": 1.0, "margin_share": 0.1, "loss_maker_share": loss, "lines_sold": sold,
                "early_end_share": early,
            }
            for item, customers, margin, loss, sold, early in (
                ("a", 100, 9.0, 0.03, 50, 0.2),
                ("b", 90, 8.0, 0.5, 20, 0.95),
                ("c", 80, 7.0, 0.0, None, None),
                ("d", 5, 99.0, 0.0, 5, 0.0),
                ("e", 11, 98.0, 0.0, 11, 0.0),
            )
        ]
    )  # fmt: skip
    rows = value_money.offer_rows(table, 10, most=2)
    assert [(row["item"], row["of"]) for row in rows] == [("a", 5), ("b", 5)]  # e would give d away
    assert "loss_maker_share" not in rows[0]
    assert rows[0]["small_loss_maker_share"] == 1.0
    assert rows[0]["early_end_share"] == 0.2
    assert rows[1]["loss_maker_share"] == 0.5
    assert rows[1]["small_early_end_share"] == 1.0  # all but one ended early
    assert [row["item"] for row in value_money.offer_rows(table, 0)] == ["d", "e", "a", "b", "c"]


def test_years_of_the_stay_are_means_by_months_and_few_months_are_left_out() -> None:
    rows = [(2020, 1, 200, 10.0, 5.0), (2021, 1, 100, 40.0, 20.0), (2019, 2, 60, 9.0, 9.0), (2010, 7, 120, 8.0, 8.0)]
    names = ("cohort_year", "tenure_year", "customer_months", "revenue_a_month", "margin_a_month")
    table = pl.DataFrame([dict(zip(names, row, strict=True)) for row in rows])
    assert value_money.stay_rows(table, 10) == [
        {"from_year": 1, "to_year": 1, "customer_months": 300, "revenue_a_month": 20.0, "margin_a_month": 10.0},
        {"from_year": 6, "to_year": 7, "customer_months": 120, "revenue_a_month": 8.0, "margin_a_month": 8.0},
    ]
    assert [row["cohort_year"] for row in value_money.year_rows(table, 10)] == [2020]
    assert [row["cohort_year"] for row in value_money.year_rows(table, 5)] == [2019, 2020, 2021]


def test_moves_hide_the_smallest_ways_and_tell_no_sum_that_betrays_them() -> None:
    told = value_example.METRICS["moves"]
    ways = {(row["from_tier"], row["to_tier"]): row for row in value_score.moves(told, 10)}
    small = {way for way, row in ways.items() if row.get("small")}
    assert small == {("bronze", "gold"), ("bronze", "gone"), ("platinum", "gold"), ("platinum", "gone")}
    assert ways["new", "bronze"]["of"] == 60
    assert (ways["silver", "bronze"]["customers"], ways["silver", "bronze"]["moved"]) == (66, 1.0)
    assert value_score.moves(None, 10) == []
    assert not any(row.get("small") for row in value_score.moves(told, 0))
    assert value_score.steps(told, 10) == {"same": 1379}  # up less what is shown of it is who went from bronze to gold
    assert value_score.steps(told, 0) == {"up": 81, "down": 137, "same": 1379}
    assert value_score.steps(None, 10) == {}


def test_reasons_count_by_indicator_and_way() -> None:
    found = value_example.tables([f"C{n}" for n in range(100)])
    rows = value_score.reasons(found["value_moves"], found["value_weights"], 10)
    assert [row["name_zh"] for row in rows] == ["近12个月月均毛利", "网龄"]
    assert (rows[0]["up"], rows[0]["down"]) == (20, 26)
    assert (rows[0]["points_up"], rows[0]["points_down"]) == (4.0, -3.0)
    (most, least) = value_score.reasons(found["value_moves"], found["value_weights"], 10, told=["up"])
    assert (most["down"], least["small_down"]) == (26, 1.0)  # else they would add up to who fell
    assert value_score.reasons(found["value_moves"].drop("item_1"), found["value_weights"], 10) == []
    assert value_score.reasons(found["value_moves"], found["value_weights"], 100) == []


def test_names_of_the_product_begin_large_and_own_names_stay() -> None:
    found = value_example.tables(["C1"])
    table = found["value_weights"].with_columns(
        name=pl.when(pl.col("item") == "retention").then(pl.lit("iStay")).otherwise("name")
    )
    rows = value_score.weights(table, found["value_sensitivity"])
    assert [row["name"] for row in rows][:3] == ["Current value", "Monthly margin of 12 months", "iStay"]
    assert (rows[0]["less"], rows[0]["more"]) == (0.1, 0.1)
    assert rows[4]["dropped"] == "no-data"


def test_levels_of_few_are_hidden_and_no_levels_are_no_rows() -> None:
    stars = ["a"] * 4 + ["b"] * 30 + [None] * 66
    table = pl.DataFrame({"star": stars, "place": [1] * 4 + [2] * 30 + [None] * 66, "star_before": [None] * 100})
    table = table.with_columns(pl.col("star_before").cast(pl.String))
    rows = value_score.stars(table, 10)
    assert [(row["star"], row.get("customers"), row.get("small")) for row in rows] == [
        ("a", None, 1.0),
        ("b", None, 1.0),
        ("", 66, None),
    ]
    assert not any("customers_before" in row for row in rows)
    assert value_score.stars(table.with_columns(star=pl.lit(None, dtype=pl.String)), 10) == []


def test_the_back_test_is_told_of_tenths_large_enough() -> None:
    tenths = value_example.tables([])["value_backtest"]
    assert len(value_trust.tested(tenths, 10)) == 10
    assert value_trust.tested(tenths, 161) == []
    (row,) = value_trust.verdict(value_example.METRICS["backtest"])
    assert row["score_rank_correlation"] == 0.7
    assert value_trust.verdict(None) == []


def test_groups_of_curves_need_their_kind() -> None:
    table = value_example.tables([])["survival_groups"]
    names = pl.DataFrame({"segment_name": ["prepaid"], "segment_name_zh": ["预付"]})
    rows = value_trust.groups(table.with_columns(kind=pl.lit("segment")), 10, names)
    assert [row["group_zh"] for row in rows] == ["postpaid", "预付"]
    assert set(rows[0]) == {"kind", "group", "group_zh", "after_6", "after_12", "after_24"}
    assert value_trust.groups(table, 301) == []
    assert value_trust.groups(table.rename({"group": "pay_mode"}), 10) == []


def test_further_sides_hide_few_customers() -> None:
    found = value_example.tables([])
    assert [row["item"] for row in value_sides.products(found["value_products"], 10)] == ["301", "303"]
    unpaid = found["value_products"].with_columns(counted=pl.lit("no-fee"), monthly_fee=pl.lit(None, dtype=pl.Float64))
    assert not any("expected_margin" in row for row in value_sides.products(unpaid, 10))
    index = value_sides.groups_beside(found["value_index"], 10)
    assert [(row["group"], row.get("small")) for row in index] == [
        ("business", 1.0),
        ("key", 1.0),
        ("public", None),
        ("postpaid", None),
        ("prepaid", None),
    ]
    own = [{"kind": "account-class", "group": "key", "customers": 16}]
    assert [row["kind"] for row in value_sides.groups_beside(found["value_index"], 10, own)] == [
        "account-class", "pay-mode", "pay-mode",
    ]  # fmt: skip
    assert [row["item"] for row in value_sides.held(found["value_top_held"], 10)] == ["tv"]
    facts = value_sides.tier_facts(found["value_tier_facts"], 10, ["gold"])
    assert facts == [{"measure": "services_held", "platinum": 2.5, "small_gold": 1.0}]
    assert len(value_sides.tier_facts(found["value_tier_facts"], 0, [])) == 2
    signs = value_sides.signs(found["survival_effects"], 10)
    assert [(row["sign"], row["odds_ratio"]) for row in signs] == [("use in 3 months", 7.0), ("months overdue", 2.5)]


def test_account_classes_are_those_of_the_views_and_hide_what_these_do() -> None:
    kinds = ["public"] * 30 + ["business"] * 12 + ["key"] * 10
    ids = [f"C{place:02}" for place in range(len(kinds))]
    views = pl.DataFrame({"customer_id": ids, "account_class": kinds})
    lines = pl.DataFrame({"customer_id": ids, "current_value": [100.0] * 30 + [50.0] * 12 + [500.0] * 10})
    rows = {row["group"]: row for row in value_sides.account_classes(views, lines, ["business"])}
    assert list(rows) == ["business", "key", "public"]
    assert rows["business"] == {"kind": "account-class", "group": "business", "small": 1.0}
    assert (rows["key"]["customers"], rows["key"]["margin_index"]) == (10, pytest.approx(500 / (8600 / 52)))
    assert value_sides.account_classes(views.head(30), lines, []) == []
    losing = value_sides.account_classes(views, lines.with_columns(current_value=pl.lit(-1.0)), [])
    assert [row["margin_index"] for row in losing] == [None] * 3
