"""``customer``: one customer's card, made of that customer's rows of every table.

The rows are few, so they are plain mappings: a card is on the screen before polars would have been loaded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from telcli.features.churn_causes import causes
from telcli.features.month_index import end_of_month, month_at, month_index
from telcli.features.view_words import told_of
from telcli.tables.masking import hidden

__all__ = ["CALLS", "COLUMNS", "RESULTS", "SERIES", "Rows", "card", "last_day"]

Row = Mapping[str, Any]
Rows = Mapping[str, Sequence[Row]]
"""By table, the rows of one customer; a table that does not exist is absent."""

SERIES = {
    "revenue": "currency",
    "call_minutes": "minutes",
    "data_mb": "MB",
    "active_days": "days",
    "contacts": "contacts",
    "complaints": "complaints",
    "arrears": "currency",
}
"""Columns of customer_months that are drawn month by month -> unit; those without any value are left out."""

CALLS = ("active_days", "counterparts", "night_share")
"""Columns of call_months that are told of the last month."""

_WHO = ("customer_class", "region", "branch", "manager_id", "joined_on", "star_level", "group_id", "household_id")
_PLAN = ("service_type", "pay_mode", "plan_id", "plan_fee")
_LINE = ("subscription_id", *_PLAN, "activated_on", "ended_on", "contract_end", "status")
_HOLDS = ("valid_from", "valid_to")
_CONTACT = ("contact_id", "opened_at", "closed_at", "channel", "kind", "topic", "severity", "repeat", "rating", "text")
_PAYMENT = ("payment_id", "paid_at", "amount", "method", "channel", "reversed")
_CAMPAIGN = ("campaign_id", "arm", "offer_id", "channel", "contacted_on", "response", "outcome")
_SEGMENT = ("segment", "segment_name", "segment_name_zh", "lifecycle_stage", "consumption_tier")
_VIEWS = (
    *("account_class", "account_reason", "profitable", "profit_reason", "loyal", "loyalty_reason", "strategic"),
    *("strategic_reason", "value_overlap", "consumption_tier", "consumption_reason", "lifecycle_stage"),
    *("lifecycle_reason", "rfm_variant", "rfm_group", "rfm_reason", "value_mode", "mode_reason", "exit_candidate"),
    *("exit_reason", "exit_remedy", "online", "online_reason", "own_groups"),
)
_VALUE = ("value_tier", "value_score", "lifetime_value", "current_value", "retention_value", "incremental_value")
_REASONS = tuple(f"reason_{n}{lang}" for lang in ("", "_zh") for n in (1, 2, 3))
_CHURN = ("churn_probability", "risk_band", "target", "expected_saving", *_REASONS)

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "customers": (*_WHO, "churned", *_HOLDS),
    "customer_history": (*_WHO, "churned", *_HOLDS),
    "subscriptions": (*_LINE, *_HOLDS),
    "subscription_history": (*_LINE, *_HOLDS),
    "customer_months": ("month", "active", "left", "paid", *SERIES),
    "call_months": ("month", *CALLS),
    "segments": _SEGMENT,
    "customer_views": _VIEWS,
    "value_scores": _VALUE,
    "churn_scores": _CHURN,
    "satisfaction_scores": ("satisfaction", "source", "surveyed_on", "nps", "loyalty"),
    "churn_register": ("month", "kind", "reason", "reason_source"),
    "care_triggers": ("trigger", "new", "since", "text", "text_zh"),
    "retention_plan": ("campaign_id", "strategy", "action", "offer_id", "channel", "held_out", "deadline"),
    "retention_tasks": ("task_id", "manager_id", "offer_id", "channel", "what", "what_zh", "deadline"),
    "contacts": _CONTACT,
    "payments": _PAYMENT,
    "campaigns": _CAMPAIGN,
    "conflicts": ("attribute", "source", "source_key", "value", "chosen", "rule"),
    "crosswalk": ("source", "source_key", "system", "rule", "score"),
}
"""What a card reads of each table."""

RESULTS = {"segment": "segments", "value": "value_scores", "churn": "churn_scores"}
"""Sections that are results of other commands -> their tables."""

_MOST = 10


def card(rows: Rows, customer_id: str, as_of: date | None) -> dict[str, Any]:
    """Put a customer's rows together as they stood at the end of a month, the newest first.

    >>> found = card({"customers": [{"region": "north"}]}, "C1", date(2024, 6, 1))
    >>> found["who"]["region"], found["lines"], found["churn"]
    ('north', [], None)
    """
    end = last_day(as_of)
    contacts = _contacts(rows.get("contacts", ()), end)
    payments = _newest(rows.get("payments", ()), "paid_at", end)
    campaigns = _newest(rows.get("campaigns", ()), "contacted_on", end)
    return {
        "customer_id": customer_id,
        "who": _who(rows, end),
        **{section: _only(rows, table) for section, table in RESULTS.items()},
        "left": _left(rows.get("churn_register", ())),
        "care": sorted((dict(row) for row in rows.get("care_triggers", ())), key=lambda row: str(row["trigger"])),
        "plan": _only(rows, "retention_plan"),
        "task": _only(rows, "retention_tasks"),
        "satisfaction": _only(rows, "satisfaction_scores"),
        "views": _views(rows.get("customer_views", ())),
        "lines": _lines(rows, end),
        "months": _months(rows.get("customer_months", ())),
        "calls": _calls(rows.get("call_months", ())),
        "contacts": contacts[:_MOST],
        "contacts_in_all": len(contacts),
        "contacts_open": sum(contact["open"] for contact in contacts),
        "payments": payments[:_MOST],
        "campaigns": campaigns[:_MOST],
        "conflicts": _conflicts(rows.get("conflicts", ())),
        "systems": [{**row, "source_key": hidden(row["source_key"])} for row in rows.get("crosswalk", ())],
    }


def _only(rows: Rows, table: str) -> dict[str, Any] | None:
    """The row of a table that has one a customer; none where there is none."""
    found = rows.get(table)
    return dict(found[0]) if found else None


def _left(leavings: Sequence[Row]) -> dict[str, Any] | None:
    """The last leaving, and the reason in words; of an operator's own code the code."""
    if not leavings:
        return None
    last = dict(max(leavings, key=lambda row: row["month"]))
    known = causes().get(last["reason"])
    words = {"reason_name": known.en, "reason_name_zh": known.zh} if known else {}
    return {**last, "reason_name": last["reason"], "reason_name_zh": last["reason"], **words}


def last_day(as_of: date | None) -> date:
    """The last day of a month; of no month the last day there is.

    >>> last_day(date(2024, 2, 1))
    datetime.date(2024, 2, 29)
    """
    return date.max if as_of is None else end_of_month(as_of)


def _stood(now: Sequence[Row], past: Sequence[Row], end: date) -> list[Row]:
    """The rows whose interval holds a day, else the first that are known: what was before them nobody has told."""
    both = [*now, *past]
    held = [row for row in both if (row.get("valid_from") or date.min) <= end < (row.get("valid_to") or date.max)]
    if held or not both:
        return held
    before = [row for row in both if (row.get("valid_from") or date.min) <= end]
    if before:  # gone since: what was said last
        return [max(before, key=lambda row: row.get("valid_to") or date.max)]
    return [min(both, key=lambda row: row.get("valid_from") or date.min)]


def _who(rows: Rows, end: date) -> dict[str, Any]:
    """The customer's attributes, and what of them is of another time than the card.

    `known_from` and `gone_on` are when the row begins and ended that is shown, `joins_on` when the customer came who
    was not there yet, `left_in` the month of the last leaving and `back_in` the first one after a return.
    """
    found = _stood(rows.get("customers", ()), rows.get("customer_history", ()), end)
    row = found[0] if found else {}
    since, until, joined = (row.get(name) for name in (*_HOLDS, "joined_on"))
    later, ahead = bool(since and since > end), bool(joined and joined > end)
    months = sorted(rows.get("customer_months", ()), key=lambda month: month["month"])
    left = [month["month"] for month in months if month["left"]]
    back = [month["month"] for month in months if left and month["month"] > left[-1]]
    return {
        **{name: row.get(name) for name in _WHO},
        "joined_on": None if ahead else joined,
        "churned": None if later else row.get("churned"),
        "active": months[-1]["active"] if months else None,
        "known_from": since if later else None,
        "gone_on": until if until and until <= end else None,
        "joins_on": joined if ahead and not months else None,
        "left_in": f"{left[-1]:%Y-%m}" if left else None,
        "back_in": f"{back[0]:%Y-%m}" if back else None,
    }


def _lines(rows: Rows, end: date) -> list[dict[str, Any]]:
    """Lines as they stood, those that live first."""
    by_line: dict[str, tuple[list[Row], list[Row]]] = {}
    for at, table in enumerate(("subscriptions", "subscription_history")):
        for row in rows.get(table, ()):
            by_line.setdefault(row["subscription_id"], ([], []))[at].append(row)
    held = [row for now, past in by_line.values() for row in _stood(now, past, end)]
    known = [_line(row, end) for row in held if (row.get("activated_on") or date.min) <= end]
    return sorted(known, key=lambda line: (line["status"] == "ended", line["subscription_id"]))


def _views(rows: Sequence[Row]) -> dict[str, Any] | None:
    """The business views with what they say in few words, `told` and `told_zh`; None where they were not made."""
    if not rows:
        return None
    told = told_of(rows[0])
    return {**rows[0], "told": [one[0] for one in told], "told_zh": [one[1] for one in told]}


def _line(row: Row, end: date) -> dict[str, Any]:
    """A line whose end lay ahead then was not ended."""
    line = {name: row.get(name) for name in _LINE}
    if line["ended_on"] and line["ended_on"] > end:
        line |= {"ended_on": None, "status": "active" if line["status"] == "ended" else line["status"]}
    if line["ended_on"] and not line["status"]:
        line["status"] = "ended"
    return line


def _months(rows: Sequence[Row]) -> dict[str, Any]:
    """Each column with any value, month after month; a month without a row is null in all."""
    by_month = {row["month"]: row for row in rows}
    months = _span(min(by_month), max(by_month)) if by_month else []
    series = []
    for name, unit in SERIES.items():
        values = [by_month.get(month, {}).get(name) for month in months]
        known = [value for value in values if value is not None]
        if known:
            ends = {"first": known[0], "last": known[-1], "min": min(known), "max": max(known)}
            series.append({"column": name, "unit": unit, "values": values, **ends})
    return {"months": [f"{month:%Y-%m}" for month in months], "series": series}


def _calls(rows: Sequence[Row]) -> dict[str, Any] | None:
    """What calls tell of the last month in which the customer has some; None without any."""
    if not rows:
        return None
    last = max(rows, key=lambda row: row["month"])
    return {"month": f"{last['month']:%Y-%m}", **{name: last[name] for name in CALLS}}


def _span(first: date, last: date) -> list[date]:
    return [month_at(index) for index in range(month_index(first), month_index(last) + 1)]


def _day(moment: date | None) -> date | None:
    return moment.date() if isinstance(moment, datetime) else moment


def _newest(rows: Sequence[Row], moment: str, end: date) -> list[dict[str, Any]]:
    """Rows up to a day, the newest first; undated ones last."""
    known = [dict(row) for row in rows if (_day(row[moment]) or date.min) <= end]
    return sorted(known, key=lambda row: str(row[moment] or ""), reverse=True)


def _contacts(rows: Sequence[Row], end: date) -> list[dict[str, Any]]:
    """Contacts, each with whether it was still open at the end of the month, those that were first."""
    found = [{**row, "open": (_day(row["closed_at"]) or date.max) > end} for row in _newest(rows, "opened_at", end)]
    return sorted(found, key=lambda row: not row["open"])


def _conflicts(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Attributes on which systems disagree: what each says, what stands and by what rule, and whose word that is."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        shown = _pseudonym if row["attribute"].endswith("_h") else str
        one = found.setdefault(
            row["attribute"],
            {"attribute": row["attribute"], "chosen": shown(row["chosen"]), "rule": row["rule"], "won": [], "says": []},
        )
        won = row["value"] == row["chosen"]
        key = hidden(row.get("source_key") or "")
        one["says"].append({"source": row["source"], "source_key": key, "value": shown(row["value"]), "won": won})
        if won and row["source"] not in one["won"]:
            one["won"].append(row["source"])
    return list(found.values())


def _pseudonym(value: str) -> str:
    """Enough of it to tell two apart."""
    return f"{value[:6]}…"
