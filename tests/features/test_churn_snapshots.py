"""Windows, labels and what was known at each snapshot."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcli.errors import DataError, UsageError
from telcli.features.churn_snapshots import (
    OF_THE_END,
    candidate_columns,
    named_columns,
    plan_windows,
    snapshot_features,
)
from telcli.features.month_index import add_months
from telcli.intake.looking import REASON

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
    many = [f"revenue_{i}" for i in range(150)]
    for asked, named in (("qqq", 11), ("revenue_1x", 3)):
        with pytest.raises(UsageError) as caught:
            named_columns(asked, [*many, "x_a"])
        told = str(caught.value.values["known"])
        assert len(told.replace(" ...", ", ...").split(", ")) == named
        assert ("a, " in told) == (named > 3), "attributes come first"


def test_why_a_line_ended_is_no_candidate_wherever_it_was_delivered() -> None:
    customers = pl.LazyFrame({"customer_id": ["a"], OF_THE_END: ["moved"], "x_tariff": ["S"]})
    assert OF_THE_END == REASON
    assert [name for name in candidate_columns({"customers": customers}, flat=True) if name.startswith("x_")] == [
        "x_tariff"
    ]
