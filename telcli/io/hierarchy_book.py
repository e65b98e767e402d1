"""A workbook of indicators and judgements: one sheet of the hierarchy, and a square of judgements for each node.

The sheet of the hierarchy has a row per item; a sheet of judgements is called by its node, or ``node (expert)``, and
holds labels in the first row and column. Labels are the items' keys or names, English or Chinese. An empty cell is a
judgement not made; below the diagonal cells may be empty, else they agree with those above.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from telcli.errors import DataError, MissingInputError
from telcli.io.kinds import WORKBOOKS, kind_of
from telcli.io.workbook import sheets
from telcli.tables.hierarchy import BETTER, SCALINGS, default, judgement

__all__ = ["HEADERS", "SHEET", "WORDS", "read_hierarchy"]

Rows = list[list[Any]]
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
    """Read a workbook as the mapping that `telcli.tables.hierarchy` describes.

    Raises
    ------
    MissingInputError
        There is no such file.
    DataError
        It is no workbook, or a cell holds something else than it should; the sentence says where.
    """
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
    with tempfile.TemporaryDirectory() as scratch:
        found = {sheet.name: _trimmed(sheet.rows) for sheet in sheets(path, kind, Path(scratch)) if not sheet.hidden}
    main = next((name for name in found if name.strip().lower() in SHEET), None)
    own = _items(path.name, main, found.pop(main)) if main else {"names": {}, "items": {}, "indicators": {}}
    start = default()
    items = {**start["items"], **own["items"]}
    keys = _keys(
        items, {**start["names"], **_names(start["indicators"])}, {**own["names"], **_names(own["indicators"])}
    )
    judgements: dict[str, dict[str, list[list[Any]]]] = {}
    for name, rows in found.items():
        if rows:
            node, expert = _called(path.name, name, items, keys)
            judgements.setdefault(expert, {})[node] = _square(path.name, name, rows, items[node], keys)
    return {"source": path.name, **own, "judgements": judgements}


def _trimmed(rows: Iterator[list[Any]]) -> Rows:
    """Rows as far as they hold anything, texts without space around."""
    found = [[value.strip() if isinstance(value, str) else value for value in row] for row in rows]
    found = [[None if value == "" else value for value in row] for row in found]
    return [row for row in found if any(value is not None for value in row)]


def _items(file: str, sheet: str, rows: Rows) -> dict[str, Any]:
    """The sheet of the hierarchy: items by node, indicators, names of the others."""
    by_header = {word: field for field, words in HEADERS.items() for word in words}
    header = [by_header.get(str(value).lower()) for value in rows[0]] if rows else []
    for field in ("item", "node"):
        if field not in header:
            raise _refused(file, sheet, "1", " / ".join(HEADERS[field]), "", "a header of the first row")
    items: dict[str, list[str]] = {}
    indicators, names = {}, {}
    for row in rows[1:]:
        about = {field: str(value) for field, value in zip(header, row, strict=False) if field and value is not None}
        item, node = about.pop("item", ""), about.pop("node", "")
        for field, name in (("item", item), ("node", node)):
            if not _NAME.fullmatch(name):
                where = HEADERS[field][0]
                raise _refused(file, sheet, item or "-", where, name, "a name of letters, digits, - and _, 40 at most")
        if item in items.setdefault(node, []):
            raise _refused(file, sheet, item, HEADERS["item"][0], item, "an item of one row alone")
        items[node].append(item)
        called = {"name": about.get("name", item), "name_zh": about.get("name_zh", about.get("name", item))}
        names[item] = [called["name"], called["name_zh"]]
        if "column" in about:
            words = {field: _word(file, sheet, item, field, about.get(field)) for field in ("better", "scaling")}
            indicators[item] = {"column": about["column"], **words, **called}
    return {"items": items, "indicators": indicators, "names": {one: names[one] for one in names if one in items}}


def _word(file: str, sheet: str, item: str, field: str, value: str | None) -> str:
    choices = BETTER if field == "better" else SCALINGS
    if value is None:
        return choices[0]
    for key in choices:
        if value.lower() in WORDS[key]:
            return key
    wanted = ", ".join(word for key in choices for word in WORDS[key])
    raise _refused(file, sheet, item, HEADERS[field][0], value, f"one of {wanted}")


def _names(indicators: Mapping[str, Mapping[str, str]]) -> dict[str, list[str]]:
    return {item: [about["name"], about["name_zh"]] for item, about in indicators.items()}


def _keys(items: Mapping[str, Sequence[str]], *named: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """What an item may be called -> its key, the key itself before any name."""
    every = [*items, *(item for below in items.values() for item in below)]
    called = {word.lower(): item for names in named for item, words in names.items() for word in words if item in every}
    return {**called, **{item.lower(): item for item in every}}


def _called(file: str, sheet: str, items: Mapping[str, Sequence[str]], keys: Mapping[str, str]) -> tuple[str, str]:
    """The node and the expert that a sheet is called by."""
    found = _CALLED.fullmatch(sheet)
    node = keys.get((found[1] if found else sheet).lower(), "")
    if node not in items:
        raise DataError(
            "hierarchy-sheet-unknown",
            "{file}: the sheet {sheet} is called like nothing that items belong to.",
            hint="Call it by one of {known}, an expert in brackets behind: goal (Wang); hide other sheets.",
            file=file,
            sheet=sheet,
            known=", ".join(items),
        )
    return node, (found[2] or "" if found else "")


def _square(file: str, sheet: str, rows: Rows, items: Sequence[str], keys: Mapping[str, str]) -> list[list[Any]]:
    """The judgements of one sheet, each pair once."""
    across = [_label(file, sheet, "1", value, items, keys) for value in rows[0][1:] if value is not None]
    found: dict[tuple[str, str], float] = {}
    for row in rows[1:]:
        one = _label(file, sheet, str(row[0]), row[0], items, keys)
        for other, value in zip(across, row[1:], strict=False):
            if value is None:
                continue
            number = _number(file, sheet, one, other, value)
            if one == other and number != 1:
                raise _refused(file, sheet, one, other, value, "1, an item against itself")
            again = found.get((other, one))
            if again is not None and abs(again * number - 1) > _CLOSE:
                wanted = f"1 divided by {again:.3g}, which stands across the diagonal, or empty"
                raise _refused(file, sheet, one, other, value, wanted)
            if again is None and one != other:
                found[one, other] = number
    return [[one, other, value] for (one, other), value in found.items()]


def _label(file: str, sheet: str, row: str, value: Any, items: Sequence[str], keys: Mapping[str, str]) -> str:
    item = keys.get(str(value).lower(), "")
    if item not in items:
        raise _refused(file, sheet, row, "label", value, f"one of {', '.join(items)}")
    return item


def _number(file: str, sheet: str, row: str, column: str, value: Any) -> float:
    wanted = "a number from 1/9 to 9, such as 3 or 1/3"
    if isinstance(value, datetime | date):
        raise _refused(file, sheet, row, column, value, wanted + "; a spreadsheet made a day of it, write '1/3 or =1/3")
    number = judgement(value)
    if number is None:
        raise _refused(file, sheet, row, column, value, wanted)
    return number


def _refused(file: str, sheet: str, row: str, column: str, value: Any, wanted: str) -> DataError:
    shown = str(value)[:40]
    return DataError(
        "hierarchy-cell",
        "{file}, sheet {sheet}, row {row}, column {column}: {value} must be {wanted}.",
        hint="A workbook that is right, to compare with: telcli score-value --write-hierarchy FILE.xlsx",
        file=file,
        sheet=sheet,
        row=row,
        column=column,
        value="".join(letter if letter.isprintable() else "�" for letter in shown) or '""',
        wanted=wanted,
    )
