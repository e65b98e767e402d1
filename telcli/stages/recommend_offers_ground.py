"""Whom offers are for: customers at the snapshot, what is known of their leaving, and what is not to be offered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from telcli.errors import Notice
from telcli.features.margin_parts import Rates
from telcli.settings import RecommendOffersSettings

__all__ = ["Ground", "Part", "ground_of", "no_offers", "offered"]

_OFFERED = {
    "customer_id": pl.String,
    "product_id": pl.String,
    "kind": pl.String,
    "purpose": pl.String,
    "chance": pl.Float64,
    "expected_margin": pl.Float64,
    "score": pl.Float64,
    "monthly_fee": pl.Float64,
    "rule": pl.Int64,
    "why": pl.String,
    "why_zh": pl.String,
}
"""Columns of what a part offers."""


def no_offers() -> pl.DataFrame:
    """An offer to nobody."""
    return pl.DataFrame(schema=_OFFERED)


def offered(rows: pl.DataFrame) -> pl.DataFrame:
    """Offers in the columns that every part has."""
    return rows.select(pl.col(name).cast(kind) for name, kind in _OFFERED.items())


@dataclass(frozen=True)
class Part:
    """What one way to an offer found: offers, its tables, figures and what is to be said."""

    offers: pl.DataFrame
    tables: Mapping[str, pl.DataFrame]
    metrics: Mapping[str, Any]
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True)
class Ground:
    """What every way to an offer stands on.

    Parameters
    ----------
    tables : what the stage was given.
    people : ``customer_id`` of those there at the end of the month, sorted; ``churn_probability``, ``worth`` (null
        where not known), ``spared`` (nothing more to pay for is offered) and ``left_alone`` (nothing is offered).
    as_of : first day of the month.
    settings : of the stage.
    margin_share : what is left of a fee.
    currency : of amounts.
    """

    tables: Mapping[str, pl.LazyFrame]
    people: pl.DataFrame
    as_of: date
    settings: RecommendOffersSettings
    margin_share: float
    currency: str

    @property
    def months_margin(self) -> float:
        """What a monthly fee of 1 brings within the horizon."""
        return self.margin_share * self.settings.horizon_months

    @property
    def risks_known(self) -> bool:
        """Whether anybody's chance of leaving is known."""
        return bool(self.people["churn_probability"].is_not_null().any())


def ground_of(
    tables: Mapping[str, pl.LazyFrame],
    as_of: date,
    settings: RecommendOffersSettings,
    choices: Mapping[str, Any],
    left_alone: list[str],
) -> Ground:
    """Put together what is known of the customers who are there at the end of the month."""
    months = tables["customer_months"].filter(pl.col("month") == as_of, pl.col("active"))
    people = months.select("customer_id").collect(engine="streaming").sort("customer_id")
    risk = _of(tables, "churn_scores", {"churn_probability": pl.Float64, "risk_band": pl.String})
    worth = _of(tables, "value_scores", {"retention_value": pl.Float64})
    known = people.join(risk, on="customer_id", how="left", maintain_order="left")
    known = known.join(worth, on="customer_id", how="left", maintain_order="left")
    bands = {"high": ["high"], "medium": ["medium", "high"], "never": []}[settings.no_upsell_risk]
    told = known.select(
        "customer_id",
        "churn_probability",
        pl.col("retention_value").alias("worth"),
        spared=pl.col("risk_band").is_in(bands).fill_null(value=False),
        left_alone=pl.col("customer_id").is_in(left_alone),
    )
    margin = float(choices.get("margin_rate", Rates().margin_rate))
    return Ground(tables, told, as_of, settings, margin, str(choices.get("currency", "CNY")))


def _of(
    tables: Mapping[str, pl.LazyFrame], name: str, columns: Mapping[str, pl.DataType | type[pl.DataType]]
) -> pl.DataFrame:
    """Some columns of a result by customer; no rows where there is none."""
    if name not in tables:
        return pl.DataFrame(schema={"customer_id": pl.String, **columns})
    return tables[name].select("customer_id", *columns).collect(engine="streaming")
