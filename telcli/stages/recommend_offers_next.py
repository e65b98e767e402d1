"""The products that rules say a customer may take next, with the chance of it and what it brings."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.errors import Notice
from telcli.features.exact import UNITS
from telcli.features.month_index import month_index
from telcli.features.product_steps import Holdings
from telcli.methods.association import indicator
from telcli.stages.recommend_offers_ground import Ground, no_offers, offered

__all__ = ["next_products"]

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
_WHY = (
    "Holds {held}. Of {n} who did, {k} took {product} within {months} months ({share:.1%}, {lift:.1f} times the mean)."
)
_WHY_ZH = (
    "持有{held}；此类客户 {n} 位，其中 {k} 位在 {months} 个月内订购了{product}（{share:.1%}，为平均的 {lift:.1f} 倍）。"
)


def next_products(
    ground: Ground, found: Holdings, ids: pl.Series, rules: pl.DataFrame
) -> tuple[pl.DataFrame, tuple[Notice, ...]]:
    """Offers by the rules that stand, one per customer and product: by the rule of the highest chance.

    The chance is the share of holders who took it in the months that the rule was tested on, of which mining knew
    nothing. Who is spared is offered nothing more to pay for, and who could not take a product is not offered it.
    """
    stand = rules.filter("stands")
    fees = _fees(found, month_index(ground.as_of))
    free = sorted({name for name in stand["product_id"] if not np.isfinite(fees[found.products.index(name)])})
    said = _no_fee(free)
    usable = stand.filter(~pl.col("product_id").is_in(free)).sort("product_id", "rule")
    if not usable.height:
        return no_offers(), said
    there = found.at(month_index(ground.as_of))
    held = indicator(there["place"].to_numpy(), there["product"].to_numpy(), (len(ids), len(found.products))).tocsc()
    masks = found.masks(month_index(ground.as_of), len(ids))
    open_to = ids.is_in(ground.people.filter(~pl.col("spared") & ~pl.col("left_alone"))["customer_id"].implode())
    parts = []
    for name, group in groupby(usable.rows(named=True), key=lambda rule: str(rule["product_id"])):
        item = found.products.index(name)
        could = open_to.to_numpy() & found.fits[item][masks]
        could[_holders(held, item)] = False
        parts.append(_of_product(held, found, could, list(group), ids, float(fees[item]) / UNITS))
    offers = pl.concat(parts).with_columns(expected_margin=(pl.col("monthly_fee") * ground.months_margin).round(4))
    worded = _words(ground, usable)
    told = offers.join(worded, on="rule").with_columns(
        score=(pl.col("chance") * pl.col("expected_margin")).round(4), kind=pl.lit("rule"), purpose=pl.lit("up-sell")
    )
    return offered(told), said


def _no_fee(products: list[str]) -> tuple[Notice, ...]:
    if not products:
        return ()
    told = Notice(
        "offers-no-fee",
        "{count} products that rules lead to have no monthly fee (products.monthly_fee) and are not offered: {names}.",
        {"count": len(products), "names": ", ".join(products[:6])},
    )
    return (told,)


def _holders(held: Any, item: int) -> Places:
    found: Places = held.indices[held.indptr[item] : held.indptr[item + 1]].astype(np.intp)
    return found


def _of_product(
    held: Any, found: Holdings, could: NDArray[np.bool_], rules: list[Mapping[str, Any]], ids: pl.Series, fee: float
) -> pl.DataFrame:
    """Who may be offered one product, and by which rule."""
    chance, which = np.zeros(len(ids)), np.zeros(len(ids), dtype=np.int64)
    for rule in rules:
        rows = _holders(held, found.products.index(rule["first"]))
        if rule["second"] is not None:
            rows = np.intersect1d(rows, _holders(held, found.products.index(rule["second"])))
        rows = rows[could[rows]]
        better = rows[chance[rows] < rule["next_confidence"]]
        chance[better], which[better] = rule["next_confidence"], rule["rule"]
    rows = np.flatnonzero(which)
    told = {"customer_id": ids.gather(rows), "product_id": [str(rules[0]["product_id"])] * len(rows)}
    return pl.DataFrame({**told, "chance": chance[rows], "rule": which[rows], "monthly_fee": [fee] * len(rows)})


def _fees(found: Holdings, month: int) -> Floats:
    """The mean fee of who holds each product, else of all who did, in ten-thousandths; NaN where none is known."""
    told = np.full(len(found.products), np.nan)
    for rows in (found.held, found.at(month)):
        means = rows.drop_nulls("fee").group_by("product").agg(pl.col("fee").sum(), count=pl.len())
        told[means["product"].to_numpy()] = (means["fee"] / means["count"]).to_numpy()
    return told


def _words(ground: Ground, rules: pl.DataFrame) -> pl.DataFrame:
    rows = []
    for rule in rules.rows(named=True):
        parts = [rule["first"], *([rule["second"]] if rule["second"] else [])]
        values = {
            "n": rule["next_holders"],
            "k": rule["next_both"],
            "product": rule["product_id"],
            "months": ground.settings.rule_months,
            "share": rule["next_confidence"],
            "lift": rule["next_lift"],
        }
        why, why_zh = _WHY.format(held=" and ".join(parts), **values), _WHY_ZH.format(held="和".join(parts), **values)
        rows.append((rule["rule"], why, why_zh))
    return pl.DataFrame(rows, schema={"rule": pl.Int64, "why": pl.String, "why_zh": pl.String}, orient="row")
