"""JSON as extracts: nested objects become columns, lists of records a table of their own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl

from telcli.errors import DataError
from telcli.io.digest import sha256_of
from telcli.io.json_stream import records
from telcli.io.limits import COLUMNS, TEXTS
from telcli.io.scratch_table import BATCH, ScratchTable
from telcli.tables.extract import Extract, outside_name
from telcli.tables.refused import LINE

__all__ = ["JOIN", "KEY", "read_json", "short_names"]

JOIN = "; "
"""Between the values of a list in one cell."""
KEY = re.compile(r"(^|[_. -])(id|no|key|code|number|msisdn)$|[a-z](ID|Id|No)$|(编号|编码|号码|号|ID|id)$", re.ASCII)
"""Names of columns that identify a record."""
_ADJECTIVES = {"total", "monthly", "daily", "yearly", "average", "max", "min", "first", "last", "current", "previous"}
_NOUNS = {"id", "no", "code", "name", "type", "kind", "value", "amount", "date", "time", "status", "state", "number",
          "startdate", "enddate", "startdatetime", "enddatetime"}  # fmt: skip
"""Names that say nothing without that of the object they stand in."""


@dataclass
class _Table:
    """One table on its way: scratch, the rows of the current batch, all columns seen, and letters of keys of others."""

    scratch: ScratchTable
    rows: list[dict[str, Any]] = field(default_factory=list)
    columns: dict[str, None] = field(default_factory=dict)
    count: int = 0
    inherited: int = 0

    def flush(self) -> None:
        schema = {**dict.fromkeys(self.columns, pl.String()), LINE: pl.Int64()}
        self.scratch.append(pl.DataFrame(self.rows, schema=schema))
        self.rows = []


def read_json(path: Path, scratch: Path) -> list[Extract]:
    """Open JSON lines, an array of records, or an object around one.

    A nested object's columns are called by the last part of their path where that is unique, else by the whole path. A
    list of plain values is one cell; a list of records is an extract of its own, called ``file.json#list``, whose rows
    carry the key of the record they stood in and are counted from 1.

    Raises
    ------
    DataError
        Not valid JSON, without records, or with lists in lists.
    """
    folder = scratch / sha256_of(path)[:16]
    tables: dict[str, _Table] = {}
    rest = records(path)
    try:
        while batch := list(islice(rest, BATCH)):
            for line, record in batch:
                _take(path, tables, folder, line, record)
            for table in tables.values():
                table.flush()
    except RecursionError:
        raise DataError(
            "json-deep",
            "{file} holds objects within objects deeper than can be followed.",
            hint="Export it as JSON lines of plain values.",
            file=path.name,
        ) from None
    finally:
        for table in tables.values():
            table.scratch.__exit__(None, None, None)
    if not any(table.columns for table in tables.values()):
        raise DataError(
            "json-empty",
            "{file} holds no records.",
            hint="Wanted: JSON lines, or an array of objects.",
            file=path.name,
        )
    order = sorted(name for name, table in tables.items() if table.columns)
    return [_extract(path, name, tables[name]) for name in order]


def short_names(paths: Sequence[str]) -> list[str]:
    """The last part of each path where it is unique, else the whole; what says little alone is led by the part before.

    >>> short_names(["id", "phone.lines", "items.id", "account.Charges.Monthly", "plan.name"])
    ['id', 'lines', 'items.id', 'Monthly Charges', 'plan name']
    """
    last = [path.rpartition(".")[2] for path in paths]
    count = Counter(last)
    names = [name if count[name] == 1 and name else path for name, path in zip(last, paths, strict=True)]
    told = [path if "." not in path else _told(path) if name != path else path
            for name, path in zip(names, paths, strict=True)]  # fmt: skip
    return told if len(set(told)) == len(told) else list(paths)


def _told(path: str) -> str:
    """A name of a nested column that stands by itself: ``Monthly`` of ``Charges`` are the monthly charges."""
    *_, owner, name = path.split(".")
    plain = name.lower()
    if plain in _ADJECTIVES:
        return f"{name} {owner}"
    return f"{owner} {name}" if plain in _NOUNS else name


def _extract(path: Path, name: str, table: _Table) -> Extract:
    frame = table.scratch.scan()
    found = [column for column in frame.collect_schema() if column != LINE]
    # an object that is null in some records is there as a column beside its own columns
    paths = [column for column in found if not any(other.startswith(f"{column}.") for other in found)]
    frame = frame.select([pl.col(old).alias(new) for old, new in zip(paths, short_names(paths), strict=True)] + [LINE])
    full = f"{path.name}#{name}" if name else path.name
    return Extract(full, frame, "json", "", sha256_of(path), rows=table.scratch.rows)


def _take(path: Path, tables: dict[str, _Table], folder: Path, line: int, record: Any) -> None:
    if not isinstance(record, Mapping):
        raise DataError(
            "json-record",
            "{file}: the record at {line} is not an object with names and values.",
            hint="Wanted: JSON lines, or an array of objects.",
            file=path.name,
            line=line,
        )
    _store(path, tables, folder, "", record, {}, line)


def _store(
    path: Path,
    tables: dict[str, _Table],
    folder: Path,
    name: str,
    record: Mapping[str, Any],
    key: Mapping[str, Any],
    line: int,
) -> None:
    """Add one record to its table, and those in its lists to theirs, each with the key of what it stood in."""
    row: dict[str, Any] = {}
    lists: dict[str, list[Mapping[str, Any]]] = {}
    _flatten(path, record, f"{name}." if name else "", row, lists)
    inherited = {**key, **_key(row)} if lists else {}
    for inner, inside in lists.items():
        for one in inside:
            _store(path, tables, folder, inner, one, inherited, line)
    _add(path, tables, folder, name, {**key, **row}, line)
    tables[name].inherited += sum(len(value) for value in key.values() if isinstance(value, str))
    _refuse_inflated(path, tables[name].inherited)


def _refuse_inflated(path: Path, length: int) -> None:
    """The key of a record is written beside each of the records in it: a long one a million times."""
    if length > TEXTS and length > TEXTS + path.stat().st_size:
        raise DataError(
            "json-inflated",
            "{file}: what identifies a record, repeated for all that is listed in it, would take more than {most} MB.",
            hint="Export each list as a table of its own.",
            file=path.name,
            most=TEXTS >> 20,
        )


def _key(row: Mapping[str, Any]) -> dict[str, Any]:
    """What identifies a record: the columns named like it, else the first."""
    named = {name: value for name, value in row.items() if KEY.search(name)}
    return named or dict(islice(row.items(), 1))


def _add(path: Path, tables: dict[str, _Table], folder: Path, name: str, row: dict[str, Any], line: int) -> None:
    if name not in tables:
        tables[name] = _Table(ScratchTable(folder / str(len(tables))).__enter__())
    table = tables[name]
    table.columns |= dict.fromkeys(row)
    if len(table.columns) > COLUMNS:
        raise DataError(
            "json-wide",
            "{file} has more than {most} different names in its records: they are values, not columns.",
            hint="Export each value as a record of its own.",
            file=path.name,
            most=COLUMNS,
        )
    table.count += 1
    table.rows.append({**row, LINE: table.count if name else line})  # several of a list stand on one line of the file
    if len(table.rows) >= BATCH:
        table.flush()


def _flatten(
    path: Path, record: Mapping[str, Any], before: str, row: dict[str, Any], lists: dict[str, list[Mapping[str, Any]]]
) -> None:
    for key, value in record.items():
        name = outside_name(before + (outside_name(_text(key).strip()) or "column"))
        if isinstance(value, dict):
            _flatten(path, value, f"{name}.", row, lists)
        elif isinstance(value, list):
            _list(path, name, value, row, lists)
        elif value is True or value is False:
            row[name] = "true" if value else "false"
        else:
            row[name] = (_text(value) if isinstance(value, str) else value) or None


def _text(value: str) -> str:
    """A text without halves of signs, which JSON can write and UTF-8 cannot."""
    return value if value.isascii() else value.encode("utf-8", "replace").decode()


def _list(
    path: Path, name: str, values: list[Any], row: dict[str, Any], lists: dict[str, list[Mapping[str, Any]]]
) -> None:
    """Plain values are joined in one cell, records are kept for a table of their own."""
    present = [value for value in values if value is not None]
    if present and all(isinstance(value, dict) for value in present):
        lists[name] = present
    elif any(isinstance(value, dict | list) for value in present):
        raise DataError(
            "json-nested",
            "{file}: {column} holds lists within lists, or records beside plain values, which cannot be read.",
            hint="Export it as a list of plain values, or of records.",
            file=path.name,
            column=name,
        )
    else:
        texts = (str(value).lower() if isinstance(value, bool) else _text(value) for value in present)
        row[name] = JOIN.join(texts) or None
