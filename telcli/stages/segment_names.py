"""Names of segments in English and Chinese: short, understandable, and never given twice."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import count
from math import inf
from typing import Any

from telcli.stages.segment_attributes import answer, known
from telcli.stages.segment_traits import DISTINCT, NOTABLE, Difference, Habit, Portrait
from telcli.stages.segment_words import Pair, about, labels, pair, phrase, trait, value_zh, words

__all__ = ["directions", "named"]

_ROOM, _WIDE = 25, 0x2E7F
"""How wide a header may stand in a name, and the last letter that is not as wide as two."""
_MOST = 0.5
"""Share of members of whom a value must hold to stand in the name of all."""
_HALF = 0.5
"""Share of the mean of all from which less is some rather than little."""


def named(
    portraits: Sequence[Portrait], kept: Mapping[int, Pair] | None = None, taken: Sequence[Pair] = ()
) -> list[Pair]:
    """One name per segment, none twice: level of spending and what sets it most apart.

    `kept` are names that segments, by place, have from before; the others get none of those, nor one of `taken`.

    >>> named([Portrait(2.0, (Difference("data_mb", 1.4, 9.0, 3.0),)), Portrait(0.5)])
    [('Top spenders, heavy data', '高端消费重流量客户'), ('Low spenders', '低消费客户')]
    """
    kept = kept or {}
    if len(portraits) == 1:
        return [kept.get(0) or phrase("everyone")]
    told = [_name_parts(portrait) for portrait in portraits]
    parts = [[*clear, *raw] for clear, raw in told]
    # Headers as they came enter a name only where it would otherwise be given twice.
    vague = pair(words()["level"]["mixed"])
    length = [2 if clear == [vague] else max(1, min(2, len(clear))) for clear, _ in told]
    names: list[Pair] = []
    clashing: list[int] = []
    for _ in range(max(len(part) for part in parts)):
        fresh = [_name(part[:most]) for part, most in zip(parts, length, strict=True)]
        names = [kept.get(index, name) for index, name in enumerate(fresh)]
        clashing = [i for i, name in enumerate(names) if i not in kept and _taken([*names, *taken], name) > 1]
        if not clashing:
            return names
        for index in clashing:
            length[index] += 1
    return _numbered(names, clashing, taken)


def _name_parts(portrait: Portrait) -> tuple[list[Pair], list[Pair]]:
    """Parts in words, and those for want of better (raw headers, mere leanings); each the most telling first."""
    clear: list[Pair] = []
    raw: list[Pair] = []
    if portrait.spending:
        clear.append(pair(words()["level"][portrait.spending]))
    groups = {"spend", "total-spend"} if portrait.spending else set()
    numbers = [one for one in portrait.differences if not one.column.startswith("x_")]
    own = [one for one in portrait.differences if one.column.startswith("x_")]
    for difference in numbers:
        _add_extreme(clear, groups, difference)
    for habit in (one for one in portrait.habits if one.share >= _MOST):
        (clear if known(habit.column) else raw).append(_labelled_value(habit))
    for difference in own:
        _add_extreme(clear if known(difference.column) else raw, groups, difference)
    if not clear and not raw:
        clear.append(phrase("someone"))
    for difference in numbers:
        _add_leaning(raw, groups, difference)
    return clear, raw


def _add_leaning(parts: list[Pair], groups: set[str], difference: Difference) -> None:
    """Which way a number leans that is not extreme: better than a bare number where nothing else tells them apart."""
    group = about(difference.column)["group"]
    if (
        group in groups
        or difference.slight
        or abs(difference.effect) < NOTABLE
        or difference.column in words()["change"]
    ):
        return
    groups.add(group)
    parts.append(_about("rather_high" if difference.effect > 0 else "rather_low", difference.column))


def _about(key: str, column: str) -> Pair:
    """A phrase about a column in each language; a header as it came is cut where it is long."""
    said = labels(column)
    english, chinese = said if known(column) else (_short(said[0]), _short(said[1]))
    return phrase(key, what=english)[0], phrase(key, what=chinese)[1]


def _short(header: str) -> str:
    """The first words of a header, as far as a name has room for it; Chinese characters are as wide as two others.

    >>> _short("Average number of calls to the hotline"), _short("最近三个月内拨打客服热线的平均次数")
    ('Average number of calls...', '最近三个月内拨打客服热线...')
    """
    wide = 0
    for place, letter in enumerate(header):
        wide += 2 if ord(letter) > _WIDE else 1
        if wide > _ROOM:
            kept = header[:place]
            whole = kept.rpartition(" ")[0] if " " in kept and letter != " " else kept
            return f"{whole.rstrip()}..."
    return header


def _add_extreme(parts: list[Pair], groups: set[str], difference: Difference) -> None:
    found = about(difference.column)
    few = difference.slight or abs(difference.effect) < DISTINCT
    if found["group"] in groups or few or difference.column in words()["change"]:
        return
    if not _holds(difference, found):
        return
    groups.add(found["group"])
    end = "high" if difference.effect > 0 else _low_end(difference, found)
    parts.append(_extreme(difference.column, end))


def _extreme(column: str, end: str) -> Pair:
    """What a name calls those at one end of a number."""
    found = about(column)
    return (found[end], found[f"{end}_zh"]) if end in found else _about(f"{end}_of", column)


def directions(column: str, *, up: bool) -> list[str]:
    """The English ways in which a name says that a number is high, or low; none of a change, which names nobody.

    >>> directions("data_mb_mean_3", up=True)
    ['heavy data', 'data use above average']
    >>> directions("data_mb_mean_3", up=False)
    ['little data', 'no data', 'some data', 'data use below average']
    """
    if column in words()["change"]:
        return []
    ends = ["high"] if up else ["low", *(end for end in ("without", "partly") if end in about(column))]
    leaning = _about("rather_high" if up else "rather_low", column)[0]
    return [*(_extreme(column, end)[0] for end in ends), leaning]


def _holds(difference: Difference, found: Mapping[str, Any]) -> bool:
    """Whether a difference is true of half of the members, and of the one in the middle where it has a bound."""
    if difference.held is not None and difference.held < _MOST:
        return False
    middle = difference.mean if difference.middle is None else difference.middle
    if difference.effect > 0:
        return bool(middle >= found.get("high_from", -inf))
    return bool(middle <= found.get("low_to", inf))


def _low_end(difference: Difference, found: Mapping[str, Any]) -> str:
    """Which of the words for little: none of it, little, or some, where that is less than others but half of it yet."""
    middle = difference.mean if difference.middle is None else difference.middle
    if "without" in found and middle <= found["without_to"]:
        return "without"
    return "partly" if "partly" in found and difference.mean >= _HALF * difference.overall else "low"


def _name(parts: Sequence[Pair]) -> Pair:
    english = ", ".join(part[0] for part in parts)
    chinese = parts[0][1].removesuffix("客户") if len(parts) > 1 else parts[0][1]
    for _, part in parts[1:]:
        chinese += ("·" if re.search(r"[A-Za-z0-9]", chinese[-1] + part[0]) else "") + part
    return english[0].upper() + english[1:], chinese if chinese.endswith("客户") else chinese + "客户"


def _taken(names: Sequence[Pair], name: Pair) -> int:
    """How many are called so, in either language."""
    return max(sum(other[0] == name[0] for other in names), sum(other[1] == name[1] for other in names))


def _numbered(names: Sequence[Pair], clashing: Sequence[int], taken: Sequence[Pair]) -> list[Pair]:
    """Names that nothing tells apart get their number, in the order of segments, or a higher one where it is taken."""
    found = list(names)
    for index in clashing:
        english, chinese = names[index]
        told = (index + 1 + extra * len(names) for extra in count())
        tried = ((f"{english} ({number})", f"{chinese}（{number}）") for number in told)
        found[index] = next(name for name in tried if not _taken([*names, *taken], name))
    return found


def _labelled_value(habit: Habit) -> Pair:
    """A value as part of a name; those that say little alone carry their column's name."""
    so = answer(habit.column, habit.value)
    if so:
        return so if known(habit.column) else (_short(so[0]), _short(so[1]))
    label, zh = trait(habit.column), value_zh(habit.value)
    if habit.value.isnumeric():
        return f"{_short(label[0])}: {habit.value}", f"{_short(label[1])}={zh}"
    return _short(habit.value), _short(zh)
