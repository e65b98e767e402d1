"""What one extract was understood as: the table it is, the sources of its columns, and how its rows are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import PurePath

import polars as pl

from telcli.intake.agents import AGENT_TYPE
from telcli.intake.ahead import PAST
from telcli.intake.candidates import FILE_NAME
from telcli.intake.cleaning import Reading, clean
from telcli.intake.dictionary import attribute_unit, personal
from telcli.intake.guessing import FILE, ROW, reading_of
from telcli.intake.identity import Seen
from telcli.intake.kept import Kept
from telcli.intake.mapping import ROW_NUMBER, SourceMap, Use
from telcli.intake.pseudonyms import Pseudonyms, no_key
from telcli.intake.running_text import NOBODY_NAMED, Names
from telcli.intake.slots import slots
from telcli.intake.suppression import without_purged
from telcli.intake.zone_marks import mark_readings
from telcli.intake.zones import UTC
from telcli.tables.extract import RAGGED, Extract
from telcli.tables.refused import LINE

__all__ = ["DISPUTED", "NOBODY", "REST", "Understood", "headers_of_extract"]

DISPUTED = "x_disputed"
"""The attribute of bills that says whether any of a month is disputed."""
REST = "_rest "
"""Start of the names of columns that are read only to tell whole rows apart."""
NOBODY = Pseudonyms(no_key)
"""Makes no pseudonyms: asked for one, it says that there is no key."""
_NAMING = ("customer_id", "subscription_id", "account_id", "certificate_h")
"""Columns by which a person who was purged is known again."""
_DIALLED = ("customer_id", "subscription_id")
"""Identifiers that may be the number of a line."""
_TOLD_TO = ("contacts", "surveys", "campaigns")
"""Tables whose attributes of text are what somebody said or wrote down."""
_TYPES = {
    "Boolean": "flag",
    "Date": "day",
    "Float64": "number",
    "Float64-masked": "discreet number",
    "String": "discreet text",
    AGENT_TYPE: "agent",
}


@dataclass(frozen=True)
class Understood:
    """One extract and what was made of it; `attributes` maps ``x_<name>`` to (header, type).

    `people` makes pseudonyms; `seen` says by header what stands in columns of persons; `kept` holds what was read of it
    already; `under` puts a cleaned frame under the customers that its identifiers were resolved to.
    Facts dated after `today` are faults, times are told in `zone`, calls with one of the `numbers` listed are flagged,
    and of those with a number of the `ranges` listed the range is kept. `marks` are what stands behind the times of
    each column of their zone. `items` are headers that the operator names as answers of a survey,
    `choices` attributes in which -1 is what was not chosen, `no_answers` numbers that stand for no answer.
    `names` are of persons, hidden in what was said.
    `number_ids` and `number_parties` say that plain digits of customers and lines, or of those called, are numbers.
    """

    extract: Extract
    map: SourceMap
    rows: int
    attributes: Mapping[str, tuple[str, str]]
    empty: tuple[str, ...] = ()
    people: Pseudonyms = NOBODY
    seen: Mapping[str, tuple[Reading, Seen]] = field(default_factory=dict)
    kept: Kept | None = None
    under: Callable[[pl.LazyFrame], pl.LazyFrame] | None = None
    today: date | None = None
    zone: str = UTC
    numbers: tuple[str, ...] = ()
    ranges: tuple[str, ...] = ()
    marks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    items: frozenset[str] = frozenset()
    choices: tuple[str, ...] = ()
    names: Names = NOBODY_NAMED
    no_answers: tuple[float, ...] = ()
    number_ids: bool = False
    number_parties: bool = False

    @property
    def frame(self) -> pl.LazyFrame:
        """The raw frame, with the row number or the name of the file where the mapping asks for it."""
        told = {use.header for use in self.map.columns.values()}
        if ROW_NUMBER in told:
            return self.extract.frame.with_row_index(ROW, offset=1).with_columns(pl.col(ROW).cast(pl.String))
        if FILE_NAME in told:
            name = self.extract.delivered or self.map.source
            return self.extract.frame.with_columns(pl.lit(PurePath(name).stem).alias(FILE))
        return self.extract.frame

    def clean(self, readings: Sequence[Reading]) -> pl.LazyFrame:
        """The columns read, with the source, the line and the faults of each row beside them."""
        if self.kept and self.kept.has(readings):
            found = self.kept.select(readings)
        else:
            found = clean(self.frame, self.map.source, readings)
        return self.under(found) if self.under else found

    def every_reading(self) -> list[Reading]:
        """How all its columns are read, for its own table and for others."""
        tables = dict.fromkeys([self.map.table, *[slots()[name].table for name in self.map.columns]])
        found = [reading for table in tables for reading in self.readings(table, attributes=table == self.map.table)]
        found += mark_readings(found)
        return [*found, self.customer_key()] if self.map.table == "customers" else [*found, *self.rest()]

    @property
    def lacks_id(self) -> str:
        """The identifier that rows of this extract should have and do not; empty where nothing lacks."""
        key = {"payments": "payment_id", "contacts": "contact_id"}.get(self.map.table, "")
        return key if key and self.map.use(key) is None else ""

    def rest(self) -> list[Reading]:
        """Of rows without a number of their own, what no other reading takes: only to tell whole rows apart."""
        if not self.lacks_id:
            return []
        used = {reading.header for reading in self.readings()}
        return [Reading(REST + name, name, "token") for name in headers_of_extract(self.extract) if name not in used]

    def readings(self, table: str = "", *, attributes: bool = True) -> list[Reading]:
        """How each column of its own table, or of one it lends to, is read."""
        found = [
            self._of_here(reading_of(name, use, self.people))
            for name, use in self.map.columns.items()
            if slots()[name].table == (table or self.map.table) and not use.constant
        ]
        found += [*self._flagged(found), *self._ranged(found), *_ended(found)]
        if not attributes:
            return found
        return found + [self._attribute(name, header, kind) for name, (header, kind) in self.attributes.items()]

    def _of_here(self, one: Reading) -> Reading:
        """A reading with what holds of this run: its last day, its time zone and the numbers it lists."""
        if one.name in PAST:
            one = replace(one, last=self.today)
        at = self.map.use("started_at")
        if one.form == "epoch" and at and at.header == one.header:
            return replace(one, form="instant", dates=at.unit, zone=self.zone)
        if one.form in ("day", "month", "moment", "epoch"):
            return replace(one, zone=self.zone)
        if one.form in ("free text", "code"):
            return replace(one, names=self.names)
        if one.form == "id" and one.name in _DIALLED:
            return replace(one, dialled=self.number_ids)
        return replace(one, numbers=self.numbers, dialled=self.number_parties) if one.form == "party" else one

    def _flagged(self, found: Sequence[Reading]) -> list[Reading]:
        """Whether calls are with a number listed, where numbers are, read of the party before it is a pseudonym."""
        if not self.numbers or any(one.name == "competitor" for one in found):
            return []
        return [
            Reading("competitor", one.header, "listed", numbers=self.numbers) for one in found if one.form == "party"
        ]

    def _ranged(self, found: Sequence[Reading]) -> list[Reading]:
        """The range listed of the party's number, where ranges are, and no column tells the destination itself."""
        if not self.ranges or any(one.name == "destination" for one in found):
            return []
        return [
            Reading("destination", one.header, "ranged", numbers=self.ranges) for one in found if one.form == "party"
        ]

    @property
    def attribute_units(self) -> dict[str, str]:
        """Units of attributes that their names alone tell, by attribute."""
        units = {
            name: attribute_unit(header)[0] for name, (header, kind) in self.attributes.items() if kind == "Float64"
        }
        return {name: unit for name, unit in units.items() if unit}

    def _attribute(self, name: str, header: str, kind: str) -> Reading:
        """How an attribute is read, in the usual unit where its name alone tells the one it has."""
        factor = attribute_unit(self.extract.repeated.get(header, header))[1] if kind == "Float64" else 1.0
        form = "free text" if kind == "String" and self.map.table in _TOLD_TO else _TYPES[kind]
        return self._of_here(Reading(name, header, form, factor, people=self.people))

    def customer_key(self) -> Reading:
        """How a table of customers reads its key."""
        use = self.map.use("customer_id") or Use(ROW_NUMBER)
        return self._of_here(reading_of("customers.customer_id", use, self.people))

    @property
    def summed(self) -> bool:
        """Whether rows of this extract are added up, so that attributes have no place."""
        numbered = self.map.use("subscription_id") or self.map.use("bill_no")
        return self.map.table in ("bills", "usage") and (numbered or self.map.use("account_id")) is not None

    def without_purged(self, purged: frozenset[str]) -> tuple[Understood, int]:
        """The same without rows of persons who were purged, and how many those were."""
        if not self.kept or not purged:
            return self, 0
        columns = self.kept.columns_of([one for one in self.every_reading() if one.name in _NAMING])
        left, count = without_purged(self.kept.frame, columns, purged, self.people)
        return replace(self, kept=replace(self.kept, frame=left)), count

    def without(self, tables: Sequence[str]) -> Understood:
        """The same, with columns of these tables left as unknown."""
        kept = {name: use for name, use in self.map.columns.items() if slots()[name].table not in tables}
        used = {use.header for use in kept.values()}
        back = [use.header for name, use in self.map.columns.items() if name not in kept and use.header not in used]
        private = [header for header in back if personal(self.extract.repeated.get(header, header))]
        unknown = (*self.map.unknown, *[header for header in back if header not in private])
        named = (*self.map.personal, *private)
        return replace(self, map=replace(self.map, columns=kept, unknown=unknown, personal=named))


def headers_of_extract(extract: Extract) -> dict[str, str]:
    """Column of the frame -> header as written."""
    names = [name for name in extract.frame.collect_schema() if name not in (LINE, RAGGED)]
    return {name: extract.repeated.get(name, name) for name in names}


def _ended(found: Sequence[Reading]) -> list[Reading]:
    """How lines ended, read of a status that says so where no column is about it."""
    if any(one.name == "end_reason" for one in found):
        return []
    return [Reading("end_reason", one.header, "end told") for one in found if one.name == "status"]
