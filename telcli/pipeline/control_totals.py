"""Control totals that the operator holds: rows of a file, or tables of a TOML file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from telcli.errors import DataError, MissingInputError
from telcli.io.given_file import refuse_special
from telcli.pipeline.one_table import rows_if_any
from telcli.settings import TomlError, toml_text, toml_values

__all__ = ["totals_of"]

_COLUMNS = ("month", "metric", "amount", "tolerance")
_TABLE = "control"


def totals_of(place: Path) -> dict[str, Any]:
    """The rows of the file, as `telcli.pipeline.one_table` gives them; of TOML those of its ``[[control]]`` tables.

    Raises
    ------
    MissingInputError
        There is no such file.
    DataError
        It cannot be read, holds several tables, or as TOML none called control.
    """
    if place.suffix.lower() != ".toml":
        return rows_if_any(place, _absent, _several)
    refuse_special(place)
    if not place.is_file():
        raise _absent(place)
    try:
        rows = toml_values(toml_text(place)).get(_TABLE)
    except (TomlError, UnicodeDecodeError):
        rows = None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise DataError(
            "control-toml",
            "{file} holds no tables called control.",
            hint='Write each total as: [[control]] month = "2024-06", metric = "revenue", amount = 1234567.89',
            file=place.name,
        )
    cells = [[row.get(name) for name in _COLUMNS] for row in rows]
    return {"file": place.name, "columns": list(_COLUMNS), "cells": cells, "lines": list(range(1, len(rows) + 1))}


def _absent(place: Path) -> MissingInputError:
    return MissingInputError(
        "control-missing",
        "{file}, the file of control totals, does not exist.",
        hint="Name a file of month, metric, amount and tolerance: --control FILE",
        file=str(place),
    )


def _several(file: str, count: int) -> DataError:
    return DataError(
        "control-several",
        "{file} holds {count} tables; control totals are read from one.",
        hint="Save it as a file of its own.",
        file=file,
        count=count,
    )
