"""What names a person, in headers and in values: telephone numbers, certificates, mail addresses, names, free notes.

Values are judged by their form, so amounts, dates and short codes are never taken for numbers of persons; a header
alone condemns a column only where its values could be what the header says.
"""

from __future__ import annotations

import re
import unicodedata

import polars as pl

from telcli.intake.dictionary import bare, personal_words
from telcli.intake.numbers import numbers
from telcli.intake.words import Read, by_distinct, few_distinct, folded, meant

__all__ = ["discreet", "discreet_numbers", "header_tells", "holds_person", "is_person", "is_prose"]

_MOBILE = r"(?:\+?(?:00)?86[- ]?)?1[3-9]\d(?:\d{8}|[- ]\d{4}[- ]\d{4})"
_LANDLINE = r"\(?0\d{2,3}(?:[- ]|\) ?)\d{7,8}|0[1-9]\d{7,10}"  # with an area code, parted or not
_ABROAD = r"\+\d[\d -]{7,15}|00[1-9]\d{8,12}|\(?\d{3}\)?[- ]\d{3}[-. ]\d{4}"
_CERTIFICATE = r"[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]"
_MAIL = r"[^\s@,;:<>()]+@[^\s@]+\.[A-Za-z]{2,}"
_WHOLE = rf"^(?:(?:{_MOBILE}|{_LANDLINE}|{_ABROAD}|\d{{17}}[\dXx])(?:\.0+)?|{_MAIL})$"
_INSIDE = rf"(^|[^\d.])(?:{_MOBILE}|{_LANDLINE}|{_ABROAD}|{_CERTIFICATE})([^\dXx.]|\.\D|\.?$)"
_PROSE = r"\S\s+\S+\s+\S|\p{Han}{7,}|\p{Han}.*[，。；！？,;!?]"
_TOKEN = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_a-zA-Z]+")


def is_person(text: pl.Series) -> pl.Series:
    """Which texts are a telephone number, a certificate or a mail address, and nothing else.

    >>> is_person(pl.Series(["13812345678", "0261706749", "010-12345678", "a@b.cn", "20240601", "1250.5"])).to_list()
    [True, True, True, True, False, False]
    """
    return folded(text).str.contains(_WHOLE)


def holds_person(text: pl.Series) -> pl.Series:
    """Which texts are, or have inside them, a number, a certificate or an address of a person.

    >>> holds_person(pl.Series(["call 13812345678 please", "ends 2024-06-01", "13812345678.25"])).to_list()
    [True, False, False]
    """
    plain = folded(text)
    return plain.str.contains(_WHOLE) | plain.str.contains(_INSIDE) | plain.str.contains(_MAIL)


def is_prose(text: pl.Series) -> pl.Series:
    """Which texts are written by hand, of three words or more: names may stand anywhere in them."""
    return text.str.contains(_PROSE)


def discreet(text: pl.Series) -> Read:
    """Any text, with what names a person hidden.

    >>> discreet(pl.Series(["call 13812345678, or a.b@mail.cn", "0261706749", "Gold 2024-06-01"]))[0].to_list()
    ['call ***, or ***', '***', 'Gold 2024-06-01']
    """

    def read(distinct: pl.Series) -> Read:
        return _hidden(meant(distinct)), pl.Series([False]).new_from_index(0, len(distinct))

    return by_distinct(text, read) if few_distinct(text) else read(text)


def _hidden(text: pl.Series) -> pl.Series:
    found = holds_person(text).fill_null(value=False)
    if not found.any():
        return text
    hidden = text.str.normalize("NFKC").str.replace_all(_WHOLE, "***").str.replace_all(_MAIL, "***")
    for _ in range(2):  # neighbours share the mark between them, which one pass gives to the first alone
        hidden = hidden.str.replace_all(_INSIDE, "${1}***${2}")
    return pl.DataFrame({"t": text, "h": hidden, "f": found}).select(pl.when("f").then("h").otherwise("t"))["h"]


def discreet_numbers(text: pl.Series) -> Read:
    """Numbers, those that are telephone numbers left out.

    >>> discreet_numbers(pl.Series(["12.5", "13812345678"]))[0].to_list()
    [12.5, None]
    """
    found = is_person(text.str.strip_chars()).fill_null(value=False)
    return numbers(text.to_frame("t").select(pl.when(~found).then("t"))["t"])


def header_tells(header: str) -> str:
    """What a header says is in its column: ``person``, ``note`` (free text), or nothing of the kind.

    >>> [header_tells(name) for name in ("Contact Person", "AgentPhone", "联系人电话", "Remark", "备注")]
    ['person', 'person', 'person', 'note', 'note']
    >>> [header_tells(name) for name in ("PhoneService", "plan_name", "手机品牌", "MultipleLines", "Contract")]
    ['', '', '', '', '']
    """
    flat = unicodedata.normalize("NFKC", header)
    plain, tokens = bare(flat), {token.lower() for token in _TOKEN.findall(flat)}
    tokens |= {ending for ending in personal_words("endings") for token in tokens if _ends(token, ending)}
    if tokens & personal_words("people") or _any_in(plain, "people_zh"):
        return "person"
    things = tokens & personal_words("things") or _any_in(plain, "things_zh")
    if not things and (tokens & personal_words("tokens") or _any_in(plain, "tokens_zh")):
        return "person"
    return "note" if tokens & personal_words("notes") or _any_in(plain, "notes_zh") else ""


def _ends(token: str, ending: str) -> bool:
    return token.endswith(ending) and token not in personal_words("things")


def _any_in(plain: str, words: str) -> bool:
    return any(word in plain for word in personal_words(words))
