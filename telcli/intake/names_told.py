"""The names of persons that extracts tell in columns of their own, for them to be hidden in what was said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from telcli.intake.dictionary import alike_headers, bare, personal_words
from telcli.intake.guessing import FREE_TEXT
from telcli.intake.running_text import NOBODY_NAMED, Names, full_names, names_among
from telcli.intake.understood import Understood, headers_of_extract
from telcli.tables.extract import Extract

__all__ = ["names_columns", "names_told"]

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
    return names_among(column for one in ones for column in names_columns(one.extract))


def names_columns(one: Extract, like: Sequence[str] | None = None) -> Iterator[pl.Series]:
    """The distinct values of each column of names of an extract; of `like` alone, where some are asked for.

    >>> raw = pl.LazyFrame({"客户姓名": ["王芳", "李娜"], "_line": [2, 3]})
    >>> [column.to_list() for column in names_columns(Extract("a", raw, "utf-8", ",", ""), ["李娜"])]
    [['李娜']]
    """
    written = headers_of_extract(one)
    named = [header for header, name in written.items() if _of_names(name)]
    first, last = ([header for header, name in written.items() if bare(name) in part] for part in (_FIRST, _LAST))
    both = bool(first and last)
    if not named and not both:
        return
    if like is None:
        frame = one.frame.select(list(dict.fromkeys([*named, *first, *last]))).unique().collect(engine="streaming")
        yield from (frame[header] for header in named)
        if both:
            yield full_names(frame[first[0]], frame[last[0]])
        return
    for header in named:
        said = one.frame.select(pl.col(header).str.strip_chars())
        yield said.filter(pl.col(header).is_in(like)).unique().collect(engine="streaming")[header]
    if both:
        words = sorted({word for name in like for word in name.split()})
        parts = one.frame.select(first[0], last[0]).unique()
        parts = parts.filter(pl.all_horizontal(pl.all().str.strip_chars().is_in(words)))
        frame = parts.collect(engine="streaming")
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
