"""How little a customer uses: nothing for months, nothing this month, next to nothing, or as usual."""

from __future__ import annotations

from typing import Any

import polars as pl

from telcli.features.ruling import Rule, ruled

__all__ = ["nothing_used", "use_level"]


def nothing_used() -> pl.Expr:
    """Whether a month of customer_months tells of no voice, no data and no text; null where it may be otherwise.

    Calls and data have to be known, or nobody could be said to use nothing; texts and days of use are not always told.

    >>> month = pl.DataFrame({"call_minutes": [0.0, 0.0, 0.0], "data_mb": [0.0, None, 0.0], "texts": [None, 0.0, 2.0],
    ...     "active_days": [None, None, None]}, schema_overrides={"active_days": pl.Float64})
    >>> month.select(nothing_used()).to_series().to_list()
    [True, None, False]
    """
    rest = (pl.col("texts").fill_null(0) == 0) & (pl.col("active_days").fill_null(0) == 0)
    return (pl.col("call_minutes") == 0) & (pl.col("data_mb") == 0) & rest


def use_level(settings: Any) -> list[pl.Expr]:
    """`use_level` and `use_reason`; needs call_minutes, data_mb, uses_nothing and nothing_months, of the snapshot.

    `nothing_months` counts the last months running, up to `without_months`, in which nothing was used.

    >>> from telcli.settings import SegmentSettings
    >>> frame = pl.DataFrame({"call_minutes": [0.0, 4.0, 4.0], "data_mb": [0.0, 1.0, 9.0],
    ...     "uses_nothing": [True, False, False], "nothing_months": [1, 0, 0]})
    >>> frame.select(use_level(SegmentSettings()))["use_level"].to_list()
    ['zero', 'very-low', 'in-use']
    """
    nothing = pl.col("uses_nothing")
    calls = pl.col("call_minutes") < settings.very_low_minutes
    data = pl.col("data_mb") < settings.very_low_mb
    rules = [
        Rule(nothing & (pl.col("nothing_months") >= settings.without_months), "without", "nothing-for-months"),
        Rule(nothing, "zero", "nothing-this-month"),
        Rule(calls & data, "very-low", "below-both-floors"),
        Rule(~calls | ~data, "in-use", "above-a-floor"),
    ]
    return ruled("use_level", "use_reason", rules)
