"""The uplift model's matrix is the same whenever it is made, and holds nothing decided or seen later."""

from datetime import date

import numpy as np
import polars as pl

from telcli.features.uplift_design import NAMES, design
from telcli.tables.months import FEATURES

MAY, JUNE = date(2024, 5, 1), date(2024, 6, 1)
ROWS = pl.DataFrame(
    {
        "customer_id": ["b", "a", "a", "c"],
        "as_of": [JUNE, JUNE, MAY, JUNE],
        "churn_probability": [0.2, 0.4, 0.1, None],
        "worth": [100.0, float("inf"), 50.0, 10.0],
        "value_band": ["high", "mid", "low", "mid"],
        "risk_band": ["high", "low", "medium", None],
        "theme": ["price", None, "network", "price"],
        "lifecycle_stage": ["maturity"] * 4,
        "offer_id": ["x", "y", "x", "y"],
        "held_out": [True, False, False, False],
    }
)
MONTHS = pl.LazyFrame(
    {"customer_id": ["a", "a", "b"], "month": [MAY, JUNE, JUNE], "plan_fee": [19.0, 29.0, 59.0], "left": [False] * 3}
)


def column(matrix, name):
    return matrix[:, NAMES.index(name)].tolist()


def test_rows_stay_in_order_and_read_their_own_month():
    matrix, names = design(ROWS, MONTHS)
    assert names == NAMES and matrix.shape == (4, len(NAMES)) and matrix.dtype == np.float64
    np.testing.assert_equal(column(matrix, "plan_fee"), [59.0, 29.0, 19.0, np.nan])
    np.testing.assert_equal(column(matrix, "worth"), [100.0, np.nan, 50.0, 10.0])
    np.testing.assert_equal(column(matrix, "risk_band"), [2.0, 0.0, 1.0, np.nan])
    np.testing.assert_equal(column(matrix, "theme=price"), [1.0, np.nan, 0.0, 1.0])


def test_what_the_plan_decided_changes_nothing():
    decided = ROWS.with_columns(offer_id=pl.lit("z"), held_out=pl.lit(False), uplift=pl.lit(0.5))
    np.testing.assert_equal(design(decided, MONTHS)[0], design(ROWS.drop("offer_id", "held_out"), MONTHS)[0])


def test_every_monthly_column_is_one_of_customer_months_and_not_the_outcome():
    monthly = [name for name in NAMES if name in FEATURES]
    assert len(monthly) == 24 and "left" not in NAMES


def test_nothing_known_is_all_gaps():
    bare = ROWS.select("customer_id", "as_of")
    matrix, _ = design(bare, MONTHS.select("customer_id", "month"))
    assert np.isnan(matrix).all()
