"""What selling a line cost: its commission when it was sold, a device's subsidy over the contract."""

from __future__ import annotations

from datetime import date

import polars as pl

from telcli.features.exact import units
from telcli.features.month_index import index_at, month_index

__all__ = ["line_costs", "sales_costs"]


def sales_costs(
    lines: pl.LazyFrame, as_of: date, months: int, *, subsidy_months: int, clawback_months: int
) -> pl.DataFrame:
    """One row per customer: `commission` and `subsidy` of the last `months` up to `as_of`, in ten-thousandths.

    What `line_costs` tells of her lines, added up.

    >>> lines = pl.LazyFrame({"customer_id": ["a"], "activated_on": [date(2024, 5, 10)], "commission": [50.0],
    ...     "subsidy": [240.0], "contract_end": [None], "ended_on": [None], "end_reason": [None]},
    ...     schema_overrides={"contract_end": pl.Date, "ended_on": pl.Date, "end_reason": pl.String})
    >>> sales_costs(lines, date(2024, 6, 1), 12, subsidy_months=24, clawback_months=6).rows()
    [('a', 500000, 200000)]
    """
    costs = line_costs(lines, as_of, months, subsidy_months=subsidy_months, clawback_months=clawback_months)
    summed = costs.group_by("customer_id").agg(pl.col("commission", "subsidy").sum())
    return summed.sort("customer_id").collect(engine="streaming")


def line_costs(
    lines: pl.LazyFrame, as_of: date, months: int, *, subsidy_months: int, clawback_months: int
) -> pl.LazyFrame:
    """The lines sold by the end of `as_of`, `commission` and `subsidy` being what counts of them in the last `months`.

    In ten-thousandths; other columns are as they were. A commission counts in the month of activation; it is taken back
    in the month of ending where the line ends within `clawback_months` (0: never), moves within the operator being no
    ends. A subsidy counts in equal parts from the month of activation on, up to the month before the contract ends, or
    for `subsidy_months` where no end is known; what is left of it counts in the month of an earlier ending. Lines
    without a day of activation are left out.

    >>> lines = pl.LazyFrame({"activated_on": [date(2024, 5, 10)], "commission": [50.0], "subsidy": [240.0],
    ...     "contract_end": [None], "ended_on": [date(2024, 6, 9)], "end_reason": [None], "channel_id": ["agent"]},
    ...     schema_overrides={"contract_end": pl.Date, "end_reason": pl.String})
    >>> found = line_costs(lines, date(2024, 6, 1), 12, subsidy_months=24, clawback_months=6).collect()
    >>> found.select("channel_id", "commission", "subsidy").row(0)
    ('agent', 0, 2400000)
    """
    last = month_index(as_of)
    first = last - months + 1
    start, ended = index_at(pl.col("activated_on")), index_at(pl.col("ended_on"))
    gone = ended.is_not_null() & (ended <= last)
    within = (ended - start < clawback_months) & (pl.col("end_reason").fill_null("unknown") != "internal")
    paid, back = pl.col("commission").fill_null(0.0), pl.when(gone & within).then(pl.col("commission")).fill_null(0.0)
    commission = _when(start, first, last) * paid - _when(ended, first, last) * back
    span = (index_at(pl.col("contract_end")) - start).fill_null(subsidy_months)
    span = pl.when(span > 0).then(span).otherwise(subsidy_months)
    # Parts counted by the end of a month, all of them once the line is gone.
    by_last = pl.when(gone).then(span).otherwise((last - start + 1).clip(0, span))
    gone_before = ended.is_not_null() & (ended < first)
    by_first = pl.when(gone_before).then(span).otherwise((first - start).clip(0, span))
    subsidy = pl.col("subsidy").fill_null(0.0) * (by_last - by_first) / span
    known = lines.filter(pl.col("activated_on").is_not_null(), index_at(pl.col("activated_on")) <= last)
    return known.with_columns(commission=units(commission), subsidy=units(subsidy))


def _when(index: pl.Expr, first: int, last: int) -> pl.Expr:
    return index.is_between(first, last).fill_null(value=False).cast(pl.Float64)
