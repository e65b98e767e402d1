"""Segments in English and Chinese: sentences, rules and treatments, from the words in segment_words.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from telcli.methods.segment_rule import Condition, Rule
from telcli.stages.segment_attributes import answer, attribute, spoken, value_words
from telcli.tables import contract

__all__ = [
    "DISTINCT",
    "NOTABLE",
    "Difference",
    "Habit",
    "Pair",
    "Portrait",
    "about",
    "labels",
    "pair",
    "phrase",
    "profiled",
    "reasoned",
    "ruled",
    "trait",
    "treated",
    "value_zh",
    "words",
]

Pair = tuple[str, str]
"""One text in English and in Chinese."""

DISTINCT, NOTABLE, _PLAIN = 0.5, 0.25, 1.05
_MOST_NUMBERS, _MOST_HABITS = 4, 3
_MOST_MEMBERS, _FEW_MEMBERS = 0.6, 0.1
"""Shares of members from which a tier names a segment, and up to which a tier is as good as absent from it."""


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
    """What is known of one segment; differences and habits come with the greatest first, tiers as shares."""

    value_index: float | None
    differences: tuple[Difference, ...] = ()
    habits: tuple[Habit, ...] = ()
    churn_rate: float | None = None
    churn_overall: float | None = None
    tiers: Mapping[str, float] | None = None

    @property
    def spending(self) -> str:
        """What the name says of spending: a tier that at least 60% of members are in, else between tiers or mixed.

        By `level` alone where the tiers of members are not known.

        >>> Portrait(1.1, tiers={"high": 0.3, "mid": 0.4, "low": 0.3}).spending
        'mixed'
        """
        if not self.level or self.tiers is None:
            return self.level
        for tier in ("high", "low", "mid"):
            if self.tiers[tier] >= _MOST_MEMBERS:
                return "top" if tier == "high" and self.level == "top" else tier
        if self.level in ("top", "high") and self.tiers["low"] <= _FEW_MEMBERS:
            return "upper"
        return "lower" if self.level == "low" and self.tiers["high"] <= _FEW_MEMBERS else "mixed"

    @property
    def level(self) -> str:
        """Revenue per customer: top from 1.5 x the mean, high from 1.2, low to 0.8; empty when not known."""
        if self.value_index is None:
            return ""
        if self.value_index >= 1.5:
            return "top"
        return "high" if self.value_index >= 1.2 else "low" if self.value_index <= 0.8 else "mid"


def profiled(portrait: Portrait) -> Pair:
    """What sets a segment apart, as one sentence.

    >>> profiled(Portrait(1.0, (Difference("data_mb", 1.4, 9.2, 4.0),)))
    ('2.3x the average data use', '流量为平均的2.3倍')
    """
    found: list[Pair] = []
    groups: set[str] = set()
    for difference in portrait.differences:
        group = about(difference.column)["group"]
        said = _compared(difference)
        if abs(difference.effect) >= NOTABLE and said and group not in groups and len(found) < _MOST_NUMBERS:
            groups.add(group)
            found.append(said)
    found += [_habit(habit) for habit in portrait.habits[:_MOST_HABITS]]
    if portrait.tiers is not None and portrait.level:
        found.append(phrase("tiers", **{tier: 100 * share for tier, share in portrait.tiers.items()}))
    rate, overall = portrait.churn_rate, portrait.churn_overall
    if rate is not None and overall is not None and abs(rate - overall) >= 0.02:
        found.append(phrase("churn", share=100 * rate, overall=100 * overall))
    return _joined(found or [phrase("ordinary")], "; ", "；")


def ruled(rule: Rule, columns: Sequence[str]) -> tuple[Pair, str]:
    """The rule in words with its precision and recall, and as a condition over column names.

    >>> ruled(Rule((Condition(0, 85.0, float("inf")),), 0.9, 0.8), ["revenue_mean_3"])[1]
    'revenue_mean_3 > 85.0'
    """
    said = [_condition(one, _measured(columns[one.column])) for one in rule.conditions]
    joined = _joined(said, " and ", "，且")
    shares = {"precision": 100 * rule.precision, "recall": 100 * rule.recall}
    english, chinese = (phrase("fidelity", rule=text, **shares)[lang] for lang, text in enumerate(joined))
    return (english, chinese), " AND ".join(_clause(one, columns[one.column]) for one in rule.conditions)


def treated(portrait: Portrait) -> Pair:
    """What to do with a segment: the first two pieces of advice whose conditions hold.

    >>> treated(Portrait(0.5))[1]
    '以手机营业厅等线上渠道服务为主，尝试小幅升档'
    """
    signals = _signals(portrait)
    advice = words()["treatment"]
    fitting = [one for one in advice if one["when"] and all(signals.get(k) == v for k, v in one["when"].items())]
    return _joined([(one["en"], one["zh"]) for one in fitting[:2] or advice[-1:]], ". ", "；")


def reasoned(criterion: str, settings: Mapping[str, Any], others: Mapping[str, int] = {}) -> Pair:
    """Why this number of segments: ``chosen``, ``closest``, ``asked``, ``kept`` or ``alone``.

    `others` is the number that each measure by itself would take.

    >>> reasoned("asked", {})[1]
    '按 n_segments 指定的数量。'
    """
    told = pair([pattern.format(**settings) for pattern in words()["criterion"][criterion]])
    if not others:
        return told
    english, chinese = _joined(
        ((f"{words()['measure'][name][0]} {k}", f"{words()['measure'][name][1]}{k}") for name, k in others.items()),
        ", ",
        "、",
    )
    return f"{told[0]} {phrase('alone_takes', which=english)[0]}", told[1] + phrase("alone_takes", which=chinese)[1]


def _signals(portrait: Portrait) -> Mapping[str, str]:
    found = {"value": "high" if portrait.level == "top" else portrait.level}
    for difference in portrait.differences:
        if abs(difference.effect) >= DISTINCT:
            found.setdefault(about(difference.column)["group"], "high" if difference.effect > 0 else "low")
    fading = sum(h.share - h.overall for h in portrait.habits if h.value in ("decline", "dormant"))
    rate, overall = portrait.churn_rate, portrait.churn_overall
    leaving = rate is not None and overall is not None and rate >= 1.25 * overall > 0
    return {**found, "risk": "high" if leaving or fading >= 0.15 else ""}


def _compared(difference: Difference) -> Pair | None:
    """A number beside that of all; None where they read alike or a ratio makes no sense."""
    english, chinese = labels(difference.column)
    mean, overall = difference.mean, difference.overall
    if difference.column in words()["change"]:
        values = {"share": 100 * mean, "overall": 100 * overall, "mean": mean, "mean_of_all": overall}
        return _both(about(difference.column).get("phrase", "change"), english, chinese, **values)
    if difference.used is not None and difference.used_overall is not None:
        key = about(difference.column).get("phrase", "any")
        return _both(key, english, chinese, share=100 * difference.used, overall=100 * difference.used_overall)
    ratio = mean / overall if overall > 0 else 0.0
    if overall <= 0 or mean < 0 or (ratio - 1) * difference.effect < 0 or 1 / _PLAIN < ratio < _PLAIN:
        return None
    key = "times" if ratio >= 1.5 else "above" if ratio > 1 else "below" if ratio >= 0.02 else "none"
    return _both(key, english, chinese, times=ratio, percent=100 * abs(ratio - 1))


def _habit(habit: Habit) -> Pair:
    label = trait(habit.column)
    so = answer(habit.column, habit.value)
    value = so or (habit.value, value_zh(habit.value))
    patterns = words()["phrase"][("mostly" if habit.share >= 0.5 else "often") + ("_so" if so else "")]
    shares = {"share": 100 * habit.share, "overall": 100 * habit.overall}
    said = [p.format(what=w, value=v, **shares) for p, w, v in zip(patterns, label, value, strict=True)]
    return said[0], said[1]


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


def _condition(condition: Condition, label: Pair) -> Pair:
    low, high = condition.low, condition.high
    key = "more" if high == float("inf") else "less" if low == -float("inf") else "within"
    said = _both(key, label[0], label[1], low=low, high=high)
    if not condition.or_missing:
        return said
    return phrase("unknown_too", condition=said[0])[0], phrase("unknown_too", condition=said[1])[1]


def _clause(condition: Condition, column: str) -> str:
    column = column if column.isidentifier() else '"' + column.replace('"', '""') + '"'
    bounds = [f"{column} > {condition.low}"] if condition.low > -float("inf") else []
    bounds += [f"{column} <= {condition.high}"] if condition.high < float("inf") else []
    clause = " AND ".join(bounds)
    return f"({clause} OR {column} IS NULL)" if condition.or_missing else clause


def labels(column: str) -> Pair:
    """What a number is called.

    >>> labels("data_mb_mean_3")
    ('data use', '流量')
    """
    found = about(column)
    return found["en"], found["zh"]


def _measured(column: str) -> Pair:
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


def _both(key: str, english: str, chinese: str, **values: float) -> Pair:
    patterns = words()["phrase"][key]
    return patterns[0].format(what=english, **values), patterns[1].format(what=chinese, **values)


def phrase(key: str, **values: Any) -> Pair:
    """A phrase in both languages, filled with the same values."""
    return pair([pattern.format(**values) for pattern in words()["phrase"][key]])


def _joined(pairs: Iterable[Pair], english: str, chinese: str) -> Pair:
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
