"""Leaving by length of stay: by month of tenure and kind of leaving, and by month of joining and age."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from telcli.features.margin import whole_tenure
from telcli.features.month_index import add_months, date_at, index_at, month_index
from telcli.methods.competing import cumulative_incidence
from telcli.methods.rates import wilson
from telcli.methods.survival import entry_cells

__all__ = ["ALL", "churn_cohorts", "churn_tenure", "label_cells", "stay_cells", "yearly_retention"]

ALL = "all"
COHORTS = 36
"""Months of joining that are followed, the latest."""
YEAR, FIVE_YEARS = 12, 60


def stay_cells(months: pl.LazyFrame) -> pl.DataFrame:
    """Customer-months at risk and leavings by tenure: `tenure`, `at_risk`, then a column per kind of leaving.

    `months` are those of `features.churn_base.Walk`.
    """
    rows = months.select("left", "kind", whole_tenure()).filter(pl.col("tenure") >= 0)
    risk = rows.group_by("tenure").agg(at_risk=pl.len()).collect(engine="streaming").sort("tenure")
    counted = rows.filter("left").group_by("tenure", "kind").agg(left=pl.len())
    left = counted.collect(engine="streaming").sort("kind")
    wide = left.pivot(on="kind", index="tenure", values="left") if left.height else pl.DataFrame({"tenure": []})
    return _filled(risk.join(wide.cast({"tenure": pl.Int64}), on="tenure", how="left"))


def label_cells(months: pl.LazyFrame, labels: pl.LazyFrame) -> pl.DataFrame:
    """The same of a labelled table (`customer_id`, `left`), where everybody is taken to be watched from joining on."""
    told = months.select("customer_id", whole_tenure()).join(labels, on="customer_id")
    stays = told.filter(pl.col("tenure") >= 0).select("tenure", "left").drop_nulls().collect(engine="streaming")
    if not stays.height:
        return pl.DataFrame(schema={"tenure": pl.Int64, "at_risk": pl.Float64, "unknown": pl.Float64})
    at_risk, left = entry_cells(stays["tenure"].to_numpy(), stays["left"].to_numpy())
    return pl.DataFrame({"tenure": np.arange(len(at_risk)), "at_risk": at_risk, "unknown": left})


def churn_tenure(cells: pl.DataFrame) -> pl.DataFrame:
    """One row per kind of leaving (`ALL` first) and month of tenure.

    hazard = left / at_risk with Wilson's 95% interval; incidence, the share of joiners who have left for this kind by
    the end of that month (Aalen and Johansen), of `ALL` for whichever; survival, the share still here.
    """
    kinds = [name for name in cells.columns if name not in ("tenure", "at_risk")]
    risk = cells["at_risk"].to_numpy().astype(np.float64)
    left = cells.select(kinds).to_numpy().astype(np.float64).T.reshape(len(kinds), len(risk))
    incidence, here = cumulative_incidence(risk, left) if len(risk) else (left, risk)
    told = [(ALL, left.sum(axis=0), 1.0 - here)]
    told += [(kind, left[place], incidence[place]) for place, kind in enumerate(kinds)] if len(kinds) > 1 else []
    parts = []
    for kind, gone, share in told:
        low, high = wilson(gone, risk)
        hazard = np.divide(gone, risk, out=np.full_like(risk, np.nan), where=risk > 0)
        numbers = {"at_risk": risk, "left": gone, "hazard": hazard, "hazard_low": low, "hazard_high": high}
        numbers |= {"incidence": np.clip(share, 0.0, 1.0), "survival": here}
        rows = pl.DataFrame({"tenure_month": cells["tenure"].cast(pl.Int64), **numbers})
        parts.append(rows.select(pl.lit(kind).alias("kind"), pl.all()))
    return pl.concat(parts).with_columns(pl.col("hazard", "hazard_low", "hazard_high").fill_nan(None))


def yearly_retention(cells: pl.DataFrame) -> dict[str, float | None]:
    """`annual`: share of customers here that are here a year on, at the mean rate of all months; `five_years`: share of
    joiners still here after five years, None where no stay of that length was seen.

    >>> cells = pl.DataFrame({"tenure": [0, 1], "at_risk": [100, 100], "unknown": [2, 0]})
    >>> yearly_retention(cells)
    {'annual': 0.886385, 'five_years': None}
    """
    kinds = [name for name in cells.columns if name not in ("tenure", "at_risk")]
    gone, risk = float(cells.select(kinds).sum().sum_horizontal().sum()), float(cells["at_risk"].sum())
    found = churn_tenure(cells).filter(pl.col("kind") == ALL, pl.col("tenure_month") == FIVE_YEARS - 1)
    return {
        "annual": round((1.0 - gone / risk) ** YEAR, 6) if risk else None,
        "five_years": round(float(found["survival"][0]), 6) if found.height and cells["tenure"][0] == 0 else None,
    }


def churn_cohorts(months: pl.LazyFrame, first: date, as_of: date) -> pl.DataFrame:
    """The triangle of those who joined within the history, by month of joining and age in months; 0 is that month.

    retention = product over ages so far of (1 - left / at_risk): share of the joiners still here after that month.
    Ages that lie after `as_of` are there with nulls, so that the table is a full square. `months` are those of
    `features.churn_base.Walk`.
    """
    rows = months.select("month", "left", whole_tenure())
    joined = (index_at(pl.col("month")) - pl.col("tenure")).cast(pl.Int64)
    start = max(month_index(first), month_index(add_months(as_of, 1 - COHORTS)))
    known = rows.filter(pl.col("tenure") >= 0).select("left", age="tenure", joined=joined)
    cells = known.filter(pl.col("joined") >= start).group_by("joined", "age").agg(
        at_risk=pl.len().cast(pl.Int64), left=pl.col("left").sum().cast(pl.Int64)
    )  # fmt: skip
    found = cells.collect(engine="streaming")
    square = found.select("joined").unique().join(found.select("age").unique(), how="cross")
    table = square.join(found, on=["joined", "age"], how="left").sort("joined", "age")
    stay = 1.0 - pl.col("left").fill_null(0) / pl.col("at_risk").fill_null(1)
    ahead = pl.col("joined") + pl.col("age") > month_index(as_of)
    return table.select(
        cohort=date_at(pl.col("joined").cast(pl.Int32)),
        age="age",
        at_risk="at_risk",
        left="left",
        retention=pl.when(~ahead).then(stay.cum_prod().over("joined", order_by="age")),
    )


def _filled(cells: pl.DataFrame) -> pl.DataFrame:
    """The cells with every tenure from the first to the last seen."""
    if not cells.height:
        return cells.with_columns(unknown=pl.lit(0.0)) if cells.width < 3 else cells
    first, last = cells["tenure"][0], cells["tenure"][-1]
    every = pl.DataFrame({"tenure": range(min(first, 0), last + 1)}, schema={"tenure": pl.Int64})
    return every.join(cells, on="tenure", how="left").fill_null(0).with_columns(pl.exclude("tenure").cast(pl.Float64))
