"""A workbook of indicators and judgements to fill in, as `telcli.io.hierarchy_book` reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from telcli.io.hierarchy_book import HEADERS, SHEET, WORDS

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

__all__ = ["write_hierarchy"]

_MADE = date(2000, 1, 1)
"""The day of its making that a workbook tells: the same ones are the same bytes."""
_WIDE = 1.3
"""Columns of a sheet per letter, wide ones too."""


def write_hierarchy(path: Path, hierarchy: Mapping[str, Any], lang: str) -> None:
    """Write a hierarchy with the judgements it has; `lang` is that of labels, en or zh.

    Squares are filled above the diagonal; what stands below follows from it and is left empty.
    """
    import openpyxl

    from telcli.io.saved_book import saved

    tongue = 1 if lang == "zh" else 0
    book = openpyxl.Workbook()
    main = book.active
    main.title = SHEET[tongue]
    main.append([words[tongue] for words in HEADERS.values()])
    for row in _item_rows(hierarchy, tongue):
        main.append(row)
    labels = _labels(hierarchy, tongue)
    for expert, nodes in hierarchy["judgements"].items():
        for node, pairs in nodes.items():
            sheet = book.create_sheet(f"{labels[node]} ({expert})" if expert else labels[node])
            for row in _square(hierarchy["items"][node], pairs, labels):
                sheet.append(row)
    for sheet in book.worksheets:
        _dressed(sheet)
    path.write_bytes(saved(book, _MADE))


def _item_rows(hierarchy: Mapping[str, Any], tongue: int) -> list[list[Any]]:
    rows = []
    for node, items in hierarchy["items"].items():
        for item in items:
            about = hierarchy["indicators"].get(item, {})
            words = [WORDS[about[field]][tongue] if about else None for field in ("better", "scaling")]
            names = hierarchy["names"].get(item, (None, None))
            called = [about.get("name", names[0]), about.get("name_zh", names[1])]
            rows.append([item, node, about.get("column"), *words, *called])
    return rows


def _square(items: Sequence[str], pairs: Sequence[Sequence[Any]], labels: Mapping[str, str]) -> list[list[Any]]:
    made = {(one, other): value for one, other, value in pairs}
    made |= {(other, one): 1 / value for one, other, value in pairs}
    rows: list[list[Any]] = [[None, *(labels[item] for item in items)]]
    for row, one in enumerate(items):
        cells: list[Any] = [None] * row + [1]
        cells += [_written(made.get((one, other))) for other in items[row + 1 :]]
        rows.append([labels[one], *cells])
    return rows


def _labels(hierarchy: Mapping[str, Any], tongue: int) -> dict[str, str]:
    """What each item is called on the sheets: in English by its key, since names of sheets are short."""
    chinese = {item: words[1] for item, words in hierarchy["names"].items()}
    chinese |= {item: about["name_zh"] for item, about in hierarchy["indicators"].items()}
    every = [*hierarchy["items"], *(item for below in hierarchy["items"].values() for item in below)]
    return {item: chinese.get(item, item) if tongue else item for item in every}


def _dressed(sheet: Worksheet) -> None:
    """Bold labels, columns as wide as what is in them, and cells of text: 1/3 would be taken for a day."""
    from openpyxl.styles import Font

    for cell in (*sheet[1], *sheet["A"]):
        cell.font = Font(bold=True)
    for column in sheet.columns:
        longest = max(len(str(cell.value or "")) for cell in column)
        sheet.column_dimensions[column[0].column_letter].width = 2 + _WIDE * longest
    for row in sheet.iter_rows(min_row=2, min_col=2):
        for cell in row:
            cell.number_format = "@"


def _written(value: float | None) -> Any:
    """A judgement as it is written into a cell: a number, or text such as 1/3.

    >>> _written(3.0), _written(0.25), _written(2.5), _written(None)
    (3, '1/4', 2.5, None)
    """
    if value is None:
        return None
    if value >= 1:
        return int(value) if value == int(value) else value
    turned = round(1 / value, 9)
    return f"1/{turned:.0f}" if turned == int(turned) else value
