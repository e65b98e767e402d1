"""The operator's own offers: a table each under ``[plan-retention.offers]``."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Mapping
from typing import Any

from telcli.errors import UsageError

__all__ = ["OFFERS", "OFFER_FIELDS", "own_offers"]

OFFERS = ("plan-retention", "offers")
"""The section, and the name of the table in it."""
_STRATEGIES = ("retain", "maintain", "develop", "watch", "serve", "let-go")
_THEMES = (
    *("contract", "network", "service", "price", "payment", "competition", "use", "product", "life"),
    "other",
)
_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,39}")
_RESERVED = ("all", "any", "none")
_MONEY, _SHARES, _TEXTS = ("cost", "contact_cost"), ("accept", "take"), ("en", "zh", "when", "talk", "talk_zh")
_LISTS, _WHOLE = ("themes", "strategies", "excludes"), ("priority", "limit")
OFFER_FIELDS = ("channel", *_MONEY, *_SHARES, *_TEXTS, *_LISTS, *_WHOLE)
_NEEDED = ("channel", "cost", "contact_cost", "accept")


def own_offers(section: Mapping[str, Any], file: str) -> dict[str, dict[str, Any]]:
    """The offers in a section, by code, as they stand.

    Each tells channel, cost (of one that is taken), contact_cost (of one contact) and accept (share of would-be leavers
    who take it and stay); it may tell take, en and zh (names), when (a condition over customers), themes (reasons for
    leaving that it answers), strategies (for which it is meant), talk and talk_zh (what to say), priority (1 before 2),
    limit (how many there are), and excludes (offers and campaigns that it does not go with).

    Raises
    ------
    UsageError
        An offer there is not a table of these.

    >>> own_offers({"offers": {"A1": {"channel": "sms", "cost": 5, "contact_cost": 0.1, "accept": 0.2}}}, "telcli.toml")
    {'A1': {'channel': 'sms', 'cost': 5, 'contact_cost': 0.1, 'accept': 0.2}}
    """
    for name, said in section.get(OFFERS[1], {}).items():
        wanted = _wrong(name, said)
        if wanted:
            raise UsageError(
                "offer-invalid",
                "{file}: [plan-retention.offers.{own}] must {wanted}.",
                hint='Write it as: channel = "outbound", cost = 30, contact_cost = 3, accept = 0.3, en = "Fee credit"',
                file=file,
                own=name if _NAME.fullmatch(name) else "...",
                wanted=wanted,
            )
    return {name: dict(said) for name, said in section.get(OFFERS[1], {}).items()}


def _wrong(name: str, said: Any) -> str:
    """What an offer must do that it does not; empty where it is all right."""
    if not _NAME.fullmatch(name) or name.lower() in _RESERVED:
        return "be called by letters, digits, . - and _ alone, 40 at most, and not all, any or none"
    if not isinstance(said, Mapping):
        return "be a table"
    other = sorted(set(said) - set(OFFER_FIELDS))
    if other:
        return _unmeant(other[0])
    missing = [field for field in _NEEDED if field not in said]
    if missing:
        return f"tell {', '.join(missing)}"
    return _wrong_value(said)


def _unmeant(field: str) -> str:
    """What to do about a key that an offer does not have.

    >>> _unmeant("chanel"), _unmeant("colour")[:21]
    ('write channel, not chanel', 'hold channel, cost, c')
    """
    near = difflib.get_close_matches(field, OFFER_FIELDS, n=1, cutoff=0.75)
    return f"write {near[0]}, not {field}" if near else f"hold {', '.join(OFFER_FIELDS)} alone"


def _wrong_value(said: Mapping[str, Any]) -> str:
    if not isinstance(said["channel"], str) or not said["channel"].strip():
        return "have a text as channel"
    checks = (
        (_MONEY, lambda value: _number(value) and 0 <= value < 1e9, "an amount of 0 or more as"),
        (_SHARES, lambda value: _number(value) and 0 <= value <= 1, "a share from 0 to 1 as"),
        (_TEXTS, lambda value: isinstance(value, str) and bool(value.strip()), "a text as"),
        (_LISTS, _texts, "a list of texts as"),
        (_WHOLE, lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= 1, "1 or more as"),
    )
    for fields, right, what in checks:
        for field in fields:
            if field in said and not right(said[field]):
                return f"have {what} {field}"
    return _unknown(said, "themes", _THEMES) or _unknown(said, "strategies", _STRATEGIES)


def _unknown(said: Mapping[str, Any], field: str, known: tuple[str, ...]) -> str:
    return f"have {field} among {', '.join(known)}" if set(said.get(field, ())) - set(known) else ""


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) and bool(text.strip()) for text in value)
