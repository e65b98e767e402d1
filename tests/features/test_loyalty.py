"""Renewals: a contract prolonged counts, a second line's contract does not."""

from datetime import date

import polars as pl
import pytest

from telcli.features.loyalty import Full, loyalty_parts

MONTHS = [date(2024, month, 1) for month in (3, 4, 5, 6)]


@pytest.mark.parametrize(
    ("left", "lines", "points"),
    [
        ([12, 11, 10, 24], [1, 1, 1, 2], None),  # the second line's
        ([12, 11, 10, 24], [1, 1, 1, 1], 100.0),  # prolonged early
        ([3, 2, 1, 24], [1, 1, 1, 2], 100.0),  # prolonged near its end, with a further line
        ([2, 1, 0, 0], [1, 1, 1, 1], 50.0),  # stayed without
        ([2, 1, 0, 12], [1, 1, 1, 1], 100.0),  # another after it
    ],
)
def test_renewals(left: list[int], lines: list[int], points: float | None) -> None:
    months = pl.LazyFrame({"customer_id": "a", "month": MONTHS, "active": True, "tenure_months": 30})
    months = months.with_columns(
        contract_months_left=pl.lit(pl.Series(left, dtype=pl.Float64)),
        numbers_held=pl.lit(pl.Series(lines, dtype=pl.Float64)),
    )
    assert loyalty_parts(months, MONTHS[-1], Full(), {"tenure": 1.0})["renewals"].to_list() == [points]
