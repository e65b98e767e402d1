"""What the analyst says about the mapping: `--map canonical=SOURCE`, and a mapping pinned in a file."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from telcli.errors import DataError, Notice, UsageError
from telcli.intake.dictionary import bare, canonical_names, date_forms, slots, units_of
from telcli.intake.mapping import ROW_NUMBER, SourceMap, Use
from telcli.tables import SUBJECTS

__all__ = ["as_pinned", "pinned_map", "refuse_unlisted", "told_by_map"]

_DATED = re.compile(r"(?:19|20)\d{2}[-_.]?\d{2}(?:[-_.]?\d{2})?")


def told_by_map(
    choices: Mapping[str, str | Sequence[str]], sources: Mapping[str, Mapping[str, str]]
) -> dict[str, dict[str, Use]]:
    """Settle `--map` for each source: source -> canonical name -> use.

    `choices` maps a canonical name to a header, to several (for several sources), or to ``@row``; a header may be
    followed by ``@UNIT``. `sources` holds each source's columns and their headers as written.

    Raises
    ------
    UsageError
        No such canonical name, or no source has such a column; names that are near are listed.
    """
    told: dict[str, dict[str, Use]] = {source: {} for source in sources}
    for canonical, wanted in choices.items():
        name = _canonical(canonical)
        for header in [wanted] if isinstance(wanted, str) else wanted:
            if header == ROW_NUMBER:
                _refuse_row(name)
                for source in sources:
                    told[source][name] = Use(ROW_NUMBER)
                continue
            found = {source: use for source, names in sources.items() if (use := _find(header, names, name))}
            if not found:
                _refuse_header(header, sources)
            for source, use in found.items():
                told[source][name] = use
    return told


def _canonical(name: str) -> str:
    known = canonical_names()
    plain = name.strip().lower()
    if plain in known:
        return plain
    near = difflib.get_close_matches(plain, known, n=3, cutoff=0.5)
    raise UsageError(
        "canonical-unknown",
        "--map: telcli has no column called {name}.",
        hint="Did you mean one of these? {near}",
        name=name,
        near=", ".join(near or [one for one in known if "." not in one]),
    )


def _find(header: str, names: Mapping[str, str], canonical: str) -> Use | None:
    """The column of one source that the analyst means: as written, else without case and blanks."""
    plain, _, unit = header.rpartition("@")
    for wanted, spelled in ((header, ""), (plain, unit.lower())):
        if not wanted:
            continue
        same = [name for name, written in names.items() if wanted in (name, written)]
        alike = [name for name, written in names.items() if bare(written) == bare(wanted)]
        if (same or len(alike) == 1) and (not spelled or _known_unit(canonical, spelled)):
            return Use((same or alike)[0], spelled)
    return None


def _known_unit(canonical: str, unit: str) -> bool:
    return any(
        unit in (*units_of(slot.unit), *date_forms(slot.unit))
        for slot in slots().values()
        if canonical in (slot.name, slot.column)
    )


def _refuse_row(name: str) -> None:
    if name not in ("customer_id", "customers.customer_id"):
        raise UsageError("map-row", "--map {name}=@row: only customer_id can be numbered by row.", name=name)


def _refuse_header(header: str, sources: Mapping[str, Mapping[str, str]]) -> None:
    every = sorted({written for names in sources.values() for written in names.values()})
    near = difflib.get_close_matches(header, every, n=3, cutoff=0.4)
    raise UsageError(
        "map-column-unknown",
        "--map: no source has a column called {header}.",
        hint="Did you mean one of these? {near}",
        header=header,
        near=", ".join(near or every[:12]),
    )


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
        file = _DATED.sub("*", found.source)
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
    pinned: Mapping[str, Any], source: str, headers: Mapping[str, str]
) -> tuple[SourceMap, dict[str, tuple[str, str]], list[Notice]] | None:
    """Apply a mapping file to one source; None when it does not name the source.

    Raises
    ------
    DataError
        A column that the mapping names is missing: the extract has changed.
    UsageError
        The mapping file is not in the form that --write-mapping writes.
    """
    entry = next((one for one in _entries(pinned) if fnmatchcase(source, str(one["file"]))), None)
    if entry is None:
        return None
    table = str(entry["table"])
    columns: dict[str, Use] = {}
    for name, wanted in entry.get("columns", {}).items():
        full = name if name in slots() else f"{table}.{name}"
        if full not in slots():
            _canonical(name)
            raise UsageError(
                "mapping-column", "The mapping file: {name} is no column of {table}.", name=name, table=table
            )
        columns[full] = _pinned_use(name, wanted)
    attributes = {name: (about["column"], about["type"]) for name, about in entry.get("attributes", {}).items()}
    _refuse_stale(source, [use.header for use in columns.values()], headers)
    gone = tuple(header for header, _ in attributes.values() if header not in headers)
    attributes = {name: about for name, about in attributes.items() if about[0] in headers}
    named = [use.header for use in columns.values()] + [header for header, _ in attributes.values()]
    dropped = tuple(header for header in entry.get("drop", []) if header in headers)
    new = tuple(header for header in headers if header not in {*named, *dropped})
    notices = []
    if gone:
        notices.append(
            Notice(
                "mapping-columns-gone",
                "{file} no longer has these columns, which the mapping keeps as attributes: {columns}.",
                {"file": source, "columns": ", ".join(gone)},
            )
        )
    if new:
        notices.append(
            Notice(
                "mapping-new-columns",
                "{file} has columns that the mapping does not name; they are left out: {columns}.",
                {"file": source, "columns": ", ".join(new)},
            )
        )
    return SourceMap(source, table, 1.0, columns, new, dropped), attributes, notices


def _pinned_use(name: str, wanted: Any) -> Use:
    """What a mapping file says of one column: a header, or a header and its unit, which must be one."""
    if not isinstance(wanted, dict):
        return Use(str(wanted))
    unit = str(wanted.get("unit", ""))
    if unit and not _known_unit(name, unit):
        raise UsageError(
            "mapping-unit",
            "The mapping file: {unit} is no unit of {name}.",
            hint="Units are those of --map {name}=COLUMN@UNIT: 分, kb, 秒, dmy and the like.",
            unit=unit,
            name=name,
        )
    forms = [date_forms(slot.unit) for slot in slots().values() if name in (slot.name, slot.column)]
    return Use(str(wanted["column"]), next((found[unit] for found in forms if unit in found), unit))


def _refuse_stale(source: str, named: Sequence[str], headers: Mapping[str, str]) -> None:
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
        if one.get("table") not in SUBJECTS:
            raise UsageError(
                "mapping-table",
                "The mapping file: {table} is no table that ingest makes.",
                hint="Tables: {known}.",
                table=one.get("table"),
                known=", ".join(SUBJECTS),
            )
    return entries
