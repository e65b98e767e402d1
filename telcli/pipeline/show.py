"""Reading published tables: rows picked by column, condition and month, and what each column means."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from telcli.errors import MissingInputError, UsageError
from telcli.pipeline.catalog import maker
from telcli.pipeline.workdir import Workdir
from telcli.tables import PARTITIONS, contract

if TYPE_CHECKING:
    import polars as pl

    from telcli.tables.checks import ColumnInfo

__all__ = ["batches", "count", "pick", "read", "schema"]

_BATCH = 50_000


def read(workdir: Path, table: str, as_of: date | None = None) -> pl.LazyFrame:
    """Scan a published table.

    Results are those of `as_of`, or of the newest snapshot; monthly tables those of `as_of` alone, or every month.

    Raises
    ------
    UsageError
        There is no table of that name.
    MissingInputError
        It has not been made, or not for that month; the hint names the stage that makes it.
    """
    contract(table)
    place = Workdir(workdir)
    manifest = place.manifest()
    months = manifest.months(table)
    if not months:
        raise MissingInputError(
            "table-absent",
            "{workdir} has no table {table} yet.",
            hint="Make it with: telcli {stage} -w {workdir}",
            workdir=str(workdir),
            table=table,
            stage=maker(table),
        )
    kind = PARTITIONS.get(table)
    if kind and as_of is not None:
        if as_of.isoformat() not in months:
            raise MissingInputError(
                "table-month-absent",
                "{table} has nothing for {month}; it has {first} to {last}.",
                hint="Choose another --as-of.",
                table=table,
                month=f"{as_of:%Y-%m}",
                first=months[0][:7],
                last=months[-1][:7],
            )
        months = (as_of.isoformat(),)
    elif kind == "as_of":
        months = months[-1:]
    return place.scan(manifest, table, months)


def pick(
    frame: pl.LazyFrame,
    table: str,
    *,
    columns: Sequence[str] = (),
    where: str | None = None,
    limit: int | None = None,
) -> pl.LazyFrame:
    """Keep some columns, the rows that meet a condition, and at most `limit` of them.

    `where` is a condition as in SQL, such as ``amount > 100 AND kind = 'total'``.

    Raises
    ------
    UsageError
        A column does not exist, or the condition cannot be read.
    """
    have = frame.collect_schema().names()
    for name in columns:
        if name not in have:
            raise _unknown(table, name, have)
    if where is not None:
        frame = frame.filter(_condition(frame, table, where))
    frame = frame.select(columns) if columns else frame
    return frame.head(limit) if limit is not None else frame


def _condition(frame: pl.LazyFrame, table: str, where: str) -> pl.Expr:
    import polars as pl

    try:
        condition = pl.sql_expr(where)
        roots = condition.meta.root_names()
    except pl.exceptions.PolarsError as error:
        raise _unreadable(where, str(error)) from None
    have = frame.collect_schema().names()
    for name in roots:
        if name not in have:
            raise _unknown(table, name, have)
    try:
        kind = frame.select(condition).collect_schema().dtypes()
    except pl.exceptions.PolarsError as error:
        raise _unreadable(where, str(error)) from None
    if kind != [pl.Boolean]:
        raise _unreadable(where, "it is not true or false")
    return condition


def _unreadable(where: str, why: str) -> UsageError:
    return UsageError(
        "where-unreadable",
        "--where {where}: {why}",
        hint="Write it as in SQL, text in single quotes: amount > 100 AND kind = 'total'",
        where=repr(where),
        why=why.strip().splitlines()[0],
    )


def _unknown(table: str, name: str, have: Sequence[str]) -> UsageError:
    import difflib

    near = difflib.get_close_matches(name, have, n=1)
    if near:
        return UsageError(
            "column-unknown-near",
            "Table {table} has no column {column}.",
            hint="Did you mean {near}?",
            table=table,
            column=name,
            near=near[0],
        )
    return UsageError(
        "column-unknown",
        "Table {table} has no column {column}.",
        hint="Its columns: telcli show {table} --schema",
        table=table,
        column=name,
    )


def batches(frame: pl.LazyFrame) -> Iterator[pl.DataFrame]:
    """The rows piece by piece, so that any number of them takes little memory; at least one piece, for its header."""
    import polars as pl

    told = False
    for piece in frame.collect_batches(chunk_size=_BATCH, maintain_order=True, engine="streaming"):
        if piece.height or not told:
            told = True
            yield piece
    if not told:
        yield pl.DataFrame(schema=frame.collect_schema())


def count(frame: pl.LazyFrame) -> int:
    """Number of rows."""
    import polars as pl

    found: int = frame.select(pl.len()).collect(engine="streaming").item()
    return found


def schema(table: str) -> list[ColumnInfo]:
    """What each column of a table holds."""
    return contract(table).columns()
