"""Which extracts of customers are of one system, with one set of identifiers, and which have a set of their own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import PurePath
from typing import Any

import polars as pl

from telcli.errors import Notice, UsageError

__all__ = ["WITNESSES", "Described", "Witness", "patterns", "stable_name", "systems_of"]

_DATED = re.compile(r"(?:19|20)\d{2}[-_.]?\d{2}(?:[-_.]?\d{2})?")
WITNESSES = ("certificate_h", "phone_h", "birth_year")
"""Columns whose agreement shows that two equal identifiers are one customer, the surest first."""


@dataclass(frozen=True)
class Described:
    """The customers of one source: its stable name, its headers, and a row per ``source_key`` with the witnesses."""

    source: str
    layout: frozenset[str]
    keys: pl.DataFrame


@dataclass(frozen=True)
class Witness:
    """Identifiers that two sources share, and what was seen of them: how many could be compared, how many agree."""

    common: int
    column: str = ""
    compared: int = 0
    agreed: int = 0

    @property
    def one_system(self) -> bool:
        """Whether equal identifiers are one customer: half of what can be compared agrees, or nothing can be."""
        return self.common > 0 and 2 * self.agreed >= self.compared


def stable_name(source: str) -> str:
    """A source's name with dates as ``*``, the same from month to month.

    >>> stable_name("crm_customers_20240630.csv")
    'crm_customers_*.csv'
    """
    return _DATED.sub("*", source)


def patterns(text: str, setting: str) -> list[tuple[str, str]]:
    """Pairs of pattern and word from a setting such as ``crm_*=crm, boss_*=boss``.

    >>> patterns("crm_*=crm, old*=old", "systems")
    [('crm_*', 'crm'), ('old*', 'old')]
    """
    found = []
    for part in text.replace("，", ",").split(","):
        left, equals, right = (word.strip() for word in part.partition("="))
        if not part.strip():
            continue
        if not (left and equals and right):
            raise UsageError(
                "pairs-invalid",
                "[ingest] {setting}: {part} is not of the form NAME=VALUE.",
                hint="Part several by commas, such as crm_*=crm, boss_*=boss.",
                setting=setting,
                part=part.strip(),
            )
        found.append((left, right))
    return found


def systems_of(
    found: Sequence[Described],
    told: Sequence[tuple[str, str]],
    held: Mapping[str, str],
    before: Mapping[str, Described] | None = None,
) -> tuple[dict[str, str], list[Notice]]:
    """The system of each source: as told, as held from an earlier month, or as its identifiers show.

    `before` are the systems of earlier months, each with what is held of its customers: an export under a new name is
    of the system whose identifiers it has. Sources are taken in order of their names, so that the order in which they
    were given changes nothing.

    >>> one = Described("a.csv", frozenset({"id"}), pl.DataFrame({"source_key": ["1"], "certificate_h": ["x"]}))
    >>> two = Described("b.csv", frozenset({"no"}), pl.DataFrame({"source_key": ["1"], "certificate_h": ["y"]}))
    >>> systems_of([two, one], [], {})[0]
    {'a.csv': 'a', 'b.csv': 'b'}
    """
    settled: dict[str, str] = {}
    notices: list[Notice] = []
    order = sorted(found, key=lambda one: (_told(one.source, told) is None, one.source not in held, one.source))
    members: dict[str, list[Described]] = {system: [one] for system, one in sorted((before or {}).items())}
    for one in order:
        system = _told(one.source, told) or held.get(one.source)
        if system is None:
            system, notice = _compared(one, members)
            notices += notice
        settled[one.source] = system
        members.setdefault(system, []).append(one)
    return {source: settled[source] for source in sorted(settled)}, _together(notices)


def _together(notices: Sequence[Notice]) -> list[Notice]:
    """The same said of several sources beside one is said once."""
    found: dict[tuple[Any, ...], Notice] = {}
    for notice in notices:
        key = notice.code, *[value for name, value in notice.values.items() if name != "file"]
        first = found.get(key) if notice.code == "system-assumed" else None
        values = (
            {**notice.values, "file": f"{first.values['file']}, {notice.values['file']}"} if first else notice.values
        )
        found[key if notice.code == "system-assumed" else (len(found),)] = replace(notice, values=values)
    return list(found.values())


def _told(source: str, told: Sequence[tuple[str, str]]) -> str | None:
    return next((system for pattern, system in told if fnmatchcase(source, pattern)), None)


def _compared(one: Described, members: Mapping[str, Sequence[Described]]) -> tuple[str, list[Notice]]:
    """The system whose identifiers this source shares, else one of its own named after it."""
    seen = {system: _witness(one, others) for system, others in members.items()}
    same = [system for system, witness in seen.items() if witness.one_system]
    alike = [system for system, others in members.items() if not seen[system].common and _parts(one, others)]
    if same:
        system = max(same, key=lambda name: (seen[name].agreed, seen[name].common))
        return system, [_shared(one.source, members[system][0].source, seen[system])]
    if alike:
        return alike[0], []
    stem = PurePath(one.source).name.split(".")[0].rstrip("*_- ") or one.source
    name = stem if stem not in members else one.source
    return name, [_own(one.source, others[0].source, seen[system]) for system, others in members.items()]


def _parts(one: Described, others: Sequence[Described]) -> bool:
    """Whether a source has the very headers of another, so that both are parts of one export."""
    return any(one.layout == other.layout for other in others)


def _witness(one: Described, others: Sequence[Described]) -> Witness:
    known = (
        pl.concat([other.keys for other in others], how="diagonal_relaxed")
        .group_by("source_key")
        .agg(pl.all().drop_nulls().first())
    )
    both = one.keys.join(known, on="source_key", suffix="_known")
    for column in WITNESSES:
        if column in one.keys.columns and column in known.columns:
            pairs = both.select(a=column, b=f"{column}_known").drop_nulls()
            if pairs.height:
                return Witness(both.height, column, pairs.height, int((pairs["a"] == pairs["b"]).sum()))
    return Witness(both.height)


def _shared(source: str, other: str, witness: Witness) -> Notice:
    values = {"file": source, "other": other, "count": witness.common}
    if not witness.compared:
        return Notice(
            "system-assumed",
            "{file} and {other} have {count} identifiers in common and nothing that shows whether they are the same "
            "customers; they are taken for one system (else: [ingest] systems).",
            values,
        )
    return Notice(
        "system-shared",
        "{file} and {other} are one system: of {count} identifiers in common {compared} can be compared by their "
        "{witness}, and {agreed} agree.",
        {**values, "compared": witness.compared, "witness": witness.column, "agreed": witness.agreed},
    )


def _own(source: str, other: str, witness: Witness) -> Notice:
    values = {"file": source, "other": other, "count": witness.common}
    if not witness.common:
        return Notice(
            "system-apart",
            "{file} and {other} have no identifier in common: they are taken for two systems, joined by certificate "
            "and telephone number where these are known.",
            values,
        )
    return Notice(
        "system-own",
        "{file} and {other} have {count} identifiers in common, but of {compared} that can be compared by their "
        "{witness} only {agreed} agree: they are two systems with identifiers of their own.",
        {**values, "compared": witness.compared, "witness": witness.column, "agreed": witness.agreed},
    )
