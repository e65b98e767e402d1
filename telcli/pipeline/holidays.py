"""The file of holidays that monitor and dunning go by, as TOML or as a table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from telcli.errors import DataError, MissingInputError
from telcli.io.given_file import refuse_special
from telcli.pipeline.known_causes import rows_of
from telcli.settings import TomlError, toml_text, toml_values

__all__ = ["holidays_of"]


def holidays_of(place: Path) -> dict[str, Any]:
    """What is in the file: ``file`` (its name), and ``toml``, or ``columns``, ``cells`` and ``lines`` of a table.

    Raises
    ------
    MissingInputError
        There is no such file.
    DataError
        It cannot be read.
    """
    refuse_special(place)
    if not place.is_file():
        raise MissingInputError(
            "holidays-missing",
            "{file}, the calendar that the setting holidays names, does not exist.",
            hint='Name a file of date and kind (holiday, working), or "china" or "weekends".',
            file=str(place),
        )
    if place.suffix.lower() != ".toml":
        return rows_of(place)
    try:
        return {"file": place.name, "toml": toml_values(toml_text(place))}
    except (TomlError, UnicodeDecodeError) as error:
        raise DataError(
            "holidays-toml",
            "{file} is not TOML that can be read.",
            hint='Write it as: holiday = ["2024-10-01..2024-10-07"], and working = [...] on a line of its own.',
            file=place.name,
        ) from error
