"""Where the work on customers is done: a stage says what is to be done to them, an engine decides where.

The function that is run is the same everywhere, so results do not depend on the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import polars as pl

__all__ = ["EMBEDDED", "Embedded", "Engine"]


class Engine(Protocol):
    """Runs one function on all customers, a part of them at a time."""

    def buckets(
        self, tables: Mapping[str, pl.LazyFrame], work: Callable[[Mapping[str, pl.LazyFrame]], pl.LazyFrame], size: int
    ) -> Iterator[tuple[int, pl.DataFrame]]:
        """Cut tables into buckets of whole customers, do the work on each, and give what it made.

        Parameters
        ----------
        tables
            Tables with the column customer_id; every customer stands once in `customers`, and rows of others are
            worked on or not as it happens.
        work
            From the tables of a bucket to rows that begin with customer_id. It may be run in another process, on
            another machine: a function of a module, or a `functools.partial` of one whose arguments can be pickled.
            What it makes may depend on the customer alone, not on who else is in the bucket.
        size
            Customers of a bucket, at most about this many.

        Yields
        ------
        tuple
            The customers done so far, and what was made of some of them: whole customers, each once in all.
        """
        ...

    def parts(
        self,
        table: str,
        parts: Mapping[str, Callable[[], pl.LazyFrame]],
        work: Callable[[Mapping[str, pl.LazyFrame]], pl.LazyFrame],
        size: int,
    ) -> Iterator[tuple[int, pl.DataFrame]]:
        """Do the work on one table that is many files, each opened when its turn comes, some whole customers at a time.

        Parameters
        ----------
        table, parts
            What the work knows the rows as, and the files by partition, such as ``2024-06-01/03``. Each holds all rows
            of its customers in its month, in the order of customer_id.
        work
            As of `buckets`; what it makes may depend on the customer and the month alone.
        size
            Rows that are worked on together, at most about so many.

        Yields
        ------
        tuple
            The parts done so far, and what was made of some customers.
        """
        ...

    def rows(
        self,
        rows: pl.DataFrame,
        work: Callable[[pl.DataFrame], pl.DataFrame],
        kinds: Mapping[str, pl.DataType],
        size: int,
    ) -> Iterator[tuple[int, pl.DataFrame]]:
        """Do the work on rows, some of them at a time.

        Parameters
        ----------
        rows
            In the order of their column customer_id, which differs from row to row.
        work
            From some rows, not none, to as many that begin with customer_id. It goes where that of `buckets` goes. What
            it makes of a row may depend on that row alone.
        kinds
            The columns that the work makes, and their types.
        size
            Rows that are worked on together, at most.

        Yields
        ------
        tuple
            The rows done so far, and what was made of the last of them, in the order of customer_id.
        """
        ...

    def end(self) -> None:
        """Let go of what is held for more work: the stage has done its own."""
        ...


class Embedded:
    """Does the work in this process, one bucket after the other, in the order of customer_id.

    >>> import polars as pl
    >>> tables = {"customers": pl.LazyFrame({"customer_id": ["c", "a", "b"]})}
    >>> buckets = EMBEDDED.buckets(tables, lambda bucket: bucket["customers"], 2)
    >>> [(done, made["customer_id"].to_list()) for done, made in buckets]
    [(1, ['a']), (3, ['c', 'b'])]
    """

    def buckets(
        self, tables: Mapping[str, pl.LazyFrame], work: Callable[[Mapping[str, pl.LazyFrame]], pl.LazyFrame], size: int
    ) -> Iterator[tuple[int, pl.DataFrame]]:
        """See `Engine.buckets`; memory is bounded by the largest bucket."""
        for done, bucket in _ranges(tables, size):
            yield done, work(bucket).collect(engine="in-memory")

    def parts(
        self,
        table: str,
        parts: Mapping[str, Callable[[], pl.LazyFrame]],
        work: Callable[[Mapping[str, pl.LazyFrame]], pl.LazyFrame],
        size: int,
    ) -> Iterator[tuple[int, pl.DataFrame]]:
        """See `Engine.parts`.

        >>> import polars as pl
        >>> parts = {"2024-06-01/00": lambda: pl.LazyFrame({"customer_id": ["a", "a", "b", "c"]})}
        >>> made = EMBEDDED.parts("calls", parts, lambda part: part["calls"], 2)
        >>> [(done, rows["customer_id"].to_list()) for done, rows in made]
        [(1, ['a', 'a']), (1, ['b', 'c'])]
        """
        for done, name in enumerate(sorted(parts), 1):
            for rows in _spans(parts[name](), size):
                yield done, work({table: rows}).collect(engine="in-memory")

    def rows(
        self,
        rows: pl.DataFrame,
        work: Callable[[pl.DataFrame], pl.DataFrame],
        kinds: Mapping[str, pl.DataType],
        size: int,
    ) -> Iterator[tuple[int, pl.DataFrame]]:
        """See `Engine.rows`.

        >>> import polars as pl
        >>> rows = pl.DataFrame({"customer_id": ["a", "b", "c"]})
        >>> [(done, made.height) for done, made in EMBEDDED.rows(rows, lambda part: part, rows.schema, 2)]
        [(2, 2), (3, 1)]
        """
        for start in range(0, rows.height, size):
            made = work(rows[start : start + size])
            yield start + made.height, made

    def end(self) -> None:
        """See `Engine.end`; nothing is held."""


EMBEDDED = Embedded()
_WINDOW = 1 << 14
"""Rows looked at for the end of a customer, at first."""


def _ranges(tables: Mapping[str, pl.LazyFrame], size: int) -> Iterator[tuple[int, dict[str, pl.LazyFrame]]]:
    """Cut all tables into ranges of customer_id: in sorted files a range is few row groups, where a hash is all.

    Yields the customers done after each bucket, and the bucket. Buckets are about equal and at most `size`.
    """
    import polars as pl

    ids = tables["customers"].select(pl.col("customer_id").sort()).collect().to_series()
    count = max(-(-len(ids) // size), 1)
    cuts = [len(ids) * part // count for part in range(count + 1)]
    key = pl.col("customer_id")
    for start, stop in pairwise(cuts):
        wanted = [key >= ids[start]] if start else []
        wanted += [key < ids[stop]] if stop < len(ids) else []
        yield stop, {name: frame.filter(*wanted) if wanted else frame for name, frame in tables.items()}


def _spans(rows: pl.LazyFrame, size: int) -> Iterator[pl.LazyFrame]:
    """Cut rows in the order of customer_id into slices of whole customers, of about `size` rows.

    The rows beside a place where a slice may end are read to find where a customer ends; the others are not.
    """
    import polars as pl

    height = rows.select(pl.len()).collect(engine="streaming").item()
    count = max(-(-height // size), 1)
    edges = {_next_customer(rows, height * part // count, height) for part in range(1, count)}
    for start, stop in pairwise(sorted({0, *edges, height})):
        yield rows.slice(start, stop - start)


def _next_customer(rows: pl.LazyFrame, place: int, height: int) -> int:
    """The first row from `place` on that is of another customer than the one before it; `height` where none is."""
    window = _WINDOW
    while True:
        ids = rows.select("customer_id").slice(place - 1, window).collect().to_series()
        changes = (ids != ids[0]).arg_true()
        if len(changes) or place + window > height:
            return place - 1 + int(changes[0]) if len(changes) else height
        window *= 4
