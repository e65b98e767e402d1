"""Which columns count as behaviour."""

from __future__ import annotations

import polars as pl
import pytest

from telcli.features.behaviour import behaviour_columns, describing_columns, numeric_attributes, unsmoothed
from telcli.tables.months import FEATURES


def test_levels_make_segments_trends_and_states_describe_them() -> None:
    behaviour, describing = behaviour_columns(), describing_columns()
    assert behaviour[:4] == ["revenue_mean_3", "tenure_months", "data_mb_mean_3", "call_minutes_mean_3"]
    assert not set(behaviour) & set(describing)
    assert {"revenue_change_3", "arrears", "months_since_use"} <= set(describing)
    assert set(behaviour) | set(describing) <= set(FEATURES)
    assert not [name for name in behaviour if "change" in name or name.endswith("_mean_6")]
    assert "complaints_sum_3" in behaviour
    assert "complaints" not in behaviour


def test_the_order_given_does_not_matter() -> None:
    assert behaviour_columns(sorted(FEATURES)) == behaviour_columns(reversed(FEATURES))


def test_the_month_stands_in_where_its_mean_is_not_known() -> None:
    frame = pl.DataFrame({"revenue": [1.0, 2.0], "revenue_mean_3": [None, 2.0], "texts": [None, None]})
    assert unsmoothed(frame, ["revenue_mean_3", "texts"]) == ["revenue_mean_3", "texts"]
    assert unsmoothed(frame.with_columns(revenue_mean_3=None), ["revenue_mean_3"]) == ["revenue"]


@pytest.mark.parametrize(
    "name",
    ["x_Zip Code", "x_Latitude", "x_Churn Score", "x_CLTV", "x_customer_id", "x_邮编", "x_流失评分", "x_Order Number"],
)
def test_places_codes_and_outcomes_are_no_behaviour(name: str) -> None:
    frame = pl.DataFrame({name: [value + 0.5 for value in range(40)], "x_Avg GB": [value + 0.5 for value in range(40)]})
    assert numeric_attributes(frame) == ["x_Avg GB"]


def test_counters_and_flags_are_no_behaviour() -> None:
    rows = 40
    frame = pl.DataFrame(
        {
            "x_Row": [float(row) for row in range(rows)],
            "x_Senior": [float(row % 2) for row in range(rows)],
            "x_Text": ["a"] * rows,
            "x_Spend": [row * 1.25 for row in range(rows)],
        }
    )
    assert numeric_attributes(frame) == ["x_Spend"]


def test_numbers_known_only_afterwards_are_no_behaviour() -> None:
    values = [float(n % 15) for n in range(60)]
    frame = pl.DataFrame(dict.fromkeys(("x_Cancellation Fee", "x_Final Bill", "x_Calls"), values))
    assert numeric_attributes(frame) == ["x_Calls"]
