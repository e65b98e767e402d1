"""What customers bring, by one rule in every table and figure: the base of shares of revenue and of value indices."""

from __future__ import annotations

import polars as pl

from telcli.tables.by_size import by_size

__all__ = ["BILLED", "FAR_ABOVE", "MEAN", "USUAL", "billed", "far_above", "shares", "usual_revenue"]

FAR_ABOVE = 7.0
"""A group stands far above all where its mean is so many times theirs: so much the mature customers of the high end of
one operator brought per head."""
USUAL, BILLED, MEAN = "usual_revenue", "billed", "mean_revenue"


def usual_revenue() -> pl.Expr:
    """A customer's revenue a month: the mean of 3 months where known, else the month's; null where neither is.

    >>> frame = pl.DataFrame({"revenue_mean_3": [9.0, None, None], "revenue": [12.0, 7.0, None]})
    >>> frame.select(usual_revenue())["usual_revenue"].to_list()
    [9.0, 7.0, None]
    """
    return pl.coalesce("revenue_mean_3", "revenue").alias(USUAL)


def billed() -> tuple[pl.Expr, pl.Expr]:
    """Of a group of customers, `billed` (credits count as nothing) and `mean_revenue`, of those whose revenue is known.

    Sums are in order of size, so that they repeat to the last bit whatever order rows come in.

    >>> frame = pl.DataFrame({"usual_revenue": [9.0, -3.0, None]})
    >>> frame.select(billed()).rows()
    [(9.0, 3.0)]
    """
    money = pl.col(USUAL).pipe(by_size)
    return money.clip(0).sum().alias(BILLED), money.mean().alias(MEAN)


def shares(money: pl.Series) -> tuple[pl.Expr, pl.Expr]:
    """Of groups with `billed` and `mean_revenue`: `revenue_share` (0..1) and `value_index`, the mean over that of all.

    `money` is the usual revenue of everybody. Where nobody is billed anything, or all come to nothing, both are null.

    >>> groups = pl.DataFrame({"billed": [75.0, 25.0], "mean_revenue": [37.5, 5.0]})
    >>> groups.select(shares(pl.Series([50.0, 25.0, 25.0, -20.0]))).rows()
    [(0.75, 1.875), (0.25, 0.25)]
    """
    known, nothing = money.drop_nulls().sort(), pl.lit(None, dtype=pl.Float64)
    total, mean = known.clip(0).sum(), known.mean()
    share = (pl.col(BILLED) / total).clip(upper_bound=1.0)  # the sum of a group may end in other last bits
    return (
        (share if total > 0 else nothing).alias("revenue_share"),
        (pl.col(MEAN) / mean if known.sum() > 0 else nothing).alias("value_index"),
    )


def far_above(segments: pl.DataFrame, views: pl.DataFrame) -> list[dict[str, str | int | float | None]]:
    """The segments of segment_profiles, and the groups of view_groups, whose `value_index` is FAR_ABOVE or more.

    >>> segments = pl.DataFrame({"segment_name": ["a", "b"], "customers": [2, 9], "value_index": [7.0, 0.4]})
    >>> views = pl.DataFrame(schema={"view_name": pl.String, "group_name": pl.String, "reason": pl.String,
    ...     "customers": pl.Int64, "value_index": pl.Float64})
    >>> far_above(segments, views)
    [{'view': 'segment', 'group': 'a', 'reason': None, 'customers': 2, 'value_index': 7.0}]
    """
    of_segments = segments.select(
        view=pl.lit("segment"), group="segment_name", reason=pl.lit(None, dtype=pl.String), customers="customers",
        value_index=pl.col("value_index").cast(pl.Float64),
    )  # fmt: skip
    of_views = views.select("reason", "customers", "value_index", view="view_name", group="group_name")
    both = pl.concat([of_segments, of_views.select(of_segments.columns)])
    found = both.filter(pl.col("value_index") >= FAR_ABOVE).sort("view", "group", "reason", nulls_last=True)
    return found.with_columns(pl.col("value_index").round(6)).to_dicts()
