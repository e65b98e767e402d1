"""Whom to contact at the snapshot within what there is to spend, and what contacting more or fewer would bring."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.methods.contact_limits import within_limits
from telcli.methods.profit_curve import ProfitCurve, break_even, profit_curve
from telcli.stages.predict_churn_study import Road, Study
from telcli.stages.predict_churn_values import Values

__all__ = ["campaign_of", "profit_table"]

Flags = NDArray[np.bool_]


def campaign_of(study: Study, road: Road, values: Values, target: Flags) -> tuple[Flags, dict[str, Any]]:
    """The targets that `budget` and `capacity` leave, and figures of the campaign, all of them expected.

    Who is labelled as having left is no target, and counts in no figure but `already_left`. `best_contacts` are those
    whose saving is above 0, `break_even_contacts` as many as bring no loss in all; `limit_costs` is what the limits
    make the campaign save less.
    """
    settings = study.settings
    saving, spend = values.people_costs.expected_saving(road.probability), values.spend(road.probability)
    here = ~road.gone
    target, worth = target & here, (saving > 0) & here
    limits = {"budget": settings.budget or None, "capacity": settings.capacity or None}
    budget = np.inf if limits["budget"] is None else settings.budget
    kept = within_limits(saving, spend, target, budget=budget, capacity=settings.capacity or None)
    facts = {
        "contacts": int(kept.sum()),
        "spend": float(spend[kept].sum()),
        "expected_saving": float(saving[kept].sum()),
        "best_contacts": int(worth.sum()),
        "best_saving": float(saving[worth].sum()),
        "best_spend": float(spend[worth].sum()),
        "break_even_contacts": break_even(saving[here]),
        "already_left": int(road.gone.sum()),
        **limits,
        "limit_costs": max(float(saving[target].sum() - saving[kept].sum()), 0.0) if kept.sum() < target.sum() else 0.0,
    }
    if kept.sum() < target.sum():
        study.tell(
            "campaign-limited",
            "Of {wanted} customers worth contacting {kept} are targets, spending {spend:,.0f}: the limit costs "
            "{lost:,.0f} of expected saving.",
            wanted=int(target.sum()),
            kept=int(kept.sum()),
            spend=facts["spend"],
            lost=facts["limit_costs"],
        )
    return kept, facts


def profit_table(study: Study, road: Road, values: Values) -> tuple[pl.LazyFrame, dict[str, Any]]:
    """The table churn_profit, of customers tested and of those here at the snapshot, and its best on those tested."""
    curve, here = profit_curve(road.y, road.p, values.tested_costs), ~road.gone
    saving, spend = values.people_costs.expected_saving(road.probability)[here], values.spend(road.probability)[here]
    order = np.argsort(-saving, kind="stable")
    sums = np.cumsum(np.stack([saving[order], spend[order]]), axis=1)
    rows = []
    for row in curve.rows:
        k = round(saving.size * float(row["percent"] or 0) / 100)
        saved, spent = sums[:, k - 1].tolist() if k else (0.0, 0.0)
        rows.append({**row, "snapshot_contacts": k, "snapshot_saving": saved, "snapshot_spend": spent})
    table = pl.DataFrame(rows).select(pl.lit(study.as_of).alias("as_of"), pl.all())
    return table.lazy(), _tested(curve)


def _tested(curve: ProfitCurve) -> dict[str, float]:
    # The best of a curve is picked on the customers it is told of, so it flatters; the names say so.
    return {"hindsight_best_share": curve.best, "hindsight_break_even_share": curve.even}
