"""Nested columns of polars as plain ones of text: structs become columns, lists of records a table of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import cast

import polars as pl
from polars.exceptions import ComputeError

from telcli.errors import DataError
from telcli.io.cells import typed_text
from telcli.io.csv_extract import unique_names
from telcli.io.json_extract import JOIN, KEY, short_names
from telcli.tables.refused import LINE

__all__ = ["flat_frames"]


def flat_frames(path: Path, raw: pl.LazyFrame, rows: int) -> Iterator[tuple[str, pl.LazyFrame, int | None]]:
    """Each table in a frame with `_line`: its name ("" for the frame's own), every column as text, and its rows.

    >>> raw = pl.LazyFrame({"id": [1], "plan": [{"fee": 9.0}], "tags": [["a", "b"]], "_line": [1]})
    >>> next(flat_frames(Path("a.parquet"), raw, 1))[1].collect().to_dicts()
    [{'id': '1', 'fee': '9', 'tags': 'a; b', '_line': 1}]
    """
    schema = raw.collect_schema()
    columns: dict[str, tuple[pl.Expr, pl.DataType]] = {}
    lists: dict[str, pl.Expr] = {}
    for name, kind in schema.items():
        if name != LINE:
            _walk(path, name.strip(), pl.col(name), kind, columns, lists)
    _refuse_bytes(path, raw, columns)
    yield "", raw.select(*_texts(columns), pl.col(LINE).cast(pl.Int64)), rows
    key = {name: found for name, found in columns.items() if KEY.search(name)} or dict(islice(columns.items(), 1))
    for name, inside in lists.items():
        taken = raw.select(*[column.alias(f"k{n}") for n, (column, _) in enumerate(key.values())], inside.alias("one"),
                           LINE).explode("one", empty_as_null=False, keep_nulls=False)  # fmt: skip
        kind = taken.collect_schema()["one"]
        own: dict[str, tuple[pl.Expr, pl.DataType]] = {
            column: (pl.col(f"k{n}"), found[1]) for n, (column, found) in enumerate(key.items())
        }
        deeper: dict[str, pl.Expr] = {}
        _walk(path, name, pl.col("one"), kind, own, deeper)
        if deeper:
            _refuse(path, next(iter(deeper)))
        counted = taken.drop(LINE).with_row_index(LINE, offset=1)  # several of a list stand in one row
        yield name, counted.select(*_texts(own), pl.col(LINE).cast(pl.Int64)), None


def _texts(columns: Mapping[str, tuple[pl.Expr, pl.DataType]]) -> list[pl.Expr]:
    names, _ = unique_names(short_names(list(columns)))
    return [typed_text(column, kind).alias(name) for name, (column, kind) in zip(names, columns.values(), strict=True)]


def _walk(
    path: Path,
    name: str,
    column: pl.Expr,
    kind: pl.DataType,
    columns: dict[str, tuple[pl.Expr, pl.DataType]],
    lists: dict[str, pl.Expr],
) -> None:
    """Follow a column down to its plain values."""
    if isinstance(kind, pl.Struct):
        for field in kind.fields:
            inner = column.struct.field(field.name)
            _walk(path, f"{name}.{field.name}", inner, cast("pl.DataType", field.dtype), columns, lists)
    elif isinstance(kind, pl.List | pl.Array):
        one = cast("pl.DataType", kind.inner)
        flat = column.arr.to_list() if isinstance(kind, pl.Array) else column
        if isinstance(one, pl.Struct):
            lists[name] = flat
        elif one.is_nested():
            _refuse(path, name)
        else:
            joined = flat.list.eval(typed_text(pl.element(), one)).list.join(JOIN, ignore_nulls=True)
            columns[name] = (pl.when(joined != "").then(joined), one if isinstance(one, pl.Binary) else pl.String())
    else:
        columns[name] = (column, kind)


def _refuse(path: Path, name: str) -> None:
    raise DataError(
        "parquet-nested",
        "{file}: column {column} holds lists within lists, which cannot be read.",
        hint="Export one list of plain values, or of records.",
        file=path.name,
        column=name,
    )


def _refuse_bytes(path: Path, raw: pl.LazyFrame, columns: Mapping[str, tuple[pl.Expr, pl.DataType]]) -> None:
    """Some systems write text as plain bytes; bytes that are no text have no form as one."""
    for name, (column, kind) in columns.items():
        if not isinstance(kind, pl.Binary):
            continue
        try:
            raw.select(column.cast(pl.String).count()).collect(engine="streaming")
        except ComputeError:
            raise DataError(
                "parquet-bytes",
                "{file}: column {column} holds bytes that are no UTF-8 text.",
                hint="Export it as text.",
                file=path.name,
                column=name,
            ) from None
