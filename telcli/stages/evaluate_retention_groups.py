"""The effect of each trial, by cell and offer and by every other group of customers, and what knowledge learns of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.stages.evaluate_retention_arms import Arms, arms_of
from telcli.stages.evaluate_retention_figures import Row, figures, judged
from telcli.stages.evaluate_retention_study import Study, named
from telcli.tables.effect_results import ALL

__all__ = ["Trial", "by_group", "effects", "evidence", "trials"]

UNKNOWN = "unknown"
_BY = {
    "segment": "segment_name",
    "offer": "offer_id",
    "manager": "manager_id",
    **{name: name for name in ("theme", "channel", "risk_band", "value_band", "lifecycle_stage", "source", "response")},
}
"""Dimension: its column."""
_AFTER = "response"
"""Known only of those contacted: the held out have none, so it has no effect of its own."""
_EVIDENCE = ("segment_name", "theme", "offer_id", "channel")
_TEXTS = (*_BY.values(), "cell")


@dataclass(frozen=True)
class Trial:
    """Customers of one campaign, or of all of them.

    `rows` are those compared, sorted by campaign and customer; `unseen` those of whom nothing is known at the end.
    """

    campaign: str
    month: date | None
    rows: pl.DataFrame
    unseen: pl.DataFrame

    @cached_property
    def arms(self) -> Arms:
        """The rows as arrays."""
        return arms_of(self.rows)

    @property
    def ratio(self) -> float:
        """Customers treated for one held out."""
        out = int(self.rows["held_out"].sum())
        return max(self.rows.height - out, 1) / max(out, 1)

    def groups(self, keys: Sequence[str]) -> Iterator[tuple[tuple[Any, ...], NDArray[np.intp], int]]:
        """Values of each group of rows, in order, which rows they are, and how many more are unseen."""
        lost = {tuple(row[:-1]): row[-1] for row in self.unseen.group_by(keys).len().iter_rows()}
        found = self.rows.with_row_index("at").group_by(keys).agg("at").sort(keys)
        for row in found.iter_rows():
            yield tuple(row[:-1]), np.sort(np.asarray(row[-1], dtype=np.intp)), lost.get(tuple(row[:-1]), 0)


def trials(study: Study, rows: pl.DataFrame) -> list[Trial]:
    """Each campaign that can be compared, by month and name, and then all of them together; none where none can be."""
    rows = rows.with_columns(pl.col(name).fill_null(UNKNOWN) for name in _TEXTS)
    here = pl.col("here")
    open_to_both = (pl.col("chance") > 0.0) & (pl.col("chance") < 1.0)
    gone, sure = rows.filter(~here).height, rows.filter(here & ~open_to_both)
    if gone:
        study.tell("not-here", "Of the customers of trials {n} were not here at the snapshot: left out.", n=gone)
    if sure.height:
        study.tell(
            "no-counterpart",
            "{n} customers could be in one arm only, and are compared with nobody: campaigns {campaigns}.",
            n=sure.height,
            campaigns=named(sure["campaign_id"].unique().to_list()),
        )
    kept = rows.filter(here & open_to_both)
    both = pl.col("stayed").is_not_null() & pl.col("held_out")
    other = pl.col("stayed").is_not_null() & ~pl.col("held_out")
    whole = kept.filter(both.any().over("campaign_id") & other.any().over("campaign_id"))
    lone = sorted(set(rows["campaign_id"]) - set(whole["campaign_id"]))
    if lone:
        study.tell(
            "no-holdout",
            "Nobody was held out of {campaigns}, or nobody contacted, of whom it is known what came of it: there is "
            "nothing to compare. Set holdout above 0 in [plan-retention].",
            campaigns=named(lone),
        )
    unseen = int(whole["stayed"].is_null().sum())
    if unseen:
        study.tell(
            "unseen",
            "Of the customers of trials {n} were not seen to the end of the outcome window, and are in neither arm.",
            n=unseen,
        )
    if whole.is_empty():
        return []
    _tell_overlap(study, whole)
    months = whole.group_by("campaign_id").agg(pl.col("plan_month").first()).sort("plan_month", "campaign_id")
    each = [_trial(name, month, whole.filter(pl.col("campaign_id") == name)) for name, month in months.iter_rows()]
    return [*each, _trial(ALL, None, whole)]


def effects(study: Study, trial: Trial) -> list[Row]:
    """Rows of retention_effects of one trial: its total first, then cells, offers and both."""
    total = _row(study, trial, np.arange(trial.rows.height), trial.unseen.height, cell=ALL, offer_id=ALL)
    [total] = judged([total], study.settings, trial.ratio)
    parts = []
    for keys in (["cell"], ["offer_id"], ["cell", "offer_id"]):
        for values, at, unseen in trial.groups(keys):
            group = {"cell": ALL, "offer_id": ALL, **dict(zip(keys, values, strict=True))}
            parts.append(_row(study, trial, at, unseen, **group))
    return [total, *judged(parts, study.settings, trial.ratio)]


def by_group(study: Study, trial: Trial) -> list[Row]:
    """Rows of retention_by of one trial; a dimension that says nothing of anybody is left out."""
    found: list[Row] = []
    for dimension, column in _BY.items():
        if trial.rows[column].n_unique() == 1 and (dimension == "source" or trial.rows[column][0] == UNKNOWN):
            continue
        for (value,), at, unseen in trial.groups([column]):
            shown = at[trial.arms.treated[at]] if dimension == _AFTER else at
            if shown.size or unseen:
                found.append(_row(study, trial, shown, unseen, dimension=dimension, value=value))
    rows = judged(found, study.settings, trial.ratio)
    return [row | ({"needed": None} if row["dimension"] == _AFTER else {}) for row in rows]


def evidence(study: Study, trial: Trial) -> list[Row]:
    """Rows of retention_evidence of one campaign: counts, and the difference where both arms have somebody."""
    found = []
    for values, at, _ in trial.groups(list(_EVIDENCE)):
        arms = trial.arms.take(at)
        row = figures(arms, study.settings)
        counts = {
            "stayed_treated": int(arms.stayed[arms.treated].sum()),
            "stayed_held_out": int(arms.stayed[~arms.treated].sum()),
        }
        found.append(
            {"as_of": study.as_of, "campaign_id": trial.campaign, "plan_month": trial.month}
            | dict(zip(_EVIDENCE, values, strict=True))
            | row
            | counts
            | _weights(arms)
        )
    return found


def _weights(arms: Arms) -> Row:
    """Sums of what the held out count for: unlike shares, they may be added up over groups."""
    weight, stayed = arms.weight[~arms.treated], arms.stayed[~arms.treated]
    return {
        "weight_held_out": float(weight.sum()),
        "weight_stayed": float((weight * stayed).sum()),
        "square_held_out": float((weight**2).sum()),
        "square_stayed": float((weight**2 * stayed).sum()),
    }


def _tell_overlap(study: Study, whole: pl.DataFrame) -> None:
    """Say of how many customers a leaving counts in several campaigns."""
    before = pl.col("plan_month").shift(1).over("customer_id", order_by=["plan_month", "campaign_id"])
    again = whole.filter(before.dt.offset_by(f"{study.months}mo") > pl.col("plan_month"))["customer_id"].n_unique()
    if again:
        study.tell(
            "windows-overlap",
            "{n} customers are in several campaigns whose outcome windows overlap: the total counts them in each, may "
            "count what was saved twice, and its interval is too narrow. Go by each campaign.",
            n=again,
        )


def _trial(name: str, month: date | None, rows: pl.DataFrame) -> Trial:
    known = pl.col("stayed").is_not_null()
    return Trial(name, month, rows.filter(known), rows.filter(~known))


def _row(study: Study, trial: Trial, at: NDArray[np.intp], unseen: int, **group: str) -> Row:
    head = {"as_of": study.as_of, "campaign_id": trial.campaign, "plan_month": trial.month, **group}
    return head | figures(trial.arms.take(at), study.settings, unseen)
