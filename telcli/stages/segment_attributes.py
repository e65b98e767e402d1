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
_WHETHER = "是否"
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
    >>> spoken("x_5G网络客户")[1]
    '5G网络客户'
    """
    found = attribute(column)
    if found:
        return found["en"], found["zh"]
    apart = re.sub(
        r"(?<=[a-z])(?=[A-Z])|(?<=\d)(?=[A-Z][a-z])|(?<=[A-Z])(?=[A-Z][a-z])|_+", " ", column.removeprefix("x_")
    )
    plain = re.sub(r"\s+", " ", apart).strip() or column
    return plain, plain


def answer(column: str, value: str) -> tuple[str, str] | None:
    """A yes or no, or stars, as words; None for any other value. 1 and 0 answer only for attributes known as flags.

    >>> answer("x_PhoneService", "false"), answer("x_Gig_Plan", "Yes"), answer("x_Calls", "1")
    (('no phone service', '无电话业务'), ('Gig Plan', 'Gig Plan'), None)
    >>> answer("star_level", "1"), answer("x_是否去过营业厅", "是"), answer("x_是否去过营业厅", "否")
    (('1 star', '1星'), ('去过营业厅', '去过营业厅'), ('去过营业厅 = no', '去过营业厅=否'))
    """
    if column == "star_level" and value.isdecimal():
        return f"{value} {'star' if value == '1' else 'stars'}", f"{value}星"
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
    if not about and chinese.startswith(_WHETHER):
        asked = chinese.removeprefix(_WHETHER)
        return (asked, asked) if truth else (f"{asked} = no", f"{asked}=否")
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
