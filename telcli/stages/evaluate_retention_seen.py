"""Who of each trial stayed to the end of its outcome window, who left, and of whom that cannot be said."""

from __future__ import annotations

from datetime import date

import polars as pl

from telcli.features.month_index import add_months
from telcli.stages.evaluate_retention_study import SHOWN, Study

__all__ = ["observed", "ripe"]


def ripe(study: Study, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows of campaigns whose outcome window is over; of the others it is told when it will be."""
    over = pl.col("plan_month") <= study.latest
    early = rows.filter(~over).group_by("campaign_id").agg(pl.col("plan_month").first(), n=pl.len())
    for row in early.sort("plan_month", "campaign_id").head(SHOWN).to_dicts():
        study.tell(
            "too-early",
            "Too early to evaluate {campaign} ({n} customers): its outcome window is over at the end of {month}.",
            campaign=row["campaign_id"],
            n=row["n"],
            month=f"{study.told(row['plan_month']):%Y-%m}",
        )
    if early.height > SHOWN:
        study.tell("too-early-more", "And {n} campaigns more.", n=early.height - SHOWN)
    return rows.filter(over)


def observed(study: Study, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with `stayed`: true or false, null of who was not there at the snapshot or not seen to the end.

    Whoever left in any month after the snapshot up to the end of the window has left, the gap of predict-churn
    included: the draw was made before it, and a contact may drive a customer away at once. The first leaving counts,
    whatever follows.
    """
    if rows.is_empty():
        return rows.with_columns(stayed=pl.lit(None).cast(pl.Boolean), here=pl.lit(None).cast(pl.Boolean))
    found = [_month(study, rows, month) for month in sorted(set(rows["plan_month"]))]
    told = rows.join(pl.concat(found), on=["customer_id", "plan_month"], how="left")
    left, seen, here = pl.col("left_in"), pl.col("seen"), pl.col("here").fill_null(value=False)
    stayed = pl.when(~here).then(None).when(left).then(pl.lit(value=False)).when(seen).then(pl.lit(value=True))
    return told.with_columns(stayed=stayed, here=here).drop("left_in", "seen").sort("campaign_id", "customer_id")


def _month(study: Study, rows: pl.DataFrame, plan: date) -> pl.DataFrame:
    """What months say of the customers of one snapshot: here then, left in the window, seen at its end or later."""
    end = add_months(plan, study.months)
    people = rows.filter(pl.col("plan_month") == plan).select("customer_id").unique()
    month, left = pl.col("month"), pl.col("left").fill_null(value=False)
    inside = (month > plan) & (month <= end)
    return (
        study.inputs.tables["customer_months"]
        .select("customer_id", "month", "left")
        .filter(month.is_between(plan, study.as_of))
        .join(people.lazy(), on="customer_id", how="semi")
        .group_by("customer_id")
        .agg(
            # a first bill may be a month late: who is there from the month of the contact on was there at the snapshot
            here=((month <= add_months(plan, 1)) & ((month > plan) | ~left)).any() & ~((month == plan) & left).any(),
            left_in=(inside & left).any(),
            seen=(month >= end).any(),
        )
        .with_columns(plan_month=pl.lit(plan))
        .collect(engine="streaming")
    )
