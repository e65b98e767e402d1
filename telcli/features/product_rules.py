"""Rules of products in time order: of who held A and not C at a month's end, how many held C some months later.

Mined on the months before the last ones and counted again in the last ones. Who was not there at both ends, or had no
line that the product was ever seen on, is none of the rule's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from telcli.features.product_steps import Holdings
from telcli.methods.association import Tally, antecedents, indicator, measures, tally
from telcli.methods.rule_mining import Mined, lift_interval, mined, stands

__all__ = ["Bounds", "Found", "held_together", "rules_in_time"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Bounds:
    """What is asked of rules, and what bounds the work.

    Parameters
    ----------
    months : between the two ends of a period, 1 or more.
    least : customers needed on either side of a rule.
    share : of the rules found, so many (0..1) may be false.
    products, basket, pairs : products looked at (those most held), products a customer may hold to be looked at, and
        twos of products that rules may begin with.
    """

    months: int = 3
    least: int = 20
    share: float = 0.05
    products: int = 200
    basket: int = 40
    pairs: int = 2_000


@dataclass(frozen=True)
class Found:
    """Rules, and what they were looked for among.

    Parameters
    ----------
    rows : DataFrame
        A row per rule: ``first``, ``second`` (null where it begins with one product) and ``product``, by place among
        the products; counts ``n``, ``left``, ``right``, ``both``; measures; ``p``, ``q``; and of rules in time order
        the counts of the next period (``next_n`` ...), ``next_confidence``, ``next_lift`` with its ends, ``stands``.
    tested : rules tested.
    customers : customers there at both ends of the first period.
    took : customers who took a product up in it.
    products_left_out, customers_left_out : beyond the bounds.
    """

    rows: pl.DataFrame
    tested: int
    customers: int
    took: int
    products_left_out: int
    customers_left_out: int


@dataclass(frozen=True)
class _Period:
    """Who held what at its beginning and has it newly at its end; customers there at both ends."""

    held: sparse.csr_array
    added: sparse.csr_array
    kind: Whole
    left_out: int


def rules_in_time(found: Holdings, customers: int, apart: Flags, last: int, bounds: Bounds) -> Found:
    """Mine rules on the months up to `bounds.months` before `last`, and count those found in the months up to `last`.

    Parameters
    ----------
    found : Holdings
        What is held.
    customers : int
        How many there are in it.
    apart : array of shape (products, products)
        Whether no rule is asked about; see `product_apart`.
    last : int
        Index of the last month.
    bounds : Bounds
        What is asked of rules.
    """
    middle = last - bounds.months
    kept = _most_held(found, middle - bounds.months, bounds.products)
    first, then = (_period(found, customers, end, kept, bounds) for end in (middle, last))
    begins = antecedents(first.held, bounds.least, bounds.pairs)
    counts = tally(first.held, begins, first.added, group=first.kind, fits=found.fits)
    told = mined(begins, counts, bounds.least, apart | ~kept[None, :])
    rows = _rows(begins, told, told.found(bounds.share))
    rows = rows.hstack(_next(begins, told, told.found(bounds.share), then, found.fits))
    took = int((np.asarray(first.added.sum(axis=1)).ravel() > 0).sum())
    return Found(rows, len(told.p), first.held.shape[0], took, int((~kept).sum()), first.left_out)


def held_together(held: sparse.csr_array, apart: Flags, bounds: Bounds) -> Found:
    """Rules of what is held at one time: no order of time, so they tell what goes along, not what comes next."""
    sizes = np.asarray(held.sum(axis=1)).ravel()
    inside = held[np.flatnonzero(sizes <= bounds.basket)]
    begins = antecedents(inside, bounds.least, 0)
    told = mined(begins, tally(inside, begins), bounds.least, apart)
    left_out = int((sizes > bounds.basket).sum())
    return Found(_rows(begins, told, told.found(bounds.share)), len(told.p), inside.shape[0], 0, 0, left_out)


def _most_held(found: Holdings, month: int, most: int) -> Flags:
    """The products that most customers held at a month's end; of as many the first by name."""
    size = len(found.products)
    count = np.bincount(found.at(month)["product"].to_numpy(), minlength=size)
    kept = np.zeros(size, dtype=bool)
    kept[np.argsort(-count, kind="stable")[:most]] = True
    return kept


def _period(found: Holdings, customers: int, end: int, kept: Flags, bounds: Bounds) -> _Period:
    begin = end - bounds.months
    kind = found.masks(begin, customers)
    shape = (customers, len(found.products))
    held, later = (_matrix(found.at(month), kept, shape) for month in (begin, end))
    here = (kind > 0) & (found.masks(end, customers) > 0)
    fits = np.asarray(held.sum(axis=1)).ravel() <= bounds.basket
    rows = np.flatnonzero(here & fits)
    held, later = held[rows], later[rows]
    added = (later - later.multiply(held)).tocsr()
    added.eliminate_zeros()
    return _Period(held, added, kind[rows], int((here & ~fits).sum()))


def _matrix(there: pl.DataFrame, kept: Flags, shape: tuple[int, int]) -> sparse.csr_array:
    place, product = there["place"].to_numpy(), there["product"].to_numpy()
    chosen = kept[product]
    return indicator(place[chosen], product[chosen], shape)


def _rows(begins: Whole, told: Mined, places: NDArray[np.intp]) -> pl.DataFrame:
    """The rules found, in the order of what they begin and end with."""
    counts = Tally(*(part[places] for part in vars(told.counts).values()))
    first, second = begins[told.rule[places, 0]].T
    columns: dict[str, NDArray[np.generic]] = {
        "first": first,
        "second": second,
        "product": told.rule[places, 1].astype(np.int64),
        **vars(counts),
        **vars(measures(counts)),
        "p": told.p[places],
        "q": told.q[places],
    }
    return pl.DataFrame(columns).with_columns(second=pl.when(pl.col("second") >= 0).then("second"))


def _next(begins: Whole, told: Mined, places: NDArray[np.intp], then: _Period, fits: Flags) -> pl.DataFrame:
    """What became of the rules found in the period after."""
    ones = np.stack([np.arange(fits.shape[0]), np.full(fits.shape[0], -1)], axis=1)
    begun, which = np.unique(told.rule[places, 0], return_inverse=True)
    wanted = np.concatenate([ones, begins[begun]]).astype(np.int64)
    counts = tally(then.held, wanted, then.added, group=then.kind, fits=fits)
    item = told.rule[places, 1]
    own = counts.at(which.reshape(-1) + len(ones), item)
    first, second = begins[told.rule[places, 0]].T
    two = second >= 0
    parts = [_confidence(counts.at(np.where(two, part, 0), item)) for part in (first, second)]
    lift, low, high = lift_interval(own)
    columns = {f"next_{name}": part for name, part in vars(own).items()}
    columns |= {"next_confidence": _confidence(own), "next_lift": lift, "next_lift_low": low, "next_lift_high": high}
    columns |= {"stands": stands(own, (np.where(two, parts[0], np.nan), np.where(two, parts[1], np.nan)))}
    return pl.DataFrame(columns)


def _confidence(counts: Tally) -> Floats:
    left = counts.left.astype(np.float64)
    found: Floats = np.divide(counts.both, left, out=np.full(left.shape, np.nan), where=left > 0)
    return found
