"""Which products customers took up and gave up from one month's end to the next, by kind of customer.

Counted of customers who were there at both ends, who have left since included: leaving is not giving up, but who gave a
product up and left later did give it up. A customer could take a product up
where a line of hers is of a kind of service that it was seen on; what comes along with the first line of a kind of
service is not counted, and what is taken and given up within one month neither.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.features.exact import units
from telcli.features.fee_steps import STANDINGS, WINDOW, standing, tenure_before
from telcli.features.month_index import index_at, month_index
from telcli.features.ranges import of_customers
from telcli.tables import contract

__all__ = ["Holdings", "Moves", "active_matrix", "holdings", "moves", "standing_at"]

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]
_NEVER = 2**30


@dataclass(frozen=True)
class Holdings:
    """Products held and lines of some customers, each from the index of its first month's end to before `end`.

    Parameters
    ----------
    products : names, sorted.
    held : columns ``place`` (of the customer), ``product`` (place among `products`), ``start``, ``end``, ``fee``
        (ten-thousandths a month; null where not known).
    lines : columns ``place``, ``kind`` (a bit for the kind of service), ``start``, ``end``.
    fits : array of shape (products, masks)
        Whether a customer with these kinds of service (the sum of their bits) could take the product up.
    """

    products: list[str]
    held: pl.DataFrame
    lines: pl.DataFrame
    fits: Flags

    def at(self, month: int) -> pl.DataFrame:
        """Each customer's products at a month's end: ``place``, ``product``, ``fee`` (null where one is); sorted."""
        there = self.held.filter((pl.col("start") <= month) & (month < pl.col("end")))
        fee = pl.when(pl.col("fee").null_count() == 0).then(pl.col("fee").sum())
        return there.group_by("place", "product").agg(fee.alias("fee")).sort("place", "product")

    def masks(self, month: int, customers: int) -> Whole:
        """The sum of the bits of each customer's kinds of service at a month's end."""
        there = self.lines.filter((pl.col("start") <= month) & (month < pl.col("end")))
        bits = there.group_by("place").agg(pl.col("kind").unique().sum())
        found = np.zeros(customers, dtype=np.int64)
        found[bits["place"].to_numpy()] = bits["kind"].to_numpy()
        return found


@dataclass(frozen=True)
class Moves:
    """What was counted of the last WINDOW steps.

    Parameters
    ----------
    at_risk, taken, held, dropped : arrays of shape (products, STANDINGS)
        Customer-months of those who could take a product up, and of them who did; of those who held it, and gave it up.
    changes, inside : arrays of shape (products,)
        Steps of a customer that the product was taken or given up in, plan fees and fees of products being known, and
        those of them in which plan fees moved by just what the fees of products did.
    """

    at_risk: Array
    taken: Array
    held: Array
    dropped: Array
    changes: Array
    inside: Array


def holdings(tables: Mapping[str, pl.LazyFrame], ids: pl.Series, last: date) -> Holdings | None:
    """What these customers held up to the month of `last`; None where no product is known of any of them."""
    if "products" not in tables or "subscriptions" not in tables:
        return None
    whose = pl.LazyFrame({"customer_id": ids}).with_row_index("place")
    lines = contract("subscriptions").conform(tables["subscriptions"]).join(whose, on="customer_id")
    own = lines.select(
        pl.col("place").cast(pl.Int64),
        "subscription_id",
        pl.col("service_type").fill_null(""),
        from_=index_at(pl.col("activated_on")).fill_null(-_NEVER),
        until=index_at(pl.col("ended_on")).fill_null(_NEVER),
    ).collect(engine="streaming")
    rows = contract("products").conform(tables["products"]).collect(engine="streaming").join(own, on="subscription_id")
    held = rows.select(
        "place",
        "service_type",
        "product_id",
        start=pl.max_horizontal(index_at(pl.col("started_on")), "from_"),
        end=pl.min_horizontal(index_at(pl.col("ended_on")).fill_null(_NEVER), "until"),
        fee=units(pl.col("monthly_fee")),
    ).filter(pl.col("start") < pl.col("end"), pl.col("start") <= month_index(last))
    if not held.height:
        return None
    names = held["product_id"].unique().sort()
    services = own["service_type"].unique().sort()
    bits = pl.DataFrame({"service_type": services, "kind": [2**place for place in range(len(services))]})
    held = held.join(names.to_frame().with_row_index("product"), on="product_id").join(bits, on="service_type")
    held = held.with_columns(pl.col("product").cast(pl.Int64))
    on = np.zeros(len(names), dtype=np.int64)
    np.bitwise_or.at(on, held["product"].to_numpy(), held["kind"].to_numpy())
    fits = (on[:, None] & np.arange(2 ** len(services))[None, :]) > 0
    kept = own.join(bits, on="service_type").select("place", "kind", start="from_", end="until")
    return Holdings(names.to_list(), held.select("place", "product", "start", "end", "fee"), kept, fits)


def active_matrix(frame: pl.LazyFrame, months: Sequence[date], ids: pl.Series) -> Flags:
    """Whether each customer (in the order of `ids`) was there at each month's end."""
    here = frame.filter(pl.col("month").is_between(months[0], months[-1]) & pl.col("active"))
    picked = [(pl.col("month") == month).any().alias(f"{place}") for place, month in enumerate(months)]
    rows = here.group_by("customer_id").agg(picked)
    matrix: Flags = of_customers(rows, ids).fill_null(value=False).to_numpy()
    return matrix


def standing_at(tenure: Whole, group: Whole, back: int) -> Whole:
    """The standing (see `fee_steps`) of each customer so many months before `tenure` was as told."""
    return standing(tenure_before(tenure, back), group)


def moves(found: Holdings, active: Flags, tenure: Whole, group: Whole, last: date, fees: Array | None = None) -> Moves:
    """Count steps from month's end to month's end, up to that of `last`.

    A product's steps begin after the first month it was held in by anybody: nobody is known not to have taken it up
    before there was one.

    Parameters
    ----------
    found : Holdings
        Of the same customers.
    active : array of shape (customers, months)
        Whether they were there at each month's end.
    tenure, group : arrays of shape (customers,)
        In the last month, had they all stayed; see `fee_steps.standing`.
    last : date
        The last month.
    fees : array of shape (customers, months) or None
        Plan fees, the last month being `last`; NaN where not known.
    """
    size = len(found.products)
    told = Moves(*(np.zeros((size, STANDINGS)) for _ in range(4)), *(np.zeros(size) for _ in range(2)))
    spells = _Spells.of(found)
    paid = _paid(found) if fees is not None else None
    for back in range(1, min(WINDOW, active.shape[1] - 1) + 1):
        month = month_index(last) + 1 - back
        stayed = active[:, -back] & active[:, -back - 1]
        kinds = np.where(stayed, standing_at(tenure, group, back), -1)
        changed = _count(told, found, spells, month, kinds)
        if fees is not None and paid is not None and fees.shape[1] > back:
            _compare(told, changed, paid.filter(pl.col("at") == month), fees[:, -back] - fees[:, -back - 1])
    return told


@dataclass(frozen=True)
class _Spells:
    """Times without a month's end between in which a customer held a product; and the first of each product."""

    place: Whole
    product: Whole
    start: Whole
    end: Whole
    first: Whole

    @classmethod
    def of(cls, found: Holdings) -> _Spells:
        by = ("product", "place")
        rows = found.held.sort(*by, "start", "end")
        new = pl.col("start") > pl.col("end").cum_max().shift(1).over(by)
        rows = rows.with_columns(spell=new.fill_null(value=True).cum_sum())
        spells = rows.group_by("spell", maintain_order=True).agg(
            pl.col(by).first(), pl.col("start").first(), pl.col("end").max()
        )
        place, product, start, end = (spells[name].to_numpy() for name in ("place", "product", "start", "end"))
        first = np.full(len(found.products), _NEVER, dtype=np.int64)
        np.minimum.at(first, product, start)
        return cls(place, product, start, end, first)


def _count(told: Moves, found: Holdings, spells: _Spells, month: int, kinds: Whole) -> pl.DataFrame:
    """Add the step from the end of the month before to that of `month`; `kinds` is -1 of customers not counted.

    Returns ``place`` and ``product`` of what was taken or given up by customers who are counted.
    """
    masks = found.masks(month - 1, len(kinds))
    there = kinds >= 0
    crowd = np.zeros((STANDINGS, found.fits.shape[1]))
    np.add.at(crowd, (kinds[there], masks[there]), 1.0)
    known = spells.first < month
    place, product = spells.place, spells.product
    seen = there[place] & known[product]
    before = seen & (spells.start < month) & (month <= spells.end)
    taken = seen & (spells.start == month) & found.fits[product, masks[place]]
    dropped = before & (spells.end == month)

    def counted(rows: Flags) -> Array:
        """Customers by product and standing."""
        cells = product[rows] * STANDINGS + kinds[place[rows]]
        return np.bincount(cells, minlength=told.held.size).astype(np.float64).reshape(told.held.shape)

    held = counted(before)
    told.held[:] += held
    told.at_risk[:] += (found.fits.astype(float) @ crowd.T) * known[:, None] - held
    told.dropped[:] += counted(dropped)
    told.taken[:] += counted(taken)
    changes = there[place] & ((spells.start == month) | (spells.end == month))
    return pl.DataFrame({"place": place[changes], "product": product[changes]})


def _paid(found: Holdings) -> pl.DataFrame:
    """What a customer's fees of products moved by in a month: ``place``, ``at``, ``more`` (null where not known)."""
    begun = found.held.select("place", at="start", more="fee")
    ended = found.held.select("place", at="end", more=-pl.col("fee"))
    whole = pl.when(pl.col("more").null_count() == 0).then(pl.col("more").sum())
    return pl.concat([begun, ended]).group_by("place", "at").agg(whole.alias("more"))


def _compare(told: Moves, changed: pl.DataFrame, paid: pl.DataFrame, step: Array) -> None:
    """Count the steps in which plan fees moved by what fees of products did."""
    moved = paid.filter(pl.col("more") != 0).select("place", "more")
    plan = pl.Series("plan", step, nan_to_null=True)[moved["place"]].to_frame()
    rows = moved.hstack(plan.select(units(pl.col("plan")))).drop_nulls("plan").join(changed, on="place")
    np.add.at(told.changes, rows["product"].to_numpy(), 1.0)
    same = rows.filter(pl.col("plan") == pl.col("more"))
    np.add.at(told.inside, same["product"].to_numpy(), 1.0)
