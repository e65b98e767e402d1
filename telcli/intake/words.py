r"""Text as operators write it: blanks and the words for nothing, codes, flags and identifiers.

Every reader here takes a text column and gives back the values and a mask of the texts that it could not read;
words for nothing ("", -, NULL, \\N, 无, NaN ...) are null and no fault.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable
from functools import cache

import polars as pl

from telcli.intake.dictionary import otherwise, word_list

__all__ = [
    "NONE",
    "Read",
    "by_distinct",
    "codes",
    "ends_told",
    "few_distinct",
    "flags",
    "folded",
    "ids",
    "known_share",
    "masked",
    "meant",
    "plain_digits",
    "texts",
    "tokens",
]

Read = tuple[pl.Series, pl.Series]
"""Values, and a Boolean mask of the texts that could not be read."""

NONE = "none"
"""Value of a list under which its words for nothing stand."""

_SCIENTIFIC = r"^[+-]?\d(\.\d+)?[eE]\+\d+$"


def meant(text: pl.Series) -> pl.Series:
    """Strip blanks of every width; words for nothing become null.

    >>> meant(pl.Series(["　12 ", "NULL", "-", "无", "ok"])).to_list()
    ['12', None, None, None, 'ok']
    """
    if not text.str.join("\n").str.contains(_unmeant()).item():
        return text
    bare = text.str.strip_chars()
    nothing = list(word_list("blank"))
    short = bare.str.len_bytes() <= max(len(word.encode()) for word in nothing)
    if not short.any():
        return bare
    said = pl.col("t").str.to_lowercase().is_in(nothing)
    return bare.to_frame("t").select(pl.when(~said).then("t"))["t"]


def _unmeant() -> str:
    """What shows in texts as lines of one, looked at at once, that a blank stands about one or one is for nothing."""
    nothing = "|".join(re.escape(word) for word in word_list("blank"))
    return rf"(?m)^[^\S\n]|[^\S\n]$|^(?i:{nothing})$"


def folded(text: pl.Series) -> pl.Series:
    """Full-width and other compatible forms in their plain one; texts in ASCII, which have none, are not touched.

    Digits of all scripts become those from 0 to 9.

    >>> folded(pl.Series(["１２", "a", "١٣"])).to_list()
    ['12', 'a', '13']
    """
    if (text.str.len_bytes() == text.str.len_chars()).all():
        return text
    plain = text.str.normalize("NFKC")
    return plain.str.replace_many(_digits()) if plain.str.contains(r"[\p{Nd}--0-9]").any() else plain


@cache
def _digits() -> dict[str, str]:
    """Decimal digits of all other scripts, and those that they are."""
    every = map(chr, range(128, sys.maxunicode + 1))
    return {digit: str(unicodedata.decimal(digit)) for digit in every if digit.isdecimal()}


def plain_digits(shape: str) -> str:
    r"""A regular expression for folded texts, in which digits are those from 0 to 9.

    It is compiled anew in every thread, and that costs a fifth of what it does with the digits of all scripts.

    >>> plain_digits(r"^1[3-9]\d{9}[^\dX]|\D")
    '^1[3-9][0-9]{9}[^0-9X]|[^0-9]'
    """

    def plain(found: re.Match[str]) -> str:
        if found[0].startswith("["):
            return found[0].replace(r"\d", "0-9")
        return "[0-9]" if found[0] == r"\d" else "[^0-9]"

    return re.sub(r"\[[^\]]*\]|\\[dD]", plain, shape)


def few_distinct(text: pl.Series) -> bool:
    """Whether the same texts come again and again, as far as the first ones tell."""
    return text.len() <= 1000 or text.head(1000).n_unique() < 500


def by_distinct(text: pl.Series, reader: Callable[[pl.Series], Read]) -> Read:
    """Read each distinct text once and look the values up; for columns with few distinct texts."""
    if text.len() and text.null_count() == 0 and (text == text.head(1).item()).all():
        values, bad = reader(text.head(1))
        bad = bad.fill_null(value=False)
        return values.new_from_index(0, text.len()).alias("v"), bad.new_from_index(0, text.len()).alias("b")
    distinct = text.unique().drop_nulls()
    values, bad = reader(distinct)
    found = text.replace_strict(distinct, values, default=None, return_dtype=values.dtype)
    if not bad.any():
        return found.alias("v"), pl.Series("b", [False]).new_from_index(0, text.len())
    faulty = distinct.filter(bad.fill_null(value=False))
    return found.alias("v"), text.is_in(faulty.implode()).fill_null(value=False).alias("b")


def codes(text: pl.Series, words: str) -> Read:
    """Words of one list of the dictionary; a word that it does not know is a fault, unless the list takes any.

    What the list has under `none` is a word for nothing that it tells apart: null, and no fault.

    >>> codes(pl.Series(["男", "02", "F ", None, "?"]), "gender")[0].to_list()
    ['male', 'female', 'female', None, 'other']
    """
    known, rest = word_list(words), otherwise(words)

    def read(distinct: pl.Series) -> Read:
        bare = meant(distinct)
        plain = bare.str.normalize("NFKC").str.replace_all(r"\s+", "").str.to_lowercase()
        found = plain.replace_strict(known, default=None, return_dtype=pl.String)
        missed = bare.is_not_null() & found.is_null()
        if rest:
            found = found.to_frame("v").select(pl.when(missed).then(pl.lit(rest)).otherwise("v").alias("v"))["v"]
            missed = missed & False
        return found.replace(NONE, None), missed

    return by_distinct(text, read)


def known_share(text: pl.Series, words: str) -> float:
    """Share of the texts that mean something which a list of the dictionary has, whatever it makes of any other.

    Numbers alone are words of no list here: under a word of many uses they may count anything.

    >>> known_share(pl.Series(["recurringCharge", "premium", ""]), "kind_of_charge")
    0.5
    """
    bare = meant(text).drop_nulls()
    plain = bare.str.normalize("NFKC").str.replace_all(r"\s+", "").str.to_lowercase()
    return float(plain.is_in(_spoken(words)).mean() or 0.0) if bare.len() else 1.0  # type: ignore[arg-type]


def _spoken(words: str) -> list[str]:
    return [word for word in word_list(words) if not word.isdecimal()]


def flags(text: pl.Series, words: str = "flag") -> Read:
    """Yes or no, in either language, or as a list of the dictionary says it.

    >>> flags(pl.Series(["Yes", "0", "是", "perhaps", ""]))
    (shape: (5,)
    Series: 'v' [bool]
    [
        true
        false
        true
        null
        null
    ], shape: (5,)
    Series: 'b' [bool]
    [
        false
        false
        false
        true
        false
    ])
    """
    values, bad = codes(text, words)
    return (values == "true").alias("v"), bad


def ends_told(text: pl.Series) -> Read:
    """How a line ended, where its status says so as well as that it did; null for any other status.

    >>> ends_told(pl.Series(["正常", "欠费销户", "携出", "销户", "欠费停机"]))[0].to_list()
    [None, 'involuntary', 'port-out', None, None]
    """
    (status, _), (why, bad) = codes(text, "status"), codes(text, "end_reason")
    told = (status == "ended") & (why != otherwise("end_reason"))
    return pl.select(v=pl.when(told).then(why))["v"], bad


def ids(text: pl.Series) -> Read:
    """Identifiers, as text: leading zeros stay, a ``.0`` that a float left behind goes.

    What Excel puts before an identifier to keep it text goes too. One in scientific notation has lost digits for ever
    and is a fault.

    >>> ids(pl.Series([" 007", "1001.0", '="008"', "'009", "1.38E+10", "1E+10"]))[0].to_list()
    ['007', '1001', '008', '009', None, None]
    """
    bare = meant(text)
    if not bare.str.contains(r"[^0-9A-Za-z_-]").any():
        return bare, pl.Series([False]).new_from_index(0, len(bare))
    bare = bare.str.normalize("NFKC").str.replace(r"^(\d+)\.0+$", "$1").str.replace(r'^(?:="(.*)"|\'(.*))$', "$1$2")
    lost = bare.str.contains(_SCIENTIFIC).fill_null(value=False)
    return bare.to_frame("v").select(pl.when(~lost).then("v"))["v"], lost


def texts(text: pl.Series) -> Read:
    """Any text."""
    return meant(text), pl.Series([False]).new_from_index(0, len(text))


def tokens(text: pl.Series) -> Read:
    """A number in place of each text, the same for the same text within one run: tells texts apart and keeps none.

    >>> found = tokens(pl.Series(["a", "b", "a ", None]))[0]
    >>> found[0] == found[2] != found[1], found[3] is None
    (True, True)
    """
    bare = meant(text).to_frame("t")
    return bare.select(pl.when(pl.col("t").is_not_null()).then(pl.col("t").hash()))["t"], pl.Series(
        [False]
    ).new_from_index(0, len(text))


def masked(text: pl.Series) -> pl.Series:
    """The text as it may be shown in rejects: long digit runs, addresses and names hidden, at most 40 letters.

    What could be a name is: any word of Chinese, and two words with capitals.

    >>> masked(pl.Series(["13812345678", "张三丰", "a.b@mail.com", "2024-13-45"])).to_list()
    ['138******78', '张**', '***@***', '2024-13-45']
    """
    hidden = (
        text.str.strip_chars()
        .str.slice(0, 200)
        .str.normalize("NFKC")
        .str.replace_all(r"(\d)[ .-]?(\d)[ .-]?(\d)(?:[ .-]?\d){4,}[ .-]?([\dXx])[ .-]?([\dXx])", "$1$2$3******$4$5")
        .str.replace_all(r"(\d{3})[\dXx]{4,}([\dXx]{2})", "$1******$2")
        .str.replace_all(r"(\d{3,4})[ )-]{1,2}(?:\d{4}[ -]?\d{2}|\d{5,6}|\d{3}[ -]\d{2})(\d{2})", "$1-******$2")
        .str.replace_all(r"[^\s@]+@[^\s@]+", "***@***")
        .str.replace_all(r"(\p{Han})\p{Han}{1,3}", "$1**")
        .str.replace_all(r"\b([A-Z])[a-z]+ ([A-Z])[a-z]+", "$1*** $2***")
    )
    return hidden.str.slice(0, 40)
