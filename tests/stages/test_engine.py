"""Where customers are worked on: ranges of whole customers, each once."""

from __future__ import annotations

import polars as pl
import pytest

from telcli.stages.engine import EMBEDDED

CALLS = {
    "customers": pl.LazyFrame({"customer_id": ["d", "b", "a", "c", "e"]}),
    "calls": pl.LazyFrame({"customer_id": ["a", "e", "b", "a", "z", "0"], "seconds": [1, 2, 4, 8, 16, 32]}),
}


def seconds(bucket: dict[str, pl.LazyFrame]) -> pl.LazyFrame:
    joined = bucket["customers"].join(bucket["calls"], on="customer_id", how="left")
    return joined.group_by("customer_id").agg(pl.col("seconds").sum()).sort("customer_id")


@pytest.mark.parametrize(("size", "ends"), [(1, [1, 2, 3, 4, 5]), (2, [1, 3, 5]), (5, [5]), (9, [5])])
def test_every_customer_is_worked_on_once_with_all_rows(size: int, ends: list[int]) -> None:
    found = list(EMBEDDED.buckets(CALLS, seconds, size))
    assert [done for done, _ in found] == ends
    assert max(made.height for _, made in found) <= size
    whole = pl.concat([made for _, made in found])
    assert whole.rows() == [("a", 9), ("b", 4), ("c", 0), ("d", 0), ("e", 2)]


def test_nobody_is_one_empty_bucket() -> None:
    empty = {name: frame.clear() for name, frame in CALLS.items()}
    ((done, made),) = EMBEDDED.buckets(empty, seconds, 3)
    assert (done, made.height) == (0, 0)
