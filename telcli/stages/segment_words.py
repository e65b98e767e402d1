"""Segments in English and Chinese: names, sentences, rules and treatments, from the words in segment_words.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from telcli.methods.segment_rule import Condition, Rule

__all__ = ["Difference", "Habit", "Pair", "Portrait", "named", "profiled", "reasoned", "ruled", "treated"]

Pair = tuple[str, str]
"""One text in English and in Chinese."""

_DISTINCT, _NOTABLE, _PLAIN = 0.5, 0.25, 1.05
_MOST_NUMBERS, _MOST_HABITS = 4, 3


@dataclass(frozen=True)
class Difference:
    """How one number of a segment differs from all: `effect` in standard deviations, `mean` in the column's unit.

    For a trend `mean` is the median. `used` is the share above zero where zero is usual, else None.
    """

    column: str
    effect: float
    mean: float
    overall: float
    used: float | None = None
    used_overall: float | None = None


@dataclass(frozen=True)
class Habit:
    """A value more frequent in a segment than among all; shares of those whose value is known."""

    column: str
    value: str
    share: float
    overall: float


@dataclass(frozen=True)
class Portrait:
    """What is known of one segment; differences and habits come with the greatest first."""

    value_index: float | None
    differences: tuple[Difference, ...] = ()
    habits: tuple[Habit, ...] = ()
    churn_rate: float | None = None
    churn_overall: float | None = None

    @property
    def level(self) -> str:
        """Revenue per customer: high from 1.2 x the mean, low to 0.8 x; empty when not known."""
        if self.value_index is None:
            return ""
        return "high" if self.value_index >= 1.2 else "low" if self.value_index <= 0.8 else "mid"


def named(portraits: Sequence[Portrait]) -> list[Pair]:
    """One name per segment, none twice: level of spending and what sets it most apart.

    >>> named([Portrait(2.0, (Difference("data_mb", 1.4, 9.0, 3.0),)), Portrait(0.5)])
    [('High spenders, heavy data', '高消费重流量客户'), ('Low spenders', '低消费客户')]
    """
    if len(portraits) == 1:
        return [_phrase("everyone")]
    parts = [_name_parts(portrait) for portrait in portraits]
    length = [2] * len(portraits)
    for _ in range(max(len(part) for part in parts)):
        names = [_name(part[:most]) for part, most in zip(parts, length, strict=True)]
        clashing = [index for index, name in enumerate(names) if _taken(names, name) > 1]
        if not clashing:
            return names
        for index in clashing:
            length[index] += 1
    return _numbered([_name(part[:most]) for part, most in zip(parts, length, strict=True)])


def profiled(portrait: Portrait) -> Pair:
    """What sets a segment apart, as one sentence.

    >>> profiled(Portrait(1.0, (Difference("data_mb", 1.4, 9.2, 4.0),)))
    ('2.3x the average data use', '流量为平均的2.3倍')
    """
    found: list[Pair] = []
    groups: set[str] = set()
    for difference in portrait.differences:
        about = _about(difference.column)
        said = _compared(difference)
        if abs(difference.effect) >= _NOTABLE and said and about["group"] not in groups and len(found) < _MOST_NUMBERS:
            groups.add(about["group"])
            found.append(said)
    found += [_habit(habit) for habit in portrait.habits[:_MOST_HABITS]]
    rate, overall = portrait.churn_rate, portrait.churn_overall
    if rate is not None and overall is not None and abs(rate - overall) >= 0.02:
        found.append(_phrase("churn", share=100 * rate, overall=100 * overall))
    return _joined(found or [_phrase("ordinary")], "; ", "；")


def ruled(rule: Rule, columns: Sequence[str]) -> tuple[Pair, str]:
    """The rule in words with its precision and recall, and as a condition over column names.

    >>> ruled(Rule((Condition(0, 85.0, float("inf")),), 0.9, 0.8), ["revenue_mean_3"])[1]
    'revenue_mean_3 > 85.0'
    """
    said = [_condition(one, _measured(columns[one.column])) for one in rule.conditions]
    joined = _joined(said, " and ", "，且")
    shares = {"precision": 100 * rule.precision, "recall": 100 * rule.recall}
    words = [
        pattern.format(rule=text, **shares)
        for pattern, text in zip(_words()["phrase"]["fidelity"], joined, strict=True)
    ]
    return (words[0], words[1]), " AND ".join(_clause(one, columns[one.column]) for one in rule.conditions)


def treated(portrait: Portrait) -> Pair:
    """What to do with a segment: the first two pieces of advice whose conditions hold.

    >>> treated(Portrait(0.5))[1]
    '以手机营业厅等线上渠道服务为主，尝试小幅升档'
    """
    signals = _signals(portrait)
    advice = _words()["treatment"]
    fitting = [one for one in advice if one["when"] and all(signals.get(k) == v for k, v in one["when"].items())]
    return _joined([(one["en"], one["zh"]) for one in fitting[:2] or advice[-1:]], ". ", "；")


def reasoned(criterion: str, settings: Mapping[str, Any]) -> Pair:
    """Why this number of segments: ``chosen``, ``closest``, ``asked`` or ``alone``.

    >>> reasoned("asked", {})[1]
    '按 n_segments 指定的数量。'
    """
    return _pair([pattern.format(**settings) for pattern in _words()["criterion"][criterion]])


def _signals(portrait: Portrait) -> Mapping[str, str]:
    found = {"value": portrait.level}
    for difference in portrait.differences:
        if abs(difference.effect) >= _DISTINCT:
            found.setdefault(_about(difference.column)["group"], "high" if difference.effect > 0 else "low")
    fading = sum(h.share - h.overall for h in portrait.habits if h.value in ("decline", "dormant"))
    rate, overall = portrait.churn_rate, portrait.churn_overall
    leaving = rate is not None and overall is not None and rate >= 1.25 * overall > 0
    return {**found, "risk": "high" if leaving or fading >= 0.15 else ""}


def _name_parts(portrait: Portrait) -> list[Pair]:
    parts: list[Pair] = []
    if portrait.level:
        parts.append(_pair(_words()["level"][portrait.level]))
    groups = {"spend"} if portrait.level else set()
    numbers = [one for one in portrait.differences if not one.column.startswith("x_")]
    own = [one for one in portrait.differences if one.column.startswith("x_")]
    for difference in numbers:
        _add_extreme(parts, groups, difference)
    parts += [_labelled_value(habit) for habit in portrait.habits]
    for difference in own:
        _add_extreme(parts, groups, difference)
    return parts or [_phrase("someone")]


def _add_extreme(parts: list[Pair], groups: set[str], difference: Difference) -> None:
    about = _about(difference.column)
    if about["group"] in groups or abs(difference.effect) < _DISTINCT or difference.column in _words()["change"]:
        return
    groups.add(about["group"])
    end = "high" if difference.effect > 0 else "low"
    if end in about:
        parts.append((about[end], about[f"{end}_zh"]))
    else:
        english, chinese = _labels(difference.column)
        parts.append((_phrase(f"{end}_of", what=english)[0], _phrase(f"{end}_of", what=chinese)[1]))


def _name(parts: Sequence[Pair]) -> Pair:
    english = ", ".join(part[0] for part in parts)
    chinese = parts[0][1]
    for _, part in parts[1:]:
        chinese += ("·" if re.search(r"[A-Za-z0-9]", chinese[-1] + part[0]) else "") + part
    return english[0].upper() + english[1:], chinese if chinese.endswith("客户") else chinese + "客户"


def _taken(names: Sequence[Pair], name: Pair) -> int:
    return max(sum(other[0] == name[0] for other in names), sum(other[1] == name[1] for other in names))


def _numbered(names: Sequence[Pair]) -> list[Pair]:
    """Names that nothing tells apart get their number, in the order of segments."""
    return [
        (f"{name[0]} ({place})", f"{name[1]}（{place}）") if _taken(names, name) > 1 else name
        for place, name in enumerate(names, start=1)
    ]


def _compared(difference: Difference) -> Pair | None:
    """A number beside that of all; None where they read alike or a ratio makes no sense."""
    english, chinese = _labels(difference.column)
    mean, overall = difference.mean, difference.overall
    if difference.column in _words()["change"]:
        return _both("change", english, chinese, share=100 * mean, overall=100 * overall)
    if difference.used is not None and difference.used_overall is not None:
        return _both("any", english, chinese, share=100 * difference.used, overall=100 * difference.used_overall)
    ratio = mean / overall if overall > 0 else 0.0
    if overall <= 0 or mean < 0 or (ratio - 1) * difference.effect < 0 or 1 / _PLAIN < ratio < _PLAIN:
        return None
    key = "times" if ratio >= 1.5 else "above" if ratio > 1 else "below" if ratio >= 0.02 else "none"
    return _both(key, english, chinese, times=ratio, percent=100 * abs(ratio - 1))


def _habit(habit: Habit) -> Pair:
    label = _pair(_words()["category"].get(habit.column, [habit.column.removeprefix("x_")] * 2))
    value = (habit.value, _value_zh(habit.value))
    patterns = _words()["phrase"]["mostly" if habit.share >= 0.5 else "often"]
    shares = {"share": 100 * habit.share, "overall": 100 * habit.overall}
    said = [p.format(what=w, value=v, **shares) for p, w, v in zip(patterns, label, value, strict=True)]
    return said[0], said[1]


def _labelled_value(habit: Habit) -> Pair:
    """A value as part of a name; those that say little alone carry their column's name."""
    label = _pair(_words()["category"].get(habit.column, [habit.column.removeprefix("x_")] * 2))
    zh = _value_zh(habit.value)
    if habit.value.lower() in ("yes", "no", "true", "false", "是", "否") or habit.value.isnumeric():
        return f"{label[0]}: {habit.value}", f"{label[1]}={zh}"
    return f"mostly {habit.value}", f"多为{zh}"


def _value_zh(value: str) -> str:
    return "+".join(_words()["value"].get(part, part) for part in value.split("+"))


def _condition(condition: Condition, label: Pair) -> Pair:
    low, high = condition.low, condition.high
    key = "more" if high == float("inf") else "less" if low == -float("inf") else "within"
    said = _both(key, label[0], label[1], low=low, high=high)
    if not condition.or_missing:
        return said
    return _phrase("unknown_too", condition=said[0])[0], _phrase("unknown_too", condition=said[1])[1]


def _clause(condition: Condition, column: str) -> str:
    bounds = [f"{column} > {condition.low}"] if condition.low > -float("inf") else []
    bounds += [f"{column} <= {condition.high}"] if condition.high < float("inf") else []
    clause = " AND ".join(bounds)
    return f"({clause} OR {column} IS NULL)" if condition.or_missing else clause


def _labels(column: str) -> Pair:
    about = _about(column)
    return about["en"], about["zh"]


def _measured(column: str) -> Pair:
    """What a column is called, with its unit."""
    said, unit = _labels(column), _about(column).get("unit")
    if not unit:
        return said
    return _phrase("with_unit", what=said[0], unit=unit[0])[0], _phrase("with_unit", what=said[1], unit=unit[1])[1]


def _about(column: str) -> Mapping[str, Any]:
    words = _words()
    plain = re.sub(r"_(mean|sum)_\d+$", "", column)
    own = column.removeprefix("x_")
    found: Mapping[str, Any] = (
        words["change"].get(column) or words["feature"].get(column) or words["feature"].get(plain)
    )
    return found or {"group": column, "en": own, "zh": own}


def _both(key: str, english: str, chinese: str, **values: float) -> Pair:
    patterns = _words()["phrase"][key]
    return patterns[0].format(what=english, **values), patterns[1].format(what=chinese, **values)


def _phrase(key: str, **values: Any) -> Pair:
    return _pair([pattern.format(**values) for pattern in _words()["phrase"][key]])


def _joined(pairs: Iterable[Pair], english: str, chinese: str) -> Pair:
    listed = list(pairs)
    return english.join(pair[0] for pair in listed), chinese.join(pair[1] for pair in listed)


def _pair(texts: Sequence[str]) -> Pair:
    return texts[0], texts[1]


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(files("telcli.stages").joinpath("segment_words.toml").read_text(encoding="utf-8"))
