"""What a written cell holds as a workbook types it: a number, a month, or words."""

from __future__ import annotations

import re
from datetime import datetime

from telcli.report.blocks import Cell
from telcli.tables.units import CURRENCIES

__all__ = ["FORMATS", "Typed", "typed"]

FORMATS = {
    "count": "#,##0",
    "count_exact": "#,##0",
    "customers": "#,##0",
    "money": "#,##0.00",
    "money_exact": "#,##0.00",
    "percent": "0.0%",
    "points": "+0.00%;-0.00%;0.00%",
    "decimal": "0.00",
    "fine": "0.000",
    "times": '0.00"x"',
    "month": "yyyy-mm",
}
"""How a number of each kind is shown, as `units.written` takes kinds; and months."""
Typed = tuple[float | datetime | str, str]
"""What a cell holds, and its kind: of FORMATS, or empty for words."""

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_BEFORE, _AFTER = ("|".join(map(re.escape, words)) for words in zip(*CURRENCIES.values(), strict=True))
_WRITTEN = re.compile(
    rf"([+\-\N{{MINUS SIGN}}]?)(?:{_BEFORE})?(\d{{1,3}}(?:,\d{{3}})+|\d+)(\.\d+)?(?:(%|x|倍)|{_AFTER})?"
)
"""Signs of currencies alone may stand before digits: what is marked below, above or about a number is no number."""
_KINDS = {"%": "percent", "x": "times", "倍": "times"}


def _cents(number: float, kind: str) -> float:
    """The number; of money whole cents: what floats leave behind them is none.

    >>> _cents(1377.509999999995, "money_exact"), _cents(0.125125, "percent")
    (1377.51, 0.125125)
    """
    return round(number, 2) if kind.startswith("money") else number


def typed(cell: Cell) -> Typed:
    """The figure behind a cell; else the month or the plain number that it is written as; else its words.

    What is written short (1.23M) stays words, since its digits are not all there, and so does a bound (<10).

    >>> typed(Cell("7,043", number=True)), typed(Cell("96.1%", number=True)), typed(Cell("1.23M", number=True))
    ((7043.0, 'count'), (0.961, 'percent'), ('1.23M', ''))
    >>> typed(Cell("2024-06")), typed(Cell("¥1,234", number=True, value=1234.4, kind="money"))
    ((datetime.datetime(2024, 6, 1, 0, 0), 'month'), (1234.4, 'money'))
    """
    if cell.value is not None:
        return _cents(cell.value, cell.kind), cell.kind
    if found := _MONTH.fullmatch(cell.text):
        return datetime(int(found[1]), int(found[2]), 1), "month"
    if not cell.number or not (written := _WRITTEN.fullmatch(cell.text)):
        return cell.text, ""
    sign, whole, part, unit = written.groups()
    number = float(sign.replace("\N{MINUS SIGN}", "-") + whole.replace(",", "") + (part or ""))
    if unit == "%":
        return round(number / 100, 9), "percent"
    digits = len(part or "") - 1
    return number, _KINDS.get(unit or "", "count" if digits < 1 else "decimal" if digits < 3 else "fine")
