"""Plans of an imaginary operator whose offers change what they were made to change."""

from datetime import date
from typing import Any

import numpy as np
import polars as pl

from telcli.features.month_index import add_months
from telcli.tables import contract

AS_OF = date(2024, 6, 1)
EFFECTS = {"bill-credit": 0.14, "loyalty-call": -0.14, "newsletter": 0.0}
"""What each offer adds to the chance of staying."""
CELLS = ("high-high", "high-medium", "mid-high")
Tables = dict[str, pl.LazyFrame]


def plan(month: date, size: int = 1500, seed: int = 0, share: float = 0.2, first: int = 0) -> pl.DataFrame:
    """A plan, `share` held out of each cell and offer, with what came of it in `stays`."""
    rng = np.random.default_rng([seed, month.month])
    offer, cell = rng.choice(list(EFFECTS), size), rng.choice(CELLS, size)
    risk = np.round(rng.uniform(0.15, 0.45, size), 3)
    held = np.zeros(size, bool)
    for name in EFFECTS:
        for place in CELLS:
            rows = np.flatnonzero((offer == name) & (cell == place))
            held[rng.permutation(rows)[: round(len(rows) * share)]] = True
    gain = np.array([EFFECTS[name] for name in offer])
    stays = rng.random(size) < 1 - risk + gain * ~held
    worth = np.round(rng.gamma(4, 75, size), 2)
    return pl.DataFrame(
        {
            "customer_id": [f"c{first + at:06d}" for at in range(size)],
            "as_of": month,
            "campaign_id": f"retention-{month:%Y-%m}",
            "value_band": [name.split("-")[0] for name in cell],
            "risk_band": [name.split("-")[1] for name in cell],
            "cell": cell,
            "strategy": "retain",
            "action": np.where(held, "held-out", "offer"),
            "offer_id": offer,
            "channel": rng.choice(["phone", "text"], size),
            "manager_id": rng.choice(["m1", "m2"], size),
            "held_out": held,
            "assignment": share,
            "expected_value": worth * 0.1,
            "cost": np.where(held, 0.0, 6.0),
            "why": np.where(held, "held-out", "planned"),
            "churn_probability": risk,
            "worth": worth,
            "segment": 1,
            "segment_name": rng.choice(["Heavy data", "Quiet"], size),
            "theme": rng.choice(["price", "network"], size),
            "stays": stays,
        }
    )


def outcomes(plans: pl.DataFrame, seed: int = 1, contaminated: int = 3) -> pl.DataFrame:
    """What managers reported: three of four were reached, some took the offer; a few held out were contacted."""
    rng = np.random.default_rng(seed)
    treated = plans.filter(~pl.col("held_out"))
    result = rng.choice(["accepted", "refused", "thinking", "unreachable"], treated.height)
    wrong = plans.filter("held_out").head(contaminated)
    both = pl.concat(
        [
            treated.with_columns(result=pl.Series(result), contaminated=pl.lit(value=False)),
            wrong.with_columns(result=pl.lit("refused"), contaminated=pl.lit(value=True)),
        ]
    )
    cost = pl.when(pl.col("result") == "accepted").then(11.0).when(pl.col("result") == "unreachable").then(0.5)
    return both.select(
        "campaign_id",
        "customer_id",
        "as_of",
        "manager_id",
        "channel",
        "offer_id",
        "result",
        "contaminated",
        task_id=pl.lit("R"),
        contacted_on=pl.col("as_of").dt.offset_by("1mo10d"),
        cost=cost.otherwise(1.0),
        file=pl.lit("m1.xlsx"),
        line=pl.int_range(1, pl.len() + 1).cast(pl.Int64),
        noted=pl.lit(value=False),
    )


def months_of(plans: pl.DataFrame, last: date = AS_OF) -> pl.DataFrame:
    """A row per customer and month from the snapshot on; those who do not stay leave in the second month after."""
    parts = []
    for row in plans.group_by("as_of").agg("customer_id", "stays").sort("as_of").iter_rows(named=True):
        for step in range(-1, 12):
            month = add_months(row["as_of"], step)
            if month > last:
                break
            people = pl.DataFrame({"customer_id": row["customer_id"], "stays": row["stays"]})
            here = people.filter(pl.col("stays") | (step <= 2))
            parts.append(
                here.select(
                    "customer_id", month=pl.lit(month), active=pl.lit(value=True), left=~pl.col("stays") & (step == 2)
                )
            )
    return (
        pl.concat(parts).unique(["customer_id", "month"], keep="first", maintain_order=True).with_columns(revenue=50.0)
    )


def operator(months: int = 2, **asked: Any) -> Tables:
    """Plans of February and March 2024, say, with outcomes, and months until June."""
    parts = [plan(date(2024, 4 - months + at, 1), first=at * 10_000, **asked) for at in range(months)]
    plans = pl.concat(parts)
    return {
        "retention_plan": plans.drop("stays").lazy(),
        "retention_outcomes": outcomes(plans).lazy(),
        "customer_months": contract("customer_months").conform(months_of(plans).lazy()).collect().lazy(),
    }
