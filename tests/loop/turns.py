"""Turns of the loop by stage functions alone, from one month's plan to what the next one knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from telcli.settings import EvaluateRetentionSettings, KnowledgeSettings, PlanRetentionSettings
from telcli.stages import Inputs, Outcome, SavedModel
from telcli.stages.evaluate_retention import evaluate_retention
from telcli.stages.knowledge import knowledge
from telcli.stages.plan_retention import plan_retention
from telcli.tables import contract
from tests.loop.known import known, month_frame
from tests.loop.managers import contacts_of, row_of, said
from tests.loop.operator import Operator, month_of
from tests.loop.policies import CAPACITY, HOLDOUT, offers

__all__ = ["Loop"]

_CHURN = {"gap_months": 0, "outcome_months": 1, "late_months": 0, "value_months": 12.0, "customer_value": 200.0}
_TALKED = ("accepted", "refused", "thinking", "unreachable")


@dataclass
class Loop:
    """An operator that goes by plans; `learns` says whether a plan sees what came of earlier ones."""

    world: Operator
    learns: bool = True
    seed: int = 1
    capacity: int = CAPACITY
    model_customers: int = 400
    months: list[pl.DataFrame] = field(default_factory=list)
    plans: list[pl.DataFrame] = field(default_factory=list)
    outcomes: list[pl.DataFrame] = field(default_factory=list)
    made: dict[str, pl.DataFrame] = field(default_factory=dict)
    models: dict[str, SavedModel] = field(default_factory=dict)

    @property
    def as_of(self) -> date:
        """The month that has ended."""
        return month_of(self.world.now)

    def turn(self) -> pl.DataFrame:
        """One month: learn of the month that has ended, plan the next, live it; returns the plan."""
        self.months.append(month_frame(self.world))
        if self.plans and self.learns:
            self.learn()
        plan = self.plan()
        self.plans.append(plan)
        self.outcomes.append(self.reported(plan))
        self.world.go_on(contacts_of(plan))
        return plan

    def plan(self) -> pl.DataFrame:
        """Plan the month to come."""
        settings = PlanRetentionSettings(
            channel_capacity=f"outbound={self.capacity}",
            quiet_days=0,
            frequency_cap=0,
            take=0.6,
            holdout=HOLDOUT,
            holdout_most=HOLDOUT,
        )
        tables = known(self.world) | (self.made if self.learns else {})
        choices = {"offers": offers(), "customer_value": 200.0, "value_months": 12.0, "churn": _CHURN}
        inputs = self._inputs(tables, choices)
        return plan_retention(inputs, settings).tables["retention_plan"].collect()

    def learn(self) -> Outcome:
        """Measure what earlier plans changed, and keep what it tells."""
        past = {"retention_plan": pl.concat(self.plans), "retention_outcomes": pl.concat(self.outcomes)}
        found = evaluate_retention(
            self._inputs(past, {"churn": _CHURN}),
            EvaluateRetentionSettings(draws=40, model_customers=self.model_customers),
        )
        self.made |= {name: frame.collect() for name, frame in found.tables.items()}
        self.models |= {name: SavedModel(model, told, name) for name, (model, told) in found.models.items()}
        told = knowledge(self._inputs(past | self.made, {}), KnowledgeSettings())
        self.made["retention_knowledge"] = told.tables["retention_knowledge"].collect()
        return found

    def reported(self, plan: pl.DataFrame) -> pl.DataFrame:
        """What managers report of a plan, as import-outcomes reads it: rows with slips are refused."""
        rows = []
        for customer, offer, manager in (
            plan.filter(action="offer").select("customer_id", "offer_id", "manager_id").rows()
        ):
            what, words = said(self.world, row_of(customer), offer)
            if what not in ("undone", "mistaken"):
                rows.append(
                    {
                        "campaign_id": plan["campaign_id"][0],
                        "customer_id": customer,
                        "as_of": self.as_of,
                        "manager_id": manager,
                        "contacted_on": words["contacted_on"],
                        "channel": "outbound",
                        "offer_id": offer,
                        "result": words["result"],
                        "cost": words["cost"],
                        "file": "sheet.xlsx",
                        "line": len(rows) + 2,
                        "contaminated": False,
                        "noted": "note" in words,
                    }
                )
        schema = contract("retention_outcomes").schema
        return pl.DataFrame(rows, schema={name: kind.dtype for name, kind in schema.columns().items()})

    def _inputs(self, tables: Mapping[str, pl.DataFrame], choices: Mapping[str, Any]) -> Inputs:
        tables = {**tables, "customer_months": pl.concat(self.months, how="diagonal_relaxed")}
        lazy = {name: frame.lazy() for name, frame in tables.items()}
        return Inputs(lazy, self.as_of, self.seed, choices=choices, borrowed=self.models if self.learns else {})
