"""A workbook of indicators and judgements: one sheet of the hierarchy, and a square of judgements for each node.

The sheet of the hierarchy has a row per item; a sheet of judgements is called by its node, or ``node (expert)``, and
holds labels in the first row and column. Labels are the items' keys or names, English or Chinese. An empty cell is a
judgement not made; below the diagonal cells may be empty, else they agree with those above.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from telcli.errors import DataError, MissingInputError
from telcli.io.given_file import refuse_book
from telcli.io.kinds import WORKBOOKS, kind_of
from telcli.io.scratch import scratch
from telcli.io.workbook import sheets
from telcli.tables.hierarchy import BETTER, SCALINGS, default, judgement

__all__ = ["HEADERS", "SHEET", "WORDS", "read_hierarchy"]

Rows = list[tuple[int, list[Any]]]
"""Rows that hold anything, each with its number in the sheet."""
SHEET = ("hierarchy", "指标体系")
HEADERS = {
    "item": ("item", "指标"),
    "node": ("belongs to", "上级"),
    "column": ("column", "字段"),
    "better": ("better", "方向"),
    "scaling": ("scaling", "评分方式"),
    "name": ("name", "英文名称"),
    "name_zh": ("name_zh", "中文名称"),
}
WORDS = {
    **dict(zip(BETTER, (("more", "越大越好"), ("less", "越小越好")), strict=True)),
    **dict(zip(SCALINGS, (("rank", "百分位"), ("range", "极差")), strict=True)),
}
_CALLED = re.compile(r"\s*(.*?)\s*(?:[(（]\s*(.*?)\s*[)）])?\s*")
_NAME = re.compile(r"[\w-]{1,40}")
_CLOSE = 0.03
"""How far a cell may be from 1 divided by the one across the diagonal: 0.33 says 1/3."""


def read_hierarchy(path: Path) -> dict[str, Any]:
    """Read a workbook as the mapping that `telcli.tables.hierarchy` describes, with where its words stand.

    Raises
    ------
    MissingInputError
        There is no such file.
    DataError
        It is no workbook, or a cell holds something else than it should; the sentence says where.
    """
    refuse_book(path)
    if not path.is_file():
        raise MissingInputError(
            "hierarchy-missing",
            "{file}, the hierarchy named in [score-value], does not exist.",
            hint="Write one to fill in: telcli score-value --write-hierarchy {file}",
            file=str(path),
        )
    kind = kind_of(path)
    if kind not in WORKBOOKS:
        raise DataError(
            "hierarchy-no-workbook",
            "{file}, the hierarchy named in [score-value], is no workbook.",
            hint="Write one to fill in: telcli score-value --write-hierarchy FILE.xlsx",
            file=path.name,
        )
    with scratch() as folder:
        found = {sheet.name: _trimmed(sheet.rows) for sheet in sheets(path, kind, folder) if not sheet.hidden}
    main = next((name for name in found if name.strip().lower() in SHEET), None)
    nothing: dict[str, Any] = {"names": {}, "items": {}, "indicators": {}, "cells": {}}
    own = _items(path.name, main, found.pop(main)) if main else nothing
    start = default()
    items = {**start["items"], **own["items"]}
    keys = _keys(
        items, {**start["names"], **_names(start["indicators"])}, {**own["names"], **_names(own["indicators"])}
    )
    judgements: dict[str, dict[str, list[list[Any]]]] = {}
    places: dict[str, dict[str, dict[str, Any]]] = {}
    for name, rows in found.items():
        if not rows and _node(name, keys) not in items:
            continue  # the empty sheets that spreadsheet programs add
        node, expert = _called(path.name, name, items, keys)
        square = _Square(path.name, name, items[node], keys)
        judgements.setdefault(expert, {})[node] = square.read(rows)
        places.setdefault(expert, {})[node] = {"sheet": name, "labels": square.labels, "cells": square.cells}
    _apart(path.name, places)
    return {"source": path.name, **own, "judgements": judgements, "places": places}


def _apart(file: str, places: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> None:
    """See that no sheet without an expert stands beside those of experts: it would count as one more."""
    for node, about in places.get("", {}).items():
        others = [nodes[node]["sheet"] for expert, nodes in sorted(places.items()) if expert and node in nodes]
        if others:
            raise DataError(
                "hierarchy-sheet-beside",
                "{file}: the sheet {sheet} stands beside those of experts on the same: {others}. It would count as one "
                "more expert.",
                hint="Delete or hide it, or put an expert behind: {sheet} (Wang).",
                file=file,
                sheet=about["sheet"],
                others=", ".join(others),
            )


def _trimmed(rows: Iterator[list[Any]]) -> Rows:
    """Rows as far as they hold anything, texts without space around."""
    found = [[value.strip() if isinstance(value, str) else value for value in row] for row in rows]
    found = [[None if value == "" else value for value in row] for row in found]
    return [(number, row) for number, row in enumerate(found, start=1) if any(value is not None for value in row)]


def _items(file: str, sheet: str, rows: Rows) -> dict[str, Any]:
    """The sheet of the hierarchy: items by node, indicators, names of the others, and the cell of each one's column."""
    by_header = {word: field for field, words in HEADERS.items() for word in words}
    heads = [str(value) for value in rows[0][1]] if rows else []
    header = [by_header.get(value.lower()) for value in heads]
    for field in ("item", "node"):
        if field not in header:
            raise _refused((file, sheet, "A1"), "1", " / ".join(HEADERS[field]), "", "a header of the first row")

    def refused(field: str, item: str, value: str, wanted: str) -> DataError:
        at = header.index(field)
        return _refused((file, sheet, _cell(number, at)), item or "-", heads[at], value, wanted)

    items: dict[str, list[str]] = {}
    indicators, names, cells = {}, {}, {}
    for number, row in rows[1:]:
        about = {field: str(value) for field, value in zip(header, row, strict=False) if field and value is not None}
        item, node = about.pop("item", ""), about.pop("node", "")
        for field, name in (("item", item), ("node", node)):
            if not _NAME.fullmatch(name):
                raise refused(field, item, name, "a name of letters, digits, - and _, 40 at most")
        if item in items.setdefault(node, []):
            raise refused("item", item, item, "an item of one row alone")
        items[node].append(item)
        cells[item] = [sheet, _cell(number, header.index("column" if "column" in header else "item"))]
        called = {"name": about.get("name", item), "name_zh": about.get("name_zh", about.get("name", item))}
        names[item] = [called["name"], called["name_zh"]]
        if "column" in about:
            words = {field: _word(field, about.get(field)) for field in ("better", "scaling")}
            if field := next((field for field, word in words.items() if not word), ""):
                wanted = ", ".join(one for key in _choices(field) for one in WORDS[key])
                raise refused(field, item, about[field], f"one of {wanted}")
            indicators[item] = {"column": about["column"], **words, **called}
    names = {one: names[one] for one in names if one in items}
    return {"items": items, "indicators": indicators, "names": names, "cells": cells}


def _choices(field: str) -> tuple[str, ...]:
    return BETTER if field == "better" else SCALINGS


def _word(field: str, value: str | None) -> str:
    """What a word of the sheet says; nothing where it is none of those there are."""
    if value is None:
        return _choices(field)[0]
    return next((key for key in _choices(field) if value.lower() in WORDS[key]), "")


def _cell(row: int, column: int) -> str:
    """The name of a cell: row from 1, column from 0.

    >>> _cell(2, 3), _cell(1, 27)
    ('D2', 'AB1')
    """
    letters, rest = "", column + 1
    while rest:
        rest, at = divmod(rest - 1, 26)
        letters = chr(ord("A") + at) + letters
    return f"{letters}{row}"


def _names(indicators: Mapping[str, Mapping[str, str]]) -> dict[str, list[str]]:
    return {item: [about["name"], about["name_zh"]] for item, about in indicators.items()}


def _keys(items: Mapping[str, Sequence[str]], *named: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """What an item may be called -> its key, the key itself before any name."""
    every = [*items, *(item for below in items.values() for item in below)]
    called = {word.lower(): item for names in named for item, words in names.items() for word in words if item in every}
    return {**called, **{item.lower(): item for item in every}}


def _node(sheet: str, keys: Mapping[str, str]) -> str:
    """The item that a sheet is called by; nothing where there is none."""
    found = _CALLED.fullmatch(sheet)
    return keys.get((found[1] if found else sheet).lower(), "")


def _called(file: str, sheet: str, items: Mapping[str, Sequence[str]], keys: Mapping[str, str]) -> tuple[str, str]:
    """The node and the expert that a sheet is called by."""
    found, node = _CALLED.fullmatch(sheet), _node(sheet, keys)
    if node not in items:
        raise DataError(
            "hierarchy-sheet-unknown",
            "{file}: the sheet {sheet} is called like nothing that items belong to.",
            hint="Call it by one of {known}, an expert in brackets behind: goal (Wang); hide other sheets.",
            file=file,
            sheet=sheet,
            known=", ".join(_as_said(items, keys, sheet)),
        )
    return node, (found[2] or "" if found else "")


class _Square:
    """The judgements of one sheet, and where they stand.

    `labels` holds what the sheet calls each item, `cells` the cell of each pair in the order of row and column.
    """

    def __init__(self, file: str, sheet: str, items: Sequence[str], keys: Mapping[str, str]) -> None:
        self._file, self._sheet, self._items, self._keys = file, sheet, items, keys
        self.labels: dict[str, str] = {}
        self.cells: dict[str, str] = {}

    def read(self, rows: Rows) -> list[list[Any]]:
        """Each pair once."""
        if not rows:
            return []
        top, first = rows[0]
        across = {at: self._label(top, at, value) for at, value in enumerate(first) if at and value is not None}
        found: dict[tuple[str, str], float] = {}
        for number, row in rows[1:]:
            one = self._label(number, 0, row[0])
            for at, other in across.items():
                self.cells[f"{one} : {other}"] = _cell(number, at)
                if at < len(row) and row[at] is not None:
                    self._judged(one, other, row[at], found)
        return [[one, other, value] for (one, other), value in found.items()]

    def _judged(self, one: str, other: str, value: Any, found: dict[tuple[str, str], float]) -> None:
        number = self._number(one, other, value)
        if one == other and number != 1:
            raise self._wrong(one, other, value, "1, an item against itself")
        again = found.get((other, one))
        if again is not None and abs(again * number - 1) > _CLOSE:
            wanted = f"1 divided by {again:.3g}, which stands across the diagonal, or empty"
            raise self._wrong(one, other, value, wanted)
        if again is None and one != other:
            found[one, other] = number

    def _label(self, row: int, column: int, value: Any) -> str:
        item = self._keys.get(str(value).lower(), "")
        if item not in self._items:
            shown = "" if value is None else value
            known = ", ".join(_as_said(self._items, self._keys, "".join(self.labels.values()) + self._sheet))
            place = self._file, self._sheet, _cell(row, column)
            raise _refused(place, str(row), _cell(row, column).rstrip("0123456789"), shown, f"one of {known}")
        self.labels.setdefault(item, str(value))
        return item

    def _number(self, row: str, column: str, value: Any) -> float:
        wanted = "a number from 1/9 to 9, such as 3 or 1/3"
        if isinstance(value, datetime | date):
            day = "; a spreadsheet made a day of it, write '1/3 or =1/3"
            raise self._wrong(row, column, value, wanted + day)
        number = judgement(value)
        if number is None:
            raise self._wrong(row, column, value, wanted)
        return number

    def _wrong(self, one: str, other: str, value: Any, wanted: str) -> DataError:
        place = self._file, self._sheet, self.cells[f"{one} : {other}"]
        return _refused(place, self.labels[one], self.labels[other], value, wanted)


def _as_said(items: Iterable[str], keys: Mapping[str, str], beside: str) -> list[str]:
    """Items in the language of what stands beside: their Chinese names where that is Chinese, else their keys."""
    if beside.isascii():
        return list(items)
    names = {item: word for word, item in keys.items() if not word.isascii()}
    return [names.get(item, item) for item in items]


def _refused(place: tuple[str, str, str], row: str, column: str, value: Any, wanted: str) -> DataError:
    """What is wrong with a cell: of which file and sheet, what its row and column are called."""
    file, sheet, cell = place
    shown = str(value)[:40]
    return DataError(
        "hierarchy-cell",
        "{file}, sheet {sheet}, cell {cell} (row {row}, column {column}): {value} must be {wanted}.",
        hint="A workbook that is right, to compare with: telcli score-value --write-hierarchy FILE.xlsx",
        file=file,
        sheet=sheet,
        cell=cell,
        row=row,
        column=column,
        value="".join(letter if letter.isprintable() else "�" for letter in shown) or '""',
        wanted=wanted,
    )
