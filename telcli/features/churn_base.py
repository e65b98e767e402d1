"""Who was a customer at the start of some months, and who of them left in these months."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from telcli.features.churn_labels import LabelWindow, label_rows, labelled
from telcli.features.churn_leavings import Definition, Departed, departed
from telcli.features.month_index import add_months, month_index
from telcli.tables import contract

__all__ = ["Base", "Walk", "base_before", "base_of", "labelled_base", "months_of", "walk"]

_MONTHLY = ("tenure_months", "contract_months_left", "numbers_held", "services_held")
_KEY = ["customer_id", "month"]


@dataclass(frozen=True)
class Walk:
    """Everybody's months by the operator's own definition of leaving.

    At the levels of accounts and numbers a customer leaves when one of them ends, and may be here all the same and
    leave again.

    Parameters
    ----------
    months : rows of customer_months in which a customer is here (`here`) or leaves (`left`, with its `kind`). Who
        leaves for good in a way that does not count has no row in that month.
    gone : customer_id, month, kind and counts of each leaving, one a month.
    found : what leavings are told by; `returns` months of a return undo one.
    """

    months: pl.LazyFrame
    gone: pl.LazyFrame
    found: Departed
    returns: int


@dataclass(frozen=True)
class Base:
    """Customers at the end of the month `since`, and which of them left in the `months` after it.

    Parameters
    ----------
    since : that month; of a labelled table the month of the table, and `months` is None.
    frame : customer_id, `left`, `revenue_usual` (mean of the known of the last 3 months) and what the month says of
        tenure, contract, lines and services.
    """

    since: date
    months: int | None
    frame: pl.LazyFrame


def walk(tables: Mapping[str, pl.LazyFrame], definition: Definition) -> Walk:
    """Everybody's months, see `Walk`; tables are customer_months and, where there is one, subscriptions."""
    found = departed(tables, definition)
    last = found.gone.select(*_KEY, last=pl.lit(value=True))
    ends = found.ends.sort("counts", "kind", descending=[True, False]).unique(_KEY, keep="first", maintain_order=True)
    rows = months_of(tables).join(ends, on=_KEY, how="left").join(last, on=_KEY, how="left")
    counts = pl.col("counts").fill_null(value=False)
    here = pl.col("active") & ~pl.col("left") & pl.col("last").is_null()
    if definition.by_silence:
        alive = found.alive.select(*_KEY, alive=pl.lit(value=True))
        rows, here = rows.join(alive, on=_KEY, how="left"), here & pl.col("alive").fill_null(value=False)
    told = rows.with_columns(here=here, left=counts).filter(pl.col("here") | pl.col("left"))
    return Walk(told.drop("active", "counts", "last"), ends, found, definition.return_months)


def base_of(told: Walk, first: date, as_of: date, months: int) -> Base:
    """The base of the last `months` months, or of as many as the history `first` .. `as_of` can tell, at least one.

    >>> may, june = date(2024, 5, 1), date(2024, 6, 1)
    >>> rows = {"customer_id": ["a", "b", "a", "b"], "month": [may, may, june, june],
    ...     "active": [True, True, True, False], "left": [False, False, False, True]}
    >>> told = walk({"customer_months": pl.LazyFrame(rows)}, Definition())
    >>> found = base_of(told, may, june, 3)
    >>> found.since, found.months, found.frame.select("customer_id", "left").sort("customer_id").collect().rows()
    (datetime.date(2024, 5, 1), 1, [('a', False), ('b', True)])
    """
    return _base(told, as_of, max(min(months, month_index(as_of) - month_index(first)), 1))


def base_before(told: Walk, first: date, base: Base) -> Base | None:
    """The base of as many months just before, where the history reaches back so far."""
    if base.months is None or add_months(base.since, -base.months) < first:
        return None
    return _base(told, base.since, base.months)


def labelled_base(tables: Mapping[str, pl.LazyFrame], as_of: date) -> Base:
    """Customers of a month whom a label `churned` tells, where no month tells who left later."""
    labels = contract("customers").conform(tables["customers"]).select("customer_id", left="churned").drop_nulls()
    there = months_of(tables).filter(pl.col("month") == as_of)
    return Base(as_of, None, there.select("customer_id", *_said()).join(labels, on="customer_id"))


def months_of(tables: Mapping[str, pl.LazyFrame], *more: str) -> pl.LazyFrame:
    """customer_months with the columns that tell who left, and `more` of them; null where they are not there."""
    frame = tables["customer_months"]
    wanted = ("customer_id", "month", "active", "left", "revenue", "revenue_mean_3", *_MONTHLY, *more)
    have = frame.collect_schema()
    known = contract("customer_months").conform(frame.select(name for name in wanted if name in have))
    return known.select(wanted)


def _base(told: Walk, last: date, months: int) -> Base:
    since = add_months(last, -months)
    # as the model's labels are made: who left in a way that does not count neither stayed nor churned
    labels = label_rows(labelled(told.found, (since,), LabelWindow(0, months, told.returns)))
    here = told.months.filter(pl.col("month") == since, pl.col("here")).select("customer_id", *_said())
    return Base(since, months, here.join(labels.lazy().select("customer_id", left="churned"), on="customer_id"))


def _said() -> list[pl.Expr]:
    return [pl.coalesce("revenue_mean_3", "revenue").alias("revenue_usual"), *map(pl.col, _MONTHLY)]
