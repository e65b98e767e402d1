"""Who could have left, and who did: customer-months by tenure, few enough cells to fit a curve to at any size.

Each row of customer_months is one month of risk at the tenure of that month. A customer first seen at tenure 30
brings no row below it (left truncation); one who is still there brings no leaving (censoring).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl

from telcli.features.margin import PAY_MODES, whole_tenure
from telcli.methods.staying import LEAVERS_NEEDED, Staying, fit_staying, table_of
from telcli.methods.survival import LifeTable, entry_cells

__all__ = ["curve", "curves", "fit_labels", "fit_months", "fit_segments", "monthly_cells"]

_TENURE = whole_tenure().fill_null(-1)


def monthly_cells(frame: pl.LazyFrame, modes: pl.LazyFrame | None, marks: Sequence[date]) -> pl.DataFrame:
    """Count customer-months at risk and leavings by group and tenure.

    Parameters
    ----------
    frame : polars.LazyFrame
        customer_months up to the snapshot.
    modes : polars.LazyFrame or None
        ``customer_id`` and ``group``, as `features.margin.pay_modes` gives them.
    marks : sequence of date
        Months that parts of history end with, for tests on the months after.

    Returns
    -------
    Columns ``group`` and ``tenure`` (-1 where not known), ``after`` (how many marks the months come after),
    ``at_risk``, ``left``; sorted.
    """
    after = pl.sum_horizontal(pl.lit(0), *((pl.col("month") > mark).cast(pl.Int64) for mark in marks))
    rows = frame.filter(pl.col("active") | pl.col("left")).select("customer_id", "left", _TENURE, after=after)
    if modes is not None:
        rows = rows.join(modes, on="customer_id", how="left").with_columns(pl.col("group").fill_null(-1))
    else:
        rows = rows.with_columns(group=pl.lit(-1, dtype=pl.Int64))
    keys = ["group", "tenure", "after"]
    return rows.group_by(keys).agg(at_risk=pl.len(), left=pl.col("left").sum()).sort(keys).collect(engine="streaming")


def fit_months(
    frame: pl.LazyFrame, modes: pl.LazyFrame | None, marks: Sequence[date], least: float
) -> tuple[Staying, ...]:
    """How long customers stay, by all months, then by those up to each mark, the latest first; `least` as in
    `fit_staying`.
    """
    cells = monthly_cells(frame, modes, marks)
    return tuple(_fitted(cells.filter(pl.col("after") <= part), least) for part in range(len(marks), -1, -1))


def fit_segments(frame: pl.LazyFrame, before: pl.LazyFrame | None, least: float) -> list[tuple[str, LifeTable]]:
    """A life table for each segment that customers were in at an earlier month, by the months since then.

    Segments of today would not do: nobody who left is in one.

    Parameters
    ----------
    frame : polars.LazyFrame
        customer_months up to the snapshot.
    before : polars.LazyFrame or None
        segments_before: customer_id, month, segment_name.
    least : float
        Customer-months a pool of tenures must hold.
    """
    if before is None:
        return []
    rows = frame.filter(pl.col("active") | pl.col("left"))
    known = before.select("customer_id", "segment_name", since="month")
    cells = (
        rows.select("customer_id", "month", "left", _TENURE)
        .join(known, on="customer_id")
        .filter(pl.col("month") > pl.col("since"), pl.col("tenure") >= 0)
        .group_by("segment_name", "tenure")
        .agg(at_risk=pl.len(), left=pl.col("left").sum())
        .sort("segment_name", "tenure")
        .collect(engine="streaming")
    )
    found = []
    for (name,), mine in cells.group_by("segment_name", maintain_order=True):
        if mine["left"].sum() >= LEAVERS_NEEDED:
            tenure, at_risk, left = (mine[column].to_numpy() for column in ("tenure", "at_risk", "left"))
            found.append((str(name), table_of(tenure, at_risk, left, least)))
    return found


def fit_labels(frame: pl.LazyFrame, customers: pl.LazyFrame | None, watched: int, least: float) -> Staying:
    """How long customers stay, by a flat table: tenure now or at leaving, and the label.

    Customers without a label or a tenure tell nothing. Where nobody tells anything, everybody stays.

    Parameters
    ----------
    frame : polars.LazyFrame
        customer_months, of one month.
    customers : polars.LazyFrame or None
        With the label ``churned``.
    watched : int
        As in `methods.survival.entry_cells`.
    least : float
        As in `fit_staying`.
    """
    if customers is None or "churned" not in customers.collect_schema():
        return fit_staying([-1], [-1], [1.0], [0.0], least)
    labels = customers.filter(pl.col("churned").is_not_null()).select("customer_id", "churned")
    joined = frame.select("customer_id", _TENURE).join(labels, on="customer_id")
    stays = joined.filter(pl.col("tenure") >= 0).select("tenure", "churned").collect(engine="streaming")
    if not stays.height:
        return fit_staying([-1], [-1], [1.0], [0.0], least)
    at_risk, left = entry_cells(stays["tenure"].to_numpy(), stays["churned"].to_numpy(), watched)
    return fit_staying(np.full(len(at_risk), -1), np.arange(len(at_risk)), at_risk, left, least)


def _fitted(cells: pl.DataFrame, least: float) -> Staying:
    group, tenure, at_risk, left = (cells[name].to_numpy() for name in ("group", "tenure", "at_risk", "left"))
    return fit_staying(group, tenure, at_risk, left, least)


def curves(staying: Staying, segments: Sequence[tuple[str, LifeTable]], as_of: date, months: int) -> pl.DataFrame:
    """survival_groups: a curve for each way of paying and segment that has one of its own; else empty."""
    found = [("pay-mode", PAY_MODES[code], table) for code, table in sorted(staying.groups.items())]
    found += [("segment", name, table) for name, table in segments]
    empty = curve(staying.constant, as_of, 0).clear().with_columns(_grouped(None, None))
    made = (curve(table, as_of, months).with_columns(_grouped(kind, name)) for kind, name, table in found)
    return pl.concat([empty, *made])


def _grouped(kind: str | None, name: str | None) -> list[pl.Expr]:
    return [pl.lit(kind, dtype=pl.String).alias("kind"), pl.lit(name, dtype=pl.String).alias("group")]


def curve(table: LifeTable, as_of: date, months: int) -> pl.DataFrame:
    """survival_curve: the life table, carried on with its tail hazard up to `months` where it is shorter.

    The ends of its range are 95% intervals; beyond the table there are none.
    """
    more = max(months + 1 - len(table.hazard), 0)
    hazard = np.append(table.hazard, np.full(more, table.tail_hazard))
    none, unknown = np.zeros(more), np.full(more, np.nan)
    low, high = (np.append(end, unknown) for end in table.interval())
    return pl.DataFrame(
        {
            "as_of": pl.Series([as_of], dtype=pl.Date).new_from_index(0, len(hazard)),
            "tenure_month": pl.Series(range(len(hazard)), dtype=pl.Int64),
            "at_risk": np.append(table.at_risk, none),
            "left": np.append(table.left, none),
            "hazard": hazard,
            "survival": np.cumprod(1.0 - hazard),
            "survival_low": pl.Series(low).fill_nan(None),
            "survival_high": pl.Series(high).fill_nan(None),
        }
    )
