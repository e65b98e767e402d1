"""Rows of some customers at a time are those of all of them."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from telcli.features.ranges import in_ranges, of_customers

IDS = st.lists(st.text("abcdef0123456789-", min_size=1, max_size=6), unique=True, max_size=30)


@given(IDS, IDS, st.integers(1, 9))
@settings(max_examples=60, deadline=None)
def test_rows_are_those_of_a_join(ids: list[str], others: list[str], most: int) -> None:
    fees = [float(place) for place in range(len(others))]
    rows = pl.LazyFrame({"customer_id": others, "fee": fees}, schema={"customer_id": pl.String, "fee": pl.Float64})
    customers = pl.Series("customer_id", sorted(ids), dtype=pl.String)
    wanted = customers.to_frame().join(rows.collect(), on="customer_id", how="left", maintain_order="left")
    assert of_customers(rows, customers, most).equals(wanted.drop("customer_id"))
    parts = [part["rows"].collect()["customer_id"].to_list() for part in in_ranges({"rows": rows}, customers, most)]
    together = [name for part in parts for name in part]
    assert len(together) == len(set(together))
    assert set(ids) & set(others) <= set(together)
    assert len(ids) <= most or all(len(set(part) & set(ids)) <= most for part in parts)


def test_files_of_other_customers_are_not_read_but_passed_over() -> None:
    """The condition on customers stands at the scan, below what is grouped by customer."""
    rows = pl.LazyFrame({"customer_id": ["a", "b", "c"], "fee": [1.0, 2.0, 3.0]})
    folded = rows.group_by("customer_id").agg(pl.col("fee").sum()).select("customer_id", twice=pl.col("fee") * 2)
    plans = [part["bills"].explain() for part in in_ranges({"bills": folded}, pl.Series(["a", "b", "c"]), 2)]
    assert all(plan.index("FILTER") > plan.index("AGGREGATE") for plan in plans)
