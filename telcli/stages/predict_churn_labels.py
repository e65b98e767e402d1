"""Labels of months by the operator's own definition of leaving, and what is told of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from telcli.errors import DataError
from telcli.features import churn_labels as labels
from telcli.features.churn_base import walk
from telcli.features.churn_leavings import COUNTED, Definition, Departed, departed
from telcli.features.exit_kinds import KINDS
from telcli.methods.late_records import incomplete_months
from telcli.stages.predict_churn_definition import MONTH_DAYS, definition_of, whole_months
from telcli.stages.predict_churn_study import Study

__all__ = ["Labelled", "here_now", "label_months", "labels_at", "months_defined", "settle_months"]


@dataclass(frozen=True)
class Labelled:
    """Labels of every snapshot, sorted by customer and month, and the facts of them.

    `rows` are customer_id, month, churned; `here` customers who have not left by the as-of month, None where that is
    what customer_months says.
    """

    rows: pl.DataFrame
    here: pl.LazyFrame | None
    facts: dict[str, Any]


def settle_months(study: Study) -> int:
    """Months after an outcome window by which all is known of it: returns are waited for, and late records."""
    return whole_months(study.settings.return_days) + study.settings.late_months


def label_months(study: Study, snapshots: Sequence[date]) -> Labelled:
    """Label everyone alive at the snapshots; `labels_at` finds them again.

    Raises
    ------
    UsageError, DataError
        The definition cannot be held to; see `definition_of`. Nobody says how anybody left.
    """
    definition = definition_of(study)
    found = departed(study.inputs.tables, definition)
    states = labels.labelled(found, tuple(snapshots), _window(study))
    counts = labels.label_counts(states)
    _refuse_untold(definition, counts)
    _tell_late(study, found)
    _tell_rounded(study)
    _tell_silent(study, found, definition)
    told = {"definition": _told(study, definition), "snapshots": [_row(month, row) for month, row in counts.items()]}
    rows = study.labels[tuple(snapshots)] = labels.label_rows(states)
    return Labelled(rows, _here(study, found, definition), told)


def here_now(study: Study) -> pl.LazyFrame | None:
    """Customers who have not left by the as-of month, as `here` of `Labelled`."""
    definition = definition_of(study)
    return _here(study, departed(study.inputs.tables, definition), definition) if definition.by_silence else None


def labels_at(study: Study, snapshots: Sequence[date], only: pl.Series | None = None) -> pl.DataFrame:
    """Labels of snapshots, as `rows` of `Labelled`, by the same definition; nothing is told of them.

    Those of months labelled before in the run are not made again. `only` are the customers that are wanted.
    """
    parts, missing = [], list(snapshots)
    for months, rows in study.labels.items():
        kept = rows.filter(pl.col("month").is_in([month for month in missing if month in months]))
        parts.append(kept if only is None else kept.join(only.to_frame("customer_id"), on="customer_id", how="semi"))
        missing = [month for month in missing if month not in months]
    if missing or not parts:
        tables = study.inputs.tables if only is None else _of_customers(study.inputs.tables, only)
        found = departed(tables, definition_of(study))
        parts.append(labels.label_rows(labels.labelled(found, tuple(missing), _window(study))))
    return pl.concat(parts).sort("customer_id", "month") if len(parts) > 1 else parts[0]


def months_defined(study: Study) -> pl.LazyFrame:
    """Months of customers, `active` and `left` being what leaving is defined as.

    Who leaves in a way that does not count is watched no longer from that month on.
    """
    definition, tables = definition_of(study), study.inputs.tables
    if definition == Definition(words=definition.words, columns=definition.columns):
        return tables["customer_months"]  # which says the same by itself, at less work
    return walk(tables, definition).months.with_columns(active=pl.col("here") & ~pl.col("left"))


def _window(study: Study) -> labels.LabelWindow:
    settings = study.settings
    return labels.LabelWindow(settings.gap_months, settings.outcome_months, whole_months(settings.return_days))


def _of_customers(tables: Mapping[str, pl.LazyFrame], only: pl.Series) -> dict[str, pl.LazyFrame]:
    """What labels of some customers are made of: their months, their lines, and lines of whoever shares an account."""
    ids = only.to_frame("customer_id").lazy()
    found = {"customer_months": tables["customer_months"].join(ids, on="customer_id", how="semi")}
    if "subscriptions" in tables:
        lines = tables["subscriptions"]
        if "account_id" in lines.collect_schema():
            accounts = lines.join(ids, on="customer_id", how="semi").select("account_id").drop_nulls()
            shared = lines.join(accounts, on="account_id", how="semi").select("customer_id")
            ids = pl.concat([ids, shared]).unique()
        found["subscriptions"] = lines.join(ids, on="customer_id", how="semi")
    return found


def _refuse_untold(definition: Definition, counts: dict[date, dict[str, int]]) -> None:
    """Refuse where nobody churns because nobody says how lines end."""
    churners = sum(row["churned"] for row in counts.values())
    untold = sum(row["other unknown"] for row in counts.values())
    if churners or not untold or "unknown" in definition.kinds:
        return
    raise DataError(
        "kinds-not-known",
        "{untold} customers left, and of none it is known how: nobody churns by the kinds in churn_kinds.",
        hint="Say how lines end (--map end_reason=COLUMN, exit_columns in [predict-churn]), or add unknown to "
        "churn_kinds.",
        untold=untold,
    )


def _tell_late(study: Study, found: Departed) -> None:
    """Say so where the last months look as if leavings of them were still to be recorded."""
    alive = found.alive.group_by("month").agg(people=pl.len())
    gone = found.gone.filter("counts").group_by("month").agg(left=pl.len())
    rows = alive.join(gone, on="month", how="left").sort("month").collect(engine="streaming")
    rows = rows.filter(pl.col("month") <= study.as_of)
    left = rows.get_column("left").fill_null(0)
    thin, usual = incomplete_months(left.to_list(), rows.get_column("people").to_list())
    if thin > study.settings.late_months:
        study.tell(
            "leavings-late",
            "In {month} only {left} customers are known to have left, where {usual:.0f} would be usual: records may "
            "still be coming. Set late_months = {months} in [predict-churn] to leave the last months out.",
            month=f"{study.as_of:%Y-%m}",
            left=int(left[-1]),
            usual=usual,
            months=thin,
        )


def _tell_rounded(study: Study) -> None:
    """Say which days count as more of them, since months are all that is known."""
    for name in ("inactive_days", "return_days"):
        asked = getattr(study.settings, name)
        counted = whole_months(asked) * MONTH_DAYS
        if counted != asked:
            study.tell(
                "days-rounded",
                "[predict-churn] {name} = {asked} counts as {counted}: it is told by months of {days} days.",
                name=name,
                asked=asked,
                counted=counted,
                days=MONTH_DAYS,
            )


def _tell_silent(study: Study, found: Departed, definition: Definition) -> None:
    """Say how many fell silent where that is no churn, though silence was asked about."""
    if not (study.settings.inactive_days or study.settings.zero_use_months) or "inactive" in definition.kinds:
        return
    silent = found.gone.filter(pl.col("kind") == "inactive").select(pl.col("customer_id").n_unique())
    study.tell(
        "silence-not-counted",
        "{customers} customers left by silence, which churn_kinds does not count: they are no churners. Add inactive "
        "to churn_kinds in [predict-churn] to count them.",
        customers=int(silent.collect(engine="streaming").item()),
    )


def _here(study: Study, found: Departed, definition: Definition) -> pl.LazyFrame | None:
    """Customers who have not left by the as-of month; who has fallen silent by then is told."""
    if not definition.by_silence:
        return None
    here = found.alive.filter(pl.col("month") == study.as_of).select("customer_id")
    rows = study.inputs.tables["customer_months"].filter(pl.col("month") == study.as_of, "active", ~pl.col("left"))
    silent = rows.join(here, on="customer_id", how="anti").select(pl.len()).collect(engine="streaming").item()
    if silent:
        study.tell(
            "silent-by-now",
            "{customers} prepaid customers have left by silence in {month}, as churn is defined here: they are not "
            "scored.",
            customers=silent,
            month=f"{study.as_of:%Y-%m}",
        )
    return here


def _told(study: Study, definition: Definition) -> dict[str, Any]:
    """The definition as the JSON and the model's description have it."""
    return {
        "kinds": [kind for kind in COUNTED if kind in definition.kinds],
        "level": definition.level,
        "prepaid": definition.prepaid,
        "silent_months": definition.silent_months,
        "zero_use": definition.zero_use,
        "return_months": definition.return_months,
        "late_months": study.settings.late_months,
    }


def _row(month: date, row: dict[str, int]) -> dict[str, Any]:
    known = row["churned"] + row["stayed"]
    return {
        "snapshot": str(month),
        "customers": known,
        "churners": row["churned"],
        "churn_rate": row["churned"] / known if known else None,
        "left_in_gap": row["gap"],
        "left_otherwise": row["otherwise"],
        "censored": row["unseen"],
        "by_kind": {kind: row[f"churned {kind}"] for kind in KINDS if row[f"churned {kind}"]},
        "others_by_kind": {kind: row[f"other {kind}"] for kind in KINDS if row[f"other {kind}"]},
    }
