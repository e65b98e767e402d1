"""The list of customers and lines that detect-fraud takes to be in order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from telcli.errors import DataError, MissingInputError
from telcli.pipeline.one_table import rows_if_any

__all__ = ["allowed"]


def allowed(place: Path) -> dict[str, Any]:
    """The rows of the file, as `telcli.pipeline.one_table` gives them, with what it raises; of an empty one none."""
    return rows_if_any(place, _absent, _several)


def _absent(place: Path) -> MissingInputError:
    return MissingInputError(
        "allow-missing",
        "{file}, the list of who is known to be in order, does not exist.",
        hint="Name it with --allow FILE, or in [detect-fraud] allow; docs/fraud.md lists its columns.",
        file=str(place),
    )


def _several(file: str, count: int) -> DataError:
    return DataError(
        "allow-several",
        "{file} holds {count} tables; who is known to be in order is read from one.",
        hint="Save the list as a file of its own.",
        file=file,
        count=count,
    )
