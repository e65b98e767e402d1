"""The grid of value and risk: in which cell each customer is, and what is to be done with her.

The grid says what to do by value and risk alone; loyalty, potential and stage of life refine it. Cells are called by
value, then risk, as ``high-low``.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

__all__ = ["cell_of", "cells", "potential", "risk_band", "strategy", "value_band"]

_GRIDS: Mapping[int, Mapping[str, Mapping[str, str]]] = {
    2: {
        "high": {"high": "retain", "low": "maintain"},
        "low": {"high": "let-go", "low": "serve"},
    },
    3: {
        "high": {"high": "retain", "medium": "retain", "low": "maintain"},
        "mid": {"high": "retain", "medium": "watch", "low": "develop"},
        "low": {"high": "let-go", "medium": "serve", "low": "serve"},
    },
}
_TIER_BANDS = {"platinum": "high", "gold": "high", "silver": "mid", "bronze": "low"}
_LOYAL = 50.0
"""Of loyalty_score: who is loyal has it or more."""


def cells(grid: int) -> tuple[tuple[str, str, str], ...]:
    """Value band, risk band and strategy of every cell, the highest value first, then the highest risk.

    >>> cells(2)[0], len(cells(3))
    (('high', 'high', 'retain'), 9)
    """
    found = _GRIDS[grid]
    return tuple((value, risk, what) for value, risks in found.items() for risk, what in risks.items())


def cell_of(value: str, risk: str) -> str:
    """What a cell is called.

    >>> cell_of("high", "low")
    'high-low'
    """
    return f"{value}-{risk}"


def value_band(grid: int, by: str, *, high_share: float, mid_share: float) -> pl.Expr:
    """`value_band` of each row by its `value_tier`, or by where its `worth` stands among all.

    Of tiers platinum and gold are high, silver is mid and bronze low. By quantiles the `high_share` of most worth are
    high, the `mid_share` after them mid. In a grid of 2, who is not high is low. Rows alike in worth are parted by
    customer_id, so that the order of rows changes nothing.

    >>> frame = pl.DataFrame({"customer_id": ["a", "b", "c"], "value_tier": ["gold", "silver", None],
    ...     "worth": [1.0, 9.0, 5.0]})
    >>> frame.select(value_band(3, "tier", high_share=0.3, mid_share=0.4))["value_band"].to_list()
    ['high', 'mid', 'low']
    >>> frame.select(value_band(2, "quantile", high_share=0.34, mid_share=0.0))["value_band"].to_list()
    ['low', 'high', 'low']
    """
    if by == "tier":
        band = pl.col("value_tier").replace_strict(_TIER_BANDS, default="low", return_dtype=pl.String)
    else:
        order = pl.struct(-pl.col("worth"), pl.col("customer_id")).rank("ordinal")
        place = (order - 0.5) / pl.len()
        lower = pl.when(place <= high_share + mid_share).then(pl.lit("mid")).otherwise(pl.lit("low"))
        band = pl.when(place <= high_share).then(pl.lit("high")).otherwise(lower)
    if grid == 2:
        band = pl.when(band == "high").then(pl.lit("high")).otherwise(pl.lit("low"))
    return band.alias("value_band")


def risk_band(grid: int) -> pl.Expr:
    """`risk_band` as predict-churn has it; in a grid of 2, who is riskier than the average (medium or high) is high.

    >>> pl.DataFrame({"risk_band": ["low", "medium", "high"]}).select(risk_band(2)).to_series().to_list()
    ['low', 'high', 'high']
    """
    band = pl.col("risk_band")
    return (
        band if grid == 3 else pl.when(band == "low").then(pl.lit("low")).otherwise(pl.lit("high")).alias("risk_band")
    )


def potential(share: float) -> pl.Expr:
    """Whether a customer is among the `share` of most potential, of those whose potential is known and above 0.

    >>> frame = pl.DataFrame({"customer_id": ["a", "b", "c"], "potential": [5.0, None, 9.0]})
    >>> frame.select(potential(0.5)).to_series().to_list()
    [False, False, True]
    """
    known = pl.when(pl.col("potential") > 0).then(pl.col("potential"))
    order = pl.struct((-known).fill_null(float("inf")), pl.col("customer_id")).rank("ordinal")
    return (known.is_not_null() & (order <= share * known.count())).alias("has_potential")


def strategy(grid: int) -> list[pl.Expr]:
    """`strategy` of each row by its bands, and `strategy_reason`: the grid, or what refined it.

    - not-loyal: a customer of value at medium risk, kept by the grid's watching, is retained where she is not loyal
    - loyal: one of high value at medium risk who is loyal is watched: she may stay without an offer
    - potential: one who would be let go is watched, and one who would be served is developed, for what she lacks
    - lifecycle: one of high value whose use declines is watched though her risk is low; one just won, who would be let
      go, is served: she has not had the time to be worth something

    What is not known of a customer refines nothing. Needs value_band, risk_band, loyalty_score, lifecycle_stage and
    has_potential.

    >>> frame = pl.DataFrame({"value_band": ["high", "high", "low"], "risk_band": ["medium", "low", "high"],
    ...     "loyalty_score": [80.0, None, None], "lifecycle_stage": ["maturity", "decline", None],
    ...     "has_potential": [False, False, True]})
    >>> frame.select(strategy(3)).rows()
    [('watch', 'loyal'), ('watch', 'lifecycle'), ('watch', 'potential')]
    """
    names = {cell_of(value, risk): what for value, risk, what in cells(grid)}
    told = pl.concat_str("value_band", "risk_band", separator="-").replace_strict(names, return_dtype=pl.String)
    value, risk = pl.col("value_band"), pl.col("risk_band")
    loyal, stage = pl.col("loyalty_score") >= _LOYAL, pl.col("lifecycle_stage")
    rules = (
        ((told == "let-go") & pl.col("has_potential"), "watch", "potential"),
        ((told == "let-go") & (stage == "acquisition"), "serve", "lifecycle"),
        ((told == "serve") & pl.col("has_potential"), "develop", "potential"),
        ((told == "maintain") & (stage == "decline"), "watch", "lifecycle"),
        ((value == "high") & (risk == "medium") & loyal, "watch", "loyal"),
        ((value == "mid") & (risk == "medium") & ~loyal, "retain", "not-loyal"),
    )
    what, why = told, pl.lit("grid")
    for holds, becomes, reason in reversed(rules):
        so = holds.fill_null(value=False)
        what, why = pl.when(so).then(pl.lit(becomes)).otherwise(what), pl.when(so).then(pl.lit(reason)).otherwise(why)
    return [what.alias("strategy"), why.alias("strategy_reason")]
