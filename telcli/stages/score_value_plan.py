"""What customers are to be scored by: the hierarchy asked for, its weights, and scales made of some customers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from telcli.features.value_indicators import check_columns
from telcli.methods.indicator_score import MIDDLE, bounds_of, range_scale, rank_scale, scaled
from telcli.settings import ScoreValueSettings
from telcli.stages.score_value_judged import Judged, judged
from telcli.stages.score_value_record import Measure, trimmed
from telcli.tables.hierarchy import default, merged

__all__ = ["Plan", "plan", "tier_shares"]

Array = NDArray[np.float64]
_SCALES = {"rank": rank_scale, "range": range_scale}


@dataclass(frozen=True)
class Plan:
    """The hierarchy, its weights as judged, and the shares of the tiers but the last."""

    hierarchy: Mapping[str, Any]
    judged: Judged
    shares: tuple[float, ...]

    @property
    def indicators(self) -> Mapping[str, Mapping[str, str]]:
        """By item: column, better, scaling, name, name_zh."""
        found: Mapping[str, Mapping[str, str]] = self.hierarchy["indicators"]
        return found

    @property
    def names(self) -> dict[str, tuple[str, str]]:
        """By indicator: what it is called in English and Chinese."""
        return {item: (about["name"], about["name_zh"]) for item, about in self.indicators.items()}

    @property
    def columns(self) -> set[str]:
        """What the indicators are made of."""
        return {about["column"] for about in self.indicators.values()}

    def measure(self, values: Mapping[str, Array], since: date) -> Measure:
        """Scales and bounds made of these customers; indicators without data or that do not differ are dropped."""
        scales, dropped = {}, {}
        for item, about in self.indicators.items():
            found = _SCALES[about["scaling"]](values[item])
            if found is None:
                dropped[item] = "constant" if np.isfinite(values[item]).any() else "no-data"
            else:
                scales[item] = found
        made = Measure(since, trimmed(self.hierarchy, self.judged, dropped), scales, dropped)
        return replace(made, bounds=bounds_of(self.total(made, values), self.shares))

    def points(self, measure: Measure, values: Mapping[str, Array]) -> dict[str, Array]:
        """The score of each indicator that has weight."""
        return {
            item: scaled(values[item], scale, more=self.indicators[item]["better"] == "more")
            for item, scale in measure.scales.items()
        }

    def total(self, measure: Measure, values: Mapping[str, Array]) -> Array:
        """The score of each customer; 50 where no indicator tells any customers apart."""
        if not measure.scales:
            return np.full(len(next(iter(values.values()))), MIDDLE)
        return measure.tree.total(self.points(measure, values))


def plan(own: Mapping[str, Any] | None, settings: ScoreValueSettings) -> Plan:
    """What the operator's own hierarchy, if any, and the settings ask for.

    Raises
    ------
    UsageError
        The hierarchy is none, or judgements are missing.
    DataError
        Judgements contradict each other.
    """
    hierarchy = merged(dict(own) if own else default())
    check_columns(hierarchy["indicators"], hierarchy["source"], hierarchy.get("cells"))
    return Plan(hierarchy, judged(hierarchy, settings.random_index), tier_shares(settings))


def tier_shares(settings: ScoreValueSettings) -> tuple[float, float, float]:
    """The shares of customers in the tiers, the best first; what they leave is the last."""
    return settings.platinum_share, settings.gold_share, settings.silver_share
