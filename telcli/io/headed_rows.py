"""Rows of text below a header whose columns are known by their names: of a sheet or of delimited text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from telcli.io.cells import as_text
from telcli.io.csv_extract import read_csv
from telcli.tables.refused import LINE

__all__ = ["Cells", "below", "places", "text_below"]

Cells = dict[str, list[str | None]]
"""Texts by column, one for each row."""


def places(header: Sequence[str], called: Callable[[str], str]) -> dict[str, int]:
    """Where each column stands, by what it is `called`, empty where that is nothing; of two called alike the first.

    >>> places(["Offer", "note", "offer"], lambda written: "offer_id" if written.lower() == "offer" else "")
    {'offer_id': 0}
    """
    found: dict[str, int] = {}
    for at, written in enumerate(header):
        column = called(written)
        if column:
            found.setdefault(column, at)
    return found


def below(rows: Iterable[Sequence[Any]], first: int, where: Mapping[str, int]) -> tuple[list[int], Cells]:
    """The number of each row that holds anything in those columns, and its cells as text; `first` numbers the first.

    >>> below([["a", 1.0], ["", None], ["b"]], 5, {"name": 0, "cost": 1})
    ([5, 7], {'name': ['a', 'b'], 'cost': ['1', None]})
    """
    lines: list[int] = []
    cells: dict[str, list[Any]] = {column: [] for column in where}
    for number, row in enumerate(rows, start=first):
        values = [row[at] if at < len(row) else None for at in where.values()]
        if all(value is None or value == "" for value in values):
            continue
        lines.append(number)
        for column, value in zip(where, values, strict=True):
            cells[column].append(value)
    return lines, {column: as_text(values).to_list() for column, values in cells.items()}


def text_below(path: Path, scratch: Path, called: Callable[[str], str]) -> tuple[list[int], Cells]:
    """The same of delimited text, whatever its encoding: every line, and its cells in the columns that are known.

    Raises
    ------
    DataError
        It cannot be read as text.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    raw = read_csv(path, scratch, beside=True).frame.collect(engine="streaming")
    header = [column for column in raw.columns if column != LINE]
    where = places(header, called)
    return raw[LINE].to_list(), {column: raw[header[at]].to_list() for column, at in where.items()}
