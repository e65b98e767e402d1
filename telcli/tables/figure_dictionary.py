"""What every figure of the report means: its name, unit, one formula, and the table behind it.

Figures that are metrics of the metric dictionary are those; `figure_dictionary.toml` holds the others, and says which
numbers of the report are no figures.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from telcli.tables.metric_dictionary import metrics

__all__ = ["Figure", "figure_of", "no_metric", "own_figures"]

_ENDS = ("_low", "_high")
_HIDDEN = "small"
_CHANGES = {"kpi_change": "compare.change", "kpi_year": "year_change"}
"""Sections that hold the change of each headline, under its name."""


@dataclass(frozen=True)
class Figure:
    """One figure: `name` in the dictionary, what it is called, its unit, formula and table.

    `cubed` tells whether `telcli cube` takes it apart; `also` is what else it is called.
    """

    name: str
    en: str
    zh: str
    unit: str
    formula: str
    table: str
    cubed: bool = False
    also: str = ""


def figure_of(section: str, metric: str) -> Figure | None:
    """The figure that a metric of a section of report_figures is; ends of intervals are those of their figure.

    >>> figure_of("kpi", "revenue").formula, figure_of("segments", "revenue").unit, figure_of("model", "auc_low").name
    ('SUM(revenue)', 'currency', 'auc')
    >>> figure_of("grid", "small") is None, figure_of("kpi_change", "revenue").formula
    (True, 'now / before - 1; of rates now - before')
    """
    known = _figures()
    if section in _CHANGES:
        return known[_CHANGES[section]]
    same: Mapping[str, str] = _read()["same"]
    for end in ("", *_ENDS):
        if not metric.endswith(end):
            continue
        name = metric.removesuffix(end) if end else metric
        for key in (f"{section}.{name}", name):
            found = known.get(same.get(key, key))
            if found is not None and key not in _numbers():
                return found
    return None


def no_metric(metric: str) -> bool:
    """Whether a number of the report measures nothing: a place, a mark, a setting, or that something is hidden.

    >>> no_metric("decile"), no_metric("small_risk"), no_metric("auc")
    (True, True, False)
    """
    return metric in _numbers() or metric == _HIDDEN or (metric.startswith(f"{_HIDDEN}_") and metric not in _figures())


def own_figures() -> tuple[Figure, ...]:
    """The figures of the report's own, which no metric of the metric dictionary is.

    >>> {one.name: one.unit for one in own_figures()}["churn_lift"]
    'times'
    """
    return tuple(one for one in _figures().values() if not one.cubed)


@cache
def _figures() -> dict[str, Figure]:
    found = {
        name: Figure(name, one.en, one.zh, one.unit, one.formula, one.table, cubed=True)
        for name, one in metrics().items()
    }
    own = {name: Figure(name, **entry) for name, entry in _read().items() if name not in ("same", "no_metric")}
    return found | own


@cache
def _numbers() -> frozenset[str]:
    return frozenset(name for names in _read()["no_metric"].values() for name in names)


@cache
def _read() -> dict[str, Any]:
    return tomllib.loads((files("telcli.tables") / "figure_dictionary.toml").read_text("utf-8"))
