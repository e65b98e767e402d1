"""What became of an alert that is none any more: over, settled at another level, or not judged."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import polars as pl

from telcli.features.month_index import add_months

__all__ = ["KEY", "SETTLED", "UNJUDGED", "ended", "unseen"]

KEY = ("kind", "entity", "metric")
SETTLED = ("settled-lower", "settled-higher")
UNJUDGED = "not-judged"
"""Of an alert that was open, and whose figures are withheld this month: nobody knows whether it is over."""
_OF_COLUMNS = ("psi", "lag-days")
"""Metrics of the pipeline whose entity is a table or a column that may itself be withheld."""


def unseen(withheld: Collection[str]) -> pl.Expr:
    """Whether the figures of an alert are withheld: those of its metric, of its part, or of its table or column.

    >>> rows = [("account", "a", "revenue"), ("lifecycle", "all", "into-decline"), ("pipeline", "revenue", "psi")]
    >>> found = pl.DataFrame([*rows, ("pipeline", "revenue", "rejects")], schema=list(KEY), orient="row")
    >>> found.select(unseen({"revenue", "lifecycle"}).alias("unseen"))["unseen"].to_list()
    [True, True, True, False]
    """
    names = sorted(withheld)
    column = pl.col("kind").eq("pipeline") & pl.col("metric").is_in(_OF_COLUMNS) & pl.col("entity").is_in(names)
    return pl.col("metric").is_in(names) | pl.col("kind").is_in(names) | column


def ended(over: pl.DataFrame, series: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """State of alerts that are none any more: settled where the level is still off that of the first month.

    What was expected in the first month is moved by how this month stood to it a year before, where the series is one
    of seasons; an alert of more than a year ago is held against it as it was.

    Parameters
    ----------
    over : pl.DataFrame
        KEY, observed, least_change, first_seen, first_expected, and _fell: the change when it was last told.
    series : pl.DataFrame
        KEY, month, observed of series whose baseline is the same month of the year before.
    as_of : date
        First day of the month that is judged.
    """
    past = [series.select(*KEY, pl.col("month"), pl.col("observed").alias(name)) for name in ("_now", "_then")]
    told = over.with_columns(
        _at=pl.col("first_seen").cast(pl.Date).dt.offset_by("-12mo"), _ago=pl.lit(add_months(as_of, -12))
    )
    told = told.join(past[0], left_on=[*KEY, "_ago"], right_on=[*KEY, "month"], how="left", maintain_order="left")
    told = told.join(past[1], left_on=[*KEY, "_at"], right_on=[*KEY, "month"], how="left", maintain_order="left")
    seasonal = (pl.col("_now") > 0.0) & (pl.col("_then") > 0.0) & (pl.col("first_seen") > pl.col("_ago"))
    meant = pl.col("first_expected") * pl.when(seasonal).then(pl.col("_now") / pl.col("_then")).otherwise(1.0)
    off = pl.col("observed") - meant
    least = pl.max_horizontal(pl.col("least_change") * meant.abs(), pl.lit(1e-9))
    lower, higher = (pl.col("_fell") < 0) & (off <= -least), (pl.col("_fell") > 0) & (off >= least)
    state = pl.when(lower).then(pl.lit(SETTLED[0])).when(higher).then(pl.lit(SETTLED[1])).otherwise(pl.lit("over"))
    return told.with_columns(state=state, first_expected=meant).drop("_at", "_ago", "_now", "_then")
