"""Who could have left, and who did: customer-months by tenure, few enough cells to fit a curve to at any size.

Each row of customer_months is one month of risk at the tenure of that month. A customer first seen at tenure 30
brings no row below it (left truncation); one who is still there brings no leaving (censoring).
"""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from telcli.features.margin import PAY_MODES, whole_tenure
from telcli.methods.staying import Staying, fit_staying
from telcli.methods.survival import LifeTable, entry_cells

__all__ = ["curve", "curves", "fit_labels", "fit_months", "monthly_cells"]

_TENURE = whole_tenure().fill_null(-1)


def monthly_cells(frame: pl.LazyFrame, modes: pl.LazyFrame | None, early: date) -> pl.DataFrame:
    """Count customer-months at risk and leavings by group and tenure.

    Parameters
    ----------
    frame : polars.LazyFrame
        customer_months up to the snapshot.
    modes : polars.LazyFrame or None
        ``customer_id`` and ``group``, as `features.margin.pay_modes` gives them.
    early : date
        Rows up to this month are counted apart, for the back-test.

    Returns
    -------
    Columns ``group`` and ``tenure`` (-1 where not known), ``is_early``, ``at_risk``, ``left``; sorted.
    """
    rows = frame.filter(pl.col("active") | pl.col("left")).select(
        "customer_id", "left", _TENURE, is_early=pl.col("month") <= early
    )
    if modes is not None:
        rows = rows.join(modes, on="customer_id", how="left").with_columns(pl.col("group").fill_null(-1))
    else:
        rows = rows.with_columns(group=pl.lit(-1, dtype=pl.Int64))
    keys = ["group", "tenure", "is_early"]
    return rows.group_by(keys).agg(at_risk=pl.len(), left=pl.col("left").sum()).sort(keys).collect(engine="streaming")


def fit_months(frame: pl.LazyFrame, modes: pl.LazyFrame | None, early: date, least: float) -> tuple[Staying, Staying]:
    """How long customers stay, by all months and by those up to `early`; `least` as in `fit_staying`."""
    cells = monthly_cells(frame, modes, early)
    return _fitted(cells, least), _fitted(cells.filter("is_early"), least)


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


def curves(staying: Staying, as_of: date, months: int) -> pl.DataFrame:
    """survival_groups: a curve for each way of paying that has one of its own; empty where one serves all."""
    found = [
        curve(table, as_of, months).with_columns(pay_mode=pl.lit(PAY_MODES[code]))
        for code, table in sorted(staying.groups.items())
    ]
    empty = curve(staying.constant, as_of, 0).clear().with_columns(pay_mode=pl.lit(None, dtype=pl.String))
    return pl.concat([empty, *found])


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
