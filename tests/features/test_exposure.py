"""Customer-months at risk: who counts, at which tenure, and the curve as a table."""

from datetime import date

import polars as pl
import pytest

from telcli.features.exposure import curve, curves, fit_labels, fit_months, fit_segments, monthly_cells
from telcli.methods.survival import life_table

MAY, JUNE = date(2024, 5, 1), date(2024, 6, 1)
FRAME = pl.LazyFrame(
    {
        "customer_id": ["a", "a", "b", "b", "c"],
        "month": [MAY, JUNE, MAY, JUNE, JUNE],
        "active": [True, True, True, False, False],
        "left": [False, False, False, True, False],
        "tenure_months": [0.0, 1.0, None, None, 7.0],
    }
)


def test_a_month_counts_while_the_customer_is_there_or_just_leaving():
    cells = monthly_cells(FRAME, None, [MAY])
    assert cells.select("tenure", "after", "at_risk", "left").rows() == [
        (-1, 0, 1, 0),
        (-1, 1, 1, 1),
        (0, 0, 1, 0),
        (1, 1, 1, 0),
    ]


def test_cells_part_by_group():
    groups = pl.LazyFrame({"customer_id": ["a"], "group": [1]})
    cells = monthly_cells(FRAME, groups, [JUNE])
    assert cells.group_by("group").agg(pl.col("at_risk").sum()).sort("group").rows() == [(-1, 2), (1, 2)]


def test_the_past_is_fitted_on_the_past_alone():
    now, all_again, then = fit_months(FRAME, None, [MAY, JUNE], 1.0)
    assert all_again.constant.at_risk.tolist() == now.constant.at_risk.tolist()
    assert (now.constant.at_risk.tolist(), now.constant.left.tolist()) == ([4.0], [1.0])
    assert (then.constant.at_risk.tolist(), then.constant.left.tolist()) == ([2.0], [0.0])


@pytest.mark.parametrize(
    "customers",
    [None, pl.LazyFrame({"customer_id": ["a"]}), pl.LazyFrame({"customer_id": ["b"], "churned": [True]})],
)
def test_labels_that_tell_nothing_leave_everybody_here(customers):
    assert fit_labels(FRAME.filter(pl.col("month") == JUNE), customers, 0, 1.0).overall.survival.tolist() == [1.0]


def test_the_curve_goes_on_with_its_tail():
    found = curve(life_table([10, 10], [0, 5]), JUNE, months=3)
    assert found["tenure_month"].to_list() == [0, 1, 2, 3]
    assert found["at_risk"].to_list() == [10.0, 10.0, 0.0, 0.0]
    assert found["survival"].to_list() == [1.0, 0.5, 0.25, 0.125]


def test_a_segment_is_followed_from_the_month_its_customers_were_in_it():
    months = [date(2024, month, 1) for month in range(1, 5)]
    rows, before = [], []
    for place in range(120):
        name, leaves = f"c{place:03d}", place < 60
        before.append({"customer_id": name, "month": months[1], "segment_name": "one" if place < 100 else "few"})
        for number, month in enumerate(months):
            gone = leaves and number == 3
            rows.append((name, month, not gone, gone, float(number)))
    frame = pl.LazyFrame(rows, ["customer_id", "month", "active", "left", "tenure_months"], orient="row")
    ((name, table),) = fit_segments(frame, pl.LazyFrame(before), 1.0)
    assert (name, table.at_risk.tolist(), table.left.tolist()) == ("one", [0.0, 0.0, 100.0, 100.0], [0, 0, 0.0, 60.0])
    staying = fit_months(frame, None, [months[-1]], 1.0)[0]
    shown = curves(staying, [(name, table)], months[-1], 3)
    assert shown.select("kind", "group").unique().rows() == [("segment", "one")]
    assert shown["survival"].round(2).to_list()[-1] == 0.4
    assert fit_segments(frame, None, 1.0) == []
