"""The score 0..100 of indicators: whose scale it is, who changed tier, and what other weights would do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from telcli.errors import Notice
from telcli.features.exact import UNITS
from telcli.features.value_indicators import CHURN, WORTH, indicator_values
from telcli.methods.indicator_score import Tree, places_of, shifted
from telcli.methods.lifetime_value import even_sample, known_mean, percentile_rank, rank_correlation, tier_places
from telcli.settings import ScoreValueSettings
from telcli.stages import Inputs
from telcli.stages import score_value_record as record
from telcli.stages.score_value_judged import remarks
from telcli.stages.score_value_margin import spent_on_sales
from telcli.stages.score_value_moves import move_rows, moves_told
from telcli.stages.score_value_plan import plan, tier_shares
from telcli.stages.score_value_scale import lacking, measured, reasons, weights_of
from telcli.tables import contract
from telcli.tables.results import VALUE_TIERS
from telcli.tables.score_results import STEPS

__all__ = ["Scored", "by_indicators", "tried", "unscored"]

Array = NDArray[np.float64]
_FACTORS = dict(zip(STEPS, (1.25, 0.75), strict=True))
_MONEY = tuple(name for name in WORTH if name.endswith("_value"))
_SCORED = ("value_score", "value_tier")
_TABLES = ("value_weights", "value_scales", "value_indicators", "value_moves", "value_sensitivity")


@dataclass(frozen=True)
class Scored:
    """Customers with value_score and value_tier, the tables behind them, what is told, and indicators with weight."""

    scores: pl.DataFrame
    tables: Mapping[str, pl.DataFrame]
    metrics: Mapping[str, Any]
    notices: Sequence[Notice]
    indicators: Sequence[str] = ()


def unscored(worth: pl.DataFrame, settings: ScoreValueSettings, as_of: date) -> Scored:
    """Score customers by the rank of their lifetime value: of the tables there is nothing but the sizes of tiers.

    `worth` is as for `by_indicators`.
    """
    rank = percentile_rank(worth["lifetime_value"].to_numpy())
    tiers = np.array(VALUE_TIERS)[tier_places(rank, tier_shares(settings))]
    scores = worth.with_columns(value_score=pl.Series(rank.round(4)), value_tier=pl.Series(tiers))
    tables: dict[str, pl.DataFrame] = {name: contract(name).schema.create_empty() for name in _TABLES}
    tables["value_tiers"] = record.tier_rows(scores["value_tier"], (), as_of, as_of)
    return Scored(scores, tables, {"score_by": "lifetime"}, ())


def by_indicators(
    inputs: Inputs, settings: ScoreValueSettings, worth: pl.DataFrame, margins: Array, as_of: date
) -> Scored:
    """Score customers by weighted indicators, on the scales of the snapshot before where these still hold.

    Parameters
    ----------
    inputs
        customer_months, churn_scores of an earlier month where there are some, and the snapshot before.
    settings
        Among them the hierarchy, see `plan`.
    worth
        Rows of value_scores without score and tier, in the order of customer_id.
    margins
        Their margins of up to 12 months, customers x months, NaN where not known.
    as_of
        The snapshot month.
    """
    asked = plan(inputs.choices.get("value_hierarchy"), settings)
    before = record.recall(inputs.earlier)
    ids = worth["customer_id"]
    told = {"margin_mean_12": np.nan_to_num(known_mean(margins)), CHURN: _risk(inputs, ids)}
    told |= {name: worth[name].fill_null(np.nan).to_numpy() for name in _MONEY}
    frame = inputs.tables["customer_months"]
    values = indicator_values(asked.indicators, ids, frame, as_of, told)
    measure, notices = measured(asked, settings, values, before, as_of)
    kept = before if before and measure is before.measure else None
    points = asked.points(measure, values)
    found = worth.with_columns(
        value_score=pl.Series(asked.total(measure, values)),
        **{f"x_{item}": pl.Series(held, nan_to_null=True) for item, held in points.items()},
    )
    places = places_of(found["value_score"], measure.bounds)
    found = found.with_columns(value_tier=pl.Series(np.array(VALUE_TIERS)[places]))
    moves = move_rows(found, measure.tree, kept, asked.names)
    sensitivity = _sensitivity(measure.tree, points, found["value_score"].to_numpy(), places)
    shown = replace(measure, dropped=reasons(measure, values))
    known = {item: round(float(np.isfinite(held).mean()), 6) for item, held in values.items()}
    tables = {
        "value_weights": weights_of(asked, shown, known, settings, as_of),
        "value_scales": record.scale_rows(measure, as_of),
        "value_tiers": record.tier_rows(found["value_tier"], measure.bounds, measure.since, as_of),
        "value_indicators": _indicator_rows(found, measure.tree, points),
        "value_moves": moves.with_columns(as_of=pl.lit(as_of)),
        "value_sensitivity": sensitivity.with_columns(as_of=pl.lit(as_of)),
    }
    metrics = {
        "score_by": "indicators",
        "scale": {"since": f"{measure.since:%Y-%m}", "kept": kept is not None},
        "consistency": {"random_index": settings.random_index, "nodes": asked.judged.consistency},
        "indicators": {"used": len(measure.scales), "dropped": dict(shown.dropped)},
        "tiers": dict(tables["value_tiers"].select("value_tier", "customers").iter_rows()),
        "moves": moves_told(found, kept),
        "sensitivity": _strongest(sensitivity),
    }
    said = (*remarks(asked.judged, asked.hierarchy), *notices, *lacking(asked, measure, values))
    return Scored(found.select(*worth.columns, *_SCORED), tables, metrics, said, tuple(measure.scales))


def tried(
    inputs: Inputs,
    settings: ScoreValueSettings,
    then: tuple[pl.Series, date],
    margins: tuple[Array, Array],
    used: Sequence[str],
    naive: float | None,
) -> tuple[dict[str, Any], list[Notice]]:
    """How well the score as of an earlier month, by what was known then, ranked customers by what they then brought.

    Parameters
    ----------
    inputs
        As of `by_indicators`; the hierarchy is that of now.
    settings
        As of now.
    then
        Customers of the earlier month, and the month.
    margins
        Theirs before and after, customers x months.
    used
        Indicators of the score in use. Those that were not known then, such as chances of leaving and values expected,
        have no weight here: they are `score_without`.
    naive
        The rank correlation of plain average margin; where it is better that is told.
    """
    asked, (ids, month), (before, after) = plan(inputs.choices.get("value_hierarchy"), settings), then, margins
    worth: dict[str, ArrayLike] = dict.fromkeys((CHURN, *_MONEY), np.full(len(ids), np.nan))
    worth["margin_mean_12"] = np.nan_to_num(known_mean(before))
    if "current_value" in asked.columns:
        spent, _ = spent_on_sales(ids, inputs.tables, month, settings)
        worth["current_value"] = np.nansum(before, axis=1) - spent.sum_horizontal().to_numpy() / UNITS
    values = indicator_values(asked.indicators, ids, inputs.tables["customer_months"], month, worth)
    measure = asked.measure(values, month)
    found = rank_correlation(asked.total(measure, values), np.nansum(after, axis=1))
    without = [item for item in used if item in measure.dropped]
    told = {"score_rank_correlation": found, "score_without": without}
    return told, [] if found is None or naive is None else _compared(round(naive, 4), round(found, 4), without)


def _compared(naive: float, score: float, without: Sequence[str]) -> list[Notice]:
    """That plain average margin ranked customers better, where it did."""
    values: dict[str, Any] = {"naive": naive, "score": score}
    if naive <= score:
        return []
    if not without:
        template = "In the back-test plain average margin ranked customers better ({naive}) than the score ({score})."
        return [Notice("value-score-naive-better", template, values)]
    template = (
        "In the back-test plain average margin ranked customers better ({naive}) than the score ({score}), as far "
        "as it was known then, without {names}."
    )
    return [Notice("value-score-naive-better-then", template, {**values, "names": ", ".join(without)})]


def _risk(inputs: Inputs, ids: pl.Series) -> Array:
    """The chance of leaving of each customer as it was scored for an earlier month."""
    scored = inputs.tables.get("churn_scores")
    if scored is None:
        return np.full(len(ids), np.nan)
    rows = scored.select("customer_id", CHURN)
    held = pl.DataFrame({"customer_id": ids}).lazy().join(rows, on="customer_id", how="left", maintain_order="left")
    return held.collect()[CHURN].fill_null(np.nan).to_numpy()


def _indicator_rows(found: pl.DataFrame, tree: Tree, points: Mapping[str, Array]) -> pl.DataFrame:
    """Table value_indicators."""
    weights = tree.weights if tree.children else {}
    known = sum((weights[item] * np.isfinite(held) for item, held in points.items()), np.zeros(found.height))
    rows = found.select("customer_id", "as_of", *(f"x_{item}" for item in points))
    return rows.with_columns(known_weight=pl.Series(np.clip(known, 0.0, 1.0).round(6)))


def _sensitivity(tree: Tree, points: Mapping[str, Array], score: Array, places: NDArray[np.int64]) -> pl.DataFrame:
    """The rows of value_sensitivity, without as_of: tiers are cut so that as many customers as now are in each."""
    sampled = even_sample(len(score))
    some = {item: held[sampled] for item, held in points.items()}
    base, now = score[sampled], places[sampled]
    shares = [float((now == place).mean()) for place in range(len(VALUE_TIERS) - 1)]
    start = tier_places(percentile_rank(base), shares)
    rows = []
    for node, items in tree.children.items():
        for item in items if len(items) > 1 else ():
            for name, factor in _FACTORS.items():
                other = shifted(tree, item, factor).total(some)
                moved = tier_places(percentile_rank(other), shares) != start
                told = {"item": item, "step": name, "factor": factor, "node": node}
                rows.append(
                    {**told, "tiers_changed": round(float(moved.mean()), 6), "rank_correlation": _ranked(base, other)}
                )
    kinds = dict(zip(("item", "step", "node"), (pl.String,) * 3, strict=True))
    return pl.DataFrame(
        rows, schema={**kinds, **dict.fromkeys(("factor", "tiers_changed", "rank_correlation"), pl.Float64)}
    )


def _ranked(base: Array, other: Array) -> float | None:
    found = rank_correlation(base, other)
    return None if found is None else max(min(round(found, 6), 1.0), -1.0)


def _strongest(rows: pl.DataFrame) -> dict[str, Any] | None:
    """The change of weights that moves most customers to another tier."""
    if not rows.height:
        return None
    top = rows.sort("tiers_changed", "item", "step", descending=[True, False, False]).row(0, named=True)
    return {name: top[name] for name in ("item", "step", "factor", "tiers_changed", "rank_correlation")}
