"""The language of the screen: English as written in the code, Chinese from words_zh.toml and messages/*.toml.

The main door settles the language once per process, before anything can go wrong, so that even a mistyped command is
answered in it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["comma", "label", "language", "meant", "peek", "rule_name", "said", "settle", "tr"]

_LANGUAGE: ContextVar[str] = ContextVar("language", default="en")
_HERE = Path(__file__).parent


def language() -> str:
    """The language in use, ``en`` or ``zh``."""
    return _LANGUAGE.get()


def settle(args: Sequence[str]) -> str:
    """Choose the language: --lang, else TELCLI_LANG, else telcli.toml, else English. Anything invalid is English here.

    >>> settle(["status", "--lang", "zh"]), settle(["status", "--lang=en"])
    ('zh', 'en')
    """
    from telcli.settings.resolving import spoken

    asked = (peek(args, "--lang") or "").lower() or spoken(os.environ.get("TELCLI_LANG", "")) or _configured(args)
    _LANGUAGE.set("zh" if asked == "zh" else "en")
    return language()


def peek(args: Sequence[str], option: str) -> str | None:
    """Read an option's value before the command line is parsed.

    >>> peek(["show", "bills", "--format=json"], "--format")
    'json'
    >>> peek(["show", "bills", "-wflat"], "-w")
    'flat'
    """
    found = None
    for at, word in enumerate(args):
        if word == "--":
            break
        if word == option and at + 1 < len(args):
            found = args[at + 1]
        elif word.startswith(option + "="):
            found = word.partition("=")[2]
        elif len(option) == 2 and word.startswith(option) and not word.startswith("--"):
            found = word[2:] or found
    return found


def _configured(args: Sequence[str]) -> str:
    """`lang` of the telcli.toml in force; a broken file says so later, where it can be explained."""
    workdir = peek(args, "--workdir") or peek(args, "-w") or os.environ.get("TELCLI_WORKDIR") or "work"
    named = os.environ.get("TELCLI_CONFIG")
    places = [Path(named)] if named else [Path("telcli.toml"), Path(workdir) / "telcli.toml"]
    file = next((place for place in places if place.is_file()), None)
    if file is None:
        return ""
    from telcli.settings.toml_text import toml_text, toml_values

    try:
        general = toml_values(toml_text(file)).get("general", {})
    except (OSError, ValueError):
        return ""
    return str(general.get("lang", "")) if isinstance(general, dict) else ""


def tr(text: str, **values: Any) -> str:
    """A text of the screen in the language in use, filled in.

    >>> tr("{n} rows", n=3)
    '3 rows'
    """
    template = (_words().get(text) or _meanings().get(text, text)) if language() == "zh" and text else text
    return template.format(**values) if values else template


def meant(kind: str, value: str) -> str:
    """A word of telcli's own tables in the language in use; whatever is the operator's as it is.

    >>> meant("lifecycle_stage", "decline"), meant("region", "north")
    ('decline', 'north')
    """
    key = f"{kind}={value}"
    return value if (found := tr(key)) == key else found


def comma() -> str:
    """Between things of one kind in a row."""
    return "、" if language() == "zh" else ", "


def label(text: str) -> str:
    """A word before what it announces; a full-width colon has its space built in.

    >>> label("Error:")
    'Error: '
    """
    found = tr(text)
    return found if found.endswith("：") else found + " "


def said(code: str, english: str, values: Mapping[str, Any], part: str = "message") -> str:
    """A message or hint by code, in the language in use; the English one where no other is written."""
    template = _messages().get(code, {}).get(part, "") if language() == "zh" else ""
    if not template:
        return _singular(_once(english.format(**values)))
    if code.startswith("value-indicators") and isinstance(values.get("names"), str):
        values = {**values, "names": "、".join(map(_indicator, values["names"].split(", ")))}
    if code.startswith(("offers-", "tariff-")):
        values = {name: _listed(value) if name in ("names", "headers") else value for name, value in values.items()}
    return _once(template.format(**{name: _phrase(value, name) for name, value in values.items()}))


def _listed(names: str) -> str:
    """Names in a row, as Chinese sets them.

    >>> _listed("A, B")
    'A、B'
    """
    return "、".join(names.split(", "))


def _indicator(key: str) -> str:
    """An indicator of telcli's own in Chinese; the operator's as it is.

    >>> _indicator("churn_risk"), _indicator("payer")
    ('流失概率', 'payer')
    """
    from telcli.tables.hierarchy import default

    about: str | None = default()["indicators"].get(key, {}).get("name_zh")
    return about or key


def _once(text: str) -> str:
    """A span of months that is one month, said as that month.

    >>> _once("No revenue is known from 2024-06 to 2024-06.")
    'No revenue is known in 2024-06.'
    """
    text = re.sub(r"\bmonths run from (\d{4}-\d\d) to \1", r"the only month is \1", text)
    text = re.sub(r"\bfrom (\d{4}-\d\d) to \1", r"in \1", text)
    return re.sub(r"(\d{4}-\d\d)(?: to | ?至 ?)\1", r"\1", text)


_COUNTED = (
    "customer|segment|month|row|line|record|household|account|plan|value|pair|date|group|number|column|file|call"
    "|suspect"
)
_VERBS = {
    "are": "is",
    "were": "was",
    "have": "has",
    "hold": "holds",
    "count": "counts",
    "begin": "begins",
    "need": "needs",
    "tell": "tells",
}
_OF_ONE = re.compile(rf"(?<![\w.,:'\"/-])1 ({_COUNTED})s\b(?: ({'|'.join(_VERBS)})\b)?")


def _singular(text: str) -> str:
    """A count of one, and the verb after it, said of one.

    >>> _singular("1 customers have no months, 21 customers have no bill; 1 rows of 3.1 rows")
    '1 customer has no months, 21 customers have no bill; 1 row of 3.1 rows'
    """
    return _OF_ONE.sub(lambda one: f"1 {one[1]}" + (f" {_VERBS[one[2]]}" if one[2] else ""), text)


_ROWS_OF = {
    "services": ("service_type", ", "),
    "parts": ("loyalty_part", ", "),
    "outcomes": ("outcome", ", "),
    "missing": ("theme", ", "),
    "order": ("theme", " > "),
    "patterns": ("pattern", ", "),
}
"""Kinds of words that stand in a row in a message, and what is between them, by the name of the value."""


def _phrase(value: Any, name: str = "") -> Any:
    """A value that is itself a phrase of the code, such as ``from 0 to 30``, in Chinese; any other as it is."""
    if not isinstance(value, str):
        return value
    if name == "rule":
        return _file()["rules"].get(value, value)
    if name == "by":
        counts = [part.rpartition(" ") for part in value.split(", ")]
        return "，".join(f"{_file()['rules'].get(rule, rule)} {count}" for rule, _, count in counts)
    if name in _ROWS_OF:
        kind, between = _ROWS_OF[name]
        return (between if between != ", " else comma()).join(meant(kind, each) for each in value.split(between))
    if name in ("rules", "places"):
        return "；".join(_matched(part) for part in value.split("; "))
    return _matched(value)


def rule_name(rule: str) -> str:
    """Why a row was refused, as rejects name it, with its meaning where that is not English.

    >>> rule_name("not-a-date")
    'not-a-date'
    """
    meaning = _file()["rules"].get(rule) if language() == "zh" else None
    return f"{meaning} {rule}" if meaning else rule


def _matched(value: str) -> str:
    for english, chinese in _file()["phrases"].items():
        slots = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+)", re.escape(english))
        found = re.fullmatch(slots, value)
        if found:
            return chinese.format(**{slot: _phrase(word, slot) for slot, word in found.groupdict().items()})
    return value


@cache
def _file() -> dict[str, dict[str, str]]:
    import tomllib

    return tomllib.loads((_HERE / "words_zh.toml").read_text(encoding="utf-8"))


def _words() -> dict[str, str]:
    return _file()["words"]


@cache
def _meanings() -> dict[str, str]:
    """What settings mean: both languages stand where the setting is declared."""
    from dataclasses import fields

    from telcli.settings import SECTIONS

    items = [item for section in SECTIONS.values() for item in fields(section)]
    return {item.metadata["meaning"]: item.metadata["zh"] for item in items}


@cache
def _messages() -> dict[str, dict[str, str]]:
    """Every messages/*.toml, merged by code."""
    import tomllib

    found: dict[str, dict[str, str]] = {}
    for file in sorted((_HERE / "messages").glob("*.toml")):
        found.update(tomllib.loads(file.read_text(encoding="utf-8")))
    return found
