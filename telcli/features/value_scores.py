"""Profitability, loyalty and strategic weight as scores of 0 to 100, by which customers can be ranked.

Each score is 50 or more exactly where the flag of value_flags.py is set, and below where it is not: half of it is the
flag, the other half a share of 0..1 that ranks customers within.
"""

from __future__ import annotations

from typing import Any

import polars as pl

__all__ = ["SCORES", "loyalty_score", "profit_score", "strategic_score"]

SCORES = ("profit_score", "loyalty_score", "strategic_score")
_FADING, _UNTOLD = ("decline", "dormant"), ("unknown", "churned")
_LOYALTY = {"tenure": 0.4, "complaints": 0.2, "arrears": 0.2, "stage": 0.2}
"""What counts for loyalty: staying first, then what speaks against a customer, alike."""
_MONTHS = 6.0


def profit_score() -> list[pl.Expr]:
    """`profit_score`: 50 if profitable, and 50 x the share of customers whose margin is lower (half of those alike).

    Null where the margin is not known.

    >>> frame = pl.DataFrame({"margin": [30.0, 5.0, -2.0, None], "profitable": [True, False, False, None]})
    >>> frame.select(profit_score())["profit_score"].round(1).to_list()
    [91.7, 25.0, 8.3, None]
    """
    margin = pl.col("margin")
    place = (margin.rank("average") - 0.5) / margin.count()
    return [_halves("profitable", place).alias("profit_score")]


def loyalty_score(settings: Any) -> list[pl.Expr]:
    """`loyalty_score`: 50 if loyal, and 50 x the weighted mean of the four parts of loyalty that are known.

    - tenure, 0.4: t / (t + loyal_months), a half at loyal_months, and never 1
    - complaints of 6 months, 0.2: 1 without any, less evenly to 0 at twice one more than `loyal_complaints`
    - months in arrears of 6, 0.2: 1 - months / 6
    - stage of life, 0.2: 1, or 0 in decline or dormancy; that of who left, or unknown, does not count

    Null where the tenure is not known, as is the flag.

    >>> from telcli.settings import SegmentSettings
    >>> frame = pl.DataFrame({"loyal": [True, False], "tenure_months": [72.0, 72.0], "complaints_sum_6": [0.0, 4.0],
    ...     "months_in_arrears_6": [None, 0.0], "lifecycle_stage": ["maturity"] * 2})
    >>> frame.select(loyalty_score(SegmentSettings()))["loyalty_score"].round(2).to_list()
    [93.75, 35.0]
    """
    tenure, stage = pl.col("tenure_months").clip(0), pl.col("lifecycle_stage")
    complaints, arrears = pl.col("complaints_sum_6").clip(0), pl.col("months_in_arrears_6").clip(0, _MONTHS)
    parts = {
        "tenure": tenure / (tenure + settings.loyal_months),
        "complaints": (1 - complaints / (2 * (settings.loyal_complaints + 1))).clip(0),
        "arrears": 1 - arrears / _MONTHS,
        "stage": pl.when(stage.is_in(_UNTOLD)).then(None).otherwise(1 - stage.is_in(_FADING).cast(pl.Float64)),
    }
    told = pl.sum_horizontal(part * _LOYALTY[name] for name, part in parts.items())
    of = pl.sum_horizontal(part.is_not_null() * _LOYALTY[name] for name, part in parts.items())
    return [_halves("loyal", told / of).alias("loyalty_score")]


def strategic_score(settings: Any) -> list[pl.Expr]:
    """`strategic_score`: 50 if strategic, and 50 x what its signs come to together, 1 - (1 - a)(1 - b)...

    A key account by the CRM and a leased line are 0.5 each; lines after the first, customers of the group after the
    first, and stars are n / (n + the number that makes one strategic by itself), 0.5 at that number. What is not known
    adds nothing. Null where the flag is.

    >>> from telcli.settings import SegmentSettings
    >>> frame = pl.DataFrame({"strategic": [True, False, None], "told_class": ["key", "public", None],
    ...     "leased": [True, None, None], "numbers_held": [1.0, 1.0, 2.0], "group_customers": [None] * 3,
    ...     "star_level": [None, 3, None]})
    >>> frame.select(strategic_score(SegmentSettings()))["strategic_score"].round(2).to_list()
    [87.5, 15.0, None]
    """
    signs = [
        (pl.col("told_class") == "key") * 0.5,
        pl.col("leased") * 0.5,
        _towards(pl.col("numbers_held") - 1, settings.strategic_lines - 1),
        _towards(pl.col("star_level"), settings.strategic_stars),
    ]
    if settings.strategic_group:
        signs.append(_towards(pl.col("group_customers") - 1, settings.strategic_group - 1))
    missing = pl.lit(1.0)
    for sign in signs:
        missing = missing * (1 - sign.fill_null(0.0))
    return [_halves("strategic", 1 - missing).alias("strategic_score")]


def _towards(count: pl.Expr, bound: int) -> pl.Expr:
    """0 at none, a half at the bound, and towards 1 beyond; a bound of none counts as one of 1."""
    number = count.cast(pl.Float64).clip(0)
    return number / (number + max(bound, 1))


def _halves(flag: str, within: pl.Expr) -> pl.Expr:
    return 50.0 * pl.col(flag).cast(pl.Float64) + 50.0 * within
