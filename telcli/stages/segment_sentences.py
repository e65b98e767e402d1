"""Segments in sentences, English and Chinese: what sets each apart, the rule that finds it, why so many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from telcli.methods.segment_rule import Condition, Rule
from telcli.stages.segment_attributes import answer, known
from telcli.stages.segment_traits import NOTABLE, Difference, Habit, Portrait
from telcli.stages.segment_words import (
    Pair,
    about,
    both,
    joined,
    labels,
    measured,
    pair,
    phrase,
    trait,
    value_zh,
    words,
)

__all__ = ["profiled", "reasoned", "ruled", "ruled_over"]

_MOST_NUMBERS, _MOST_HABITS = 4, 3
_FEW = 30
"""Means and shares of fewer customers are as likely chance: a rule of thumb."""


def profiled(portrait: Portrait, customers: int | None = None) -> Pair:
    """What sets a segment apart, as one sentence, which says so where the segment has fewer than 30 `customers`.

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
    found = found or [phrase("ordinary")]
    if portrait.tiers is not None and portrait.level:
        found.append(phrase("tiers", **{tier: _percent(share) for tier, share in portrait.tiers.items()}))
    rate, overall = portrait.churn_rate, portrait.churn_overall
    if rate is not None and overall is not None and abs(rate - overall) >= 0.02:
        found.append(phrase("churn", share=_percent(rate), overall=_percent(overall)))
    if customers is not None and customers < _FEW:
        found.insert(0, phrase("few" if customers > 1 else "one_alone", count=customers))
    return joined(found, "; ", "；")


def ruled(rule: Rule, columns: Sequence[str]) -> tuple[Pair, str]:
    """The rule in words with its precision and recall, and as a condition over column names.

    The condition asks for active customers, among whom precision and recall are measured.

    >>> ruled(Rule((Condition(0, 85.0, float("inf")),), 0.9, 0.8), ["revenue_mean_3"])[1]
    'active AND revenue_mean_3 > 85.0'
    """
    said = [_condition(one, measured(columns[one.column])) for one in rule.conditions]
    conditions = joined(said, " and ", "，且")
    shares = {"precision": _percent(rule.precision), "recall": _percent(rule.recall)}
    english, chinese = (phrase("fidelity", rule=text, **shares)[lang] for lang, text in enumerate(conditions))
    clauses = (_clause(one, columns[one.column]) for one in rule.conditions)
    return (english, chinese), " AND ".join(["active", *clauses])


def ruled_over(rule: Rule, columns: Sequence[str]) -> str:
    """The tables whose columns the condition names: customer_months, or that with customers beside it.

    >>> ruled_over(Rule((Condition(0, 85.0, float("inf")),), 0.9, 0.8), ["x_Calls"])
    'customer_months+customers'
    """
    own = any(columns[one.column].startswith("x_") for one in rule.conditions)
    return "customer_months+customers" if own else "customer_months"


def reasoned(
    criterion: str, settings: Mapping[str, Any], others: Mapping[str, int] = {}, recommended: int | None = None
) -> Pair:
    """Why this number of segments: ``chosen``, ``closest``, ``asked``, ``kept`` or ``alone``.

    `others` is the number that each measure by itself would take, `recommended` what the rule takes: it is said beside
    a number that was asked for.

    >>> reasoned("asked", {})[1]
    '按 n_segments 指定的数量。'
    >>> reasoned("asked", {}, recommended=4)[0]
    'The number asked for by n_segments. The rule recommends 4.'
    """
    told = [pair([pattern.format(**settings) for pattern in words()["criterion"][criterion]])]
    if criterion == "asked" and recommended:
        told.append(phrase("recommends", k=recommended))
    if others.get("gap") == 1 and (criterion != "asked" or settings.get("n_segments") != 1):
        told.append(phrase("continuum"))
    if others:
        named = (
            (f"{words()['measure'][name][0]} {k}", f"{words()['measure'][name][1]}{k}") for name, k in others.items()
        )
        english, chinese = joined(named, ", ", "、")
        told.append((phrase("alone_takes", which=english)[0], phrase("alone_takes", which=chinese)[1]))
    return joined(told, " ", "")


def _percent(share: float) -> str:
    """A share in whole per cent that is 0 or 100 only where nobody or everybody is meant."""
    if 0 < share < 0.005:
        return "<1"
    return ">99" if 0.995 < share < 1 else f"{100 * share:.0f}"


def _signed(value: float, digits: int) -> str:
    """A change with its sign, which 0 has none of."""
    return f"{value:+.{digits}f}" if round(value, digits) else "0"


def _compared(difference: Difference) -> Pair | None:
    """A number beside that of all; None where they read alike or a ratio makes no sense."""
    english, chinese = labels(difference.column)
    mean, overall = difference.mean, difference.overall
    if difference.slight:
        return None
    if difference.column in words()["change"]:
        values = {
            **{"share": _signed(100 * mean, 0), "overall": _signed(100 * overall, 0)},
            **{"mean": _signed(mean, 1), "mean_of_all": _signed(overall, 1)},
        }
        return both(about(difference.column).get("phrase", "change"), english, chinese, **values)
    if difference.used is not None and difference.used_overall is not None:
        return _having(difference, difference.used, difference.used_overall)
    ratio = mean / overall if overall > 0 else 0.0
    if overall <= 0 or mean < 0 or (ratio - 1) * difference.effect < 0:
        return None
    key = "times" if ratio >= 1.5 else "above" if ratio > 1 else "below" if ratio >= 0.02 else "none"
    scarce = about(difference.column).get("scarce")
    if key == "none" and scarce:
        return pair(scarce)
    return both(key, english, chinese, times=ratio, percent=100 * abs(ratio - 1))


def _having(difference: Difference, used: float, overall: float) -> Pair:
    """Of how many members a number is above 0, in its own words where it has them."""
    found, shares = about(difference.column), {"share": _percent(used), "overall": _percent(overall)}
    had = found.get("had")
    if had:
        none = had.get("none", f"none {had['en']}")
        key = {0.0: "none_had", 1.0: "all_had"}.get(used, "some_had")
        return phrase(key, **{**had, "none": none}, **shares)
    key = {0.0: "nobody", 1.0: "everybody"}.get(used, "any")
    some = found.get("some", found["en"]), found.get("some_zh", found["zh"])
    return both(key if known(difference.column) else f"{key}_above", *some, **shares)


def _habit(habit: Habit) -> Pair:
    label = trait(habit.column)
    so = answer(habit.column, habit.value)
    value = so or (habit.value, value_zh(habit.value))
    patterns = words()["phrase"][("mostly" if habit.share >= 0.5 else "often") + ("_so" if so else "")]
    shares = {"share": _percent(habit.share), "overall": _percent(habit.overall)}
    said = [p.format(what=w, value=v, **shares) for p, w, v in zip(patterns, label, value, strict=True)]
    return said[0], said[1]


def _condition(condition: Condition, label: Pair) -> Pair:
    low, high = condition.low, condition.high
    key = "more" if high == float("inf") else "less" if low == -float("inf") else "within"
    said = both(key, label[0], label[1], low=low, high=high)
    if not condition.or_missing:
        return said
    return phrase("unknown_too", condition=said[0])[0], phrase("unknown_too", condition=said[1])[1]


def _clause(condition: Condition, column: str) -> str:
    column = column if column.isidentifier() else '"' + column.replace('"', '""') + '"'
    bounds = [f"{column} > {condition.low}"] if condition.low > -float("inf") else []
    bounds += [f"{column} <= {condition.high}"] if condition.high < float("inf") else []
    clause = " AND ".join(bounds)
    return f"({clause} OR {column} IS NULL)" if condition.or_missing else clause
