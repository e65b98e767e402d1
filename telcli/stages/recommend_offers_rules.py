"""Rules of what customers hold: mined in time order where the data allow it, of what is held at once where not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from telcli.errors import Notice, UsageError
from telcli.features.month_index import month_index
from telcli.features.product_apart import Apart, products_apart
from telcli.features.product_rules import Bounds, Found, held_together, rules_in_time
from telcli.features.product_steps import Holdings, holdings
from telcli.features.said_yes import said_yes
from telcli.methods.association import indicator
from telcli.settings.names_in import names_in
from telcli.stages.recommend_offers_ground import Ground, Part, no_offers
from telcli.stages.recommend_offers_next import next_products

__all__ = ["by_rules"]

_SHOWN = 5
_COUNTS = {"n": "customers", "left": "holders", "right": "takers", "next_left": "next_holders"}
_NEXT = {"next_holders": pl.Int64, "next_both": pl.Int64} | dict.fromkeys(
    ("next_confidence", "next_lift", "next_lift_low", "next_lift_high"), pl.Float64
)
_MEASURED = ("support", "confidence", "lift", "leverage", "conviction", "zhang", "p", "q")


@dataclass(frozen=True)
class _Mined:
    """Rules by the names of products, what they were found among, and what is to be said."""

    rules: pl.DataFrame
    found: Found | None
    apart: pl.DataFrame
    notices: tuple[Notice, ...]


def by_rules(ground: Ground) -> Part:
    """Rules of products, and the products that they say a customer may take next."""
    ids = _everybody(ground)
    held = holdings(ground.tables, ids, ground.as_of)
    if held is None:
        mined = _of_flags(ground)
        return Part(no_offers(), _tables(ground, mined), _metrics(mined), mined.notices)
    apart = products_apart(ground.tables, held.products, ground.as_of)
    said = tuple(_too_little(ground, held))
    told, in_time = None, not said
    if in_time:
        told = rules_in_time(held, len(ids), apart.pairs, month_index(ground.as_of), _bounds(ground))
    elif len(held.products) > 1:
        told = held_together(_now(held, ids, ground), apart.pairs, _bounds(ground))
    mined = _Mined(_named(told, held.products), told, apart.rows, (*said, *_left_out(ground, told, apart)))
    offers, more = next_products(ground, held, ids, mined.rules) if in_time else (no_offers(), ())
    return Part(offers, _tables(ground, mined), _metrics(mined), (*mined.notices, *more))


def _everybody(ground: Ground) -> pl.Series:
    """Customers with a line, those who left too: they were there before."""
    if "subscriptions" not in ground.tables:
        return ground.people["customer_id"]
    rows = ground.tables["subscriptions"].select(pl.col("customer_id").unique()).collect(engine="streaming")
    return rows["customer_id"].drop_nulls().sort()


def _bounds(ground: Ground) -> Bounds:
    own = ground.settings
    return Bounds(
        own.rule_months, own.least_customers, own.false_share, own.most_products, own.most_held, own.most_pairs
    )


def _too_little(ground: Ground, found: Holdings) -> Iterator[Notice]:
    """Why no rules in time order can be told; nothing where they can."""
    months, last = ground.settings.rule_months, month_index(ground.as_of)
    if len(found.products) == 1:
        yield Notice(
            "offers-one-product",
            "There is one product alone ({product}): none can follow it, and none is offered by rules.",
            {"product": found.products[0]},
        )
        return
    begun = found.held["start"]
    before = int((begun <= last - 2 * months).sum())
    mined, tested = (
        int(begun.is_between(last - back * months + 1, last - (back - 1) * months).sum()) for back in (2, 1)
    )
    if not (before and mined and tested):
        yield Notice(
            "offers-history-short",
            "Which product follows which cannot be told: of products taken {before} are older than {months} months, "
            "{mined} were taken in the first half of these months and {tested} in the second, and all three are "
            "needed. Rules of what is held at once are told instead; nothing is offered by them.",
            {"months": 2 * months, "before": before, "mined": mined, "tested": tested},
        )


def _now(found: Holdings, ids: pl.Series, ground: Ground) -> sparse.csr_array:
    """What customers who are there hold at the end of the month."""
    there = found.at(month_index(ground.as_of))
    held = indicator(there["place"].to_numpy(), there["product"].to_numpy(), (len(ids), len(found.products)))
    here: NDArray[np.bool_] = ids.is_in(ground.people["customer_id"].implode()).to_numpy()
    return held[np.flatnonzero(here)]


def _of_flags(ground: Ground) -> _Mined:
    """Without products: rules of attributes that say what is held, at one time."""
    names = names_in(ground.settings.product_flags)
    if not names:
        told = Notice(
            "offers-no-products",
            "No products are known, so no rules of products are told: ingest products, or name attributes of customers "
            "that say by yes or no what is held in [recommend-offers] product_flags.",
            {},
        )
        return _Mined(_named(None, ()), None, _named_apart(), (told,))
    columns = _flags_of(ground, names)
    rows = ground.tables["customers"].join(ground.people.lazy().select("customer_id"), on="customer_id", how="semi")
    flags = rows.sort("customer_id").select(map(said_yes, columns)).collect(engine="streaming").to_numpy()
    people, products = np.nonzero(flags)
    found = held_together(indicator(people, products, flags.shape), np.eye(len(names), dtype=bool), _bounds(ground))
    told = Notice(
        "offers-one-snapshot",
        "Products are known by {count} attributes of one snapshot, not by the days on which they were taken: rules "
        "tell what is held at once, not what comes next, and nothing is offered by them.",
        {"count": len(names)},
    )
    return _Mined(_named(found, names), found, _named_apart(), (told,))


def _flags_of(ground: Ground, names: Sequence[str]) -> list[str]:
    have = ground.tables["customers"].collect_schema().names()
    found = [name if name in have else f"x_{name}" for name in names]
    missing = [name for name, column in zip(names, found, strict=True) if column not in have]
    if missing:
        raise UsageError(
            "offers-flag-unknown",
            "[recommend-offers] product_flags: customers have no attribute {name}.",
            hint="See what there is: telcli show customers --schema",
            name=missing[0],
        )
    return found


def _named(found: Found | None, products: Sequence[str]) -> pl.DataFrame:
    """The rules by names, the surest first: those that stand before others, by their lift."""
    if found is None:
        found = Found(_nothing(), 0, 0, 0, 0, 0)
    rows, names = found.rows, pl.Series(list(products), dtype=pl.String)
    rows = rows.with_columns(names.gather(rows[part]).alias(part) for part in ("first", "second", "product"))
    in_time = "stands" in rows.columns
    rows = rows.rename({old: new for old, new in _COUNTS.items() if old in rows.columns}).rename(
        {"product": "product_id"}
    )
    if not in_time:
        rows = rows.with_columns(
            *(pl.lit(None, kind).alias(name) for name, kind in _NEXT.items()), stands=pl.lit(value=False)
        )
    by = ["stands", "next_lift_low" if in_time else "lift", "first", "second", "product_id"]
    rows = rows.sort(by, descending=[True, True, False, False, False], nulls_last=[False, True, False, False, False])
    finite = [pl.when(pl.col(name).is_finite()).then(name).alias(name) for name in (*_MEASURED, *list(_NEXT)[2:])]
    counted = [pl.col(name).cast(pl.Int64) for name in ("customers", "holders", "takers", "both", *list(_NEXT)[:2])]
    kept = ("first", "second", "product_id", *_COUNTS.values(), "both", *_MEASURED, *_NEXT, "stands")
    told = rows.with_columns(*counted).with_columns(finite).select(list(dict.fromkeys(kept)))
    return told.select(
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("rule"), pl.lit(in_time).alias("in_time"), pl.all()
    )


def _nothing() -> pl.DataFrame:
    whole = dict.fromkeys(("first", "second", "product", "n", "left", "right", "both"), pl.Int64)
    return pl.DataFrame(schema={**whole, **dict.fromkeys(_MEASURED, pl.Float64)})


def _named_apart() -> pl.DataFrame:
    columns = {"product": pl.String, "other": pl.String, "why": pl.String, "share": pl.Float64, "holders": pl.Int64}
    return pl.DataFrame(schema=columns)


def _left_out(ground: Ground, told: Found | None, apart: Apart) -> Iterator[Notice]:
    if apart.rows.height:
        by = {why: apart.rows.filter(pl.col("why") == why).height for why in sorted(set(apart.rows["why"]))}
        yield Notice(
            "offers-sold-together",
            "Sold together, so that no rule is asked about them: {base} products that nearly everybody holds, {plan} "
            "that come with a plan, {pairs} pairs taken on one day or in one package (offer_exclusions).",
            {
                "base": by.get("base", 0),
                "plan": by.get("in-plan", 0),
                "pairs": by.get("same-day", 0) + by.get("bundle", 0),
            },
        )
    if told and (told.products_left_out or told.customers_left_out):
        yield Notice(
            "offers-bounded",
            "Rules were looked for among the {products} products most held, without {customers} customers who hold "
            "more than {held}; {left} products were left out (most_products, most_held).",
            {
                "products": ground.settings.most_products,
                "customers": told.customers_left_out,
                "held": ground.settings.most_held,
                "left": told.products_left_out,
            },
        )


def _tables(ground: Ground, mined: _Mined) -> dict[str, pl.DataFrame]:
    apart = mined.apart.rename({"product": "product_id"})
    numbered = apart.select(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("row"), pl.all())
    return {"offer_rules": mined.rules, "offer_exclusions": numbered}


def _metrics(mined: _Mined) -> dict[str, Any]:
    found = mined.found
    best = mined.rules.filter(pl.col("stands") | ~pl.col("in_time")).head(_SHOWN)
    told = ("first", "second", "product_id", "confidence", "lift", "next_confidence", "next_lift")
    ends = ("next_lift_low", "next_lift_high")
    return {
        "in_time": bool(mined.rules["in_time"].any()) if mined.rules.height else None,
        "tested": found.tested if found else 0,
        "found": mined.rules.height,
        "stand": int(mined.rules["stands"].sum()),
        "customers": found.customers if found else 0,
        "took": found.took if found else 0,
        "excluded": mined.apart.height,
        "best": best.select(*told, *ends).to_dicts(),
    }
