"""Part of campaigns: how each stands at the end of the month."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from telcli.features.exact import amount, units
from telcli.stages.campaigns_response import counted, gain_frame, gains_of, rated
from telcli.tables import contract
from telcli.tables.campaign_results import EVERY, NO_CHANNEL

__all__ = ["statuses"]


def statuses(
    people: pl.DataFrame, as_of: date, end: date, *, budgets: Mapping[str, int], met_held_out: pl.DataFrame
) -> pl.DataFrame:
    """The table campaign_status, the first to begin first.

    `met_held_out` has campaign_id and customer_id of those held out whom another campaign contacted.
    """
    each = people.group_by("campaign_id").agg(*counted(), **_facts())
    own = people.filter("contaminated").select("campaign_id", "customer_id")
    hurt = pl.concat([own, met_held_out]).unique().group_by("campaign_id").agg(hurt=pl.len().cast(pl.Int64))
    gains = gains_of(people.with_columns(segment_name=pl.lit(EVERY), channel=pl.lit(EVERY)))
    each = each.join(hurt, on="campaign_id", how="left")
    each = each.join(gain_frame(gains).drop("segment_name", "channel"), on="campaign_id", how="left")
    told = rated(each).with_columns(
        as_of=pl.lit(as_of),
        state=_state(as_of, end),
        contacted_share=pl.when(pl.col("planned") > 0).then(pl.col("contacted") / pl.col("planned")),
        answered=pl.col("responded"),
        held_out_contacted=pl.col("hurt").fill_null(0),
        budget=_budget(budgets),
    )
    used = pl.when(pl.col("budget") > 0).then(pl.col("cost").fill_null(0.0) / pl.col("budget"))
    names = [one.name for one in contract("campaign_status").columns()]
    return told.with_columns(budget_used=used).select(names).sort("first_day", "campaign_id", nulls_last=True)


def _facts() -> dict[str, pl.Expr]:
    """What is known of a campaign beside its counts."""
    treated = ~pl.col("held")
    source = pl.col("source")
    return {
        "source": pl.when(source.n_unique() > 1).then(pl.lit("both")).otherwise(source.first()),
        "offers": pl.col("offer_id").drop_nulls().n_unique().cast(pl.Int64),
        "channels": pl.col("channel").filter(treated, pl.col("channel") != NO_CHANNEL).n_unique().cast(pl.Int64),
        "sent": pl.col("sent").sum().cast(pl.Int64),
        "pending": (treated & ~pl.col("reported")).sum(),
        "first_day": pl.col("day").min(),
        "last_day": pl.col("day").max(),
        "last_made": pl.col("day").filter(pl.col("reached")).max(),
        "deadline": pl.col("deadline").max(),
        "planned_cost": amount(units(pl.col("planned_cost")).sum()),
        "of_plan": (source != "campaigns").any(),
        "months_watched": pl.col("watched").max().cast(pl.Int64),
    }


def _budget(budgets: Mapping[str, int]) -> pl.Expr:
    """What was given, else what the contacts of a plan were expected to cost."""
    of_plan = pl.when(pl.col("of_plan") & (pl.col("planned_cost") > 0)).then("planned_cost")
    if not budgets:
        return of_plan
    named = pl.col("campaign_id").replace_strict(dict(budgets), default=None, return_dtype=pl.Float64)
    return pl.coalesce(named, of_plan)


def _state(as_of: date, end: date) -> pl.Expr:
    """How a campaign stands at the end of the month.

    Nobody contacted and nothing due yet: planned. A deadline gone by with customers nobody reported on: overdue. A
    deadline or contacts still to come, or contacts this month with customers left: running. Else it has ended.
    """
    deadline, nobody = pl.col("deadline"), pl.col("contacted") == 0
    to_come = (deadline > end).fill_null(value=False) | (pl.col("last_day") > end).fill_null(value=False)
    gone_by = (deadline <= end).fill_null(value=False)
    this_month = (pl.col("last_made") >= as_of).fill_null(value=False)
    undated = nobody & pl.col("last_day").is_null()
    return (
        pl.when((nobody & to_come & (pl.col("sent") == 0)) | undated)
        .then(pl.lit("planned"))
        .when(gone_by & (pl.col("pending") > 0))
        .then(pl.lit("overdue"))
        .when(to_come | (this_month & (pl.col("pending") > 0)))
        .then(pl.lit("running"))
        .otherwise(pl.lit("ended"))
    )
