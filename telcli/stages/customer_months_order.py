"""Tables whose files are in another order than that of customers, laid so that a bucket of them is few row groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl
from polars.io.plugins import register_io_source

from telcli.stages import Inputs
from telcli.stages.engine import EMBEDDED
from telcli.tables import contract

__all__ = ["in_order"]

_BATCH = 2_000_000
"""Rows sorted together: the more, the fewer row groups a bucket is in, and the more memory it takes."""


def in_order(inputs: Inputs, tables: Mapping[str, pl.LazyFrame]) -> dict[str, pl.LazyFrame]:
    """The tables, those of events and lines kept again with the rows of customers near each other.

    Payments stand by their numbers: without this, all of them are read for each bucket, which makes the time grow with
    the square of the customers. They are sorted some at a time, not as a whole, so that memory stays the same. An
    engine elsewhere reads the files themselves, and parts them its own way.
    """
    if inputs.engine is not EMBEDDED:
        return dict(tables)
    return {name: inputs.keep(_sorted(rows)) if _strewn(name) else rows for name, rows in tables.items()}


def _strewn(table: str) -> bool:
    """Whether the rows of customers stand apart in the files of a table.

    >>> _strewn("bills"), _strewn("payments")
    (False, True)
    """
    return contract(table).order[:1] != ("customer_id",)


def _sorted(frame: pl.LazyFrame) -> pl.LazyFrame:
    """The rows, so many at a time in the order of customers.

    >>> _sorted(pl.LazyFrame({"customer_id": ["b", "a"], "n": [1, 2]})).collect()["n"].to_list()
    [2, 1]
    """

    def rows(
        columns: list[str] | None, condition: pl.Expr | None, most: int | None, size: int | None
    ) -> Iterator[pl.DataFrame]:
        for batch in frame.collect_batches(chunk_size=_BATCH, maintain_order=True, engine="streaming"):
            near = batch.sort("customer_id", maintain_order=True)
            kept = near if condition is None else near.filter(condition)
            chosen = kept if columns is None else kept.select(columns)
            yield chosen if most is None else chosen.head(most)
            most = None if most is None else max(most - chosen.height, 0)

    return register_io_source(rows, schema=frame.collect_schema())
