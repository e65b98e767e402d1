"""Rows of tables that leave by a pipe or a file: told to the audit log before the first of them goes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from telcli.pipeline.audit import destination, note
from telcli.tables import contract
from telcli.tables.condition_shape import shape

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from telcli.errors import Notice
    from telcli.pipeline.show import Selection

__all__ = ["about", "taken"]

_FEW = 2


def about(found: Selection, where: str | None) -> dict[str, Any]:
    """What of a table is taken, as the audit log may keep it: no values."""
    columns = found.frame.collect_schema().names()
    known = {*columns, *(column.name for column in contract(found.table).columns())}
    return {
        "table": found.table,
        "as_of": f"{found.as_of:%Y-%m}" if found.as_of else None,
        "columns": columns,
        "where": shape(where, known),
    }


def taken(
    workdir: Path, command: str, found: Selection, where: str | None, limit: int | None, pieces: Iterator[pl.DataFrame]
) -> tuple[Iterator[pl.DataFrame], tuple[Notice, ...]]:
    """The same pieces, once the log says that they leave; of what comes in more than two the most rows there may be.

    To count all of them first would delay whoever waits for them.
    """
    first = list(islice(pieces, _FEW))
    rows = sum(piece.height for piece in first)
    known = {"rows": rows}
    if len(first) == _FEW:
        most = found.rows if limit is None else min(limit, found.rows)
        known = {"rows": most} if where is None else {"rows_at_most": most}
    told = note(workdir, command, **about(found, where), **known, to=destination(None))
    return chain(first, pieces), told
