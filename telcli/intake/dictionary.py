"""The dictionary of header names, units and value words (`dictionary.toml`), ready to be asked."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from telcli.intake.own_words import extended
from telcli.intake.slots import slots
from telcli.intake.traditional import simplified

__all__ = [
    "alike_headers",
    "bare",
    "date_forms",
    "event_words",
    "file_words",
    "flat_amounts",
    "gives_way",
    "headers_of",
    "meanings_found",
    "otherwise",
    "own_headers",
    "personal",
    "personal_words",
    "plan_fees",
    "pseudonymous",
    "read_header",
    "snapshot_headers",
    "speak",
    "units_of",
    "values_of",
    "weak_headers",
    "word_list",
]

_BRACKETED = re.compile(r"[(\[{（【［]([^()（）\[\]【】［］{}]*)[)\]}）】］]")
_NOISE = re.compile(r"[\s_\-./\\:：;；,，'\"“”、*#|]+")


_OWN: dict[str, Any] = {}


@cache
def _book() -> dict[str, Any]:
    book = tomllib.loads((files("telcli.intake") / "dictionary.toml").read_text(encoding="utf-8"))
    return extended(book, _OWN) if _OWN else book


def speak(own: Mapping[str, Any]) -> None:
    """Add the operator's own words to the dictionary, in place of those added before.

    Raises
    ------
    UsageError
        A name in them is none of telcli's; the dictionary is as it was.

    >>> speak({"headers": {"bills": {"amount": ["我的费用"]}}})
    >>> headers_of("bills")["我的费用"]
    'amount'
    >>> speak({})
    >>> "我的费用" in headers_of("bills")
    False
    """
    if dict(own) == _OWN:
        return
    extended(tomllib.loads((files("telcli.intake") / "dictionary.toml").read_text(encoding="utf-8")), own)
    _OWN.clear()
    _OWN.update(own)
    for found in list(globals().values()):
        if hasattr(found, "cache_clear"):
            found.cache_clear()


@cache
def meanings_found() -> dict[tuple[str, str], tuple[str, str]]:
    """What `candidates.meaning` has found headers of a table to mean: as long as the words are the same."""
    return {}


@cache
def bare(header: str) -> str:
    """A header without case, blanks, marks and full-width forms, traditional characters as simplified ones.

    >>> bare("ＣＵＳＴＯＭＥＲ_ID "), bare("帳單 編號")
    ('customerid', '账单编号')
    """
    return _NOISE.sub("", simplified(unicodedata.normalize("NFKC", header)).casefold())


@cache
def read_header(header: str) -> tuple[str, str]:
    """A header's bare form without the unit in brackets, and that unit; other bracketed words belong to the name.

    >>> read_header("流量（ＧＢ）"), read_header("ARPU（家庭宽带）")
    (('流量', 'gb'), ('arpu家庭宽带', ''))
    """
    flat = unicodedata.normalize("NFKC", header).casefold()
    unit = next((found for found in map(bare, _BRACKETED.findall(flat)) if found in _every_unit()), "")
    kept = _BRACKETED.sub("", flat) if unit else flat
    return bare(re.sub(r"[()\[\]{}【】]", "", kept)) or bare(flat), unit


@cache
def _every_unit() -> frozenset[str]:
    return frozenset(spelling for spellings in _book()["units"].values() for spelling in spellings)


@cache
def headers_of(table: str) -> Mapping[str, str]:
    """Bare header -> column of this table."""
    book = _book()
    shared = {"customer_id": book["headers"]["customers"]["customer_id"]}
    if table not in ("customers", "accounts"):
        shared["subscription_id"] = book["headers"]["subscriptions"]["subscription_id"]
    columns = {**shared, **book["headers"][table]}
    if "subscription_id" in shared:
        columns["subscription_id"] = [*shared["subscription_id"], *book["headers"][table].get("subscription_id", ())]
    found = {bare(name): column for column, names in columns.items() for name in names}
    return found | {bare(column): column for column in columns}


@cache
def own_headers(slot: str) -> frozenset[str]:
    """Bare headers that the operator's own words name for one slot (``bills.amount``)."""
    table, _, column = slot.partition(".")
    names = _OWN.get("headers", {}).get(table, {}).get(column, ())
    return frozenset(bare(name) for name in ([names] if isinstance(names, str) else names))


@cache
def event_words() -> Mapping[str, tuple[str, ...]]:
    """Kind of event -> words in headers and file names that tell it, in the order in which they are looked for."""
    return {kind: tuple(words) for kind, words in _book()["events"].items()}


@cache
def weak_headers() -> Mapping[str, tuple[str, ...]]:
    """Column -> bare headers that may mean it where nothing better does; a number may stand for its customer."""
    number = _book()["headers"]["subscriptions"]["subscription_id"]
    weak = _book()["weak"]
    columns = {**weak, "customer_id": [*number, "subscription_id", *weak["customer_id"]]}
    columns["group_id"] = _book()["headers"]["customers"]["group_id"]
    return {column: tuple(bare(name) for name in names) for column, names in columns.items()}


@cache
def gives_way(column: str) -> frozenset[str]:
    """Bare headers that mean a column only where no other header does."""
    return frozenset(bare(name) for name in _book()["gives_way"].get(column, ()))


@cache
def attribute_unit(header: str) -> tuple[str, float]:
    """The unit of a column without a place of its own, where its name alone tells it, and the factor to the usual one.

    >>> attribute_unit("former_complaint_fee"), attribute_unit("pay_num")
    (('分', 0.01), ('', 1.0))
    """
    for unit, spellings in _book()["attributes"].items():
        for spelled, names in spellings.items():
            if bare(header) in {bare(name) for name in names}:
                return spelled, units_of(unit)[spelled]
    return "", 1.0


@cache
def plan_fees() -> frozenset[str]:
    """Bare headers that are the fee of a plan in a list of plans."""
    return frozenset(bare(name) for name in _book()["plans"]["fee"])


@cache
def snapshot_headers() -> frozenset[str]:
    """Bare headers of the month or day that rows of customers and lines are of."""
    return frozenset(bare(name) for name in _book()["snapshots"]["headers"])


@cache
def flat_amounts() -> frozenset[str]:
    """Bare headers that are the month's bill in a table with a row per customer, where no other charge stands."""
    return frozenset(bare(name) for name in _book()["flat"]["amount"])


@cache
def _personal_names() -> frozenset[str]:
    return frozenset(bare(name) for name in _book()["personal"]["headers"])


def personal(header: str) -> bool:
    """Whether a header names a person, a number or an address.

    >>> personal("手机号码"), personal("first_name"), personal("plan")
    (True, True, False)
    """
    return bool({bare(header), read_header(header)[0]} & _personal_names())


@cache
def _likeness() -> Mapping[str, str]:
    return {bare(name): kind for kind, names in _book()["likeness"].items() for name in names}


def alike_headers(header: str) -> str:
    """What of its customer a column tells by which records can be compared: name, address, mail, or nothing.

    >>> alike_headers("客户姓名"), alike_headers("装机地址"), alike_headers("联系人姓名")
    ('name', 'address', '')
    """
    return _likeness().get(bare(header), "") or _likeness().get(read_header(header)[0], "")


@cache
def pseudonymous(table: str) -> Mapping[str, tuple[str, ...]]:
    """Column of a table that holds pseudonyms -> bare headers it is made of, the best first."""
    return {column: tuple(map(bare, names)) for column, names in _book()["pseudonymous"].get(table, {}).items()}


@cache
def personal_words(name: str) -> frozenset[str]:
    """One list of words that make a header name a person, or not (`telcli.intake.privacy` weighs them)."""
    return frozenset(_book()["personal"][name])


@cache
def file_words() -> Mapping[str, tuple[str, ...]]:
    """Table -> words in file names that point to it."""
    return {table: tuple(words) for table, words in _book()["files"].items()}


@cache
def units_of(unit: str) -> Mapping[str, float]:
    """Spelling of a unit in a header -> factor to the contract's unit; empty for units that have no other form."""
    found: dict[str, float] = _book()["units"].get(unit, {})
    return found


@cache
def date_forms(unit: str) -> Mapping[str, str]:
    """Spelling after a header or in --map of how a column of dates is written -> form; empty for other units."""
    found: dict[str, str] = _book()["dates"] if unit in ("date", "month", "local time") else {}
    return found


@cache
def word_list(name: str) -> Mapping[str, str]:
    """Value word, bare -> canonical value of one word list."""
    return {
        re.sub(r"\s+", "", unicodedata.normalize("NFKC", word)).lower(): value
        for value, words in _book()["words"][name].items()
        if value != "otherwise"
        for word in [*words, value]
    }


def values_of(slot: str) -> list[str]:
    """The list in which the words of one slot stand, then the values that it tells apart; nothing where any word goes.

    >>> values_of("calls.direction"), values_of("customers.gender")
    (['direction', 'in', 'out'], [])
    """
    words = slots()[slot].words if slots()[slot].form == "code" else ""
    return [words, *sorted(set(word_list(words).values()))] if words and not otherwise(words) else []


def otherwise(name: str) -> str:
    """The canonical value that stands for any other word; empty where there is none."""
    return str(_book()["words"][name].get("otherwise", ""))
