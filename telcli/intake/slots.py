"""What a header can mean: the slots that columns of an extract go to, made of the contracts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from telcli.tables import SUBJECTS, contract

__all__ = ["CHARGES", "PARTS", "Slot", "canonical_names", "slots"]

CHARGES = ("recurring", "voice", "data", "text", "value-added", "over-bundle", "one-time", "penalty", "other", "total")
PARTS = {
    "broadband-fee": "recurring",
    "ring-tone-fee": "value-added",
    "caller-id-fee": "value-added",
    "long-distance-fee": "voice",
    "international-call-fee": "voice",
    "roaming-fee": "other",
    "international-roaming-fee": "other",
    "collected-fee": "other",
}
"""Charges that are part of a kind, which may stand in a column of its own beside them."""
_FORMS = {"currency": "number", "minutes": "number", "MB": "number", "month": "month", "date": "day", "stars": "stars"}
_IDS = (
    "customer_id",
    "subscription_id",
    "account_id",
    "payment_id",
    "contact_id",
    "group_id",
    "household_id",
    "bundle_id",
)
_THINGS = ("product_id", "campaign_id", "offer_id", "cell_id")
_OTHER_FORMS = {"birth_year": "year", "counterpart": "party", "started_epoch_s": "epoch"}
_PEOPLE = {
    "certificate_h": "certificate",
    "phone_h": "phone",
    "number_h": "phone",
    "main_number_h": "phone",
    "device_h": "device",
    "sim_h": "sim",
    "manager_id": "staff",
}
_WORDS = {
    ("bills", "kind"): "kind_of_charge",
    ("contacts", "kind"): "kind_of_contact",
    ("contacts", "severity"): "severity",
    ("calls", "kind"): "kind_of_call",
    ("calls", "direction"): "direction",
    ("calls", "off_net"): "off_net",
    ("calls", "international"): "international",
    ("calls", "roaming"): "roaming",
    ("campaigns", "arm"): "arm",
    ("customers", "gender"): "gender",
    ("customers", "customer_class"): "customer_class",
    ("subscriptions", "service_type"): "service_type",
    ("subscriptions", "pay_mode"): "pay_mode",
    ("subscriptions", "status"): "status",
    ("subscriptions", "end_reason"): "end_reason",
}


@dataclass(frozen=True)
class Slot:
    """One thing a header can mean: where it goes and how its text is read.

    `form` is one of id, party, staff, phone, certificate, device, sim, text, code, flag, number, integer, stars, year,
    day, month, moment, clock, epoch; `unit` is the contract's unit; `words` names the list of value words
    of a code, or of a flag that has words of its own.
    """

    table: str
    column: str
    form: str
    unit: str = ""
    words: str = ""

    @property
    def name(self) -> str:
        """The full canonical name, such as ``bills.amount``."""
        return f"{self.table}.{self.column}"


@cache
def slots() -> Mapping[str, Slot]:
    """Every slot by full name: the contracts' columns, kinds of charge, tenure, time of day, month of a snapshot."""
    found = {}
    for table in SUBJECTS:
        for column in contract(table).columns():
            slot = Slot(table, column.name, _form(table, column), column.unit, _WORDS.get((table, column.name), ""))
            found[slot.name] = slot
    for kind in (*CHARGES, *PARTS):
        found[f"bills.{kind}"] = Slot("bills", kind, "number", "currency")
    found["subscriptions.tenure_months"] = Slot("subscriptions", "tenure_months", "number", "months")
    found["calls.started_time"] = Slot("calls", "started_time", "clock")
    for table in ("bills", "payments", "usage", "calls", "contacts", "surveys", "campaigns"):
        found[f"{table}.subscription_id"] = Slot(table, "subscription_id", "id")
    for table in ("bills", "payments"):
        found[f"{table}.account_id"] = Slot(table, "account_id", "id")
    found["bills.bill_no"] = Slot("bills", "bill_no", "id")
    found["products.customer_id"] = Slot("products", "customer_id", "id")
    for table in ("customers", "subscriptions"):
        found[f"{table}.snapshot"] = Slot(table, "snapshot", "month", "month")
    return found


def _form(table: str, column: Any) -> str:
    if (table, column.name) in _WORDS:
        return "flag" if column.type == "Boolean" else "code"
    if column.name in (special := {**_OTHER_FORMS, **_PEOPLE}):
        return special[column.name]
    if column.unit == "local time":
        return "moment"
    if column.unit in _FORMS:
        return _FORMS[column.unit]
    plain = {"Float64": "number", "Int64": "integer", "Boolean": "flag"}
    text = "id" if column.name in _IDS else "thing" if column.name in _THINGS else "text"
    return plain.get(column.type, text)


def canonical_names() -> tuple[str, ...]:
    """Every name that `--map` may use: bare column names and full ones."""
    return tuple(sorted({slot.column for slot in slots().values()} | set(slots())))
