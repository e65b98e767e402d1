"""How well each table fits an extract, by the names of its columns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from telcli.intake.dictionary import (
    bare,
    date_forms,
    file_words,
    headers_of,
    meanings_found,
    pseudonymous,
    read_header,
    snapshot_headers,
    units_of,
    weak_headers,
    word_list,
)
from telcli.intake.slots import CHARGES, PARTS, Slot, slots
from telcli.tables import SUBJECTS

__all__ = [
    "BORROWS",
    "FILE_NAME",
    "KEYS",
    "ROW_NUMBER",
    "SNAPSHOT",
    "Candidate",
    "Use",
    "candidate",
    "meaning",
    "shown_months",
    "snapshot_use",
]

ROW_NUMBER, FILE_NAME = "@row", "@file"
SNAPSHOT = "snapshot"
"""The column of the month that rows of customers or lines are of."""
BORROWS = {"customers": ("subscriptions", "bills", "usage"), "bills": ("usage",), "usage": ("bills",)}
KEYS = ("customer_id", "subscription_id", "month", "kind", "amount", "due_on")
_MEASURES = (
    "call_minutes",
    "calls_out",
    "calls_in",
    "texts",
    "data_mb",
    "roaming_minutes",
    "over_bundle_fee",
    "active_days",
    "voice_saturation",
    "data_saturation",
    "over_bundle_times",
)
_ACCOUNT_FACTS = {"payment_method", "credit_class", "credit_limit", "balance"}
_EVENT_MEASURES, _PARTIES = {"duration_s", "data_mb"}, {"counterpart", "direction"}
_ANSWERS = {"expected", "perceived", "score", "nps"}
_CAMPAIGN_FACTS = {"arm", "offer_id", "contacted_on", "response", "outcome"}
_OWNED = {"bills": ("account_id",), "payments": ("account_id",)}
"""Tables whose rows may be known by an account alone."""
_LENT = ("bills", "usage")
_TOLD = 3
"""Columns of customers and lines from which on a table with bills in it is one of customers."""
_OWNED_LINE = {"customer_id", "subscription_id"}
_LINE_FACTS = ("service_type", "pay_mode", "plan_id", "plan_fee", "activated_on", "ended_on", "status", "account_id")


@dataclass(frozen=True)
class Use:
    """A slot's source: the header as the frame calls it, and the unit its name carries.

    In place of a header may stand ``@row``, the number of the row, ``@file``, the name of the file, or ``@voice`` and
    the like, one word for all rows.
    """

    header: str
    unit: str = ""

    def factor(self, slot: Slot) -> float:
        """What its numbers are multiplied by to have the contract's unit."""
        return units_of(slot.unit).get(self.unit, 1.0) if self.unit else 1.0

    @property
    def constant(self) -> str:
        """The word that holds for all rows; empty where a column of the extract is meant."""
        return self.header[1:] if self.header.startswith("@") and self.header not in (ROW_NUMBER, FILE_NAME) else ""


@dataclass
class Candidate:
    """How well one table fits an extract; `numbered` is whether a column holds the numbers of lines."""

    table: str
    strong: dict[str, list[Use]] = field(default_factory=lambda: defaultdict(list))
    weak: dict[str, Use] = field(default_factory=dict)
    score: float = 0.0
    numbered: bool = False

    def has(self, *columns: str) -> bool:
        """Whether any of these columns was found."""
        return any(column in self.strong or column in self.weak for column in columns)

    @property
    def missing(self) -> str:
        """What the table needs and the extract does not have; empty when it fits."""
        if not self.has("customer_id", "subscription_id", *_OWNED.get(self.table, ())):
            return "customer_id"
        strong = set(self.strong)
        wants: dict[str, tuple[tuple[str, bool], ...]] = {
            "customers": (),
            "subscriptions": (
                ("subscription_id", "subscription_id" in strong and (self.has("customer_id") or len(strong) > 2)),
                ("activated_on", self.has(*_LINE_FACTS) or (self.numbered and strong >= _OWNED_LINE)),
            ),
            "bills": (("month", self.has("month")), ("amount", self.has("amount", *CHARGES, *PARTS))),
            "payments": (("paid_at", self.has("paid_at")), ("amount", self.has("amount"))),
            "usage": (("month", self.has("month")), ("data_mb", self.has(*_MEASURES))),
            "contacts": (
                ("opened_at", self.has("opened_at")),
                ("kind", bool(strong & {"opened_at", "contact_id", "kind", "topic", "rating"} - {"kind"})),
            ),
            "accounts": (("account_id", "account_id" in strong), ("balance", bool(strong & _ACCOUNT_FACTS))),
            "products": (("product_id", "product_id" in strong), ("started_on", "started_on" in strong)),
            "calls": (
                ("started_at", self.has("started_at")),
                ("duration_s", "started_at" in strong or bool(strong & _EVENT_MEASURES) or strong >= _PARTIES),
            ),
            "surveys": (("surveyed_on", self.has("surveyed_on")), ("score", bool(strong & _ANSWERS))),
            "campaigns": (("campaign_id", "campaign_id" in strong), ("contacted_on", bool(strong & _CAMPAIGN_FACTS))),
        }
        return next((name for name, found in wants[self.table] if not found), "")


def meaning(table: str, header: str) -> tuple[str, str]:
    """Column of a table that a header means, and the unit in it; empty when none.

    >>> meaning("usage", "流量(GB)"), meaning("usage", "data_usage_kb"), meaning("usage", "weather")
    (('data_mb', 'gb'), ('data_mb', 'kb'), ('', ''))
    >>> meaning("usage", "语音饱和度(%)"), meaning("contacts", "满意度(%)")
    (('voice_saturation', '%'), ('', ''))
    >>> meaning("bills", "流量(元)"), meaning("bills", "费用(元) 语音"), meaning("usage", "费用 流量")
    (('data', '元'), ('voice', '元'), ('', ''))
    """
    found = meanings_found()
    if (table, header) not in found:
        found[table, header] = _meaning(table, header)
    return found[table, header]


def _meaning(table: str, header: str) -> tuple[str, str]:
    known = headers_of(table)
    plain = bare(header)
    if plain in known:
        return known[plain], ""
    if table == "bills" and " " in header and (below := _charge_below(header))[0]:
        return below
    name, unit = read_header(header)
    if name in known:
        fits = units_of(_unit(table, known[name]))
        shared = unit in units_of("share")
        if unit and unit not in fits and (fits or shared):  # "data (MB)" is no charge for data, "rating (%)" no rating
            return "", ""
        return known[name], unit if unit in fits else ""
    for column in set(known.values()):
        for spelling in (*units_of(_unit(table, column)), *date_forms(_unit(table, column))):
            if name.endswith(spelling) and known.get(name[: -len(spelling)]) == column:
                return column, spelling
    return _charge_by_unit(name, unit) if table == "bills" else ("", "")


def _charge_below(header: str) -> tuple[str, str]:
    """A kind of charge below a group of charges, as headers of two rows have it: 费用 over 流量."""
    group, _, below = header.rpartition(" ")
    upper, unit = read_header(group)
    if not group or headers_of("bills").get(upper) not in ("amount", "total"):
        return "", ""
    name, own = read_header(below)
    kind = word_list("kind_of_charge").get(name) or headers_of("bills").get(name, "")
    unit = own or unit
    return (kind, unit) if kind in (*CHARGES, *PARTS) and (not unit or unit in units_of("currency")) else ("", "")


def _charge_by_unit(name: str, unit: str) -> tuple[str, str]:
    """A kind of charge, such as data, that its unit tells to be one; 分 may be minutes as well."""
    if unit not in units_of("currency") or unit in units_of("minutes"):
        return "", ""
    kind = word_list("kind_of_charge").get(name.removeprefix("费用"), "")
    return (kind, unit) if kind in CHARGES else ("", "")


def _unit(table: str, column: str) -> str:
    slot = slots().get(f"{table}.{column}")
    return slot.unit if slot else ""


def candidate(
    table: str,
    source: str,
    headers: Mapping[str, str],
    told: Mapping[str, Use],
    refused: frozenset[tuple[str, str]] = frozenset(),
) -> Candidate:
    """What one table would take of an extract, and how well it fits; the words are those of `mapping.guess`."""
    found = Candidate(table, numbered=_holds_numbers(headers))
    spoken = {use.header for use in told.values()}
    for name, written in headers.items():
        if name in spoken:
            continue
        column, unit = meaning(table, written)
        if column and (f"{table}.{column}", name) not in refused:
            found.strong[column].append(Use(name, unit))
            found.score += 1.0 / sum(1 for other in SUBJECTS if meaning(other, written)[0])
        elif any(meaning(other, written)[0] not in ("", *KEYS) for other in BORROWS.get(table, ())):
            found.score += 0.4
    for column, use in told.items():
        owner, _, last = column.rpartition(".")
        if (not owner or owner == table) and f"{table}.{last}" in slots():
            found.strong[last] = [use]
            found.score += 1.0
    _add_weak(found, headers, refused)
    if table == "customers":
        found.score += _shown_too(headers)
    words = file_words().get(table, ())
    if found.strong and any(word in source.lower() for word in words):
        found.score += 0.6
    return found


def _holds_numbers(headers: Mapping[str, str]) -> bool:
    numbers = pseudonymous("subscriptions")["number_h"]
    return any(bare(written) in numbers for written in headers.values())


def _add_weak(found: Candidate, headers: Mapping[str, str], refused: frozenset[tuple[str, str]]) -> None:
    taken = {use.header for uses in found.strong.values() for use in uses}
    columns = dict(weak_headers())
    group, account = columns.pop("group_id"), columns.pop("account_id")
    if "customer_id" in found.strong:
        columns.pop("subscription_id")
    if "subscription_id" in found.strong or found.table != "customers":
        columns.pop("customer_id")
    if found.table != "customers" and "customer_id" not in found.strong:
        columns |= {"account_id": account, "customer_id": group}  # of a group customer it may be all there is
    elif found.table in _OWNED and "subscription_id" not in found.strong:
        columns |= {"account_id": account}  # what tells a customer's bills of one month apart
    for column, words in columns.items():
        if column in found.strong or f"{found.table}.{column}" not in slots():
            continue
        fits = (name for word in words for name in headers if bare(headers[name]) == word and name not in taken)
        name = next((name for name in fits if (f"{found.table}.{column}", name) not in refused), "")
        # A customer's bills of several accounts are told apart by account, as those of lines are by line.
        apart = ("subscription_id",) if found.table in _OWNED else ("customer_id", "subscription_id")
        known = column == "account_id" and found.has(*apart)
        dated = column == "bill_no" and "month" not in found.weak
        if name and not known and not dated:
            found.weak[column] = Use(name)
            taken.add(name)


def snapshot_use(
    table: str, columns: Mapping[str, Use], headers: Mapping[str, str], refused: frozenset[tuple[str, str]]
) -> dict[str, Use]:
    """The month that rows of customers or lines are of; that of the bills they lend may stand in the same column.

    >>> headers = {"客户号": "客户号", "统计月份": "统计月份"}
    >>> snapshot_use("customers", {"customers.customer_id": Use("客户号")}, headers, frozenset())
    {'customers.snapshot': Use(header='统计月份', unit='')}
    """
    slot = f"{table}.{SNAPSHOT}"
    if slot not in slots() or {slot, f"{table}.valid_from"} & set(columns):
        return {}
    used = {use.header for name, use in columns.items() if not name.endswith(".month")}
    fits = [
        name
        for name, written in headers.items()
        if bare(written) in snapshot_headers() and name not in used and (slot, name) not in refused
    ]
    return {slot: Use(fits[0])} if len(fits) == 1 else {}


def shown_months(columns: Mapping[str, Use]) -> dict[str, Use]:
    """The months of the bills and use that customers lend, where none is found: the month that the customers are of."""
    month = columns.get(f"customers.{SNAPSHOT}")
    if month is None:
        return {}
    lent = sorted({name.partition(".")[0] for name in columns} & set(_LENT))
    return {f"{owner}.month": month for owner in lent if f"{owner}.month" not in columns}


def _shown_too(headers: Mapping[str, str]) -> float:
    """What the month and the amounts of a table add that tells so much of customers that it is no table of bills."""
    told = sum(1 for written in headers.values() if _of_people(written))
    if told < _TOLD:
        return 0.0
    months = [written for written in headers.values() if bare(written) in snapshot_headers()]
    amounts = [written for written in headers.values() if meaning("bills", written)[0] == "amount"]
    return 0.4 * (len(months) + len(amounts)) if len(months) == 1 else 0.0


def _of_people(header: str) -> bool:
    found = {table: meaning(table, header)[0] for table in ("customers", "subscriptions")}
    return any(f"{table}.{column}" in slots() and column not in KEYS for table, column in found.items())
