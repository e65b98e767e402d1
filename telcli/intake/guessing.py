"""The meaning of one extract's columns, guessed from their headers and held against their first values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from telcli.intake.assumed import duration_unit, epoch_told
from telcli.intake.candidates import FILE_NAME
from telcli.intake.cleaning import Reading, readable_share
from telcli.intake.clocks import mostly_clocks
from telcli.intake.date_forms import with_date_forms
from telcli.intake.dictionary import slots
from telcli.intake.identity import PERSONAL_FORMS
from telcli.intake.mapping import ROW_NUMBER, SourceMap, Use, guess
from telcli.intake.plausible import refuse_destroyed
from telcli.intake.pseudonyms import Pseudonyms, no_key
from telcli.intake.told import TABLE
from telcli.tables.extract import Extract

__all__ = ["FILE", "HEAD", "ROW", "guessed", "reading_of", "spoken"]

ROW, FILE = "_row", "_file"
HEAD = 2000
"""Rows looked at before a column is taken for what its header says."""
_CHECKED = ("code", "day", "month", "moment", "number", "integer", "year", "flag", "clock", "epoch", *PERSONAL_FORMS)
_NOBODY = Pseudonyms(no_key)


def spoken(told: Mapping[str, Use], *, alone: bool, names: Mapping[str, str]) -> dict[str, Use]:
    """What was said about one source; among several, rows are numbered only where nothing else identifies them."""
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
    named = {use.header for use in told.values()}
    while mapped := guess(extract.name, names, told, table=table, refused=refused):
        columns = with_date_forms(extract.name, extract.frame, head, mapped.columns)
        mapped = replace(mapped, columns=columns)
        wrong = {
            (name, use.header)
            for name, use in mapped.columns.items()
            if use.header not in named
            and not use.constant
            and slots()[name].form in _CHECKED
            and name != "customers.churned"
            and readable_share(head[use.header], reading_of(name, use)) < 0.5
        }
        if not wrong:
            _refuse_destroyed(mapped, head)
            return epoch_told(mapped if "duration_s" in _bare(told) else duration_unit(mapped, head), head)
        refused |= wrong
    return None


def _days() -> list[str]:
    """Slots that no time of day can fill."""
    return [name for name, slot in slots().items() if slot.form in ("moment", "day")]


def _bare(told: Mapping[str, Use]) -> set[str]:
    return {name.rpartition(".")[2] for name in told}


def _refuse_destroyed(mapped: SourceMap, head: pl.DataFrame) -> None:
    for name, use in mapped.columns.items():
        if slots()[name].form == "id" and use.header in head.columns:
            refuse_destroyed(mapped.source, use.header, head[use.header])


def reading_of(name: str, use: Use, people: Pseudonyms = _NOBODY) -> Reading:
    """How one column is read; whatever is text may hold numbers of persons, and is read without them."""
    slot = slots()[name]
    header = {ROW_NUMBER: ROW, FILE_NAME: FILE}.get(use.header, use.header)
    form = "discreet text" if slot.form == "text" else slot.form
    dates = use.unit if form in ("day", "month", "moment") else ""
    return Reading(slot.column, header, form, use.factor(slot), slot.words, people, slot.unit, dates)
