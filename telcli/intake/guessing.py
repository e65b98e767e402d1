"""The meaning of one extract's columns, guessed from their headers and held against their first values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from telcli.errors import DataError
from telcli.intake.assumed import duration_unit, epoch_told, share_units, with_gender_codes
from telcli.intake.candidates import FILE_NAME, SNAPSHOT, meaning
from telcli.intake.cleaning import Reading, readable_share
from telcli.intake.clocks import mostly_clocks
from telcli.intake.confidence import evidence_of
from telcli.intake.date_forms import with_date_forms
from telcli.intake.dictionary import bare, weak_headers
from telcli.intake.identity import PERSONAL_FORMS
from telcli.intake.mapping import ROW_NUMBER, SourceMap, Use, guess
from telcli.intake.places import PLACES
from telcli.intake.plausible import refuse_destroyed
from telcli.intake.pseudonyms import Pseudonyms, no_key
from telcli.intake.several_lines import with_lines
from telcli.intake.slots import slots
from telcli.intake.told import GENDER_01, NONE_ONE, TABLE
from telcli.intake.words import known_share
from telcli.tables import SUBJECTS
from telcli.tables.extract import Extract

__all__ = ["FILE", "FREE_TEXT", "HEAD", "ROW", "guessed", "reading_of", "spoken"]

ROW, FILE = "_row", "_file"
HEAD = 2000
"""Rows looked at before a column is taken for what its header says."""
FREE_TEXT = ("contacts.text", "contacts.topic")
"""Columns of what was said, in which names may stand anywhere."""
_MEANT = 0.5
"""A column is not what its header says where fewer of its first values can be read so."""
_ONCE, _SOME = 0.5, 5
"""Of supposed customers more of the first are to be different ones, where there are some at all."""
_CHECKED = (
    "code",
    "day",
    "month",
    "moment",
    "number",
    "integer",
    "stars",
    "year",
    "flag",
    "clock",
    "epoch",
    *PERSONAL_FORMS,
)
_NOBODY = Pseudonyms(no_key)


def spoken(told: Mapping[str, Use], *, alone: bool, names: Mapping[str, str]) -> dict[str, Use]:
    """What was said about one source; among several, rows are numbered only where nothing else identifies them.

    And only files of facts are named after their customer, so that a list of cells beside them is none.
    """
    if not alone and any(use.header == FILE_NAME for use in told.values()):
        fits = guess("", names, {name: use for name, use in told.items() if name != TABLE})
        if fits is None or fits.table == "customers":
            told = {name: use for name, use in told.items() if use.header != FILE_NAME}
    if alone or not any(use.header == ROW_NUMBER for use in told.values()):
        return dict(told)
    others = {name: use for name, use in told.items() if use.header != ROW_NUMBER}
    return others if guess("", names, others) else dict(told)


def guessed(extract: Extract, names: Mapping[str, str], told: Mapping[str, Use]) -> SourceMap | None:
    """Guess, look at the first rows, and guess again without what their values rule out."""
    table = told[TABLE].header if TABLE in told else ""
    told = {name: use for name, use in told.items() if name != TABLE}
    head = extract.frame.head(HEAD).collect(engine="streaming")
    refused = frozenset((name, header) for header in names if mostly_clocks(head[header]) for name in _days())
    refused |= _not_so(names, head, table)
    named = {use.header for use in told.values()}
    while mapped := guess(extract.name, names, told, table=table, refused=refused):
        columns = with_date_forms(extract.name, extract.frame, head, mapped.columns)
        mapped = replace(mapped, columns=with_gender_codes(columns, head))
        shares = _readable(mapped, names, head)
        wrong = {(name, mapped.columns[name].header) for name, share in shares.items() if share < _MEANT}
        wrong = {(name, header) for name, header in wrong if header not in named and name != "customers.churned"}
        if not wrong:
            if not table and _unlike_customers(mapped, head):
                return None
            _refuse_destroyed(mapped, head)
            _refuse_tie(mapped)
            mapped = with_lines(share_units(mapped, extract.frame), dict(names), extract.frame)
            mapped = epoch_told(mapped if "duration_s" in _bare(told) else duration_unit(mapped, head), head)
            nested = extract.encoding == "json" and "#" in extract.name
            mapped = replace(mapped, links=not table and _links(mapped, head, nested=nested))
            return replace(mapped, evidence=evidence_of(mapped.table, mapped.columns, names, told, shares))
        refused |= wrong
    return None


def _unlike_customers(mapped: SourceMap, head: pl.DataFrame) -> bool:
    """Whether nothing is known of supposed customers but identifiers, and those repeat."""
    key = mapped.use("customer_id", "customers")
    known = set(mapped.columns) - {"customers.customer_id", f"customers.{SNAPSHOT}"}
    if mapped.table != "customers" or key is None or known or key.header not in head.columns:
        return False
    return head.height >= _SOME and head[key.header].n_unique() <= _ONCE * head.height


def _links(mapped: SourceMap, head: pl.DataFrame, *, nested: bool) -> bool:
    """Whether rows only name the accounts of customers again and again, as those within the bills of months do.

    Records of a nested list have the columns of what they stand in beside their own: these say nothing of a customer.
    """
    keys = ("customers.customer_id", "subscriptions.account_id")
    if set(mapped.columns) != set(keys) or nested or head.height < _SOME:
        return nested and set(mapped.columns) == set(keys)
    pairs = head.select({mapped.columns[name].header for name in keys})
    return pairs.n_unique() <= _ONCE * head.height


def _readable(mapped: SourceMap, names: Mapping[str, str], head: pl.DataFrame) -> dict[str, float]:
    """Of each slot whose form can be checked, the share of its first values that can be read so.

    A word of many uses, such as type, means a code only where the values are words of its list.
    """
    found = {}
    for name, use in mapped.columns.items():
        slot = slots()[name]
        if use.constant or slot.form not in _CHECKED or use.header not in head.columns:
            continue
        weak = bare(names.get(use.header, "")) in weak_headers().get(slot.column, ())
        of_list = slot.form == "code" and weak
        read = (
            known_share(head[use.header], slot.words)
            if of_list
            else readable_share(head[use.header], reading_of(name, use))
        )
        both = of_list and name == "calls.direction" and read < 1.0  # it tells texts from calls as well
        found[name] = 0.0 if both else read
    return found


def _not_so(names: Mapping[str, str], head: pl.DataFrame, table: str) -> set[tuple[str, str]]:
    """Where several headers mean the same: those whose first values say that they do not."""
    found = set()
    for owner in [table] if table else SUBJECTS:
        meant: dict[str, list[Use]] = {}
        for header, written in names.items():
            column, unit = meaning(owner, written)
            if f"{owner}.{column}" in slots():
                meant.setdefault(f"{owner}.{column}", []).append(Use(header, unit))
        for name, uses in meant.items():
            if len(uses) > 1 and slots()[name].form in _CHECKED:
                found |= {
                    (name, use.header)
                    for use in uses
                    if readable_share(head[use.header], reading_of(name, use)) < _MEANT
                }
    return found


def _refuse_tie(mapped: SourceMap) -> None:
    """Refuse an extract that could be one table as well as another."""
    if not mapped.ties:
        return
    tables = (mapped.table, *mapped.ties)
    raise DataError(
        "subject-ambiguous",
        "{file} could be {tables} alike.",
        hint="Say which it is: {ways}",
        file=mapped.source,
        tables=", ".join(tables),
        ways=" / ".join(f"--map {mapped.source}:{TABLE}={table}" for table in tables),
    )


def _days() -> list[str]:
    """Slots that no time of day can fill."""
    return [name for name, slot in slots().items() if slot.form in ("moment", "day")]


def _bare(told: Mapping[str, Use]) -> set[str]:
    return {name.rpartition(".")[2] for name in told}


def _refuse_destroyed(mapped: SourceMap, head: pl.DataFrame) -> None:
    for name, use in mapped.columns.items():
        if slots()[name].form in ("id", "thing") and use.header in head.columns:
            refuse_destroyed(mapped.source, use.header, head[use.header])


def reading_of(name: str, use: Use, people: Pseudonyms = _NOBODY) -> Reading:
    """How one column is read; whatever is text may hold numbers of persons, and is read without them."""
    slot = slots()[name]
    header = {ROW_NUMBER: ROW, FILE_NAME: FILE}.get(use.header, use.header)
    text = "free text" if name in FREE_TEXT else "place" if slot.column in PLACES else "discreet text"
    form = text if slot.form == "text" else slot.form
    dates = use.unit if form in ("day", "month", "moment") else ""
    words = GENDER_01 if use.unit == NONE_ONE and slot.words == "gender" else slot.words
    return Reading(slot.column, header, form, use.factor(slot), words, people, slot.unit, dates)
