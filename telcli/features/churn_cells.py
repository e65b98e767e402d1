"""Churn by each level of each dimension: how many left, how sure that is, how many more than expected."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from telcli.features.churn_dimensions import Described, levels
from telcli.features.exact import amount, over, units
from telcli.methods.rates import apart_from_rest, found_among, wilson

__all__ = ["ALL", "churn_cells"]

ALL = "all"
"""The dimension, and its one level, that holds everybody."""
SURE = 0.05
"""Share of the cells called significant that may be chance."""


def churn_cells(now: Described, before: Described | None, months: int | None) -> pl.DataFrame:
    """One row per dimension and level, those with the most churners beyond expectation first.

    churn_rate = churners / customers; index = churn_rate / mean; excess = churners - customers x mean, the churners
    fewer if the level churned like the mean; monthly_rate = 1 - (1 - churn_rate)^(1 / months).

    Parameters
    ----------
    now, before : Described
        The base, and that of as many months before, where there is one.
    months : int or None
        Months in which churners left; None where a label does not tell when.

    Returns
    -------
    dimension, level, as_then, customers, churners, churn_rate, rate_low, rate_high (Wilson, 95%), monthly_rate,
    churn_rate_before, index, excess, churner_share, revenue, revenue_lost (currency a month, before leaving), chance
    (of the level against the rest, for all cells looked at together), significant.
    """
    cells = _counted(now, levels(now, now)).sort("dimension", "level")
    if before is not None:
        earlier = _counted(before, levels(before, now)).select(
            "dimension", "level", churn_rate_before=over("churners", "customers")
        )
        cells = cells.join(earlier, on=["dimension", "level"], how="left", maintain_order="left")
    else:
        cells = cells.with_columns(churn_rate_before=pl.lit(None, pl.Float64))
    return _judged(cells, months).with_columns(
        as_then=pl.col("dimension").is_in([*sorted(now.then), ALL]),
    )


def _counted(told: Described, made: Mapping[str, pl.Series]) -> pl.DataFrame:
    facts = told.frame.select("left", money=units(pl.col("revenue_usual")))
    kinds = {ALL: pl.repeat(ALL, facts.height, eager=True), **made}
    lost = pl.col("money").filter(pl.col("left"))
    counts = {
        "customers": pl.len().cast(pl.Int64),
        "churners": pl.col("left").sum().cast(pl.Int64),
        "revenue": pl.when(pl.col("money").count() > 0).then(amount(pl.col("money").sum())),
        "revenue_lost": pl.when(pl.col("money").count() > 0).then(amount(lost.sum())),
    }
    parts = [
        facts.with_columns(level=values)
        .group_by("level")
        .agg(**counts)
        .select(pl.lit(name).alias("dimension"), pl.all())
        for name, values in kinds.items()
    ]
    return pl.concat(parts).filter(pl.col("customers") > 0)


def _judged(cells: pl.DataFrame, months: int | None) -> pl.DataFrame:
    whole = cells.filter(pl.col("dimension") == ALL).select(pl.col("customers", "churners").sum()).row(0, named=True)
    found, size = cells["churners"].to_numpy(), cells["customers"].to_numpy()
    low, high = wilson(found, size)
    mean = whole["churners"] / whole["customers"] if whole["customers"] else 0.0
    chance = np.ones(len(found))
    told = (cells["dimension"] != ALL).to_numpy()
    chance[told] = found_among(apart_from_rest(found[told], size[told], whole["churners"], whole["customers"]))
    rate = pl.col("churn_rate")
    made = cells.with_columns(
        churn_rate=over("churners", "customers"), rate_low=pl.Series(low), rate_high=pl.Series(high),
        chance=pl.Series(chance), significant=pl.Series(told & (chance <= SURE)),
    ).with_columns(
        monthly_rate=1.0 - (1.0 - rate) ** (1.0 / months) if months else pl.lit(None, pl.Float64),
        index=rate / mean if mean else pl.lit(None, pl.Float64),
        excess=(pl.col("churners") - pl.col("customers") * mean).round(6),
        churner_share=over("churners", pl.lit(whole["churners"])),
    )  # fmt: skip
    return made.sort("excess", "dimension", "level", descending=[True, False, False])
