"""The customers of every trial there is: those of telcli's own plans, and those of the operator's past campaigns."""

from __future__ import annotations

import numpy as np
import polars as pl

from telcli.features.campaign_draw import sole, with_chance
from telcli.features.campaigns import taken_up
from telcli.methods.sample_ratio import MISMATCH, sample_ratio
from telcli.stages.evaluate_retention_study import Study, named
from telcli.tables.effect_results import ALL
from telcli.tables.task_sheet import TALKED

__all__ = ["KNOWN", "gathered"]

KNOWN = {
    **dict.fromkeys(("campaign_id", "customer_id", "source", "cell", "offer_id", "channel", "manager_id"), pl.String),
    **dict.fromkeys(("segment_name", "theme", "risk_band", "value_band", "lifecycle_stage", "response"), pl.String),
    **dict.fromkeys(("chance", "churn_probability", "worth", "expected_value", "cost"), pl.Float64),
    **dict.fromkeys(("held_out", "contacted", "accepted", "contaminated"), pl.Boolean),
    "plan_month": pl.Date,
}
"""What every row has, null where nobody says; rows of plans keep all other columns of a plan beside."""
_PARTIAL = 0.8
"""Share of tasks reported below which it is told."""
_TRIAL = ("campaign_id", "customer_id")


def gathered(study: Study) -> pl.DataFrame:
    """One row per campaign and customer who was to be contacted or held out, sorted by both.

    `chance` is that of being held out: as the plan drew it, of past campaigns the share that was of those meant for one
    offer by one channel. `contacted`, `accepted` and `contaminated` are null where no outcomes of a campaign are known.
    """
    plans = _planned(study)
    past = _past(study, plans["campaign_id"].unique().to_list())
    rows = pl.concat([plans, past], how="diagonal_relaxed").with_columns(
        # "all" is what pooled rows are called
        pl.when(pl.col(name) == ALL).then(pl.lit(f"{ALL} ({name})")).otherwise(name).alias(name)
        for name in ("campaign_id", "offer_id")
    )
    return rows.sort(*_TRIAL)


def _planned(study: Study) -> pl.DataFrame:
    plan = study.table("retention_plan")
    if plan is None:
        return pl.DataFrame(schema=KNOWN)
    rows = plan.filter(pl.col("action").is_in(["offer", "held-out"])).collect(engine="streaming")
    rows = rows.unique(_TRIAL, keep="any", maintain_order=True).with_columns(
        source=pl.lit("plan"), plan_month=pl.col("as_of"), chance=pl.col("assignment")
    )
    told = _outcomes(study)
    rows = rows.join(told, on=_TRIAL, how="left")
    reported = pl.col("result").is_not_null().any().over("campaign_id")
    talked, out = pl.col("result").is_in(TALKED), pl.col("held_out")
    silent = rows.filter(~reported)["campaign_id"].unique().to_list()
    if silent:
        study.tell(
            "outcomes-missing",
            "No outcomes of {campaigns} were imported: who was reached is not known, and costs are those of the plan.",
            campaigns=named(silent),
        )
    _tell_partial(study, rows)
    spent = pl.coalesce("spent", pl.when(talked).then("cost"), pl.lit(0.0))
    return rows.with_columns(
        contacted=pl.when(reported).then(talked.fill_null(value=False)),
        accepted=pl.when(reported).then((pl.col("result") == "accepted").fill_null(value=False)),
        contaminated=pl.when(reported & out).then(pl.col("result").is_not_null()),
        response=pl.when(reported).then(pl.col("result").fill_null("not-reported")),
        cost=pl.when(reported).then(spent).otherwise("cost"),
    ).drop("result", "spent")


def _tell_partial(study: Study, rows: pl.DataFrame) -> None:
    """Say where outcomes of many tasks are missing: nobody knows whether those customers were reached."""
    treated = rows.filter(~pl.col("held_out")).group_by("campaign_id")
    shares = treated.agg(share=pl.col("result").is_not_null().mean()).sort("campaign_id")
    few = shares.filter(pl.col("share").is_between(0.0, _PARTIAL, closed="none"))
    if few.height:
        study.tell(
            "outcomes-partial",
            "Outcomes were imported for part of the tasks alone: {campaigns}. The effect stands, since all tasks "
            "count, but costs and who was reached are known of those alone.",
            campaigns=named([f"{campaign} {share:.0%}" for campaign, share in few.iter_rows()]),
        )


def _outcomes(study: Study) -> pl.DataFrame:
    """What came of each contact, once per campaign and customer."""
    told = study.table("retention_outcomes")
    if told is None:
        return pl.DataFrame(schema=dict.fromkeys((*_TRIAL, "result"), pl.String) | {"spent": pl.Float64})
    return (
        told.sort(*_TRIAL, "contacted_on", "result")
        .group_by(_TRIAL, maintain_order=True)
        .agg(pl.col("result").last(), spent=pl.col("cost").last())
        .collect(engine="streaming")
    )


def _past(study: Study, planned: list[str]) -> pl.DataFrame:
    """Past campaigns with both arms; those that telcli planned itself are evaluated as plans alone."""
    campaigns = study.table("campaigns")
    if campaigns is None or study.settings.past_trials == "off":
        return pl.DataFrame(schema=KNOWN)
    have = campaigns.collect_schema()
    if "arm" not in have:
        return pl.DataFrame(schema=KNOWN)
    rows = (
        campaigns.filter(pl.col("arm").is_not_null(), ~pl.col("campaign_id").is_in(planned))
        .with_columns(
            pl.lit(None).cast(KNOWN.get(name, pl.String)).alias(name) for name in _OF_PAST if name not in have
        )
        .select("campaign_id", "customer_id", "arm", *_OF_PAST, took=taken_up())
        .with_columns(held_out=pl.col("arm") == "held_out")
        .collect(engine="streaming")
    )
    return _placed(study, _with_both(study, rows))


_OF_PAST = ("offer_id", "channel", "response", "outcome", "cost", "contacted_on")


def _with_both(study: Study, rows: pl.DataFrame) -> pl.DataFrame:
    both = pl.col("held_out").any().over("campaign_id") & (~pl.col("held_out")).any().over("campaign_id")
    dated = pl.col("contacted_on").is_not_null().any().over("campaign_id")
    alone, undated = (rows.filter(each)["campaign_id"].unique().to_list() for each in (~both, both & ~dated))
    if alone:
        study.tell(
            "campaigns-without-holdout",
            "Past campaigns without customers held out, or with nobody else: {campaigns}. There is nothing to compare "
            "them with.",
            campaigns=named(alone),
        )
    if undated:
        study.tell(
            "campaigns-undated",
            "Past campaigns without a day of contact: {campaigns}. When leaving counts cannot be told.",
            campaigns=named(undated),
        )
    return rows.filter(both & dated)


def _placed(study: Study, rows: pl.DataFrame) -> pl.DataFrame:
    """Past campaigns as if they had been planned at the end of the month before their first contact."""
    if rows.is_empty():
        return pl.DataFrame(schema=KNOWN)
    by = "campaign_id"
    start = pl.col("contacted_on").min().over(by).dt.truncate("1mo").dt.offset_by("-1mo")
    priced = pl.col("cost").is_not_null().any().over(by)
    out, reached = pl.col("held_out"), pl.col("contacted_on").is_not_null()
    rows = with_chance(rows.lazy()).collect()
    # held out of a campaign of one offer, customers would have got that offer
    by_channel = (pl.col("held_out") & pl.col("channel").is_not_null()).any().over(by)
    rows = rows.with_columns(
        sole("offer_id"),
        channel=pl.coalesce("planned_channel", pl.when(~by_channel).then("channel")),
        used=by_channel & pl.col("planned_channel").is_null().all().over(by),
        plan_month=start,
        source=pl.lit("past"),
        contacted=reached,
        accepted=pl.col("took") & ~out,
        contaminated=pl.when(out).then(reached),
        response=pl.when(pl.col("took")).then(pl.lit("accepted")).when(pl.col("response").is_not_null())
        .then(pl.lit("other")).otherwise(pl.lit("not-reported")),
        cost=pl.when(priced).then(pl.col("cost").fill_null(0.0)),
    )  # fmt: skip
    rows = rows.filter(pl.col("plan_month") < study.as_of)
    _tell_draw(study, rows)
    return _worth(study, rows).select(name for name in KNOWN if name in {*rows.columns, "worth"})


def _tell_draw(study: Study, rows: pl.DataFrame) -> None:
    """Say where other shares were held out of some offers or channels, and where nobody knows whether they were."""
    differ, unknown, used = set[str](), set[str](), set[str]()
    for (campaign,), part in rows.group_by("campaign_id"):
        drawn = part.group_by("chance").agg(n=pl.len(), out=pl.col("held_out").sum()).sort("chance")
        whole = np.full(drawn.height, drawn["out"].sum() / part.height)
        told = sample_ratio(drawn["out"].to_numpy(), drawn["n"].to_numpy(), whole).chance_strata
        several = part["offer_id"].n_unique() > 1 and part.filter("held_out")["offer_id"].is_null().all()
        found = (differ, told is not None and told < MISMATCH), (unknown, several), (used, part["used"].any())
        for names, so in found:
            names.update([str(campaign)] if so else [])
    for code, template, names in (
        (
            "campaigns-shares",
            "Of some offers or channels of {campaigns} other shares were held out than of others: customers are "
            "compared within their own. That is sound where offer and channel were chosen before the draw.",
            differ,
        ),
        (
            "campaigns-offers-unknown",
            "Which of several offers those held out of {campaigns} would have got is not known: if other shares were "
            "held out of some, who they are passes for an effect.",
            unknown,
        ),
        (
            "campaigns-channels-used",
            "The channels of {campaigns} are those used, not those drawn: of some nobody was held out. There is no "
            "effect by channel.",
            used,
        ),
    ):
        if names:
            study.tell(code, template, campaigns=named(sorted(names)))


def _worth(study: Study, rows: pl.DataFrame) -> pl.DataFrame:
    """Past customers' worth: so many months of what they paid in the month of the snapshot."""
    months = study.inputs.tables["customer_months"]
    if "revenue" not in months.collect_schema():
        return rows.with_columns(worth=pl.lit(study.customer_value))
    wanted = rows.select("customer_id", month=pl.col("plan_month")).unique().lazy()
    paid = (
        months.select("customer_id", "month", "revenue")
        .join(wanted, on=["customer_id", "month"], how="semi")
        .collect(engine="streaming")
    )
    rows = rows.join(paid, left_on=["customer_id", "plan_month"], right_on=["customer_id", "month"], how="left")
    worth = pl.col("revenue").clip(lower_bound=0.0) * study.value_months
    return rows.with_columns(worth=worth.fill_null(study.customer_value))
