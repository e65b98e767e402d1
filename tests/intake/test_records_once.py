"""Facts of customers with several records: added up, and looked at without making all other rows anew each time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
from polars.io.plugins import register_io_source
from polars.testing import assert_frame_equal

from telcli.intake.assemble import _summed_over_records
from telcli.intake.cleaning import NO_FAULTS
from telcli.intake.kept import as_it_is
from telcli.intake.whose import RECORD
from telcli.pipeline.keeping import keeper
from telcli.tables.refused import LINE, SOURCE

KEY = ("customer_id", "month")
APART = pl.QueryOptFlags(comm_subplan_elim=False)
"""As tables are landed: a plan that were computed once for all would keep its rows in memory meanwhile."""


def use() -> pl.DataFrame:
    """A hundred customers, of whom two have two records each; one record says the same twice."""
    rows = [(f"C{n:03}", None, 1.0 + n, n) for n in range(98)]
    rows += [
        (name, record, 10.0, at) for at, (name, record) in enumerate((("X", "1"), ("X", "2"), ("X", "2"), ("Y", "3")))
    ]
    told = pl.DataFrame(rows, schema=["customer_id", RECORD, "call_minutes", LINE], orient="row")
    month = pl.lit(date(2024, 5, 1))
    return told.with_columns(NO_FAULTS, month=month, **{SOURCE: pl.lit("u.csv"), LINE: pl.col(LINE).cast(pl.Int64)})


def counted(frame: pl.DataFrame, times: list[int]) -> pl.LazyFrame:
    """The frame, which notes each time that it is made."""

    def rows(
        columns: list[str] | None, condition: pl.Expr | None, most: int | None, size: int | None
    ) -> Iterator[pl.DataFrame]:
        times.append(1)
        found = frame if condition is None else frame.filter(condition)
        yield found if columns is None else found.select(columns)

    return register_io_source(rows, schema=frame.schema)


def test_rows_are_made_twice_and_the_sums_are_those_of_each_record_once(tmp_path: Path) -> None:
    times: list[int] = []
    found = _summed_over_records(counted(use(), times), KEY, keeper(tmp_path)).collect(optimizations=APART)
    assert len(times) == 2  # once for the few that are kept, once for all others
    sums = dict(found.select("customer_id", "call_minutes").iter_rows())
    assert (sums["X"], sums["Y"], sums["C097"]) == (20.0, 10.0, 98.0)
    plain = _summed_over_records(use().lazy(), KEY, as_it_is).collect()
    assert_frame_equal(found, plain, check_row_order=False)
