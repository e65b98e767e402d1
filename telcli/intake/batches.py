"""A frame made from another batch by batch, in order, in bounded memory: for what no polars expression says."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache

import polars as pl
from polars.io.plugins import register_io_source

__all__ = ["folded", "in_batches"]

ROWS = 1 << 16
"""Rows of a batch: so many that a call's own cost does not count, so few that some batches fit in little memory."""
_WORKERS = 2
_PENDING = 1 << 19
"""Rows that are added up at once, at least."""


def in_batches(
    frame: pl.LazyFrame, make: Callable[[pl.DataFrame], pl.DataFrame], schema: Mapping[str, pl.DataType]
) -> pl.LazyFrame:
    """The rows of `frame` as `make` turns them, lazily, under the schema given; some batches are made side by side.

    An engine hands small batches to a function of Python, and then its calls cost more than its rows.

    >>> frame = pl.LazyFrame({"a": ["1", "2"]})
    >>> in_batches(frame, lambda batch: batch.cast(pl.Int64), {"a": pl.Int64()}).sum().collect().item()
    3
    """

    def rows(
        columns: list[str] | None, condition: pl.Expr | None, most: int | None, size: int | None
    ) -> Iterator[pl.DataFrame]:
        wanted = frame if most is None else frame.head(most)
        for batch in _side_by_side(wanted, make):
            kept = batch if condition is None else batch.filter(condition)
            yield kept if columns is None else kept.select(columns)

    return register_io_source(rows, schema=schema)


@cache
def _workers() -> ThreadPoolExecutor:
    """The threads that make batches, the same ones all along: each keeps the regular expressions that it compiled."""
    return ThreadPoolExecutor(_WORKERS, thread_name_prefix="batches")


def _side_by_side(frame: pl.LazyFrame, make: Callable[[pl.DataFrame], pl.DataFrame]) -> Iterator[pl.DataFrame]:
    waiting: deque[Future[pl.DataFrame]] = deque()
    for batch in frame.collect_batches(chunk_size=ROWS, maintain_order=True, engine="streaming"):
        waiting.append(_workers().submit(make, batch))
        if len(waiting) > _WORKERS:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def folded(frame: pl.LazyFrame, add: Callable[[pl.DataFrame], pl.DataFrame]) -> pl.LazyFrame:
    """The rows of `frame` added up by `add`, lazily, in memory that grows with the groups alone.

    What `add` makes it must take again: the sum of sums is the sum. An engine's own grouping keeps a row for each time
    that a group comes back after others, which is most of the rows where they are in no order.

    >>> frame = pl.LazyFrame({"a": ["x", "y", "x"], "n": [1, 2, 3]})
    >>> folded(frame, lambda rows: rows.group_by("a").agg(pl.col("n").sum())).sort("a").collect().rows()
    [('x', 4), ('y', 2)]
    """
    schema = frame.collect_schema()

    def rows(
        columns: list[str] | None, condition: pl.Expr | None, most: int | None, size: int | None
    ) -> Iterator[pl.DataFrame]:
        pending, waiting, limit = [schema.to_frame(eager=True)], 0, _PENDING
        for batch in frame.collect_batches(chunk_size=_PENDING // 4, maintain_order=True, engine="streaming"):
            pending.append(batch)
            waiting += batch.height
            if waiting > limit:
                pending, waiting = [add(pl.concat(pending))], 0
                limit = max(_PENDING, pending[0].height)
        whole = add(pl.concat(pending))
        whole = whole if condition is None else whole.filter(condition)
        yield (whole if columns is None else whole.select(columns)).head(whole.height if most is None else most)

    return register_io_source(rows, schema=schema)
