"""The operator's own words: what telcli.toml adds to the dictionary, held against what there is to be named."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from telcli.errors import UsageError

__all__ = ["extended"]

_PARTS = ("headers", "words", "units", "personal")


def extended(book: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """The dictionary with the operator's own words, which go before those it has.

    Raises
    ------
    UsageError
        A name in them is none of telcli's, or a value is not of its kind.

    >>> base = {"headers": {"bills": {"amount": ["fee"], "discount": ["off"]}}, "personal": {"headers": []}}
    >>> extended(base, {"headers": {"bills": {"discount": "fee"}}})["headers"]["bills"]
    {'amount': [], 'discount': ['off', 'fee']}
    """
    whole = {part: dict(body) for part, body in book.items()}
    for part, body in own.items():
        _known(part, _PARTS, "dictionary")
        for name, entries in _table(body, f"dictionary.{part}").items():
            place = f"dictionary.{part}.{name}"
            if part == "personal":
                _known(name, ("headers",), "dictionary.personal")
                whole[part][name] = [*whole[part][name], *_texts(entries, place)]
                continue
            _known(name, tuple(book[part]), f"dictionary.{part}")
            add = _units if part == "units" else _entries
            whole[part][name] = add(book[part][name], _table(entries, place), place)
    return whole


def _entries(base: Mapping[str, Any], own: Mapping[str, Any], place: str) -> dict[str, Any]:
    """Spellings by canonical name; one that stood under another name is taken from there."""
    found = dict(base)
    for name, entries in own.items():
        _known(name, tuple(key for key in base if key != "otherwise"), place)
        texts = _texts(entries, f"{place}.{name}")
        plain = {text.casefold() for text in texts}
        others = {
            key: [text for text in known if text.casefold() not in plain]
            for key, known in found.items()
            if key != "otherwise"
        }
        found |= {**others, name: [*others[name], *texts]}
    return found


def _units(base: Mapping[str, float], own: Mapping[str, Any], place: str) -> dict[str, float]:
    for spelling, factor in own.items():
        if isinstance(factor, bool) or not isinstance(factor, int | float) or not factor > 0:
            _refuse(f"{place}.{spelling}", "a number above 0, such as 0.01")
    return {**base, **{spelling.casefold(): float(factor) for spelling, factor in own.items()}}


def _table(body: Any, place: str) -> Mapping[str, Any]:
    if not isinstance(body, Mapping):
        _refuse(place, "a table of names")
    return body


def _texts(entries: Any, place: str) -> list[str]:
    found = [entries] if isinstance(entries, str) else entries
    if not isinstance(found, Sequence) or not all(isinstance(text, str) and text.strip() for text in found):
        _refuse(place, 'a list of texts, such as ["我的费用"]')
    return list(found)


def _known(name: str, allowed: Sequence[str], place: str) -> None:
    if name in allowed:
        return
    near = difflib.get_close_matches(name, allowed, n=1)
    raise UsageError(
        "dictionary-unknown",
        "telcli.toml: there is no {name} in [{place}].",
        hint="{near}",
        name=name,
        place=place,
        near=f"Did you mean {near[0]}?" if near else "Known: " + ", ".join(allowed) + ".",
    )


def _refuse(place: str, wanted: str) -> NoReturn:
    raise UsageError("dictionary-invalid", "telcli.toml: {place} must be {wanted}.", place=place, wanted=wanted)
