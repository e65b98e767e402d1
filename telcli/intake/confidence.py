"""How sure each column's meaning is: by what it was told, what its values say, and what else it could be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from telcli.intake.candidates import BORROWS, KEYS, SNAPSHOT, Use, meaning
from telcli.intake.dictionary import bare, headers_of, pseudonymous, read_header, snapshot_headers, weak_headers
from telcli.intake.slots import slots

__all__ = ["SURE_OF", "Evidence", "evidence_of", "weighed"]

SURE_OF = {
    "told": 1.0,
    "pinned": 1.0,
    "name": 1.0,
    "word": 0.95,
    "part": 0.9,
    "values": 0.8,
    "weak": 0.6,
    "assumed": 0.5,
}
"""What a meaning rests on -> how sure it is before values and rivals have their say.

In that order: --map, a mapping file, telcli's own name, a word of the dictionary, such a word beside a unit, the values
alone, a word of many uses, nothing but that something has to stand there.
"""
_RIVALLED = 0.85
"""What is left of it where something else fits as well."""


@dataclass(frozen=True)
class Evidence:
    """What a column's meaning rests on, how sure it is (0 to 1), and what else was possible.

    `rivals` are other headers that could fill the same place, and other places that the same header could fill.
    """

    how: str
    confidence: float
    rivals: tuple[str, ...] = ()


def weighed(how: str, readable: float = 1.0, rivals: tuple[str, ...] = ()) -> Evidence:
    """Evidence of one kind, held against the share of the first values that can be read so.

    >>> weighed("word", 0.5), weighed("weak", rivals=("msisdn",)).confidence
    (Evidence(how='word', confidence=0.47, rivals=()), 0.51)
    """
    sure = SURE_OF[how] * readable * (_RIVALLED if rivals and how not in ("told", "pinned") else 1.0)
    return Evidence(how, round(sure - 1e-9, 2), rivals)


def evidence_of(
    table: str,
    columns: Mapping[str, Use],
    headers: Mapping[str, str],
    told: Mapping[str, Use],
    readable: Mapping[str, float],
) -> dict[str, Evidence]:
    """Evidence for each slot of one extract.

    `headers` maps columns of the frame to headers as written, `told` is what the analyst said, `readable` the share of
    the first values of each slot that can be read as it.

    >>> found = evidence_of("bills", {"bills.amount": Use("金额")}, {"金额": "金额"}, {}, {})
    >>> found["bills.amount"]
    Evidence(how='word', confidence=0.95, rivals=())
    """
    said = {name if "." in name else f"{table}.{name}" for name in told}
    said |= {name for name, use in columns.items() if use in told.values() and slots()[name].column in told}
    found = {}
    for name, use in columns.items():
        how = "told" if name in said else _how(table, name, use, headers)
        rivals: tuple[str, ...] = ()
        if how not in ("told", "assumed"):
            rivals = (*_headers(name, headers, columns, weak=how == "weak"), *_places(table, name, use, headers))
        found[name] = weighed(how, readable.get(name, 1.0), rivals)
    return found


def _how(table: str, name: str, use: Use, headers: Mapping[str, str]) -> str:
    """What points from the header to the slot."""
    if use.header not in headers:
        return "assumed"
    slot, written = slots()[name], headers[use.header]
    plain = bare(written)
    people = set(pseudonymous(slot.table).get(slot.column, ()))
    if table == "customers" and name == "bills.amount":
        return "weak"
    if plain == bare(slot.column):
        return "name"
    shown = slot.column == SNAPSHOT and plain in snapshot_headers()
    if shown or headers_of(slot.table).get(plain) == slot.column or people & {plain, read_header(written)[0]}:
        return "word"
    if meaning(slot.table, written)[0] == slot.column:
        return "part"
    return "weak" if plain in weak_headers().get(slot.column, ()) else "values"


def _headers(name: str, headers: Mapping[str, str], columns: Mapping[str, Use], *, weak: bool) -> tuple[str, ...]:
    """Other headers that could fill the same slot and fill no other; words of many uses where one was taken."""
    slot = slots()[name]
    used = {other.header for other in columns.values()}
    words = weak_headers().get(slot.column, ()) if weak else ()
    return tuple(
        written
        for column, written in headers.items()
        if column not in used and (meaning(slot.table, written)[0] == slot.column or bare(written) in words)
    )


def _places(table: str, name: str, use: Use, headers: Mapping[str, str]) -> tuple[str, ...]:
    """Other slots that the same header could fill in this extract."""
    found = []
    for owner in (table, *BORROWS.get(table, ())):
        column = meaning(owner, headers[use.header])[0]
        place = f"{owner}.{column}"
        if column not in KEYS and place in slots() and column != slots()[name].column:
            found.append(place)
    return tuple(found)
