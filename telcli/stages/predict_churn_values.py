"""What each customer is worth if kept, as the costs of contacting ask for it."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.methods.campaign import Campaign, campaign_of_costs
from telcli.methods.costs import CostMatrix
from telcli.stages.predict_churn_given import given_costs, matrix_of
from telcli.stages.predict_churn_study import Road, Study

__all__ = ["Values"]

Floats = NDArray[np.float64]


class Values:
    """What each customer is worth if kept, in currency: `people` and `tested` align with the road's tables, as do
    `people_costs` and `tested_costs`, what contacting them costs.

    Retention value where the value stage scored everyone; else revenue times the ratio of the two among those it
    scored; else `value_months` of revenue; else `customer_value`. Where costs are given, what missing a churner costs.
    """

    def __init__(self, study: Study, road: Road) -> None:
        self._settings = study.settings
        self._given = given_costs(study.settings, study.inputs.tables)
        if self._given:
            self.origin = "costs"
            self.people_costs, self.tested_costs = self.costs_of(road.people), self.costs_of(road.tested)
            self.people, self.tested = self.people_costs.fn, self.tested_costs.fn
            return
        self.origin, self._ratio, scored = self._scored(study, road)
        self.people = self._of(road.people, scored)
        self._fits = scored
        if scored is not None:
            # One rule for all tested customers: those who left since have no score, so mixing rules would leak.
            both = road.tested.select("customer_id").join(scored, on="customer_id", how="inner").drop_nulls()
            self._fits = scored if both.height == road.tested.height else None
        self.tested = self._of(road.tested, self._fits)
        self.people_costs, self.tested_costs = self._priced(self.people), self._priced(self.tested)
        if self.origin != "retention_value":
            study.tell(
                "value-from-revenue",
                "There are no value scores: a customer is taken to be worth {months:g} months of revenue, or {value:g} "
                "where revenue is unknown.",
                months=study.settings.value_months,
                value=study.settings.customer_value,
            )

    def costs_of(self, frame: pl.DataFrame) -> CostMatrix:
        """What contacting customers of the past costs, by the rule that the tested ones are priced by."""
        if self._given:
            return matrix_of(self._given, frame)
        return self._priced(self._of(frame, self._fits))

    def campaign(self) -> Campaign | None:
        """One campaign for all tested customers, as MPC and EMPC know it; None where given costs differ among them."""
        settings = self._settings
        if self._given:
            return campaign_of_costs(self.tested_costs, settings.accept_rate)
        worth = float(self.tested.mean())
        return Campaign.of(worth, settings.offer_cost, settings.contact_cost, settings.accept_rate)

    def spend(self, p: Floats) -> Floats:
        """What contacting each customer at the snapshot is expected to take of a budget, at their chances of leaving.

        Contact and, of those who take it, offer; where costs are given, what contacting one who stays costs.
        """
        if self._given:
            return self.people_costs.fp
        settings = self._settings
        taken = 1.0 - p + p * settings.accept_rate
        spent: Floats = settings.contact_cost + settings.offer_cost * taken
        return spent

    def _priced(self, value: Floats) -> CostMatrix:
        settings = self._settings
        return CostMatrix.of_value(value, settings.offer_cost, settings.contact_cost, settings.accept_rate)

    def _scored(self, study: Study, road: Road) -> tuple[str, float, pl.DataFrame | None]:
        """Where worth comes from, how many times its revenue a customer is worth, and the scores."""
        scores = study.inputs.tables.get("value_scores")
        if scores is None:
            return "revenue", float(study.settings.value_months), None
        wanted = scores.select("customer_id", "retention_value").collect(engine="streaming")
        joined = road.people.select("customer_id", _revenue()).join(wanted, on="customer_id").drop_nulls()
        total = float(joined.get_column("revenue").sum())
        ratio = float(joined.get_column("retention_value").sum()) / total if total > 0 else float("nan")
        return "retention_value", ratio, wanted

    def _of(self, frame: pl.DataFrame, scored: pl.DataFrame | None) -> Floats:
        rows = frame.select("customer_id", _revenue())
        known = pl.coalesce(pl.col("revenue"), pl.col("revenue").mean())
        by_revenue = (known * self._ratio).fill_nan(None).fill_null(self._settings.customer_value)
        if scored is None:
            return rows.select(by_revenue).to_series().cast(pl.Float64).to_numpy()
        joined = rows.join(scored, on="customer_id", how="left", maintain_order="left")
        found = joined.select(pl.col("retention_value").fill_null(by_revenue)).to_series()
        return found.cast(pl.Float64).to_numpy()


def _revenue() -> pl.Expr:
    return pl.coalesce(pl.col("revenue_mean_3"), pl.col("revenue")).cast(pl.Float64).alias("revenue")
