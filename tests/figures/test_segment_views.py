"""The business views on the page: each group's weight, small groups hidden with what would give them away."""

import re
from datetime import date
from typing import Any

import polars as pl
import pytest

from telcli.features.view_words import REASONS, group_words, reason_words, view_words
from telcli.figures import segment_views
from telcli.figures.base import Figures
from telcli.report.model import Report, build
from telcli.report.view_section import views

NAMING = segment_views.Naming(REASONS, view_words, group_words, reason_words)
AS_OF, MAY = date(2024, 6, 1), date(2024, 5, 1)
CLASSES = [
    ("key", "high-profit", 20, 300.0),
    ("business", "told-business", 30, 100.0),
    ("public", "no-rule", 150, 40.0),
]


def customers(classes: list[tuple[str, str, int, float]] = CLASSES) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Views and lines of so many customers of each class: class, reason, customers, revenue of each."""
    rows: list[dict[str, Any]] = []
    for name, reason, count, revenue in classes:
        for _ in range(count):
            number = len(rows)
            rows.append(
                {"customer_id": f"C{number:04d}", "account_class": name, "account_reason": reason,
                 "exit_candidate": None if number < 15 else number >= 180,
                 "exit_reason": "not-known" if number < 15 else "no-margin" if number >= 180 else "earns",
                 "own_groups": "campus" if number < 40 else "campus+north" if number < 60 else None,
                 "usual_revenue": revenue, "churn_probability": 0.1, "churned": None, "gone": False}
            )  # fmt: skip
    frame = pl.DataFrame(rows, schema_overrides={"churned": pl.Boolean})
    lines = ["usual_revenue", "churn_probability", "churned", "gone"]
    return frame.drop(lines), frame.select("customer_id", *lines)


def named(rows: list[dict[str, Any]]) -> dict[tuple[str, str], dict[str, Any]]:
    return {(row["view"], row["group"]): row for row in rows}


def test_groups_weigh_what_their_customers_bring() -> None:
    found = named(segment_views.view_rows(*customers(), NAMING, 10))
    key = found["account class", "key account"]
    total = 20 * 300 + 30 * 100 + 150 * 40
    assert key["customers"] == 20
    assert key["customer_share"] == pytest.approx(0.1)
    assert key["revenue_share"] == pytest.approx(6000 / total)
    assert key["value_index"] == pytest.approx(300 / (total / 200))
    assert key["churn_probability"] == pytest.approx(0.1)
    assert key["meaning"] == "margin among the highest of all customers"
    shares = [row["revenue_share"] for (view, _), row in found.items() if view == "account class"]
    assert sum(shares) == pytest.approx(1.0)


def test_a_view_that_goes_by_the_label_has_no_share_that_left() -> None:
    told, lines = customers()
    lines = lines.with_columns(churned=pl.Series([number >= 180 for number in range(lines.height)]))
    told = told.with_columns(lifecycle_stage=pl.lit("maturity"), lifecycle_reason=pl.lit("steady"))
    shares = {view: row for (view, _), row in named(segment_views.view_rows(told, lines, NAMING, 10)).items()}
    assert shares["account class"]["churned_share"] is not None
    for view in ("stage of life", "exit candidate"):
        assert shares[view]["churned_share"] is None
        assert "small_risk" not in shares[view]


def test_flags_stand_without_their_no_and_who_is_not_known_stands_last() -> None:
    rows = segment_views.view_rows(*customers(), NAMING, 10)
    flags = [row["group"] for row in rows if row["view"] == "exit candidate"]
    assert flags == ["exit candidate", "not known"]
    assert named(rows)["exit candidate", "not known"]["meaning"] is None


def test_own_groups_may_share_customers() -> None:
    found = named(segment_views.view_rows(*customers(), NAMING, 10))
    assert found["own group", "campus"]["customers"] == 60
    assert found["own group", "north"]["customers"] == 20


@pytest.mark.parametrize("inside", [4, 196])
def test_own_groups_of_few_or_of_nearly_all_are_hidden(inside: int) -> None:
    told, lines = customers()
    some = pl.int_range(pl.len()) < inside
    told = told.with_columns(own_groups=pl.when(some).then(pl.lit("campus")))
    (row,) = [row for row in segment_views.view_rows(told, lines, NAMING, 10) if row["view"] == "own group"]
    assert row["small"] == 1
    assert not set(row) & {"customers", "customer_share", "revenue_share", "value_index", "meaning"}


def test_a_small_group_takes_the_next_with_it_even_where_that_is_a_no() -> None:
    few = [("key", "high-profit", 3, 300.0), *CLASSES[1:]]
    found = named(segment_views.view_rows(*customers(few), NAMING, 10))
    hidden = {group for (view, group), row in found.items() if view == "account class" and row.get("small")}
    assert hidden == {"key account", "business"}
    told, lines = customers()
    told = told.with_columns(exit_candidate=pl.int_range(pl.len()) >= 5)  # 5 are none: yes would tell it
    (row,) = [row for row in segment_views.view_rows(told, lines, NAMING, 10) if row["view"] == "exit candidate"]
    assert row.get("small") == 1


def test_what_one_view_hides_no_other_shows_of_the_same_customers() -> None:
    told, lines = customers([("key", "high-profit", 6, 300.0), ("business", "told-business", 30, 100.0),
                             ("public", "no-rule", 60, 40.0), ("public", "no-rule", 80, 40.0)])  # fmt: skip
    number = pl.col("customer_id").str.slice(1).cast(pl.Int64)
    told = told.with_columns(
        rfm_group=pl.when(number < 36)
        .then(pl.lit("new"))
        .when(number < 96)
        .then(pl.lit("best"))
        .otherwise(pl.lit("big")),
        rfm_reason=pl.lit("scores"),
        lifecycle_stage=pl.when((number >= 6) & (number < 36))
        .then(pl.lit("acquisition"))
        .otherwise(pl.lit("maturity")),
        lifecycle_reason=pl.lit("tenure"),
        exit_candidate=pl.lit(None, dtype=pl.Boolean),
    )
    naming = segment_views.Naming(
        REASONS, lambda view: (view, view), lambda _, group: (group, group), lambda _, why: (why, why)
    )
    rows = {(row["view"], row["group"]): row for row in segment_views.view_rows(told, lines, naming, 10)}
    # 6 key accounts are hidden, and with them the 30 of business, who are the 30 in acquisition
    small = {key for key, row in rows.items() if row.get("small")}
    assert {("account_class", "key"), ("account_class", "business"), ("lifecycle_stage", "acquisition")} <= small
    assert ("lifecycle_stage", "maturity") in small
    assert not [key for key in small if key[0] == "rfm_group"]
    assert rows["rfm_group", "new"]["customers"] == 36
    gone = segment_views.hidden_stages(list(rows.values()), naming)
    assert gone == {"acquisition", "maturity"}
    assert segment_views.hidden_classes(list(rows.values()), naming) == {"key", "business"}
    moved = ways(
        {
            ("growth", "growth"): 40,
            ("growth", "acquisition"): 15,
            ("acquisition", "maturity"): 90,
            ("unknown", "maturity"): 20,
        }
    )
    seen = {
        (row["from_stage"], row["to_stage"]): row["customers"] for row in segment_views.stage_moves(moved, 10, gone)
    }
    assert {way for way, count in seen.items() if count is None} >= {("growth", "acquisition"), ("unknown", "maturity")}


def test_few_who_left_are_not_told() -> None:
    told, lines = customers()
    lines = lines.with_columns(churned=pl.int_range(pl.len()).is_in([1, 2, *range(100, 140)]))
    found = named(segment_views.view_rows(told, lines, NAMING, 10))
    assert found["account class", "key account"]["churned_share"] is None
    assert found["account class", "key account"]["customers"] == 20


def ways(counts: dict[tuple[str, str], int]) -> pl.DataFrame:
    totals: dict[str, int] = {}
    for (one, _), count in counts.items():
        totals[one] = totals.get(one, 0) + count
    return pl.DataFrame(
        [
            {"as_of": AS_OF, "view": "lifecycle_stage", "before": MAY, "from_group": one, "to_group": other,
             "from_group_zh": "成长期", "to_group_zh": "成熟期", "customers": count, "share": count / totals[one]}
            for (one, other), count in counts.items()
        ]
    )  # fmt: skip


WAYS = {("growth", "growth"): 200, ("growth", "maturity"): 60, ("maturity", "maturity"): 500, ("maturity", "left"): 40,
        ("not yet a customer", "growth"): 30, ("decline", "left"): 4}  # fmt: skip


def test_ways_from_a_stage_of_few_are_all_hidden_and_so_is_its_size() -> None:
    few = {
        ("acquisition", "growth"): 5,
        ("growth", "growth"): 40,
        ("growth", "maturity"): 15,
        ("maturity", "maturity"): 90,
    }
    rows = segment_views.stage_moves(ways(few), 10)
    assert {row["from_stage"] for row in rows if row["of"] is None} == {"acquisition", "growth"}
    for row in rows:
        if row["of"] is None:
            assert row["customers"] is None and row["share"] is None


def test_stages_move_in_their_order_and_few_are_hidden() -> None:
    rows = segment_views.stage_moves(ways(WAYS), 10)
    assert list(dict.fromkeys(row["from_stage"] for row in rows)) == [
        "growth",
        "maturity",
        "decline",
        "not yet a customer",
    ]
    every = {(row["from_stage"], row["to_stage"]): row for row in segment_views.stage_moves(ways(WAYS), 0)}
    found = {(row["from_stage"], row["to_stage"]): row for row in rows}
    assert every["growth", "maturity"]["share"] == pytest.approx(60 / 260)
    assert every["growth", "maturity"]["moved"] == 1
    assert every["maturity", "left"]["moved"] == 0
    assert found["decline", "left"] | {"share": None, "customers": None, "of": None} == found["decline", "left"]
    assert found["maturity", "left"].get("small") == 1  # else the column would give the 4 away


def section(lang: str, least: int = 10) -> str:
    figures = Figures()
    figures.block("views", segment_views.view_rows(*customers(), NAMING, least), segment_views.VIEW_TEXTS)
    figures.block(
        "stage_moves",
        segment_views.stage_moves(ways(WAYS | {("decline", "left"): 40}), least),
        segment_views.STAGE_TEXTS,
    )
    report: Report = build(figures.frame(AS_OF), lang=lang, currency="CNY")
    found = views(report)
    assert found is not None
    lines = [found.title, found.lead]
    for table in found.tables:
        lines += [table.title, *("|".join(cell.text for cell in row) for row in [table.head, *table.rows])]
    return "\n".join(lines)


def test_the_page_names_a_view_once() -> None:
    text = section("en")
    assert (
        "View|Group|Customers|Share of customers|Share of revenue|Value index|Chance of leaving|Mostly because" in text
    )
    assert "account class|key account|20|10.0%|40.0%|4.00x|10.0%|margin among the highest of all customers" in text
    assert "\n|public|150|" in text
    assert text.count("account class") == 1
    assert "Stages of life since May 2024: share of each stage of then" in text
    assert "growth|260|76.9%|23.1%|" in text


def test_in_chinese_nothing_is_left_in_english() -> None:
    text = section("zh")
    assert "客户等级|大客户|20|" in text
    left = set(re.findall(r"[A-Za-z]{2,}", text))
    assert left <= {"campus", "north", "CRM"}, left


def test_no_views_no_section() -> None:
    assert views(build(Figures().frame(AS_OF).vstack(_one()), lang="en", currency="CNY")) is None


def _one() -> pl.DataFrame:
    figures = Figures()
    figures.put("kpi", 1, "customers", 12)
    return figures.frame(AS_OF)
