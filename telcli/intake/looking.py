"""An extract read once: its rows counted, its columns without a meaning typed, and what to say of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from telcli.errors import Notice
from telcli.intake.agents import AGENT, AGENT_TYPE, agent_column
from telcli.intake.assumed import epoch_marked, units_assumed
from telcli.intake.attributes import Profile, attribute_names, profile
from telcli.intake.charges import charges_told
from telcli.intake.dictionary import bare, pseudonymous, slots, weak_headers, word_list
from telcli.intake.guessing import HEAD
from telcli.intake.kept import Keep, keep_read
from telcli.intake.numbers import unknown_stars
from telcli.intake.people import columns_of_people, id_notices, people_notices
from telcli.intake.privacy import categories, header_tells
from telcli.intake.several_lines import lines_told
from telcli.intake.times_told import times_notices
from telcli.intake.understood import DISPUTED, Understood, headers_of_extract
from telcli.intake.void_words import says_void
from telcli.intake.words import NONE, folded, known_share, meant
from telcli.intake.zone_marks import marks_of, refuse_letters

__all__ = ["REASON", "looked_at", "told_of"]

REASON = "x_end_reason"
"""The attribute that holds why a line ended as it was said, beside the kind of ending."""

_FIRST = 20_000
_LABELS = ("target", "label", "y", "是否流失用户标签", "标签")
"""What the label is called in tables made for learning."""
_DEVICES = ("device_h", "sim_h")
_MANY, _SHOWN = 12, 8
_AGES = ("age", "年龄", "客户年龄", "用户年龄", "周岁")
"""Of more attributes than these only the first are named; the screen lists all of them already."""
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


def _devices(one: Understood) -> list[str]:
    """Of the columns dropped as personal those that are headed as numbers of devices or of cards are."""
    written = headers_of_extract(one.extract)
    known = {word for table in ("subscriptions", "calls") for name in _DEVICES for word in pseudonymous(table)[name]}
    return [header for header in one.map.personal if bare(written.get(header, header)) in known]


def _dropped(one: Understood) -> list[Notice]:
    """Which columns are not kept, and why."""
    notices, about = [], {"file": one.map.source}
    devices = _devices(one)
    if devices:
        notices.append(
            Notice(
                "devices-dropped",
                "{file}: dropped, since too few of the values are numbers of devices (IMEI) or of SIM cards (IMSI): "
                "{columns}; what is looked for by device, as fraud, does without.",
                {**about, "columns": ", ".join(devices)},
            )
        )
    if named := [header for header in one.map.personal if header not in devices]:
        values = {**about, "columns": ", ".join(named)}
        notices.append(Notice("personal-dropped", "{file}: columns that name persons were dropped: {columns}.", values))
    if one.empty:
        values = {**about, "columns": ", ".join(one.empty)}
        notices.append(Notice("empty-dropped", "{file}: columns without any value were dropped: {columns}.", values))
    return notices


def told_of(one: Understood) -> list[Notice]:
    """What the analyst should know of one extract: what was dropped, kept aside, or assumed."""
    notices = _dropped(one)
    about: dict[str, Any] = {"file": one.map.source}
    aside = [name for name in one.attributes if name == REASON or (one.summed and says_void(name))]
    if strange := [name for name in one.attributes if name not in aside]:
        shown = strange if len(strange) <= _MANY else [*strange[:_SHOWN], "..."]
        values = {**about, "count": len(strange), "columns": ", ".join(shown)}
        notices.append(
            Notice("kept-as-attributes", "{file}: unknown columns kept as attributes ({count}): {columns}.", values)
        )
    notices += _told_of_age(one)
    notices += _told_of_meanings(one)
    notices += _told_of_amounts(one)
    kept = {header for header, _ in one.attributes.values()}
    lost = [header for header in one.map.unknown if header not in kept]
    if lost and one.summed:
        values = {**about, "columns": ", ".join(lost)}
        notices.append(
            Notice(
                "summed-unused",
                "{file}: rows are added up by month, so these columns were left out: {columns}.",
                values,
            )
        )
    if one.map.unknown and one.map.links:
        told = "{file}: rows only say whose account is whose, so these columns were left out: {columns}."
        notices.append(Notice("links-unused", told, {**about, "columns": ", ".join(one.map.unknown)}))
    key = one.map.use("customer_id") or one.map.use("subscription_id")
    if key and not key.header.startswith("@"):
        head = one.extract.frame.head(HEAD).select(key.header).collect()
        notices += id_notices(one.map.source, key.header, head[key.header], dialled=one.number_ids)
    notices += people_notices(one.map.source, one.seen)
    notices += units_assumed(one.map, one.extract.frame, one.zone, one.marks)
    return notices + times_notices(one)


def _told_of_age(one: Understood) -> list[Notice]:
    """An age is of a day that nobody tells, so no year of birth is made of it."""
    ages = [name for name, (header, _) in one.attributes.items() if bare(header) in _AGES]
    if not ages or one.map.table != "customers" or one.map.use("birth_year"):
        return []
    told = "{file}: {column} is an age, of a day that is not told, and makes no birth_year: bands of age need one."
    return [Notice("age-aside", told, {"file": one.map.source, "column": ages[0]})]


def _told_of_meanings(one: Understood) -> list[Notice]:
    """Meanings that values alone told, and those that two headers could have."""
    notices = []
    about: dict[str, Any] = {"file": one.map.source}
    if not one.extract.headed and any(found.how == "values" for found in one.map.evidence.values()):
        told = [f"{use.header} → {name}" for name, use in one.map.columns.items() if one.map.why(name).how == "values"]
        values = {**about, "columns": ", ".join(told)}
        notices.append(
            Notice(
                "named-by-values",
                "{file} has no header; its columns were told by their values alone: {columns}. If that is right, pin "
                "it with --write-mapping FILE; else name them: --map {file}:NAME=column_N.",
                values,
            )
        )
        notices += _direction_assumed(one)
    notices += _kind_assumed(one)
    notices += _of_no_kind(one)
    notices += _of_no_level(one)
    label = _like_label(one)
    if label:
        notices.append(
            Notice(
                "label-likely",
                "{file}: {header} may be the label that tells who left, and was kept as an attribute; say so with "
                "--map churned={header}.",
                {**about, "header": label},
            )
        )
    for name, headers in one.map.undecided.items():
        values = {**about, "headers": ", ".join(headers), "column": name}
        values["ways"] = " / ".join(f"--map {one.map.source}:{name}={header}" for header in headers)
        notices.append(
            Notice(
                "mapping-undecided",
                "{file}: {headers} could each be {column}, so none was taken for it (choose: {ways}).",
                values,
            )
        )
    return notices


def _told_of_amounts(one: Understood) -> list[Notice]:
    """Invoices that are payments as well, and attributes whose unit is known."""
    notices = []
    about: dict[str, Any] = {"file": one.map.source}
    paid = one.map.use("paid_at", "payments") if one.map.table == "bills" else None
    if paid:
        notices.append(
            Notice(
                "invoices-settled",
                "{file}: each invoice is a payment of its whole amount on the day in {header}; invoices are added up "
                "by the month of their day.",
                {**about, "header": paid.header},
            )
        )
    notices += [*lines_told(one.map), *charges_told(one)]
    for name, unit in one.attribute_units.items():
        values = {**about, "header": one.attributes[name][0], "unit": unit, "name": name}
        notices.append(
            Notice(
                "attribute-unit",
                "{file}: {header} is in {unit}, as is known of this column; {name} holds it in the usual unit.",
                values,
            )
        )
    return notices


def _direction_assumed(one: Understood) -> list[Notice]:
    """Calls of a file without header in which nothing tells who called."""
    use = one.map.use("direction", "calls")
    if use is None or not use.constant:
        return []
    return [
        Notice(
            "direction-assumed",
            "{file}: no column tells who called, so all calls are taken as made; if codes do, such as 1 and 2: "
            "--map {file}:direction=column_N.",
            {"file": one.map.source},
        )
    ]


def _of_no_kind(one: Understood) -> list[Notice]:
    """Words under which a list has what it tells nothing of, such as other; their rows have no value there."""
    notices = []
    for name, use in one.map.columns.items():
        slot = slots()[name]
        nothing = [word for word, value in word_list(slot.words).items() if value == NONE] if slot.words else []
        if not nothing or use.constant:
            continue
        said = one.frame.select(pl.col(use.header).alias("t")).group_by("t").len("n").collect(engine="streaming")
        plain = folded(meant(said["t"])).str.replace_all(r"\s+", "").str.to_lowercase()
        found = said.filter(plain.is_in(nothing).fill_null(value=False)).sort("n", "t", descending=[True, False])
        if found.height:
            values = {"file": one.map.source, "header": use.header, "column": slot.column, "list": slot.words}
            values |= {"words": ", ".join(found["t"].to_list()), "count": f"{found['n'].sum():,}"}
            notices.append(
                Notice(
                    "words-of-none",
                    "{file}: rows with {words} in {header} ({count}) have no {column}, as telcli tells none of these "
                    "words apart (else: under [dictionary.words.{list}] in telcli.toml).",
                    values,
                )
            )
    return notices


def _of_no_level(one: Understood) -> list[Notice]:
    """Words in a column of stars that tell no level: their rows have none."""
    use = one.map.use("star_level", "customers")
    if use is None or use.constant:
        return []
    said = one.frame.select(pl.col(use.header).alias("t")).group_by("t").len("n").collect(engine="streaming")
    said = said.drop_nulls("t")
    found = said.filter(unknown_stars(said["t"])).sort("n", "t", descending=[True, False])
    if not found.height:
        return []
    shown = [*dict.fromkeys(categories(found["t"].head(_SHOWN)).to_list()), *(["..."] if found.height > _SHOWN else [])]
    values = {"file": one.map.source, "header": use.header, "words": ", ".join(shown), "count": f"{found['n'].sum():,}"}
    told = (
        "{file}: rows with {words} in {header} ({count}) have no star_level, as telcli knows no level of that name "
        "(else: under [dictionary.words.star_level] in telcli.toml)."
    )
    return [Notice("stars-unknown", told, values)]


def _kind_assumed(one: Understood) -> list[Notice]:
    """A column called as kinds of calls are, whose words are none that telcli knows, beside a kind that is assumed."""
    use = one.map.use("kind", "calls")
    if use is None or not use.constant or one.map.why("calls.kind").how == "told":
        return []
    written = headers_of_extract(one.extract)
    likely = [
        header for header, _ in one.attributes.values() if bare(written[header]) in weak_headers().get("kind", ())
    ]
    return [
        Notice(
            "kind-assumed",
            "{file}: the words in {header} are not all kinds of calls or directions, so every row is taken as {kind}. "
            "If some are not, say which words are voice, text and data under [dictionary.words.kind_of_call] in "
            "telcli.toml, then --map {file}:calls.kind={header}.",
            {"file": one.map.source, "header": header, "kind": use.constant},
        )
        for header in likely[:1]
    ]


def _like_label(one: Understood) -> str:
    """A column of a flat table that is called as labels are; empty where there is none, or the label is known."""
    if one.map.table != "customers" or one.map.use("churned"):
        return ""
    flags = [header for header, kind in one.attributes.values() if kind in ("Boolean", "Float64")]
    return next((header for header in flags if header.strip().lower() in _LABELS), "")
