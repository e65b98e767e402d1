"""What to say of an extract that was looked at: what was dropped, kept aside, left out or assumed."""

from __future__ import annotations

from typing import Any

from telcli.errors import Notice
from telcli.intake.assumed import units_assumed
from telcli.intake.charges import charges_told
from telcli.intake.dictionary import bare, pseudonymous
from telcli.intake.guessing import HEAD
from telcli.intake.looking import REASON
from telcli.intake.meanings_told import meanings_told
from telcli.intake.people import id_notices, people_notices
from telcli.intake.several_lines import lines_told
from telcli.intake.times_told import times_notices
from telcli.intake.understood import Understood, headers_of_extract
from telcli.intake.void_words import says_void

__all__ = ["told_of"]

_DEVICES = ("device_h", "sim_h")
_MANY, _SHOWN = 12, 8
"""Of more attributes than these only the first are named; the screen lists all of them already."""
_AGES = ("age", "年龄", "客户年龄", "用户年龄", "周岁")


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
    notices += meanings_told(one)
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


def _devices(one: Understood) -> list[str]:
    """Of the columns dropped as personal those that are headed as numbers of devices or of cards are."""
    written = headers_of_extract(one.extract)
    known = {word for table in ("subscriptions", "calls") for name in _DEVICES for word in pseudonymous(table)[name]}
    return [header for header in one.map.personal if bare(written.get(header, header)) in known]


def _told_of_age(one: Understood) -> list[Notice]:
    """An age is of a day that nobody tells, so no year of birth is made of it."""
    ages = [name for name, (header, _) in one.attributes.items() if bare(header) in _AGES]
    if not ages or one.map.table != "customers" or one.map.use("birth_year"):
        return []
    told = "{file}: {column} is an age, of a day that is not told, and makes no birth_year: bands of age need one."
    return [Notice("age-aside", told, {"file": one.map.source, "column": ages[0]})]


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
