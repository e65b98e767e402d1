"""Products that no rule is asked about: who holds one holds the other by the way they are sold, not by choice.

Time order alone (hold one now, take the other later) leaves out what is taken on one day. Beside that, a product that
nearly everybody holds tells nobody apart, one that a plan brings along is not sold by itself, and two that are sold in
one package follow each other by the price list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.features.month_index import add_months
from telcli.methods.association import indicator, together
from telcli.tables import contract

__all__ = ["APART", "Apart", "products_apart"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
APART = ("base", "in-plan", "same-day", "bundle")
"""Nearly everybody holds it; plans bring it along; taken on one day with the other; held in one package with it."""
_NEARLY_ALL = 0.9
_OF_PLAN = 0.95
_ALONG = 0.8
_MORE = 1.25
"""How many times as often as among all the other product is there, that its being there says something."""
_LINES = 20
"""Lines of a plan needed to say what it brings along."""


@dataclass(frozen=True)
class Apart:
    """What no rule is asked about, and why.

    Parameters
    ----------
    pairs : array of shape (products, products)
        Whether no rule goes from one to the other; a product and itself among them.
    rows : DataFrame
        ``product``, ``other`` (null for one product alone), ``why`` (one of `APART`), ``share`` (0..1, that it is so
        by) and ``holders`` (customers who hold the product, or both), sorted.
    """

    pairs: Flags
    rows: pl.DataFrame


def products_apart(tables: Mapping[str, pl.LazyFrame], products: Sequence[str], as_of: date) -> Apart:
    """Look for products that are sold together, over all who hold some by the end of a month.

    Parameters
    ----------
    tables : mapping
        products and subscriptions.
    products : sequence of str
        Names, in the order that the pairs are to be in.
    as_of : date
        First day of the month.
    """
    rows = _rows(tables, products, as_of)
    people = max(rows["who"].n_unique(), 1)
    size = len(products)
    ever = indicator(rows["who"].to_numpy(), rows["product"].to_numpy(), (people, size))
    takers = np.diag(together(ever)).astype(np.float64)
    now = rows.filter(pl.col("held"))
    lines = _live(tables, as_of)
    base = _base(now, lines, size)
    found = [base, _in_plan(now, lines).filter(~pl.col("product").is_in(base["product"].implode()))]
    for why, key in (("same-day", "started_on"), ("bundle", "bundle_id")):
        found.append(_along(rows if why == "same-day" else now, key, why, takers, people))
    told = pl.concat(found)
    pairs = np.eye(size, dtype=bool)
    for product, other, why, *_ in told.iter_rows():
        if other is not None:
            pairs[product, other] = pairs[other, product] = True
        elif why == "base":
            pairs[product, :] = pairs[:, product] = True
        else:  # it may lead to another product, but cannot be offered by itself
            pairs[:, product] = True
    names = pl.Series(list(products), dtype=pl.String)
    named = told.with_columns(
        product=names.gather(told["product"]), other=names.gather(told["other"]) if told.height else pl.lit(None)
    )
    return Apart(pairs, named.with_columns(pl.col("other").cast(pl.String)).sort("product", "other", "why"))


def _live(tables: Mapping[str, pl.LazyFrame], as_of: date) -> pl.DataFrame:
    """The lines there at the end of the month: whose, of which plan."""
    after = add_months(as_of, 1)
    lines = contract("subscriptions").conform(tables["subscriptions"])
    begun = (pl.col("activated_on") < after).fill_null(value=True)
    here = begun & (pl.col("ended_on") >= after).fill_null(value=True)
    return lines.filter(here).select("subscription_id", "customer_id", "plan_id").collect(engine="streaming")


def _rows(tables: Mapping[str, pl.LazyFrame], products: Sequence[str], as_of: date) -> pl.DataFrame:
    """What was taken by then: ``who`` and ``product`` by number, the day, the line's package, and if held still."""
    after = add_months(as_of, 1)
    lines = contract("subscriptions").conform(tables["subscriptions"])
    own = lines.select("subscription_id", "customer_id", "bundle_id", until="ended_on")
    taken = contract("products").conform(tables["products"]).filter(pl.col("started_on") < after)
    places = pl.LazyFrame({"product_id": list(products), "product": range(len(products))})
    rows = taken.join(own, on="subscription_id").join(places, on="product_id")
    ended = pl.min_horizontal("ended_on", "until")
    found = rows.select(
        "subscription_id",
        "bundle_id",
        "started_on",
        pl.col("product").cast(pl.Int64),
        (pl.col("customer_id").rank("dense").cast(pl.Int64) - 1).alias("who"),
        held=(ended >= after).fill_null(value=True),
    )
    return found.collect(engine="streaming")


def _told(
    product: NDArray[np.intp], other: NDArray[np.intp] | None, why: str, share: Floats, holders: Floats
) -> pl.DataFrame:
    columns = {
        "product": pl.Series(product, dtype=pl.Int64),
        "other": pl.Series([None] * len(product) if other is None else other, dtype=pl.Int64),
        "why": pl.Series([why] * len(product), dtype=pl.String),
        "share": pl.Series(share, dtype=pl.Float64),
        "holders": pl.Series(holders, dtype=pl.Int64, strict=False),
    }
    return pl.DataFrame(columns)


def _base(now: pl.DataFrame, lines: pl.DataFrame, size: int) -> pl.DataFrame:
    """Products that nearly every customer holds."""
    holders = now.select("who", "product").unique()["product"].value_counts()
    count = np.zeros(size)
    count[holders["product"].to_numpy()] = holders["count"].to_numpy()
    share = np.minimum(count / max(lines["customer_id"].n_unique(), 1), 1.0)
    base = np.flatnonzero(share >= _NEARLY_ALL)
    return _told(base, None, "base", share[base], count[base])


def _in_plan(now: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Products held nearly always on lines whose plan brings them along: nearly all lines of the plan have them."""
    known = lines.drop_nulls("plan_id")
    sizes = known.group_by("plan_id").agg(lines=pl.len()).filter(pl.col("lines") >= _LINES)
    held = now.select("subscription_id", "product").unique()
    joined = held.join(known, on="subscription_id", how="left").join(sizes, on="plan_id", how="left")
    cells = joined.group_by("product", "plan_id").agg(have=pl.len(), lines=pl.col("lines").first())
    along = (pl.col("have") >= _OF_PLAN * pl.col("lines")).fill_null(value=False)
    by = cells.group_by("product").agg(along=pl.col("have").filter(along).sum(), have=pl.col("have").sum())
    by = by.filter(pl.col("along") >= _NEARLY_ALL * pl.col("have"), pl.col("have") > 0).sort("product")
    share = (by["along"] / by["have"]).to_numpy().astype(np.float64)
    return _told(by["product"].to_numpy(), None, "in-plan", share, by["have"].to_numpy().astype(np.float64))


def _along(rows: pl.DataFrame, key: str, why: str, takers: Floats, people: int) -> pl.DataFrame:
    """Twos of which one comes nearly always with the other, by day or by package, and not because all hold that."""
    size = len(takers)
    told = rows.drop_nulls(key).select("who", "product", group=pl.struct("who", key).rank("dense") - 1)
    groups = max(told["group"].n_unique(), 1)
    each = indicator(told["group"].to_numpy(), told["product"].to_numpy(), (groups, size))
    both = together(each).astype(np.float64)
    takes = np.diag(both)
    alone = takers if why == "bundle" else takes
    share = np.divide(both, alone[:, None], out=np.zeros((size, size)), where=alone[:, None] > 0)
    common = (takers / people)[None, :]  # how often the other one is there anyway
    nearly = (share >= _ALONG) & (share >= _MORE * common) & (both >= 1)
    first, second = np.nonzero(np.triu(nearly | nearly.T, 1))
    most = np.maximum(share[first, second], share[second, first])
    return _told(first, second, why, np.minimum(most, 1.0), both[first, second])
