"""Words of the report in English and Chinese, by key."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

__all__ = ["LANGUAGES", "known", "word", "words"]

LANGUAGES = ("en", "zh")


def word(key: str, lang: str, **values: object) -> str:
    """Say what `key` stands for, filled in.

    Raises
    ------
    KeyError
        There is no such word: a fault of the program.

    >>> word("band.high", "zh"), word("kpi.risk_note", "en", n="3 customers")
    ('高', '3 customers at high risk')
    """
    section, _, name = key.partition(".")
    return words()[section][name][lang].format(**values)


def known(section: str, name: str, lang: str) -> str:
    """A word that data name, such as a method: the word where there is one, else the name as it stands.

    >>> known("tier", "gold", "zh"), known("method", "my-own", "zh")
    ('黄金', 'my-own')
    """
    found = words()[section].get(name)
    return found[lang] if found else name


@cache
def words() -> dict[str, dict[str, dict[str, str]]]:
    """Every word of words*.toml: section, name, language."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for file in sorted(Path(__file__).parent.glob("words*.toml")):
        for section, held in tomllib.loads(file.read_text(encoding="utf-8")).items():
            found.setdefault(section, {}).update(held)
    return found
