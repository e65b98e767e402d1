"""The figures of a quarter or a year: its own, and beside them those of the snapshot that it ends with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

__all__ = ["OWN", "of_periods"]

OWN = (
    *("period", "kpi", "kpi_change", "kpi_year", "findings", "compare"),
    *("bridge_base", "bridge_revenue", "bridge_months"),
)
"""Sections that a quarter or a year has of its own, or has not where it has none: never those of the month."""


def of_periods(figures: pl.DataFrame, kinds: Sequence[str]) -> dict[str, pl.DataFrame]:
    """Figures as `build` takes them by name of the month, quarter and year, as far as they are asked for.

    Parameters
    ----------
    figures : pl.DataFrame
        Rows of report_figures, and under them those of period_figures with their `period`; of one snapshot.
    kinds : sequence of str
        Of month, quarter, year.

    The sections of OWN are the period's; all others are those of the month.

    >>> import polars as pl
    >>> from datetime import date
    >>> row = {"as_of": date(2024, 6, 1), "section": "kpi", "row": 1, "metric": "customers", "value": 12.0,
    ...        "text": None, "text_zh": None}
    >>> whole = {**row, "period": "2024", "value": 13.0}
    >>> kind = {**whole, "section": "period", "metric": "kind", "value": None, "text": "year"}
    >>> both = pl.concat([pl.DataFrame([row]), pl.DataFrame([whole, kind], infer_schema_length=None)],
    ...                  how="diagonal_relaxed")
    >>> {name: frame["value"].to_list() for name, frame in of_periods(both, ["month", "year"]).items()}
    {'2024-06': [12.0], '2024': [13.0, None]}
    """
    import polars as pl

    if "period" not in figures.columns:
        figures = figures.with_columns(period=pl.lit(None, dtype=pl.String))
    month = figures.filter(pl.col("period").is_null())
    rest = month.drop("period")
    found = {f"{figures['as_of'][0]:%Y-%m}": rest} if "month" in kinds else {}
    longer = figures.filter(pl.col("period").is_not_null())
    told = longer.filter((pl.col("section") == "period") & (pl.col("metric") == "kind")).sort("period", descending=True)
    names = dict(told.select("text", "period").iter_rows())
    for kind in kinds:
        if kind in names:
            own = longer.filter(pl.col("period") == names[kind]).drop("period")
            found[names[kind]] = pl.concat([rest.filter(~pl.col("section").is_in(OWN)), own])
    return found
