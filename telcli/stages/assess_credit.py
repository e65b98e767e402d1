"""``assess-credit``: what customers owe, what will not be paid, and what to do about it."""

from __future__ import annotations

import math
from typing import Any

import polars as pl

from telcli.errors import MissingInputError
from telcli.features.dunning import first_unpaid
from telcli.features.exact import UNITS, amount
from telcli.features.receivables import BUCKETS
from telcli.methods.roll_rates import ratio_of_sums
from telcli.settings import AssessCreditSettings
from telcli.stages import Inputs, Outcome
from telcli.stages.assess_credit_accounts import by_accounts
from telcli.stages.assess_credit_ageing import ageing_rows, owing
from telcli.stages.assess_credit_chance import chances
from telcli.stages.assess_credit_dunning import dunned
from telcli.stages.assess_credit_ground import Ground, ground_of
from telcli.stages.assess_credit_recovery import recovery
from telcli.stages.assess_credit_rolls import Rolled, provision_rows, roll_rows, rolled
from telcli.stages.assess_credit_steps import with_steps
from telcli.tables.credit_results import EVERY

__all__ = ["assess_credit"]


def assess_credit(inputs: Inputs, settings: AssessCreditSettings) -> Outcome:
    """Age what customers owe at the end of a month.

    Needs customers, bills and payments of all months up to the snapshot; reads lines, contacts and segments where there
    are some.

    Raises
    ------
    MissingInputError
        Nothing was billed to be paid afterwards.
    UsageError
        The steps of dunning are none.
    """
    if inputs.as_of is None:
        raise MissingInputError("credit-no-month", "There is no month to look at.", hint="telcli ingest FILES")
    ground = ground_of(inputs, settings, inputs.as_of)
    owed, found, told = owing(ground), rolled(ground), chances(ground)
    owed = with_steps(ground, owed.join(told.each, on="who", how="left", maintain_order="left"))
    worst = first_unpaid(ground.book, ground.open_now, ground.at, ground.first)
    owed = owed.with_columns(first_unpaid=pl.col("who").is_in(worst["who"].implode()))
    back = recovery(ground, owed, found)
    dunning, facts = dunned(ground, owed, back)
    accounts, of_accounts = by_accounts(ground, back.each)
    tables = {
        "credit_scores": scores(ground, owed, found),
        "credit_ageing": ageing_rows(ground, owed),
        "credit_rolls": roll_rows(ground, found),
        "credit_provision": provision_rows(ground, owed, found),
        "credit_model": told.table,
        "credit_recovery": back.table,
        "credit_accounts": accounts,
        "dunning_list": dunning,
    }
    return Outcome(
        {name: frame.lazy() for name, frame in tables.items()},
        {
            **_metrics(owed, known=not ground.silent),
            "no_rows_of_month": list(ground.silent),
            "full_provision_days": settings.full_provision_days,
            "expected_loss": _loss(tables["credit_scores"]),
            **_provided(tables),
            **_tied(tables),
            **_sourced(ground, owed),
            **facts,
            "recovery_by": back.way,
            **of_accounts,
            **told.metrics,
        },
        tuple(ground.notices),
        as_of=inputs.as_of,
    )


def scores(ground: Ground, owed: pl.DataFrame, found: Rolled) -> pl.DataFrame:
    """The table credit_scores."""
    ages = [f"owed_{age}" for age in range(len(BUCKETS))]
    whole = pl.sum_horizontal(ages)
    loss = [float(each) for each in found.rates.loss]
    # What is not due yet is lost where it is not paid in time, as far as debts just past due are never paid.
    ahead = (pl.col("probability") * loss[1]).fill_null(loss[0])
    lost = pl.sum_horizontal(pl.col("owed_0") * ahead, *(pl.col(ages[age]) * loss[age] for age in range(1, len(ages))))
    return owed.select(
        "customer_id",
        pl.lit(ground.as_of).alias("as_of"),
        arrears=amount(pl.col("past_due")),
        days_past_due=pl.col("days").cast(pl.Int64),
        bucket=pl.col("bucket").replace_strict(list(range(len(BUCKETS))), list(BUCKETS), return_dtype=pl.String),
        non_payment_probability="probability",
        dunning_step="step",
        probability_from="origin",
        not_due=amount(pl.col("owed_0")),
        credit=amount(pl.col("credit")),
        late_fee=pl.col("fee"),
        written_off=amount(pl.col("off")),
        loss_rate=pl.when(whole > 0).then(lost / whole).clip(0.0, 1.0),
        expected_loss=(lost / UNITS).round(2),
        first_unpaid="first_unpaid",
    )


def _metrics(owed: pl.DataFrame, *, known: bool) -> dict[str, Any]:
    """Sums over customers; no share where bills or payments of the month are lacking (`known`)."""
    past, not_due, credit = (int(owed[name].sum()) / UNITS for name in ("past_due", "owed_0", "credit"))
    late = owed["past_due"].to_numpy() / UNITS
    share = ratio_of_sums(late, late + owed["owed_0"].to_numpy() / UNITS)
    ends = zip(("arrears_share", "arrears_share_low", "arrears_share_high"), share, strict=True)
    return {
        "customers": owed.height,
        "owing": owed.filter(pl.col("past_due") + pl.col("owed_0") > 0).height,
        "in_arrears": owed.filter(pl.col("past_due") > 0).height,
        "arrears": round(past, 2),
        "not_due": round(not_due, 2),
        "credit": round(credit, 2),
        "written_off_open": round(int(owed["off"].sum()) / UNITS, 2),
        **{name: None if math.isnan(value) or not known else value for name, value in ends},
    }


def _loss(rows: pl.DataFrame) -> float:
    """Expected losses of customers, added up in cents."""
    return int((rows["expected_loss"] * 100).round().cast(pl.Int64).sum()) / 100


def _provided(tables: dict[str, pl.DataFrame]) -> dict[str, Any]:
    """Figures of the provision, and the largest difference that the flows of any month and age leave."""
    whole = tables["credit_provision"].filter(bucket=EVERY).row(0, named=True)
    rolls = tables["credit_rolls"]
    return {
        **{name: whole[name] for name in ("provision", "provision_low", "provision_high", "full_provision")},
        "provision_share": whole["provision"] / whole["balance"] if whole["balance"] else 0.0,
        "flow_months": rolls["month"].n_unique(),
        "written_off": round(sum(rolls.filter(bucket=EVERY)["written_off"].to_list()), 2),
        "flows_differ_by": round(sum(abs(each) for each in rolls["difference"].to_list()), 4),
    }


def _tied(tables: dict[str, pl.DataFrame]) -> dict[str, Any]:
    """By how much what the flows close with is off the ageing and the provision, each made from the bills anew."""
    rolls = tables["credit_rolls"].filter(bucket=EVERY).sort("month")
    if rolls.is_empty():
        return {}
    aged = tables["credit_ageing"].filter(pl.col("dimension") == EVERY, pl.col("bucket").is_in(BUCKETS))
    provided = tables["credit_provision"].filter(bucket=EVERY)["balance"].item()
    closing = rolls["closing"].to_list()[-1]
    return {
        "ageing_differs_by": round(abs(closing - sum(aged["balance"].to_list())), 4),
        "provision_differs_by": round(abs(closing - provided), 4),
    }


def _sourced(ground: Ground, owed: pl.DataFrame) -> dict[str, Any]:
    """All bills and payments of the tables, what of them is not counted, and by how much what is owed is off them."""
    told = ground.sources
    open_ = sum(int(owed[name].sum()) for name in ("owed_0", "past_due", "off")) - int(owed["credit"].sum())
    return {
        "bills": told.billed / UNITS,
        "bills_not_counted": told.billed_not_counted / UNITS,
        "payments": told.paid / UNITS,
        "payments_not_counted": told.paid_not_counted / UNITS,
        "payments_reversed": told.reversed / UNITS,
        "sources_differ_by": abs(told.net - open_) / UNITS,
    }
