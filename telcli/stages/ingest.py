"""``ingest``: raw extracts become clean subject tables, and what was made of them is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import polars as pl

from telcli.errors import DataError, Notice
from telcli.intake.assemble import Assembled, assemble, light, needs_month, spoken
from telcli.intake.dialled import NumberIds
from telcli.intake.dictionary import speak, values_of
from telcli.intake.events import usage_of_calls
from telcli.intake.file_names import kept_names
from telcli.intake.flat import check_label
from telcli.intake.history import FROM, TO
from telcli.intake.hotlines import number_list, range_list
from telcli.intake.likeness import require_splink
from telcli.intake.linkage import Likeness
from telcli.intake.looking import REASON
from telcli.intake.no_answers import codes_in
from telcli.intake.pinned import as_pinned
from telcli.intake.places_told import told_of_places
from telcli.intake.pseudonyms import Pseudonyms, no_key
from telcli.intake.repeats import once
from telcli.intake.resolve import Held
from telcli.intake.snapshots import latest_snapshot
from telcli.intake.source_counts import source_counts
from telcli.intake.survey_columns import choices_of, told_of_answers, told_of_no_answers
from telcli.intake.today import today
from telcli.intake.understand import understand
from telcli.intake.understood import Understood
from telcli.intake.unify import Identity
from telcli.settings import IngestSettings
from telcli.settings.names_in import names_in
from telcli.stages import Inputs, Outcome
from telcli.tables.extract import Extract

__all__ = ["ingest"]

MONTHED = ("bills", "usage", "payments", "contacts", "calls")
"""Tables whose rows have a time: their months are those of the walk."""

_OF_FACTS = ("month", "paid_at", "opened_at", "started_at")
_STATES = ("customers", "subscriptions")
"""Tables of how things are, whose rows hold from the month of their load."""
_DATED = (
    *("paid_at", "opened_at", "closed_at", "month", "started_at", "surveyed_on", "contacted_on", "started_on"),
    *("joined_on", "activated_on", "ended_on", FROM),
)


def ingest(inputs: Inputs, settings: IngestSettings) -> Outcome:  # noqa: D417 (numpy sections)
    """Turn extracts into the subject tables they hold.

    Parameters
    ----------
    inputs : `extracts`; `choices` may hold ``map`` (canonical name -> header, or ``@row``) and ``mapping`` (a parsed
        mapping file), and ``dictionary`` (the operator's own words).
    settings : `churned_when` of them names the label's value that means the customer left.

    Returns
    -------
    Outcome
        Unchecked lazy tables with the hidden columns of `telcli.tables.refused`. Metrics: ``sources``, one entry per
        extract, ``mapping``, what a mapping file holds, ``proposed``, what it could hold of those left out without
        header, and ``as_of``, the month that undated tables were put in.

    Raises
    ------
    DataError, UsageError, MissingInputError
        No extract identifies customers, a label is not clear, the mapping names what does not exist, or linkage is
        asked for and what it needs is not installed.

    >>> from telcli.tables.extract import Extract
    >>> raw = pl.LazyFrame({"customerID": ["a", "b"], "Churn": ["Yes", "No"], "_line": [2, 3]})
    >>> found = ingest(Inputs({}, None, extracts=(Extract("flat.csv", raw, "utf-8", ",", ""),)), IngestSettings())
    >>> found.tables["customers"].select("customer_id", "churned").collect().rows()
    [('a', True), ('b', False)]
    """
    if not inputs.extracts:
        raise DataError("no-sources", "No extract was given.", hint="Name files or folders: telcli ingest SOURCES...")
    if settings.linkage == "on":
        require_splink()
    speak(inputs.choices.get("dictionary", {}))
    extracts, called = kept_names(inputs.extracts, inputs.called)
    extracts, again = once(_not_wide(extracts, settings.most_columns))
    ones, notices = _understood(inputs, settings, extracts)
    ones, gone = _without_purged(_answering(ones, settings), inputs.suppressed)
    for one in ones:
        check_label(one, settings.churned_when)
    undated = not any(one.map.table in MONTHED and one.rows for one in ones)
    held = inputs.held_month if undated and not inputs.bases_alone else None
    asked = inputs.as_of or (latest_snapshot(ones) if undated else None)
    at, told = _month(ones, asked, held) if undated or needs_month(ones) else (asked, [])
    whole = undated and inputs.bases_alone and all(_base_alone(one) for one in ones)
    lines = None if whole else inputs.tables.get("subscriptions")
    likeness = _likeness(inputs, settings) if settings.linkage == "on" else None
    month = _load_month(ones, at if undated else None)
    identity, before = _identity(settings), _held(inputs)
    how: dict[str, Any] = {"complete": whole, "keep": inputs.keep}
    found = assemble(ones, at, settings.churned_when, identity, before, lines, likeness, month, **how)
    metrics = _metrics(ones, gone, notices, found, at if undated else None)
    told = [
        *again,
        *notices,
        *told_of_answers(ones),
        *(notice for one in ones for notice in told_of_places(one)),
        *told_of_no_answers(ones),
        *told,
        *found.notices,
        *_left_out(ones, gone),
    ]
    as_of = at if undated else inputs.as_of
    tables = {name: _since(frame, month) if name in _STATES else frame for name, frame in found.tables.items()}
    tables["source_quality"] = source_counts(ones)
    made = {"usage": ("calls", usage_of_calls)} if found.sums_calls else {}
    more: dict[str, Any] = {"light": light(ones), "spoken": spoken(ones), "made_of": made, "seen": found.seen}
    return Outcome(tables, metrics, tuple(told), as_of=as_of, month=month, whole=whole, called=called, **more)


def _not_wide(extracts: Sequence[Extract], most: int) -> Sequence[Extract]:
    for one in extracts:
        count = len(one.frame.collect_schema()) - 1
        if count > most:
            raise DataError(
                "table-wider",
                "{file} has {count} columns, more than the {most} of most_columns in [ingest].",
                hint="Export the columns that are needed, or raise most_columns in [ingest] of telcli.toml up to 5000.",
                file=one.name,
                count=count,
                most=most,
            )
    return extracts


def _base_alone(one: Understood) -> bool:
    """Whether an extract shows customers alone, and not what they did in months of its own."""
    return one.map.table == "customers" and not any(one.map.use("month", table) for table in ("bills", "usage"))


def _understood(
    inputs: Inputs, settings: IngestSettings, extracts: Sequence[Extract]
) -> tuple[list[Understood], list[Notice]]:
    """What the extracts are, read with the operator's key, up to tomorrow, in its time zone."""
    people, tomorrow = Pseudonyms(inputs.key or no_key), today() + timedelta(days=1)
    numbers = number_list(settings.competitor_numbers)
    lists = (numbers, range_list(settings.number_ranges))
    digits = NumberIds(settings.number_ids, inputs.tables.get("customers"))
    return understand(extracts, inputs.choices, people, inputs.keep, tomorrow, settings.time_zone, *lists, digits)


def _answering(ones: Sequence[Understood], settings: IngestSettings) -> list[Understood]:
    """The extracts, told which of their columns the settings name as answers of a survey, and what is no answer."""
    named, codes = frozenset(names_in(settings.survey_items)), codes_in(names_in(settings.no_answer))
    told = [replace(one, items=named, no_answers=codes) for one in ones]
    return [replace(one, choices=choices_of(one)) for one in told]


def _metrics(
    ones: Sequence[Understood], gone: Sequence[int], notices: Sequence[Notice], found: Assembled, at: date | None
) -> dict[str, Any]:
    """What was read and made of the extracts; `at` is the month that undated tables were put in."""
    unused = [count + found.ahead.get(one.map.source, 0) for one, count in zip(ones, gone, strict=True)]
    return {
        "sources": [_about(one, unused=count) for one, count in zip(ones, unused, strict=True)],
        "mapping": as_pinned([one.map for one in ones], {one.map.source: one.attributes for one in ones}),
        "proposed": [one.values["proposed"] for one in notices if one.code == "source-unnamed"],
        **found.metrics,
        **({"as_of": at.isoformat()} if at else {}),
    }


def _since(frame: pl.LazyFrame, month: date | None) -> pl.LazyFrame:
    """Rows of a state table hold from the month of their load, where they do not say themselves from when."""
    load = pl.lit(month, dtype=pl.Date)
    if FROM not in frame.collect_schema():
        return frame.with_columns(load.alias(FROM))
    ended = (pl.col(TO) <= load).fill_null(value=False)
    return frame.with_columns(pl.when(pl.col(FROM).is_null() & ~ended).then(load).otherwise(FROM).alias(FROM))


def _load_month(ones: Sequence[Understood], at: date | None) -> date | None:
    """The month of the load: that of undated tables, else that of the latest fact."""
    if at:
        return at
    latest = [found for one in ones if one.map.table in MONTHED and (found := _latest(one, _OF_FACTS))]
    return max(latest).replace(day=1) if latest else None


def _identity(settings: IngestSettings) -> Identity:
    """How customers of several systems are told to be one."""
    return Identity.of(
        settings.systems,
        settings.trust,
        settings.survivorship,
        settings.survivorship_by,
        settings.key_limit,
        settings.household_limit,
    )


def _likeness(inputs: Inputs, settings: IngestSettings) -> Likeness:
    """How customers that look alike are looked for."""
    return Likeness(settings.link_threshold, settings.link_max_pairs, settings.key_limit, inputs.progress)


def _held(inputs: Inputs) -> Held | None:
    """Who the customers were in an earlier month, where there was one."""
    if "crosswalk" not in inputs.tables or "customers" not in inputs.tables:
        return None
    people = inputs.tables["customers"].select("customer_id", "certificate_h", "phone_h", "birth_year", "household_id")
    return Held(inputs.tables["crosswalk"].collect(engine="streaming"), people.collect(engine="streaming"))


def _without_purged(ones: Sequence[Understood], purged: frozenset[str]) -> tuple[list[Understood], list[int]]:
    """The extracts without persons who were purged, and how many rows of each those were."""
    found = [one.without_purged(purged) for one in ones]
    return [one for one, _ in found], [count for _, count in found]


def _left_out(ones: Sequence[Understood], gone: Sequence[int]) -> list[Notice]:
    return [
        Notice(
            "purged-left-out",
            "{file}: {count} rows of persons who were purged were left out.",
            {"file": one.map.source, "count": count},
        )
        for one, count in zip(ones, gone, strict=True)
        if count
    ]


def _month(ones: Sequence[Understood], asked: date | None, held: date | None) -> tuple[date, list[Notice]]:
    """The month of a table that has none: as asked, else that of the facts `held`, else of its latest date, else this.

    What is taken is said aloud.
    """
    if asked:
        return asked.replace(day=1), []
    if held:
        return held, [
            Notice(
                "as-of-held",
                "The table has no months; {month} was taken, the latest month held. Choose with --as-of.",
                {"month": f"{held:%Y-%m}"},
            )
        ]
    latest = max((found for one in ones if (found := _latest(one))), default=None)
    if latest:
        month = latest.replace(day=1)
        return month, [
            Notice(
                "as-of-latest",
                "The table has no months; {month} was taken, that of the latest date in it. Choose with --as-of.",
                {"month": f"{month:%Y-%m}"},
            )
        ]
    month = today().replace(day=1)
    return month, [
        Notice(
            "as-of-assumed",
            "The table has neither months nor dates; {month}, this month, was taken. Choose with --as-of.",
            {"month": f"{month:%Y-%m}"},
        )
    ]


def _latest(one: Understood, columns: Sequence[str] = _DATED) -> date | None:
    """The latest date of one extract, of columns that cannot lie ahead."""
    readings = [reading for reading in one.readings() if reading.name in columns]
    readings += [reading for reading in one.readings("subscriptions", attributes=False) if reading.name in columns]
    readings = list({reading.name: reading for reading in readings}.values())
    if not readings:
        return None
    dates, tomorrow = one.clean(readings), today() + timedelta(days=1)
    days = [pl.col(reading.name).cast(pl.Date) for reading in readings]
    known = [day.filter(day <= tomorrow).max() for day in days]  # what is said to be to come is no day of the table
    found = dates.select(pl.max_horizontal(known)).collect(engine="streaming")
    latest: date | None = found.item()
    return latest


def _about(one: Understood, *, unused: int) -> dict[str, Any]:
    """What was read of one extract and what was made of it."""
    names = {name: name.removeprefix(f"{one.map.table}.") for name in one.map.columns}
    why = {name: one.map.why(name) for name in names}
    return {
        "source": one.map.source,
        "table": one.map.table,
        "rows_read": one.rows,
        "rows_unused": unused,
        "encoding": one.extract.encoding,
        "delimiter": one.extract.delimiter,
        "confidence": one.map.confidence,
        "rivals": list(one.map.rivals),
        "mapped": {names[name]: use.header for name, use in one.map.columns.items()},
        "confidence_by_column": {names[name]: found.confidence for name, found in why.items()},
        "evidence_by_column": {names[name]: found.how for name, found in why.items()},
        "rivals_by_column": {names[name]: list(found.rivals) for name, found in why.items() if found.rivals},
        "undecided": {name: list(headers) for name, headers in one.map.undecided.items()},
        "units": {names[name]: use.unit for name, use in one.map.columns.items() if use.unit} | one.attribute_units,
        "word_lists": {names[name]: values_of(name) for name in names if values_of(name)},
        "unmapped": [header for name, (header, _) in one.attributes.items() if name != REASON],
        "attributes": {name: kind for name, (_, kind) in one.attributes.items()},
        "dropped_personal": list(one.map.personal),
        "dropped_empty": list(one.empty),
    }
