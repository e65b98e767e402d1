"""The workbook of a manager's tasks: what is given is locked, what is to be filled in has lists to choose from.

Every text is written as text and begins with nothing that a spreadsheet would take for a formula, here or once saved as
CSV. The same tasks give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from telcli.io.inert import STARTS
from telcli.io.saved_book import saved
from telcli.tables.masking import hidden, plain
from telcli.tables.task_sheet import CHANNELS, FILLED, GIVEN, HEADERS, RESULTS, word

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

__all__ = ["MOST", "inert", "task_book"]

MOST = 20_000
"""Tasks of one workbook."""
_TITLES = (("Tasks", "任务"), ("How to fill in", "填写说明"))
_WIDTHS = {"what": 34, "why": 44, "talk": 60, "offer": 20, "offer_given": 20, "note": 26, "task_id": 14, "customer": 16}
_WIDTH, _TALL = 13, 60
_FORMATS = {"priority": "0", "deadline": "yyyy-mm-dd", "contacted_on": "yyyy-mm-dd", "cost": "0.00"}
_WRAPPED = ("what", "why", "talk", "note")
_GREY, _YELLOW = "FFD9D9D9", "FFFFF2CC"
_LONGEST = 32_000
_YEAR = timedelta(days=366)
_HELP = (
    ("Fill in the yellow columns, one row per task; leave rows without a contact empty.",
     "请填写黄色列，每项任务一行；尚未联系的行留空。"),
    ("Result, date and channel: choose from the lists. Date: the day of the contact, such as 2024-07-03.",
     "结果、渠道从列表中选择；日期为联系当天，如 2024-07-03。"),
    ("Offer given: only where it is another one than planned. Cost: a number, without a unit.",
     "实际方案：仅在与推荐方案不同时填写。成本：只填数字，不带单位。"),
    ("Change, add and delete no rows and columns; the check code tells. Notes are not read.",
     "请勿改动、增加或删除行列，校验码会发现。备注不会被读取。"),
    ("Send the workbook back as .xlsx, or as CSV with the same columns.",
     "填好后以 .xlsx 返回，或另存为列相同的 CSV。"),
)  # fmt: skip


def inert(text: str) -> str:
    r"""A text that no spreadsheet takes for a formula: an apostrophe before what one could begin with.

    >>> inert("=1+1"), inert("C0001"), inert("\t@SUM(A1)")
    ("'=1+1", 'C0001', "'@SUM(A1)")
    """
    shown = plain(text)[:_LONGEST]
    return f"'{shown}" if shown.startswith(tuple(STARTS)) else shown


def task_book(rows: Sequence[Mapping[str, Any]], lang: str, offers: Iterable[str], channels: Iterable[str]) -> bytes:
    """A workbook of rows of retention_tasks, in the order given; `offers` and `channels` are those of the whole plan.

    Customers are shown masked where their identifier could be a number.
    """
    import openpyxl

    tongue = 1 if lang == "zh" else 0
    book = openpyxl.Workbook()
    sheet, help_sheet = book.active, book.create_sheet()
    for place, title in zip((sheet, help_sheet), _TITLES, strict=True):
        place.title = title[tongue]
    lists = _lists(help_sheet, tongue, sorted(set(offers)), sorted(set(channels)))
    _filled(sheet, rows, tongue)
    start = (rows[0]["as_of"].replace(day=1) + timedelta(days=32)).replace(day=1)
    _checked(sheet, len(rows), lists, start)
    for place in (sheet, help_sheet):
        place.protection.sheet = True  # without a password: against slips, not against people
    sheet.protection.formatColumns = sheet.protection.formatRows = sheet.protection.autoFilter = False
    return saved(book, rows[0]["as_of"])


def _filled(sheet: Worksheet, rows: Sequence[Mapping[str, Any]], tongue: int) -> None:
    """The header and a row per task."""
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    styles = _styles(sheet)
    for at, (field, names) in enumerate(HEADERS.items(), start=1):
        head = sheet.cell(1, at, names[tongue])
        head.font, head.alignment = Font(bold=True), Alignment(vertical="top", wrap_text=True)
        head.fill = PatternFill("solid", fgColor=_YELLOW if field in FILLED else _GREY)
        sheet.column_dimensions[get_column_letter(at)].width = _WIDTHS.get(field, _WIDTH)
    for line, row in enumerate(rows, start=2):
        values = _values(row, tongue)
        sheet.row_dimensions[line].height = _TALL
        for at, field in enumerate(HEADERS, start=1):
            cell = sheet.cell(line, at)
            cell.style = styles[field]
            _write(cell, values.get(field))
    sheet.freeze_panes = "D2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(HEADERS))}{len(rows) + 1}"
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"


def _styles(sheet: Worksheet) -> dict[str, str]:
    """The name of the style of each column; a style of one's own for each cell would take most of the time."""
    from openpyxl.styles import Alignment, NamedStyle, PatternFill, Protection

    found = {}
    for field in HEADERS:
        style = NamedStyle(f"telcli {field}", number_format=_FORMATS.get(field, "@"))
        style.alignment = Alignment(vertical="top", wrap_text=field in _WRAPPED)
        if field in FILLED:
            style.fill, style.protection = PatternFill("solid", fgColor=_YELLOW), Protection(locked=False)
        sheet.parent.add_named_style(style)
        found[field] = style.name
    return found


def _values(row: Mapping[str, Any], tongue: int) -> dict[str, Any]:
    """What is given of a task, by column of the sheet."""
    end = "_zh" if tongue else ""
    told = {field: row[f"{field}{end}"] for field in ("what", "why", "talk")}
    offer = row[f"offer_name{end}"] or row["offer_id"]
    found = {
        **{field: row[field] for field in ("task_id", "campaign_id", "priority", "deadline", "code")},
        **told,
        "customer": hidden(row["customer_id"]),
        "offer": offer,
        "planned": row["channel"] and word(CHANNELS, row["channel"], tongue),
    }
    return {field: found[field] for field in (*GIVEN, "code")}


def _write(cell: Any, value: Any) -> None:
    if value is None:
        return
    if isinstance(value, str):
        cell.value = inert(value)
        cell.data_type = "s"
    else:
        cell.value = value


def _lists(sheet: Worksheet, tongue: int, offers: Sequence[str], channels: Sequence[str]) -> dict[str, str]:
    """The sheet of help, with the words to choose from; where those of each column stand."""
    from openpyxl.styles import Alignment, Font

    known = dict.fromkeys([*channels, *CHANNELS])
    words = {
        "result": [word(RESULTS, code, tongue) for code in RESULTS],
        "channel": [word(CHANNELS, code, tongue) for code in known],
        "offer_given": list(offers),
    }
    sheet.column_dimensions["A"].width = 70
    for line, said in enumerate(_HELP, start=1):
        cell = sheet.cell(line, 1, said[tongue])
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    places = {}
    for at, (field, names) in enumerate(words.items(), start=3):
        letter = "ABCDEFG"[at - 1]
        sheet.column_dimensions[letter].width = 22
        sheet.cell(1, at, HEADERS[field][tongue]).font = Font(bold=True)
        for line, name in enumerate(names, start=2):
            _write(sheet.cell(line, at), name)
        if names:
            places[field] = f"'{_TITLES[1][tongue]}'!${letter}$2:${letter}${len(names) + 1}"
    return places


def _checked(sheet: Worksheet, count: int, lists: Mapping[str, str], start: date) -> None:
    """Lists to choose from, a day from the start of the plan on, a cost of 0 or more."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    days = [f"DATE({day.year},{day.month},{day.day})" for day in (start, start + _YEAR)]
    rules = {field: DataValidation(type="list", formula1=place, allow_blank=True) for field, place in lists.items()}
    rules["contacted_on"] = DataValidation(
        type="date", operator="between", formula1=days[0], formula2=days[1], allow_blank=True
    )
    rules["cost"] = DataValidation(type="decimal", operator="greaterThanOrEqual", formula1="0", allow_blank=True)
    fields = list(HEADERS)
    for field, rule in rules.items():
        rule.showErrorMessage = True
        letter = get_column_letter(fields.index(field) + 1)
        rule.add(f"{letter}2:{letter}{count + 1}")
        sheet.add_data_validation(rule)
