"""Moves between stages of the customers' life from month to month, and what fell of those who decline or go silent."""

from __future__ import annotations

from datetime import date

import polars as pl

from telcli.features.lifecycle import LifecycleRules, lifecycle_reasons
from telcli.features.month_index import add_months

__all__ = ["BAD", "SETTLED", "falls", "monthly_moves", "onward"]

BAD = ("decline", "dormant", "churned")
"""Stages that a move into is for the worse."""
SETTLED = 6
"""Months of history that a stage of life rests on: fewer tell less of a decline."""
_LEAST = {"call_minutes": 30.0, "data_mb": 100.0, "texts": 20.0, "active_days": 5.0, "revenue": 0.01}
"""Of what a decline is told, and the amount a month below which there is nothing to fall from."""
_AGO = 9


def monthly_moves(months: pl.LazyFrame, first: date, as_of: date, back: int, rules: LifecycleRules) -> pl.DataFrame:
    """One row per customer and month with the stage of the month before (`was`) and of the month (`now`), and `reason`.

    The month itself, and up to `back` months before; the first of them has `SETTLED` months of history before it. Who
    left before, or has no row in either month, has no move.

    Parameters
    ----------
    months : frame
        customer_months.
    first, as_of : date
        The first month of the history; the month.
    back : int
        Months before that are looked at.
    rules : LifecycleRules
        Thresholds of the stages.

    Returns
    -------
    customer_id, month, was, now, reason, ordered by month and customer.
    """
    earliest = max(add_months(as_of, -back), add_months(first, SETTLED))
    wanted, at = [], min(earliest, as_of)
    while at <= as_of:
        wanted.append(at)
        at = add_months(at, 1)
    found, before = [], _stages(months, add_months(wanted[0], -1), rules)
    for month in wanted:
        now = _stages(months, month, rules)
        was = before.filter(pl.col("now") != "churned").select("customer_id", was="now")
        found.append(was.join(now, on="customer_id").with_columns(month=pl.lit(month)))
        before = now
    return pl.concat(found).select("customer_id", "month", "was", "now", "reason").sort("month", "customer_id")


def _stages(months: pl.LazyFrame, month: date, rules: LifecycleRules) -> pl.DataFrame:
    told = lifecycle_reasons(months, month, rules)
    return told.select("customer_id", now="lifecycle_stage", reason="lifecycle_reason").collect(engine="streaming")


def onward(moves: pl.DataFrame, as_of: date, horizon: int) -> pl.DataFrame:
    """Of those who moved into decline or dormancy in earlier months: now, entered, and left within `horizon` months.

    A customer who moved several times counts each time. Only moves whose months after are over count.

    >>> moves = pl.DataFrame({"customer_id": ["a", "a", "b"], "month": [date(2024, 1, 1), date(2024, 2, 1)] +
    ...     [date(2024, 1, 1)], "was": ["growth", "dormant", "growth"], "now": ["dormant", "churned", "dormant"]})
    >>> onward(moves, date(2024, 4, 1), 3).rows()
    [('dormant', 2, 1)]
    """
    moved = moves.filter(pl.col("was") != pl.col("now"), pl.col("month") <= add_months(as_of, -horizon))
    into = moved.filter(pl.col("now").is_in(BAD[:2]))
    gone = moves.filter(pl.col("now") == "churned").select("customer_id", gone="month")
    both = into.join(gone, on="customer_id", how="left")
    soon = (pl.col("gone") > pl.col("month")) & (pl.col("gone") <= pl.col("month").dt.offset_by(f"{horizon}mo"))
    each = both.group_by("customer_id", "month", "now").agg(left=soon.any())
    return each.group_by("now").agg(
        entered=pl.len().cast(pl.Int64), left=pl.col("left").fill_null(value=False).sum().cast(pl.Int64)
    ).sort("now")  # fmt: skip


def falls(months: pl.LazyFrame, people: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """What fell of some customers, and by how much: a row per customer and column of use or revenue.

    Each as the rule does that found the stage: where revenue shrank, the last 3 months against the 6 before; where
    revenue and use fell twice running, the month against the one two before; without use, the month against the 3
    before. What had next to nothing to fall from has no row.

    Parameters
    ----------
    months : frame
        customer_months.
    people : frame
        customer_id and `reason`, the rule.
    as_of : date
        The month.

    Returns
    -------
    customer_id, column, before and after (means a month), fell (share, negative where it rose).
    """
    have = [name for name in _LEAST if name in months.collect_schema().names()]
    window = months.filter(pl.col("month").is_between(add_months(as_of, 1 - _AGO), as_of))
    mine = window.join(people.lazy().select("customer_id"), on="customer_id", how="semi")
    rows = mine.select("customer_id", "month", *have).collect(engine="streaming")
    long = rows.unpivot(index=["customer_id", "month"], on=have, variable_name="column").drop_nulls("value")
    long = long.join(people.select("customer_id", "reason"), on="customer_id").sort("customer_id", "column", "month")
    at, shrunk, steps = (
        pl.col("month"),
        pl.col("reason") == "revenue-shrunk",
        pl.col("reason") == "revenue-and-use-fall",
    )
    late = pl.when(shrunk).then(at > add_months(as_of, -3)).otherwise(at == as_of)
    old = (
        pl.when(shrunk)
        .then(at <= add_months(as_of, -3))
        .when(steps)
        .then(at == add_months(as_of, -2))
        .otherwise(at.is_between(add_months(as_of, -3), add_months(as_of, -1)))
    )
    means = long.group_by("customer_id", "column", maintain_order=True).agg(
        before=pl.col("value").filter(old).mean(), after=pl.col("value").filter(late).mean()
    )
    least = pl.col("column").replace_strict(_LEAST, return_dtype=pl.Float64)
    known = means.drop_nulls(["before", "after"]).filter(pl.col("before") >= least)
    return known.with_columns(fell=1.0 - pl.col("after") / pl.col("before")).sort("customer_id", "column")
