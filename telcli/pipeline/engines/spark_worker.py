"""What Spark's workers run: rows become parcels by bucket, and the parcels of a bucket become what is made of it; or
rows become what is made of each, batch by batch.

A parcel holds rows of one table and one bucket as an Arrow stream. So all tables travel in one frame of three columns,
whatever their own columns are, and come out with the types they went in with.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import polars as pl
import pyarrow as pa

from telcli.tables.checks import bucket

__all__ = ["PARCEL", "declared", "mapped", "pack", "unpacked"]

PARCEL = "bucket int, name string, parcel binary"
_PARCEL = pa.schema({"bucket": pa.int32(), "name": pa.string(), "parcel": pa.binary()})
_ROWS = 200_000
"""Rows that wait until they are parcelled: many small parcels would cost more than their rows."""

_TYPES: dict[Any, tuple[str, pa.DataType]] = {
    pl.String: ("string", pa.string()),
    pl.Boolean: ("boolean", pa.bool_()),
    pl.Int8: ("tinyint", pa.int8()),
    pl.Int16: ("smallint", pa.int16()),
    pl.Int32: ("int", pa.int32()),
    pl.Int64: ("bigint", pa.int64()),
    pl.UInt8: ("smallint", pa.int16()),
    pl.UInt16: ("int", pa.int32()),
    pl.UInt32: ("bigint", pa.int64()),
    pl.Float32: ("float", pa.float32()),
    pl.Float64: ("double", pa.float64()),
    pl.Date: ("date", pa.date32()),
    pl.Datetime("us"): ("timestamp_ntz", pa.timestamp("us")),
}
"""Each type of a column as Spark declares it and as Arrow carries it there: Spark has no unsigned numbers."""


def pack(
    batches: Iterator[pa.RecordBatch], *, name: str, schema: Mapping[str, pl.DataType], count: int, first: int = 0
) -> Iterator[pa.RecordBatch]:
    """Rows of the table `name` as parcels, one for each of `count` buckets of customers, from `first` on, with some."""
    waiting: list[pl.DataFrame] = []
    rows = 0
    for batch in batches:
        waiting.append(_typed(batch, schema))
        rows += batch.num_rows
        if rows >= _ROWS:
            yield _parcels(pl.concat(waiting), name, count, first)
            waiting, rows = [], 0
    if waiting:
        yield _parcels(pl.concat(waiting), name, count, first)


def _parcels(rows: pl.DataFrame, name: str, count: int, first: int) -> pa.RecordBatch:
    marked = rows.with_columns(_bucket=bucket("customer_id", count).cast(pl.Int32) + first)
    parts = marked.partition_by("_bucket", as_dict=True, include_key=False)
    found = [(first if number is None else number, name, _sealed(part)) for (number,), part in parts.items()]
    columns = [list(column) for column in zip(*found, strict=True)] or [[], [], []]
    return pa.record_batch(columns, schema=_PARCEL)


def _sealed(rows: pl.DataFrame) -> bytes:
    target = io.BytesIO()
    rows.write_ipc_stream(target, compression="lz4")
    return target.getvalue()


def unpacked(
    parcels: pa.Table,
    *,
    work: Callable[[Mapping[str, pl.LazyFrame]], pl.LazyFrame],
    schemas: Mapping[str, Mapping[str, pl.DataType]],
) -> pa.Table:
    """Do the work on the tables of one bucket; `schemas` are those of all tables, also of which nothing came."""
    found: dict[str, list[pl.DataFrame]] = {name: [pl.DataFrame(schema=kinds)] for name, kinds in schemas.items()}
    for name, parcel in zip(parcels["name"].to_pylist(), parcels["parcel"], strict=True):
        found[name].append(pl.read_ipc_stream(io.BytesIO(parcel.as_buffer())))
    made = work({name: pl.concat(frames).lazy() for name, frames in found.items()})
    return _plain(made.collect(engine="in-memory"))


def mapped(
    batches: Iterator[pa.RecordBatch],
    *,
    work: Callable[[pl.DataFrame], pl.DataFrame],
    schema: Mapping[str, pl.DataType],
    kinds: Mapping[str, pl.DataType],
) -> Iterator[pa.RecordBatch]:
    """Do the work on rows of `schema`, which makes columns of `kinds` of them, batch by batch."""
    for batch in batches:
        if batch.num_rows:
            made = work(_typed(batch, schema))
            yield from _plain(made.select(pl.col(name).cast(kind) for name, kind in kinds.items())).to_batches()


def declared(kinds: Mapping[str, pl.DataType]) -> str:
    """Columns as Spark declares them.

    >>> declared({"customer_id": pl.String(), "lines held": pl.UInt32()})
    '`customer_id` string, `lines held` bigint'
    """
    quoted = {name: name.replace("`", "``") for name in kinds}
    return ", ".join(f"`{quoted[name]}` {_TYPES[kind][0]}" for name, kind in kinds.items())


def _typed(batch: pa.RecordBatch, schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """Rows in the types that they went in with."""
    return pl.DataFrame(pl.from_arrow(batch)).select(pl.col(key).cast(kind) for key, kind in schema.items())


def _plain(rows: pl.DataFrame) -> pa.Table:
    """Rows in the types that Spark takes."""
    kinds = pa.schema({name: _TYPES[kind][1] for name, kind in rows.schema.items()})
    return rows.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(kinds)
