"""The working directory that somebody names, on the command line or from Python."""

from __future__ import annotations

from pathlib import Path

from telcli.errors import UsageError

__all__ = ["refuse_unfit"]


def refuse_unfit(place: Path) -> None:
    """Raise where a path cannot be a working directory.

    Raises
    ------
    UsageError
        It is a file, or its name is bytes that are no UTF-8.

    >>> refuse_unfit(Path("work"))
    """
    if place.exists() and not place.is_dir():
        raise UsageError(
            "workdir-file",
            "The working directory {workdir} is a file, not a directory.",
            hint="Name a directory with -w.",
            workdir=str(place),
        )
    if any("\ud800" <= letter <= "\udfff" for letter in str(place.absolute())):
        raise UsageError(
            "workdir-bytes",
            "The name of the working directory {workdir} is no UTF-8 text, which Parquet needs.",
            hint="Rename it, or name another with -w.",
            workdir=str(place),
        )
