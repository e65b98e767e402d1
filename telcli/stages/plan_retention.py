"""Whom to contact with which offer, whom to hold out, and why nobody else.

Customers stand in a grid of value and risk, refined by loyalty, potential and stage of life. Each pair of customer and
offer has an expected net value, V u - d a - f (`telcli.methods.net_value`), by the best evidence there is of the gain
u. Offers are chosen so that these add up to most within budget, channels, managers' hands and limits of offers; of the
chosen a share is held out by lot in each cell and offer, so that the next months show what contacting brought.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.features.offer_conditions import holds
from telcli.features.retention_offers import offers as offers_of
from telcli.features.task_owner import assign
from telcli.features.task_words import tasks
from telcli.settings import PlanRetentionSettings
from telcli.stages import Inputs, Outcome
from telcli.stages.plan_retention_choice import Chosen, choose
from telcli.stages.plan_retention_limits import Limits, limits_of
from telcli.stages.plan_retention_offers import tell_of_offers
from telcli.stages.plan_retention_pairs import Pairs, pairs_of
from telcli.stages.plan_retention_people import people_of
from telcli.stages.plan_retention_policy import Policy, overlap_table, policy_of
from telcli.stages.plan_retention_study import Study
from telcli.stages.plan_retention_tables import cells_table, offers_table, plan_table
from telcli.stages.plan_retention_told import limits_told, metrics_of, tell_of

__all__ = ["plan_retention"]

Flags = NDArray[np.bool_]


def plan_retention(inputs: Inputs, settings: PlanRetentionSettings) -> Outcome:
    """Plan the contacts of the month after the snapshot.

    Needs churn_scores, customer_months and customers; uses value_scores, segments, customer_views, campaigns,
    contacts, plans and outcomes of earlier months, what is known of offers by then, and an uplift model that is
    trusted. Gives retention_plan, retention_cells, plan_offers, plan_overlap and retention_tasks.

    Raises
    ------
    DataError
        Nobody with a churn score is still here.
    UsageError
        The condition of an offer cannot be meant.
    """
    study = Study(inputs, settings, inputs.as_of or date.min)
    people = people_of(study)
    offers = offers_of(inputs.choices.get("offers"), settings.take)
    tell_of_offers(study, offers)
    policy = policy_of(study, people, offers)
    fits = _fits(study, people, offers)
    pairs = pairs_of(study, people, offers)
    harmful = fits & pairs.harmful
    able = fits & ~harmful & policy.free[:, None] & ~policy.excluded
    pays: Flags = able & (pairs.value > settings.least_value)
    people = _managed(study, people, np.any(pays, axis=1))
    limits = limits_of(study, people, offers)
    chosen = choose(study, people, offers, pairs, able, limits)
    why = _why(people, pairs, (fits, harmful, able), pays, policy, chosen, limits)
    plan = plan_table(study, people, offers, pairs, chosen, why)
    cells, of_offers = cells_table(study, plan), offers_table(study, offers, pairs, able, harmful, chosen)
    overlap = overlap_table(study, plan, policy)
    tell_of(study, plan, offers)
    told = limits_told(limits, chosen, pairs)
    tables = {
        "retention_plan": plan,
        "retention_cells": cells,
        "plan_offers": of_offers,
        "plan_overlap": overlap,
        "retention_tasks": tasks(plan, offers, facts=people),
    }
    lazy = {name: frame.lazy() for name, frame in tables.items()}
    return Outcome(
        lazy, metrics_of(study, plan, (cells, of_offers, overlap), told), tuple(study.notices), as_of=study.as_of
    )


def _fits(study: Study, people: pl.DataFrame, offers: pl.DataFrame) -> Flags:
    """Whether an offer is meant for a customer: by her strategy, and by its condition."""
    told = {code: text for code, text in offers.select("offer_id", "when").iter_rows() if text is not None}
    held = holds(told, people, study.inputs.tables, study.as_of)
    strategy = people["strategy"]
    columns = [
        strategy.is_in(meant).to_numpy() & held.get(code, np.True_)
        for code, meant in offers.select("offer_id", "strategies").iter_rows()
    ]
    return np.stack(columns, axis=1)


def _managed(study: Study, people: pl.DataFrame, candidates: Flags) -> pl.DataFrame:
    """The customers with task_manager, who would contact them, and owner, of those who may be contacted."""
    known = study.inputs.tables["customers"].collect()
    given = assign(people.filter(pl.Series(candidates)), capacity=study.settings.manager_capacity, known=known)
    given = given.select("customer_id", "owner", task_manager="manager_id")
    return people.join(given, on="customer_id", how="left", maintain_order="left")


def _why(
    people: pl.DataFrame,
    pairs: Pairs,
    flags: tuple[Flags, Flags, Flags],
    pays: Flags,
    policy: Policy,
    chosen: Chosen,
    limits: Limits,
) -> pl.Series:
    """Why each customer is contacted or not: the first reason that holds."""
    fits, harmful, able = flags
    low = (people["risk_band"] == "low").to_numpy()
    money = chosen.found.money_price
    dear = ~(pays & ((pairs.value > money * pairs.cost) & (pairs.cost <= limits.budget))).any(axis=1)
    reasons = (
        (chosen.choice >= 0, np.where(chosen.held, "held-out", "planned")),
        (~policy.free, policy.codes),
        (~fits.any(axis=1), np.where(low, "low-risk", "not-eligible")),
        ((fits & ~harmful).any(axis=1) & ~able.any(axis=1), np.full(people.height, "excluded")),
        (~able.any(axis=1), np.full(people.height, "sleeping-dog")),
        (~pays.any(axis=1), np.where(low, "low-risk", "not-worth")),
        (dear, np.full(people.height, "no-money")),
    )
    rest = "no-capacity" if limits.of_contacts else "no-money"
    found = np.select([holds for holds, _ in reasons], [code for _, code in reasons], rest)
    return pl.Series(found.astype(str))
