"""What columns and values are called in English and Chinese, and phrases with places to fill: segment_words.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from telcli.stages.segment_attributes import attribute, spoken, value_words
from telcli.tables import contract

__all__ = ["Pair", "about", "both", "joined", "labels", "measured", "pair", "phrase", "trait", "value_zh", "words"]

Pair = tuple[str, str]
"""One text in English and in Chinese."""


def trait(column: str) -> Pair:
    """What a describing column is called.

    >>> trait("x_Contract")
    ('contract', '合约类型')
    """
    named = words()["category"].get(column)
    return pair(named) if named else spoken(column)


def value_zh(value: str) -> str:
    """A value of such a column in Chinese, or as it stands.

    >>> value_zh("broadband+mobile")
    '宽带+移动'
    """
    common = value_words(value)
    if common:
        return common
    return "+".join(words()["value"].get(part, part) for part in value.split("+"))


def labels(column: str) -> Pair:
    """What a number is called.

    >>> labels("data_mb_mean_3")
    ('data use', '流量')
    """
    found = about(column)
    return found["en"], found["zh"]


def measured(column: str) -> Pair:
    """What a column is called, with its unit."""
    said, unit = labels(column), about(column).get("unit")
    if not unit:
        return said
    return phrase("with_unit", what=said[0], unit=unit[0])[0], phrase("with_unit", what=said[1], unit=unit[1])[1]


def about(column: str) -> Mapping[str, Any]:
    """The words of a number: group, en, zh, and high, low and unit where it has them."""
    known = words()
    plain = re.sub(r"_(mean|sum)_\d+$", "", column)
    english, chinese = spoken(column)
    own = {"group": column, "en": english, "zh": chinese, **attribute(column)}
    found: Mapping[str, Any] = (
        known["change"].get(column) or known["feature"].get(column) or known["feature"].get(plain)
    )
    return found or _declared().get(column) or own


def both(key: str, english: str, chinese: str, **values: float | str) -> Pair:
    """A phrase about something with a name in each language, filled with the same values."""
    patterns = words()["phrase"][key]
    return patterns[0].format(what=english, **values), patterns[1].format(what=chinese, **values)


def phrase(key: str, **values: Any) -> Pair:
    """A phrase in both languages, filled with the same values."""
    return pair([pattern.format(**values) for pattern in words()["phrase"][key]])


def joined(pairs: Iterable[Pair], english: str, chinese: str) -> Pair:
    """Texts one after the other, with what stands between them in each language."""
    listed = list(pairs)
    return english.join(one[0] for one in listed), chinese.join(one[1] for one in listed)


def pair(texts: Sequence[str]) -> Pair:
    """The first two of a list."""
    return texts[0], texts[1]


@cache
def _declared() -> dict[str, dict[str, str]]:
    """What the contract itself calls columns that have no words here."""
    columns = contract("customer_months").columns()
    return {one.name: {"group": one.name, "en": one.meaning.lower(), "zh": one.zh} for one in columns}


@cache
def words() -> dict[str, Any]:
    """segment_words.toml."""
    return tomllib.loads(files("telcli.stages").joinpath("segment_words.toml").read_text(encoding="utf-8"))
