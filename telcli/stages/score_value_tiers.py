"""What the tiers of value hold and leave elsewhere: products by tier, those of the top tier alone, share of wallet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from telcli.features.exact import mean_of
from telcli.features.ranges import of_customers
from telcli.features.touches import held_at_end, live_lines
from telcli.features.wallet import MEASURES, SIGNS, second_sim_columns, wallet
from telcli.intake.words import flags
from telcli.methods.chance import chances_of_as_many, holm
from telcli.tables import contract
from telcli.tables.results import VALUE_TIERS
from telcli.tables.value_view_results import HELD_KINDS, TIER_MEASURES, TOP_HELD

__all__ = ["held_pairs", "kinds_known", "tier_rows", "top_rows", "top_told", "wallet_rows", "wallet_told"]

_SURE = 0.05
_ONLY, _MOSTLY, _MORE, _NO = TOP_HELD
_PLACES = {"plan": "plan_id", "service": "service_type"}
_HELD = {"plan": "plans_held", "service": "services_held", "product": "products_held"}
_FACTS = {
    **dict.fromkeys(("value_tier", "measure"), pl.String()), **dict.fromkeys(("customers", "known"), pl.Int64()),
    **dict.fromkeys(("mean", "median"), pl.Float64()),
}  # fmt: skip
_PAIRS = {"place": pl.UInt32(), "kind": pl.String(), "item": pl.String()}
_TOP = {
    "kind": pl.String(), "item": pl.String(), "value_tier": pl.String(),
    **dict.fromkeys(("customers", "in_tier"), pl.Int64()),
    **dict.fromkeys(("share_of_holders", "tier_share", "share_index", "chance", "chance_of_all"), pl.Float64()),
    "held_by_tier": pl.String(),
}  # fmt: skip


def held_pairs(tables: Mapping[str, pl.LazyFrame], ids: pl.Series, as_of: date) -> pl.DataFrame:
    """Which of these customers holds what at the month's end: plans, kinds of service and products of live lines.

    Columns ``place`` (of the customer among `ids`), ``kind`` (one of HELD_KINDS) and ``item``, each pair once.
    """
    frames = [pl.LazyFrame(schema=_PAIRS)]
    if "subscriptions" in tables:
        whose = ids.to_frame("customer_id").with_row_index("place").lazy()
        live = live_lines(tables["subscriptions"], as_of).join(whose, on="customer_id")
        frames += [
            live.select("place", kind=pl.lit(kind), item=column).drop_nulls() for kind, column in _PLACES.items()
        ]
        if "products" in tables:
            held = contract("products").conform(tables["products"])
            held = held.filter(held_at_end("started_on", "ended_on", as_of))
            both = held.join(live.select("place", "subscription_id"), on="subscription_id")
            frames.append(both.select("place", kind=pl.lit("product"), item="product_id"))
    # a kind at a time: pairs of several kinds are never the same
    return pl.concat(frame.unique().collect(engine="streaming") for frame in frames)


def top_rows(pairs: pl.DataFrame, tiers: pl.Series, as_of: date) -> pl.DataFrame:
    """value_top_held: each plan, product and kind of service, and how many of its holders are of the best tier.

    `chance` is how likely as many of its holders would be of that tier if the tier were drawn blindly of all customers
    (exact, hypergeometric); `chance_of_all` the same where all items of the kind were looked at (Holm).

    Parameters
    ----------
    pairs : polars.DataFrame
        What `held_pairs` gives.
    tiers : polars.Series
        value_tier of all customers valued, in their order.
    as_of : date
        The snapshot's month.
    """
    there = [tier for tier in VALUE_TIERS if tier in set(tiers.unique())]
    if not there or not pairs.height:
        return pl.DataFrame(schema=_TOP).with_columns(as_of=pl.lit(as_of))
    best, of = there[0], len(tiers)
    top = tiers == best
    marked = int(top.sum())
    counts = (
        pairs.select("kind", "item", top=top[pairs["place"]])
        .group_by("kind", "item")
        .agg(customers=pl.len().cast(pl.Int64), in_tier=pl.col("top").sum().cast(pl.Int64))
        .sort("kind", "item")
    )
    chance = chances_of_as_many(counts["in_tier"].to_numpy(), counts["customers"].to_numpy(), marked, of)
    kinds = counts["kind"].to_numpy()
    adjusted = np.ones(len(chance))
    for kind in HELD_KINDS:
        adjusted[kinds == kind] = holm(chance[kinds == kind])
    share = pl.col("in_tier") / pl.col("customers")
    sure = pl.col("chance_of_all") < _SURE
    held = (
        pl.when(~sure).then(pl.lit(_NO)).when(share == 1).then(pl.lit(_ONLY)).when(share > 0.5).then(pl.lit(_MOSTLY))
    ).otherwise(pl.lit(_MORE))
    return counts.with_columns(chance=pl.Series(chance), chance_of_all=pl.Series(adjusted)).select(
        "kind",
        "item",
        pl.lit(best).alias("value_tier"),
        "customers",
        "in_tier",
        share.round(6).alias("share_of_holders"),
        pl.lit(round(marked / of, 6)).alias("tier_share"),
        (share / (marked / of)).round(6).alias("share_index"),
        pl.col("chance").clip(0, 1).round(8),
        pl.col("chance_of_all").clip(0, 1).round(8),
        held.alias("held_by_tier"),
        pl.lit(as_of).alias("as_of"),
    )


def top_told(rows: pl.DataFrame) -> dict[str, Any] | None:
    """For the JSON: by kind of item, how many are held by the top tier only, mostly or more than by others."""
    if not rows.height:
        return None
    counts = {
        kind: {how: rows.filter((pl.col("kind") == kind) & (pl.col("held_by_tier") == how)).height for how in TOP_HELD}
        for kind in HELD_KINDS
        if kind in rows["kind"]
    }
    return {"value_tier": rows["value_tier"][0], **counts}


def wallet_rows(tables: Mapping[str, pl.LazyFrame], ids: pl.Series, as_of: date) -> pl.DataFrame:
    """value_wallet: of each customer valued what tells of money spent elsewhere; null where it is not known."""
    told = of_customers(wallet(tables["customer_months"], as_of), ids)
    found = ids.to_frame("customer_id").hstack(told).with_columns(second_sim=_second_sim(tables, ids, as_of))
    signs = pl.sum_horizontal(pl.col(name).cast(pl.Int64) for name in SIGNS)
    known = pl.sum_horizontal(pl.col(name).is_not_null().cast(pl.Int64) for name in SIGNS)
    counts = {"signs": pl.when(known > 0).then(signs), "signs_known": known}
    return found.select("customer_id", pl.lit(as_of).alias("as_of"), *MEASURES, *SIGNS, **counts)


def _second_sim(tables: Mapping[str, pl.LazyFrame], ids: pl.Series, as_of: date) -> pl.Series:
    """Whether a column of the extract's own, of customers or of live lines, says yes; null where none says anything."""
    told = [pl.DataFrame(schema={"customer_id": pl.String, "yes": pl.Boolean})]
    for table in ("customers", "subscriptions"):
        if table not in tables:
            continue
        frame = live_lines(tables[table], as_of) if table == "subscriptions" else tables[table]
        for name in second_sim_columns(tables[table].collect_schema().names()):
            rows = frame.select("customer_id", name).collect(engine="streaming")
            told.append(rows.select("customer_id", yes=_yes(rows[name])).drop_nulls())
    by_customer = pl.concat(told).group_by("customer_id").agg(pl.col("yes").any())
    return ids.to_frame("customer_id").join(by_customer, on="customer_id", how="left", maintain_order="left")["yes"]


def _yes(column: pl.Series) -> pl.Series:
    """A column of flags, whatever type ingest found it to be of; what is neither yes nor no is not known."""
    if column.dtype == pl.Boolean:
        return column
    if column.dtype.is_numeric():
        return (column > 0).alias(column.name)
    return flags(column.cast(pl.String))[0]


def wallet_told(rows: pl.DataFrame) -> dict[str, Any]:
    """For the JSON: the share of customers that each measure and sign is known of, and that each sign is true of."""
    size = max(rows.height, 1)
    known = {name: round(rows[name].count() / size, 6) for name in (*MEASURES, *SIGNS)}
    said = {name: None if not rows[name].count() else int(rows[name].sum()) for name in SIGNS}
    return {"known": known, "customers": said}


def tier_rows(
    tiers: pl.Series, pairs: pl.DataFrame, wallets: pl.DataFrame, known: Mapping[str, bool], as_of: date
) -> pl.DataFrame:
    """value_tier_facts: what customers of each tier hold and what tells of their wallets, of those it is known of.

    What is known of nobody has no rows.

    Parameters
    ----------
    tiers, pairs, wallets
        value_tier of the customers valued, in their order; what `held_pairs` and `wallet_rows` give.
    known : mapping
        Kind of item -> whether such items are known at all: who has none then holds none.
    as_of : date
        The snapshot's month.
    """
    frame = wallets.with_columns(tiers.alias("value_tier"))
    for kind, name in _HELD.items():
        places = pairs.filter(pl.col("kind") == kind)["place"].to_numpy()
        counts = pl.Series(name, np.bincount(places, minlength=len(tiers)), dtype=pl.Float64)
        frame = frame.with_columns(counts if known[kind] else pl.lit(None, dtype=pl.Float64).alias(name))
    names = [name for name in TIER_MEASURES if frame[name].count()]
    measures = [pl.col(name).cast(pl.Float64) for name in names]
    wide = frame.group_by("value_tier").agg(
        pl.len().cast(pl.Int64).alias("customers"),
        *(each.count().cast(pl.Int64).alias(f"known {name}") for name, each in zip(names, measures, strict=True)),
        *(mean_of(each).round(6).alias(f"mean {name}") for name, each in zip(names, measures, strict=True)),
        *(each.median().round(6).alias(f"median {name}") for name, each in zip(names, measures, strict=True)),
    )
    several = pairs.with_columns(value_tier=tiers[pairs["place"]]).group_by("value_tier", "kind").agg(
        distinct_items=pl.n_unique("item").cast(pl.Int64)
    )  # fmt: skip
    several = several.select(
        "value_tier", "distinct_items", measure=pl.col("kind").replace_strict(_HELD, return_dtype=pl.String)
    )
    told = {name: [pl.col(f"{what} {name}").alias(what) for what in ("known", "mean", "median")] for name in names}
    long = [wide.select("value_tier", "customers", pl.lit(name).alias("measure"), *told[name]) for name in names]
    rows = pl.concat([pl.DataFrame(schema=_FACTS), *(each.select(_FACTS.keys()) for each in long)])
    rows = rows.join(several, on=("value_tier", "measure"), how="left")
    return rows.with_columns(as_of=pl.lit(as_of)).sort("value_tier", "measure")


def kinds_known(tables: Mapping[str, pl.LazyFrame], pairs: pl.DataFrame) -> dict[str, bool]:
    """Whether plans, kinds of service and products are known at all; no product held now is known where some are."""
    there = set(pairs["kind"].unique())
    return {
        kind: ("products" in tables and "subscriptions" in tables) if kind == "product" else kind in there
        for kind in HELD_KINDS
    }
