"""How plan fees step from one month to the next: plans changed, lines added and given up, by kind of customer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.features.ranges import of_customers

__all__ = [
    "FEE_BANDS",
    "KINDS",
    "PAYING",
    "STANDINGS",
    "TENURE_BANDS",
    "WINDOW",
    "fee_matrix",
    "kinds",
    "standing",
    "steps",
    "tenure_before",
]

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
WINDOW = 12
"""Steps of so many months back tell what comes."""
TENURE_BANDS = ("unknown", "first-year", "second-third-year", "later")
FEE_BANDS = ("low", "mid", "high")
PAYING = ("unknown", "postpaid", "prepaid")
STANDINGS = len(PAYING) * len(TENURE_BANDS)
KINDS = STANDINGS * len(FEE_BANDS)
_FEW = 0.02
"""Share of steps, the longest of those that are not nil, that is pulled in: one fleet would else stand for its kind."""


def fee_matrix(frame: pl.LazyFrame, months: Sequence[date], ids: pl.Series) -> Array | None:
    """Plan fees of all live lines, customers (in the order of `ids`) x months; NaN where not known or not there.

    None where customer_months tells no fees.
    """
    if "plan_fee" not in frame.collect_schema():
        return None
    at = pl.col("month")
    fee = pl.when(pl.col("active")).then(pl.col("plan_fee").cast(pl.Float64))
    picked = [pl.when(at == month).then(fee).max().alias(f"fee_{place}") for place, month in enumerate(months)]
    rows = frame.filter(at.is_between(months[0], months[-1])).group_by("customer_id").agg(picked)
    matrix: Array = of_customers(rows, ids).to_numpy()
    return matrix if np.isfinite(matrix).any() else None


def tenure_before(tenure: Whole, back: int | Whole) -> Whole:
    """Tenure so many months earlier, 0 at the least; -1 where it is not known.

    >>> tenure_before(np.array([-1, 2, 30]), 6).tolist()
    [-1, 0, 24]
    """
    found: Whole = np.where(tenure < 0, -1, np.maximum(tenure - back, 0))
    return found


def standing(tenure: Whole, group: Whole) -> Whole:
    """The standing of each customer, 0 .. STANDINGS - 1: way of paying and time since joining; as for `kinds`.

    >>> standing(np.array([-1, 11, 12, 40]), np.array([-1, 0, 0, 1])).tolist()
    [0, 5, 6, 11]
    """
    band = np.where(tenure < 0, 0, 1 + np.searchsorted([12, 36], np.maximum(tenure, 0), side="right"))
    found: Whole = (group + 1) * len(TENURE_BANDS) + band
    return found


def kinds(fee: Array, tenure: Whole, group: Whole, bounds: Array) -> Whole:
    """The kind of each customer in a month, 0 .. KINDS - 1: way of paying, tenure and level of fee; -1 without a fee.

    `tenure` is in whole months (negative: not known), `group` a place in PAY_MODES (-1: not known), `bounds` the two
    fees between the three levels.
    """
    level = np.searchsorted(bounds, fee, side="right")
    code = standing(tenure, group) * len(FEE_BANDS) + level
    found: Whole = np.where(np.isfinite(fee), code, -1)
    return found


def steps(fees: Array, tenure: Whole, group: Whole) -> tuple[dict[str, Array], Array]:
    """Steps of the last WINDOW months up to the last column, counted by kind.

    Parameters
    ----------
    fees : array of shape (customers, months)
        The last month is that of the snapshot. Who has left since belongs among them: who steps down is often about to
        leave, and those still here alone would tell of too few steps.
    tenure, group : arrays of shape (customers,)
        At the snapshot, had they all stayed; see `kinds`.

    Returns
    -------
    Arrays of length KINDS: ``count`` of steps; of those upwards and downwards ``up`` and ``down``, ``up_total`` and
    ``down_total`` in money, and the sums of their squares ``up_squares`` and ``down_squares``; and the bounds of fees.
    """
    start, end = fees[:, -WINDOW - 1 : -1], fees[:, -WINDOW - 1 :][:, 1:]
    both = np.isfinite(start) & np.isfinite(end)
    known = start[np.isfinite(start)]
    bounds = np.quantile(known, [1 / 3, 2 / 3]) if known.size else np.zeros(2)
    count, code = np.zeros(KINDS), np.full(start.shape, -1, dtype=np.int16)
    for place in range(start.shape[1]):
        # A month at a time: codes of all months at once are many times the size of the fees.
        then = tenure_before(tenure, start.shape[1] - place)
        code[:, place] = kinds(start[:, place], then, group, bounds)
        count += np.bincount(code[both[:, place], place], minlength=KINDS)
    # Of a million customers' steps nearly all are nil, and add nothing to what is told of the others.
    moved = both & (start != end)
    step, kind = (end - start)[moved], code[moved]
    if len(step):
        reach = float(np.quantile(np.abs(step), 1.0 - _FEW))
        step = np.clip(step, -reach, reach)
    told = {"count": count}
    for name, part in (("up", np.maximum(step, 0.0)), ("down", np.minimum(step, 0.0))):
        sums = {name: part != 0, f"{name}_total": part, f"{name}_squares": part**2}
        told |= {each: np.bincount(kind, of.astype(float), KINDS).astype(float) for each, of in sums.items()}
    return told, bounds
