"""Incremental value of products: what customers alike took up and gave up, on top of what plan fees grow by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.errors import Notice
from telcli.features.exact import UNITS
from telcli.features.fee_steps import STANDINGS
from telcli.features.month_index import month_index
from telcli.features.product_steps import Holdings, Moves, holdings, moves, standing_at
from telcli.methods.shrinking import shrunk_means
from telcli.methods.uptake import changed
from telcli.tables.value_view_results import PRODUCT_COUNTED

__all__ = ["Money", "Uptake", "products_notices", "products_table", "products_told", "taken_up"]

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
COUNTED, INSIDE, NO_FEE = PRODUCT_COUNTED
_CHANGES_NEEDED = 10
"""Fewer steps of one product do not tell by themselves whether plan fees hold its fee: all products together do."""
_TAKEN_NEEDED = 30
"""So many products taken up and none given up are odd."""
_SCHEMA = {
    "product_id": pl.String,
    **dict.fromkeys(("holders", "eligible", "customer_months", "taken"), pl.Int64),
    **dict.fromkeys(("take_up", "take_up_used"), pl.Float64),
    **dict.fromkeys(("holder_months", "given_up"), pl.Int64),
    **dict.fromkeys(("give_up", "give_up_used", "monthly_fee", "margin_a_month", "in_plan_fee"), pl.Float64),
    "counted": pl.String,
    **dict.fromkeys(("expected_margin", "expected_loss"), pl.Float64),
}


@dataclass(frozen=True)
class Money:
    """What products bring within the horizon: by customer ``more`` (>= 0) and ``less`` (<= 0), and value_products."""

    more: Array
    less: Array
    rows: pl.DataFrame


@dataclass(frozen=True)
class Uptake:
    """How products are taken up and given up, and by whom they are held.

    Parameters
    ----------
    found, told : what is held, and what was counted.
    take, drop : arrays of shape (products, STANDINGS), chances of a month, few customers pulled towards all.
    fee : array of shape (products,), money a month; NaN where not known.
    counted : one of PRODUCT_COUNTED by product.
    margin_share : what is left of a fee.
    kind, mask : arrays of shape (customers here,): standing, and kinds of service held.
    now : what they hold: ``place`` (among them), ``product``, ``fee`` (ten-thousandths; null where not known).
    """

    found: Holdings
    told: Moves
    take: Array
    drop: Array
    fee: Array
    counted: list[str]
    margin_share: float
    kind: Whole
    mask: Whole
    now: pl.DataFrame

    def money(self, ahead: Callable[[int], Array], horizon: int) -> Money:
        """What is expected of products that are not held (`more`), and lost of those that are (`less`).

        more_i = sum over t = 1..H of w_it sum over j of f_j p_jt, p the chance of holding j by month t (`changed`), of
        each product j that customer i could take up and does not hold; `less` likewise, of those she holds, with their
        own fees.

        Parameters
        ----------
        ahead : callable
            The discounted months of each customer up to month t; w_it is what month t adds to them.
        horizon : int
            H.
        """
        place, product = self.now["place"].to_numpy(), self.now["product"].to_numpy()
        cells, gain = (product, self.kind[place]), np.nan_to_num(self.fee) * self._counts * self.margin_share
        own = self.now["fee"].cast(pl.Float64).fill_null(np.nan).to_numpy() / UNITS * self.margin_share
        lost = np.where(np.isnan(own), gain[product], own * self._counts[product])
        more, less = np.zeros(len(self.kind)), np.zeros(len(self.kind))
        by_product = np.zeros((2, len(self.fee)))
        before = np.zeros(len(self.kind))
        fits = self.found.fits.astype(float)
        for month in range(1, horizon + 1):
            until = ahead(month)
            weight, before = until - before, until
            holds, gone = changed(self.take, self.drop, month), changed(self.drop, self.take, month)
            already = gain[product] * holds[cells]
            more += weight * (((gain[:, None] * holds).T @ fits)[self.kind, self.mask] - _by(place, already, more))
            less -= weight * _by(place, lost * gone[cells], less)
            crowd = np.zeros((STANDINGS, fits.shape[1]))
            np.add.at(crowd, (self.kind, self.mask), weight)
            could = gain * (holds * (fits @ crowd.T)).sum(axis=1)
            by_product[0] += could - _by(product, already * weight[place], gain)
            by_product[1] -= _by(product, lost * gone[cells] * weight[place], gain)
        return Money(np.maximum(more, 0.0), less, self._rows(by_product))

    @property
    def counts(self) -> bool:
        """Whether any product counts."""
        return COUNTED in self.counted

    @property
    def _counts(self) -> Array:
        return np.array([1.0 if why == COUNTED else 0.0 for why in self.counted])

    def _rows(self, expected: Array) -> pl.DataFrame:
        """value_products, without the snapshot's month."""
        told, size = self.told, len(self.fee)
        holders = np.bincount(self.now["product"].to_numpy(), minlength=size)
        crowd = np.zeros((STANDINGS, self.found.fits.shape[1]))
        np.add.at(crowd, (self.kind, self.mask), 1.0)
        could = self.found.fits.astype(float) @ crowd.T
        mine = np.zeros_like(could)
        place, product = self.now["place"].to_numpy(), self.now["product"].to_numpy()
        np.add.at(mine, (product, self.kind[place]), 1.0)
        at_risk, taken, held, dropped = (
            each.sum(axis=1) for each in (told.at_risk, told.taken, told.held, told.dropped)
        )
        columns = {
            "product_id": self.found.products,
            "holders": holders,
            "eligible": (could - mine).sum(axis=1).astype(np.int64),
            "customer_months": at_risk.astype(np.int64),
            "taken": taken.astype(np.int64),
            "take_up": _over(taken, at_risk, 8),
            "take_up_used": _over((self.take * (could - mine)).sum(axis=1), (could - mine).sum(axis=1), 8),
            "holder_months": held.astype(np.int64),
            "given_up": dropped.astype(np.int64),
            "give_up": _over(dropped, held, 8),
            "give_up_used": _over((self.drop * mine).sum(axis=1), mine.sum(axis=1), 8),
            "monthly_fee": self.fee.round(4),
            "margin_a_month": (self.fee * self.margin_share).round(4),
            "in_plan_fee": _over(told.inside, told.changes, 6),
            "counted": self.counted,
            "expected_margin": np.maximum(expected[0], 0.0).round(4),
            "expected_loss": expected[1].round(4),
        }
        return pl.DataFrame(columns, schema=_SCHEMA, nan_to_null=True)


def taken_up(
    tables: Mapping[str, pl.LazyFrame],
    people: tuple[pl.Series, NDArray[np.bool_]],
    active: Callable[[], NDArray[np.bool_]],
    standing: tuple[Whole, Whole],
    last: date,
    fees: Array | None,
    margin_share: float,
) -> Uptake | None:
    """How products were taken up and given up, by who left later too; None where no product is known.

    Parameters
    ----------
    tables : mapping
        subscriptions and products, where there are some.
    people : Series and array of shape (everybody,)
        Customers, and which of them are there in the last month: `Uptake` expects it of these.
    active : callable
        Whether they were there at the ends of up to 13 months up to `last`; asked only where products are known.
    standing : pair of arrays of shape (everybody,)
        Tenure and way of paying in the last month; the tenure of who has left is what it would have come to.
    last : date
        The last month.
    fees : array of shape (everybody, months) or None
        Plan fees that growth is told by; None where it is not told.
    margin_share : float
        What is left of a fee.
    """
    ids, here = people
    found = holdings(tables, ids, last)
    if found is None:
        return None
    told = moves(found, active(), *standing, last, fees)
    take = np.stack([shrunk_means(n, k, k) for n, k in zip(told.at_risk, told.taken, strict=True)])
    drop = np.stack([shrunk_means(n, k, k) for n, k in zip(told.held, told.dropped, strict=True)])
    index = month_index(last)
    own = pl.DataFrame({"place": np.flatnonzero(here)}).with_row_index("own")
    now = found.at(index).join(own, on="place", maintain_order="left")
    now = now.select(pl.col("own").cast(pl.Int64).alias("place"), "product", "fee")
    fee = _fees(found, now)
    tenure, group = (each[here] for each in standing)
    mask, kind = found.masks(index, len(ids))[here], standing_at(tenure, group, 0)
    return Uptake(found, told, take, drop, fee, _why(told, fee), margin_share, kind, mask, now)


def _fees(found: Holdings, now: pl.DataFrame) -> Array:
    """The mean fee a month of who holds it, else of all who did, in money; NaN where none is known."""
    size = len(found.products)
    told = np.full(size, np.nan)
    for rows in (found.held, now):
        known = rows.drop_nulls("fee")
        product, units = known["product"].to_numpy(), known["fee"].to_numpy()
        count, total = np.bincount(product, minlength=size), np.bincount(product, units.astype(float), size)
        told = np.where(count > 0, total / np.maximum(count, 1) / UNITS, told)
    return told


def _why(told: Moves, fee: Array) -> list[str]:
    """Whether each product counts: not where it has no fee, or plan fees hold it, as most steps of it show."""
    seen = float(told.changes.sum())
    overall = float(told.inside.sum()) / seen if seen else 0.0
    own = np.divide(told.inside, told.changes, out=np.zeros_like(told.inside), where=told.changes > 0)
    inside = np.where(told.changes >= _CHANGES_NEEDED, own, overall) > 0.5
    known = np.isfinite(fee)
    return [(INSIDE if within else COUNTED) if has else NO_FEE for within, has in zip(inside, known, strict=True)]


def products_told(found: Uptake | None, money: Money | None) -> dict[str, object] | None:
    """For the JSON: how many products there are, and how many count or why not; None without products."""
    if found is None or money is None:
        return None
    counts = {why: found.counted.count(why) for why in PRODUCT_COUNTED}
    expected = {name: round(float(money.rows[name].sum()), 2) for name in ("expected_margin", "expected_loss")}
    return {"products": len(found.counted), "by_counted": counts, **expected}


def products_table(money: Money | None, as_of: date) -> pl.LazyFrame:
    """value_products; empty where no product is known."""
    rows = money.rows if money else pl.DataFrame(schema=_SCHEMA)
    return rows.lazy().with_columns(as_of=pl.lit(as_of))


def products_notices(found: Uptake | None) -> list[Notice]:
    """That products do not count, and why."""
    if found is None:
        return []
    said = []
    counts = {why: found.counted.count(why) for why in PRODUCT_COUNTED}
    if counts[NO_FEE]:
        template = (
            "{products} products have no monthly fee (products.monthly_fee) and add nothing to incremental value."
        )
        said.append(Notice("value-products-no-fee", template, {"products": counts[NO_FEE]}))
    if counts[INSIDE]:
        template = (
            "{products} products are not counted beside plan fees: where they were taken or given up, plan fees moved "
            "by the same amount, so that growth of plan fees holds them already."
        )
        said.append(Notice("value-products-in-plan-fees", template, {"products": counts[INSIDE]}))
    taken = int(found.told.taken.sum())
    if taken >= _TAKEN_NEEDED and not found.told.dropped.any():
        template = (
            "No product is on record as given up in 12 months, while {taken} were taken up: if the extract lists only "
            "what is held now, what products bring is not to be trusted (products.ended_on)."
        )
        said.append(Notice("value-products-no-ends", template, {"taken": taken}))
    return said


def _by(places: Whole, values: Array, like: Array) -> Array:
    """Sums of values by place."""
    return np.bincount(places, values, len(like)).astype(np.float64)


def _over(above: Array, below: Array, digits: int) -> Array:
    """The quotient; NaN where there is nothing below."""
    found: Array = np.divide(above, below, out=np.full(len(below), np.nan), where=below > 0)
    return found.round(digits)
