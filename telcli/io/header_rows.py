"""The names of columns: what is left of a cell of a header, and headers of two rows, groups above their parts."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

__all__ = ["Merged", "Row", "clean_name", "joined", "looks_like_data", "names_of_two", "split", "spread"]

Row = Sequence[str | None]
Merged = Sequence[tuple[tuple[int, int], tuple[int, int]]]

_DATUM = re.compile(
    r"[+-]?[\d.,:/%年月日 -]*\d[\d.,:/%年月日 -]*|\d{4}-\d\d-\d\dT[\d:.Z+-]+|NULL|null|\\N|"
    r"[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64}|\d{17}[Xx]|\d{3}[*xX]{4}\d{4}|"
)
_PERSON = re.compile(
    r"(?:\+?(?:00)?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}|[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])\d{5}[\dXx]|"
    r"\d{15,19}|1[3-9]\d[*xX]{4}\d{4}|[\w.+-]+@[\w-]+(\.[\w-]+)*\.[A-Za-z]{2,}"
)
"""A telephone number, a certificate, a card, a device or a mail address: no column is called so."""
_MONTH = re.compile(r"(19|20)\d\d[-/年]?(0?[1-9]|1[0-2])月?")
_MONEY = re.compile(r"费|金额|收入|消费|账单|(?i:\b(?:charges?|fees?|costs?|amounts?|bills?|billed)\b)")
"""Groups that say of all below them that they are amounts."""
_LOOKED_AT = 20


def clean_name(cell: str) -> str:
    """A header name without the blanks, line breaks and marks that exports leave around and inside it."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", cell).replace("\ufeff", "")).strip()


def looks_like_data(header: Sequence[str]) -> bool:
    """A first line made of numbers and dates, or with the number of one person in it, is a record: there is no header.

    >>> looks_like_data(["K0000", "张伟明", "13831939071", "南京", "公众"]), looks_like_data(["id", "name", "202406"])
    (True, False)
    """
    if any(_PERSON.fullmatch(unicodedata.normalize("NFKC", cell).strip()) for cell in header):
        return True
    data = [bool(_DATUM.fullmatch(cell)) and not _MONTH.fullmatch(cell) and bool(cell) for cell in header]
    return sum(data) >= 0.3 * len(header)


def split(row: Row, below: Row) -> bool:
    """Whether cells were merged once and filled since: one name over several others, and elsewhere the same twice."""
    pairs = [(over, under) for over, under in zip(row, below, strict=False) if over is not None and under is not None]
    parts = Counter(over for over, under in pairs if over != under)
    several = any(count > 1 for count in parts.values())
    names = [under for _, under in pairs]
    return several and any(over == under for over, under in pairs) and len(set(names)) == len(names)


def spread(row: Row, at: int, merged: Merged) -> dict[int, str]:
    """Names of groups over all the columns they stand above: their merged cells, else up to the next name."""
    spans = {top[1]: end[1] for top, end in merged if top[0] <= at <= end[0]}
    found: dict[int, str] = {}
    for place, cell in enumerate(row):
        if cell is None:
            continue
        following = next((later for later in range(place + 1, len(row)) if row[later] is not None), len(row))
        last = spans.get(place, place if spans else following - 1)
        found |= dict.fromkeys(range(place, last + 1), clean_name(cell))
    return found


def joined(groups: dict[int, str], row: Row) -> dict[int, str]:
    """The lower name where there is one, led by its group where it repeats or only that says money; else the upper.

    Below charges, 流量 is what data cost, and not how much was used.
    """
    lower = {place: clean_name(cell) for place, cell in enumerate(row) if cell is not None}
    times = Counter(lower.values())
    led = {
        place: f"{groups[place]} {name}" if times[name] > 1 or _only_above(groups[place], name) else name
        for place, name in lower.items()
        if place in groups
    }
    led = lower | led
    return dict(sorted((groups | led).items()))


def _only_above(group: str, name: str) -> bool:
    return group != name and bool(_MONEY.search(group)) and not _MONEY.search(name)


def names_of_two(records: Sequence[Sequence[str]]) -> list[str]:
    """The names in the first two records of a delimited text, where those are one header; else none.

    That is certain where groups stand above several cells, all of which are named below, every other column is named
    above alone, and values below the parts are numbers.

    >>> names_of_two([["id", "费用", ""], ["", "月租费", "流量"], ["C1", "30", "7"]])
    ['id', '月租费', '费用 流量']
    >>> names_of_two([["name", "city", ""], ["Ann", "", "x"], ["Bob", "", "y"]])
    []
    """
    head = records[:3]
    if len(head) < 3 or len({len(record) for record in head}) > 1 or any("\n" in cell for cell in records[0]):
        return []
    row, below = ([clean_name(cell) or None for cell in record] for record in records[:2])
    groups = spread(row, 0, ())
    parts = [place for place in range(len(row)) if _is_part(row, place)]
    named = [name for place, name in enumerate(below) if name and (place in parts or name != row[place])]
    filled = split(row, below)
    parts = parts or [place for place in range(len(row)) if filled and row[place] != below[place]]
    apart = len({below[place] for place in parts}) == len(parts) > 1 and set(parts) <= set(groups)
    if not apart or len(named) != len(parts) or not all(below[place] for place in parts) or len(parts) == len(row):
        return []
    values = [record[place].strip() for record in records[2:_LOOKED_AT] for place in parts if place < len(record)]
    numbers = [value for value in values if value]
    if looks_like_data([name for name in below if name]) or not numbers:
        return []
    names = joined(groups, below) if all(_DATUM.fullmatch(value) for value in numbers) else {}
    return [names.get(place, "") for place in range(len(row))] if names else []


def _is_part(row: Row, place: int) -> bool:
    """Whether a cell is blank below a group, or is the group, with a blank cell after it."""
    if row[place] is None:
        return any(row[:place])
    return place + 1 < len(row) and row[place + 1] is None
