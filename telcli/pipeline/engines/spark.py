"""Customers worked on by a Spark cluster: files of the manifest or of the staging folder in, files of the latter out.

Only what Spark Connect knows too is used, so that a cluster is reached either way. The rows that come back are checked
and published here like those made here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from telcli.pipeline.engines.sight import Sight
from telcli.pipeline.engines.spark_session import explained, session, unseen

if TYPE_CHECKING:
    import polars as pl
    from pyspark.sql import DataFrame, SparkSession

    Tables = Mapping[str, pl.LazyFrame]
    Work = Callable[[Tables], pl.LazyFrame]

__all__ = ["Spark"]

_TASKS = 256
"""Buckets wanted at least, so that a large cluster has something to do ..."""
_FEWEST = 2_000
"""... unless they would hold fewer customers than this: then starting on one takes longer than working on it."""


class Spark:
    """Does the work on the cluster at `master`, which sees the working directory as `sight` says.

    One session serves for everything until the end: each new one would wait for executors, and these import all anew.
    """

    def __init__(self, master: str, sight: Sight) -> None:
        self._master, self._sight = master, sight
        self._session: SparkSession | None = None
        self._held = ExitStack()

    def end(self) -> None:
        """See `Engine.end`: the session is over, and what the cluster held for it is free."""
        self._session = None
        with explained(self._master, self._sight.uri):
            self._held.close()

    def buckets(self, tables: Tables, work: Work, size: int) -> Iterator[tuple[int, pl.DataFrame]]:
        """See `Engine.buckets`: a bucket is a hash of customer_id; about `size` customers are handed on at once."""
        import polars as pl

        customers = tables["customers"].select(pl.len()).collect(engine="streaming").item()
        portions = max(-(-customers // size), 1)
        count = max(portions, min(_TASKS, -(-customers // _FEWEST)))
        given = [
            _Given(name, self._sight.files(name, frame), frame.collect_schema(), 0) for name, frame in tables.items()
        ]
        yield from self._made(given, work, count, count, portions, customers)

    def parts(
        self, table: str, parts: Mapping[str, Callable[[], pl.LazyFrame]], work: Work, size: int
    ) -> Iterator[tuple[int, pl.DataFrame]]:
        """See `Engine.parts`: a bucket is a hash of customer_id within a month, of which a part may be a piece."""
        import polars as pl

        frames = [open_() for open_ in parts.values()]
        empty = [pl.LazyFrame(schema=frame.collect_schema()) for frame in frames]
        kinds = pl.concat(empty, how="diagonal_relaxed").collect_schema()
        months = {month: list(names) for month, names in groupby(sorted(parts), lambda name: name[:10])}
        rows = sum(height.item() for height in pl.collect_all([frame.select(pl.len()) for frame in frames]))
        portions = max(-(-rows // size), 1)
        each = -(-portions // len(months))
        given = [
            _Given(table, [self._sight.part(table, name, parts[name], kinds) for name in names], kinds, number * each)
            for number, names in enumerate(months.values())
        ]
        yield from self._made(given, work, each, each * len(months), portions, len(parts))

    def rows(
        self,
        rows: pl.DataFrame,
        work: Callable[[pl.DataFrame], pl.DataFrame],
        kinds: Mapping[str, pl.DataType],
        size: int,
    ) -> Iterator[tuple[int, pl.DataFrame]]:
        """See `Engine.rows`: all that was made is handed on at once; Spark has its own number of rows for a batch."""
        from telcli.pipeline.engines.spark_worker import declared, mapped

        schema, files = dict(rows.schema), self._sight.files("", rows.lazy())
        tasks = max(min(_TASKS, -(-rows.height // _FEWEST)), 1)

        def made(spark: SparkSession) -> DataFrame:
            found = _read(spark, files, schema).repartition(tasks)
            return found.mapInArrow(
                lambda batches: mapped(batches, work=work, schema=schema, kinds=kinds), declared(kinds)
            )

        yield from _handed_on(self._written(made), kinds, 1, rows.height)

    def _made(
        self, given: Sequence[_Given], work: Work, each: int, count: int, portions: int, total: int
    ) -> Iterator[tuple[int, pl.DataFrame]]:
        """Have the work done on `count` buckets, `each` of them for one of the tables given; see `_handed_on`."""
        import polars as pl

        from telcli.pipeline.engines.spark_worker import declared, unpacked

        schemas = {one.table: dict(one.kinds) for one in given}
        kinds = work({name: pl.LazyFrame(schema=columns) for name, columns in schemas.items()}).collect_schema()

        def made(spark: SparkSession) -> DataFrame:
            together = _together([_parcels(spark, one, each) for one in given]).repartition(count, "bucket")
            return together.groupBy("bucket").applyInArrow(
                lambda parcels: unpacked(parcels, work=work, schemas=schemas), declared(kinds)
            )

        yield from _handed_on(self._written(made), kinds, portions, total)

    def _written(self, made: Callable[[SparkSession], DataFrame]) -> list[Path]:
        """The files that the cluster writes of what is made in a session."""
        place, uri = self._sight.place()
        with explained(self._master, self._sight.uri):
            self._session = self._session or self._held.enter_context(session(self._master))
            made(self._session).write.parquet(uri)
        if not (place / "_SUCCESS").is_file():
            raise unseen(self._sight.uri)
        return sorted(place.glob("part-*.parquet"))


@dataclass(frozen=True)
class _Given:
    """Rows of a table: the files they are in, the types of their columns, and the first of their buckets."""

    table: str
    files: list[str]
    kinds: Mapping[str, pl.DataType]
    first: int


def _read(spark: SparkSession, files: list[str], kinds: Mapping[str, pl.DataType]) -> DataFrame:
    from telcli.pipeline.engines.spark_worker import declared

    return spark.read.schema(declared(kinds)).option("datetimeRebaseMode", "CORRECTED").parquet(*files)


def _parcels(spark: SparkSession, given: _Given, count: int) -> DataFrame:
    """The rows as parcels by bucket."""
    from telcli.pipeline.engines.spark_worker import PARCEL, pack

    name, kinds, first = given.table, dict(given.kinds), given.first
    return _read(spark, given.files, kinds).mapInArrow(
        lambda batches: pack(batches, name=name, schema=kinds, count=count, first=first), PARCEL
    )


def _together(frames: list[DataFrame]) -> DataFrame:
    """All rows, joined pair by pair: a plan of many frames may be wide, but not deep."""
    while len(frames) > 1:
        paired = [one.unionAll(other) for one, other in zip(frames[::2], frames[1::2], strict=False)]
        frames = paired + frames[2 * len(paired) :]
    return frames[0]


def _handed_on(
    files: list[Path], kinds: Mapping[str, pl.DataType], portions: int, total: int
) -> Iterator[tuple[int, pl.DataFrame]]:
    """What the cluster made, in about `portions` portions of several files, each in the order of customer_id.

    Yields how many of `total` are done after each, and its rows.
    """
    import polars as pl

    several = max(len(files) // portions, 1)
    for start in range(0, max(len(files), 1), several):
        chosen = files[start : start + several]
        rows = pl.read_parquet(chosen, glob=False) if chosen else pl.DataFrame(schema=kinds)
        typed = rows.select(pl.col(name).cast(kind) for name, kind in kinds.items())
        done = total * (start + len(chosen)) // max(len(files), 1)
        yield done, typed.sort("customer_id", maintain_order=True)
