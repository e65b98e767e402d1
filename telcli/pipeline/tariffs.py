"""The table of tariffs that recommend-offers goes by."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from telcli.errors import DataError, MissingInputError
from telcli.pipeline.one_table import one_table

__all__ = ["own_tariffs"]


def own_tariffs(place: Path) -> dict[str, Any]:
    """The rows of the file, as `telcli.pipeline.one_table` gives them, with what it raises."""
    return one_table(place, _absent, _several)


def _absent(place: Path) -> MissingInputError:
    return MissingInputError(
        "tariffs-missing",
        "{file}, the table of tariffs, does not exist.",
        hint="Name it with --tariffs FILE, or in [recommend-offers] tariffs; docs/offers.md lists its columns.",
        file=str(place),
    )


def _several(file: str, count: int) -> DataError:
    return DataError(
        "tariffs-several",
        "{file} holds {count} tables; tariffs are read from one.",
        hint="Save the table of plans as a file of its own.",
        file=file,
        count=count,
    )
