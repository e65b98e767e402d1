"""Part of score-satisfaction: what moves satisfaction, of what was asked and of what the operator recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.errors import Notice, UsageError
from telcli.features.satisfaction_themes import OTHER, THEMES, records, theme_of, words_of
from telcli.methods.driver_ranking import Ranking, claimed, rank_drivers
from telcli.settings import ScoreSatisfactionSettings
from telcli.stages.score_satisfaction_answers import Survey
from telcli.tables import contract
from telcli.tables.survey_items import answers

__all__ = ["Drivers", "drivers_of"]

Floats = NDArray[np.float64]

LEAST, _KNOWN, _MOST = 50, 0.6, 60
"""Customers needed, the share of them of whom a driver is to be known, and drivers at the most."""
_DIRECTION = {1: "up", -1: "down", 0: "unclear"}
_TABLE = "satisfaction_drivers"


@dataclass(frozen=True)
class Drivers:
    """The table satisfaction_drivers, figures, and what is to be said."""

    table: pl.DataFrame
    metrics: dict[str, Any]
    notices: tuple[Notice, ...]


@dataclass(frozen=True)
class _Columns:
    """Drivers without gaps: customers x drivers, their names, themes, who told them, and how often they are known.

    `codes` says of those that hold two codes, and not 0 and 1, which is the higher, such as "2 rather than 1".
    """

    X: Floats
    names: list[str]
    themes: list[str]
    told_by: list[str]
    known: list[float]
    codes: list[str | None]

    def of(self, kept: Sequence[int]) -> _Columns:
        names, themes, told_by = ([each[place] for place in kept] for each in (self.names, self.themes, self.told_by))
        known, codes = [self.known[place] for place in kept], [self.codes[place] for place in kept]
        return _Columns(self.X[:, list(kept)], names, themes, told_by, known, codes)


def drivers_of(
    survey: Survey,
    people: pl.DataFrame,
    then: pl.DataFrame,
    as_of: date,
    settings: ScoreSatisfactionSettings,
    seed: int,
) -> Drivers:
    """Rank what moves satisfaction, and test the order of themes that is claimed.

    `people` has customer_id, satisfaction and `speaks`, the weight of each; `then` what was known of them when they
    were asked, a row each.
    """
    order = _claim(settings)
    rated = people.filter(pl.col("satisfaction").is_not_null()).sort("customer_id")
    own = {theme: words_of(getattr(settings, f"{theme}_words")) for theme in THEMES}
    columns = _columns(survey, rated, then, own)
    if rated.height < LEAST or rated.height < 5 * len(columns.names) or not columns.names:
        return Drivers(_empty(), {"claim": "cannot tell", "drivers": 0}, (_none(rated.height, len(columns.names)),))
    y, weights = rated["satisfaction"].to_numpy(), rated["speaks"].to_numpy().astype(np.float64)
    single = rank_drivers(columns.X, y, weights=weights, seed=seed)
    themes = sorted(set(columns.themes), key=[*THEMES, OTHER].index)
    member = [themes.index(theme) for theme in columns.themes]
    by_theme = rank_drivers(columns.X, y, member, weights, seed=seed)
    claim = _tested(columns, y, weights, order, seed)
    rows = [*_theme_rows(by_theme, themes, columns), *_driver_rows(single, columns)]
    table = pl.DataFrame(rows, schema=_schema(), orient="row").with_columns(as_of=pl.lit(as_of))
    metrics = {
        "claim": claim["verdict"],
        "claim_tested": claim,
        "explained": round(single.explained, 6),
        "explained_low": round(single.explained_low, 6),
        "explained_high": round(single.explained_high, 6),
        "drivers": len(columns.names),
        "themes": {row[1]: None if row[4] is None else round(row[4], 6) for row in rows if row[0] == "theme"},
    }
    return Drivers(table.select(_empty().columns), metrics, tuple(_notices(single, claim, themes)))


def _none(customers: int, drivers: int) -> Notice:
    """Why nothing is ranked: too few answered, or nothing is known that could move them."""
    if customers >= LEAST and not drivers:
        return Notice(
            "satisfaction-nothing-known",
            "What moves satisfaction is not told: nobody was asked about one matter alone, and no record of a theme is "
            "known of {share:.0%} of the {customers} customers who answered (ingest tickets, bills, more items).",
            {"share": _KNOWN, "customers": customers},
        )
    return Notice(
        "satisfaction-no-drivers",
        "What moves satisfaction is not told: {customers} customers said how satisfied they are, and it takes {least} "
        "({drivers} drivers).",
        {"least": max(LEAST, 5 * drivers), "drivers": drivers, "customers": customers},
    )


def _claim(settings: ScoreSatisfactionSettings) -> list[str]:
    order = list(words_of(settings.claimed_order))
    if any(theme not in THEMES for theme in order) or len(set(order)) < len(order) or len(order) == 1:
        raise UsageError(
            "satisfaction-claim",
            "claimed_order must name two or more of the themes {themes}, each once, not {value}.",
            hint='For example: claimed_order = "service, product, price"',
            themes=", ".join(THEMES),
            value=repr(settings.claimed_order),
        )
    return order


def _columns(survey: Survey, rated: pl.DataFrame, then: pl.DataFrame, own: Mapping[str, tuple[str, ...]]) -> _Columns:
    """Items of one matter, and records that have a theme, of the customers who rated all."""
    asked = survey.answers.filter(~pl.col("item").is_in(list(survey.roles)), pl.col("points").is_not_null())
    found = rated.select("customer_id")
    names: list[tuple[str, str]] = []
    if asked.height:
        wide = asked.pivot("item", index="customer_id", values="points", aggregate_function="mean")
        items = sorted(name for name in wide.columns if name != "customer_id")
        found = found.join(wide, on="customer_id", how="left", maintain_order="left")
        names += [(item, "answers") for item in items]
    # an answer that stands among the attributes of customers too is no record of the operator's
    items = [*found.columns, *survey.roles]
    recorded = [name for name in _recorded(then, own) if name not in items]
    recorded = [name for name in recorded if not (name.startswith("x_") and answers(name, items))]
    numbers = [pl.col(name).cast(pl.Float64, strict=False) for name in recorded]
    found = found.join(then.select("customer_id", *numbers), on="customer_id", how="left", maintain_order="left")
    names += [(name, "records") for name in recorded]
    return _filled(found, names, own)


def _recorded(then: pl.DataFrame, own: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Columns of the operator's that are numbers and of a theme."""
    free = sorted(
        name
        for name, kind in then.schema.items()
        if name.startswith("x_") and (kind.is_numeric() or kind == pl.Boolean) and theme_of(name, own) != OTHER
    )
    return [*(name for name in records() if name in then.columns), *free]


def _filled(found: pl.DataFrame, names: list[tuple[str, str]], own: Mapping[str, tuple[str, ...]]) -> _Columns:
    """Those known of enough customers and that vary; amounts by their logarithm, gaps by the mean."""
    kept = _Columns(np.empty((found.height, 0)), [], [], [], [], [])
    parts: list[Floats] = []
    for name, told_by in names:
        values = found[name].to_numpy().astype(np.float64)
        there = np.isfinite(values)
        if not there.any() or there.mean() < _KNOWN or np.ptp(values[there]) == 0 or len(parts) == _MOST:
            continue
        kept.codes.append(_coded(np.unique(values[there])) if told_by == "records" else None)
        if told_by == "records":
            values = np.sign(values) * np.log1p(np.abs(values))
        parts.append(np.where(there, values, values[there].mean()))
        kept.names.append(name)
        kept.themes.append(theme_of(name, own))
        kept.told_by.append(told_by)
        kept.known.append(float(there.mean()))
    X = np.column_stack(parts) if parts else kept.X
    return _Columns(X, kept.names, kept.themes, kept.told_by, kept.known, kept.codes)


def _coded(values: Floats) -> str | None:
    """What the higher of two codes is told as; 0 and 1 need no telling.

    >>> _coded(np.array([1.0, 2.0])), _coded(np.array([0.0, 1.0])), _coded(np.array([1.0, 2.0, 3.0]))
    ('2 rather than 1', None, None)
    """
    if values.size != 2 or values.tolist() == [0.0, 1.0]:
        return None
    return f"{values[1]:g} rather than {values[0]:g}"


def _tested(columns: _Columns, y: Floats, weights: Floats, order: list[str], seed: int) -> dict[str, Any]:
    """The claim, on what was told alike of each theme: on answers alone, else on records alone, else on both."""
    found: dict[str, Any] = {"order": order, "verdict": "cannot tell", "basis": None, "gaps": []}
    for basis in ("answers", "records", "both"):
        kept = [place for place, by in enumerate(columns.told_by) if basis in (by, "both")]
        part = columns.of(kept)
        if order and all(theme in part.themes for theme in order):
            themes = sorted(set(part.themes))
            ranking = rank_drivers(part.X, y, [themes.index(theme) for theme in part.themes], weights, seed=seed)
            claim = claimed(ranking, [themes.index(theme) for theme in order])
            gaps = [
                {"more": more, "less": less, "gap": _number(gap), "gap_low": _number(low), "gap_high": _number(high)}
                for more, less, gap, low, high in zip(order, order[1:], claim.gaps, claim.low, claim.high, strict=False)
            ]
            return found | {"verdict": claim.verdict, "basis": basis, "gaps": gaps}
    return found


def _number(value: float) -> float | None:
    return round(float(value), 6) if np.isfinite(value) else None


def _theme_rows(ranking: Ranking, themes: list[str], columns: _Columns) -> Iterator[tuple[Any, ...]]:
    for place, theme in enumerate(themes):
        by = {each for each, about in zip(columns.told_by, columns.themes, strict=True) if about == theme}
        told_by = "both" if len(by) > 1 else next(iter(by))
        yield ("theme", theme, theme, told_by, *_figures(ranking, place), None, ranking.customers, None, None)


def _driver_rows(ranking: Ranking, columns: _Columns) -> Iterator[tuple[Any, ...]]:
    told = zip(columns.names, columns.themes, columns.told_by, columns.known, columns.codes, strict=True)
    for place, (name, theme, told_by, known, codes) in enumerate(told):
        direction = _DIRECTION[int(ranking.direction[place])]
        yield ("driver", name, theme, told_by, *_figures(ranking, place), direction, ranking.customers, known, codes)


def _figures(ranking: Ranking, place: int) -> tuple[Any, ...]:
    """Importance with its interval, place with its own, and how often it is first; none where nothing is explained."""
    if not ranking.tells:
        return (None,) * 7
    share = ranking.share[place]
    rank = int((ranking.share > share).sum()) + 1
    low, high = int(min(ranking.rank_low[place], rank)), int(max(ranking.rank_high[place], rank))
    ends = (float(ranking.low[place]), float(ranking.high[place]))
    return (float(share), *ends, rank, low, high, float(ranking.first[place]))


def _empty() -> pl.DataFrame:
    return contract(_TABLE).schema.create_empty()


def _schema() -> dict[str, Any]:
    names = ("level", "driver", "theme", "told_by", "importance", "low", "high", "place", "place_low", "place_high")
    kinds = _empty().schema
    return {name: kinds[name] for name in (*names, "first", "direction", "customers", "known", "codes")}


def _notices(ranking: Ranking, claim: Mapping[str, Any], themes: Sequence[str]) -> Iterator[Notice]:
    missing = [theme for theme in claim["order"] if theme not in themes]
    if missing:
        yield Notice(
            "satisfaction-claim-theme",
            "The order {order} cannot be tested: no driver is of the themes {missing} (claimed_order).",
            {"order": " > ".join(claim["order"]), "missing": ", ".join(missing)},
        )
    if not ranking.tells:
        yield Notice(
            "satisfaction-drivers-chance",
            "The {drivers} drivers looked at explain no more of satisfaction than chance would, so none is ranked.",
            {"drivers": ranking.share.size},
        )
    elif claim["basis"] == "both":
        yield Notice(
            "satisfaction-claim-mixed",
            "The order {order} is tested on themes told unlike, some by answers and some by records; answers go with "
            "each other for that alone.",
            {"order": " > ".join(claim["order"])},
        )
