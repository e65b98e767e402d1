"""Metrics by groups: what sums come to, and that nobody in a small group can be worked out."""

from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcli.figures import customers, kpis
from telcli.figures.cubed import cubed
from telcli.tables import contract
from telcli.tables.metric_dictionary import Metric, metrics

MAY, JUNE = date(2024, 5, 1), date(2024, 6, 1)
PEOPLE = st.lists(
    st.tuples(st.sampled_from("NS"), st.sampled_from("hml"), st.integers(0, 500)), min_size=1, max_size=120
)


def rows(people: list[tuple[str, str, int]]) -> pl.LazyFrame:
    frame = pl.DataFrame(people, schema={"branch": pl.String, "band": pl.String, "cents": pl.Int64}, orient="row")
    return frame.lazy().select(
        "branch", "band", month=pl.lit(JUNE), active=pl.lit(value=True), revenue=pl.col("cents") / 100
    )


@given(PEOPLE)
def test_groups_come_to_the_whole_in_any_order(people: list[tuple[str, str, int]]) -> None:
    asked = [metrics()["customers"], metrics()["revenue"]]
    told = cubed(rows(people), asked, ["branch", "band"], 1)
    whole = cubed(rows(people[::-1]), asked, [], 1)
    assert told["customers"].sum() == whole["customers"][0] == len(people)
    assert told["revenue"].sum() == pytest.approx(whole["revenue"][0]) == pytest.approx(sum(p[2] for p in people) / 100)
    assert told.equals(cubed(rows(people[::-1]), asked, ["branch", "band"], 1))


@given(PEOPLE)
def test_no_group_of_few_is_told_nor_left_alone_in_a_line(people: list[tuple[str, str, int]]) -> None:
    told = cubed(rows(people), [metrics()["customers"]], ["branch", "band"], 10)
    assert not (told["customers"].drop_nulls() < 10).any()
    assert (told["hidden"].str.contains("people") == told["people"].is_null()).all()
    counts = {(p[0], p[1]): 0 for p in people}
    for one in people:
        counts[one[0], one[1]] += 1
    for name, place in (("branch", 0), ("band", 1)):
        lines = cubed(rows(people), [metrics()["customers"]], [name], 10)
        for value in lines.filter(pl.col("hidden") == "")[name]:
            hidden = told.filter((pl.col(name) == value) & (pl.col("hidden") != ""))
            lost = [
                n
                for key, n in counts.items()
                if key[place] == value and key in set(hidden.select("branch", "band").rows())
            ]
            assert not lost or sum(lost) >= 10
            assert len(lost) != 1


def test_three_dimensions_tell_nothing_that_their_sums_give_away() -> None:
    drawn = np.random.default_rng(7).choice(3, size=(400, 3), p=[0.6, 0.3, 0.1])
    frame = pl.DataFrame(drawn.astype(str), schema=["a", "b", "c"], orient="row").lazy()
    frame = frame.with_columns(month=pl.lit(JUNE), active=pl.lit(value=True))
    told = cubed(frame, [metrics()["customers"]], ["a", "b", "c"], 10)
    hidden = told.filter(pl.col("hidden") != "").select("a", "b", "c").rows()
    assert hidden
    equations = []
    for pair in (("a", "b"), ("a", "c"), ("b", "c")):
        for key in cubed(frame, [metrics()["customers"]], pair, 10).filter(pl.col("hidden") == "").select(pair).rows():
            equations.append([float(tuple(row["abc".index(n)] for n in pair) == key) for row in hidden])
    system = np.array(equations)
    rank = np.linalg.matrix_rank(system)
    alone = [np.linalg.matrix_rank(np.vstack([system, np.eye(len(hidden))[at]])) for at in range(len(hidden))]
    assert all(one > rank for one in alone)


def test_an_amount_or_a_mean_of_few_is_hidden_though_the_group_is_large() -> None:
    of = {"branch": ["N"] * 12 + ["S"] * 30, "arrears": [4321.5] + [0.0] * 11 + [1.0] * 30}
    frame = pl.DataFrame(of).with_columns(rating=pl.Series([7.5] + [None] * 11 + [5.0] * 30)).lazy()
    frame = frame.with_columns(month=pl.lit(JUNE), active=pl.lit(value=True))
    told = cubed(frame, [metrics()[name] for name in ("customers", "arrears", "rating")], ["branch"], 10)
    assert told.drop("month").rows() == [
        ("N", 12, 12.0, None, None, "arrears,rating"),
        ("S", 30, 30.0, None, None, "arrears,rating"),  # with the sum of all it would tell the one
    ]


def test_a_ratio_does_not_tell_the_sum_that_is_hidden_nor_a_count_the_few_it_counts() -> None:
    of = {"branch": ["N"] * 50 + ["S"] * 60, "revenue": [5000.0] + [0.0] * 49 + [10.0] * 60}
    frame = (
        pl.DataFrame(of).with_columns(left=pl.Series([True] * 2 + [False] * 78 + [True] * 30), was_active=True).lazy()
    )
    frame = frame.with_columns(month=pl.lit(JUNE), active=pl.lit(value=True))
    asked = [metrics()[name] for name in ("revenue", "revenue_per_customer", "left", "churn_rate_month")]
    told = cubed(frame, asked, ["branch"], 10)
    assert told["hidden"].to_list() == ["revenue,revenue_per_customer,left,churn_rate_month"] * 2


def test_what_a_condition_leaves_out_cannot_be_worked_out_either() -> None:
    frame = rows([("N", "h", 100)] * 29 + [("N", "l", 2900)])
    asked = [metrics()["customers"], metrics()["revenue"]]
    told = cubed(frame, asked, [], 10, chosen=pl.col("band") == "h")
    assert told["revenue"].to_list() == [None]
    told = cubed(rows([("N", "h", 100)] * 29 + [("N", "l", 100)] * 10), asked, [], 10, chosen=pl.col("band") == "h")
    assert told["revenue"].to_list() == [29.0]


def test_the_dictionary_and_the_report_agree() -> None:
    of = {"customer_id": [*"abcd", *"abcd"], "month": [MAY] * 4 + [JUNE] * 4}
    of |= {"active": [True, True, True, False, True, True, False, True], "left": [False] * 6 + [True, False]}
    frame = pl.DataFrame(of).with_columns(revenue=pl.Series([10.0, 20.5, None, None, 11.0, None, 3.3, 4.4])).lazy()
    held = contract("customer_months").conform(frame)
    was = held.select("customer_id", pl.col("month").dt.offset_by("1mo"), was_active="active")
    told = cubed(
        held.join(was, on=["customer_id", "month"], how="left"),
        [metrics()[name] for name in ("customers", "revenue", "revenue_per_customer", "left", "churn_rate_month")],
        [],
        1,
    )
    months = customers.monthly(frame)
    nobody = pl.DataFrame({"churned": [None], "lifetime_value": [None]}, schema_overrides={"churned": pl.Boolean})
    of_report = kpis.headline(months, nobody, [])
    assert {name: told[name][-1] for name in of_report} == pytest.approx(of_report)


@pytest.mark.parametrize("metric", metrics().values(), ids=lambda one: one.name)
def test_each_formula_is_of_its_tables_columns(metric: Metric) -> None:
    have = {
        *contract("customer_months").schema.column_names(),
        "was_active",
        *contract(metric.table).schema.column_names(),
    }
    for text in filter(None, (metric.sum, metric.per)):
        assert set(pl.sql_expr(text).meta.root_names()) <= have
    assert metric.en
    assert metric.zh
