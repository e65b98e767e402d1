"""Whom each method would have contacted, what that would have cost on tested customers, and whom to contact now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.methods.costs import decisions
from telcli.methods.total_cost import REFERENCE, total_cost_table
from telcli.stages.predict_churn_campaign import campaign_of, profit_table
from telcli.stages.predict_churn_study import Road, Study
from telcli.stages.predict_churn_trials import applied, tried
from telcli.stages.predict_churn_values import Values

__all__ = ["Compared", "compared"]

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Compared:
    """Tables by name, metrics (JSON-able), and whom to contact at the snapshot."""

    tables: Mapping[str, pl.LazyFrame]
    metrics: Mapping[str, Any]
    target: Flags


def compared(study: Study, road: Road, values: Values) -> Compared:
    """The total-cost table of the tested customers, and the targets of the method in use; what is unusual is told.

    The methods are compared on the customers they were tested on, and so is one picked; that flatters it, which is why
    another than the model's takes more than chance explains.
    """
    seed = study.inputs.seed
    acts = dict(decisions(road.p, values.tested_costs, seed))
    if study.settings.compare == "all":
        acts |= tried(study, road, values)
    found = total_cost_table(road.y, values.tested_costs, acts, seed=seed)
    target = decisions(road.probability, values.people_costs, seed).get(found.chosen)
    if target is None:
        target = applied(study, road, values, found.chosen, acts[found.chosen])
    if found.chosen != REFERENCE:
        study.tell(
            "decision-not-model",
            "On tested customers {method} cost {saved:,.0f} less than the model's own decision, more than chance "
            "explains: targets follow it. It was picked on them, so expect it to save less.",
            method=found.chosen,
            saved=found.metrics["total_cost"][REFERENCE] - found.metrics["total_cost"][found.chosen],
        )
    table = pl.DataFrame(found.rows).select(pl.lit(study.as_of).alias("as_of"), pl.all())
    kept, campaign = campaign_of(study, road, values, target)
    curve, best = profit_table(study, road, values)
    tables = {"churn_costs": table.lazy(), "churn_profit": curve}
    return Compared(tables, {**found.metrics, "costs": found.rows, "campaign": {**campaign, **best}}, kept)
