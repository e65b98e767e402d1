"""What contacting customers changed, for whom, how surely, and what it brought: plans against their hold-out.

By intention to treat: who was to be contacted against who was held out by the draw, whatever happened to either after.
Stayed is who did not leave from the month after the snapshot to the end of predict-churn's outcome window.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from telcli.errors import MissingInputError
from telcli.settings import EvaluateRetentionSettings
from telcli.stages import Inputs, Outcome
from telcli.stages.evaluate_retention_checks import checks, tell_checks
from telcli.stages.evaluate_retention_curves import curves
from telcli.stages.evaluate_retention_figures import Row
from telcli.stages.evaluate_retention_groups import Trial, by_group, effects, evidence, trials
from telcli.stages.evaluate_retention_model import learned
from telcli.stages.evaluate_retention_seen import observed, ripe
from telcli.stages.evaluate_retention_study import Study, named
from telcli.stages.evaluate_retention_trials import gathered
from telcli.tables import contract
from telcli.tables.effect_results import ALL, FIGURES
from telcli.tables.masking import numberless

__all__ = ["evaluate_retention"]

_DOGS = 20
"""Groups harmed that are listed; the tables have all."""
_FEW = 10
"""Customers below which a group is named nowhere but in the tables."""


def evaluate_retention(inputs: Inputs, settings: EvaluateRetentionSettings) -> Outcome:
    """Evaluate every plan and past campaign whose outcome window is over.

    Needs customer_months; reads the plans and outcomes of earlier months, and past campaigns. Gives retention_effects,
    retention_by, retention_curves, retention_checks and retention_evidence; none of them where nothing can be compared
    yet, which is told.

    Raises
    ------
    MissingInputError
        There is no plan and no past campaign with customers held out.
    """
    months = inputs.tables["customer_months"]
    as_of = inputs.as_of or months.select(pl.col("month").max()).collect(engine="streaming").item()
    study = Study(inputs, settings, as_of)
    everybody = gathered(study)
    if everybody.is_empty():
        raise _nothing(study)
    found = trials(study, observed(study, ripe(study, everybody)))
    waiting = _waiting(study, everybody)
    if not found:
        return Outcome({}, {"campaigns": 0, "waiting": waiting}, tuple(study.notices), as_of=as_of)
    return _told(study, everybody, found, waiting)


def _told(study: Study, everybody: pl.DataFrame, found: list[Trial], waiting: list[dict[str, Any]]) -> Outcome:
    known = learned(study, found)
    parts: dict[str, list[Row]] = {name: [] for name in _TABLES}
    orders: list[dict[str, Any]] = []
    for at, trial in enumerate(known.trials):
        study.inputs.progress("trials", at, len(found))
        parts["retention_effects"] += effects(study, trial)
        parts["retention_by"] += by_group(study, trial)
        drawn, told = curves(study, trial)
        parts["retention_curves"] += drawn
        orders += told
        if trial.campaign != ALL:
            parts["retention_checks"] += checks(study, trial, everybody)
            parts["retention_evidence"] += evidence(study, trial)
    tell_checks(study, parts["retention_checks"])
    metrics = {
        "campaigns": len(found) - 1,
        "waiting": waiting,
        **_headline(parts["retention_effects"]),
        "by_campaign": _campaigns(parts["retention_effects"]),
        "by_offer": _offers(parts["retention_effects"]),
        "sleeping_dogs": _harmed(study, parts),
        "orders": orders,
        "uplift_model": known.facts,
        "checks_failed": sum(row["passed"] is False for row in parts["retention_checks"]),
    }
    tables = {name: _frame(name, rows) for name, rows in parts.items()}
    return Outcome(tables, metrics, tuple(study.notices), known.models, study.as_of)


_TABLES = ("retention_effects", "retention_by", "retention_curves", "retention_checks", "retention_evidence")


def _frame(name: str, rows: list[Row]) -> pl.LazyFrame:
    """Rows as the table has them: a figure that a group has not is null."""
    types = {column: about.dtype for column, about in contract(name).schema.columns().items()}
    return pl.DataFrame([{column: row.get(column) for column in types} for row in rows], schema=types).lazy()


def _nothing(study: Study) -> MissingInputError:
    """What to do where there is neither a plan nor a past campaign."""
    return MissingInputError(
        "nothing-to-evaluate",
        "There is no plan of a month before {month}, and no past campaign with customers held out.",
        hint="Make a plan first: telcli plan-retention. Or ingest past campaigns with their arms (campaigns.arm).",
        month=f"{study.as_of:%Y-%m}",
    )


def _waiting(study: Study, everybody: pl.DataFrame) -> list[dict[str, Any]]:
    """Campaigns whose window is not over yet."""
    early = everybody.filter(pl.col("plan_month") > study.latest).group_by("campaign_id")
    rows = early.agg(pl.col("plan_month").first(), customers=pl.len()).sort("plan_month", "campaign_id")
    return [{**row, "plan_month": row["plan_month"].isoformat()} for row in rows.to_dicts()]


def _total(rows: list[Row]) -> list[Row]:
    return [row for row in rows if row["cell"] == ALL and row["offer_id"] == ALL]


def _headline(rows: list[Row]) -> dict[str, Any]:
    total = next(row for row in _total(rows) if row["campaign_id"] == ALL)
    return {name: total.get(name) for name in FIGURES}


def _campaigns(rows: list[Row]) -> list[dict[str, Any]]:
    return [
        {"campaign_id": row["campaign_id"], "plan_month": _iso(row["plan_month"])}
        | {name: row.get(name) for name in FIGURES}
        for row in _total(rows)
        if row["campaign_id"] != ALL
    ]


def _offers(rows: list[Row]) -> list[dict[str, Any]]:
    """What each offer changed over all campaigns."""
    return [
        {"offer_id": row["offer_id"]} | {name: row.get(name) for name in FIGURES}
        for row in rows
        if row["campaign_id"] == ALL and row["cell"] == ALL and row["offer_id"] != ALL
    ]


def _iso(month: date | None) -> str | None:
    return month.isoformat() if month else None


def _harmed(study: Study, parts: dict[str, list[Row]]) -> list[dict[str, Any]]:
    """Groups whom contacting drives away, beyond what chance explains among all groups looked at; the worst first."""
    groups = [
        (f"{row['cell']}, {row['offer_id']}" if ALL not in (row["cell"], row["offer_id"]) else _only(row), row)
        for row in parts["retention_effects"]
    ]
    groups += [(f"{row['dimension']}={numberless(row['value'])}", row) for row in parts["retention_by"]]
    found = [
        {"campaign_id": row["campaign_id"], "group": name}
        | {
            each: row[each]
            for each in ("treated", "held_out", "uplift", "uplift_low", "uplift_high", "chance_adjusted")
        }
        for name, row in groups
        if row["verdict"] == "harms" and name and row["treated"] + row["held_out"] >= _FEW
    ]
    found.sort(key=lambda row: (row["campaign_id"] != ALL, row["uplift_high"], row["group"]))
    if found:
        study.tell(
            "sleeping-dogs",
            "Contacting drives some groups away, beyond chance: {groups}. Leave them alone.",
            groups=named(sorted({row["group"] for row in found})),
        )
    return found[:_DOGS]


def _only(row: Row) -> str:
    """A cell of every offer; an offer of every cell stands in retention_by too, and a total is no group."""
    return f"cell={row['cell']}" if row["cell"] != ALL else ""
