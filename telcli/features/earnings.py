"""What each customer earned the operator in the months up to a snapshot, debts that grew old taken off."""

from __future__ import annotations

from datetime import date

import polars as pl

from telcli.features.margin_parts import Rates, debts_grown, old_debts, parts
from telcli.features.month_index import month_at, month_index

__all__ = ["earnings"]


def earnings(
    months: pl.LazyFrame,
    as_of: date,
    *,
    rates: Rates,
    mean_months: int,
    losing_months: int,
    losing_at: float,
) -> pl.LazyFrame:
    """One row per customer of the last months: mean margin and payments, months without margin, and what ate it.

    A month's margin is revenue less its parts (`margin_parts`) and what old arrears grew by in the month; null where
    revenue is not known, and what else is not known costs nothing. `margin` and `paid_mean` are means over the known
    ones of `mean_months`. Of the last `losing_months`, `margin_known` counts those with a margin and `losing_months`
    those of them with one at or below `losing_at`; unpaid, contact_cost, campaign_cost and lines_cost are their sums.

    >>> frame = pl.LazyFrame({"customer_id": ["a", "a"], "month": [date(2024, 5, 1), date(2024, 6, 1)],
    ...     "revenue": [50.0, 40.0], "contacts": [0.0, 2.0], "numbers_held": [1.0, 1.0], "campaign_cost": [None, 1.0],
    ...     "paid": [50.0, 0.0], "arrears_91_180": [0.0, 30.0], "arrears_181_365": [0.0] * 2,
    ...     "arrears_over_365": [None] * 2})
    >>> earnings(frame, date(2024, 6, 1), rates=Rates(0.5, cost_per_contact=3.0, line_cost=2.0), mean_months=6,
    ...     losing_months=2, losing_at=0.0).collect().row(0, named=True)
    {'customer_id': 'a', 'margin': 2.0, 'paid_mean': 25.0, 'margin_known': 2, 'losing_months': 1, 'unpaid': 30.0,
     'contact_cost': 6.0, 'campaign_cost': 1.0, 'lines_cost': 4.0}
    """
    back = max(mean_months, losing_months)
    columns = months.collect_schema().names()
    made = parts("revenue", rates, columns)
    costs = {
        "contact": made["contacts"],
        "campaign": made["campaigns"],
        "lines": made["lines"],
        "owed": old_debts(columns) * rates.bad_debt_rate,
        "paid": pl.col("paid"),
        "earned": pl.col("revenue") - made["other"] - made["interconnect"] - made["content"],
    }
    at = pl.col("month")
    # One cell per customer and month, picked as the largest of one, not added up: sums in parallel would not repeat to
    # the last bit.
    cells = [
        pl.when(at == month_at(month_index(as_of) - ago)).then(name).max().alias(f"{name}_{ago}")
        for name in costs
        for ago in range(back + 1)
    ]
    window = months.filter(at.is_between(month_at(month_index(as_of) - back), as_of))
    folded = window.select("customer_id", "month", **costs).group_by("customer_id").agg(cells)
    grown = (debts_grown(f"owed_{ago}", f"owed_{ago + 1}").alias(f"unpaid_{ago}") for ago in range(back))
    folded = folded.with_columns(grown)
    folded = folded.with_columns(_margin(ago).alias(f"margin_{ago}") for ago in range(back))
    lately = [f"margin_{ago}" for ago in range(losing_months)]
    return folded.select(
        "customer_id",
        margin=pl.mean_horizontal(f"margin_{ago}" for ago in range(mean_months)),
        paid_mean=pl.mean_horizontal(f"paid_{ago}" for ago in range(mean_months)),
        margin_known=_counted([pl.col(name).is_not_null() for name in lately]),
        losing_months=_counted([pl.col(name) <= losing_at for name in lately]),
        unpaid=_summed("unpaid", losing_months),
        contact_cost=_summed("contact", losing_months),
        campaign_cost=_summed("campaign", losing_months),
        lines_cost=_summed("lines", losing_months),
    )


def _margin(ago: int) -> pl.Expr:
    costs = [pl.col(f"{name}_{ago}").fill_null(0.0) for name in ("contact", "campaign", "lines", "unpaid")]
    return pl.col(f"earned_{ago}") - pl.sum_horizontal(costs)


def _counted(flags: list[pl.Expr]) -> pl.Expr:
    return pl.sum_horizontal(flag.fill_null(value=False).cast(pl.Int64) for flag in flags)


def _summed(name: str, months: int) -> pl.Expr:
    return pl.sum_horizontal(f"{name}_{ago}" for ago in range(months))
