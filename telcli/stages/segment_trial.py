"""An earlier month to try segments on: its customers as they were known then, and what became of them since.

A month some way back is prepared from what was known by then, and measured on the months after it: who left, and what
those customers brought. Where there is one month alone, a flat table's own label takes the place of the future.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.features.behaviour import usual_columns
from telcli.features.churn_snapshots import label_rows, overwritten_columns
from telcli.features.known_then import known_then
from telcli.features.month_index import add_months, month_index
from telcli.methods.clustering import Floats
from telcli.methods.preparation import BehaviourPreparation
from telcli.settings import SegmentSettings
from telcli.stages.segment_count import Segmented
from telcli.stages.segment_people import behaviour_at
from telcli.tables import contract

__all__ = ["Trial", "trial"]

_FEWEST_ROWS = 30


@dataclass(frozen=True)
class Trial:
    """The customers of an earlier month, and what came after, up to the snapshot.

    Parameters
    ----------
    month, last : of the customers, and the last whose outcome counts; the same where a label stands for the future.
    prepared : their behaviour, of columns that were known then.
    revenue : of then; NaN where not known.
    churned : 1 who left after the month, 0 who did not; NaN where not known.
    value : revenue a month since then, of months known of the customer, those after leaving as nothing; NaN where none.
    left_out : columns that stand in the extract as they are today, and would tell what happened.
    """

    month: date
    last: date
    customers: pl.Series
    prepared: Floats
    revenue: NDArray[np.float64]
    churned: NDArray[np.float64]
    value: NDArray[np.float64]
    left_out: tuple[str, ...] = ()


def trial(tables: Mapping[str, pl.LazyFrame], now: Segmented, settings: SegmentSettings) -> Trial | None:
    """Go back `evaluation_months`, or as far as history reaches; None where nothing comes after any month."""
    months = contract("customer_months").conform(tables["customer_months"]).filter(pl.col("month") <= now.as_of)
    first = months.select(pl.col("month").min()).collect(engine="streaming").item()
    span = month_index(now.as_of) - month_index(first)
    back = min(settings.evaluation_months, span)
    if span < 1:
        return _labelled(now)
    if back < 1:
        return None
    month = add_months(now.as_of, -back)
    columns = usual_columns(months, month)
    stale = overwritten_columns(columns) - known_then(tables, [month])
    kept = [name for name in columns if name not in stale]
    then = behaviour_at(tables, month, kept)
    if len(then.customers) < _FEWEST_ROWS:
        return None
    outcome = _outcomes(months, month, back, then.customers)
    prepared = BehaviourPreparation().fit(then.values).transform(then.values)
    return Trial(month, now.as_of, then.customers, prepared, then.revenue, *outcome, left_out=tuple(sorted(stale)))


def _labelled(now: Segmented) -> Trial | None:
    """The customers of today by a flat table's label."""
    people = now.people
    if people.churned is None:
        return None
    unknown = np.full(len(people.churned), np.nan)
    customers = people.frame["customer_id"]
    return Trial(now.as_of, now.as_of, customers, now.prepared, people.revenue, people.churned, unknown)


def _outcomes(
    months: pl.LazyFrame, month: date, back: int, customers: pl.Series
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Who left in the months since, and revenue a month of them; in the order of customers."""
    left = label_rows(months, (month,), gap=0, outcome=back).select("customer_id", "churned")
    both = pl.DataFrame({"customer_id": customers}).join(left, on="customer_id", how="left", maintain_order="left")
    spent = _spent(months.filter(pl.col("month") > month))
    both = both.join(spent, on="customer_id", how="left", maintain_order="left")
    churned, value = (both[name].cast(pl.Float64).fill_null(np.nan).to_numpy() for name in ("churned", "value"))
    return churned, value


def _spent(later: pl.LazyFrame) -> pl.DataFrame:
    """customer_id and revenue a month, of the months in which it is known of the customer.

    From leaving on, a month in which anybody was billed and the customer was not is one of nothing: a bill that is not
    loaded yet is not.
    """
    bills = later.filter(pl.col("revenue").is_not_null()).select("customer_id", "month", "revenue")
    went = later.filter(pl.col("left")).group_by("customer_id").agg(since=pl.col("month").min())
    after = went.join(bills.select("month").unique(), how="cross").filter(pl.col("month") >= pl.col("since"))
    nothing = after.join(bills, on=["customer_id", "month"], how="anti").select("customer_id", "month", revenue=0.0)
    each = pl.concat([bills.with_columns(pl.col("revenue").cast(pl.Float64)), nothing]).group_by("customer_id")
    return each.agg(value=pl.col("revenue").sort().sum() / pl.len()).collect(engine="streaming")
