"""Incremental value: what plans changed and lines added will bring within the horizon, as customers alike did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.errors import Notice
from telcli.features.fee_steps import FEE_BANDS, PAYING, TENURE_BANDS, kinds, steps
from telcli.methods.shrinking import shrunk_means

__all__ = ["Growth", "grown", "growth_table", "unknown"]

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
MONTHS_NEEDED = 4
_SCHEMA = {
    **dict.fromkeys(("pay_mode", "tenure_band", "fee_band"), pl.String),
    "customer_months": pl.Int64,
    **dict.fromkeys(("fee_from", "up_share", "mean_up", "up_used", "down_share", "mean_down", "down_used"), pl.Float64),
}


@dataclass(frozen=True)
class Growth:
    """What plan fees grow and shrink by.

    Parameters
    ----------
    up, down : arrays of shape (customers here,), margin a month that each month adds (>= 0) and takes away (<= 0); 0
        without a fee.
    rows : value_growth, without the snapshot's month.
    """

    up: Array
    down: Array
    rows: pl.DataFrame


def grown(
    fees: Array | None, standing: tuple[Whole, Whole], here: NDArray[np.bool_], margin_share: float
) -> Growth | None:
    """Growth of margin of customers who are here, from the steps of fees of all of their kind, who left included.

    None where fees or months do not tell.

    Parameters
    ----------
    fees : array of shape (everybody, months) or None
        Up to the month that values are made of; see `features.fee_steps`.
    standing : pair of arrays of shape (everybody,)
        Tenure and way of paying in that month; the tenure of who has left is what it would have come to.
    here : array of shape (everybody,)
        Who is there in that month: `Growth` is of these.
    margin_share : float
        Margin over revenue: what is left of a fee.
    """
    if fees is None or fees.shape[1] < MONTHS_NEEDED:
        return None
    told, bounds = steps(fees, *standing)
    if not told["count"].any():
        return None
    used = {way: shrunk_means(told["count"], told[f"{way}_total"], told[f"{way}_squares"]) for way in ("up", "down")}
    tenure, group = (each[here] for each in standing)
    mine = kinds(fees[here, -1], tenure, group, bounds)
    up, down = (np.where(mine >= 0, each[mine], 0.0) * margin_share for each in used.values())
    return Growth(up, down, _rows(told, used, bounds))


def _rows(told: dict[str, Array], used: dict[str, Array], bounds: Array) -> pl.DataFrame:
    floors = (0.0, *bounds.tolist())
    made = []
    for kind in np.flatnonzero(told["count"]).tolist():
        rest, level = divmod(kind, len(FEE_BANDS))
        paying, band = divmod(rest, len(TENURE_BANDS))
        seen = float(told["count"][kind])
        names = (PAYING[paying], TENURE_BANDS[band], FEE_BANDS[level])
        ways = [(told[way][kind] / seen, told[f"{way}_total"][kind] / seen, used[way][kind]) for way in used]
        made.append((*names, int(seen), floors[level], *(round(float(each), 6) for way in ways for each in way)))
    return pl.DataFrame(made, schema=_SCHEMA, orient="row")


def growth_table(found: Growth | None, as_of: date) -> pl.LazyFrame:
    """value_growth; empty where growth is not known."""
    rows = found.rows if found else pl.DataFrame(schema=_SCHEMA)
    return rows.lazy().with_columns(as_of=pl.lit(as_of))


def unknown(*, products: bool) -> Notice:
    """That plan fees do not tell of growth; `products` is whether incremental value is of products alone, or empty."""
    needed = {"needed": MONTHS_NEEDED}
    if products:
        template = (
            "Incremental value is of products alone: growth of plans takes plan fees of {needed} months, which "
            "customer_months does not tell."
        )
        return Notice("value-incremental-products-only", template, needed)
    template = (
        "Incremental value is not known: it takes plan fees of {needed} months, which customer_months does not tell; "
        "it is empty, and not in lifetime value."
    )
    return Notice("value-no-incremental", template, needed)
