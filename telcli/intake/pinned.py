"""A mapping pinned in a file, so that next month's extracts are read as this month's were, or not at all."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from telcli.errors import DataError, Notice, UsageError
from telcli.intake.candidates import Candidate
from telcli.intake.confidence import weighed
from telcli.intake.dictionary import date_forms
from telcli.intake.mapping import SourceMap, Use, of_all_rows
from telcli.intake.pinned_shape import refuse_misshapen
from telcli.intake.slots import slots
from telcli.intake.told import canonical, known_unit, refuse_table
from telcli.tables.file_names import one_of_all

__all__ = ["any_date", "as_pinned", "pinned_map", "refuse_unlisted"]

_DATED = re.compile(r"(?:19|20)\d{2}[-_.]?\d{2}(?:[-_.]?\d{2})?")


def any_date(file: str) -> str:
    """The name of a file with ``*`` for the dates in it, so that next month's fits, and so do others alike.

    >>> any_date("bills_202406.csv"), any_date("138******78~2.csv")
    ('bills_*.csv', '138******78.csv')
    """
    return _DATED.sub("*", one_of_all(file))


def as_pinned(maps: Sequence[SourceMap], attributes: Mapping[str, Mapping[str, tuple[str, str]]]) -> dict[str, Any]:
    """The mapping as a mapping file holds it; dates in file names become ``*``, so that next month's file fits.

    `attributes` holds, for each source, attribute name -> (header, type).
    """
    pinned: dict[str, dict[str, Any]] = {}
    for found in maps:
        columns: dict[str, Any] = {}
        for name, use in found.columns.items():
            plain = name.removeprefix(f"{found.table}.")
            columns[plain] = {"column": use.header, "unit": use.unit} if use.unit else use.header
        kept = {name: {"column": header, "type": kind} for name, (header, kind) in attributes[found.source].items()}
        file = any_date(found.source)
        pinned.setdefault(
            file,
            {
                "file": file,
                "table": found.table,
                "columns": columns,
                "attributes": kept,
                "drop": list(found.personal),
            },
        )
    return {"source": list(pinned.values())}


def pinned_map(
    pinned: Mapping[str, Any], source: str, headers: Mapping[str, str], delivered: str = ""
) -> tuple[SourceMap, dict[str, tuple[str, str]], list[Notice]] | None:
    """Apply a mapping file to one source; None when it names the source neither so nor as it was delivered.

    Raises
    ------
    DataError
        A column that the mapping names is missing: the extract has changed.
    UsageError
        The mapping file is not in the form that --write-mapping writes.
    """
    names = [source, delivered] if delivered else [source]
    fits = (one for one in _entries(pinned) if any(fnmatchcase(name, str(one["file"])) for name in names))
    entry = next(fits, None)
    if entry is None:
        return None
    table = str(entry["table"])
    columns: dict[str, Use] = {}
    for name, wanted in entry.get("columns", {}).items():
        full = name if name in slots() else f"{table}.{name}"
        if full not in slots():
            canonical(name)
            raise UsageError(
                "mapping-column", "The mapping file: {name} is no column of {table}.", name=name, table=table
            )
        columns[full] = _pinned_use(name, wanted)
    attributes = {name: (about["column"], about["type"]) for name, about in entry.get("attributes", {}).items()}
    named = [*[use.header for use in columns.values()], *[header for header, _ in attributes.values()]]
    _refuse_stale(source, named, headers)
    _refuse_short(source, table, columns)
    dropped = tuple(header for header in entry.get("drop", []) if header in headers)
    new = tuple(header for header in headers if header not in {*named, *dropped})
    notices = []
    if new:
        notices.append(
            Notice(
                "mapping-new-columns",
                "{file} has columns that the mapping does not name; they are kept as attributes: {columns}.",
                {"file": source, "columns": ", ".join(new)},
            )
        )
    evidence = {name: weighed("pinned") for name in columns}
    columns |= of_all_rows(source, table, columns, headers)
    return SourceMap(source, table, 1.0, columns, new, dropped, evidence=evidence), attributes, notices


def _pinned_use(name: str, wanted: Any) -> Use:
    """What a mapping file says of one column: a header, or a header and its unit, which must be one."""
    if not isinstance(wanted, dict):
        return Use(str(wanted))
    unit = str(wanted.get("unit", "")).strip().lower()
    if unit and not known_unit(name, unit):
        raise UsageError(
            "mapping-unit",
            "The mapping file: {unit} is no unit of {name}.",
            hint="Units are those of --map {name}=COLUMN@UNIT: 分, kb, 秒, dmy and the like.",
            unit=unit,
            name=name,
        )
    forms = [date_forms(slot.unit) for slot in slots().values() if name in (slot.name, slot.column)]
    return Use(str(wanted["column"]), next((found[unit] for found in forms if unit in found), unit))


def _refuse_short(source: str, table: str, columns: Mapping[str, Use]) -> None:
    """Refuse what is no table: its rows would name nobody, or nothing would be known of them."""
    found = Candidate(table)
    for name, use in columns.items():
        owner, _, column = name.partition(".")
        if owner == table:
            found.strong[column] = [use]
    if found.missing:
        raise DataError(
            "mapping-short",
            "The mapping file names too few columns of {file} for a table of {table}: it lacks {column}.",
            hint='Name it under [source.columns]: {column} = "COLUMN".',
            file=source,
            table=table,
            column=found.missing,
        )


def _refuse_stale(source: str, named: Sequence[str], headers: Mapping[str, str]) -> None:
    open_ = [header for header in named if ("|" in header or header == "COLUMN") and header not in headers]
    if open_:
        raise DataError(
            "mapping-open",
            "The mapping file leaves open which column of {file} is meant: {columns}.",
            hint="Where | or COLUMN stands, leave the one that is right; delete the line where none is.",
            file=source,
            columns=", ".join(open_),
        )
    missing = [header for header in named if header not in headers and not header.startswith("@")]
    if missing:
        raise DataError(
            "mapping-stale",
            "{file} no longer has the columns {columns}, which the mapping names.",
            hint="If the export has changed for good, write the mapping anew with --write-mapping.",
            file=source,
            columns=", ".join(missing),
        )


def refuse_unlisted(pinned: Mapping[str, Any], sources: Sequence[str]) -> None:
    """Refuse extracts that a mapping does not know: what is pinned is not guessed.

    Raises
    ------
    DataError
        There is such an extract.
    """
    if not sources:
        return
    known = [str(one["file"]) for one in _entries(pinned)] if "source" in pinned else list(pinned)
    raise DataError(
        "mapping-unlisted",
        "The mapping does not know {files}; it is for {known}.",
        hint="Write it anew with --write-mapping, or leave --mapping out and have the columns guessed.",
        files=", ".join(sources),
        known=", ".join(known),
    )


def _entries(pinned: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    entries = pinned.get("source")
    if not isinstance(entries, list) or not all(isinstance(one, dict) and "file" in one for one in entries):
        raise UsageError(
            "mapping-shape",
            "The mapping file has no [[source]] with a file.",
            hint="Write one with: telcli ingest SOURCES... --write-mapping FILE",
        )
    for one in entries:
        refuse_table(str(one.get("table")))
        refuse_misshapen(one)
    return entries
