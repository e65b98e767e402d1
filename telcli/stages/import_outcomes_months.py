"""How far each plan is reported: what was due, what is not due yet, and what came of what is reported."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl

from telcli.stages.import_outcomes_rows import Plans, due

__all__ = ["by_month", "months_of", "progress"]

_KEY = ["campaign_id", "customer_id"]


def months_of(plans: Plans, sheets: pl.DataFrame, rows: pl.DataFrame) -> list[date]:
    """The plan months that somebody filled rows in of; else those of the sheets; else the latest plan's.

    `sheets` are all rows read, `rows` those filled in, with the month that each was meant for.
    """
    plan = plans.plan.select("campaign_id", meant="as_of").unique()
    given = plan.filter(pl.col("campaign_id").is_in(sheets["campaign_id"].drop_nulls().unique().to_list()))
    for frame in (rows, given, plan.filter(pl.col("meant") == pl.col("meant").max())):
        if found := frame["meant"].drop_nulls().unique().sort().to_list():
            return found
    return []


def by_month(plans: Plans, outcomes: pl.DataFrame, today: date) -> list[dict[str, Any]]:
    """`progress` of every plan month with tasks, the earliest first, each under its `month`."""
    months = plans.tasks["as_of"].unique().sort().to_list()
    return [{"month": f"{month:%Y-%m}", **progress(plans, outcomes, [month], today)} for month in months]


def progress(plans: Plans, outcomes: pl.DataFrame, months: Sequence[date], today: date) -> dict[str, Any]:
    """Tasks of these plan months and what became of them.

    `not_due` are those not reported whose deadline is not over; `reported_share` is of tasks whose deadline is,
    `on_time_share` and `acceptance` of those reported; None where there are none.
    """
    told = outcomes.filter(~pl.col("contaminated")).select(*_KEY, "contacted_on", "result")
    rows = plans.tasks.filter(pl.col("as_of").is_in(list(months))).join(told, on=_KEY, how="left")
    done, over = pl.col("result").is_not_null(), due(today)
    on_time = pl.col("contacted_on") <= pl.col("deadline")
    shares = rows.select(
        reported_share=done.filter(over).mean(),
        on_time_share=on_time.filter(done & pl.col("deadline").is_not_null()).mean(),
        acceptance=(pl.col("result") == "accepted").filter(done).mean(),
    )
    return {
        "tasks": rows.height,
        "reported": rows.filter(done).height,
        "not_due": rows.filter(~done & ~over).height,
        **shares.row(0, named=True),
    }
