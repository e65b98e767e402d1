"""What is shown of who left: nobody can be told from it, and it adds up."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcli.figures.leavers import by_rows, care_rows, cause_rows, stay_rows

LEAST = 10


def cells(parts: list[tuple[int, int]]) -> pl.DataFrame:
    """churn_by of one dimension: customers and churners of each level."""
    whole = sum(left for _, left in parts) / max(sum(size for size, _ in parts), 1)
    rows = [
        {
            "dimension": "plan_id",
            "level": f"p{at}",
            "rank": at + 1,
            "customers": size,
            "churners": left,
            "churn_rate": left / size,
            "excess": left - size * whole,
            **dict.fromkeys(("rate_low", "rate_high", "index", "revenue_lost"), 0.0),
            "churn_rate_before": 0.01,
            "significant": True,
        }
        for at, (size, left) in enumerate(parts)
    ]
    ranked = pl.DataFrame(rows).sort("excess", descending=True)
    return ranked.with_columns(rank=pl.int_range(1, pl.len() + 1))


sizes = st.tuples(st.integers(1, 200), st.integers(0, 60)).map(lambda pair: (max(pair), min(pair)))


@given(st.lists(sizes, min_size=1, max_size=9))
def test_neither_what_is_shown_nor_what_is_left_tells_of_a_few(parts: list[tuple[int, int]]) -> None:
    shown = by_rows(cells(parts), LEAST, lambda name: (name, name))
    for row in shown:
        assert min(row["customers"], row["churners"], row["customers"] - row["churners"]) >= LEAST
    rest = sum(size for size, _ in parts) - sum(row["customers"] for row in shown)
    gone = sum(left for _, left in parts) - sum(row["churners"] for row in shown)
    if shown:
        assert all(one == 0 or one >= LEAST for one in (rest, gone, rest - gone))


def test_levels_beyond_the_mean_are_shown_by_name() -> None:
    rows = by_rows(cells([(100, 30), (300, 20), (5, 4)]), LEAST, lambda name: ("Plan", "套餐"))
    assert [(row["dimension"], row["dimension_zh"], row["level"]) for row in rows] == [("Plan", "套餐", "p0")]
    assert rows[0]["churn_rate_before"] is None


def test_levels_that_chance_explains_are_not_listed() -> None:
    """The list is that of `show churn_by --where "significant and excess > 0"`, less those of few."""
    assert (
        by_rows(cells([(100, 30), (300, 20)]).with_columns(significant=False), LEAST, lambda name: (name, name)) == []
    )


def test_years_of_the_stay_with_few_leavers_are_hidden() -> None:
    table = pl.DataFrame({"kind": "all", "tenure_month": range(144), "at_risk": 100.0, "left": 2.0})
    rows = stay_rows(table.with_columns(left=pl.when(pl.col("tenure_month") < 24).then(0.25).otherwise("left")), LEAST)
    assert [row["years"] for row in rows] == [*map(str, range(1, 11)), "11+"]
    assert [row["years"] for row in rows if "small" in row] == ["1", "2", "3"]
    assert rows[4]["hazard"] == pytest.approx(0.02)
    assert rows[4]["hazard_low"] < 0.02 < rows[4]["hazard_high"]


def test_reasons_of_few_are_left_out_with_what_would_tell_them() -> None:
    base = {"scope": "voluntary", "reason_name": list("abcd"), "reason_name_zh": list("abcd"), "theme": "price"}
    table = pl.DataFrame({**base, "rank": range(1, 5), "churners": [40, 20, 15, 3], "share": 0.1, "value_lost": 1.0})
    table = table.with_columns(share_known=pl.lit(0.1), cumulative=pl.lit(0.1))
    rows = cause_rows(table, LEAST)
    assert [(row["cause"], row["churners"]) for row in rows] == [("a", 40), ("b", 20), ("reasons of few, together", 18)]
    assert rows[-1]["share"] == pytest.approx(0.2)
    assert set(rows[-1]) == {"cause", "cause_zh", "scope", "churners", "share"}
    assert cause_rows(table.clear(), LEAST) == []


def test_triggers_of_few_are_left_out_and_few_new_ones_hidden() -> None:
    table = pl.DataFrame({"trigger": ["no-use"] * 30 + ["use-drop"] * 20 + ["line-lost"] * 3, "value_at_risk": 2.0})
    table = table.with_columns(new=pl.int_range(pl.len()) % 2 == 0)
    told = care_rows(table, LEAST)
    assert [(row["trigger"], row["customers"], row["new"]) for row in told] == [
        ("no-use", 30, 15),
        ("use-drop", 20, 10),
    ]
    assert care_rows(table.with_columns(new=pl.int_range(pl.len()) < 4), LEAST)[0]["new"] is None
