"""Part of assess-credit: whom to dun today, with what to expect of it, and who is to be looked at before."""

from __future__ import annotations

from typing import Any

import polars as pl

from telcli.errors import UsageError
from telcli.features.contact_policy import refusing
from telcli.features.dunning import held
from telcli.features.exact import UNITS, amount
from telcli.features.month_index import date_at
from telcli.features.receivables import BUCKETS
from telcli.settings.dunning_steps import NORMAL
from telcli.stages.assess_credit_ground import Ground
from telcli.stages.assess_credit_recovery import Recovery

__all__ = ["dunned", "looked_at"]

_AGES = len(BUCKETS)
_RATES = ("recovery_rate", "recovery_rate_low", "recovery_rate_high")
_BACK = ("expected_recovery", "recovery_low", "recovery_high")


def dunned(ground: Ground, owed: pl.DataFrame, back: Recovery) -> tuple[pl.DataFrame, dict[str, Any]]:
    """The table dunning_list, and how many customers and how much money stand at each step.

    What is expected to be paid within a month is the sum over ages of what is owed times the share of such debts that
    was paid within a month (see `recovery`); they come in the order of that.
    """
    # What was written off in earlier months is done with.
    rows = owed.filter(pl.col("place") > 0, (pl.col("off") == 0) | pl.col("off_now") | (pl.col("past_due") > 0))
    rows = rows.join(back.each, on="who", how="left", maintain_order="left")
    for name, end in (("back", "back"), ("back_low", "low"), ("back_high", "high")):
        terms = (pl.col(f"owed_{age}") * pl.col(f"{end}_{age}").fill_null(0.0) for age in range(1, _AGES))
        rows = rows.with_columns((pl.sum_horizontal(terms) / UNITS).round(2).alias(name))
    rows = looked_at(ground, rows)
    rank = pl.int_range(1, pl.len() + 1, dtype=pl.Int64)
    ordered = rows.sort(pl.col("hold").is_not_null(), -pl.col("back"), -pl.col("past_due"), "customer_id")
    table = ordered.select(
        "customer_id",
        pl.lit(ground.as_of).alias("as_of"),
        priority=rank,
        step="step",
        action="action",
        step_on="step_on",
        next_step="next_step",
        next_step_on="next_step_on",
        arrears=amount(pl.col("past_due")),
        days_past_due=pl.col("days").cast(pl.Int64),
        written_off=amount(pl.col("off")),
        late_fee="fee",
        expected_recovery="back",
        recovery_low="back_low",
        recovery_high="back_high",
        **{
            name: pl.when(pl.col("past_due") > 0).then((pl.col(back) * UNITS / pl.col("past_due")).clip(0.0, 1.0))
            for name, back in zip(_RATES, ("back", "back_low", "back_high"), strict=True)
        },
        hold="hold",
        customer_class="customer_class",
        manager_id="manager_id",
        first_unpaid="first_unpaid",
    )
    return table, _told(ground, table)


def looked_at(ground: Ground, rows: pl.DataFrame) -> pl.DataFrame:
    """Add class, manager, why to hold, and the action of today to rows of customers with their `place` and `step`."""
    people = ground.inputs.tables["customers"]
    have = people.collect_schema()
    named = [name for name in ("customer_class", "manager_id") if name in have]
    lacking = [pl.lit(None, pl.String).alias(name) for name in ("customer_class", "manager_id") if name not in have]
    told = rows.join(
        people.select("customer_id", *named).collect(), on="customer_id", how="left", maintain_order="left"
    )
    told = told.with_columns(lacking)
    asked = tuple(part.strip() for part in ground.settings.hold_columns.split(",") if part.strip())
    missing = [name for name in asked if name not in have and f"x_{name}" not in have]
    if missing:
        raise UsageError(
            "credit-hold-unknown",
            "[assess-credit] hold_columns: customers have no attribute called {name}.",
            hint="See what there is: telcli show customers --schema",
            name=missing[0],
        )
    alone = (*ground.inputs.choices.get("left_alone", ()), *refusing(people))
    bills = ground.open_now.join(ground.folk.select("who", "customer_id"), on="who")
    owed = bills.select("customer_id", month=date_at(pl.col("at")))
    why = held(ground.inputs.tables, ground.end, asked, alone, owed)
    told = told.join(why, on="customer_id", how="left", maintain_order="left")
    first = [name for name, _ in ground.steps].index(ground.settings.suspend_from)
    suspends, key = pl.col("place") >= first, pl.col("customer_class") == "key"
    waits = pl.col("hold").is_in(["disputed", "hardship", "complaint"])
    return told.with_columns(
        action=pl.when((key & suspends).fill_null(value=False))
        .then(pl.lit("manager"))
        .when((waits & suspends).fill_null(value=False))
        .then(pl.lit("review"))
        .when((pl.col("hold") == "no-contact") & ~suspends)
        .then(pl.lit("letter"))
        .otherwise("step")
    )


def _told(ground: Ground, table: pl.DataFrame) -> dict[str, Any]:
    names = [name for name, _ in ground.steps if name != NORMAL]
    listed = _sum(table, "arrears")
    back = {end: _sum(table, name) for end, name in zip(_RATES, _BACK, strict=True)}
    sums = {name: (count, money) for name, count, money in _by(table, "step")}
    return {
        "dunned": table.height,
        "steps": names,
        "dunning": {name: sums.get(name, (0, 0.0))[0] for name in names},
        "dunning_arrears": {name: sums.get(name, (0, 0.0))[1] for name in names},
        "dunning_new": table.filter(pl.col("step_on") >= ground.as_of).height,
        "to_manager": table.filter(action="manager").height,
        "to_review": table.filter(action="review").height,
        "held": {name: count for name, count, _ in _by(table.filter(pl.col("hold").is_not_null()), "hold")},
        "first_unpaid": table.filter("first_unpaid").height,
        "expected_recovery": back["recovery_rate"],
        "expected_recovery_low": back["recovery_rate_low"],
        "expected_recovery_high": back["recovery_rate_high"],
        **{name: value / listed if listed else None for name, value in back.items()},
        "late_fees": _sum(table, "late_fee"),
    }


def _by(table: pl.DataFrame, name: str) -> list[tuple[str, int, float]]:
    rows = table.group_by(name).agg(pl.len(), money=(pl.col("arrears") * UNITS).round().cast(pl.Int64).sum())
    return [(step, count, round(money / UNITS, 2)) for step, count, money in rows.sort(name).rows()]


def _sum(table: pl.DataFrame, name: str) -> float:
    """A sum of cents: their order does not matter."""
    return float((table[name] * 100).round().cast(pl.Int64).sum()) / 100
