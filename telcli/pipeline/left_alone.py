"""The list of customers who are not to be contacted, where the settings name one."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from telcli.errors import MissingInputError
from telcli.pipeline.provenance import file_sha256

__all__ = ["left_alone", "print_of"]


def left_alone(settings: Any) -> tuple[str, ...]:
    """What the first column of the file holds, each once, in order; nothing where the settings name no file.

    Raises
    ------
    MissingInputError
        There is no such file.
    DataError
        It is no text or workbook that can be read.
    """
    place = _place(settings)
    if place is None:
        return ()
    if not place.is_file():
        raise MissingInputError(
            "suppress-missing",
            "{file}, the list of customers who are not to be contacted, is no file.",
            hint="Give a file with a customer_id to a line: --suppress FILE",
            file=str(place),
        )
    from telcli.io.customer_list import customer_list

    with TemporaryDirectory() as scratch:
        return customer_list(place, Path(scratch))


def print_of(settings: Any) -> dict[str, str]:
    """Hash of the file, which results depend on; empty where it is not there."""
    place = _place(settings)
    return {} if place is None else {"list of --suppress": file_sha256(place) if place.is_file() else ""}


def _place(settings: Any) -> Path | None:
    named = getattr(settings, "suppress", "")
    return Path(named).expanduser() if named else None
