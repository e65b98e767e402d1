"""What the analyst says about the mapping: `--map canonical=SOURCE`, of all sources or of one."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

from telcli.errors import UsageError
from telcli.intake.candidates import FILE_NAME
from telcli.intake.dictionary import bare, date_forms, units_of, word_list
from telcli.intake.mapping import ROW_NUMBER, Use
from telcli.intake.slots import canonical_names, slots
from telcli.tables import SUBJECTS

__all__ = ["GENDER_01", "NONE_ONE", "TABLE", "canonical", "known_unit", "refuse_table", "told_by_map"]

TABLE = "table"
"""What `--map FILE:table=TABLE` names is no column but the subject."""

GENDER_01, NONE_ONE = "gender_01", "01"
"""Of a column of genders that holds 0 and 1 alone: its list of words, and what stands for a unit (--map ...@01)."""


def told_by_map(
    choices: Mapping[str, str | Sequence[str]], sources: Mapping[str, Mapping[str, str]]
) -> dict[str, dict[str, Use]]:
    """Settle `--map` for each source: source -> canonical name -> use.

    `choices` maps a canonical name, or ``FILE:name`` for one source, to a header, to several (for several sources), to
    ``@row``, to ``@file``, or to one word for all rows such as ``@voice``; a header may be followed by ``@UNIT``. The
    name ``table`` tells the subject. `sources` holds each source's columns and their headers as written.

    Raises
    ------
    UsageError
        No such canonical name, or no source has such a column; names that are near are listed.
    """
    told: dict[str, dict[str, Use]] = {source: {} for source in sources}
    for spelled, wanted in sorted(choices.items(), key=lambda pair: ":" in pair[0]):
        name, among = _among(spelled, sources)
        for header in [wanted] if isinstance(wanted, str) else wanted:
            if name == TABLE:
                refuse_table(header)
            everywhere = name == TABLE or _holds_everywhere(name, header)
            found = (
                dict.fromkeys(among, Use(header))
                if everywhere
                else {source: use for source, names in among.items() if (use := _find(header, names, name))}
            )
            if not found:
                _refuse_header(header, among)
            for source, use in found.items():
                told[source][name] = use
    return told


def _among(spelled: str, sources: Mapping[str, Mapping[str, str]]) -> tuple[str, Mapping[str, Mapping[str, str]]]:
    """The canonical name, and the sources that it is said of: all, or those that a file name before it means."""
    file, colon, name = spelled.rpartition(":")
    plain = name.strip().lower()
    settled = plain if plain == TABLE else canonical(name)
    if not colon:
        return settled, sources
    meant = {source: names for source, names in sources.items() if source == file or fnmatchcase(source, file)}
    if not meant:
        near = difflib.get_close_matches(file, sources, n=3, cutoff=0.4)
        raise UsageError(
            "map-file-unknown",
            "--map: no source is called {file}.",
            hint="Did you mean one of these? {near}",
            file=file,
            near=", ".join(near or list(sources)[:12]),
        )
    return settled, meant


def _holds_everywhere(name: str, header: str) -> bool:
    """Whether what stands in place of a header is meant for all rows: their number, their file, or one word."""
    bare_name = name.rpartition(".")[2]
    if header in (ROW_NUMBER, FILE_NAME):
        if bare_name != "customer_id":
            raise UsageError("map-row", "--map {name}={what}: only customer_id can be told so.", name=name, what=header)
        return True
    allowed = [
        value
        for slot in slots().values()
        if name in (slot.name, slot.column) and slot.table == "calls" and slot.words
        for value in set(word_list(slot.words).values())
    ]
    if not header.startswith("@") or not allowed:
        return False
    if header[1:] not in allowed:
        raise UsageError(
            "map-word", "--map {name}={what}: it can be {words}.", name=name, what=header,
            words=", ".join(f"@{word}" for word in sorted(allowed)),
        )  # fmt: skip
    return True


def refuse_table(table: str) -> None:
    """Refuse a subject that is none of telcli's."""
    if table not in SUBJECTS:
        raise UsageError(
            "mapping-table",
            "The mapping: {table} is no table that ingest makes.",
            hint="Tables: {known}.",
            table=table,
            known=", ".join(SUBJECTS),
        )


def canonical(name: str) -> str:
    """The full or bare name of a column, as it is spelled; near ones are named where there is no such column."""
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
        if (same or len(alike) == 1) and (not spelled or known_unit(canonical, spelled)):
            return Use((same or alike)[0], spelled)
    return None


def known_unit(canonical: str, unit: str) -> bool:
    """Whether a column can have this unit, or be written in this form of dates."""
    return any(
        unit in (*units_of(slot.unit), *date_forms(slot.unit), *([NONE_ONE] if slot.words == "gender" else []))
        for slot in slots().values()
        if canonical in (slot.name, slot.column)
    )


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
