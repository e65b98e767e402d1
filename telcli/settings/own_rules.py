"""The operator's own groups in telcli.toml: names and conditions under ``[segment.rules]``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from telcli.errors import UsageError

__all__ = ["RULES", "STARS", "own_rules"]

RULES = ("segment", "rules")
"""The section, and the name of the table in it."""
STARS = ("score-value", "stars")
"""The same of levels of customers: the best first."""
_NAME = re.compile(r"[\w-]{1,40}")
_RESERVED = ("not-known", "own-rule", "yes", "no", "none", "null", "customer_id")
"""Words of view_groups and customer_views, which a group of that name would be taken for."""
_SHOWN = 40


def own_rules(section: Mapping[str, Any], file: str, place: tuple[str, str] = RULES) -> dict[str, str]:
    """The rules in a section: the name of a group -> its condition, as it stands; `place` is section and table.

    Raises
    ------
    UsageError
        Something there is no name with a condition.

    >>> own_rules({"n_segments": 4, "rules": {"campus": "age < 25"}}, "telcli.toml")
    {'campus': 'age < 25'}
    """
    rules, table = section.get(place[1], {}), ".".join(place)
    if not isinstance(rules, Mapping):
        raise _refused(place[1], "a table of names with a condition each", file, place[0])
    for name, condition in rules.items():
        if not _NAME.fullmatch(name):
            raise _refused(name, "called by letters, digits, - and _ alone, 40 at most", file, table)
        if name.lower() in _RESERVED:
            wanted = f"called otherwise: {', '.join(_RESERVED)} mean something else in the results"
            raise _refused(name, wanted, file, table)
        if not isinstance(condition, str) or not condition.strip():
            raise _refused(name, 'a condition in double quotes, such as "age < 25"', file, table)
    return dict(rules)


def _refused(name: str, wanted: str, file: str, section: str) -> UsageError:
    return UsageError(
        "rule-invalid",
        "{file}: [{section}] {own} must be {wanted}.",
        file=file,
        section=section,
        own=_legible(name),
        wanted=wanted,
    )


def _legible(name: str) -> str:
    r"""A name as it may stand in a sentence: short, without the codes that would steer a terminal.

    >>> _legible("campus"), _legible(""), _legible("a\x1b[1m"), _legible("x" * 99)[-3:]
    ('campus', '""', 'a�[1m', 'xx…')
    """
    plain = "".join(letter if letter.isprintable() else "�" for letter in name)
    if not plain.strip():
        return f'"{plain[:_SHOWN]}"'
    return plain if len(plain) <= _SHOWN else plain[:_SHOWN] + "…"
