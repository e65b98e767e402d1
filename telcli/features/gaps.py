"""Months without a row between a customer's first and last one: nothing happened there, or the row was lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from telcli.errors import Notice
from telcli.features.month_index import index_at
from telcli.features.span import Span

__all__ = ["gaps"]

_LEAST, _MOST = 0.01, 1 / 3
"""Shares of months without a row from which they are told, and up to which most customers have one each month."""
_CUSTOMERS = 200_000
"""Customers that are looked at; of more, as many at even distances."""


def gaps(tables: Mapping[str, pl.LazyFrame], span: Span, customers: int) -> Iterator[Notice]:
    """Say of bills and usage how many customer-months between a customer's first row and last have none.

    Months of which the table has no row at all are told otherwise, and do not count here.

    >>> from datetime import date
    >>> rows = pl.LazyFrame({"customer_id": ["a"] * 3, "month": [date(2024, k, 1) for k in (1, 2, 4)]})
    >>> span = Span(24289, 24292, {"usage": frozenset(range(24289, 24293))})
    >>> [notice.values["gaps"] for notice in gaps({"customers": rows.select("customer_id"), "usage": rows}, span, 1)]
    [1]
    """
    for table, feature in {"bills": "revenue", "usage": "usage"}.items():
        told = sorted(at for at in span.covered.get(feature, ()) if span.first <= at <= span.last)
        if table not in tables or len(told) < 3:
            continue
        missing, months = _counted(tables[table], _some(tables["customers"], customers), told)
        if months and _LEAST <= missing / months <= _MOST:
            yield Notice(
                "rows-missing-between",
                "Between customers' first and last rows of {table}, {gaps} of {months} months ({share}) have none, "
                "while most customers have one each month. Each counts as 0, as though nothing was billed or used: if "
                "rows were lost, revenue and use seem to fall there. Ingest them, and these months are made anew.",
                {"table": table, "gaps": missing, "months": months, "share": f"{missing / months:.1%}"},
            )


def _some(customers: pl.LazyFrame, count: int) -> pl.LazyFrame | None:
    """Some of very many customers; None stands for all."""
    return customers.select("customer_id").gather_every(-(-count // _CUSTOMERS)) if count > _CUSTOMERS else None


def _counted(rows: pl.LazyFrame, some: pl.LazyFrame | None, told: list[int]) -> tuple[int, int]:
    """Months without a row between a customer's first and last one, and all from the first to the last."""
    place = pl.DataFrame({"at": told}, schema={"at": pl.Int32}).with_row_index("place").lazy()
    found = rows.select("customer_id", at=index_at(pl.col("month")).cast(pl.Int32))
    if some is not None:
        found = found.join(some, on="customer_id", how="semi")
    own = (
        found.join(place, on="at")
        .group_by("customer_id")
        .agg(held=pl.col("place").n_unique(), last=pl.col("place").max(), first=pl.col("place").min())
        .select(pl.col("held").sum(), months=(pl.col("last") - pl.col("first") + 1).sum())
    )
    held, months = own.collect(engine="streaming").row(0)
    return int(months - held), int(months)
