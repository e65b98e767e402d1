"""Everything the report says of value, put into its figures."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import polars as pl

from telcli.figures import value, value_money, value_score, value_sides, value_trust
from telcli.figures.base import Figures

__all__ = ["put_value"]

_TOTALS = (
    "current_value_total",
    "incremental_value_total",
    "retention_value_total",
    "horizon_months",
    "discount_rate",
)


def put_value(
    figures: Figures,
    tables: Mapping[str, pl.LazyFrame],
    metrics: Mapping[str, Any],
    lines: pl.DataFrame,
    months: int,
    least: int,
    classes: Collection[str] = (),
) -> None:
    """Put what score-value found into the figures, from the tables that there are.

    Parameters
    ----------
    figures : Figures
        Where to.
    tables : mapping
        Result tables of score-value, and others.
    metrics : mapping
        What score-value recorded.
    lines : pl.DataFrame
        A row per customer, as `customers.snapshot` gives it.
    months : int
        Months of customers that are known.
    least : int
        Groups of fewer customers are hidden.
    classes : collection of str
        Account classes that are hidden beside the other views.
    """
    bounds = _held(tables, "value_tiers")
    tiers = value.tiers(lines, least, bounds)
    figures.block("value_tiers", tiers, ("tier",))
    if not tiers:
        return
    valued = lines["current_value"].is_not_null().sum()
    if valued < least:  # what so few bring in all tells of each of them
        figures.block("value_few", [{"least": least}])
        return
    totals = {name: metrics.get(name) for name in _TOTALS}
    told = {**totals, "customers": valued, "months": min(months, 12), "basis": metrics.get("margin_basis") or "margin"}
    figures.block("value_told", [{**told, "tail": metrics.get("tail") or "none"}], ("basis", "tail"))
    figures.block("value_left", value_trust.left(metrics, least))
    _spread(figures, tables, value.about(lines["current_value"]), least)
    _money(figures, tables, least)
    _score(figures, tables, metrics, [row["tier"] for row in tiers if row.get("small")], least)
    _trust(figures, tables, metrics, least)
    _sides(figures, tables, [row["tier"] for row in tiers if row.get("small")], least)
    if (index := _held(tables, "value_index")) is not None:
        views = _held(tables, "customer_views", ("customer_id", "account_class"))
        own = [] if views is None else value_sides.account_classes(views, lines, classes)
        figures.block("value_index", value_sides.groups_beside(index, least, own), value_sides.INDEX_TEXTS)


def _spread(figures: Figures, tables: Mapping[str, pl.LazyFrame], about: Mapping[str, float], least: int) -> None:
    """How value is spread over customers."""
    figures.block("value", [about] if about else [])
    if (points := _held(tables, "value_curve")) is not None:
        figures.block("value_curve", value.curve(points, about, least))
    if (parts := _held(tables, "value_deciles")) is not None:
        figures.block("value_tenths", value.tenths(parts, least))


def _money(figures: Figures, tables: Mapping[str, pl.LazyFrame], least: int) -> None:
    """Parts of margin, offers, and years of the stay."""
    if (parts := _held(tables, "value_margin")) is not None:
        figures.block("value_margin", value_money.margin_rows(parts, least), value_money.MARGIN_TEXTS)
    if (offers := _held(tables, "value_offers")) is not None:
        figures.block("value_offers", value_money.offer_rows(offers, least), value_money.OFFER_TEXTS)
    if (cohorts := _held(tables, "value_cohorts")) is not None:
        figures.block("value_stays", value_money.stay_rows(cohorts, least))
        figures.block("value_years", value_money.year_rows(cohorts, least))


def _score(
    figures: Figures, tables: Mapping[str, pl.LazyFrame], metrics: Mapping[str, Any], gone: list[str], least: int
) -> None:
    """Moves between tiers and what made them, weights, levels of the operator's own."""
    moved = metrics.get("moves")
    steps = value_score.steps(moved, least, gone)
    figures.block("value_moves", value_score.moves(moved, least, gone), value_score.MOVE_TEXTS)
    if moved:
        figures.block("value_moved", [{"before": moved["before"], **steps, **_balance(moved, steps)}], ("before",))
    weights = _held(tables, "value_weights")
    if weights is not None:
        listed = value_score.weights(weights, _held(tables, "value_sensitivity"))
        figures.block("value_weights", listed, value_score.WEIGHT_TEXTS)
        if moved and (moves := _held(tables, "value_moves", ("item_1", "change", "points_1"))) is not None:
            found = value_score.reasons(moves, weights, least, told=[*steps])
            figures.block("value_reasons", found, value_score.REASON_TEXTS)
    if (levels := _held(tables, "value_stars", ("star", "place", "star_before"))) is not None:
        figures.block("value_stars", value_score.stars(levels, least), value_score.STAR_TEXTS)


def _balance(moved: Mapping[str, Any], steps: Mapping[str, int]) -> dict[str, float]:
    """Where neither is told how many, whether more rose (1) or fell (-1)."""
    if "up" in steps or "down" in steps or moved["up"] == moved["down"]:
        return {}
    return {"balance": 1.0 if moved["up"] > moved["down"] else -1.0}


def _trust(figures: Figures, tables: Mapping[str, pl.LazyFrame], metrics: Mapping[str, Any], least: int) -> None:
    """Survival, and the back-test."""
    if (curve := _held(tables, "survival_curve")) is not None:
        figures.block("survival", value_trust.survival(curve, least))
    if (curves := _held(tables, "survival_groups")) is not None:
        listed = value_trust.groups(curves, least, _held(tables, "segment_profiles"))
        figures.block("survival_groups", listed, value_trust.GROUP_TEXTS)
    if (tenths := _held(tables, "value_backtest")) is not None:
        figures.block("value_backtest", value_trust.tested(tenths, least))
    found = value_trust.verdict(metrics.get("backtest"))
    figures.block("value_verdict", found, value_trust.VERDICT_TEXTS)


def _sides(figures: Figures, tables: Mapping[str, pl.LazyFrame], gone: list[str], least: int) -> None:
    """Products, what tiers hold, signs of leaving."""
    sides = value_sides
    if (sold := _held(tables, "value_products")) is not None:
        figures.block("value_products", sides.products(sold, least), sides.PRODUCT_TEXTS)
    if (best := _held(tables, "value_top_held")) is not None:
        figures.block("value_top_held", sides.held(best, least), sides.HELD_TEXTS)
    if (facts := _held(tables, "value_tier_facts")) is not None:
        figures.block("value_tier_facts", sides.tier_facts(facts, least, gone), sides.FACT_TEXTS)
    if (effects := _held(tables, "survival_effects")) is not None:
        figures.block("value_signs", sides.signs(effects, least), sides.SIGN_TEXTS)


def _held(tables: Mapping[str, pl.LazyFrame], name: str, columns: tuple[str, ...] = ()) -> pl.DataFrame | None:
    """A result table, where there is one; of a table of customers the columns that are needed, and that it has."""
    if name not in tables:
        return None
    table = tables[name]
    if columns:
        table = table.select(column for column in columns if column in table.collect_schema())
    return table.collect(engine="streaming")
