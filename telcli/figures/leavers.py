"""Who left, when in their stay, why, and what calls for care: what may be shown of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl

from telcli.figures.base import hidden
from telcli.methods.rates import wilson
from telcli.tables.by_size import by_size

__all__ = ["BY_TEXTS", "CARE_TEXTS", "CAUSE_TEXTS", "STAY_TEXTS", "by_rows", "care_rows", "cause_rows", "stay_rows"]

BY_TEXTS = ("dimension", "level")
STAY_TEXTS = ("years",)
CAUSE_TEXTS = ("cause", "theme", "scope")
CARE_TEXTS = ("trigger",)
_MOST = 12
_REST = ("reasons of few, together", "其余少数原因合计")
_YEARS = 10
_YEAR = 12

_BY = (
    *("dimension", "dimension_zh", "level", "customers", "churners", "churn_rate", "rate_low", "rate_high"),
    *("excess", "revenue_lost"),
)

Named = Callable[[str], tuple[str, str]]


def by_rows(table: pl.DataFrame, least: int, named: Named) -> list[dict[str, Any]]:
    """The levels with more churners than chance explains, of those with enough people that nobody can be told.

    A level is shown that has `least` customers, churners and stayers, or more; so have all others of its dimension
    together, lest what is left of the total tells of a few. `named` says what an attribute is called, in English and
    Chinese.
    """
    found: list[dict[str, Any]] = []
    for (dimension,), mine in table.filter(pl.col("dimension") != "all").group_by("dimension", maintain_order=True):
        held = mine.sort("rank").to_dicts()
        parts = [(row["customers"], row["churners"], row["customers"] - row["churners"]) for row in held]
        wanted = [
            row["significant"] and row["excess"] > 0 and min(part) >= least
            for row, part in zip(held, parts, strict=True)
        ]
        while any(wanted) and not _safe(parts, wanted, least):
            wanted[max(place for place, one in enumerate(wanted) if one)] = False
        words = named(str(dimension))
        found += [
            row | {"dimension": words[0], "dimension_zh": words[1]}
            for row, one in zip(held, wanted, strict=True)
            if one
        ]
    rows = []
    for row in sorted(found, key=lambda row: row["rank"])[:_MOST]:
        # about as many customers were there before: a rate that few of them made is not told either
        before = row["churn_rate_before"] or 0.0
        few = before * row["customers"] < least
        rows.append({name: row[name] for name in _BY} | {"churn_rate_before": None if few else before})
    return rows


def _safe(parts: list[tuple[int, int, int]], shown: list[bool], least: int) -> bool:
    """Whether what is not shown of a dimension holds nobody or many, of customers, churners and stayers."""
    rest = [sum(part[what] for part, one in zip(parts, shown, strict=True) if not one) for what in range(3)]
    return all(one == 0 or one >= least for one in rest)


def stay_rows(table: pl.DataFrame, least: int) -> list[dict[str, Any]]:
    """Chance of leaving in a month, by year of the stay, the years after the tenth together; few left are hidden."""
    year = (pl.col("tenure_month") // _YEAR).clip(upper_bound=_YEARS)
    years = table.filter(pl.col("kind") == "all").group_by(year=year).agg(pl.col("at_risk", "left").sum()).sort("year")
    years = years.filter(pl.col("at_risk") > 0)
    risk, gone = years["at_risk"].to_numpy(), years["left"].to_numpy()
    low, high = wilson(gone, risk)
    masks = zip(hidden([round(one) for one in gone], least), hidden([round(one) for one in risk], least), strict=True)
    rows: list[dict[str, Any]] = []
    for place, (few, thin) in enumerate(masks):
        at = int(years["year"][place])
        name = {"years": f"{at + 1}" if at < _YEARS else f"{_YEARS + 1}+"}
        if few or thin:
            rows.append({**name, "small": 1.0})
            continue
        told = {"at_risk": risk[place], "left": gone[place], "hazard": gone[place] / risk[place]}
        rows.append({**name, **told, "hazard_low": low[place], "hazard_high": high[place]})
    return rows


def cause_rows(table: pl.DataFrame, least: int) -> list[dict[str, Any]]:
    """The Pareto of why customers chose to leave, or of all leavings where hardly anybody's choice is known.

    Reasons of few, and what would give them away, are told together.
    """
    for scope in ("voluntary", "all"):
        mine = table.filter(pl.col("scope") == scope).sort("rank").to_dicts()
        told = sum(row["churners"] for row in mine if row["share_known"] is not None)
        if told >= least:
            break
    else:
        return []
    numbers = ("churners", "share", "share_known", "cumulative", "value_lost")
    gone = hidden([row["churners"] for row in mine], least)
    rows = [
        {
            "cause": row["reason_name"],
            "cause_zh": row["reason_name_zh"],
            "theme": row["theme"],
            "scope": scope,
            **{number: row[number] for number in numbers},
        }
        for row, few in zip(mine, gone, strict=True)
        if not few
    ]
    rest = [row for row, few in zip(mine, gone, strict=True) if few]
    together = sum(row["churners"] for row in rest)
    if together >= least:
        share = sum(row["share"] for row in rest)
        rows.append({"cause": _REST[0], "cause_zh": _REST[1], "scope": scope, "churners": together, "share": share})
    return rows


def care_rows(table: pl.DataFrame, least: int) -> list[dict[str, Any]]:
    """How many customers each trigger names, the most new ones first; those of few are left out."""
    counted = table.group_by("trigger").agg(
        customers=pl.len().cast(pl.Int64),
        new=pl.col("new").sum().cast(pl.Int64),
        value_at_risk=pl.col("value_at_risk").pipe(by_size).sum().round(4),
    )
    rows: list[dict[str, Any]] = []
    for row in counted.sort("new", "customers", "trigger", descending=[True, True, False]).to_dicts():
        old = row["customers"] - row["new"]
        if row["customers"] < least:
            continue
        if any(0 < one < least for one in (row["new"], old)):
            rows.append({**row, "new": None, "small_new": 1.0})
        else:
            rows.append(row)
    return rows
