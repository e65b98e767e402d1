"""Suggestions from the knowledge base of a working directory. Writes nothing."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from telcli.errors import MissingInputError, UsageError
from telcli.pipeline.own_words import own_words
from telcli.pipeline.workdir import Workdir
from telcli.stages.knowledge_suggest import Asked, Suggested, named, suggested
from telcli.tables import contract
from telcli.tables.experience_sheet import WHOLE, theme_named
from telcli.tables.knowledge_results import ANY

if TYPE_CHECKING:
    import polars as pl

__all__ = ["suggest"]


def suggest(directory: Path, words: Sequence[str], reason: str | None = None, as_of: date | None = None) -> Suggested:
    """Rank what is known for a segment (its name in either language, or any), or for ``customer ID``.

    Everything is read as it stood at `as_of`, or as it is now. `reason` is a theme; a customer has her own.

    Raises
    ------
    UsageError
        No such segment or reason; the nearest names are told.
    MissingInputError
        There is no such customer in a plan, segment or score.
    """
    place = Workdir(directory)
    of_customer = len(words) > 1 and words[0].casefold() in ("customer", "客户")
    if of_customer:
        asked = _customer(place, " ".join(words[1:]).strip(), as_of)
    else:
        asked = Asked(_segment(place, " ".join(words), as_of))
    if reason:
        asked = Asked(asked.segment_name, _theme(reason), asked.customer_id, asked.leaving, asked.worth)
    knowledge = _table(place, "retention_knowledge", as_of)
    if knowledge is None:
        knowledge = contract("retention_knowledge").schema.create_empty().lazy()
    experience = _table(place, "retention_experience", as_of, every=True)
    return suggested(
        asked,
        knowledge.collect(),
        _table(place, "retention_evidence", as_of, every=True),
        None if experience is None else experience.sort("as_of", "row_id").collect(),
        own_words("plan-retention", directory).get("offers"),
    )


def _table(place: Workdir, table: str, as_of: date | None, *, every: bool = False) -> pl.LazyFrame | None:
    """The latest snapshot up to a month, or every one; None where there is none."""
    until = as_of.isoformat() if as_of else "9999"
    names = tuple(name for name in place.manifest().partitions(table) if name <= until)
    if not names:
        return None
    frame: pl.LazyFrame = place.hold(table, lambda _: names if every else names[-1:])[2]
    return frame


def _segment(place: Workdir, text: str, as_of: date | None) -> str:
    if text.strip().casefold() in WHOLE:
        return ANY
    names: set[tuple[str, str | None]] = set()
    for table in ("segments", "retention_plan"):
        frame = _table(place, table, as_of)
        if frame is not None:
            names |= set(frame.select("segment_name", "segment_name_zh").unique().collect().drop_nulls().rows())
    frame = _table(place, "retention_knowledge", as_of)
    if frame is not None:
        known = frame.select("segment_name").unique().collect()["segment_name"].to_list()
        names |= {(name, None) for name in known if name != ANY}
    ordered = sorted(names, key=lambda pair: (pair[0], pair[1] or ""))
    if found := named(text, ordered):
        return found
    every = sorted({name for pair in ordered for name in pair if name})
    near = difflib.get_close_matches(text, every, n=3, cutoff=0.4) or every[:5]
    raise UsageError(
        "segment-unknown",
        "There is no segment called {segment}.",
        hint="Segments: {near}. Or: telcli knowledge suggest any" if near else "Write: telcli knowledge suggest any",
        segment=text,
        near=", ".join(near),
    )


def _theme(text: str) -> str:
    if text.strip().casefold() in WHOLE:
        return ANY
    if found := theme_named(text):
        return found
    from telcli.tables.results import CHURN_THEMES

    raise UsageError(
        "reason-unknown",
        "There is no reason called {reason}.",
        hint="Reasons: {known}.",
        reason=text,
        known=", ".join(CHURN_THEMES),
    )


def _customer(place: Workdir, asked: str, as_of: date | None) -> Asked:
    """A customer's segment, first reason, chance of leaving and worth: by the latest results that have her."""
    import polars as pl

    told: dict[str, Any] = {}
    for table, columns in _OF_CUSTOMER.items():
        frame = _table(place, table, as_of)
        if frame is None:
            continue
        rows = frame.filter(pl.col("customer_id") == asked).select("customer_id", *columns).collect()
        for row in rows.rename(columns).to_dicts():
            told |= {name: value for name, value in row.items() if value is not None and name not in told}
    if not told:
        raise MissingInputError(
            "knowledge-customer",
            "No plan, segment or score has this customer.",
            hint="Look the customer_id up: telcli customer ID",
        )
    return Asked(told.get("segment_name", ANY), told.get("theme", ANY), asked, told.get("leaving"), told.get("worth"))


_OF_CUSTOMER = {
    "retention_plan": {
        "segment_name": "segment_name",
        "theme": "theme",
        "churn_probability": "leaving",
        "worth": "worth",
    },
    "segments": {"segment_name": "segment_name"},
    "churn_scores": {"reason_1_theme": "theme", "churn_probability": "leaving"},
    "value_scores": {"retention_value": "worth"},
}
"""Results that tell of a customer, the first before the others: column by what it is."""
