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
from telcli.features.churn_labels import LabelWindow, label_rows, labelled
from telcli.features.churn_leavings import Definition, departed
from telcli.features.churn_snapshots import overwritten_columns
from telcli.features.earnings import earnings
from telcli.features.known_then import known_then
from telcli.features.margin_parts import Rates
from telcli.features.month_index import add_months, month_index
from telcli.methods.clustering import Floats
from telcli.methods.preparation import BehaviourPreparation
from telcli.settings import SegmentSettings
from telcli.stages.segment_count import Segmented
from telcli.stages.segment_people import behaviour_at
from telcli.tables import contract
from telcli.tables.by_size import by_size

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
    churned : 1 who left after the month, 0 who did not; NaN where not known, and of everybody where no leaving is on
        record in any month: nothing tells then who leaves.
    value : money a month since then, of months known of the customer, those after leaving as nothing; NaN where none.
    measure : the money that value is: margin where any cost is set, else revenue.
    left_out : columns that stand in the extract as they are today, and would tell what happened.
    """

    month: date
    last: date
    customers: pl.Series
    prepared: Floats
    revenue: NDArray[np.float64]
    churned: NDArray[np.float64]
    value: NDArray[np.float64]
    measure: str = "revenue"
    left_out: tuple[str, ...] = ()


def trial(tables: Mapping[str, pl.LazyFrame], now: Segmented, settings: SegmentSettings, rates: Rates) -> Trial | None:
    """Go back `evaluation_months`, or as far as history reaches; None where nothing comes after any month.

    `rates` are those of score-value.
    """
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
    spent = _spent(months, month, back, rates if rates.priced else None)
    outcome = _outcomes(months, month, back, then.customers, spent)
    prepared = BehaviourPreparation().fit(then.values).transform(then.values)
    measure = "margin" if rates.priced else "revenue"
    return Trial(month, now.as_of, then.customers, prepared, then.revenue, *outcome, measure, tuple(sorted(stale)))


def _labelled(now: Segmented) -> Trial | None:
    """The customers of today by a flat table's label."""
    people = now.people
    if people.churned is None:
        return None
    unknown = np.full(len(people.churned), np.nan)
    customers = people.frame["customer_id"]
    return Trial(now.as_of, now.as_of, customers, now.prepared, people.revenue, people.churned, unknown)


def _outcomes(
    months: pl.LazyFrame, month: date, back: int, customers: pl.Series, spent: pl.DataFrame
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Who left in the months since, and money a month of them; in the order of customers."""
    found = departed({"customer_months": months}, Definition())
    left = label_rows(labelled(found, (month,), LabelWindow(gap=0, outcome=back))).select("customer_id", "churned")
    both = pl.DataFrame({"customer_id": customers}).join(left, on="customer_id", how="left", maintain_order="left")
    both = both.join(spent, on="customer_id", how="left", maintain_order="left")
    churned, value = (both[name].cast(pl.Float64).fill_null(np.nan).to_numpy() for name in ("churned", "value"))
    if not months.select(pl.col("left").any()).collect(engine="streaming").item():
        churned = np.full(len(churned), np.nan)
    return churned, value


def _spent(months: pl.LazyFrame, month: date, back: int, rates: Rates | None) -> pl.DataFrame:
    """customer_id and `value`, revenue or, by `rates`, margin a month, of the months in which it is known.

    They are the `back` months after `month`. From leaving on, a month in which anybody was billed and the customer was
    not is one of nothing: a bill that is not loaded yet is not.
    """
    later = months.filter(pl.col("month") > month)
    bills = later.filter(pl.col("revenue").is_not_null()).select("customer_id", "month", "revenue")
    went = later.filter(pl.col("left")).group_by("customer_id").agg(since=pl.col("month").min())
    after = went.join(bills.select("month").unique(), how="cross").filter(pl.col("month") >= pl.col("since"))
    nothing = after.join(bills, on=["customer_id", "month"], how="anti").select("customer_id", "month", revenue=0.0)
    if rates is not None:
        earned = earnings(
            months,
            add_months(month, back),
            rates=rates,
            mean_months=back,
            losing_months=back,
            losing_at=0.0,
        )
        gone = nothing.group_by("customer_id").agg(gone=pl.len())
        known = pl.col("margin_known").fill_null(0)
        total = known + pl.col("gone").fill_null(0)
        both = earned.join(gone, on="customer_id", how="full", coalesce=True)
        value = pl.when(total > 0).then(pl.col("margin").fill_null(0.0) * known / total)
        return both.select("customer_id", value=value).collect(engine="streaming")
    each = pl.concat([bills.with_columns(pl.col("revenue").cast(pl.Float64)), nothing]).group_by("customer_id")
    return each.agg(value=pl.col("revenue").pipe(by_size).sum() / pl.len()).collect(engine="streaming")
