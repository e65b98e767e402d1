"""The rules of detect-fraud and their thresholds; the operator's own under ``[detect-fraud.rules.NAME]``."""

from __future__ import annotations

import difflib
import math
import sys
from collections.abc import Mapping
from typing import Any

from telcli.errors import UsageError

__all__ = ["FRAUD_RULES", "OWN_RULES_OF_FRAUD", "own_fraud_rules"]

OWN_RULES_OF_FRAUD = ("detect-fraud", "rules")
"""The section, and the name of the table in it."""

FRAUD_RULES: dict[str, dict[str, float]] = {
    "sim-box": {
        "calls_out": 60,  # a day, at least
        "days": 2,  # such days, at least
        "cells": 3,  # different cells a day, at most
        "in_out": 0.05,  # calls received over calls made, at most
        "distinct": 0.8,  # different callees over calls made, at least
        "texts_data": 3,  # texts and MB a day, at most
        "hours": 12,  # different hours with calls made a day, at least
        "sims": 4,  # SIM cards of one device, at least
        "tenure_days": 90,  # since activation, at most
        "at_once": 3,  # calls of several customers that run at once in one device, at least
        "signs": 5,  # of these beside the calls made, that must hold, all hours or many cards among them
    },
    "wangiri": {
        "targets": 30,  # different customers rung within the window
        "window_minutes": 60,
        "short_seconds": 3,
        "short_share": 0.9,
        "call_back_hours": 48,
    },
    "irsf": {
        "minutes": 120,  # a day to high-cost numbers
        "spike": 10,  # times the customer's own usual day
        "history_days": 7,  # days with calls before, from which on a customer has a usual day
        "lone_days": 2,  # such days of who has nobody beside her, where no numbers are named as costly
        "range_subjects": 5,  # customers whose minutes rise to one range on one day
        "range_times": 5,  # times as many as others a day on the other days of the range
        "night_weekend": 0.5,  # share of the minutes at night or on a weekend
    },
    "subscription": {
        "new_days": 90,  # since activation
        "use_money": 300,  # use and arrears, valued
        "use_times": 5,  # times the median of new customers
        "lines": 5,  # live lines of one certificate, more than
        "debt_days": 90,  # age of debts of others
        "signs": 2,
    },
    "fake-activation": {
        "minutes": 10,  # a month
        "data_mb": 30,  # or so much
        "months": 3,
        "devices_lines": 4,  # lines of one device
        "burst": 10,  # activations on one day of one channel, or of lines used in one cell
        "gap_spread": 0.3,  # standard deviation of the gaps between calls over their mean
        "least_calls": 20,  # for the gaps to be looked at
        "penalty_share": 0.10,
        "penalty_cards": 20,
        "exit_cards": 500,
    },
    "unusual": {
        "contamination": 0.001,  # share of subjects that may be named
        "deviation": 6,  # robust standard deviations of the feature that deviates most
        "least_subjects": 200,
    },
}
"""Rule: threshold by name. Shares are 0..1; what each means is in docs/fraud.md."""
_SHARES = frozenset(
    ("in_out", "distinct", "short_share", "night_weekend", "gap_spread", "penalty_share", "contamination")
)


def own_fraud_rules(section: Mapping[str, Any], file: str) -> dict[str, dict[str, float]]:
    """The thresholds in force, by rule that is switched on: those of `FRAUD_RULES` but where the section says others.

    Raises
    ------
    UsageError
        There is no such rule or threshold, or its value is no number that it may have.

    >>> own_fraud_rules({"rules": {"wangiri": {"targets": 50}, "irsf": {"on": False}}}, "telcli.toml")["wangiri"]
    {'targets': 50.0, 'window_minutes': 60, 'short_seconds': 3, 'short_share': 0.9, 'call_back_hours': 48}
    """
    own = section.get(OWN_RULES_OF_FRAUD[1], {})
    for rule, said in own.items():
        wanted = _wrong(rule, said)
        if wanted:
            raise UsageError(
                "fraud-rule-invalid",
                "{file}: [detect-fraud.rules.{rule}] must {wanted}.",
                hint="Write it as: on = true, targets = 50; the thresholds of each rule are in docs/fraud.md.",
                file=file,
                rule=rule if rule in FRAUD_RULES else "...",
                wanted=wanted,
            )
    found = {}
    for rule, defaults in FRAUD_RULES.items():
        said = own.get(rule, {})
        if said.get("on", True):
            found[rule] = {**defaults, **{name: float(value) for name, value in said.items() if name != "on"}}
    return found


def _wrong(rule: str, said: Any) -> str:
    """What a rule must do that it does not; empty where it is all right.

    >>> _wrong("wangiri", {"target": 3}), _wrong("wangiri", {"short_share": 2})
    ('write targets, not target', 'have a share from 0 to 1 as short_share')
    """
    if rule not in FRAUD_RULES:
        return f"be called {', '.join(FRAUD_RULES)}"
    if not isinstance(said, Mapping):
        return "be a table"
    known = ["on", *FRAUD_RULES[rule]]
    for name, value in said.items():
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            return f"write {near[0]}, not {name}" if near else f"hold {', '.join(known)} alone"
        wanted = _wrong_value(name, value)
        if wanted:
            return wanted
    return ""


def _wrong_value(name: str, value: Any) -> str:
    if name == "on":
        return "" if isinstance(value, bool) else "have true or false as on"
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not 0 <= value < math.inf or value > sys.float_info.max:  # an integer may be larger than any float
        return f"have a number of 0 or more as {name}"
    if name in _SHARES and value > 1:
        return f"have a share from 0 to 1 as {name}"
    return ""
