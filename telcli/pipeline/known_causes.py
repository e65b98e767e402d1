"""Files of rows that monitor goes by: what is known to come, and which alerts somebody has seen to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from telcli.errors import DataError, MissingInputError
from telcli.pipeline.one_table import rows_if_any

__all__ = ["rows_of"]


def rows_of(place: Path) -> dict[str, Any]:
    """The rows of the file, as `telcli.pipeline.one_table` gives them, with what it raises; of an empty one none."""
    return rows_if_any(place, _absent, _several)


def _absent(place: Path) -> MissingInputError:
    return MissingInputError(
        "known-missing",
        "{file}, a list that monitor goes by, does not exist.",
        hint="Name a file of entity, metric, from, to and reason: --known FILE; or --acknowledged FILE",
        file=str(place),
    )


def _several(file: str, count: int) -> DataError:
    return DataError(
        "known-several",
        "{file} holds {count} tables; such a list is read from one.",
        hint="Save it as a file of its own.",
        file=file,
        count=count,
    )
