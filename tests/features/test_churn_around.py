"""Who left, by dimension, tenure and cohort: sums that must hold, values of then, months not reached yet."""

from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telcli.features.churn_base import Walk, base_before, base_of, labelled_base
from telcli.features.churn_base import walk as walked
from telcli.features.churn_cells import ALL, churn_cells
from telcli.features.churn_dimensions import MOST_LEVELS, OTHERS, UNKNOWN, Described, described, levels
from telcli.features.churn_labels import LabelWindow, label_rows, labelled
from telcli.features.churn_leavings import LEVELS, Definition, departed
from telcli.features.churn_stay import churn_cohorts, churn_tenure, label_cells, stay_cells, yearly_retention
from telcli.features.month_index import add_months
from telcli.tables import contract

AS_OF = date(2024, 6, 1)
FIRST = date(2024, 1, 1)


def conformed(name: str, rows: dict[str, Any]) -> pl.LazyFrame:
    frame = pl.DataFrame(rows)
    known = contract(name).schema.columns()
    typed = [pl.col(column).cast(known[column].dtype) for column in frame.columns if column in known]
    return contract(name).conform(frame.with_columns(typed).lazy()).collect().lazy()


def walk(rows: pl.LazyFrame, **more: pl.LazyFrame) -> Walk:
    return walked({"customer_months": rows, **more}, Definition())


def months(customers: dict[str, tuple[int, int | None]]) -> pl.LazyFrame:
    """customer_months of customers by the month they joined in (from 0, FIRST) and left in."""
    rows = []
    for name, (joined, gone) in customers.items():
        for at in range(max(joined, 0), (gone if gone is not None else 5) + 1):
            rows.append((name, add_months(FIRST, at), at != gone, at == gone, float(at - joined), 10.0))
    names = ("customer_id", "month", "active", "left", "tenure_months", "revenue")
    return conformed("customer_months", dict(zip(names, zip(*rows, strict=True), strict=True)))


def test_the_base_is_who_was_there_before_the_months_looked_at() -> None:
    rows = months(
        {"stays": (0, None), "left before": (0, 2), "left": (0, 4), "joined later": (4, None), "both": (4, 5)}
    )
    base = base_of(walk(rows), FIRST, AS_OF, 3)
    found = base.frame.select("customer_id", "left").sort("customer_id").collect()
    assert (base.since, base.months) == (date(2024, 3, 1), 3)
    assert found.rows() == [("left", True), ("stays", False)]
    assert base_before(walk(rows), FIRST, base) is None
    shorter = base_of(walk(rows), FIRST, AS_OF, 2)
    earlier = base_before(walk(rows), FIRST, shorter)
    assert earlier is not None
    assert earlier.since == date(2024, 2, 1)
    assert earlier.frame.filter("left").collect()["customer_id"].to_list() == ["left before"]


def test_a_labelled_table_tells_by_its_label() -> None:
    rows = months(dict.fromkeys("abc", (5, None)))
    customers = conformed("customers", {"customer_id": ["a", "b", "c"], "churned": [True, False, None]})
    base = labelled_base({"customer_months": rows, "customers": customers}, AS_OF)
    assert base.months is None
    assert base.frame.select("customer_id", "left").sort("customer_id").collect().rows() == [("a", True), ("b", False)]


def told(left: list[bool], **dimensions: list[Any]) -> Described:
    frame = pl.DataFrame({"customer_id": [f"c{at:04d}" for at in range(len(left))], "left": left})
    frame = frame.with_columns(revenue_usual=pl.lit(20.0), **{k: pl.Series(v) for k, v in dimensions.items()})
    return Described(frame, frozenset(), tuple(dimensions))


people = st.lists(st.tuples(st.booleans(), st.sampled_from("NSEW"), st.integers(0, 60) | st.none()), min_size=2)


@settings(max_examples=40, deadline=None)
@given(people)
def test_the_levels_of_each_dimension_add_up_to_all(rows: list[tuple[bool, str, int | None]]) -> None:
    left, region, size = (list(column) for column in zip(*rows, strict=True))
    cells = churn_cells(told(left, region=region, x_size=[None if s is None else float(s) for s in size]), None, 3)
    whole = cells.row(by_predicate=pl.col("dimension") == ALL, named=True)
    for _, mine in cells.group_by("dimension"):
        assert mine["customers"].sum() == whole["customers"]
        assert mine["churners"].sum() == whole["churners"]
        assert float((mine["churn_rate"] * mine["customers"]).sum()) == pytest.approx(whole["churners"])
        assert mine["excess"].sum() == pytest.approx(0, abs=1e-4)
        assert mine["revenue"].sum() == pytest.approx(whole["revenue"])
        assert mine["revenue_lost"].sum() == pytest.approx(whole["revenue_lost"])
    assert ((cells["rate_low"] <= cells["churn_rate"]) & (cells["churn_rate"] <= cells["rate_high"])).all()


def test_a_level_that_churns_more_comes_first_and_is_significant() -> None:
    left = [at % 4 == 0 for at in range(200)] + [at % 20 == 0 for at in range(800)]
    cells = churn_cells(told(left, plan_id=["old"] * 200 + ["new"] * 800), None, 2)
    first = cells.row(0, named=True)
    assert (first["level"], first["churners"], first["significant"]) == ("old", 50, True)
    assert first["excess"] == pytest.approx(50 - 200 * 0.09)
    assert first["index"] == pytest.approx(0.25 / 0.09)
    assert first["monthly_rate"] == pytest.approx(1 - 0.75**0.5)
    assert (first["revenue_lost"], first["churner_share"]) == (1000.0, pytest.approx(50 / 90))


def test_chance_alone_makes_nothing_significant() -> None:
    rng = np.random.default_rng(3)
    many = {f"x_{name}": rng.choice(list("abcdef"), 3000).tolist() for name in range(30)}
    cells = churn_cells(told((rng.random(3000) < 0.05).tolist(), **many), None, 3)
    assert cells["significant"].sum() == 0


def test_many_values_become_the_largest_and_others() -> None:
    names = [f"plan {at // 10}" for at in range(400)]
    found = levels(told([False] * 400, plan_id=names), told([False] * 400, plan_id=names))["plan_id"]
    assert found.n_unique() == MOST_LEVELS + 1
    assert (found == OTHERS).sum() == 200


def test_what_tells_nobody_apart_or_everybody_is_no_dimension() -> None:
    some = [None if at % 2 else "x" for at in range(60)]
    found = told([False] * 60, x_name=[f"n{at}" for at in range(60)], region=["N"] * 60, x_half=some)
    made = levels(found, found)
    assert set(made) == {"x_half"}
    assert set(made["x_half"].to_list()) == {"x", UNKNOWN}


def test_values_of_then_where_history_tells() -> None:
    rows = months({"a": (0, None), "b": (0, 5)})
    customers = conformed(
        "customers", {"customer_id": ["a", "b"], "region": ["N", "N"], "valid_from": [date(2024, 5, 9), FIRST]}
    )
    past = conformed(
        "customer_history",
        {"customer_id": ["a"], "region": ["S"], "valid_from": [date(2023, 1, 1)], "valid_to": [date(2024, 5, 9)]},
    )
    tables = {"customer_months": rows, "customers": customers, "customer_history": past}
    found = described(tables, base_of(walk(rows), FIRST, AS_OF, 3))
    assert found.frame["region"].to_list() == ["S", "N"]
    assert "region" in found.then
    without = described(
        {**tables, "customers": customers.with_columns(valid_from=None)}, base_of(walk(rows), FIRST, AS_OF, 3)
    )
    assert "region" not in without.then


def test_the_main_line_tells_plan_and_way_of_paying() -> None:
    rows = months({"a": (0, 5)})
    lines = conformed(
        "subscriptions",
        {
            "subscription_id": ["1", "2", "3"],
            "customer_id": ["a"] * 3,
            "plan_id": ["gone", "main", "later"],
            "activated_on": [date(2020, 1, 1), date(2021, 1, 1), date(2024, 5, 1)],
            "ended_on": [date(2022, 1, 1), date(2024, 6, 3), None],
        },
    )
    tables = {
        "customer_months": rows,
        "customers": conformed("customers", {"customer_id": ["a"]}),
        "subscriptions": lines,
    }
    found = described(tables, base_of(walk(rows), FIRST, AS_OF, 3))
    assert found.frame["plan_id"].to_list() == ["main"]


def test_a_result_of_today_tells_nobody_apart_who_left_since() -> None:
    base = base_of(walk(months({"a": (0, None), "b": (0, 5)})), FIRST, AS_OF, 3)
    today = pl.LazyFrame({"customer_id": ["a"], "segment_name": ["savers"]})
    then = pl.LazyFrame(
        {"customer_id": ["a", "b"], "segment_name": ["savers", "talkers"], "month": [date(2024, 2, 1)] * 2}
    )
    tables = {"customers": conformed("customers", {"customer_id": ["a", "b"]}), "segments": today}
    assert "segment" not in described(tables, base).names
    assert described({**tables, "segments_before": then}, base).frame["segment"].to_list() == ["savers", "talkers"]


def test_hazard_and_incidence_by_kind_of_leaving() -> None:
    rows = months({"a": (0, 2), "b": (0, 3), "c": (0, None), "d": (-2, 0)})
    lines = {"subscription_id": ["1"], "customer_id": ["a"], "ended_on": [date(2024, 3, 9)], "end_reason": ["port-out"]}
    table = churn_tenure(stay_cells(walk(rows, subscriptions=conformed("subscriptions", lines)).months))
    everyone = table.filter(pl.col("kind") == "all")
    assert everyone["at_risk"].to_list() == [3, 3, 4, 2, 1, 1]
    assert everyone["left"].to_list() == [0, 0, 2, 1, 0, 0]
    assert everyone["survival"].to_list() == pytest.approx([1, 1, 0.5, 0.25, 0.25, 0.25])
    ported = table.filter(pl.col("kind") == "port-out")
    assert ported["incidence"].to_list() == pytest.approx([0, 0, 0.25, 0.25, 0.25, 0.25])
    parts = table.filter(pl.col("kind") != "all").group_by("tenure_month").agg(pl.col("incidence").sum())
    both = parts.join(everyone, on="tenure_month")
    assert (both["incidence"] - both["incidence_right"]).abs().max() < 1e-12


def test_retention_beside_its_reference() -> None:
    rows = months({f"c{at}": (0, 1 if at == 0 else None) for at in range(100)})
    cells = stay_cells(walk(rows).months)
    assert yearly_retention(cells) == {"annual": round((1 - 1 / 596) ** 12, 6), "five_years": None}
    flat = label_cells(rows.filter(pl.col("month") == AS_OF), pl.LazyFrame({"customer_id": ["c1"], "left": [True]}))
    assert flat["unknown"].to_list() == [0, 0, 0, 0, 0, 1]


def test_cohorts_are_a_square_whose_future_is_empty() -> None:
    rows = months({"a": (0, None), "b": (0, 2), "c": (4, None), "old": (-7, None)})
    table = churn_cohorts(walk(rows).months, FIRST, AS_OF)
    assert table["cohort"].unique().sort().to_list() == [FIRST, date(2024, 5, 1)]
    assert table.height == 2 * 6
    first = table.filter(pl.col("cohort") == FIRST)
    assert first["at_risk"].to_list() == [2, 2, 2, 1, 1, 1]
    assert first["retention"].to_list() == [1, 1, 0.5, 0.5, 0.5, 0.5]
    later = table.filter(pl.col("cohort") == date(2024, 5, 1))
    assert later["retention"].to_list() == [1, 1, None, None, None, None]


def test_who_left_in_a_way_that_does_not_count_neither_stayed_nor_churned() -> None:
    rows = months({"a": (0, 4), "b": (0, None)})
    lines = {
        "subscription_id": ["1"],
        "customer_id": ["a"],
        "ended_on": [date(2024, 5, 9)],
        "end_reason": ["voluntary"],
    }
    tables = {"customer_months": rows, "subscriptions": conformed("subscriptions", lines)}
    told = walked(tables, Definition(kinds=frozenset({"involuntary"})))
    assert base_of(told, FIRST, AS_OF, 3).frame.collect().select("customer_id", "left").rows() == [("b", False)]
    assert not told.months.filter(pl.col("customer_id") == "a", pl.col("month") >= date(2024, 5, 1)).collect().height


@pytest.mark.parametrize("level", LEVELS)
def test_whoever_left_is_counted_alike_by_label_base_stay_and_register(level: str) -> None:
    """Of 200 customers of two numbers each on two accounts one number in ten ends in some month."""
    rng = np.random.default_rng(5)
    names = [f"c{at:03d}" for at in range(200)]
    ends = [int(end) if end < 6 else None for end in rng.geometric(0.04, 400)]
    both = [max(pair) if None not in pair else None for pair in zip(ends[::2], ends[1::2], strict=True)]
    rows = months({name: (0, end) for name, end in zip(names, both, strict=True)})
    lines = conformed(
        "subscriptions",
        {
            "subscription_id": [f"{at}" for at in range(400)],
            "customer_id": np.repeat(names, 2).tolist(),
            "account_id": [f"a{at}" for at in range(400)],
            "ended_on": [None if end is None else add_months(FIRST, end) for end in ends],
            "end_reason": "voluntary",
        },
    )
    tables = {"customer_months": rows, "subscriptions": lines}
    definition = Definition(level=level)
    told = walked(tables, definition)
    base = base_of(told, FIRST, AS_OF, 3)
    labels = label_rows(labelled(departed(tables, definition), (base.since,), LabelWindow(0, 3)))
    assert base.frame.select("customer_id", "left").collect().sort("customer_id").rows() == (
        labels.select("customer_id", "churned").rows()
    )
    gone = told.gone.filter("counts").collect()
    later = gone.filter(pl.col("month") > base.since, pl.col("customer_id").is_in(labels["customer_id"].implode()))
    assert later["customer_id"].n_unique() == labels["churned"].sum()
    assert gone.select("customer_id", "month").is_unique().all()
    cells = stay_cells(told.months)
    assert cells["at_risk"].sum() == rows.collect().height
    assert cells["voluntary"].sum() == gone.height == churn_cohorts(told.months, FIRST, AS_OF)["left"].sum()
    numbers = sum(end is not None for end in both)
    assert gone.height == numbers if level == "customer" else gone.height > 2 * numbers


def test_who_is_seen_no_more_and_did_not_leave_did_not_stay() -> None:
    rows = months({"a": (0, 4), "b": (0, None)}).filter(pl.col("customer_id") != "a")
    some = months({"c": (0, None)}).filter(pl.col("month") < date(2024, 5, 1))
    told = walk(pl.concat([rows, some]))
    assert base_of(told, FIRST, AS_OF, 3).frame.collect()["customer_id"].to_list() == ["b"]
