"""The files that the command line of a stage other than ingest names: read by a module of `telcli.io`."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from telcli.errors import UsageError
from telcli.pipeline.opening import discreetly
from telcli.pipeline.source_names import kept_as, to_be_hidden
from telcli.pipeline.sources import Source, files_of
from telcli.pipeline.stage import Stage
from telcli.tables.file_names import called
from telcli.tables.opened import Opened

__all__ = ["FILE", "opened", "prints"]

FILE = "file "
"""What the hash of such a file is called by, before its name, among what a result depends on."""


def opened(stage: Stage, sources: Sequence[Source], scratch: Path) -> tuple[Opened, ...]:
    """Read each file, or each file of a folder, by the stage's own reader, in the order of their names.

    Raises
    ------
    MissingInputError
        A path does not exist.
    UsageError
        One is the address of a database.
    DataError
        A file is not what the stage reads.
    """
    reader = import_module(f"telcli.io.{stage.opens}")
    found: list[Opened] = []
    files, notices = files_of(_paths(sources))
    names = kept_as(files, ())
    notices = [dataclasses.replace(one, values=called(one.values, to_be_hidden([one]))) for one in notices]
    for number, (name, path) in enumerate((names[name], path) for name, path in files.items()):
        with discreetly():
            one: Opened = reader.read(name, path, scratch / f"file-{number}")
        found.append(dataclasses.replace(one, notices=(*notices, *one.notices)))
        notices = []
    return tuple(found)


def prints(sources: Sequence[Source]) -> dict[str, str]:
    """SHA-256 of each file that `opened` would read."""
    from telcli.io.digest import sha256_of

    files = files_of(_paths(sources))[0]
    names = kept_as(files, ())
    return {f"{FILE}{names[name]}": sha256_of(path) for name, path in files.items()}


def _paths(sources: Sequence[Source]) -> list[Path]:
    for source in sources:
        if isinstance(source, str):
            raise UsageError(
                "no-database-here",
                "{source} is no file: this command reads files and folders alone.",
                source=_bare(source),
            )
    return [path for source in sources if isinstance(source, Path) for path in _folders(source)]


def _folders(path: Path) -> list[Path]:
    """A file or folder; of a folder that holds folders alone, such as tasks/, those that hold files."""
    if not path.is_dir() or _holds_files(path):
        return [path]
    return [place for place in sorted(path.iterdir()) if place.is_dir() and _holds_files(place)] or [path]


def _holds_files(folder: Path) -> bool:
    return not folder.name.startswith(".") and any(place.is_file() for place in folder.iterdir())


def _bare(address: str) -> str:
    """What kind of database an address is of: the rest may hold a password.

    >>> _bare("postgresql://ann:secret@db/crm")
    'postgresql://...'
    """
    return address.partition("://")[0] + "://..."
