"""Names of columns that tell the outcome, written after it as they are; the patterns stand in `leakage_names.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

__all__ = ["named_afterwards", "named_load", "named_perhaps", "named_stay", "plain_name"]


def plain_name(name: str) -> str:
    """Lower-case name without the attribute mark, every run of other signs made one underscore.

    >>> plain_name("x_Churn Reason")
    'churn_reason'
    """
    bare = re.sub(r"^x_", "", name.strip().casefold())
    return re.sub(r"[\W_]+", "_", bare).strip("_")


def named_afterwards(name: str, values: Iterable[str] | None = None) -> bool:
    """Whether a name says that the column is known only after the customer left.

    A state of a customer may be a place or a status, which its different `values` tell; without them it is a status.

    >>> [named_afterwards(name) for name in ("x_Churn Score", "离网原因", "months_left", "x_Contract")]
    [True, True, False, False]
    >>> named_afterwards("Customer State", ["CA", "NY"]), named_afterwards("Customer State", ["Active", "Closed"])
    (False, True)
    """
    plain = plain_name(name)
    for found in _patterns("except"):
        plain = found.sub("", plain)
    if any(found.search(plain) for found in _patterns("afterwards")):
        return True
    return _of_state(plain) and (values is None or _tell_status(values))


def named_perhaps(name: str) -> bool:
    """Whether a name may say so, and may as well say something that is known beforehand.

    >>> [named_perhaps(name) for name in ("Refund_Amount", "disc_code", "x_Contract")]
    [True, True, False]
    """
    return any(found.search(plain_name(name)) for found in _patterns("perhaps"))


def named_load(name: str) -> bool:
    """Whether a name says that a date is that of a load, an export or a change of the row, not of the customer.

    >>> [named_load(name) for name in ("x_ETL Date", "last_updated_at", "数据更新时间", "x_plan_change_date")]
    [True, True, True, False]
    """
    return any(found.search(plain_name(name)) for found in _patterns("loads"))


def named_stay(name: str) -> bool:
    """Whether a name says how long a customer has been one.

    >>> [named_stay(name) for name in ("tenure_months", "x_在网时长", "x_months_on_book", "x_data_mb")]
    [True, True, True, False]
    """
    return any(found.search(plain_name(name)) for found in _patterns("stays"))


def _of_state(plain: str) -> bool:
    return any(found.search(plain) for found in _patterns("states"))


def _tell_status(values: Iterable[str]) -> bool:
    """Whether one of the values says that somebody has left; places do not."""
    gone = _patterns("gone")
    return any(found.search(value.strip().casefold()) for value in values for found in gone)


@cache
def _patterns(kind: str) -> list[re.Pattern[str]]:
    found = tomllib.loads(files("telcli.features").joinpath("leakage_names.toml").read_text(encoding="utf-8"))
    return [re.compile(pattern) for pattern in found[kind]]
