"""Reading published tables: rows picked by column, condition and month, and what each column means."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from telcli import __version__
from telcli.errors import MissingInputError, UsageError
from telcli.pipeline.catalog import STAGES, maker
from telcli.pipeline.provenance import Manifest
from telcli.pipeline.workdir import Workdir
from telcli.tables import NAMES, PARTITIONS, contract

if TYPE_CHECKING:
    import polars as pl

    from telcli.tables.condition import ConditionError

__all__ = ["Selection", "batches", "condition_on", "count", "known_column", "known_table", "pick", "read"]

_BATCH = 50_000
_NEAR, _WORD = 3, 3
"""Names that are named, at most; letters of a part of a name, at least."""


@dataclass(frozen=True)
class Selection:
    """Rows of one table. `as_of` is their snapshot or only month; None where they may be of every month.

    `without` is the stage that ran for that month and made no row of it; empty where there are rows.
    """

    table: str
    path: Path
    frame: pl.LazyFrame
    rows: int
    as_of: date | None = None
    without: str = ""


def read(workdir: Path, table: str, as_of: date | None = None) -> Selection:
    """Scan a published table.

    Results are those of `as_of`, or of the newest snapshot; monthly tables those of `as_of` alone, or every month.
    Where their stage ran and made none, there are no rows.

    Raises
    ------
    UsageError
        There is no table of that name.
    MissingInputError
        It has not been made, or not for that month; the hint names the stage that makes it.
    """
    known_table(table)
    place = Workdir(workdir)
    if nothing := _made_none(place.manifest(), table, as_of):
        columns = contract(table).schema.create_empty().lazy()
        return Selection(table, workdir / table, columns, 0, date.fromisoformat(nothing), maker(table))
    manifest, names, frame = place.hold(table, lambda manifest: _chosen(workdir, table, manifest, as_of))
    months = sorted({name[:10] for name in names})
    month = date.fromisoformat(months[0]) if len(months) == 1 and months[0] else None
    rows = sum(manifest.tables[table][name].rows for name in names)
    return Selection(table, workdir / table, _with_levels(workdir, table, frame), rows, month)


def _with_levels(workdir: Path, table: str, frame: pl.LazyFrame) -> pl.LazyFrame:
    """Customers with the levels of the organisation that they belong to, where these are told."""
    from telcli.pipeline.organisation import organisation
    from telcli.pipeline.request import Request
    from telcli.tables.organisation import placed

    of = organisation(Request(workdir)) if table == "customers" else None
    return placed(frame, of) if of and of.levels[0] in frame.collect_schema() else frame


def _made_none(manifest: Manifest, table: str, as_of: date | None) -> str:
    """The month that a table's stage ran for and made no row of it; empty where it made some, or never ran for it."""
    if PARTITIONS.get(table) != "as_of" or (as_of is None and manifest.partitions(table)):
        return ""
    records = manifest.stages.get(maker(table), {})
    month = as_of.isoformat() if as_of else max(records, default="")
    record = records.get(month)
    # An older telcli may not have known the table: there the stage should run again.
    if record is None or record.basis.version != __version__ or month in manifest.partitions(table):
        return ""
    return month


def _chosen(workdir: Path, table: str, manifest: Manifest, as_of: date | None) -> tuple[str, ...]:
    """The partitions to be shown."""
    there, names = manifest.months(table), manifest.partitions(table)
    if not there:
        first = maker(table)
        raise MissingInputError(
            "table-absent",
            "{workdir} has no table {table} yet.",
            hint="Make it with: telcli {stage} -w {workdir}",
            workdir=str(workdir),
            table=table,
            stage="ingest SOURCES..." if first == "ingest" else first,
        )
    kind = PARTITIONS.get(table)
    if kind and as_of is not None and as_of.isoformat() not in there:
        raise MissingInputError(
            "table-month-absent",
            "{table} has nothing for {month}; it has {first} to {last}.",
            hint="Choose another --as-of.",
            table=table,
            month=f"{as_of:%Y-%m}",
            first=there[0][:7],
            last=there[-1][:7],
        )
    if kind and as_of is not None:
        return tuple(name for name in names if name[:10] == as_of.isoformat())
    return names[-1:] if kind == "as_of" else names


def pick(selection: Selection, columns: Sequence[str] = (), where: str | None = None) -> Selection:
    """Keep some columns, in the order given, and the rows that meet a condition.

    `where` is a condition as in SQL, such as ``amount > 100 AND kind = 'total'``.

    Raises
    ------
    UsageError
        A column does not exist, or the condition cannot be read.
    """
    frame = selection.frame
    have = frame.collect_schema().names()
    for name in columns:
        known_column(selection.table, name, have)
    if where is not None:
        frame = frame.filter(condition_on(selection.table, frame.collect_schema(), where))
    return replace(selection, frame=frame.select(columns) if columns else frame)


def condition_on(table: str, schema: pl.Schema, where: str) -> pl.Expr:
    """Read a condition as `--where` takes it over columns of a table.

    Raises
    ------
    UsageError
        It cannot be read, or not over these columns.
    """
    from telcli.stages.called import in_names
    from telcli.tables.condition import ConditionError, condition

    where = in_names(where, schema.names(), dict.fromkeys((table, "customers")))
    try:
        return condition(where, schema)
    except ConditionError as error:
        if error.near:
            known_column(table, error.column, schema.names())
        raise _unfit(error, where, table) from None


def _unfit(error: ConditionError, where: str, table: str) -> UsageError:
    if error.why == "column":
        return UsageError(
            "where-column-unknown",
            "Table {table} has no column {column}.",
            hint="Text goes in single quotes, as in customer_id = '{column}'; "
            "the columns: telcli show {table} --schema",
            table=table,
            column=error.column,
        )
    if error.why == "types":
        return UsageError(
            "where-types",
            "--where {where} compares things of different types.",
            hint="Types: telcli show {table} --schema. Text and days go in single quotes: customer_id = '000123', "
            "month >= '2024-05'",
            where=repr(where),
            table=table,
        )
    if error.why in _UNFIT:
        code, template, hint = _UNFIT[error.why]
        return UsageError(code, template, hint=hint, where=repr(where), part=error.part)
    if error.why == "unreadable":
        return UsageError(
            "where-unreadable",
            "--where {where} cannot be read as a condition.",
            hint="Write it as in SQL, text in single quotes: amount > 100 AND kind = 'total'. See: telcli help filters",
            where=repr(where),
        )
    return UsageError(
        "where-no-condition",
        "--where {where} is not something true or false of each row.",
        hint="Write it as in SQL: amount > 100 AND kind = 'total'",
        where=repr(where),
    )


_UNFIT = {
    "subquery": (
        "where-subquery",
        "--where {where} asks other rows with SELECT.",
        "Name columns of this table alone.",
    ),
    "pattern": (
        "where-pattern",
        "--where {where} holds a pattern that is no regular expression.",
        "Signs such as ( and [ go after a \\; LIKE '%text%' needs no pattern.",
    ),
    "long": (
        "where-long",
        "--where is longer than is read: 100,000 letters, and 300 words such as AND, OR and =.",
        "Many values go in one list: customer_id IN ('C1', 'C2')",
    ),
    "day": (
        "where-day",
        "--where {where} names a day that there is not: {part}.",
        "Write days as '2024-05-31' and months as '2024-05'.",
    ),
    "flag": (
        "where-flag",
        "--where {where} compares a column that is true or false with {part}.",
        "Write moved or NOT moved, or compare with 'yes' or 'no'.",
    ),
    "wide-sign": (
        "where-wide-sign",
        "--where {where} cannot be read: {part} is not a sign of ASCII.",
        "Signs and quotes are those of ASCII: amount > 100 AND kind = 'total'",
    ),
}


def known_table(name: str) -> None:
    """Refuse a name that no table has; tables of nearly that name, or that the command of this name makes, are named.

    Raises
    ------
    UsageError
        There is no table of that name.

    >>> known_table("customer_months")
    """
    near = [] if name in NAMES else _near_tables(name)
    if near:
        raise UsageError(
            "table-unknown-near",
            "There is no table called {table}.",
            hint="Did you mean {near}?",
            table=name,
            near=", ".join(near),
        )
    contract(name)


def _near_tables(name: str) -> list[str]:
    """Tables that may be meant: written otherwise, made by the command of this name, with this in it, spelled alike.

    >>> _near_tables("Customer-Months"), _near_tables("churn"), _near_tables("zebra")
    (['customer_months'], ['churn_scores', 'churn_lift', 'churn_calibration'], [])
    >>> _near_tables("score-value")
    ['value_scores', 'value_parts', 'value_margin']
    """
    plain = name.strip().lower().replace("-", "_").replace(" ", "_")
    if plain in NAMES:
        return [plain]
    made = [table for stage in STAGES if stage.name.replace("-", "_") == plain != "ingest" for table in stage.gives]
    worded = [table for table in NAMES if len(plain) >= _WORD and plain in table]
    return (made or worded or difflib.get_close_matches(plain, NAMES, n=_NEAR))[:_NEAR]


def known_column(table: str, name: str, have: Sequence[str]) -> None:
    """Refuse a column that a table does not have; one that is near is named."""
    if name in have:
        return
    near = difflib.get_close_matches(name, have, n=1)
    if near:
        raise UsageError(
            "table-column-near",
            "Table {table} has no column {column}.",
            hint="Did you mean {near}?",
            table=table,
            column=name,
            near=near[0],
        )
    raise UsageError(
        "table-column-unknown",
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
