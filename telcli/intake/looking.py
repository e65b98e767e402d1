"""An extract read once: its rows counted and its columns without a meaning typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from telcli.intake.agents import AGENT, AGENT_TYPE, agent_column
from telcli.intake.assumed import epoch_marked
from telcli.intake.attributes import Profile, attribute_names, profile
from telcli.intake.dictionary import bare
from telcli.intake.guessing import HEAD
from telcli.intake.kept import Keep, keep_read
from telcli.intake.people import columns_of_people
from telcli.intake.privacy import header_tells
from telcli.intake.understood import DISPUTED, Understood, headers_of_extract
from telcli.intake.void_words import says_void
from telcli.intake.words import known_share
from telcli.intake.zone_marks import marks_of, refuse_letters

__all__ = ["REASON", "looked_at"]

REASON = "x_end_reason"
"""The attribute that holds why a line ended as it was said, beside the kind of ending."""

_FIRST = 20_000
_DISPUTED = ("disputed", "dispute", "indispute", "争议", "有争议", "是否争议", "账单争议")
"""Names, bare, of columns that say whether a bill is disputed."""
_SURE = ("Float64", "String")
"""Types that hold until a value says otherwise: what else the first rows look like is settled on all rows."""


def looked_at(one: Understood, keep: Keep) -> Understood:
    """Read the extract once: count the rows, type the attributes, drop what names persons or holds nothing.

    Attributes are typed by the first rows, and by all rows where that does not settle it: it does for text and for
    numbers, if the one reading of the whole finds nothing to the contrary.
    """
    wanted = [*one.map.unknown, *_reasons(one)]
    if one.summed or one.map.links:
        wanted = [*_disputes(one), *_states(one)]
    refuse_letters(one.map.source, one.frame.head(HEAD), one.every_reading())
    one = replace(one, seen=columns_of_people(one.frame, [*one.readings(), *one.readings("subscriptions")]))
    profiles = profile(one.extract.frame.head(_FIRST), wanted)[1] if wanted else {}
    written = headers_of_extract(one.extract)
    open_ = [
        name
        for name in wanted
        if profiles[name].type not in _SURE
        or profiles[name].personal
        or header_tells(written[name])
        or name not in one.map.unknown
    ]
    while True:
        if open_:
            profiles |= profile(one.extract.frame, open_)[1]
        found = _typed(one, wanted, profiles) if wanted else one
        unsure = [reading for reading in found.readings() if reading.header in wanted and reading.header not in open_]
        headers = [reading.header for reading in unsure]
        kept = keep_read(found.frame, found.map.source, found.every_reading(), keep, headers)
        marks = marks_of(kept, found.every_reading())
        doubtful, told = kept.doubtful(unsure), epoch_marked(one.map, marks)
        if not doubtful and told is one.map:
            rows = one.extract.rows
            return replace(found, kept=kept, marks=marks, rows=_rows(kept.frame) if rows is None else rows)
        open_ += doubtful
        one = replace(one, map=told)


def _disputes(one: Understood) -> list[str]:
    """Of bills that are added up by month, the column that says whether each is disputed: any of a month is."""
    if one.map.table != "bills" or one.map.links:
        return []
    written = headers_of_extract(one.extract)
    named = [header for header in one.map.unknown if bare(written[header]) in _DISPUTED]
    return [header for header in named[:1] if profile(one.extract.frame, [header])[1][header].type == "Boolean"]


def _states(one: Understood) -> list[str]:
    """Of bills that are added up by month, columns that may say that some are void: those are in no sum."""
    written = headers_of_extract(one.extract)
    bills = one.map.table == "bills" and not one.map.links
    return [header for header in one.map.unknown if bills and says_void(written[header])]


def _reasons(one: Understood) -> list[str]:
    """The column that says why lines ended, where it says more than the kinds of ending that it is coded as.

    A pinned mapping stays as it was written.
    """
    use = one.map.use("end_reason", "subscriptions")
    if use is None or use.constant or one.rows < 0 or use.header not in headers_of_extract(one.extract):
        return []
    said = one.frame.head(_FIRST).select(use.header).collect(engine="streaming").to_series()
    return [use.header] if known_share(said, "end_reason") < 1.0 else []


def _rows(frame: pl.LazyFrame) -> int:
    counted: int = frame.select(pl.len()).collect(engine="streaming").item()
    return counted


def _typed(one: Understood, wanted: Sequence[str], profiles: Mapping[str, Profile]) -> Understood:
    """With the attributes that these profiles make of its columns without a meaning."""
    written = headers_of_extract(one.extract)
    agent = agent_column(one.map.table, {name: written[name] for name in one.map.unknown})
    found = {name: profiles[name] for name in wanted if profiles[name].values and name != agent}
    private = [name for name, seen in found.items() if seen.names_persons_under(written[name])]
    empty = [header for header in wanted if not profiles[header].values]
    kept = [header for header in wanted if header not in private and header not in empty]
    names = attribute_names(kept, one.attributes)
    # a column that has a meaning besides is kept as text or not at all, and nothing is lost with it
    known = [header for header in wanted if header not in one.map.unknown]
    names |= dict.fromkeys(known, REASON)
    names |= {agent: AGENT} if agent in names else {}
    names |= dict.fromkeys(_disputes(one) if one.summed else (), DISPUTED)
    kept = [header for header in kept if header not in known or profiles[header].type == "String"]
    return replace(
        one,
        map=replace(one.map, personal=(*one.map.personal, *(name for name in private if name not in known))),
        attributes={
            **one.attributes,
            **{names[header]: (header, AGENT_TYPE if header == agent else profiles[header].type) for header in kept},
        },
        empty=tuple(header for header in empty if header not in known),
    )
