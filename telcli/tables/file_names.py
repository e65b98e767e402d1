"""Names of sources as they are kept: who can be told from one is hidden, what the rest of it says stands.

Extracts are called after persons and numbers often enough (``13812345678.csv``). What is a number of a person by its
form is hidden wherever a name is kept; names of persons are, where an extract tells that they are such (see
`telcli.intake.file_names`). Days and times are no numbers of persons, nor are codes of up to nine digits.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

__all__ = ["called", "file_hidden", "hides", "legible", "not_utf8", "one_of_all", "told_apart"]

_SEEN = r"[-_ .]?"
_MOBILE = rf"(?:(?:\+|00)?86{_SEEN})?1[3-9]\d{_SEEN}\d{{4}}{_SEEN}\d{{4}}(?!\d)"
_LANDLINE = r"0\d{2,3}[-_ ]\d{7,8}(?!\d)"
_CARD = r"\d{6}[-_ ](?:19|20)\d{6}[-_ ]\d{3}[\dXx](?!\d)"
_GROUPS = r"[2-9]\d{3}(?:[-_ ]\d{4}){3}(?:[-_ ]?\d{1,3})?(?!\d)"
_LONG = r"\d{10,}[Xx]?(?!\d)"
_NUMBER = re.compile(rf"(?<!\d)(?:{_MOBILE}|{_CARD}|{_GROUPS}|{_LANDLINE}|{_LONG})")
_DATED = re.compile(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])\d{0,11}")
"""A month, a day, a time down to milliseconds, or two of them, without anything between."""
_SPELLED = re.compile(r"[零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖]{7,}")
_MAIL = re.compile(r"[^\s@/#]+@[^\s@/#]+?(?=\.\w{1,7}(?:[#/]|$)|[\s/#]|$)")
_BYTES, _NO_BYTES = re.compile("[\ud800-\udfff]"), re.compile("[\ud800-\udc7f\udd00-\udfff]")
"""How Python keeps bytes of a name that are no UTF-8, and what else of this kind is no byte."""
_STEERS = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_LEFT, _RIGHT, _STARS = 3, 2, "******"
_AGAIN = re.compile(r"~\d+(?=(?:\.\w{1,7}){0,2}(?:#|$))")
_ENDING = re.compile(r"((?:\.\w{1,7}){0,2})$")


def not_utf8(name: str) -> bool:
    r"""Whether a name, as Python keeps it, stands for bytes that are no UTF-8.

    >>> not_utf8("账单.csv"), not_utf8("\udcff.csv")
    (False, True)
    """
    return not name.isascii() and bool(_BYTES.search(name))


def legible(name: str) -> str:
    r"""A name as it may stand in a sentence: bytes of no UTF-8 read as Chinese, nothing that would steer a terminal.

    >>> legible("a\nb\x1b[1m.csv"), legible("\udcd5\udccb\udcb5\udca5.csv"), legible("\udcff.csv"), legible("账单.csv")
    ('a�b�[1m.csv', '账单.csv', '�.csv', '账单.csv')
    """
    if not_utf8(name):
        raw = name.encode("utf-8", "surrogateescape" if not _NO_BYTES.search(name) else "replace")
        try:
            name = raw.decode("gb18030")
        except UnicodeDecodeError:
            name = raw.decode("utf-8", "replace")
    return _STEERS.sub("�", name)


def file_hidden(name: str) -> str:
    """A name of a file, a sheet or a table without the middle of numbers, and without addresses, of persons.

    >>> file_hidden("13812345678.csv"), file_hidden("id110101199003078515/通话 138-1234-5678.xlsx#2024")
    ('138******78.csv', 'id110******15/通话 138******78.xlsx#2024')
    >>> file_hidden("bills_20240630120000.csv"), file_hidden("C00000003.csv"), file_hidden("a.b@mail.cn.csv")
    ('bills_20240630120000.csv', 'C00000003.csv', '***@***.csv')
    """
    plain = _NUMBER.sub(_starred, _SPELLED.sub("***", name))
    return _MAIL.sub("***@***", plain) if "@" in plain else plain


def _starred(found: re.Match[str]) -> str:
    digits = re.sub(r"[^\dXx]", "", found[0])
    if _DATED.fullmatch(re.sub(r"\D", "", found[0])):
        return found[0]
    return digits[:_LEFT] + _STARS + digits[-_RIGHT:]


def told_apart(names: Mapping[str, str], taken: Collection[str] = ()) -> dict[str, str]:
    """What each name is to be called, where several would be called alike: the second of them ``~2``, and so on.

    Those `taken` are called so already.

    >>> told_apart({"b/13812345678.csv": "b/138******78.csv", "b/13812999978.csv": "b/138******78.csv", "c": "c"})
    {'b/13812345678.csv': 'b/138******78.csv', 'b/13812999978.csv': 'b/138******78~2.csv', 'c': 'c'}
    """
    found: dict[str, str] = {}
    own = {name for name, kept in names.items() if name == kept}
    used = {*own, *taken}
    for name in sorted(names):
        kept, count = names[name], 1
        while kept in used and not (name in own and kept == name and kept not in taken):
            count += 1
            kept = _ENDING.sub(rf"~{count}\1", names[name], count=1)
        used.add(kept)
        found[name] = kept
    return {name: found[name] for name in names}


def one_of_all(kept: str) -> str:
    """What all names that hide alike begin from, as a pattern of the names that were delivered.

    >>> one_of_all("138******78~2.csv"), one_of_all("a~2.csv")
    ('138******78.csv', 'a~2.csv')
    """
    return _AGAIN.sub("", kept) if "*" in kept else kept


def hides(kept: str, name: str) -> bool:
    """Whether a name under which something is kept may be what hides this one.

    >>> hides("张*清单~2.xlsx", "张伟清单.xlsx"), hides("张*清单.xlsx", "张伟账单.xlsx")
    (True, False)
    """
    pattern = re.escape(one_of_all(kept)).replace(r"\*\*\*\*\*\*", ".{4,}").replace(r"\*", ".")
    return re.fullmatch(pattern, one_of_all(name)) is not None


def called(said: Any, names: Mapping[str, str]) -> Any:
    """The same with names as they are kept, in place of those that were delivered; keys and values.

    >>> called({"13812345678.csv:table": ["13812345678.csv#a"]}, {"13812345678.csv": "138******78.csv"})
    {'138******78.csv:table': ['138******78.csv#a']}
    """
    changed = {name: kept for name, kept in names.items() if name != kept}
    return _said(said, sorted(changed.items(), key=lambda pair: -len(pair[0]))) if changed else said


def _said(said: Any, changed: list[tuple[str, str]]) -> Any:
    if isinstance(said, str):
        for name, kept in changed:
            said = said.replace(name, kept)
        return said
    if isinstance(said, Mapping):
        return {_said(key, changed): _said(value, changed) for key, value in said.items()}
    if isinstance(said, list | tuple):
        return type(said)(_said(value, changed) for value in said)
    return said
