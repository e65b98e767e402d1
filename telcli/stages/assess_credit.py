"""``assess-credit``: what customers owe, what will not be paid, and what to do about it."""

from __future__ import annotations

from typing import Any

import polars as pl

from telcli.errors import MissingInputError
from telcli.features.exact import UNITS, amount
from telcli.features.receivables import BUCKETS
from telcli.settings import AssessCreditSettings
from telcli.stages import Inputs, Outcome
from telcli.stages.assess_credit_ageing import ageing_rows, owing
from telcli.stages.assess_credit_ground import Ground, ground_of

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
    owed = owing(ground)
    tables = {"credit_scores": scores(ground, owed), "credit_ageing": ageing_rows(ground, owed)}
    return Outcome(
        {name: frame.lazy() for name, frame in tables.items()},
        _metrics(owed),
        tuple(ground.notices),
        as_of=inputs.as_of,
    )


def scores(ground: Ground, owed: pl.DataFrame) -> pl.DataFrame:
    """The table credit_scores."""
    names, days = zip(*ground.steps, strict=True)
    step: pl.Expr = pl.lit(names[0])
    for name, since in zip(names[1:], days[1:], strict=True):
        step = pl.when(pl.col("days") >= since).then(pl.lit(name)).otherwise(step)
    return owed.select(
        "customer_id",
        pl.lit(ground.as_of).alias("as_of"),
        arrears=amount(pl.col("past_due")),
        days_past_due=pl.col("days").cast(pl.Int64),
        bucket=pl.col("bucket").replace_strict(list(range(len(BUCKETS))), list(BUCKETS), return_dtype=pl.String),
        non_payment_probability=pl.lit(None, pl.Float64),
        dunning_step=step,
        probability_from=pl.lit(None, pl.String),
        not_due=amount(pl.col("owed_0")),
        credit=amount(pl.col("credit")),
        late_fee=pl.col("fee"),
        loss_rate=pl.lit(None, pl.Float64),
        expected_loss=pl.lit(None, pl.Float64),
        first_unpaid=pl.lit(value=False),
    )


def _metrics(owed: pl.DataFrame) -> dict[str, Any]:
    past, not_due, credit = (int(owed[name].sum()) / UNITS for name in ("past_due", "owed_0", "credit"))
    whole = past + not_due
    return {
        "customers": owed.height,
        "in_arrears": owed.filter(pl.col("past_due") > 0).height,
        "arrears": round(past, 2),
        "not_due": round(not_due, 2),
        "credit": round(credit, 2),
        "arrears_share": past / whole if whole else 0.0,
    }
