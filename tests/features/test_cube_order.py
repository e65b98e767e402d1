"""Dimensions in their own order, and bands of age and tenure."""

from datetime import date

import polars as pl

from telcli.features.cube_order import ordered_values
from telcli.features.cube_rows import cube_rows
from telcli.tables import contract
from telcli.tables.results import RISK_BANDS, VALUE_TIERS


def test_bands_and_tiers_stand_in_their_own_order_and_unknown_last() -> None:
    assert ordered_values("risk_band", ["high", "unknown", "low", "medium"]) == [*RISK_BANDS, "unknown"]
    assert ordered_values("value_tier", ["bronze", "gold", "silver", "platinum"]) == list(VALUE_TIERS)
    assert ordered_values("tenure_band", ["13-24", "4-12", "61+", "unknown", "0-3"]) == [
        "0-3", "4-12", "13-24", "61+", "unknown"
    ]  # fmt: skip
    assert ordered_values("bucket", ["365+", "1-30", "0", "91-180"]) == ["0", "1-30", "91-180", "365+"]
    assert ordered_values("region", ["b", "a"]) == ["a", "b"]


def test_age_is_that_of_the_month_and_tenure_that_of_the_row() -> None:
    of = {"customer_id": ["a", "b"], "month": [date(2024, 6, 1)] * 2, "tenure_months": [3.0, None]}
    months = pl.LazyFrame(of).with_columns(active=pl.lit(value=True), left=pl.lit(value=False))
    tables = {
        "customers": pl.LazyFrame({"customer_id": ["a", "b"], "birth_year": [2006, None]}),
        "customer_months": contract("customer_months").conform(months),
    }
    found = cube_rows(tables, [date(2024, 6, 1)], (), ["age_band", "tenure_band"]).sort("customer_id").collect()
    assert found.select("age_band", "tenure_band").rows() == [("18-24", "0-3"), (None, None)]
