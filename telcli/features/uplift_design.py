"""The numbers that an uplift model reads of a customer at a plan's month: the same when planned and when evaluated.

Only what was known before the plan chose anybody: its grid, risk and reasons, and that month of customer_months. What
the plan decided (offer aside, which the model is told), and what came of it, is not among them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.tables.results import CHURN_THEMES, LIFECYCLE_STAGES

__all__ = ["NAMES", "design"]

_NUMBERS = ("churn_probability", "worth")
_BANDS = {"value_band": ("low", "mid", "high"), "risk_band": ("low", "medium", "high")}
_GROUPS = {"theme": CHURN_THEMES, "lifecycle_stage": LIFECYCLE_STAGES}
_MONTHLY = (
    *("tenure_months", "contract_months_left", "bundle_lines", "products_held", "plan_fee"),
    *("revenue_mean_3", "revenue_change_3", "over_bundle_fee", "discount_share", "months_in_arrears_6"),
    *("call_minutes_mean_3", "call_minutes_change_3", "data_mb_mean_3", "data_mb_change_3", "active_days"),
    *("voice_saturation", "data_saturation", "complaints_sum_6", "contacts_sum_3", "months_since_complaint"),
    *("off_net_share", "competitor_contacts", "campaigns_received", "campaigns_accepted"),
)
NAMES = (
    *_NUMBERS,
    *_BANDS,
    *(f"{column}={value}" for column, values in _GROUPS.items() for value in values),
    *_MONTHLY,
)
"""Columns of the matrix, always these, in this order."""


def design(plan_rows: pl.DataFrame, months: pl.LazyFrame) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Customers x `NAMES`, in the order of `plan_rows`; NaN where a column or a customer's month is not known.

    Parameters
    ----------
    plan_rows : frame
        Rows of retention_plan, or those to be planned, with customer_id, as_of and what there is of its columns;
        several months may stand together.
    months : frame
        customer_months.

    A band is 0 (low) to 2 (high); a theme or a stage is a column each, 1 where it is the customer's.

    >>> from datetime import date
    >>> rows = pl.DataFrame({"customer_id": ["a"], "as_of": [date(2024, 6, 1)], "risk_band": ["high"]})
    >>> months = pl.LazyFrame({"customer_id": ["a"], "month": [date(2024, 6, 1)], "plan_fee": [59.0]})
    >>> matrix, names = design(rows, months)
    >>> [matrix[0, names.index(name)].item() for name in ("risk_band", "plan_fee", "worth")]
    [2.0, 59.0, nan]
    """
    have = set(plan_rows.columns)
    parts: list[pl.Expr] = [_number(name, have) for name in _NUMBERS]
    parts += [_band(name, values, have) for name, values in _BANDS.items()]
    parts += [part for name, values in _GROUPS.items() for part in _marks(name, values, have)]
    own = plan_rows.select(parts)
    known = months.collect_schema().names()
    wanted = [name for name in _MONTHLY if name in known]
    keys = plan_rows.select("customer_id", pl.col("as_of").alias("month")).with_row_index("place")
    facts = months.select("customer_id", "month", *wanted).join(keys.lazy(), on=["customer_id", "month"], how="inner")
    told = keys.select("place").join(facts.collect(engine="streaming"), on="place", how="left").sort("place")
    monthly = told.select(_number(name, set(wanted)) for name in _MONTHLY)
    matrix = np.hstack([own.to_numpy(), monthly.to_numpy()]).astype(np.float64)
    matrix[~np.isfinite(matrix)] = np.nan
    return matrix, NAMES


def _number(name: str, have: set[str]) -> pl.Expr:
    found = pl.col(name).cast(pl.Float64) if name in have else pl.lit(None, pl.Float64)
    return found.fill_null(float("nan")).alias(name)


def _band(name: str, values: Sequence[str], have: set[str]) -> pl.Expr:
    if name not in have:
        return _number(name, have)
    codes = [float(code) for code in range(len(values))]
    code = pl.col(name).cast(pl.String).replace_strict(list(values), codes, default=None, return_dtype=pl.Float64)
    return code.fill_null(float("nan")).alias(name)


def _marks(name: str, values: Sequence[str], have: set[str]) -> Iterator[pl.Expr]:
    for value in values:
        mark = pl.col(name) == value if name in have else pl.lit(None, pl.Boolean)
        yield mark.cast(pl.Float64).fill_null(float("nan")).alias(f"{name}={value}")
