"""What to offer to whom: by rules of what customers hold, by what their plan costs them, by what they never used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from telcli.errors import MissingInputError, Notice
from telcli.features.contact_policy import refusing
from telcli.settings import RecommendOffersSettings
from telcli.stages import Inputs, Outcome
from telcli.stages.recommend_offers_ground import Ground, ground_of
from telcli.stages.recommend_offers_idle import by_use
from telcli.stages.recommend_offers_plans import by_plans
from telcli.stages.recommend_offers_rules import by_rules

__all__ = ["recommend_offers"]

_KINDS = ("rule", "plan-fit", "cold-use")


def recommend_offers(inputs: Inputs, settings: RecommendOffersSettings) -> Outcome:
    """Recommend products and plans for the customers there at the end of the as-of month.

    Raises
    ------
    MissingInputError
        Nobody is there in the month.
    DataError, UsageError
        The table of tariffs is not as it should be, or an attribute named does not exist.
    """
    as_of = inputs.as_of
    alone = [*inputs.choices.get("left_alone", ()), *refusing(inputs.tables["customers"])]
    ground = ground_of(inputs.tables, as_of, settings, inputs.choices, alone) if as_of else None
    if as_of is None or ground is None or not ground.people.height:
        raise MissingInputError(
            "offers-nobody", "Nobody is a customer at the end of the month.", hint="Choose another --as-of."
        )
    parts = {
        "rules": by_rules(ground),
        "plans": by_plans(ground, inputs.choices.get("tariffs")),
        "unused": by_use(ground),
    }
    offers = _ranked(pl.concat([part.offers for part in parts.values()]), settings.offers_each)
    tables = {"offer_recommendations": offers}
    for part in parts.values():
        tables |= part.tables
    said = [notice for part in parts.values() for notice in part.notices]
    return Outcome(
        {name: frame.lazy().with_columns(as_of=pl.lit(as_of)) for name, frame in tables.items()},
        {**_metrics(ground, offers), **{name: part.metrics for name, part in parts.items()}},
        (*said, *_notices(ground, offers)),
    )


def _ranked(offers: pl.DataFrame, most: int) -> pl.DataFrame:
    """The best of each customer, by score; of the same score by kind and name."""
    order = pl.col("kind").replace_strict(list(_KINDS), list(range(len(_KINDS))), return_dtype=pl.Int64)
    rows = offers.sort("customer_id", -pl.col("score"), order, "product_id")
    rows = rows.with_columns(rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("customer_id"))
    return rows.filter(pl.col("rank") <= most)


def _metrics(ground: Ground, offers: pl.DataFrame) -> dict[str, Any]:
    best = offers.filter(pl.col("rank") == 1)
    return {
        "customers": ground.people.height,
        "offered": best.height,
        "offers": offers.height,
        "by_kind": {kind: offers.filter(pl.col("kind") == kind).height for kind in _KINDS},
        "score_total": round(float(best["score"].sum()), 2),
        "spared": int(ground.people["spared"].sum()),
        "left_alone": int(ground.people["left_alone"].sum()),
    }


def _notices(ground: Ground, offers: pl.DataFrame) -> Iterator[Notice]:
    spared = int(ground.people["spared"].sum())
    if spared:
        yield Notice(
            "offers-spared",
            "{count} customers at risk of leaving are offered nothing more to pay for, only what may keep them "
            "(no_upsell_risk).",
            {"count": spared},
        )
    alone = int(ground.people["left_alone"].sum())
    if alone:
        yield Notice(
            "offers-left-alone", "{count} customers are not to be contacted, and are offered nothing.", {"count": alone}
        )
    if not offers.height:
        yield Notice("offers-none", "No offer came out of it; the warnings above say why.", {})
