"""Which table an extract is, and which of its columns means what: guessed from the dictionary, or told.

Nothing is guessed in silence: every choice is reported with a confidence, two headers for one meaning are an error
that names both, and what the analyst says (`--map`, a pinned mapping) always wins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from telcli.errors import DataError
from telcli.intake.candidates import (
    BORROWS,
    KEYS,
    ROW_NUMBER,
    SNAPSHOT,
    Candidate,
    Use,
    candidate,
    meaning,
    shown_months,
    snapshot_use,
)
from telcli.intake.confidence import SURE_OF, Evidence, weighed
from telcli.intake.dictionary import (
    bare,
    event_words,
    flat_amounts,
    gives_way,
    own_headers,
    personal,
    pseudonymous,
    read_header,
)
from telcli.intake.slots import slots
from telcli.tables import SUBJECTS

__all__ = ["ROW_NUMBER", "SourceMap", "Use", "guess", "of_all_rows", "why_not"]

_RIVAL, _TIE = 0.5, 0.95
"""Tables that fit so well, as a share of the best, are named beside it; or nothing but the analyst tells them apart."""


@dataclass(frozen=True)
class SourceMap:
    """One extract understood: its table, and each slot's source by the slot's full name (``bills.amount``).

    `unknown` are headers without a meaning, `personal` those that name persons; `confidence` runs from 0 to 1 and is
    of the table, whose `rivals` fit next best, those of `ties` as well; `evidence` holds that of each slot. `undecided`
    are slots of other tables that several headers could fill: none does. `weak_id` is set where only a name such as
    ``id`` points to the customer, `links` where rows only say whose account is whose, some of them more than once.
    """

    source: str
    table: str
    confidence: float
    columns: Mapping[str, Use]
    unknown: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()
    weak_id: bool = False
    rivals: tuple[str, ...] = ()
    ties: tuple[str, ...] = ()
    links: bool = False
    evidence: Mapping[str, Evidence] = field(default_factory=dict)
    undecided: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def why(self, name: str) -> Evidence:
        """What one slot's source rests on; where nobody looked, it is what has to stand there."""
        return self.evidence.get(name) or weighed("assumed")

    def use(self, column: str, table: str = "") -> Use | None:
        """The source of one column of its own table, or of a borrowed one."""
        return self.columns.get(f"{table or self.table}.{column}")

    def columns_of(self, table: str) -> dict[str, Use]:
        """The columns found of one table, by bare name."""
        return {slots()[name].column: use for name, use in self.columns.items() if slots()[name].table == table}


def guess(  # noqa: D417 (numpy sections)
    source: str,
    headers: Mapping[str, str],
    told: Mapping[str, Use],
    *,
    table: str = "",
    refused: frozenset[tuple[str, str]] = frozenset(),
) -> SourceMap | None:
    """Understand one extract; None when no table fits.

    Parameters
    ----------
    source : the extract's name; words in it point to a table.
    headers : column of the frame -> header as written.
    told : slots that the analyst named, by full or bare name; they replace what would be guessed.
    table : the subject, when the analyst named it.
    refused : (full slot name, header) that a look at the values has ruled out.

    Raises
    ------
    DataError
        Two headers mean the same thing.
    """
    names = [table] if table else SUBJECTS
    candidates = [candidate(name, source, headers, told, refused) for name in names]
    fitting = [found for found in candidates if not found.missing]
    if not fitting:
        return None
    order = sorted(fitting, key=lambda found: -found.score)
    best = order[0]
    rival = max((found.score for found in order[1:]), default=0.0)
    weak_id = best.table == "customers" and "customer_id" in best.weak
    confidence = best.score / (best.score + rival) if best.score else 0.5
    if weak_id:  # no surer than what its rows are known by
        confidence = min(confidence, SURE_OF["weak"])
    columns, undecided = _settled(source, best, headers, told, refused)
    used = {use.header for use in columns.values()}
    private = tuple(name for name, written in headers.items() if name not in used and personal(written))
    unknown = tuple(name for name in headers if name not in used and name not in private)
    return SourceMap(
        source,
        best.table,
        round(confidence, 2),
        columns,
        unknown,
        private,
        weak_id=weak_id,
        rivals=tuple(found.table for found in order[1:] if found.score > _RIVAL * best.score),
        ties=tuple(found.table for found in order[1:] if _ties(best, found)),
        undecided={slot: names for slot, names in undecided.items() if slot not in columns},
    )


def _ties(best: Candidate, other: Candidate) -> bool:
    """Whether another table fits as well, and it would make a difference."""
    if set(other.strong) <= set(KEYS) or other.table in BORROWS.get(best.table, ()) or not best.score:
        return False
    return other.score > _TIE * best.score


def why_not(source: str, headers: Mapping[str, str], told: Mapping[str, Use]) -> str:
    """The canonical column whose absence keeps the best-fitting table from being recognised."""
    candidates = [candidate(name, source, headers, told) for name in SUBJECTS]
    return max(candidates, key=lambda found: (found.missing != "customer_id", found.score)).missing


def _settled(
    source: str,
    best: Candidate,
    headers: Mapping[str, str],
    told: Mapping[str, Use],
    refused: frozenset[tuple[str, str]],
) -> tuple[dict[str, Use], dict[str, tuple[str, ...]]]:
    """One use per slot, own columns first, then those that the table lends to others; and those that stay undecided."""
    columns: dict[str, Use] = {}
    undecided: dict[str, tuple[str, ...]] = {}
    for column, uses in best.strong.items():
        slot = f"{best.table}.{column}"
        chosen = _preferred(slot, uses, headers)
        _refuse_ambiguous(source, slot, _apart(chosen, headers))
        columns[slot] = chosen[0]
    columns |= {f"{best.table}.{column}": use for column, use in best.weak.items()}
    columns |= {name: use for name, use in told.items() if name in slots()}
    for lender in BORROWS.get(best.table, ()):
        used = {use.header for use in columns.values()}
        free = {name: written for name, written in headers.items() if name not in used}
        lent = {slot: _preferred(slot, uses, headers) for slot, uses in _lent(lender, free, refused).items()}
        columns |= {slot: uses[0] for slot, uses in lent.items() if len(uses) == 1}
        undecided |= {slot: tuple(headers[use.header] for use in uses) for slot, uses in lent.items() if len(uses) > 1}
    columns |= snapshot_use(best.table, columns, headers, refused)
    if best.table == "customers":
        columns |= _flat_amount(columns, headers, refused)
        columns |= shown_months(columns)
    columns |= _settled_on(columns, headers, refused)
    columns |= _pseudonymous(best.table, columns, headers, refused)
    columns |= of_all_rows(source, best.table, columns, headers)
    for name in told:
        if "." not in name and not any(slots()[known].column == name for known in columns):
            columns |= _lent_by_name(best.table, name, told[name])
    return columns, undecided


def _preferred(slot: str, uses: list[Use], headers: Mapping[str, str]) -> list[Use]:
    """Of several headers for one meaning the one that the operator's own words name, else those that give no way."""
    own = [use for use in uses if bare(headers.get(use.header, "")) in own_headers(slot)]
    if len(own) == 1 or len(uses) == 1:
        return own or uses
    yields = gives_way(slot.partition(".")[2])
    first = [use for use in uses if bare(headers.get(use.header, "")) not in yields]
    return first or uses


def _lent(lender: str, headers: Mapping[str, str], refused: frozenset[tuple[str, str]]) -> dict[str, list[Use]]:
    """Columns of another table that stand in this extract, with each header that could be one."""
    lent: dict[str, list[Use]] = defaultdict(list)
    for name, written in headers.items():
        column, unit = meaning(lender, written)
        slot = f"{lender}.{column}"
        if column and column not in KEYS and slot in slots() and (slot, name) not in refused:
            lent[slot].append(Use(name, unit))
    return lent


def _pseudonymous(
    table: str, columns: Mapping[str, Use], headers: Mapping[str, str], refused: frozenset[tuple[str, str]]
) -> dict[str, Use]:
    """Columns of persons that have a place as pseudonyms; a number may be an identifier, or the line's, as well."""
    lends = any(name.startswith("subscriptions.") for name in columns)
    owners = {"customers": ("customers", "subscriptions")[: 1 + lends], "subscriptions": ("subscriptions",)}
    owners["calls"] = ("calls",)
    found: dict[str, Use] = {}
    for owner in owners.get(table, ()):
        for column, words in pseudonymous(owner).items():
            slot = f"{owner}.{column}"
            used = {use.header for name, use in {**columns, **found}.items() if not name.endswith(("_id", "phone_h"))}
            fits = [
                name
                for word in words
                for name, written in headers.items()
                if word in (bare(written), read_header(written)[0]) and name not in used and (slot, name) not in refused
            ]
            if fits and slot not in columns:
                found[slot] = Use(fits[0])
    return found


def of_all_rows(source: str, table: str, columns: Mapping[str, Use], headers: Mapping[str, str]) -> dict[str, Use]:
    """Kind of events by what was measured, else by words, and their direction: made, where no column tells."""
    if table != "calls":
        return {}
    found = {} if "calls.direction" in columns else {"calls.direction": Use("@out")}
    if "calls.kind" not in columns:
        when = headers.get(columns["calls.started_at"].header, "") if "calls.started_at" in columns else ""
        said = [kind for text in (when, source) for kind, words in event_words().items() if _holds(text, words)]
        measured = "data" if "calls.data_mb" in columns else "voice" if "calls.duration_s" in columns else ""
        found["calls.kind"] = Use("@" + (measured or next(iter(said), "voice")))
    return found


def _holds(text: str, words: tuple[str, ...]) -> bool:
    return any(word in text.lower() for word in words)


def _flat_amount(
    columns: Mapping[str, Use], headers: Mapping[str, str], refused: frozenset[tuple[str, str]]
) -> dict[str, Use]:
    """The one amount of a table with a row per customer, where no other month is told and nothing else is a charge."""
    slot = "bills.amount"
    shown = columns.get(f"customers.{SNAPSHOT}", Use(""))
    dated = any(name != shown.header and meaning("bills", said)[0] == "month" for name, said in headers.items())
    beside = ("bills.discount", "bills.month")
    if dated or any(name.startswith("bills.") and name not in beside for name in columns):
        return {}
    used = {use.header for use in columns.values()}
    found = []
    for name, written in headers.items():
        column, unit = meaning("bills", written)
        plain = {bare(written), read_header(written)[0]} & flat_amounts()
        if column == "amount" and plain and name not in used and (slot, name) not in refused:
            found.append(Use(name, unit))
    return {slot: found[0]} if len(found) == 1 else {}


def _settled_on(
    columns: Mapping[str, Use], headers: Mapping[str, str], refused: frozenset[tuple[str, str]]
) -> dict[str, Use]:
    """The day on which each invoice was settled: that was a payment."""
    slot = "payments.paid_at"
    if "bills.bill_no" not in columns or "bills.amount" not in columns:
        return {}
    used = {use.header for use in columns.values()}
    fits = [
        name for name, written in headers.items() if name not in used and meaning("payments", written)[0] == "paid_at"
    ]
    fits = [name for name in fits if (slot, name) not in refused]
    return {slot: Use(fits[0])} if len(fits) == 1 else {}


def _lent_by_name(table: str, column: str, use: Use) -> dict[str, Use]:
    """A bare name that the analyst gave and only a borrowed table knows."""
    owners = [owner for owner in BORROWS.get(table, ()) if f"{owner}.{column}" in slots()]
    return {f"{owners[0]}.{column}": use} if owners else {}


def _apart(uses: Sequence[Use], headers: Mapping[str, str]) -> list[str]:
    """Headers as written, or as the frame calls them where several are written alike."""
    written = [headers.get(use.header, use.header) for use in uses]
    return [name if written.count(name) == 1 else use.header for name, use in zip(written, uses, strict=True)]


def _refuse_ambiguous(source: str, name: str, written: Sequence[str]) -> None:
    if len(written) < 2:
        return
    raise DataError(
        "mapping-ambiguous",
        "{file}: {headers} could all be {column}.",
        hint="Choose one: {ways}; or name it under [dictionary.headers.{table}] in telcli.toml.",
        file=source,
        headers=", ".join(written),
        column=name,
        table=name.partition(".")[0],
        ways=" / ".join(f"--map {source}:{name}={header}" for header in written),
    )
