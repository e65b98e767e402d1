"""Words for survey items: what an item's name tells of its part in the index (`survey_items.toml`)."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["ROLES", "answers", "is_answer", "is_network", "role_of"]

ROLES = ("overall", "expectancy", "ideal")
_NOISE = re.compile(r"[\W_]+")


def role_of(item: str) -> str:
    """The part of an item in the index by its name; nothing where it asks of one thing alone.

    >>> role_of("语音通话整体满意度"), role_of("Overall satisfaction"), role_of("网络覆盖与信号强度")
    ('overall', 'overall', '')
    """
    name = _bare(item)
    for role in ROLES:
        if name in _named("roles", role) or any(name.endswith(end) for end in _named("endings", role)):
            return role
    return ""


def is_answer(header: str) -> bool:
    """Whether a column of a table with a row per customer is by its name the answer to an item.

    >>> is_answer("语音通话稳定性"), is_answer("Satisfaction Score"), is_answer("满意度调查次数")
    (True, True, False)
    """
    name = _bare(header)
    return name in _named("columns", "names") or name.endswith(tuple(_named("columns", "endings")))


def answers(attribute: str, items: Iterable[str] = ()) -> bool:
    """Whether an attribute of customers is an answer of a survey, by its name or as one of these items.

    >>> answers("x_语音通话稳定性"), answers("x_Our_question", ["Our question"]), answers("x_脱网次数", ["a"])
    (True, True, False)
    """
    header = attribute.removeprefix("x_")
    return is_answer(header) or _bare(header) in {_bare(item) for item in items}


def is_network(header: str) -> bool:
    r"""Whether a column tells the network that a customer is on.

    >>> is_network("x_4_5G用户"), is_network("x_plan")
    (True, False)
    """
    return _bare(header.removeprefix("x_")) in _named("network", "names")


@cache
def _named(section: str, key: str) -> frozenset[str]:
    return frozenset(map(_bare, _book()[section].get(key, ())))


@cache
def _bare(text: str) -> str:
    return _NOISE.sub("", unicodedata.normalize("NFKC", text)).casefold()


@cache
def _book() -> dict[str, Any]:
    return tomllib.loads((files("telcli.tables") / "survey_items.toml").read_text(encoding="utf-8"))
