"""Part of ``knowledge``: rows of experience that are brought in, each checked; faults are told by row and column."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

import polars as pl

from telcli.features.churn_themes import theme_of
from telcli.tables.experience_sheet import part_named, theme_named
from telcli.tables.knowledge_results import ANY, CONTRACTS
from telcli.tables.masking import hidden, numberless
from telcli.tables.task_sheet import channel_of

__all__ = ["Fault", "brought_in"]

_COUNTS = ("treated", "held_out", "stayed_treated", "stayed_held_out")
_SHARES = ("uplift", "uplift_low", "uplift_high")
_HASHED = ("period", "months", "segment_name", "theme", "offer_id", "channel", *_COUNTS, *_SHARES, "accepted", "cost")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)
_MONTH = re.compile(r"(\d{4})\D{0,2}?(?:[-/.年]?(\d{1,2})(?:\D.*)?)?")
_QUARTER = re.compile(r"(\d{4})\D*?(?:q|季度?|第)\s*([1-4])|(\d{4})\D*([1-4])\s*(?:季度|q)", re.IGNORECASE)
_PERSON = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)|\d{17}[\dXx]|@")
"""A telephone number, the number of an identity card, an address: no code of an offer."""
_MOST = 10**9


class Fault(NamedTuple):
    """What is wrong with a cell of a sheet."""

    file: str
    line: int
    column: str
    value: str
    why: str


class _RefusedError(Exception):
    def __init__(self, column: str, why: str) -> None:
        super().__init__(why)
        self.column, self.why = column, why


def brought_in(sheet: pl.DataFrame, as_of: date, segments: Mapping[str, str]) -> tuple[pl.DataFrame, list[Fault]]:
    """Rows of retention_experience from rows of sheets, and the faults of the others.

    `segments` gives the name of a segment by its name in either language; another name stands as it is. A row needs an
    offer, and either customers and who of them stayed in both groups (counts, or shares with a % sign or below 1), or
    the uplift with its interval.
    """
    rows, faults = [], []
    for cells in sheet.iter_rows(named=True):
        try:
            row = _row(cells, segments, as_of)
        except _RefusedError as found:
            value = hidden(str(cells.get(found.column) or ""))
            faults.append(Fault(cells["file"], cells["line"], found.column, value, found.why))
            continue
        said = "\x1f".join("" if row[name] is None else str(row[name]) for name in _HASHED)
        row["row_id"] = hashlib.sha256(said.encode()).hexdigest()[:16]
        rows.append({**row, "file": cells["file"], "line": cells["line"], "as_of": as_of})
    contract = CONTRACTS["retention_experience"]
    types = {name: about.dtype for name, about in contract.schema.columns().items()}
    return pl.DataFrame(rows, schema=types, orient="row"), faults


def _row(cells: Mapping[str, Any], segments: Mapping[str, str], as_of: date) -> dict[str, Any]:
    text = {name: str(value or "").strip() for name, value in cells.items() if name not in ("file", "line")}
    if not part_named(text["offer_id"]):
        raise _RefusedError("offer_id", "is missing, or stands for all offers")
    named = {name: part_named(text[name]) for name in ("segment_name", "theme", "channel")}
    for name, about in (named | {"offer_id": text["offer_id"]}).items():
        if _PERSON.search(about) or (name != "offer_id" and numberless(about) != about):
            raise _RefusedError(name, "holds what could be the number of a person")
    period, months = _period(text["period"])
    if period and period > as_of:
        raise _RefusedError("period", "is not over by the snapshot month")
    row: dict[str, Any] = {
        "period": period,
        "months": months,
        "segment_name": segments.get(named["segment_name"], named["segment_name"]) or ANY,
        "theme": _theme(named["theme"]) if named["theme"] else ANY,
        "offer_id": text["offer_id"],
        "channel": channel_of(named["channel"]) or named["channel"] or ANY,
        "accepted": _count(text, "accepted"),
        "cost": _amount(text["cost"]),
    }
    told = _told(text)
    if row["accepted"] and told["treated"] is not None and row["accepted"] > told["treated"]:
        raise _RefusedError("accepted", "is more than were contacted")
    return row | told


def _told(text: Mapping[str, str]) -> dict[str, Any]:
    """Counts of both groups, or else the gain with its interval."""
    groups: dict[str, Any] = {name: _count(text, name) for name in ("treated", "held_out")}
    groups |= {f"stayed_{name}": _stayed(text, name, groups[name]) for name in ("treated", "held_out")}
    gain: dict[str, Any] = {name: _share(text, name) for name in _SHARES}
    if all(groups[name] is not None for name in _COUNTS):
        if not groups["treated"] or not groups["held_out"]:
            raise _RefusedError("treated" if not groups["treated"] else "held_out", "is nobody")
        return groups | gain
    for name in _SHARES:
        if gain[name] is None:
            raise _RefusedError(name, "is missing, and the customers of both groups are not told with who stayed")
    low, mean, high = gain["uplift_low"], gain["uplift"], gain["uplift_high"]
    if not low < high or not low <= mean <= high:
        raise _RefusedError("uplift_low", "does not go with the uplift and its upper end")
    return groups | gain


def _theme(text: str) -> str:
    found = theme_named(text) or theme_of(text)
    if found == "other" and theme_named(text) != "other":
        raise _RefusedError("theme", "is no reason that is known")
    return found


def _period(text: str) -> tuple[date | None, int | None]:
    """The month a text names, of a quarter or a year the last, and how many months."""
    if not text:
        return None, None
    quarter = _QUARTER.fullmatch(text)
    if quarter:
        year, at = quarter.group(1) or quarter.group(3), quarter.group(2) or quarter.group(4)
        return date(int(year), 3 * int(at), 1), 3
    plain = _MONTH.fullmatch(text)
    if plain and 1990 <= int(plain.group(1)) <= 2100:
        month = int(plain.group(2)) if plain.group(2) else 12
        if 1 <= month <= 12:
            return date(int(plain.group(1)), month, 1), 1 if plain.group(2) else 12
    raise _RefusedError("period", "is no month")


def _number(text: Mapping[str, str], column: str) -> tuple[float, bool] | None:
    """A number, and whether it is told in per cent."""
    plain = text[column].replace(",", "").replace("，", "").replace(" ", "").replace("％", "%")
    if not plain:
        return None
    percent = plain.endswith("%")
    plain = plain.removesuffix("%")
    if not _NUMBER.fullmatch(plain):
        raise _RefusedError(column, "is no number")
    value = float(plain)
    if not abs(value) < _MOST:
        raise _RefusedError(column, "is too large")
    return value, percent


def _count(text: Mapping[str, str], column: str) -> int | None:
    found = _number(text, column)
    if found is None:
        return None
    value, percent = found
    if percent or value < 0 or value != int(value):
        raise _RefusedError(column, "is no number of customers")
    return int(value)


def _stayed(text: Mapping[str, str], group: str, customers: int | None) -> int | None:
    """Who stayed of a group, told as customers or as a share of them."""
    column = f"stayed_{group}"
    found = _number(text, column)
    if found is None or customers is None:
        return None
    value, percent = found
    share = value / 100.0 if percent else value if 0.0 < value < 1.0 else None
    if share is None and value != int(value):
        raise _RefusedError(column, "is no number of customers")
    stayed = round(share * customers) if share is not None else int(value)
    if not 0 <= stayed <= customers:
        raise _RefusedError(column, "is not between 0 and the customers of its group")
    return stayed


def _share(text: Mapping[str, str], column: str) -> float | None:
    found = _number(text, column)
    if found is None:
        return None
    value, percent = found
    share = value / 100.0 if percent else value
    if not -1.0 <= share <= 1.0:
        raise _RefusedError(column, "is not between -100% and 100%: write 3% or 0.03")
    return share


def _amount(text: str) -> float | None:
    found = _number({"cost": text.lstrip("¥￥$€£").removesuffix("元")}, "cost")
    if found is None:
        return None
    if found[1] or found[0] < 0:
        raise _RefusedError("cost", "is no amount")
    return found[0]
