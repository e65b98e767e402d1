"""Windows, labels and what was known at each snapshot."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcli.errors import DataError, UsageError
from telcli.features.churn_snapshots import (
    label_rows,
    named_columns,
    plan_windows,
    snapshot_features,
)
from telcli.features.month_index import add_months

FIRST = date(2023, 1, 1)


@given(st.integers(1, 40), st.integers(0, 3), st.integers(1, 3), st.integers(1, 6), st.integers(2, 8))
def test_every_window_closes_before_it_is_used(span: int, gap: int, outcome: int, observe: int, most: int) -> None:
    last, ahead = add_months(FIRST, span - 1), gap + outcome
    if span < ahead + 1:
        with pytest.raises(DataError):
            plan_windows(FIRST, last, gap=gap, outcome=outcome, observe=observe, most=most)
        return
    found = plan_windows(FIRST, last, gap=gap, outcome=outcome, observe=observe, most=most)
    assert all(add_months(month, ahead) <= found.test for month in found.past)
    assert all(add_months(month, ahead) <= last for month in found.closed)
    assert found.test == found.closed[-1] == add_months(last, -ahead)
    assert all(month >= add_months(FIRST, found.observed - 1) for month in (*found.past, *found.closed))
    assert len(found.past) <= most
    if span >= 2 * ahead + observe + 1:
        assert found.out_of_time, "the length the error names must be enough"


def history() -> pl.LazyFrame:
    """Five customers over six months: one leaves in each of the months 3, 4, 5, 6; one stays."""
    rows = []
    for number, leaves in enumerate((3, 4, 5, 6, None)):
        rows += [
            {"customer_id": f"c{number}", "month": date(2023, m, 1), "active": m != leaves, "left": m == leaves}
            for m in range(1, 7)
            if leaves is None or m <= leaves
        ]
    return pl.DataFrame(rows).lazy()


def test_who_leaves_in_the_gap_is_left_out_and_who_leaves_in_the_window_is_churned() -> None:
    found = label_rows(history(), (date(2023, 2, 1), date(2023, 3, 1)), gap=1, outcome=2)
    assert found.rows() == [
        ("c1", date(2023, 2, 1), True),
        ("c2", date(2023, 2, 1), True),
        ("c2", date(2023, 3, 1), True),
        ("c3", date(2023, 2, 1), False),
        ("c3", date(2023, 3, 1), True),
        ("c4", date(2023, 2, 1), False),
        ("c4", date(2023, 3, 1), False),
    ]


def going(signs: str) -> pl.LazyFrame:
    """One customer by month: a is here, l leaves, - is gone, from January 2023."""
    rows = [("a", date(2023, m, 1), sign == "a", sign == "l") for m, sign in enumerate(signs, 1) if sign != "-"]
    return pl.DataFrame(rows, schema=["customer_id", "month", "active", "left"], orient="row").lazy()


@pytest.mark.parametrize(
    ("signs", "label"),
    [
        ("aaal-aal", [True]),
        ("aaal-aaa", [True]),
        ("aaaaal-a", [False]),
        ("aal-aaal", []),
        ("alaal", [True]),
        ("alaaaal", [False]),
    ],
)
def test_the_first_leaving_after_the_snapshot_counts(signs: str, label: list[bool]) -> None:
    at = date(2023, 2, 1) if signs[1] == "a" else date(2023, 3, 1)
    assert label_rows(going(signs), (at,), gap=1, outcome=2)["churned"].to_list() == label


@given(st.text("al-", min_size=5, max_size=12), st.text("al-", max_size=8))
def test_no_label_depends_on_months_after_its_window(past: str, future: str) -> None:
    at = (date(2023, len(past) - 3, 1),)
    first = label_rows(going(past), at, gap=1, outcome=2)
    assert first.equals(label_rows(going((past + future)[:12]), at, gap=1, outcome=2))


def test_windows_cross_the_year() -> None:
    rows = [("a", date(2022, 11, 1), True, False), ("a", date(2023, 1, 1), False, True)]
    frame = pl.DataFrame(rows, schema=["customer_id", "month", "active", "left"], orient="row").lazy()
    assert label_rows(frame, (date(2022, 11, 1),), gap=1, outcome=1)["churned"].to_list() == [True]


def test_features_of_a_snapshot_know_its_month_and_lines_alone() -> None:
    lines = pl.DataFrame(
        {
            "subscription_id": ["s1", "s2", "s3", "s4"],
            "customer_id": ["c4", "c4", "c4", "c3"],
            "plan_id": ["ended", "oldest", "later", "future"],
            "activated_on": [date(2020, 1, 1), date(2021, 1, 1), date(2022, 1, 1), date(2023, 6, 1)],
            "ended_on": [date(2023, 2, 10), None, None, None],
        }
    )
    customers = pl.DataFrame({"customer_id": ["c3", "c4"], "birth_year": [1990, None], "x_b": [1, 2]})
    tables = {"customer_months": history(), "customers": customers.lazy(), "subscriptions": lines.lazy()}
    found = snapshot_features(tables, date(2023, 3, 1)).sort("customer_id").collect()
    known = found.filter(pl.col("customer_id").is_in(["c3", "c4"]))
    assert known["plan_id"].to_list() == [None, "oldest"]
    assert known["age"].to_list() == [33, None]
    assert not {"ended_on", "status", "end_reason", "active", "left"} & set(found.columns)
    earlier = snapshot_features(tables, date(2023, 1, 1)).filter(pl.col("customer_id") == "c4").collect()
    assert earlier["plan_id"].to_list() == ["ended"], "a line that ended later was alive then"


def test_named_columns_forgive_marks_and_case_and_refuse_the_unknown() -> None:
    assert named_columns(" churn score ,X_cltv", ["x_Churn_Score", "x_CLTV"]) == {"x_Churn_Score", "x_CLTV"}
    assert named_columns("", ["x_a"]) == set()
    with pytest.raises(UsageError) as caught:
        named_columns("b", ["x_a"])
    assert caught.value.values["column"] == "b"
