"""The months of the walk, each with its dates and what became of customers: churn_windows, and the same in the JSON."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from telcli.features.exit_kinds import KINDS
from telcli.features.month_index import add_months, end_of_month
from telcli.stages.predict_churn_study import Road, Study
from telcli.tables import contract

__all__ = ["label_told", "windows_table"]


def label_told(study: Study, road: Road) -> dict[str, Any]:
    """The definition of leaving and, by snapshot, its role, its dates and what became of customers; for the JSON."""
    label = road.facts.get("label")
    if label is None:
        churners = int(road.y.sum())
        counts = {"customers": road.y.size, "churners": churners, "churn_rate": churners / road.y.size}
        dates = {"observe_from": study.as_of.isoformat(), "observe_to": end_of_month(study.as_of).isoformat()}
        return {
            "definition": "churned, as labelled in customers",
            "snapshots": [{"snapshot": study.as_of.isoformat(), "role": "test", **dates, **counts}],
        }
    rows = [_row(study, road, counts) for counts in label["snapshots"]]
    return {**label, "snapshots": rows}


def windows_table(study: Study, road: Road, label: dict[str, Any]) -> pl.LazyFrame:
    """churn_windows: the snapshots of `label_told`, and the customers that are scored."""
    scored = {"snapshot": study.as_of.isoformat(), "role": "score", "customers": road.people.height}
    if "observe_months" in road.facts["windows"]:
        scored |= _dates(study, road, study.as_of)
    kinds = contract("churn_windows").schema.columns()
    texts = {name: pl.String if kind.dtype == pl.Date else kind.dtype for name, kind in kinds.items()}
    rows = [{"as_of": study.as_of.isoformat(), **row, **_by_kind(row)} for row in (*label["snapshots"], scored)]
    found = pl.DataFrame([{name: row.get(name) for name in texts} for row in rows], schema=texts, orient="row")
    days = [name for name, kind in kinds.items() if kind.dtype == pl.Date]
    return found.with_columns(pl.col(name).str.to_date() for name in days).lazy()


def _by_kind(row: dict[str, Any]) -> dict[str, int]:
    """A column for each kind of leaving, be it churn or not, where kinds are told."""
    if "by_kind" not in row:
        return {}
    churned, others = row["by_kind"], row["others_by_kind"]
    return {f"left_{kind.replace('-', '_')}": churned.get(kind, 0) + others.get(kind, 0) for kind in KINDS}


def _row(study: Study, road: Road, counts: dict[str, Any]) -> dict[str, Any]:
    month = date.fromisoformat(counts["snapshot"])
    role = _role(road.facts, counts["snapshot"])
    return {"snapshot": counts["snapshot"], "role": role, **_dates(study, road, month), **counts}


def _role(facts: dict[str, Any], month: str) -> str:
    """What a snapshot is for; of cross-validation all but the tested one train, of a random split none but that."""
    windows = facts["windows"]
    if month in (windows["test"], windows["calibrate"]):
        return "test" if month == windows["test"] else "calibrate"
    later = windows["train"] or facts["split"] == "random"
    return "final-train" if later and month not in windows["train"] else "train"


def _dates(study: Study, road: Road, month: date) -> dict[str, str]:
    """First and last days of what is looked back on and of the outcome window."""
    gap, outcome = study.settings.gap_months, study.settings.outcome_months
    days = {
        "observe_from": add_months(month, 1 - int(road.facts["windows"]["observe_months"])),
        "observe_to": end_of_month(month),
        "outcome_from": add_months(month, gap + 1),
        "outcome_to": end_of_month(add_months(month, gap + outcome)),
    }
    return {name: day.isoformat() for name, day in days.items()}
