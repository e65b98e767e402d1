"""Files of rows that monitor goes by: what is known to come, and which alerts somebody has seen to."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from telcli.errors import DataError, MissingInputError

__all__ = ["rows_of"]


def rows_of(place: Path) -> dict[str, Any]:
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
            "known-missing",
            "{file}, a list that monitor goes by, does not exist.",
            hint="Name a file of entity, metric, from, to and reason: --known FILE; or --acknowledged FILE",
            file=str(place),
        )
    from telcli.pipeline.opening import open_file

    with TemporaryDirectory() as scratch:
        found, _ = open_file(place.name, place, Path(scratch))
        if len(found) != 1:
            raise DataError(
                "known-several",
                "{file} holds {count} tables; such a list is read from one.",
                hint="Save it as a file of its own.",
                file=place.name,
                count=len(found),
            )
        rows = found[0].frame.collect()
    columns = [name for name in rows.columns if not name.startswith("_")]
    cells = [list(row) for row in rows.select(columns).iter_rows()]
    return {"file": place.name, "columns": columns, "cells": cells, "lines": rows["_line"].to_list()}
