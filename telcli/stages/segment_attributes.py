"""Words for the operator's own attributes: known headers in both languages, others as plain words."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["answer", "attribute", "known", "spoken", "value_words"]

_TRUTH = {"yes": True, "true": True, "是": True, "有": True, "no": False, "false": False, "否": False, "无": False}
_FLAG = {"1": True, "0": False}


def attribute(column: str) -> Mapping[str, Any]:
    """The words of a known attribute (en, zh, and group, flag, yes, no where it has them), empty for any other.

    >>> attribute("x_Total_Charges")["zh"]
    '累计费用'
    """
    if not column.startswith("x_"):
        return {}
    found: Mapping[str, Any] = _words()["attribute"].get(re.sub(r"[\W_]+", "", column[2:].casefold()), {})
    return found


def known(column: str) -> bool:
    """Whether a column has words of its own rather than a header as it came.

    >>> known("x_PhoneService"), known("x_Q17b")
    (True, False)
    """
    return not column.startswith("x_") or bool(attribute(column))


def spoken(column: str) -> tuple[str, str]:
    """What an attribute is called: its words, or its header with the words set apart.

    >>> spoken("x_PhoneService"), spoken("x_AvgGBDownload_2")
    (('phone service', '电话业务'), ('Avg GB Download 2', 'Avg GB Download 2'))
    """
    found = attribute(column)
    if found:
        return found["en"], found["zh"]
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|_+", " ", column.removeprefix("x_"))
    plain = re.sub(r"\s+", " ", apart).strip() or column
    return plain, plain


def answer(column: str, value: str) -> tuple[str, str] | None:
    """A yes or no as words, or None for any other value; 1 and 0 answer only for attributes known as flags.

    >>> answer("x_PhoneService", "false"), answer("x_Gig_Plan", "Yes"), answer("x_Calls", "1")
    (('no phone service', '无电话业务'), ('Gig Plan', 'Gig Plan'), None)
    """
    about = attribute(column)
    truth = _TRUTH.get(value.casefold())
    if truth is None and about.get("flag"):
        truth = _FLAG.get(value)
    if truth is None:
        return None
    own = about.get("yes" if truth else "no")
    if own:
        return own[0], own[1]
    english, chinese = spoken(column)
    if not truth:
        return f"no {english}", f"无{chinese}"
    return (f"with {english}", f"有{chinese}") if about else (english, chinese)


def value_words(value: str) -> str | None:
    """A common value of attributes in Chinese, or None.

    >>> value_words("Two year"), value_words("E17")
    ('两年合约', None)
    """
    found: str | None = _words()["value"].get(value.casefold())
    return found


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(files("telcli.stages").joinpath("segment_attributes.toml").read_text(encoding="utf-8"))
