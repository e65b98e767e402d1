"""A reason in the words of the business, English and Chinese; the words stand in `churn_words*.toml`."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from telcli.features.churn_design import Feature
from telcli.tables.months import CustomerMonths

__all__ = ["feature_name", "phrases", "said_of", "themes"]

Pair = tuple[str, str]


@cache
def feature_name(name: str) -> Pair:
    """What a column is called, in English and Chinese; an attribute by its header, less underscores.

    >>> feature_name("gender"), feature_name("tenure_months"), feature_name("x_合约类型")
    (('Gender', '性别'), ('Tenure months', '网龄'), ('合约类型', '合约类型'))
    """
    known = _words()["names"].get(name)
    if known:
        return known[0], known[1]
    column = CustomerMonths.columns().get(name)
    if column is None:
        return (name.removeprefix("x_").replace("_", " "),) * 2
    return _english(name), (column.metadata or {}).get("zh", name)


def _english(name: str) -> str:
    """A column's name in words: what it is of, then how months were put together."""
    parts = re.fullmatch(r"(.+?)_(mean|sum|sd|change|trend)?_?(\d)", name)
    if parts is None:
        return name.replace("_", " ").capitalize()
    stem, way, months = parts.groups()
    said = "Data" if stem == "data_mb" else stem.replace("_", " ").capitalize()
    return f"{said}, {_WAYS[way or '']} {months} months"


_WAYS = {"mean": "mean of", "sum": "sum of", "sd": "spread over", "change": "change in", "trend": "trend of", "": "of"}
"""How months of a column were put together."""


def themes(features: tuple[Feature, ...]) -> NDArray[np.intp]:
    """A number per feature, the same for features that say the same thing, such as two means of the bill."""
    named = [said_of(f.name).get("theme", f"={f.name}") for f in features]
    places = {theme: place for place, theme in enumerate(dict.fromkeys(named))}
    return np.array([places[theme] for theme in named], dtype=np.intp)


def phrases(feature: Feature, values: NDArray[Any], typical: float) -> tuple[NDArray[Any], NDArray[Any]]:
    """Say what is remarkable about each value: two arrays of text, English and Chinese.

    `values` are codes of the design's matrix, NaN a gap; `typical` is that of customers who stay.

    >>> phrases(Feature("data_mb_change_3", "number"), np.array([-0.62]), 0.0)[0].tolist()
    ['Data use fell 62% in 3 months']
    >>> phrases(Feature("x_Contract", "category", ("One year", "Month-to-month")), np.array([1.0]), 0.0)[0].tolist()
    ['Contract: Month-to-month']
    """
    words = said_of(feature.name)
    form = words.get("form", "significant") if feature.kind == "number" else "whole"
    side = np.where(values < typical, -1.0, 1.0)
    shown = _ROUND[form](np.asarray(values, dtype=np.float64))
    pairs, place = np.unique(np.column_stack([shown, side]), axis=0, return_inverse=True)
    said = [_say(feature, words, value, high=bool(up > 0)) for value, up in pairs]
    place = place.reshape(-1)
    found = np.array(said, dtype=object).reshape(-1, 2)
    return found[place, 0], found[place, 1]


@cache
def said_of(name: str) -> dict[str, Any]:
    """The words for a feature: its own, else those of its family about its measure; none of any other column.

    >>> said_of("texts_trend_6")["fell"]
    ['Texts falling by {value} a month', '短信每月下降{value}']
    """
    words = _words()
    if name in words["feature"]:
        own: dict[str, Any] = words["feature"][name]
        return own
    measure = next((found for found in words["measure"] if name.startswith(f"{found}_")), "")
    family = words["family"].get(name.removeprefix(f"{measure}_"))
    if not measure or not family:
        return {}
    about = words["measure"][measure]
    what = (about["en"], about["zh"])
    told = {kind: said for kind, said in family.items() if kind != "form"}
    spoken = {
        kind: [text.replace("{what}", word) for text, word in zip(said, what, strict=True)]
        for kind, said in told.items()
    }
    return {"theme": about["theme"], "form": family["form"], **spoken}


def _say(feature: Feature, words: dict[str, Any], value: float, *, high: bool) -> Pair:
    other = _words()["other"]
    kind = _template(feature, words, value, high=high)
    template = words.get(kind) or other[kind]
    name = feature_name(feature.name)
    number = abs(value) if kind in ("fell", "rose", "past", "ahead") else value
    text = ("", "") if np.isnan(value) else _number(number)
    if kind == "level":
        text = _level(feature.levels[int(value)])
    plural = "" if text[0] == "1" else "s"
    english = template[0].format(name=name[0], value=text[0], s=plural)
    return english, template[1].format(name=name[1], value=text[1])


def _template(feature: Feature, words: dict[str, Any], value: float, *, high: bool) -> str:
    """Which sentence fits a value."""
    if np.isnan(value):
        return "gap"
    found = "high" if high else "low"
    if feature.kind == "category":
        shown = "unsaid" if feature.hashed else "level"
        found = shown if value < len(feature.levels) else "rare"
    elif feature.kind == "flag":
        found = "yes" if value > 0 else "no"
    elif feature.kind == "date":
        found = "past" if value >= 0 else "ahead"
    elif value == 0 and "zero" in words:
        found = "zero"
    elif words.get("form") in ("change", "points", "slope"):
        found = "rose" if value > 0 else "fell"
    return found


def _number(value: float) -> Pair:
    text = f"{value:,.0f}" if value == round(value) and abs(value) < 1e15 else f"{value:,.4g}"
    return text, text


def _level(level: str) -> Pair:
    known = _words()["levels"].get(level)
    return (known[0], known[1]) if known else (level, level)


def _significant(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Three significant digits."""
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.floor(np.log10(np.abs(values)))
    scale = np.power(10.0, 2 - np.where(np.isfinite(size), size, 0.0))
    return np.where(np.isfinite(size), np.round(values * scale) / scale, values)


_ROUND: dict[str, Any] = {
    "whole": np.round,
    "up": np.ceil,
    "money": np.round,
    "tenth": lambda values: np.round(values, 1),
    "change": lambda values: np.round(100.0 * values),
    "points": np.round,
    "share": lambda values: np.round(100.0 * values),
    "slope": _significant,
    "significant": _significant,
}


@cache
def _words() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in ("churn_words.toml", "churn_words_months.toml", "churn_words_calls.toml"):
        read = tomllib.loads(files("telcli.features").joinpath(name).read_text(encoding="utf-8"))
        found = {part: {**found.get(part, {}), **read.get(part, {})} for part in (*found, *read)}
    return found
