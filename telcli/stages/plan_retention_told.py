"""What is told of a plan beside its tables: counts, money, limits and their prices."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from telcli.stages.plan_retention_choice import Chosen
from telcli.stages.plan_retention_limits import Limits
from telcli.stages.plan_retention_pairs import Pairs
from telcli.stages.plan_retention_study import Study

__all__ = ["limits_told", "metrics_of", "tell_of"]


def metrics_of(
    study: Study, plan: pl.DataFrame, tables: Sequence[pl.DataFrame], limits: dict[str, Any]
) -> dict[str, Any]:
    """The plan in figures; `tables` are those of cells, of offers and of overlap."""
    cells, offers, overlap = tables
    whole = cells.row(cells["cell"].to_list().index("all"), named=True)
    counts = plan.group_by("why").len().sort("why")
    evidence = plan.filter(pl.col("action") != "none").group_by("evidence").len().sort("evidence")
    return {
        "campaign_id": study.campaign_id,
        "customers": plan.height,
        "contacted": whole["contacted"],
        "held_out": whole["held_out"],
        "holdout_share": whole["holdout_share"],
        "expected_value": whole["expected_value"],
        "cost": whole["cost"],
        "expected_loss": whole["expected_loss"],
        "limits": limits,
        "limit_costs": max(limits["value_without_limits"] - limits["objective"], 0.0),
        "why": dict(counts.iter_rows()),
        "evidence": dict(evidence.iter_rows()),
        "cells": cells.drop("as_of").to_dicts(),
        "offers": offers.drop("as_of").to_dicts(),
        "overlap": overlap.filter(pl.col("first") == study.campaign_id).drop("as_of", "first").to_dicts(),
        "deadline": max((day.isoformat() for day in plan["deadline"].drop_nulls().unique()), default=None),
        "take": study.settings.take,
        "power": study.settings.power,
        "alpha": study.settings.alpha,
    }


def tell_of(study: Study, plan: pl.DataFrame, offers: pl.DataFrame) -> None:
    """Say what the analyst should know before the plan is acted on."""
    _tell_evidence(study, plan)
    counts = dict(plan.group_by("why").len().iter_rows())
    contacted = counts.get("planned", 0)
    if not contacted and not counts.get("held-out", 0):
        _tell_nobody(study, plan, counts, offers)
    if counts.get("sleeping-dog", 0):
        study.tell(
            "plan-sleeping-dogs",
            "{customers} customers are left alone: every offer that fits them is known to drive such customers off.",
            customers=counts["sleeping-dog"],
        )
    if study.settings.holdout == 0.0 and contacted:
        study.tell(
            "plan-no-holdout",
            "Nobody is held out: what the contacts bring will not be known. Set holdout in [plan-retention] to 0.1.",
        )


def _tell_evidence(study: Study, plan: pl.DataFrame) -> None:
    chosen = plan.filter(pl.col("action") != "none")
    assumed = chosen.filter(pl.col("evidence") == "assumed").height
    if not chosen.height or not assumed:
        return
    if assumed == chosen.height:
        study.tell(
            "plan-assumed",
            "No trial tells yet what these offers bring: gains are assumed from the acceptance in settings. Whoever is "
            "held out will show it.",
        )
    else:
        study.tell(
            "plan-partly-assumed",
            "Of {chosen} customers chosen, the gain of {assumed} is assumed from settings: no trial tells of it yet.",
            chosen=chosen.height,
            assumed=assumed,
        )


def _tell_nobody(study: Study, plan: pl.DataFrame, counts: dict[str, int], offers: pl.DataFrame) -> None:
    """Why the plan contacts nobody, in a sentence."""
    money = counts.get("no-money", 0)
    if money:
        study.tell(
            "plan-no-money",
            "Nobody is contacted: a budget of {budget} is too small for any of {customers} customers worth contacting.",
            budget=study.settings.budget,
            customers=money,
        )
    elif counts.get("no-capacity", 0):
        study.tell(
            "plan-no-capacity",
            "Nobody is contacted: channels, managers and limits of offers leave no room for any of {customers} "
            "customers worth contacting.",
            customers=counts["no-capacity"],
        )
    elif counts.get("not-worth", 0) + counts.get("sleeping-dog", 0):
        study.tell(
            "plan-not-worth",
            "Nobody is contacted: with none of {customers} customers is an offer expected to bring more than it costs. "
            "Cheaper offers, or an acceptance that is known, may change that.",
            customers=plan.height,
        )
    else:
        study.tell(
            "plan-not-eligible",
            "Nobody is contacted: none of {offers} offers may be made to anybody. Look at when, strategies and "
            "excludes in [plan-retention.offers].",
            offers=offers.height,
        )


def limits_told(limits: Limits, chosen: Chosen, pairs: Pairs) -> dict[str, Any]:
    """Limits, what of them is used, what one more unit of each would bring, and what all of them cost."""
    rows = np.flatnonzero(chosen.contacted)
    offer, found = chosen.choice[rows], chosen.found
    by_channel = np.bincount(limits.channel_of[offer], minlength=len(limits.channels)).tolist()
    hands = rows[limits.hands[offer] & (limits.manager_of[rows] >= 0)]
    by_manager = np.bincount(limits.manager_of[hands], minlength=len(limits.managers))
    finite = np.isfinite(limits.manager_room)
    wanted = np.flatnonzero(chosen.free >= 0)
    return {
        "budget": limits.budget if math.isfinite(limits.budget) else None,
        "money_price": found.money_price,
        "gap": found.gap,
        "objective": found.objective,
        "bound": found.bound,
        "value_without_limits": math.fsum(pairs.value[wanted, chosen.free[wanted]]),
        "channels": [
            {"channel": name, "capacity": room if math.isfinite(room) else None, "contacts": used, "price": price}
            for name, room, used, price in zip(
                limits.channels, limits.channel_room.tolist(), by_channel, found.channel_prices.tolist(), strict=True
            )
        ],
        "managers": len(limits.managers),
        "managers_busy": int((by_manager > 0).sum()),
        "managers_full": int((by_manager[finite] >= limits.manager_room[finite]).sum()),
        "most_of_a_manager": int(by_manager.max(initial=0)),
    }
