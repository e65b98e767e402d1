"""What the customer holds: lines, services, fees, contracts, and which of the lines live.

Plan, fee, pay mode and contract end of a line are those of the extract: where an operator overwrites them, a month
of the past shows the present plan and the renewed contract. That describes customers; over months it would tell a
churn model who stayed, so predict-churn leaves `plan_fee` and `contract_months_left` out unless told (trust_export).
"""

from __future__ import annotations

import polars as pl

from telcli.features.exact import amount, units
from telcli.features.month_index import index_at, part_of_month
from telcli.features.span import Span

__all__ = ["HELD", "holdings", "tenure"]

HELD = ("numbers_held", "services_held", "plan_fee", "contract_months_left")


def holdings(held: pl.LazyFrame, span: Span) -> pl.LazyFrame:
    """One row per customer and month with a line: `HELD`, and what tells who is live.

    A line lives at the end of a month when it began in or before it and did not end in or before it. `lines` counts
    those that lived at any time of the month, `began` those that began in it; `prepaid` is whether all are prepaid,
    `quit` whether one ended in it other than by an internal move.
    """
    first = pl.max_horizontal("since", pl.lit(span.first, pl.Int32))
    end = pl.col("until").fill_null(span.last)
    day_after = pl.col("contract_end").dt.offset_by("1d")
    months = held.filter(~pl.col("lost"), first <= end).with_columns(at=pl.int_ranges(first, end + 1, dtype=pl.Int32))
    rows = months.select(
        *("who", "at", "since"),
        *("until", "service_type", "pay_mode", "end_reason"),
        fee=units(pl.col("plan_fee")),
        bound=index_at(day_after) + part_of_month(day_after) - 1.0,
    ).explode("at", empty_as_null=False)
    ends = (pl.col("until") == pl.col("at")).fill_null(value=False)
    kinds = pl.col("service_type").filter(~ends).drop_nulls().n_unique().cast(pl.Float64)
    fee, left = pl.col("fee").filter(~ends), (pl.col("bound") - pl.col("at")).filter(~ends)
    return rows.group_by("who", "at").agg(
        lines=pl.len(),
        began=(pl.col("since") == pl.col("at")).any(),
        prepaid=(pl.col("pay_mode") == "prepaid").fill_null(value=False).all(),
        quit=(ends & (pl.col("end_reason") != "internal").fill_null(value=True)).any(),
        numbers_held=(~ends).sum().cast(pl.Float64),
        services_held=pl.when((kinds > 0) | ends.all()).then(kinds),
        plan_fee=pl.when((fee.count() > 0) | ends.all()).then(amount(fee.sum())),
        contract_months_left=left.max().clip(lower_bound=0.0),
    )


def tenure() -> pl.Expr:
    """Months from the day of joining (`origin`) to the first day of the month `at`; 0 in the month of joining itself.

    Null where no day of joining is known, or it lies after the month.
    """
    origin = pl.col("origin")
    months = pl.col("at") - index_at(origin)
    return pl.when(months >= 0).then((months - part_of_month(origin)).clip(lower_bound=0.0)).alias("tenure_months")
