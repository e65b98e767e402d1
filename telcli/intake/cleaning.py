"""From an extract's text to typed columns: one lazy step per extract, batch by batch, faults noted beside the row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, partial
from typing import Any

import polars as pl

from telcli.intake.agents import agents
from telcli.intake.ahead import FUTURE, late_ones, without_late
from telcli.intake.batches import ROWS, in_batches
from telcli.intake.clocks import clocks, epochs, instants, zone_marks
from telcli.intake.dates import days, moments, months
from telcli.intake.hotlines import among, ranged
from telcli.intake.identity import PERSONAL_FORMS, identifiers, managers, parties, personal, things, understood
from telcli.intake.numbers import integers, measured, stars, strict_numbers, unknown_stars, years
from telcli.intake.places import places
from telcli.intake.privacy import categories, discreet, discreet_numbers
from telcli.intake.pseudonyms import Pseudonyms, no_key
from telcli.intake.running_text import NOBODY_NAMED, Names, free_text, nameless
from telcli.intake.words import Read, codes, ends_told, flags, masked, texts, tokens
from telcli.intake.zones import ANYWHERE, strange_letters
from telcli.tables.extract import RAGGED
from telcli.tables.refused import FAULTS, LINE, SOURCE

__all__ = ["FAULT_TYPE", "NO_FAULTS", "Reading", "clean", "readable_share"]

FAULT_TYPE = pl.List(pl.Struct({"rule": pl.String, "column": pl.String, "value": pl.String}))
NO_FAULTS = pl.lit([], dtype=FAULT_TYPE).alias(FAULTS)
_NONE = pl.Series(FAULTS, [[]], dtype=FAULT_TYPE)

_READERS: Mapping[str, tuple[Callable[..., Read], pl.DataType, str]] = {
    "text": (texts, pl.String(), ""),
    "token": (tokens, pl.UInt64(), ""),
    "discreet text": (discreet, pl.String(), ""),
    "place": (places, pl.String(), ""),
    "free text": (free_text, pl.String(), ""),
    "number": (measured, pl.Float64(), "not-a-number"),
    "strict number": (strict_numbers, pl.Float64(), "not-a-number"),
    "discreet number": (discreet_numbers, pl.Float64(), "not-a-number"),
    "integer": (integers, pl.Int64(), "not-a-whole-number"),
    "stars": (stars, pl.Int64(), "not-a-whole-number"),
    "year": (years, pl.Int64(), "not-a-year"),
    "day": (days, pl.Date(), "not-a-date"),
    "month": (months, pl.Date(), "not-a-month"),
    "moment": (moments, pl.Datetime("us"), "not-a-date"),
    "flag": (flags, pl.Boolean(), "not-yes-or-no"),
    "clock": (clocks, pl.Time(), "not-a-time"),
    "epoch": (epochs, pl.Int64(), "not-a-time"),
    "instant": (instants, pl.Int64(), ""),
    "zone mark": (zone_marks, pl.String(), ""),
    "listed": (among, pl.Boolean(), ""),
    "ranged": (ranged, pl.String(), ""),
    "end told": (ends_told, pl.String(), ""),
}
_OF_PEOPLE: Mapping[str, Callable[..., Read]] = {
    "id": identifiers,
    "thing": things,
    "staff": managers,
    "agent": agents,
    "party": parties,
    **{form: partial(personal, form=form) for form in PERSONAL_FORMS},
}
"""Forms in which persons are put behind pseudonyms."""
_DATED: Mapping[str, Callable[[pl.Series, str, str], Read]] = {"day": days, "month": months, "moment": moments}
_STRANGE = "unknown-word"
_LOST, _MASKED, _NO_ZONE = "id-in-scientific-notation", "id-masked", "zone-unknown"
_NOBODY = Pseudonyms(no_key)


@dataclass(frozen=True)
class Reading:
    """One column to make: its name, the header it is read from, how (`form`), and what its numbers are multiplied by.

    `words` names the dictionary's list for the form ``code``, and for a ``flag`` with words of its own; those of
    severity are whole numbers. `people` makes the pseudonyms of identifiers; without it those that need one cannot be
    read. `unit` is the contract's, in which values that carry their own are read; `dates` says how a column of dates is
    written, and `zone` in which time zone it is told; one after the day `last` is a fault. `numbers` are those that the
    form ``listed`` looks for, and of which a party of calls has the pseudonyms; of ``ranged``, beginnings of numbers.
    `names` are those hidden in ``free text``, and in words that no list knows, wherever they stand. Plain digits
    of what is `dialled`, of the forms id and party, are telephone numbers.
    """

    name: str
    header: str
    form: str
    factor: float = 1.0
    words: str = ""
    people: Pseudonyms = _NOBODY
    unit: str = ""
    dates: str = ""
    last: date | None = None
    zone: str = ANYWHERE
    numbers: tuple[str, ...] = ()
    names: Names = NOBODY_NAMED
    dialled: bool = False

    @property
    def dtype(self) -> pl.DataType:
        """The type of the column made."""
        if self.form == "code":
            return pl.Int64() if self.words == "severity" else pl.String()
        if self.form in _OF_PEOPLE:
            return pl.String()
        return _READERS[self.form][1]

    def rules(self, text: pl.Series, bad: pl.Series) -> list[tuple[str, pl.Series]]:
        """The rules that unreadable texts break, and which of them break each."""
        if self.form == "code":
            return [(_STRANGE, bad)]
        if self.form not in _OF_PEOPLE:
            rule = _READERS[self.form][2]
            others = [(FUTURE, late_ones(text, bad, replace(self, last=None).read))] if self.last else []
            if self.form in _DATED:
                others.append((_NO_ZONE, bad & strange_letters(text, self.zone)))
            for _, mask in others:
                bad = bad & ~mask
            return [(rule, mask) for rule, mask in ((rule, bad), *others) if mask.any()]
        lost = bad & text.str.contains(r"[eE]\+").fill_null(value=False)
        return [(rule, mask) for rule, mask in ((_LOST, lost), (_MASKED, bad & ~lost)) if mask.any()]

    def read(self, text: pl.Series) -> Read:
        """Values and faults of one batch."""
        if self.form == "code":
            values, bad = codes(text, self.words)
            return values.cast(self.dtype), bad
        if self.form in _OF_PEOPLE:
            more: dict[str, Any] = {"numbers": self.numbers} if self.form == "party" else {}
            more |= {"dialled": True} if self.dialled else {}
            return _OF_PEOPLE[self.form](text, people=self.people, **more)
        if self.form == "number":
            return measured(text, self.unit, self.factor)
        if self.form in _DATED:
            return without_late(_DATED[self.form](text, self.dates, self.zone), self.last)
        values, bad = without_late(_READERS[self.form][0](text, *self._more()), self.last)
        return (values * self.factor if self.factor != 1.0 else values).cast(self.dtype), bad

    def _more(self) -> tuple[Any, ...]:
        """What a reader has to know beside the text."""
        if self.form == "flag" and self.words:
            return (self.words,)
        if self.form == "epoch":
            return (self.zone,)
        if self.form == "instant":
            return (self.dates, self.zone)
        if self.form == "free text":
            return (self.names,)
        return (self.numbers,) if self.form in ("listed", "ranged") else ()


def clean(frame: pl.LazyFrame, source: str, readings: Sequence[Reading]) -> pl.LazyFrame:
    """Read the columns, lazily, and keep beside them the source, the line and the faults of each row.

    >>> raw = pl.LazyFrame({"月租费": ["1,200", "many"], "_line": [2, 3]})
    >>> clean(raw, "bills.csv", [Reading("amount", "月租费", "number")]).collect().to_dicts()[1]
    {'amount': None, '_source': 'bills.csv', '_line': 3,
     '_faults': [{'rule': 'not-a-number', 'column': 'amount', 'value': 'many'}]}
    """
    schema = {reading.name: reading.dtype for reading in readings}
    schema |= {SOURCE: pl.String(), LINE: pl.Int64(), FAULTS: FAULT_TYPE}
    hidden = [name for name in (LINE, RAGGED) if name in frame.collect_schema()]
    needed = list(dict.fromkeys([*hidden, *[reading.header for reading in readings]]))
    batches = partial(_clean_batch, source=source, readings=tuple(readings))
    return in_batches(frame.select(needed), batches, schema)


def readable_share(text: pl.Series, reading: Reading) -> float:
    """Share of the texts that mean something which this reading understands; 1 where none means anything."""
    if reading.form in PERSONAL_FORMS:
        return understood(text, reading.form)
    values, bad = reading.read(text)
    if reading.form == "stars":
        bad = bad | unknown_stars(text)
    known = values.len() - values.null_count()
    meaning = known + int(bad.sum())
    return known / meaning if meaning else 1.0


def _clean_batch(batch: pl.DataFrame, source: str, readings: tuple[Reading, ...]) -> pl.DataFrame:
    columns: dict[str, pl.Series] = {}
    faults: list[tuple[pl.Series, str, str, pl.Series, Names]] = []
    if RAGGED in batch.columns:
        found = batch[RAGGED]
        for rule in found.drop_nulls().unique().sort():
            faults.append(((found == rule).fill_null(value=False), rule, "row", found, NOBODY_NAMED))
    for reading in readings:
        text = batch[reading.header]
        values, bad = reading.read(text)
        columns[reading.name] = values.alias(reading.name)
        if bad.any():
            faults += [(mask, rule, reading.name, text, reading.names) for rule, mask in reading.rules(text, bad)]
    columns[SOURCE] = pl.Series(SOURCE, [source]).new_from_index(0, batch.height)
    columns[LINE] = batch[LINE]
    columns[FAULTS] = _fault_lists(batch.height, faults)
    return pl.DataFrame(columns)


def _fault_lists(rows: int, faults: Sequence[tuple[pl.Series, str, str, pl.Series, Names]]) -> pl.Series:
    """A list of faults per row; only the few rows that have one are built, the others share the empty list."""
    if not faults:
        return _empties().head(rows) if rows <= ROWS else _NONE.new_from_index(0, rows)
    sparse = pl.concat([_noted(*fault) for fault in faults]).group_by("row", maintain_order=True).agg(FAULTS)
    every = pl.DataFrame({"row": pl.arange(rows, dtype=pl.get_index_type(), eager=True)})
    found = every.join(sparse, on="row", how="left", maintain_order="left")
    return found.select(pl.col(FAULTS).fill_null(_NONE))[FAULTS]


@cache
def _empties() -> pl.Series:
    """Empty lists of faults for a whole batch, made once: most batches have no other."""
    return _NONE.new_from_index(0, ROWS)


def _shown(rule: str, text: pl.Series, names: Names) -> pl.Series:
    return categories(nameless(text, names)) if rule == _STRANGE else masked(text)


def _noted(bad: pl.Series, rule: str, column: str, text: pl.Series, names: Names) -> pl.DataFrame:
    """The rows where `bad` holds, by number, with their fault."""
    places = bad.arg_true()
    value = pl.lit(None, dtype=pl.String) if column == "row" else _shown(rule, text.gather(places), names)
    frame = pl.DataFrame({"row": places}).with_columns(value=value)
    return frame.select("row", pl.struct(rule=pl.lit(rule), column=pl.lit(column), value="value").alias(FAULTS))
