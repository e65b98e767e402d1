"""What extracts are called in all that is kept of them: without numbers of persons, and names that extracts tell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from telcli.intake.names_told import names_columns
from telcli.intake.own_names import FAMILY
from telcli.intake.running_text import names_among
from telcli.tables.extract import Extract
from telcli.tables.file_names import called, file_hidden, told_apart

__all__ = ["kept_names", "persons_in"]

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]{2,}")
_FAMILY = re.compile(FAMILY)
_WORDS = re.compile(r"[A-Z][a-z'’]+(?:[ _.-]+[A-Z][a-z'’]+)+")
_WORD = re.compile(r"[A-Z][a-z'’]+")
_MOST = 3
"""Letters behind a family name, and words of a name in Latin letters, at most."""


def kept_names(extracts: Sequence[Extract], files: Mapping[str, str]) -> tuple[list[Extract], dict[str, str]]:
    """The extracts under the names that are kept, and what else is to be called otherwise now.

    `files` maps names of files as they were delivered to those under which they are kept so far, without numbers.

    >>> import polars as pl
    >>> raw = pl.LazyFrame({"姓名": ["张伟"], "id": ["1"], "_line": [2]})
    >>> one = Extract("张伟清单.csv", raw, "utf-8", ",", "")
    >>> found, also = kept_names([one], {})
    >>> found[0].name, found[0].delivered, also
    ('张*清单.csv', '张伟清单.csv', {'张伟清单.csv': '张*清单.csv', '张伟': '张*'})
    """
    so_far = {one.name: file_hidden(one.name) for one in extracts if not _file_of(one.name, files)}
    so_far = {**files, **told_apart(so_far)}
    persons = persons_in(extracts, [*so_far, *(one.name for one in extracts)])
    now = told_apart({kept: called(kept, persons) for kept in so_far.values()})
    full = {}
    for one in extracts:
        file = _file_of(one.name, so_far)
        full[one.name] = now[so_far[file]] + file_hidden(called(one.name.removeprefix(file), persons))
    full = told_apart(full)
    changed = {**now, **persons, **{name: now[kept] for name, kept in so_far.items()}, **full}
    left = {name: kept for name, kept in changed.items() if name != kept}
    return [
        replace(one, name=full[one.name], delivered=one.name) if one.name in left else one for one in extracts
    ], left


def persons_in(extracts: Sequence[Extract], names: Iterable[str]) -> dict[str, str]:
    """Names of persons in names of files, as they stand there, that a column of names of an extract tells, and what
    is kept of each: its first letter.

    >>> import polars as pl
    >>> raw = pl.LazyFrame({"Customer Name": ["Ann Lee", "Bo Ek"], "_line": [2, 3]})
    >>> persons_in([Extract("a", raw, "utf-8", ",", "")], ["calls Ann_Lee.csv", "Bo.csv"])
    {'Ann_Lee': 'A**_L**'}
    """
    wanted = dict(piece for name in names for piece in _candidates(name))
    if not wanted:
        return {}
    like = list(dict.fromkeys(wanted.values()))
    told = [column for one in extracts for column in names_columns(one, like)]
    known = set(names_among(told).known)
    return {piece: _masked(piece) for piece, name in wanted.items() if name in known}


def _file_of(name: str, files: Mapping[str, str]) -> str:
    """The file that an extract came from: its own name, or what stands before the sheet or the table."""
    found = [file for file in files if name == file or name.startswith(f"{file}#")]
    return max(found, key=len, default="")


def _candidates(name: str) -> Iterator[tuple[str, str]]:
    """Parts of a name that may be a person's, and each as it would stand in a column of names."""
    for run in _HAN.findall(name):
        for family in _FAMILY.finditer(run):
            for end in range(family.end() + 1, min(family.end() + _MOST, len(run)) + 1):
                yield run[family.start() : end], run[family.start() : end]
    for run in _WORDS.finditer(name):
        words = list(_WORD.finditer(run[0]))
        for first in range(len(words) - 1):
            for last in range(first + 1, min(first + _MOST, len(words))):
                piece = run[0][words[first].start() : words[last].end()]
                yield piece, " ".join(word[0] for word in words[first : last + 1])


def _masked(piece: str) -> str:
    if _HAN.fullmatch(piece):
        return piece[0] + "*" * (len(piece) - 1)
    return _WORD.sub(lambda word: word[0][0] + "*" * (len(word[0]) - 1), piece)
