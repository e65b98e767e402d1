"""Part of campaigns: one row per campaign and customer, from the table campaigns and from plans and their outcomes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from telcli.features.campaign_draw import with_chance
from telcli.features.campaigns import answered, taken_up
from telcli.tables.campaign_results import NO_CHANNEL, NO_SEGMENT
from telcli.tables.task_sheet import ANSWERED, TALKED

__all__ = ["PLAN", "people_of", "with_segments"]

PLAN, TABLE, BOTH = "plan", "campaigns", "both"
_ROW: dict[Any, Any] = {
    "campaign_id": pl.String,
    "customer_id": pl.String,
    "source": pl.String,
    "held": pl.Boolean,
    "offer_id": pl.String,
    "channel": pl.String,
    "planned_channel": pl.String,
    "chance": pl.Float64,
    "day": pl.Date,
    "deadline": pl.Date,
    "sent": pl.Boolean,
    "reached": pl.Boolean,
    "reported": pl.Boolean,
    "answered": pl.Boolean,
    "accepted": pl.Boolean,
    "contaminated": pl.Boolean,
    "cost": pl.Float64,
    "planned_cost": pl.Float64,
    "segment_name": pl.String,
    "segment_name_zh": pl.String,
}


def people_of(tables: Mapping[str, pl.LazyFrame], end: date) -> pl.DataFrame:
    """Who was meant by which campaign, and what became of her by a day; sorted by campaign and customer.

    Of a customer whom both the table campaigns and a plan have under one campaign, what is told by either counts, the
    plan's own outcome first.

    Returns
    -------
    frame
        campaign_id, customer_id, source (campaigns, plan, both), held (out), offer_id and channel (those used; of who
        was not contacted those planned), planned_channel (null where only the one used is known), chance (of being
        held out, 0..1; null where a campaign was planned and the customer is in no plan), day (of the contact, past or
        due), deadline, sent, reached, reported, answered, accepted, contaminated (held out and contacted by the
        campaign itself), cost, planned_cost, segment_name and segment_name_zh (at the time of the plan).
    """
    parts = []
    if "retention_plan" in tables:
        parts.append(_of_plans(tables["retention_plan"], tables.get("retention_outcomes"), end))
    if "campaigns" in tables:
        parts.append(_of_table(tables["campaigns"], end))
    rows = pl.concat([pl.LazyFrame(schema=_ROW), *parts]).collect()
    flags = ("sent", "reached", "reported", "answered", "accepted", "contaminated")
    firsts = [name for name in _ROW if name not in ("campaign_id", "customer_id", "source", *flags)]
    each = rows.group_by("campaign_id", "customer_id", maintain_order=True).agg(
        *(pl.col(name).drop_nulls().first() for name in firsts),
        *(pl.col(name).any() for name in flags),
        source=pl.when(pl.col("source").n_unique() > 1).then(pl.lit(BOTH)).otherwise(pl.col("source").first()),
    )
    # who is in a campaign's table and not in its plan was not in the draw of the plan
    drawn = (pl.col("source") != TABLE) | (pl.col("source") == TABLE).all().over("campaign_id")
    each = each.with_columns(pl.when(drawn).then(pl.col(name)).alias(name) for name in ("chance", "planned_channel"))
    return each.select(list(_ROW)).sort("campaign_id", "customer_id")


def with_segments(people: pl.DataFrame, segments: pl.LazyFrame | None, end: date) -> tuple[pl.DataFrame, int]:
    """The same with the segment that each customer was in before, and of how many it is a later one.

    Before is before `since`: the first contact of a campaign that holds customers out, so that both arms are looked at
    alike, else the customer's own contact. Of who was in no segment before, the first after counts; what is not known
    is "-".
    """
    at = pl.col("day").min().over("campaign_id")
    since = pl.when(pl.col("held").any().over("campaign_id")).then(at).otherwise(pl.coalesce("day", at))
    rows = people.with_columns(since=since, channel=pl.col("channel").fill_null(NO_CHANNEL)).with_row_index("row")
    late = 0
    if segments is not None and rows.height:
        found = _segments_of(rows, segments, end)
        late = found.filter("late").height
        own = pl.col("segment_name").is_not_null()
        rows = rows.join(found, on="row", how="left", maintain_order="left").with_columns(
            segment_name=pl.coalesce("segment_name", "found"),
            segment_name_zh=pl.when(own).then("segment_name_zh").otherwise("found_zh"),
        )
    return rows.with_columns(pl.col("segment_name").fill_null(NO_SEGMENT)).select(*people.columns, "since"), late


def _segments_of(rows: pl.DataFrame, segments: pl.LazyFrame, end: date) -> pl.DataFrame:
    """Of each row: found and found_zh, the segment of the last snapshot before, and whether it is a later one."""
    names = segments.select("customer_id", month="as_of", found="segment_name", found_zh="segment_name_zh")
    held = names.collect().join(rows.select("customer_id").unique(), on="customer_id", how="semi")
    held = held.sort("month", "customer_id")
    # A snapshot is of the end of its month.
    before = pl.col("since").fill_null(end).dt.month_start().dt.offset_by("-1d")
    asked = rows.filter(pl.col("segment_name").is_null()).select("row", "customer_id", at=before).sort("at", "row")
    near, after = (
        asked.join_asof(held, left_on="at", right_on="month", by="customer_id", strategy=how, check_sortedness=False)
        for how in ("backward", "forward")
    )
    both = near.join(after.select("row", later="found", later_zh="found_zh"), on="row")
    return both.select(
        "row",
        found=pl.coalesce("found", "later"),
        found_zh=pl.coalesce("found_zh", "later_zh"),
        late=pl.col("found").is_null() & pl.col("later").is_not_null(),
    )


def _of_plans(plans: pl.LazyFrame, outcomes: pl.LazyFrame | None, end: date) -> pl.LazyFrame:
    """Customers whom plans were to contact or held out, with what the sheets say of them."""
    meant = plans.filter(pl.col("action") != "none")
    starts = pl.col("as_of").dt.offset_by("1mo")
    if outcomes is None:
        empty = {"contacted_on": pl.Date, "result": pl.String, "out_channel": pl.String, "out_offer": pl.String}
        told = pl.LazyFrame(schema={"campaign_id": pl.String, "customer_id": pl.String, **empty, "spent": pl.Float64})
    else:
        told = outcomes.filter(pl.col("contacted_on") <= end).select(
            *("campaign_id", "customer_id", "contacted_on", "result"),
            out_channel="channel",
            out_offer="offer_id",
            spent="cost",
        )
    rows = meant.join(told, on=["campaign_id", "customer_id"], how="left")
    held, said = pl.col("held_out"), pl.col("result").is_not_null()
    talked = pl.col("result").is_in(TALKED).fill_null(value=False)
    return rows.select(
        *("campaign_id", "customer_id"),
        source=pl.lit(PLAN),
        held="held_out",
        offer_id=pl.coalesce("out_offer", "offer_id"),
        channel=pl.coalesce("out_channel", "channel"),
        planned_channel="channel",
        chance="assignment",
        day=pl.when(~held).then(pl.coalesce("contacted_on", "deadline", starts)),
        deadline="deadline",
        sent=~held & (starts <= end),
        reached=~held & talked,
        reported=~held & said,
        answered=~held & pl.col("result").is_in(ANSWERED).fill_null(value=False),
        accepted=~held & (pl.col("result") == "accepted").fill_null(value=False),
        contaminated=held & talked,
        cost=pl.when(~held & said).then(pl.coalesce("spent", "cost")),
        planned_cost=pl.when(~held).then("cost"),
        segment_name="segment_name",
        segment_name_zh="segment_name_zh",
    ).cast(_ROW)


def _of_table(campaigns: pl.LazyFrame, end: date) -> pl.LazyFrame:
    """Rows of the table campaigns; an answer without a day is one of a customer who was contacted."""
    held = (pl.col("arm") == "held_out").fill_null(value=False)
    due = pl.col("contacted_on")
    reached = ~held & pl.when(due.is_not_null()).then(due <= end).otherwise(answered())
    nothing = pl.lit(None)
    return (
        with_chance(campaigns.with_columns(held_out=held))
        .select(
            *("campaign_id", "customer_id"),
            source=pl.lit(TABLE),
            held="held_out",
            offer_id="offer_id",
            channel="channel",
            planned_channel="planned_channel",
            chance="chance",
            day=pl.when(~held).then(due),
            deadline=nothing,
            sent=reached,
            reached=reached,
            reported=reached,
            answered=reached & answered(),
            accepted=reached & taken_up(),
            contaminated=held & (due <= end).fill_null(value=False),
            cost=pl.when(reached).then("cost"),
            planned_cost=nothing,
            segment_name=nothing,
            segment_name_zh=nothing,
        )
        .cast(_ROW)
    )
