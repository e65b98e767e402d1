"""The business views in words: what a view and its groups are called, and why a customer is in one."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["REASONS", "VIEWS", "group_words", "reason_words", "told_of", "view_words"]

Pair = tuple[str, str]
"""One text in English and in Chinese."""

REASONS = {
    "account_class": "account_reason",
    "profitable": "profit_reason",
    "loyal": "loyalty_reason",
    "strategic": "strategic_reason",
    "value_overlap": "value_reason",
    "consumption_tier": "consumption_reason",
    "lifecycle_stage": "lifecycle_reason",
    "use_level": "use_reason",
    "rfm_group": "rfm_reason",
    "value_mode": "mode_reason",
    "exit_candidate": "exit_reason",
    "online": "online_reason",
}
"""Columns of customer_views that hold a group -> the columns that hold its reason."""
VIEWS = tuple(REASONS)


def view_words(view: str) -> Pair:
    """What a view is called.

    >>> view_words("rfm_group"), view_words("value_mode")[1]
    (('RFM', 'RFM'), '价值模式')
    """
    return _pair(_words()["view"].get(view), view)


def group_words(view: str, group: str) -> Pair:
    """What a group is called; the operator's own by its name.

    >>> group_words("account_class", "key"), group_words("own_groups", "campus")
    (('key account', '大客户'), ('campus', 'campus'))
    """
    words = _words()["group"]
    return _pair({**words["any"], **words.get(view, {})}.get(group), group)


def reason_words(view: str, reason: str) -> Pair:
    """Why a customer is in a group.

    What is not known says what is missing.

    >>> reason_words("loyal", "short-stay")[0], reason_words("loyal", "not-known")
    ('not with the operator for long enough yet', ('when they joined is not known', '入网时间未知'))
    """
    words = _words()["reason"]
    return _pair({**words["any"], **words.get(view, {})}.get(reason), reason)


def told_of(row: Mapping[str, Any]) -> list[Pair]:
    """The views of one customer in few words, from a row of customer_views; what is not known is left out.

    >>> [english for english, _ in told_of({"account_class": "key", "account_reason": "high-profit", "online": False,
    ...     "value_overlap": "none", "rfm_group": "best", "own_groups": "campus+north", "exit_candidate": False})]
    ['key account (margin among the highest of all customers)', 'RFM: best', 'campus', 'north']
    """
    found: list[Pair] = []
    if row.get("account_class"):
        called = group_words("account_class", row["account_class"])
        why = reason_words("account_class", row["account_reason"])
        raised = not row["account_reason"].startswith("told-")
        found.append((f"{called[0]} ({why[0]})", f"{called[1]}（{why[1]}）") if raised else called)
    if row.get("value_overlap") not in (None, "none"):
        found.append(group_words("value_overlap", row["value_overlap"]))
    for view in ("rfm_group", "value_mode"):
        if row.get(view):
            called, title = group_words(view, row[view]), view_words(view)
            found.append((f"{title[0]}: {called[0]}", f"{title[1]}：{called[1]}"))
    if row.get("online"):
        found.append(view_words("online"))
    if row.get("exit_candidate"):
        first = group_words("exit_remedy", row["exit_remedy"])
        found.append((f"exit candidate, first {first[0]}", f"退出候选，{first[1]}"))
    return found + [(name, name) for name in (row.get("own_groups") or "").split("+") if name]


def _pair(found: Any, otherwise: str) -> Pair:
    return (str(found[0]), str(found[1])) if found else (otherwise, otherwise)


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(files("telcli.features").joinpath("view_words.toml").read_text(encoding="utf-8"))
