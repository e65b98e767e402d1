"""The names of persons that extracts tell in columns of their own, for them to be hidden in what was said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from telcli.intake.dictionary import alike_headers, bare, personal_words
from telcli.intake.guessing import FREE_TEXT
from telcli.intake.running_text import NOBODY_NAMED, Names, full_names, names_among
from telcli.intake.understood import Understood, headers_of_extract

__all__ = ["names_told"]

_FIRST = frozenset({"firstname", "givenname", "vorname"})
_LAST = frozenset({"lastname", "surname", "familyname", "nachname"})
_NAME_ZH = (
    "姓名",
    "名称",
    "客户名",
    "联系人",
    "联络人",
    "经办人",
    "机主",
    "户主",
    "户名",
    "用户名",
    "收件人",
    "担保人",
    "代理人",
)


def names_told(ones: Sequence[Understood]) -> Names:
    """Names in columns of names of all these extracts, where one of them holds what somebody said; else none."""
    if not any(one.map.columns.keys() & set(FREE_TEXT) or one.map.table in ("contacts", "surveys") for one in ones):
        return NOBODY_NAMED
    return names_among(column for one in ones for column in _columns(one))


def _columns(one: Understood) -> Iterator[pl.Series]:
    written = headers_of_extract(one.extract)
    named = [header for header, name in written.items() if _of_names(name)]
    first, last = ([header for header, name in written.items() if bare(name) in part] for part in (_FIRST, _LAST))
    if not named and not (first and last):
        return
    frame = one.extract.frame.select(list(dict.fromkeys([*named, *first, *last]))).unique().collect(engine="streaming")
    for header in named:
        yield frame[header]
    if first and last:
        yield full_names(frame[first[0]], frame[last[0]])


def _of_names(header: str) -> bool:
    """Whether a header speaks of names of persons.

    >>> _of_names("客户姓名"), _of_names("Customer Name"), _of_names("plan_name"), _of_names("产品名称")
    (True, True, False, False)
    """
    plain = bare(header)
    if alike_headers(header) == "name" or plain in personal_words("people"):
        return True
    things = any(word in plain for word in (*personal_words("things_zh"), *personal_words("places_zh")))
    return not things and any(word in plain for word in _NAME_ZH)
