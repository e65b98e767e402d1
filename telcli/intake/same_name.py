"""Attributes that several extracts have under one name: read alike, or kept apart where they cannot be the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from telcli.errors import Notice
from telcli.intake.dictionary import word_list
from telcli.intake.kept import Keep, keep_read
from telcli.intake.understood import Understood

__all__ = ["read_alike"]

_FLAG = "_flag"
_FEW = 50


def read_alike(ones: Sequence[Understood], keep: Keep) -> tuple[list[Understood], list[Notice]]:
    """Give attributes of one name and one table one type, and read again the extracts that had another.

    Yes and No beside 1 and 0 are flags, numbers beside text are text. Yes and No beside words without a yes among them
    (an internet service that is there or not; DSL or fibre) are two things: the flags get a name of their own.
    """
    names: dict[tuple[str, str], dict[int, str]] = {}
    for number, one in enumerate(ones):
        for name, (_, kind) in one.attributes.items():
            names.setdefault((one.map.table, name), {})[number] = kind
    changed: dict[int, dict[str, tuple[str, str]]] = {}
    notices = []
    for (_, name), kinds in names.items():
        if len(set(kinds.values())) < 2:
            continue
        settled, apart = _settled({number: (ones[number], kind) for number, kind in kinds.items()}, name)
        for number in kinds:
            changed.setdefault(number, {})[name] = (name + _FLAG * (number in apart), settled[number])
        notices += [_kept_apart(ones[number], name) for number in sorted(apart)]
    found = [_read_again(one, changed[number], keep) if number in changed else one for number, one in enumerate(ones)]
    return found, notices


def _settled(kinds: Mapping[int, tuple[Understood, str]], name: str) -> tuple[dict[int, str], set[int]]:
    """The type that each extract's attribute is to have, and which of them are kept apart as flags."""
    flags = {number for number, (_, kind) in kinds.items() if kind == "Boolean"}
    others = {number: pair for number, pair in kinds.items() if number not in flags}
    types = {kind for _, kind in others.values()}
    if flags and all(kind == "Float64" and _zero_or_one(one, name) for one, kind in others.values()):
        return dict.fromkeys(kinds, "Boolean"), set()
    common = (
        types.pop() if len(types) == 1 else "Float64-masked" if types <= {"Float64", "Float64-masked"} else "String"
    )
    if flags and not (common == "String" and any(_says_yes(one, name) for one, _ in others.values())):
        return {number: "Boolean" if number in flags else common for number in kinds}, flags
    return dict.fromkeys(kinds, common), set()


def _values(one: Understood, name: str) -> pl.Series:
    """The first different values of an attribute, as they were kept."""
    if one.kept is None:
        return pl.Series([], dtype=pl.String)
    held = one.kept.held(next(reading for reading in one.readings() if reading.name == name))
    return one.kept.frame.select(pl.col(held).drop_nulls().unique().head(_FEW)).collect(engine="streaming").to_series()


def _zero_or_one(one: Understood, name: str) -> bool:
    return set(_values(one, name).to_list()) <= {0.0, 1.0}


def _says_yes(one: Understood, name: str) -> bool:
    yes = [word for word, value in word_list("flag").items() if value == "true"]
    return bool(_values(one, name).cast(pl.String).str.to_lowercase().str.strip_chars().is_in(yes).any())


def _kept_apart(one: Understood, name: str) -> Notice:
    return Notice(
        "attribute-apart",
        "{file}: {header} is Yes or No here and something else in another extract; it is kept as {name}.",
        {"file": one.map.source, "header": one.attributes[name][0], "name": name + _FLAG},
    )


def _read_again(one: Understood, changed: Mapping[str, tuple[str, str]], keep: Keep) -> Understood:
    attributes = {
        changed[name][0] if name in changed else name: (header, changed[name][1] if name in changed else kind)
        for name, (header, kind) in one.attributes.items()
    }
    if attributes == one.attributes:
        return one
    again = replace(one, attributes=attributes)
    same = {name: kind for name, (_, kind) in one.attributes.items()}.values()
    if list(same) == [kind for _, kind in attributes.values()]:
        return again  # another name alone: what was read still holds
    return replace(again, kept=keep_read(again.frame, again.map.source, again.every_reading(), keep))
