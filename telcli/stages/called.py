"""Columns in a condition as operators write them in extracts, as their names here."""

from __future__ import annotations

import re
from collections.abc import Collection

__all__ = ["in_names"]

_OTHER = re.compile(r"'[^']*'|\"[^\"]*\"|(?P<word>[^\W\d]\w*)")


def in_names(where: str, have: Collection[str], tables: Collection[str]) -> str:
    """A condition whose Chinese words that are no columns, but mean one of those there, are its name.

    Parameters
    ----------
    where : str
        As in SQL; texts and names in quotes stay.
    have : collection of str
        The columns that there are.
    tables : collection of str
        Whose columns are known by what extracts and screens call them.

    >>> in_names("网格 = '网格' AND 归属地市 = 'B' AND x_a > 1", ["branch", "region", "x_a"], ["customers"])
    "branch = '网格' AND region = 'B' AND x_a > 1"
    """
    if where.isascii():
        return where
    known = {word: name for word, name in _called(tables).items() if name in have}

    def meant(found: re.Match[str]) -> str:
        word = found["word"]
        return known.get(word, word) if word and word not in have else found[0]

    return _OTHER.sub(meant, where)


def _called(tables: Collection[str]) -> dict[str, str]:
    """Words that extracts and screens use -> columns; those of the first table stand."""
    from telcli.intake.dictionary import headers_of
    from telcli.tables import SUBJECTS, contract

    found: dict[str, str] = {}
    for table in tables:
        titles = [(one.zh, one.name) for one in contract(table).columns()]
        once = {zh: name for zh, name in titles if [other for other, _ in titles].count(zh) == 1}
        heads = dict(headers_of(table)) if table in SUBJECTS else {}
        found = {**heads, **once, **found}
    return found
