"""The tables of a plan: a row per customer, per cell of the grid, and per offer."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.features.task_words import deadlines
from telcli.features.value_risk import cell_of, cells
from telcli.stages.plan_retention_choice import Chosen
from telcli.stages.plan_retention_pairs import Pairs
from telcli.stages.plan_retention_power import power_of
from telcli.stages.plan_retention_study import Study
from telcli.tables.plan_results import CONTRACTS, EVIDENCE

__all__ = ["cells_table", "offers_table", "plan_table"]

Flags = NDArray[np.bool_]
_ALL = "all"


def plan_table(
    study: Study, people: pl.DataFrame, offers: pl.DataFrame, pairs: Pairs, chosen: Chosen, why: pl.Series
) -> pl.DataFrame:
    """retention_plan: what is done with each customer, in the order of `people`."""
    rows = np.arange(people.height)
    at = np.maximum(chosen.choice, 0)
    picked = chosen.choice >= 0

    def of(array: Any) -> pl.Series:
        """The figure of the chosen pair; null where there is none, or it is not known."""
        return pl.Series(np.where(picked, array[rows, at], np.nan)).fill_nan(None)

    def code(name: str) -> pl.Series:
        return pl.select(pl.when(pl.Series(picked)).then(offers[name].gather(at))).to_series()

    evidence = pl.Series(np.array(EVIDENCE)[pairs.evidence[rows, at]])
    action = np.where(picked, np.where(chosen.held, "held-out", "offer"), "none")
    frame = people.with_columns(
        as_of=pl.lit(study.as_of),
        campaign_id=pl.lit(study.campaign_id),
        action=pl.Series(action.astype(str)),
        offer_id=code("offer_id"),
        channel=code("channel"),
        manager_id=pl.when(pl.Series(picked)).then(pl.col("task_manager")),
        held_out=pl.Series(chosen.held),
        assignment=pl.when(pl.Series(picked)).then(pl.Series(chosen.chance)),
        expected_value=of(pairs.value),
        cost=of(pairs.cost),
        uplift=of(pairs.uplift),
        uplift_low=of(pairs.low),
        uplift_high=of(pairs.high),
        evidence=pl.when(pl.Series(picked)).then(evidence),
        why=why,
    )
    frame = deadlines(frame, study.settings)
    frame = frame.with_columns(deadline=pl.when(pl.Series(picked)).then(pl.col("deadline")))
    return CONTRACTS["retention_plan"].conform(frame.lazy()).collect()


def cells_table(study: Study, plan: pl.DataFrame) -> pl.DataFrame:
    """retention_cells: every cell of the grid, those without customers too, and all of them together."""
    rows = [_cell(study, _ALL, plan)]
    for value, risk, strategy in cells(study.settings.grid):
        name = cell_of(value, risk)
        about = {"value_band": value, "risk_band": risk, "strategy": strategy}
        rows.append({**_cell(study, name, plan.filter(pl.col("cell") == name)), **about})
    frame = pl.DataFrame(rows, infer_schema_length=None).with_columns(as_of=pl.lit(study.as_of))
    return CONTRACTS["retention_cells"].conform(frame.lazy()).collect()


def _cell(study: Study, name: str, rows: pl.DataFrame) -> dict[str, Any]:
    chosen, contacted = rows.filter(pl.col("action") != "none"), rows.filter(pl.col("action") == "offer")
    held = chosen.height - contacted.height
    p, uplift = (chosen[column].to_numpy() for column in ("churn_probability", "uplift"))
    return {
        "cell": name,
        "customers": rows.height,
        "refined": rows.filter(pl.col("strategy_reason") != "grid").height,
        "worth": math.fsum(rows["worth"]),
        "expected_loss": math.fsum((rows["worth"] * rows["churn_probability"]).to_list()),
        "contacted": contacted.height,
        "held_out": held,
        "holdout_share": held / chosen.height if chosen.height else None,
        "expected_value": math.fsum(contacted["expected_value"]),
        "cost": math.fsum(contacted["cost"]),
        **power_of(study.settings, p, uplift, held),
    }


def offers_table(
    study: Study, offers: pl.DataFrame, pairs: Pairs, able: Flags, harmful: Flags, chosen: Chosen
) -> pl.DataFrame:
    """plan_offers: whom each offer fits, pays with, was chosen for; `able` are pairs that may be chosen."""
    worthwhile = able & (pairs.value > study.settings.least_value)
    rows = [_offer(at, pairs, able[:, at], worthwhile[:, at], harmful[:, at], chosen) for at in range(offers.height)]
    frame = pl.concat([offers, pl.DataFrame(rows, infer_schema_length=None)], how="horizontal")
    frame = frame.with_columns(as_of=pl.lit(study.as_of))
    return CONTRACTS["plan_offers"].conform(frame.lazy()).collect()


def _offer(at: int, pairs: Pairs, able: Flags, worthwhile: Flags, harmful: Flags, chosen: Chosen) -> dict[str, Any]:
    here = chosen.choice == at
    contacted = here & ~chosen.held
    fits = np.flatnonzero(able | harmful)
    kinds = np.bincount(pairs.evidence[fits, at], minlength=len(EVIDENCE))
    return {
        "eligible": len(fits),
        "worthwhile": int(worthwhile.sum()),
        "wanted": int((chosen.free == at).sum()),
        "barred": int(harmful.sum()),
        "contacted": int(contacted.sum()),
        "held_out": int(here.sum() - contacted.sum()),
        "cost": math.fsum(pairs.cost[contacted, at]),
        "expected_value": math.fsum(pairs.value[contacted, at]),
        "uplift": math.fsum(pairs.uplift[fits, at]) / len(fits) if len(fits) else None,
        "evidence": EVIDENCE[int(kinds.argmax())] if len(fits) else None,
    }
