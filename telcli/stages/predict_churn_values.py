"""What each customer is worth if kept, as the costs of contacting ask for it."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.methods.costs import CostMatrix
from telcli.stages.predict_churn_study import Road, Study

__all__ = ["Values"]

Floats = NDArray[np.float64]


class Values:
    """What each customer is worth if kept, in currency: `people` and `tested` align with the road's tables, as do
    `people_costs` and `tested_costs`, what contacting them costs.

    Retention value where the value stage scored everyone; else revenue times the ratio of the two among those it
    scored; else `value_months` of revenue; else `customer_value`.
    """

    def __init__(self, study: Study, road: Road) -> None:
        self.origin = "retention_value"
        scores = study.inputs.tables.get("value_scores")
        if scores is None:
            ratio = float(study.settings.value_months)
            self.origin = "revenue"
            known = {}
        else:
            wanted = scores.select("customer_id", "retention_value").collect(engine="streaming")
            known = {"values": wanted}
            joined = road.people.select("customer_id", _revenue()).join(wanted, on="customer_id").drop_nulls()
            total = float(joined.get_column("revenue").sum())
            ratio = float(joined.get_column("retention_value").sum()) / total if total > 0 else float("nan")
        self._default = study.settings.customer_value
        self.people = self._of(road.people, ratio, known.get("values"))
        self.tested = self._tested(road, ratio, known.get("values"))
        settings = study.settings
        shared = (settings.offer_cost, settings.contact_cost, settings.accept_rate)
        self.people_costs = CostMatrix.of_value(self.people, *shared)
        self.tested_costs = CostMatrix.of_value(self.tested, *shared)
        if self.origin != "retention_value":
            study.tell(
                "value-from-revenue",
                "There are no value scores: a customer is taken to be worth {months:g} months of revenue, or {value:g} "
                "where revenue is unknown.",
                months=study.settings.value_months,
                value=study.settings.customer_value,
            )

    def _tested(self, road: Road, ratio: float, scored: pl.DataFrame | None) -> Floats:
        """One rule for all tested customers: those who left since have no score, so mixing rules would leak."""
        if scored is not None:
            both = road.tested.select("customer_id").join(scored, on="customer_id", how="inner").drop_nulls()
            if both.height < road.tested.height:
                return self._of(road.tested, ratio, None)
        return self._of(road.tested, ratio, scored)

    def _of(self, frame: pl.DataFrame, ratio: float, scored: pl.DataFrame | None) -> Floats:
        rows = frame.select("customer_id", _revenue())
        known = pl.coalesce(pl.col("revenue"), pl.col("revenue").mean())
        by_revenue = (known * ratio).fill_nan(None).fill_null(self._default)
        if scored is None:
            return rows.select(by_revenue).to_series().cast(pl.Float64).to_numpy()
        joined = rows.join(scored, on="customer_id", how="left", maintain_order="left")
        found = joined.select(pl.col("retention_value").fill_null(by_revenue)).to_series()
        return found.cast(pl.Float64).to_numpy()


def _revenue() -> pl.Expr:
    return pl.coalesce(pl.col("revenue_mean_3"), pl.col("revenue")).cast(pl.Float64).alias("revenue")
