"""Each extract understood: its table, its columns, its attributes and their types, its rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import PurePath
from typing import Any

import polars as pl

from telcli.errors import DataError, Notice
from telcli.intake.ahead import PAST
from telcli.intake.assumed import units_assumed
from telcli.intake.attributes import Profile, attribute_names, profile
from telcli.intake.candidates import FILE_NAME
from telcli.intake.cleaning import Reading, clean
from telcli.intake.decimals import decimal_commas
from telcli.intake.dictionary import personal, slots
from telcli.intake.guessing import FILE, HEAD, ROW, guessed, reading_of, spoken
from telcli.intake.identity import Seen
from telcli.intake.kept import Keep, Kept, as_it_is, keep_read
from telcli.intake.mapping import ROW_NUMBER, SourceMap, Use, why_not
from telcli.intake.people import columns_of_people, id_notices, people_notices
from telcli.intake.pinned import pinned_map, refuse_unlisted
from telcli.intake.privacy import header_tells
from telcli.intake.pseudonyms import Pseudonyms, no_key
from telcli.intake.suppression import without_purged
from telcli.intake.told import told_by_map
from telcli.tables.checks import LINE
from telcli.tables.extract import RAGGED, Extract

__all__ = ["REST", "ROW", "Understood", "headers_of_extract", "understand"]

REST = "_rest "
"""Start of the names of columns that are read only to tell whole rows apart."""
_FIRST = 20_000
_SURE = ("Float64", "String")
"""Types that hold until a value says otherwise: what else the first rows look like is settled on all rows."""
_NOBODY = Pseudonyms(no_key)
_NAMING = ("customer_id", "subscription_id", "account_id", "certificate_h")
"""Columns by which a person who was purged is known again."""
_TYPES = {
    "Boolean": "flag",
    "Date": "day",
    "Float64": "number",
    "Float64-masked": "discreet number",
    "String": "discreet text",
}


@dataclass(frozen=True)
class Understood:
    """One extract and what was made of it; `attributes` maps ``x_<name>`` to (header, type).

    `people` makes pseudonyms; `seen` says by header what stands in columns of persons; `kept` holds what was read of it
    already; `under` puts a cleaned frame under the customers that its identifiers were resolved to.
    Facts dated after `today` are faults.
    """

    extract: Extract
    map: SourceMap
    rows: int
    attributes: Mapping[str, tuple[str, str]]
    empty: tuple[str, ...] = ()
    people: Pseudonyms = _NOBODY
    seen: Mapping[str, tuple[Reading, Seen]] = field(default_factory=dict)
    kept: Kept | None = None
    under: Callable[[pl.LazyFrame], pl.LazyFrame] | None = None
    today: date | None = None

    @property
    def frame(self) -> pl.LazyFrame:
        """The raw frame, with the row number or the name of the file where the mapping asks for it."""
        told = {use.header for use in self.map.columns.values()}
        if ROW_NUMBER in told:
            return self.extract.frame.with_row_index(ROW, offset=1).with_columns(pl.col(ROW).cast(pl.String))
        if FILE_NAME in told:
            return self.extract.frame.with_columns(pl.lit(PurePath(self.map.source).stem).alias(FILE))
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
            reading_of(name, use, self.people)
            for name, use in self.map.columns.items()
            if slots()[name].table == (table or self.map.table) and not use.constant
        ]
        found = [replace(one, last=self.today) if one.name in PAST else one for one in found]
        if not attributes:
            return found
        return found + [Reading(name, header, _TYPES[kind]) for name, (header, kind) in self.attributes.items()]

    def customer_key(self) -> Reading:
        """How a table of customers reads its key."""
        use = self.map.use("customer_id") or Use(ROW_NUMBER)
        return reading_of("customers.customer_id", use, self.people)

    @property
    def summed(self) -> bool:
        """Whether rows of this extract are added up, so that attributes have no place."""
        return self.map.table in ("bills", "usage") and self.map.use("subscription_id") is not None

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


def understand(
    extracts: Sequence[Extract],
    choices: Mapping[str, Any],
    people: Pseudonyms = _NOBODY,
    keep: Keep = as_it_is,
    today: date | None = None,
) -> tuple[list[Understood], list[Notice]]:
    """Find the table of every extract, then look at all values of the columns that have no meaning.

    `people` makes the pseudonyms of whoever the extracts name; what is read of them goes through `keep`. Facts
    dated after `today`, where it is given, are faults.

    Raises
    ------
    DataError
        No extract has an identifier of a customer, or two columns could be one.
    UsageError
        `--map` or the mapping file names what does not exist.
    """
    read = [decimal_commas(extract) for extract in extracts]
    extracts = [extract for extract, _ in read]
    headers = {extract.name: headers_of_extract(extract) for extract in extracts}
    pinned = choices.get("mapping") or {}
    told = told_by_map(choices.get("map") or {}, headers)
    if "source" not in pinned:
        for source, pairs in pinned.items():
            if source in headers and isinstance(pairs, Mapping):
                told[source] = told_by_map(pairs, {source: headers[source]})[source] | told[source]
    found: list[Understood] = []
    notices: list[Notice] = [notice for _, told_of in read for notice in told_of]
    left_out: dict[str, str] = {}
    for extract in extracts:
        names = headers[extract.name]
        known = pinned_map(pinned, extract.name, names) if "source" in pinned else None
        if known:
            found.append(_from_pin(extract, known[0], known[1]))
            notices += known[2]
            continue
        mapped = guessed(extract, names, spoken(told[extract.name], alone=len(extracts) == 1, names=names))
        if mapped is None:
            left_out[extract.name] = why_not(extract.name, names, told[extract.name])
        else:
            found.append(Understood(extract, mapped, 0, {}))
    if any(one.map.table == "customers" and not one.map.weak_id for one in found):
        left_out |= {one.map.source: "customer_id" for one in found if one.map.weak_id}
        found = [one for one in found if not one.map.weak_id]
    if "source" in pinned:
        refuse_unlisted(pinned, [one.map.source for one in found if one.rows >= 0])
    elif pinned and not set(pinned) & set(headers):
        refuse_unlisted(pinned, list(headers))
    _refuse_nothing(found, left_out, headers)
    unheaded = {extract.name for extract in extracts if not extract.headed}
    notices += [_left_out(source, missing, source in unheaded) for source, missing in left_out.items()]
    provided = {"usage" if one.map.table == "calls" else one.map.table for one in found}
    found = [_own(one, provided) for one in found]
    billed = _plan_fee_as_bill(found) if provided <= {"customers"} else found
    notices += [_fee_taken(one) for one, was in zip(billed, found, strict=True) if one is not was]
    looked = [_looked_at(replace(one, people=people, today=today), keep) for one in billed]
    return looked, [*notices, *[notice for one in looked for notice in _told_of(one)]]


def _plan_fee_as_bill(found: Sequence[Understood]) -> list[Understood]:
    """Tables with a row per customer, where the fee of the plan is the only monthly charge: it is the bill too.

    Beside other charges, none of which is recurring or the sum, it is the recurring one. Pinned maps stay as written.
    """
    have = {name for one in found for name in one.map.columns if name.startswith("bills.")} - {"bills.discount"}
    if have & {"bills.total", "bills.amount", "bills.recurring"}:
        return list(found)
    kind = "bills.recurring" if have else "bills.total"
    for place, one in enumerate(found):
        fee = one.map.use("plan_fee", "subscriptions")
        if fee and one.rows >= 0 and not (have and not one.map.columns_of("bills")):
            billed = replace(one, map=replace(one.map, columns={**one.map.columns, kind: fee}))
            return [*found[:place], billed, *found[place + 1 :]]
    return list(found)


def _fee_taken(one: Understood) -> Notice:
    fee = one.map.use("plan_fee", "subscriptions")
    return Notice(
        "plan-fee-billed",
        "{file}: {header} is taken as the monthly bill as well, as no other charge stands for it "
        "(else: --map bills.total=COLUMN).",
        {"file": one.map.source, "header": fee.header if fee else ""},
    )


def _own(one: Understood, provided: set[str]) -> Understood:
    """Without the borrowed columns of tables that have an extract of their own."""
    lenders = {slots()[name].table for name in one.map.columns} - {one.map.table}
    taken = sorted(lenders & provided)
    return one.without(taken) if taken else one


def _from_pin(extract: Extract, mapped: SourceMap, attributes: Mapping[str, tuple[str, str]]) -> Understood:
    return Understood(extract, mapped, -1, attributes)


def _looked_at(one: Understood, keep: Keep) -> Understood:
    """Read the extract once: count the rows, type the attributes, drop what names persons or holds nothing.

    Attributes are typed by the first rows, and by all rows where that does not settle it: it does for text and for
    numbers, if the one reading of the whole finds nothing to the contrary.
    """
    wanted = [] if one.summed else list(one.map.unknown)
    one = replace(one, seen=columns_of_people(one.frame, [*one.readings(), *one.readings("subscriptions")]))
    profiles = profile(one.extract.frame.head(_FIRST), wanted)[1] if wanted else {}
    written = headers_of_extract(one.extract)
    open_ = [
        name
        for name in wanted
        if profiles[name].type not in _SURE or profiles[name].personal or header_tells(written[name])
    ]
    while True:
        if open_:
            profiles |= profile(one.extract.frame, open_)[1]
        found = _typed(one, wanted, profiles) if wanted else one
        unsure = [reading for reading in found.readings() if reading.header in wanted and reading.header not in open_]
        headers = [reading.header for reading in unsure]
        kept = keep_read(found.frame, found.map.source, found.every_reading(), keep, headers)
        doubtful = kept.doubtful(unsure)
        if not doubtful:
            rows = one.extract.rows
            return replace(found, kept=kept, rows=_rows(kept.frame) if rows is None else rows)
        open_ += doubtful


def _rows(frame: pl.LazyFrame) -> int:
    counted: int = frame.select(pl.len()).collect(engine="streaming").item()
    return counted


def _typed(one: Understood, wanted: Sequence[str], profiles: Mapping[str, Profile]) -> Understood:
    """With the attributes that these profiles make of its columns without a meaning."""
    written = headers_of_extract(one.extract)
    private = tuple(
        name for name in wanted if profiles[name].values and profiles[name].names_persons_under(written[name])
    )
    empty = tuple(header for header in wanted if not profiles[header].values)
    kept = [header for header in wanted if header not in private and header not in empty]
    names = attribute_names(kept, one.attributes)
    return replace(
        one,
        map=replace(one.map, personal=(*one.map.personal, *private)),
        attributes={**one.attributes, **{names[header]: (header, profiles[header].type) for header in kept}},
        empty=empty,
    )


def _told_of(one: Understood) -> list[Notice]:
    """What the analyst should know of one extract: what was dropped, kept aside, or assumed."""
    notices = []
    about: dict[str, Any] = {"file": one.map.source}
    if one.map.personal:
        values = {**about, "columns": ", ".join(one.map.personal)}
        notices.append(Notice("personal-dropped", "{file}: columns that name persons were dropped: {columns}.", values))
    if one.empty:
        values = {**about, "columns": ", ".join(one.empty)}
        notices.append(Notice("empty-dropped", "{file}: columns without any value were dropped: {columns}.", values))
    if one.attributes:
        values = {**about, "count": len(one.attributes), "columns": ", ".join(one.attributes)}
        notices.append(
            Notice("kept-as-attributes", "{file}: unknown columns kept as attributes ({count}): {columns}.", values)
        )
    if one.map.unknown and one.summed:
        values = {**about, "columns": ", ".join(one.map.unknown)}
        notices.append(
            Notice(
                "summed-unused",
                "{file}: rows are added up by month, so these columns were left out: {columns}.",
                values,
            )
        )
    key = one.map.use("customer_id") or one.map.use("subscription_id")
    if key and not key.header.startswith("@"):
        head = one.extract.frame.head(HEAD).select(key.header).collect()
        notices += id_notices(one.map.source, key.header, head[key.header])
    return notices + people_notices(one.map.source, one.seen) + units_assumed(one.map, one.extract.frame)


def _left_out(source: str, missing: str, unheaded: bool) -> Notice:
    if unheaded:
        return Notice(
            "source-unnamed",
            "{file} was left out: it has no header, so nothing tells its columns. Name them, as in --map "
            "{file}:table=calls --map {file}:customer_id=column_2; what is not named is kept as an attribute.",
            {"file": source},
        )
    return Notice(
        "source-unused",
        "{file} was left out: it fits no table; it lacks {column}, or it is under another name (--map).",
        {"file": source, "column": missing},
    )


def _refuse_nothing(
    found: Sequence[Understood], left_out: Mapping[str, str], headers: Mapping[str, Mapping[str, str]]
) -> None:
    if found:
        return
    source = next(iter(left_out), "")
    columns = ", ".join(list(headers.get(source, {}).values())[:12])
    raise DataError(
        "no-id",
        "{file} has no column that identifies a customer.",
        hint="Name it: --map customer_id=COLUMN; or number the rows: --map customer_id=@row. Columns: {columns}.",
        file=source,
        columns=columns,
    )
