"""One file as raw extracts: unpacked where it is packed, and read by what it is, not by what it is called."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from telcli.errors import DataError, Notice, TelcliError
from telcli.tables.file_names import file_hidden, legible, not_utf8

if TYPE_CHECKING:
    from telcli.tables.extract import Extract

__all__ = ["about", "discreetly", "open_file"]

_SHOWN = 5
_DEEPEST = 2
"""Packed files in an archive are read, those in one inside it are not."""

Found = tuple[list["Extract"], list[Notice]]


@contextmanager
def discreetly() -> Iterator[None]:
    """Errors tell of a file by its name without numbers of persons.

    Raises
    ------
    TelcliError
        The one that was raised, with that name.
    """
    try:
        yield
    except TelcliError as error:
        told = {name: file_hidden(value) if name == "file" else value for name, value in error.values.items()}
        if told == error.values:
            raise
        raise type(error)(error.code, error.template, hint=error.hint_template, **told) from None


def open_file(name: str, path: Path, scratch: Path, *, beside: bool = False, depth: int = 0) -> Found:
    """The tables of one file, named after `name`, the one that the analyst knows it by; and what is to be said.

    Raises
    ------
    DataError
        Of a kind that is not read, or damaged, or without a table.
    """
    from telcli.io.digest import sha256_of
    from telcli.io.kinds import PACKED, kind_of

    path = _plain(path, scratch)
    kind = kind_of(path)
    if kind in PACKED:
        found, notices = _unpacked(name, path, kind, scratch, beside=beside, depth=depth)
    else:
        read, told = _read(path, kind, scratch, beside=beside)
        found = [replace(one, name=name + legible(one.name.removeprefix(path.name))) for one in read]
        notices = [*_misnamed(path, kind), *told]
        notices = [replace(one, values=_renamed(one, path.name, name)) for one in notices]
        notices += [notice for one in found for notice in about(one)]
    digest = sha256_of(path)  # of what was delivered, not of what was unpacked from it
    return [replace(one, sha256=digest) for one in found], notices


def _plain(path: Path, scratch: Path) -> Path:
    """The file under a name that libraries take, where its own is in bytes that are no UTF-8."""
    if not not_utf8(str(path)):
        return path
    scratch.mkdir(parents=True, exist_ok=True)
    link = scratch / legible(path.name)
    link.unlink(missing_ok=True)
    link.symlink_to(path.resolve())
    return link


def _read(path: Path, kind: str, scratch: Path, *, beside: bool) -> Found:
    """Read one file that is not packed."""
    from telcli.io.kinds import WORKBOOKS

    if kind in WORKBOOKS:
        from telcli.io.workbook_extract import read_workbook

        return read_workbook(path, kind, scratch)
    if kind == "html":
        from telcli.io.html_extract import read_html

        return read_html(path, scratch)
    if kind == "parquet":
        from telcli.io.parquet_extract import read_parquet

        return read_parquet(path), []
    if kind == "json":
        from telcli.io.json_extract import read_json

        return read_json(path, scratch), []
    if kind == "sqlite":
        from telcli.io.database import read_tables
        from telcli.io.database_url import Address

        return read_tables(Address("sqlite", str(path)), scratch), []
    if kind == "text":
        from telcli.io.csv_extract import read_csv

        return [read_csv(path, scratch, beside=beside)], []
    raise DataError(
        "kind-unknown",
        "{file} cannot be read: {kind} files are not read.",
        hint="Export it as text (CSV), a workbook, JSON or Parquet.",
        file=path.name,
        kind=path.suffix or "such",
    )


def _unpacked(name: str, path: Path, kind: str, scratch: Path, *, beside: bool, depth: int) -> Found:
    """The tables of every file in an archive: called ``a.zip#inner.csv``, those of a packed file as the file is."""
    from telcli.io.archive import unpack
    from telcli.io.kinds import kind_of

    if depth >= _DEEPEST:
        raise DataError(
            "archive-deep",
            "{file} is an archive inside archives, which is not read.",
            hint="Unpack it, and name what was in it.",
            file=name,
        )
    members = unpack(path, kind, scratch / "unpacked")
    extracts: list[Extract] = []
    notices: list[Notice] = []
    beside = beside or len(members) > 1
    for number, (inner, place) in enumerate(members.items()):
        full = f"{name}#{legible(inner)}" if inner else name
        if beside and place.stat().st_size == 0:
            notices.append(Notice("file-empty", "{file} is empty and was left out.", {"file": full}))
        elif inner and len(members) > 1 and not kind_of(place):
            notices.append(
                Notice(
                    "kind-not-read",
                    "{file} was left out: {kind} files are not read.",
                    {"file": full, "kind": place.suffix or "such"},
                )
            )
        else:
            found, told = open_file(full, place, scratch / f"member-{number}", beside=beside, depth=depth + 1)
            extracts += found
            notices += told
    return extracts, notices


def _misnamed(path: Path, kind: str) -> list[Notice]:
    from telcli.io.kinds import SUFFIXES

    suffix = path.suffix.lower()
    if suffix in SUFFIXES[kind] or not any(suffix in suffixes for suffixes in SUFFIXES.values()):
        return []
    return [
        Notice(
            "kind-differs",
            "{file} is not what its name says: it was read as {kind}.",
            {"file": path.name, "kind": kind},
        )
    ]


def _renamed(notice: Notice, was: str, name: str) -> dict[str, object]:
    """What a notice says, of the file as the analyst knows it."""
    values = dict(notice.values)
    if str(values.get("file", "")).startswith(was):
        values["file"] = name + str(values["file"]).removeprefix(was)
    return values


def about(found: Extract) -> list[Notice]:
    """What is to be said of any table: that it has no rows, no header, or quotes that may have swallowed records."""
    said, named = [], {"file": found.name}
    if found.rows == 0:
        said.append(Notice("file-without-rows", "{file} has a header but no rows.", named))
    if found.titles:
        said.append(
            Notice(
                "titles-left-out",
                "{file}: title lines above the header were left out: {count}.",
                {"file": found.name, "count": found.titles},
            )
        )
    if found.sums:
        said.append(
            Notice(
                "totals-left-out",
                "{file}: rows that are sums of others were left out: {count}.",
                {"file": found.name, "count": found.sums},
            )
        )
    if not found.headed:
        said.append(
            Notice(
                "no-header", "{file} has no header; its columns are called column_1 and so on.", {"file": found.name}
            )
        )
    if found.hiding:
        lines = [str(line) for line in found.hiding]
        shown = ", ".join(lines if len(lines) <= _SHOWN else [*lines[:_SHOWN], "..."])
        said.append(
            Notice(
                "quotes-hide-records",
                "{file}: a quoted value runs over line ends and holds as many delimiters as a record; two stray "
                "quotation marks may have swallowed records there: lines {lines} ({count}).",
                {**named, "lines": shown, "count": len(lines)},
            )
        )
    return said
