"""What an indicator of value is of each customer: a column of a month, or what was worked out of the money."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from telcli.errors import UsageError
from telcli.tables import contract
from telcli.tables.months import CustomerMonths

__all__ = ["CHURN", "WORTH", "check_columns", "indicator_values"]

Array = NDArray[np.float64]
WORTH = ("margin_mean_12", "current_value", "incremental_value", "retention_value", "lifetime_value")
"""Columns beside those of customer_months: the mean of the known months' margins, and the values in money."""
CHURN = "churn_probability"
"""And the chance of leaving, as it was scored for an earlier month."""


_TABLES = ("customer_months", "customers", "subscriptions", "bills", "payments", "usage", "calls", "contacts")


def _text_of(column: str) -> str:
    """The table that has text under this name; nothing where none does.

    >>> _text_of("plan_id"), _text_of("plan_fee")
    ('subscriptions', '')
    """
    for table in _TABLES:
        held = contract(table).schema.columns().get(column)
        if held is not None and held.dtype == pl.String:
            return table
    return ""


def check_columns(
    indicators: Mapping[str, Mapping[str, str]], source: str, cells: Mapping[str, Sequence[str]] | None = None
) -> None:
    """See that every indicator names a column of numbers; `cells` are the sheet and cell that name it, of a workbook.

    Raises
    ------
    UsageError
        One does not; the sentence names it.

    >>> check_columns({"stay": {"column": "tenure_months"}}, "telcli.toml")
    """
    kinds = {name: column.dtype for name, column in CustomerMonths.columns().items()}
    known = [name for name, kind in kinds.items() if kind.is_numeric() or kind == pl.Boolean]
    known = [*WORTH, CHURN, *(name for name in known if name not in ("active", "left"))]
    for item, about in indicators.items():
        if about["column"] not in known:
            sheet, cell = (cells or {}).get(item, ("", ""))
            file = f"{source}, sheet {sheet}, cell {cell}" if cell else source
            if table := _text_of(about["column"]):
                raise UsageError(
                    "indicator-column-text",
                    "{file}: the indicator {item} is made of {column}, which is text in {table}, not a number.",
                    hint="List columns and what they hold: telcli show customer_months --schema",
                    file=file,
                    item=item,
                    column=about["column"],
                    table=table,
                )
            near = difflib.get_close_matches(about["column"], known, n=3)
            raise UsageError(
                "indicator-column-unknown",
                "{file}: the indicator {item} is made of {column}, which is no column of numbers in customer_months.",
                hint="{near}",
                file=file,
                item=item,
                column=about["column"],
                near=f"Did you mean {', '.join(near)}?" if near else "List them: telcli show customer_months --schema",
            )


def indicator_values(
    indicators: Mapping[str, Mapping[str, str]],
    ids: pl.Series,
    frame: pl.LazyFrame,
    month: date,
    worth: Mapping[str, ArrayLike],
) -> dict[str, Array]:
    """The value of each indicator of each customer, NaN where not known.

    Parameters
    ----------
    indicators
        Item -> what it is made of: `column`.
    ids
        Customers, in the order wanted.
    frame
        customer_months.
    month
        Whose rows are looked at.
    worth
        Columns that are not of customer_months, aligned to `ids`.

    >>> months = pl.LazyFrame({"customer_id": ["b", "a"], "month": [date(2024, 6, 1)] * 2, "plan_fee": [9.0, None]})
    >>> about = {"fee": {"column": "plan_fee"}, "earned": {"column": "current_value"}}
    >>> found = indicator_values(about, pl.Series("customer_id", ["a", "b"]), months, date(2024, 6, 1),
    ...     {"current_value": [1.0, 2.0]})
    >>> found["fee"].tolist(), found["earned"].tolist()
    ([nan, 9.0], [1.0, 2.0])
    """
    have = frame.collect_schema()
    columns = sorted({about["column"] for about in indicators.values()} & set(have.names()))
    rows = frame.filter(pl.col("month") == month).select("customer_id", pl.col(columns).cast(pl.Float64))
    wanted = pl.DataFrame({"customer_id": ids}).lazy()
    held = wanted.join(rows, on="customer_id", how="left", maintain_order="left").collect()
    unknown = np.full(len(ids), np.nan)
    found = {}
    for item, about in indicators.items():
        column = about["column"]
        if column in worth:
            found[item] = np.asarray(worth[column], dtype=np.float64)
        else:
            found[item] = held[column].fill_null(np.nan).to_numpy() if column in columns else unknown
    return found
