"""A file for others, outside the working directory: whole or not there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from telcli.errors import UsageError
from telcli.io.durable import named
from telcli.io.scratch import scratch
from telcli.pipeline.storing import storing

__all__ = ["placed", "whole_file"]


def placed(command: str, workdir: Path, place: Path, endings: Sequence[str]) -> None:
    """Refuse a place that a command's file cannot go to.

    Raises
    ------
    UsageError
        Its ending is none of those known, there is no such folder, or it lies in the working directory.
    """
    if place.suffix.lower() not in endings:
        raise UsageError(
            "export-ending",
            "telcli {command} writes {known}; the name {file} ends in none of them.",
            hint="Name a file such as scores.csv or scores.xlsx.",
            command=command,
            known=", ".join(endings),
            file=place.name,
        )
    if not place.parent.is_dir():
        raise UsageError(
            "export-no-folder",
            "There is no folder {folder} to write {file} to.",
            hint="Make it with mkdir, or name another.",
            folder=str(place.parent),
            file=place.name,
        )
    if workdir.resolve() in place.resolve().parents:
        raise UsageError(
            "export-inside",
            "{file} lies in the working directory, which holds telcli's own tables alone.",
            hint="Name a file elsewhere.",
            file=str(place),
        )


@contextmanager
def whole_file(place: Path, *, fresh: bool = False) -> Iterator[Path]:
    """Where to write a file meanwhile; it takes the place of an earlier one once the block ends without an error.

    It is in a folder of its own beside, where further files may be meanwhile. A link stays one, to the new file; who
    may read the earlier file may read the new one, and nobody else. With `fresh` an earlier file is kept.

    Raises
    ------
    FileExistsError
        With `fresh`, there is a file already.
    TelcliError
        The file system would not take it.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     with whole_file(Path(folder) / "a.csv") as part:
    ...         _ = part.write_text("a")
    ...     [one.name for one in Path(folder).iterdir()]
    ['a.csv']
    """
    target = place.resolve() if place.is_symlink() else place
    taken: FileExistsError | None = None
    with storing(place), scratch(target.parent) as folder:
        part = folder / target.name
        yield part
        with suppress(FileNotFoundError):
            part.chmod(target.stat().st_mode & 0o777)
        try:
            named(part, target, fresh=fresh)
        except FileExistsError as error:
            taken = error
    if taken:
        raise taken
