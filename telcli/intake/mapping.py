"""Which table an extract is, and which of its columns means what: guessed from the dictionary, or told.

Nothing is guessed in silence: every choice is reported with a confidence, two headers for one meaning are an error
that names both, and what the analyst says (`--map`, a pinned mapping) always wins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from telcli.errors import DataError
from telcli.intake.dictionary import (
    CHARGES,
    EVENTS,
    Slot,
    bare,
    date_forms,
    file_words,
    flat_amounts,
    headers_of,
    personal,
    pseudonymous,
    read_header,
    slots,
    units_of,
    weak_headers,
)
from telcli.tables import SUBJECTS

__all__ = ["ROW_NUMBER", "Candidate", "SourceMap", "Use", "guess", "why_not"]

ROW_NUMBER = "@row"
_BORROWS = {"customers": ("subscriptions", "bills", "usage"), "bills": ("usage",), "usage": ("bills",)}
_KEYS = ("customer_id", "subscription_id", "month", "kind", "amount", "due_on")
_MEASURES = (
    "call_minutes",
    "calls_out",
    "calls_in",
    "texts",
    "data_mb",
    "roaming_minutes",
    "over_bundle_fee",
    "active_days",
)
_LINE_FACTS = ("service_type", "pay_mode", "plan_id", "plan_fee", "activated_on", "ended_on", "status", "account_id")


@dataclass(frozen=True)
class Use:
    """A slot's source: the header as the frame calls it (or ``@row``), and the unit its name carries."""

    header: str
    unit: str = ""

    def factor(self, slot: Slot) -> float:
        """What its numbers are multiplied by to have the contract's unit."""
        return units_of(slot.unit).get(self.unit, 1.0) if self.unit else 1.0


@dataclass(frozen=True)
class SourceMap:
    """One extract understood: its table, and each slot's source by the slot's full name (``bills.amount``).

    `unknown` are headers without a meaning, `personal` those that name persons; `confidence` runs from 0 to 1;
    `weak_id` is set where only a name such as ``id`` points to the customer.
    """

    source: str
    table: str
    confidence: float
    columns: Mapping[str, Use]
    unknown: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()
    weak_id: bool = False

    def use(self, column: str, table: str = "") -> Use | None:
        """The source of one column of its own table, or of a borrowed one."""
        return self.columns.get(f"{table or self.table}.{column}")

    def columns_of(self, table: str) -> dict[str, Use]:
        """The columns found of one table, by bare name."""
        return {slots()[name].column: use for name, use in self.columns.items() if slots()[name].table == table}


@dataclass
class Candidate:
    """How well one table fits an extract."""

    table: str
    strong: dict[str, list[Use]] = field(default_factory=lambda: defaultdict(list))
    weak: dict[str, Use] = field(default_factory=dict)
    score: float = 0.0

    def has(self, *columns: str) -> bool:
        """Whether any of these columns was found."""
        return any(column in self.strong or column in self.weak for column in columns)

    @property
    def missing(self) -> str:
        """What the table needs and the extract does not have; empty when it fits."""
        if not self.has("customer_id", "subscription_id"):
            return "customer_id"
        strong = set(self.strong)
        wants: dict[str, tuple[tuple[str, bool], ...]] = {
            "customers": (),
            "subscriptions": (
                ("subscription_id", "subscription_id" in strong and (self.has("customer_id") or len(strong) > 2)),
                ("activated_on", self.has(*_LINE_FACTS)),
            ),
            "bills": (("month", self.has("month")), ("amount", self.has("amount", *CHARGES))),
            "payments": (("paid_at", self.has("paid_at")), ("amount", self.has("amount"))),
            "usage": (("month", self.has("month")), ("data_mb", self.has(*_MEASURES))),
            "contacts": (
                ("opened_at", self.has("opened_at")),
                ("kind", bool(strong & {"opened_at", "contact_id", "kind", "topic", "rating"} - {"kind"})),
            ),
        }
        event = (("when", "when" in strong or (self.has("when") and bool(strong & set(_MEASURES)))),)
        return next((name for name, found in wants.get(self.table, event) if not found), "")


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
    names = [table] if table else [*SUBJECTS, *EVENTS]
    candidates = [_candidate(name, source, headers, told, refused) for name in names]
    fitting = [found for found in candidates if not found.missing]
    if not fitting:
        return None
    order = sorted(fitting, key=lambda found: -found.score)
    best = order[0]
    rival = max((found.score for found in order[1:]), default=0.0)
    confidence = best.score / (best.score + rival) if best.score else 0.5
    columns = _settled(source, best, headers, told, refused)
    used = {use.header for use in columns.values()}
    private = tuple(name for name, written in headers.items() if name not in used and personal(written))
    unknown = tuple(name for name in headers if name not in used and name not in private)
    weak = "customer_id" in best.weak
    return SourceMap(source, best.table, round(confidence, 2), columns, unknown, private, weak)


def why_not(source: str, headers: Mapping[str, str], told: Mapping[str, Use]) -> str:
    """The canonical column whose absence keeps the best-fitting table from being recognised."""
    candidates = [_candidate(name, source, headers, told) for name in SUBJECTS]
    return max(candidates, key=lambda found: (found.missing != "customer_id", found.score)).missing


def meaning(table: str, header: str) -> tuple[str, str]:
    """Column of a table that a header means, and the unit in it; empty when none.

    >>> meaning("usage", "流量(GB)"), meaning("usage", "data_usage_kb"), meaning("usage", "weather")
    (('data_mb', 'gb'), ('data_mb', 'kb'), ('', ''))
    """
    known = headers_of(table)
    plain = bare(header)
    if plain in known:
        return known[plain], ""
    name, unit = read_header(header)
    if name in known:
        fits = units_of(_unit(table, known[name]))
        if unit and fits and unit not in fits:  # "data (MB)" is no charge for data
            return "", ""
        return known[name], unit if unit in fits else ""
    for column in set(known.values()):
        for spelling in (*units_of(_unit(table, column)), *date_forms(_unit(table, column))):
            if name.endswith(spelling) and known.get(name[: -len(spelling)]) == column:
                return column, spelling
    return "", ""


def _unit(table: str, column: str) -> str:
    slot = slots().get(f"{table}.{column}")
    return slot.unit if slot else ""


def _candidate(
    table: str,
    source: str,
    headers: Mapping[str, str],
    told: Mapping[str, Use],
    refused: frozenset[tuple[str, str]] = frozenset(),
) -> Candidate:
    found = Candidate(table)
    spoken = {use.header for use in told.values()}
    for name, written in headers.items():
        if name in spoken:
            continue
        column, unit = meaning(table, written)
        if column and (f"{table}.{column}", name) not in refused:
            found.strong[column].append(Use(name, unit))
            found.score += (
                1.0 / sum(1 for other in SUBJECTS if meaning(other, written)[0]) if table in SUBJECTS else 0.7
            )
        elif any(meaning(other, written)[0] not in ("", *_KEYS) for other in _BORROWS.get(table, ())):
            found.score += 0.4
    for column, use in told.items():
        owner, _, last = column.rpartition(".")
        if (not owner or owner == table) and f"{table}.{last}" in slots():
            found.strong[last] = [use]
            found.score += 1.0
    _add_weak(found, headers, refused)
    words = file_words().get(table, ())
    if found.strong and any(word in source.lower() for word in words):
        found.score += 0.6
    return found


def _add_weak(found: Candidate, headers: Mapping[str, str], refused: frozenset[tuple[str, str]]) -> None:
    taken = {use.header for uses in found.strong.values() for use in uses}
    columns = {**weak_headers(), "when": weak_headers()["paid_at"]}
    if "customer_id" in found.strong:
        columns.pop("subscription_id")
    if "subscription_id" in found.strong or found.table != "customers":
        columns = {name: words for name, words in columns.items() if name != "customer_id"}
    for column, words in columns.items():
        if column in found.strong or f"{found.table}.{column}" not in slots():
            continue
        fits = (name for word in words for name in headers if bare(headers[name]) == word and name not in taken)
        name = next((name for name in fits if (f"{found.table}.{column}", name) not in refused), "")
        if name:
            found.weak[column] = Use(name)
            taken.add(name)


def _settled(
    source: str,
    best: Candidate,
    headers: Mapping[str, str],
    told: Mapping[str, Use],
    refused: frozenset[tuple[str, str]],
) -> dict[str, Use]:
    """One use per slot, own columns first, then those that the table lends to others."""
    columns: dict[str, Use] = {}
    for column, uses in best.strong.items():
        _refuse_ambiguous(source, f"{best.table}.{column}", [headers.get(use.header, use.header) for use in uses])
        columns[f"{best.table}.{column}"] = uses[0]
    columns |= {f"{best.table}.{column}": use for column, use in best.weak.items()}
    columns |= {name: use for name, use in told.items() if name in slots()}
    for lender in _BORROWS.get(best.table, ()):
        used = {use.header for use in columns.values()}
        columns |= _lent(lender, {name: written for name, written in headers.items() if name not in used}, refused)
    if best.table == "customers":
        columns |= _flat_amount(columns, headers, refused)
    columns |= _pseudonymous(best.table, columns, headers, refused)
    for name in told:
        if "." not in name and not any(slots()[known].column == name for known in columns):
            columns |= _lent_by_name(best.table, name, told[name])
    return columns


def _lent(lender: str, headers: Mapping[str, str], refused: frozenset[tuple[str, str]]) -> dict[str, Use]:
    """Columns of another table that stand in this extract; those with two candidates stay attributes."""
    lent: dict[str, list[Use]] = defaultdict(list)
    for name, written in headers.items():
        column, unit = meaning(lender, written)
        slot = f"{lender}.{column}"
        if column and column not in _KEYS and slot in slots() and (slot, name) not in refused:
            lent[slot].append(Use(name, unit))
    return {slot: uses[0] for slot, uses in lent.items() if len(uses) == 1}


def _pseudonymous(
    table: str, columns: Mapping[str, Use], headers: Mapping[str, str], refused: frozenset[tuple[str, str]]
) -> dict[str, Use]:
    """Columns of persons that have a place as pseudonyms; a number may be an identifier, or the line's, as well."""
    lends = any(name.startswith("subscriptions.") for name in columns)
    owners = {"customers": ("customers", "subscriptions")[: 1 + lends], "subscriptions": ("subscriptions",)}
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


def _flat_amount(
    columns: Mapping[str, Use], headers: Mapping[str, str], refused: frozenset[tuple[str, str]]
) -> dict[str, Use]:
    """The one amount of a table with a row per customer and no month, where nothing else in it is a charge."""
    slot = "bills.amount"
    dated = any(meaning("bills", written)[0] == "month" for written in headers.values())
    if dated or any(name.startswith("bills.") and name != "bills.discount" for name in columns):
        return {}
    used = {use.header for use in columns.values()}
    found = []
    for name, written in headers.items():
        column, unit = meaning("bills", written)
        plain = {bare(written), read_header(written)[0]} & flat_amounts()
        if column == "amount" and plain and name not in used and (slot, name) not in refused:
            found.append(Use(name, unit))
    return {slot: found[0]} if len(found) == 1 else {}


def _lent_by_name(table: str, column: str, use: Use) -> dict[str, Use]:
    """A bare name that the analyst gave and only a borrowed table knows."""
    owners = [owner for owner in _BORROWS.get(table, ()) if f"{owner}.{column}" in slots()]
    return {f"{owners[0]}.{column}": use} if owners else {}


def _refuse_ambiguous(source: str, name: str, written: Sequence[str]) -> None:
    if len(written) < 2:
        return
    raise DataError(
        "mapping-ambiguous",
        "{file}: {headers} could all be {column}.",
        hint="Choose one: --map {column}={first}",
        file=source,
        headers=", ".join(written),
        column=name,
        first=written[0],
    )
