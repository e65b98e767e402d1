"""A file beside the tables that holds one table, whatever its kind, as rows of text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from telcli.errors import DataError, MissingInputError
from telcli.io.given_file import refuse_large, refuse_special

__all__ = ["one_table", "rows_if_any"]

MOST = 1 << 28
"""Bytes of such a file: its rows are taken into memory."""
_EMPTY = ("empty-file", "header-only")
"""What is said of files without rows."""


def one_table(
    place: Path, absent: Callable[[Path], MissingInputError], several: Callable[[str, int], DataError]
) -> dict[str, Any]:
    """The rows of the file, whatever its kind: ``file`` (its name), ``columns``, ``cells`` and ``lines`` (of each row).

    Raises
    ------
    MissingInputError
        There is no such file: what `absent` makes of it.
    DataError
        It cannot be read, or holds several tables: then what `several` makes of its name and their number.
    """
    if not place.is_file():
        refuse_special(place)
        raise absent(place)
    refuse_large(place, MOST)
    from telcli.io.scratch import scratch
    from telcli.pipeline.opening import open_file

    with scratch() as folder:
        found, _ = open_file(place.name, place, folder)
        if len(found) != 1:
            raise several(place.name, len(found))
        rows = found[0].frame.collect()
    columns = [name for name in rows.columns if not name.startswith("_")]
    cells = [list(row) for row in rows.select(columns).iter_rows()]
    return {"file": place.name, "columns": columns, "cells": cells, "lines": rows["_line"].to_list()}


def rows_if_any(
    place: Path, absent: Callable[[Path], MissingInputError], several: Callable[[str, int], DataError]
) -> dict[str, Any]:
    """As `one_table`; of a list that is empty, which is no fault of one that nothing stands in yet, no rows.

    >>> from tempfile import NamedTemporaryFile
    >>> with NamedTemporaryFile(suffix=".csv") as file:
    ...     rows_if_any(Path(file.name), MissingInputError, DataError)["cells"]
    []
    """
    try:
        return one_table(place, absent, several)
    except DataError as error:
        if error.code not in _EMPTY:
            raise
    return {"file": place.name, "columns": [], "cells": [], "lines": []}
