"""What each source filled, as ingest recorded it, in the shape of the counts of tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

__all__ = ["by_source"]


def by_source(recorded: pl.LazyFrame, sources: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Counts by source and column; `sources` are those of the last ingest, whose copies are known.

    >>> rows = {"source": ["a.csv"], "table": ["bills"], "column": ["*"], "rows": [8], "filled": [8], "unreadable": [0]}
    >>> load = [{"source": "a.csv", "table": "bills", "rows_read": 8, "rows_duplicate": 2}]
    >>> by_source(pl.LazyFrame(rows | {"last_on": [None]}), load)["unique"].to_list()
    [0.75]
    """
    unique = pl.DataFrame(
        [
            (one["source"], one["table"], "*", 1 - one["rows_duplicate"] / one["rows_read"])
            for one in sources
            if one["rows_read"]
        ],
        schema={"name": pl.String, "table": pl.String, "column": pl.String, "unique": pl.Float64},
        orient="row",
    )
    rows = recorded.rename({"source": "name"}).with_columns(scope=pl.lit("source"), psi=pl.lit(None, pl.Float64))
    joined = rows.join(unique.lazy(), on=["name", "table", "column"], how="left")
    return joined.sort("name", "table", "column").collect(engine="streaming")
