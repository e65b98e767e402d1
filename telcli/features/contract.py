"""What the customer holds: lines, services, fees, contracts, products, and which of the lines live.

    numbers_held  = lines that live at the end of the month; services_held their kinds, sub_cards those on a main card
    bundle_lines  = the most of them that are in one bundle      lines; 0 where none is in a bundle
    plan_fee      = sum of their monthly fees                    currency
    contract_months_left = months to the last day of a contract  months; the longest of them, 0 when run out

Made of subscriptions, and of subscription_history for what a line was before: plan, fee, way of paying and contract are
those of the version that held at the end of the month (see `telcli.features.versions`). Of a line without history they
are those of the extract: where an operator overwrites them and no history is kept, a month of the past
shows the present plan and the renewed contract. That describes customers; over months it would tell a churn model who
stayed, so predict-churn leaves `plan_fee` and `contract_months_left` out unless the history tells them, or told to
(trust_export).
"""

from __future__ import annotations

import polars as pl

from telcli.features.exact import amount, units
from telcli.features.month_index import index_at, part_of_month
from telcli.features.span import Span

__all__ = ["HELD", "LIVED", "ahead", "bundled", "holdings", "living", "monthly", "tenure"]

HELD = ("numbers_held", "services_held", "plan_fee", "contract_months_left", "sub_cards")


LIVED = ("service_type", "pay_mode", "bundle_id", "fee", "bound", "sub")
"""What a line is while it lives: `fee` in exact units, `bound` the month to which it is under contract."""


def living(states: pl.LazyFrame, span: Span, since: int = 0) -> pl.LazyFrame:
    """One row per line, or version of it, that lived within the history, in `since` or later: `first` to `last` month.

    `states` are as `versions` gives them. A line lives at the end of a month when it began in or before it and did not
    end in or before it; the month in which it ended is among its months.
    """
    first = pl.max_horizontal("since", "low", pl.lit(max(span.first, since), pl.Int32))
    last = pl.min_horizontal(pl.col("until").fill_null(span.last), "high")
    day_after = pl.col("contract_end").dt.offset_by("1d")
    return states.filter(~pl.col("lost"), first <= last).with_columns(
        first=first,
        last=last,
        fee=units(pl.col("plan_fee")),
        bound=index_at(day_after) + part_of_month(day_after) - 1.0,
        sub=pl.col("main_number_h").is_not_null(),
    )


def monthly(states: pl.LazyFrame, span: Span, since: int = 0) -> pl.LazyFrame:
    """One row per line and month, from `since` on, in which it lived; see `living`."""
    months = living(states, span, since).with_columns(at=pl.int_ranges("first", pl.col("last") + 1, dtype=pl.Int32))
    return months.select("who", "at", "since", "until", "end_reason", *LIVED).explode("at", empty_as_null=False)


def holdings(rows: pl.LazyFrame) -> pl.LazyFrame:
    """One row per customer and month with a line: `HELD`, and what tells who is live.

    `lines` counts those that lived at any time of the month, `began` those that began in it; `prepaid` is whether all
    are prepaid, `quit` whether one ended in it other than by an internal move.
    """
    ends = _ends()
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
        sub_cards=(pl.col("sub") & ~ends).sum().cast(pl.Float64),
    )


def bundled(rows: pl.LazyFrame) -> pl.LazyFrame:
    """One row per customer and month with a line in a bundle: bundle_lines."""
    within = rows.filter(pl.col("bundle_id").is_not_null(), ~_ends())
    sizes = within.group_by("who", "at", "bundle_id").agg(bundle_lines=pl.len())
    return sizes.group_by("who", "at").agg(pl.col("bundle_lines").max().cast(pl.Float64))


def ahead(states: pl.LazyFrame, span: Span) -> pl.LazyFrame:
    """Customers and months, `who` and `at`, in which all lines are prepaid."""
    some = states.filter(pl.col("pay_mode") == "prepaid").select("who").unique()
    return holdings(monthly(states.join(some, on="who", how="semi"), span)).filter("prepaid").select("who", "at")


def _ends() -> pl.Expr:
    return (pl.col("until") == pl.col("at")).fill_null(value=False)


def tenure() -> pl.Expr:
    """Months from the day of joining (`origin`) to the first day of the month `at`; 0 in the month of joining itself.

    Null where no day of joining is known, or it lies after the month.
    """
    origin = pl.col("origin")
    months = pl.col("at") - index_at(origin)
    return pl.when(months >= 0).then((months - part_of_month(origin)).clip(lower_bound=0.0)).alias("tenure_months")
