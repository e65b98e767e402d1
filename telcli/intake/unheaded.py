"""A file without header: what its values tell of its columns, and what only the analyst can tell.

A place that one column alone can fill is proposed; where two could, or none, the analyst is asked, and which of
several amounts is which is never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

import polars as pl

from telcli.errors import DataError, Notice
from telcli.intake.candidates import Use
from telcli.intake.confidence import Evidence
from telcli.intake.dates import moments
from telcli.intake.dictionary import file_words
from telcli.intake.pinned import any_date
from telcli.intake.shapes import PARTIES, Shape, shape_of, shapes_told
from telcli.intake.slots import slots
from telcli.tables import SUBJECTS

__all__ = ["Proposal", "left_unnamed", "proposal", "refuse_unnamed"]

_SURE, _LIKELY = 0.8, 0.6
_SHAPED = 200
"""Columns looked at: what a file without header is shows in its first ones."""
_SHORTEST = 60.0
"""Whole numbers that never come below this are no lengths of calls, but numbers of cells and the like."""
_CLEARLY = 0.8
"""Callers are fewer than those they call; where they are not, by so much, the order of the columns tells nothing."""


@dataclass
class Proposal:
    """What each column of one file seems to be.

    `columns` maps canonical names to headers, with how sure that is; `open` are places that have to be filled and the
    headers that could fill them.
    """

    source: str
    table: str
    shapes: Sequence[Shape]
    columns: dict[str, tuple[str, float]] = field(default_factory=dict)
    open: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def told(self) -> dict[str, Use]:
        """The proposal as if the analyst had said it; empty where something is open."""
        whole = bool(self.table) and not self.open
        return {f"{self.table}.{name}": Use(header) for name, (header, _) in self.columns.items()} if whole else {}

    @property
    def evidence(self) -> dict[str, Evidence]:
        """How sure each place is."""
        return {f"{self.table}.{name}": Evidence("values", sure) for name, (_, sure) in self.columns.items()}

    @property
    def ways(self) -> str:
        """The proposal as options, what is open as a name to be put in."""
        said = {"table": self.table or "TABLE", **{name: header for name, (header, _) in self.columns.items()}}
        said |= {name: "|".join(headers) or "COLUMN" for name, headers in self.open.items()}
        return " ".join(f'--map "{self.source}:{name}={header}"' for name, header in said.items())

    @property
    def pinned(self) -> dict[str, Any]:
        """The proposal as an entry of a mapping file."""
        columns = {name: header for name, (header, _) in self.columns.items()}
        columns |= {name: "|".join(headers) or "COLUMN" for name, headers in self.open.items()}
        return {"file": any_date(self.source), "table": self.table or "|".join(SUBJECTS), "columns": columns}

    def put(self, name: str, fits: Iterable[Shape], sure: float, *, needed: bool = False) -> None:
        """Fill a place where one column alone fits; leave it open where it is needed."""
        headers = tuple(shape.header for shape in fits)
        if self.table and f"{self.table}.{name}" not in slots():
            return
        if len(headers) == 1:
            self.columns[name] = headers[0], sure
        elif needed:
            self.open[name] = headers

    def free(self, *forms: str) -> list[Shape]:
        """Columns of these forms that fill no place yet."""
        used = {header for header, _ in self.columns.values()}
        return [shape for shape in self.shapes if shape.form in forms and shape.header not in used]


def proposal(source: str, head: pl.DataFrame, table: str = "") -> Proposal:
    """What the first values of a file without header tell; `table` is set where the analyst named it.

    >>> rows = {"column_1": ["13812345678"] * 3, "column_2": ["13912345678", "13912345679", "13912345670"]}
    >>> rows |= {"column_3": ["20220718101112", "20220718101500", "20220719080000"], "column_4": ["3", "61", "9"]}
    >>> proposal("cdr.txt", pl.DataFrame(rows)).columns
    {'subscription_id': ('column_1', 0.8), 'counterpart': ('column_2', 0.8), 'started_at': ('column_3', 0.8),
     'duration_s': ('column_4', 0.6)}
    """
    shapes = [shape_of(head[header]) for header in head.columns[:_SHAPED]]
    found = Proposal(source, table or _table(source, shapes), shapes)
    _FILL.get(found.table, _other)(found, head)
    return found


def _table(source: str, shapes: Sequence[Shape]) -> str:
    """The table that the name of the file tells, or the forms of the columns do."""
    forms = [shape.form for shape in shapes]
    parties = sum(form in PARTIES for form in forms)
    timed = "moment" in forms or ("day" in forms and ("clock" in forms or parties > 1))
    if timed and parties and ("direction" in forms or "kind_of_call" in forms or parties > 1):
        return "calls"
    wants = {"bills": "month" in forms, "payments": timed or "day" in forms, "calls": timed}
    wants["customers"] = bool({"certificate", "gender"} & set(forms))
    said = [table for table, words in file_words().items() if any(word in source.lower() for word in words)]
    certain = "customers" if "certificate" in forms and not timed else ""
    other = next((table for table in said if table not in wants), "")
    return next((table for table in wants if table in said and wants[table]), certain or other)


def _calls(found: Proposal, head: pl.DataFrame) -> None:
    _parties(found)
    _when(found, "started_at", head)
    found.put("started_time", found.free("clock"), _SURE)
    found.put("direction", found.free("direction"), _SURE)
    found.put("kind", found.free("kind_of_call"), _SURE)
    lengths = [shape for shape in found.free("whole", "decimal") if _is_length(shape)]
    texts = "counterpart" in found.columns and "direction" in found.columns and not lengths
    found.put("duration_s", lengths, _LIKELY, needed=not texts)


def _is_length(shape: Shape) -> bool:
    """Numbers as lengths of calls are: from nearly nothing on, and of many kinds or few rows."""
    spread = shape.distinct > 2 and shape.distinct >= min(10, shape.filled // 4)
    return float(shape.low) >= 0 and float(shape.low) < _SHORTEST and spread


def _parties(found: Proposal) -> None:
    """Who called, and who was called: the surest form that a column has, callers being the fewer."""
    form = next((form for form in PARTIES if found.free(form)), "")
    shapes = found.free(form) if form else []
    if len(shapes) == 2 and shapes[0].distinct * _CLEARLY <= shapes[1].distinct:
        sure = _SURE if shapes[0].distinct <= _CLEARLY * shapes[1].distinct else _LIKELY
        found.put("subscription_id", shapes[:1], sure)
        found.put("counterpart", shapes[1:], sure)
    else:
        ids = [shape for shape in found.free("code", "whole") if not shape.unique]
        found.put("subscription_id", shapes, _SURE, needed=True)
        if not shapes:
            found.open["subscription_id"] = tuple(shape.header for shape in ids)


def _when(found: Proposal, name: str, head: pl.DataFrame) -> None:
    """When it was: the one moment, else the one day; of two, of which one is never after the other, the former."""
    fits = found.free("moment") or found.free("day")
    if len(fits) == 2:
        fits = _former(fits, head)
    found.put(name, fits, _SURE, needed=True)


def _former(fits: list[Shape], head: pl.DataFrame) -> list[Shape]:
    first, second = (moments(head[shape.header])[0] for shape in fits)
    if (first <= second).all() and (first < second).any():
        return fits[:1]
    return fits[1:] if (second <= first).all() and (second < first).any() else fits


def _payments(found: Proposal, head: pl.DataFrame) -> None:
    _whose(found)
    _when(found, "paid_at", head)
    found.put("amount", found.free("decimal") or found.free("whole"), _LIKELY, needed=True)


def _bills(found: Proposal, head: pl.DataFrame) -> None:
    _whose(found)
    found.put("month", found.free("month"), _SURE, needed=True)
    found.put("amount", found.free("decimal", "whole"), _LIKELY, needed=True)


def _customers(found: Proposal, head: pl.DataFrame) -> None:
    unique = [shape for shape in found.free("digits", "code", "whole") if shape.unique]
    found.put("customer_id", unique, _SURE, needed=True)
    found.put("certificate_h", found.free("certificate"), _SURE)
    found.put("phone_h", found.free("phone"), _SURE)
    found.put("gender", found.free("gender"), _SURE)


def _whose(found: Proposal) -> None:
    """Whose rows they are: a number of a person, else the one identifier that comes again."""
    people = next((shapes for form in ("hash", "phone") if (shapes := found.free(form))), [])
    if people:
        found.put("subscription_id", people, _SURE, needed=True)
    else:
        again = [shape for shape in found.free("digits", "code") if not shape.unique]
        found.put("customer_id", again or found.free("digits", "code"), _LIKELY, needed=True)


def _other(found: Proposal, head: pl.DataFrame) -> None:
    """Of other tables only what has a form of its own; all else is the analyst's to say."""
    people = next((shapes for form in ("hash", "phone") if (shapes := found.free(form))), [])
    found.put("subscription_id", people, _LIKELY)
    if "subscription_id" not in found.columns:
        ids = found.free("digits", "code") or found.free("whole")
        found.open["customer_id"] = tuple(shape.header for shape in ids)
    for name, form in (("gender", "gender"), ("status", "status"), ("month", "month")):
        found.put(name, found.free(form), _LIKELY)


def _usage(found: Proposal, head: pl.DataFrame) -> None:
    """Months of use: whose and when the forms tell; which number is minutes and which is data is asked."""
    _other(found, head)
    ids = [shape for shape in found.free("digits", "code") if "subscription_id" in found.columns]
    found.put("customer_id", ids, _LIKELY)
    if "month" not in found.columns:
        found.put("month", found.free("month"), _LIKELY, needed=True)
    numbers = tuple(shape.header for shape in found.free("whole", "decimal"))
    found.open |= {"call_minutes": numbers, "data_mb": numbers}


_FILL = {"calls": _calls, "payments": _payments, "bills": _bills, "customers": _customers, "usage": _usage}


def left_unnamed(found: Proposal) -> Notice:
    """Said where other extracts stand beside it."""
    return Notice(
        "source-unnamed",
        "{file} was left out: it has no header, and its values do not tell enough of its columns:{shapes}\n"
        "  Name them: {ways}",
        {"file": found.source, "shapes": shapes_told(found.shapes), "ways": found.ways, "proposed": found.pinned},
    )


def refuse_unnamed(found: Proposal) -> NoReturn:
    """Refuse it where nothing else was understood.

    Raises
    ------
    DataError
        Always; its values hold the proposal as an entry of a mapping file.
    """
    raise DataError(
        "columns-unnamed",
        "{file} has no header, and its values do not tell enough of its columns:{shapes}",
        hint="Name them, and run again: {ways}; or have this written down to be edited: --write-mapping FILE. "
        "What is not named is kept as an attribute.",
        file=found.source,
        shapes=shapes_told(found.shapes),
        ways=found.ways,
        proposed=found.pinned,
    )
