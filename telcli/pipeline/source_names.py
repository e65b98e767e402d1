"""What sources are called in all that is kept: numbers of persons in names of files are hidden, see `file_hidden`.

Whether a file was loaded before is told by its hash: one whose name the ledger has without a person's name, which an
extract of that load told, is taken for the same under that name. The next month's of it is called likewise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from telcli.errors import Notice
from telcli.tables.file_names import file_hidden, hides, one_of_all, told_apart

__all__ = ["as_kept", "kept_as", "to_be_hidden"]

_FILES = ("file", "names", "folder")
"""What notices hold names of files as, that are no extracts."""


def as_kept(prints: Mapping[str, str], loads: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """What each file, here by its name with its SHA-256, is kept as.

    >>> as_kept({"张伟 13812345678.csv": "e3b0"}, [{"sources": {"张* 138******78.csv": "e3b0"}}])
    {'张伟 13812345678.csv': '张* 138******78.csv'}
    >>> as_kept({"张伟_202407.csv": "77"}, [{"sources": {"张*_202406.csv": "e3b0"}}])
    {'张伟_202407.csv': '张*_202407.csv'}
    """
    known: dict[str, list[str]] = {}
    for load in loads:
        for name, sha in load["sources"].items():
            known.setdefault(sha, []).append(name)
    held = dict.fromkeys(name for names in known.values() for name in names if "*" in name)
    found: dict[str, str] = {}
    for name in sorted(prints):
        like = [one for one in known.get(prints[name], ()) if one not in found.values()]
        if match := next((one for one in like if hides(one, file_hidden(name))), ""):
            found[name] = match
    rest = {name: _hidden_as(file_hidden(name), held) for name in prints if name not in found}
    found |= told_apart(rest, found.values())
    return {name: found[name] for name in prints}


def kept_as(names: Iterable[str], kept: Iterable[str]) -> dict[str, str]:
    """The same of files of which it was told already; of any other its name without numbers.

    >>> kept_as(["张伟.csv", "13812345678.csv"], ["张*.csv", "138******78.csv"])
    {'张伟.csv': '张*.csv', '13812345678.csv': '138******78.csv'}
    """
    plain, left = told_apart({name: file_hidden(name) for name in names}), list(kept)
    found: dict[str, str] = {}
    for name in sorted(plain):
        found[name] = _first(plain[name], left)
        left = [one for one in left if one != found[name]]
    return {name: found[name] for name in plain}


def to_be_hidden(notices: Sequence[Notice]) -> dict[str, str]:
    """Names of files that were left out before any was opened, and the same without numbers.

    >>> to_be_hidden([Notice("kind-not-read", "{file}", {"file": "13812345678.pdf", "kind": ".pdf"})])
    {'13812345678.pdf': '138******78.pdf'}
    """
    told = [str(one.values[name]) for one in notices for name in _FILES if name in one.values]
    return {name: file_hidden(name) for name in told}


def _hidden_as(name: str, held: Iterable[str]) -> str:
    """A name without what is hidden in that of an earlier delivery, which differs from it in digits alone."""
    for one in map(one_of_all, held):
        pairs = list(zip(one, name, strict=False))
        if len(one) == len(name) and all(a in ("*", b) or (a.isdigit() and b.isdigit()) for a, b in pairs):
            return "".join("*" if a == "*" else b for a, b in pairs)
    return name


def _first(plain: str, like: Sequence[str]) -> str:
    """Of names that are kept the one of this file; itself where there is none."""
    if plain in like:
        return plain
    return next((one for one in like if hides(one, plain)), plain)
