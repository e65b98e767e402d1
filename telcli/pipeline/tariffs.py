"""The table of tariffs that recommend-offers goes by."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from telcli.errors import DataError, MissingInputError

__all__ = ["own_tariffs"]


def own_tariffs(place: Path) -> dict[str, Any]:
    """The rows of the file, whatever its kind: ``file`` (its name), ``columns``, ``cells`` and ``lines`` (of each row).

    Raises
    ------
    MissingInputError
        There is no such file.
    DataError
        It cannot be read, or holds several tables.
    """
    if not place.is_file():
        raise MissingInputError(
            "tariffs-missing",
            "{file}, the table of tariffs, does not exist.",
            hint="Name it with --tariffs FILE, or in [recommend-offers] tariffs; docs/offers.md lists its columns.",
            file=str(place),
        )
    from telcli.pipeline.opening import open_file

    with TemporaryDirectory() as scratch:
        found, _ = open_file(place.name, place, Path(scratch))
        if len(found) != 1:
            raise DataError(
                "tariffs-several",
                "{file} holds {count} tables; tariffs are read from one.",
                hint="Save the table of plans as a file of its own.",
                file=place.name,
                count=len(found),
            )
        rows = found[0].frame.collect()
    columns = [name for name in rows.columns if not name.startswith("_")]
    cells = [list(row) for row in rows.select(columns).iter_rows()]
    return {"file": place.name, "columns": columns, "cells": cells, "lines": rows["_line"].to_list()}
