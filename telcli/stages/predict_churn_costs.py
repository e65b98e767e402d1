"""Whom each method would have contacted, what that would have cost on tested customers, and which method is used."""

from __future__ import annotations

from telcli.methods.costs import decisions
from telcli.methods.total_cost import REFERENCE, TotalCost, total_cost_table
from telcli.stages.predict_churn_study import Road, Study
from telcli.stages.predict_churn_values import Values

__all__ = ["compared"]


def compared(study: Study, road: Road, values: Values) -> TotalCost:
    """The total-cost table of the tested customers, and the method to use; what is unusual about it is told."""
    acts = decisions(road.p, values.tested_costs, study.inputs.seed)
    found = total_cost_table(road.y, values.tested_costs, acts, seed=study.inputs.seed)
    if found.chosen != REFERENCE:
        study.tell(
            "decision-not-model",
            "On tested customers the cheapest decision was {method}; targets follow expected savings all the same.",
            method=found.chosen,
        )
    return found
