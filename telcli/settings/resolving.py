"""Where a setting's value comes from: the command line, else the environment, else telcli.toml, else the default."""

from __future__ import annotations

import dataclasses
import difflib
import math
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_type_hints

from telcli.errors import UsageError
from telcli.settings.capacities import amount_of, capacities
from telcli.settings.declared import SECTIONS
from telcli.settings.exit_words import EXIT_WORDS, exit_words
from telcli.settings.fraud_rules import OWN_RULES_OF_FRAUD, own_fraud_rules
from telcli.settings.memory import memory_bytes
from telcli.settings.names_in import names_in
from telcli.settings.own_kpis import KPIS, own_kpis
from telcli.settings.own_offers import OFFERS, own_offers
from telcli.settings.own_reasons import OWN_REASONS, OWN_TOPICS, own_reasons, own_topics
from telcli.settings.own_rules import RULES, STARS, own_rules
from telcli.settings.scoring import HIERARCHY
from telcli.settings.tasking import days_named
from telcli.settings.toml_hint import toml_hint
from telcli.settings.toml_text import TomlError, toml_text, toml_values

__all__ = ["DICTIONARY", "Origin", "Resolved", "config_file", "read_config", "resolve", "spoken"]


DICTIONARY = "dictionary"
"""The section that holds no settings but the operator's own words, as `telcli.intake.own_words` reads them."""
_FREE = (
    *(RULES, STARS, EXIT_WORDS, OWN_REASONS, OWN_TOPICS, OFFERS, OWN_RULES_OF_FRAUD, KPIS),
    *(("score-value", name) for name in HIERARCHY),
)
"""Tables within a section that hold no settings either."""
_READERS: dict[str, tuple[Callable[[Mapping[str, Any], str], Any], ...]] = {
    EXIT_WORDS[0]: (exit_words, own_reasons),
    OWN_TOPICS[0]: (own_topics,),
    OFFERS[0]: (own_offers,),
    OWN_RULES_OF_FRAUD[0]: (own_fraud_rules,),
    KPIS[0]: (own_kpis,),
}
"""Who refuses what is wrong in them."""


@dataclass(frozen=True)
class Origin:
    """Where one value came from: ``default``, a file, an environment variable or ``command line``."""

    name: str
    value: Any
    source: str


@dataclass(frozen=True)
class Resolved:
    """One section's values and where each came from."""

    values: Any
    origins: tuple[Origin, ...]


def config_file(workdir: Path | None) -> Path | None:
    """The telcli.toml in force: $TELCLI_CONFIG, else ./telcli.toml, else the working directory's own."""
    named = os.environ.get("TELCLI_CONFIG")
    if named:
        if not Path(named).is_file():
            raise UsageError("config-missing", "TELCLI_CONFIG names {file}, which does not exist.", file=named)
        return Path(named)
    places = [Path("telcli.toml")] + ([workdir / "telcli.toml"] if workdir else [])
    return next((place for place in places if os.path.lexists(place)), None)  # what cannot be read is told then


def read_config(path: Path | None) -> dict[str, dict[str, Any]]:
    """Parse telcli.toml and refuse sections and names that do not exist."""
    if path is None:
        return {}
    parsed = _parsed(path)
    for section, body in parsed.items():
        _known(section, [*SECTIONS, DICTIONARY], "section", str(path))
        if not isinstance(body, dict):
            raise UsageError(
                "config-unreadable",
                "{file} is not valid TOML: {why}",
                file=str(path),
                why=f"{section} is not a [section]",
                how="",
            )
        for place in (RULES, STARS):
            if section == place[0]:
                own_rules(body, str(path), place)
        free = [name for of, name in _FREE if of == section]
        for name in body if section != DICTIONARY else ():
            allowed = [*(f.name for f in dataclasses.fields(SECTIONS[section])), *free]
            _known(name, allowed, f"setting in [{section}]", str(path))
            if name in free and not isinstance(body[name], dict):
                _refuse(section, name, body[name], str(path), "a table")
        for read in _READERS.get(section, ()):
            read(body, str(path))
    return parsed


def _parsed(path: Path) -> dict[str, Any]:
    text = ""
    try:
        text = toml_text(path)
        return toml_values(text)
    except UnicodeDecodeError:
        raise UsageError(
            "config-encoding", "{file} is not UTF-8 text.", hint="Save it as UTF-8.", file=str(path)
        ) from None
    except TomlError as error:
        raise UsageError(
            "config-unreadable",
            "{file} is not valid TOML: {why}",
            hint="{how}",
            file=str(path),
            why=str(error),
            how=toml_hint(text, error),
        ) from None


def _known(name: str, allowed: list[str], what: str, file: str) -> None:
    if name in allowed:
        return
    near = difflib.get_close_matches(name, allowed, n=1)
    raise UsageError(
        "setting-unknown",
        "{file}: there is no {what} called {name}.",
        hint="{near}",
        file=file,
        what=what,
        name=name,
        near=f"Did you mean {near[0]}?" if near else "Known: " + ", ".join(allowed) + ".",
    )


def resolve(
    section: str,
    flags: Mapping[str, Any] | None = None,
    config: Mapping[str, Mapping[str, Any]] | None = None,
    config_name: str = "telcli.toml",
    environ: Mapping[str, str] | None = None,
) -> Resolved:
    """Settle one section: command line (a value that is not None), environment, telcli.toml, default.

    >>> resolve("segment", {"n_segments": 4}, environ={}).values.n_segments
    4
    """
    environ = os.environ if environ is None else environ
    _known_variables(environ)
    kinds = get_type_hints(SECTIONS[section])
    values: dict[str, Any] = {}
    origins: list[Origin] = []
    for item in dataclasses.fields(SECTIONS[section]):
        variable = _variable(section, item.name)
        value, source = item.default, "default"
        if item.name in (config or {}).get(section, {}):
            value, source = (config or {})[section][item.name], config_name
        if variable in environ:
            value, source = environ[variable], variable
            value = spoken(value) if variable == "TELCLI_LANG" else value
        if flags and flags.get(item.name) is not None:
            value, source = flags[item.name], "command line"
        values[item.name] = _checked(section, item, kinds[item.name], value, source)
        origins.append(Origin(item.name, values[item.name], source))
    return Resolved(SECTIONS[section](**values), tuple(origins))


def _variable(section: str, name: str) -> str:
    """The environment variable of a setting."""
    return f"TELCLI_{name if section == 'general' else f'{section}_{name}'}".replace("-", "_").upper()


_OTHERS = ("TELCLI_WORKDIR", "TELCLI_CONFIG", "TELCLI_DEBUG", "TELCLI_KEY")


def _known_variables(environ: Mapping[str, str]) -> None:
    """Refuse a variable that looks like a setting's and is none; what is far from any may be another program's."""
    known = [_variable(section, item.name) for section, kind in SECTIONS.items() for item in dataclasses.fields(kind)]
    known += _OTHERS
    sections = tuple(_variable(section, "") for section in SECTIONS if section != "general")
    for name in sorted(found for found in environ if found.startswith("TELCLI_") and found not in known):
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.8)
        if near or name.startswith(sections):
            raise UsageError(
                "variable-unknown",
                "The environment variable {name} is no setting.",
                hint="{near}",
                name=name,
                near=f"Did you mean {near[0]}?" if near else "List them with: telcli config",
            )


def spoken(locale: str) -> str:
    """The language of a locale's name, where telcli speaks it; any other name as it is.

    >>> spoken("zh_CN.UTF-8"), spoken("en"), spoken("fr_FR")
    ('zh', 'en', 'fr_FR')
    """
    first = locale.replace("-", "_").replace(".", "_").partition("_")[0].lower()
    return first if first in ("en", "zh") else locale


_KINDS = {int: "a whole number", float: "a number", str: "text"}


def _is_zone(name: str) -> bool:
    """Whether a name is of the IANA database; names of one machine's own are not.

    >>> _is_zone("Europe/Berlin"), _is_zone("Asia/Shangai"), _is_zone("localtime")
    (True, False, False)
    """
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return name not in ("localtime", "posixrules", "Factory") and not name.startswith(("posix/", "right/"))


def _is_numbers(text: str) -> bool:
    """Whether a text is telephone numbers with commas between them, or nothing.

    >>> _is_numbers("10010, +86 10000"), _is_numbers(""), _is_numbers("10010; China Telecom")
    (True, True, False)
    """
    parts = names_in(text)
    return all(re.fullmatch(r"\+?[\d() -]*\d[\d() -]*\d[\d() -]*\d[\d() -]*", part) for part in parts)


def _is_memory(text: str) -> bool:
    """Whether a text is an amount of memory, or nothing."""
    return not text or memory_bytes(text) is not None


def _is_amount(text: str) -> bool:
    """Whether a text is an amount of money, or nothing."""
    return not text.strip() or amount_of(text) is not None


def _is_capacities(text: str) -> bool:
    """Whether a text says how much channels can do, or nothing."""
    return capacities(text) is not None


def _are_dates(text: str) -> bool:
    """Whether a text is dates with commas between them, or nothing."""
    return days_named(text) is not None


_TEXTS = {
    "amount": (_is_amount, "an amount of 0 or more such as 50000, or empty"),
    "capacities": (_is_capacities, "channels with whole numbers such as outbound=500, sms=10000"),
    "dates": (_are_dates, "dates with commas between them, such as 2024-10-01"),
    "memory": (_is_memory, "an amount of memory such as 2GB or 800MB"),
    "time zone": (_is_zone, "a time zone such as Asia/Shanghai or Europe/Berlin"),
    "numbers": (_is_numbers, "numbers with commas between them, such as 10010, 10000"),
}


def _checked(section: str, item: dataclasses.Field[Any], kind: type[Any], value: Any, source: str) -> Any:
    about = item.metadata
    if kind is str and isinstance(value, list) and all(isinstance(one, str) for one in value):
        value = ", ".join(value)
    if isinstance(value, bool) or (kind is int and isinstance(value, float) and not value.is_integer()):
        _refuse(section, item.name, value, source, _KINDS[kind])
    try:
        value = kind(value)
    except (TypeError, ValueError, OverflowError):
        _refuse(section, item.name, value, source, _KINDS[kind])
    low, high, choices = about["low"], about["high"], about["choices"]
    value = value.lower() if kind is str and value.lower() in choices else value
    if choices and value not in choices:
        _refuse(section, item.name, value, source, "one of " + ", ".join(choices))
    if about["form"] and not _TEXTS[about["form"]][0](value):
        _refuse(section, item.name, value, source, _TEXTS[about["form"]][1])
    if (
        (kind is float and not math.isfinite(value))
        or (low is not None and value < low)
        or (high is not None and value > high)
    ):
        limits = f"from {low} to {high}" if high is not None else f"at least {low}"
        _refuse(section, item.name, value, source, limits)
    return value


def _refuse(section: str, name: str, value: Any, source: str, wanted: str) -> None:
    raise UsageError(
        "setting-invalid",
        "[{section}] {name} = {value} (from {source}) must be {wanted}.",
        hint="Every setting with its range: telcli config",
        section=section,
        name=name,
        value=value,
        source=source,
        wanted=wanted,
    )
