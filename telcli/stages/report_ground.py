"""What the parts of the report's stage share: results of the month, its months and customers, facts and settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from telcli.features.churn_words import feature_name
from telcli.figures import churn, customers, kpis, quality, segments, value
from telcli.figures.finding import Facts
from telcli.figures.pictures import picture_blocks
from telcli.figures.retained import loop_blocks
from telcli.figures.watched import watch_blocks
from telcli.settings import ReportSettings

__all__ = ["Ground", "costed", "facts_of", "table_rows"]


@dataclass(frozen=True)
class Ground:
    """What figures are made from.

    Parameters
    ----------
    tables : results of the month by name; absent ones are not there.
    metrics : what earlier stages recorded, by stage.
    months, lines : as `customers.monthly` and `customers.snapshot` give them.
    settings : of the report. facts : what findings are made of.
    """

    tables: Mapping[str, pl.LazyFrame]
    metrics: Mapping[str, Any]
    months: pl.DataFrame
    lines: pl.DataFrame
    settings: ReportSettings
    facts: Facts

    @property
    def least(self) -> int:
        """The smallest group that is shown."""
        return self.settings.small_cell


def facts_of(
    tables: Mapping[str, pl.LazyFrame],
    metrics: Mapping[str, Any],
    months: pl.DataFrame,
    lines: pl.DataFrame,
    settings: ReportSettings,
    currency: str,
) -> Facts:
    """The facts of the month, from what there is."""
    bands, valued = churn.bands(lines), lines["current_value"].count()
    profiles = tables.get("segment_profiles")
    costs = table_rows(tables, "churn_costs", ["cost", "method"], ("method", "cost", "contacted", "chosen"))
    told = [] if profiles is None else segments.segment_rows(profiles.collect(), lines, settings.small_cell)
    least, most = settings.small_cell, settings.top_customers
    pictures = picture_blocks(tables, metrics, months.to_dicts(), told, least, most, feature_name)
    return Facts(
        currency=currency,
        months=months.to_dicts(),
        kpi=kpis.headline(months, lines, bands),
        value=value.about(lines["current_value"]) if valued >= settings.small_cell else {},
        bands=bands,
        grid=churn.grid(lines, settings.small_cell),
        segments=told,
        # With no revenue known costs rest on an assumed worth, which is no finding about these customers.
        costs=costs if costed(metrics) or customers.priced(lines) else [],
        model=kpis.model(metrics),
        quality=_quality(tables, metrics),
        blocks={**loop_blocks(tables, least), **watch_blocks(tables, least), **pictures},
    )


def costed(metrics: Mapping[str, Any]) -> bool:
    """Whether the costs of contacting were given, so that savings rest on them and not on what customers bring."""
    return (metrics.get("predict-churn") or {}).get("value_from") == "costs"


def table_rows(
    tables: Mapping[str, pl.LazyFrame], name: str, order: list[str], columns: tuple[str, ...]
) -> list[dict[str, Any]]:
    """A small result table as rows in order; empty where there is none."""
    return tables[name].select(columns).sort(order).collect().to_dicts() if name in tables else []


def _quality(tables: Mapping[str, pl.LazyFrame], metrics: Mapping[str, Any]) -> dict[str, Any]:
    if "rejects" not in tables:
        return {}
    read = quality.sources(metrics.get("ingest") or {})
    return quality.about(quality.refusals(tables["rejects"]), tables["rejects"], read)
