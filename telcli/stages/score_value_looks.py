"""Value looked at from several sides: its spread, groups against all, what tiers hold, what is spent elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from telcli.features.margin import PAY_MODES, Book
from telcli.stages import Inputs
from telcli.stages.score_value_sides import curve_rows, decile_rows, index_rows, spread_told
from telcli.stages.score_value_stars import star_rows, stars_told
from telcli.stages.score_value_tiers import (
    held_pairs,
    kinds_known,
    tier_rows,
    top_rows,
    top_told,
    wallet_rows,
    wallet_told,
)

__all__ = ["looked"]

_KINDS = {
    "value-tier": "value_tier",
    "own-star": "star",
    "customer-class": "customer_class",
    "star-level": "star_level",
    "pay-mode": "pay_mode",
    "segment": "segment_name",
    "lifecycle-stage": "lifecycle_stage",
}
_TOLD = {"customers": ("customer_class", "star_level"), "segments": ("segment_name", "lifecycle_stage")}


def looked(
    inputs: Inputs, here: Book, scores: pl.DataFrame, as_of: date
) -> tuple[dict[str, pl.LazyFrame], Mapping[str, Any]]:
    """Tables value_stars, value_deciles, value_curve, value_index, value_top_held, value_wallet and value_tier_facts,
    and what the JSON tells of them.

    Parameters
    ----------
    inputs : Inputs
        customer_months; customers, subscriptions and products where there are some; levels of the operator's own.
    here : Book
        The customers valued.
    scores : polars.DataFrame
        value_scores, in the order of `here`.
    as_of : date
        The snapshot's month.
    """
    tables, levels = inputs.tables, star_rows(inputs, scores, as_of)
    people = _people(tables, here, scores, levels)
    tiers = people["value_tier"]
    pairs = held_pairs(tables, here.ids, as_of)
    top, wallets = top_rows(pairs, tiers, as_of), wallet_rows(tables, here.ids, as_of)
    index, known = index_rows(people, _KINDS, as_of), wallet_told(wallets)
    made = {
        "value_stars": levels,
        "value_deciles": decile_rows(people, as_of),
        "value_curve": curve_rows(people["current_value"], as_of),
        "value_index": index,
        "value_top_held": top,
        "value_wallet": wallets if any(known["known"].values()) else wallets.clear(),
        "value_tier_facts": tier_rows(tiers, pairs, wallets, kinds_known(tables, pairs), as_of),
    }
    far = index.filter("far_above").select("kind", "group", "customers", "revenue_index", "margin_index").to_dicts()
    spread = spread_told(people["current_value"])
    told = {
        "top_20_share": spread["top_20_share"],
        "concentration": spread,
        "far_above": far,
        "top_held": top_told(top),
        "wallet": known,
        "stars": stars_told(levels, inputs.choices.get("value_stars")),
    }
    return {name: rows.lazy() for name, rows in made.items()}, told


def _people(tables: Mapping[str, pl.LazyFrame], here: Book, scores: pl.DataFrame, levels: pl.DataFrame) -> pl.DataFrame:
    """Each customer valued: money, tier, and the groups she is in, null where she is in none or it is not known."""
    modes = np.array([*PAY_MODES, None], dtype=object)[here.group]
    people = scores.select(
        "customer_id", "current_value", "lifetime_value", "expected_months", "value_tier"
    ).with_columns(revenue=here.year["revenue"], pay_mode=pl.Series(modes.tolist(), dtype=pl.String))
    people = people.join(levels.select("customer_id", "star"), on="customer_id", how="left", maintain_order="left")
    for table, wanted in _TOLD.items():
        have = tables[table].collect_schema().names() if table in tables else []
        told = [name for name in wanted if name in have]
        if told:
            rows = tables[table].select("customer_id", *told).collect(engine="streaming")
            people = people.join(rows, on="customer_id", how="left", maintain_order="left")
        people = people.with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in wanted if name not in told)
    return people
