"""What is told of the time to come: sums, marks, and nothing of a few people."""

from datetime import date

import polars as pl
import pytest

from telcli.figures.ahead import drift_rows, driver_rows, foretold_rows, leaver_rows, profit_rows

LEAST = 10


def curve(profits: list[float], tested: int = 2000) -> pl.DataFrame:
    table = pl.DataFrame({"percent": range(101), "profit": profits}).with_columns(
        contacted=pl.col("percent") * tested // 100
    )
    return table.with_columns(profit_low=pl.lit(None, pl.Float64), profit_high=None, random_profit=-1.0)


def test_the_best_share_and_the_last_that_pays_are_marked_even_between_twentieths() -> None:
    rows = profit_rows(curve([at * (63.0 - at) for at in range(101)]), LEAST)
    assert [row["share"] for row in rows if row["best"]] == [0.31]
    assert [row["share"] for row in rows if row["even"]] == [0.62]
    assert {row["share"] for row in rows} >= {at / 20 for at in range(21)}
    nothing = profit_rows(curve([-float(at) for at in range(101)]), LEAST)
    assert [row["share"] for row in nothing if row["best"]] == [0.0]


def test_a_curve_of_few_tested_customers_is_not_drawn() -> None:
    assert profit_rows(curve([1.0] * 101, tested=199), LEAST) == []
    assert profit_rows(curve([1.0] * 101, tested=200), LEAST)


def test_leavers_of_a_base_of_few_are_not_told() -> None:
    table = pl.DataFrame({"month_ahead": [1], "month": [date(2024, 7, 1)], "hazard": [0.1], "staying": [0.9]})
    assert leaver_rows(table.with_columns(expected_leavers=0.9), LEAST) == []
    assert leaver_rows(table.with_columns(expected_leavers=1.0), LEAST)[0]["customers"] == 10
    assert leaver_rows(table.with_columns(expected_leavers=1.0).clear(), LEAST) == []


def test_shares_of_drivers_are_of_all_effects() -> None:
    names = [f"n{at}" for at in range(12)]
    table = pl.DataFrame({"rank": range(1, 13), "name": names, "name_zh": names, "theme": "use", "effect": 1.0})
    rows = driver_rows(table)
    assert [row["driver"] for row in rows] == names[:8]
    assert sum(row["effect_share"] for row in rows) == pytest.approx(8 / 12)


def test_drift_names_what_shifted_most_in_both_languages() -> None:
    table = pl.DataFrame(
        {
            "kind": ["feature"] * 4 + ["score"],
            "name": ["a", "b", "c", "d", "churn_probability"],
            "psi": [0.3, 0.5, 0.01, 0.4, 0.2],
            "band": ["shifted", "shifted", "stable", "shifted", "moved"],
            "advice": ["watch", "watch", "none", "watch", "watch"],
        }
    )
    row = drift_rows(table, lambda name: (name.upper(), f"{name}列"))[0]
    assert (row["columns"], row["columns_zh"], row["shifted"], row["features"]) == ("B, D, A", "b列、d列、a列", 3, 4)
    assert drift_rows(table.filter(pl.col("kind") == "feature"), lambda name: (name, name)) == []


def test_months_with_few_leavers_are_hidden() -> None:
    table = pl.DataFrame({"month": [date(2024, 2, 1), date(2024, 3, 1)], "churners": [9, 10], "customers": 500})
    table = table.with_columns(expected=9.0, expected_low=3.0, expected_high=15.0, auc=0.7)
    assert foretold_rows(table, LEAST)[0] == {"month": "2024-02", "small": 1.0}
    assert foretold_rows(table, LEAST)[1]["churners"] == 10
