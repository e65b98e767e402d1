"""Part of assess-credit: how debts grew older month by month, and what is to be provided for by that."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.features.exact import UNITS, amount
from telcli.features.month_index import month_at
from telcli.features.receivable_flows import FLOWS, Flows, flows
from telcli.features.receivables import BUCKETS
from telcli.methods.roll_rates import LossRates, loss_rates, ratio_of_sums
from telcli.stages.assess_credit_ageing import SMALL
from telcli.stages.assess_credit_ground import Ground
from telcli.tables.credit_results import EVERY

__all__ = ["Rolled", "provision_rows", "roll_rows", "rolled"]

Floats = NDArray[np.float64]
_AGES = len(BUCKETS)
_MONTHS = (1, 1, 1, 1, 3, 6, 0)
"""How many months a debt is of an age."""


@dataclass(frozen=True)
class Rolled:
    """Flows of the months looked at, what they tell of losses, and of what is paid within a month, by age.

    Rates are of months with payments alone.
    """

    months: list[Flows]
    rates: LossRates
    roll: list[tuple[float, float, float]]
    paid: list[tuple[float, float, float]]


def rolled(ground: Ground) -> Rolled:
    """Look at the flows of the last `roll_months` months, as many of them as there are."""
    since = max(ground.at - ground.settings.roll_months + 1, ground.first + 1)
    months = []
    for done, at in enumerate(range(since, ground.at + 1)):
        ground.inputs.progress("months", done, ground.at + 1 - since)
        months.append(flows(ground.book, at, ground.folk, ground.write_off_days))
    told = [month for month in months if month.at in ground.paid_in]
    if len(told) < len(months):
        ground.tell(
            "credit-months-unpaid",
            "{count} months without any payment tell nothing of how debts are paid and grow older: {months}.",
            count=len(months) - len(told),
            months=", ".join(f"{month_at(month.at):%Y-%m}" for month in months if month.at not in ground.paid_in),
        )
    if len(told) < 3:
        ground.tell(
            "credit-few-months",
            "Only {count} months tell how debts grow older: rates of loss are rough.",
            count=len(told),
        )
    each = _by_customer(ground, told)
    moved, paid, opening = (each[name] for name in ("moved", "settled", "opening"))
    rates = loss_rates(moved, paid, opening, _MONTHS, ground.settings.loss_of_oldest)
    unseen = [BUCKETS[age] for age in range(1, _AGES - 1) if np.isnan(rates.reach[age])]
    if unseen:
        ground.tell(
            "credit-ages-unseen",
            "No debt of these ages was seen to be paid or to grow older, so all of it counts as lost: {ages}.",
            ages=", ".join(unseen),
        )
    roll = [ratio_of_sums(moved[:, age], opening[:, age]) for age in range(_AGES)]
    back = [ratio_of_sums(paid[:, age], opening[:, age]) for age in range(_AGES)]
    return Rolled(months, rates, roll, back)


def _by_customer(ground: Ground, months: list[Flows]) -> dict[str, Floats]:
    """Arrays of shape (customers, ages) in money: what was there, moved on (or was written off), and was paid of it."""
    size = ground.folk.height
    places = ground.folk.select("who").with_row_index("place")
    found = {name: np.zeros((size, _AGES)) for name in ("opening", "moved", "settled")}
    for month in months:
        rows = month.each.filter(pl.col("opening") > 0).join(places, on="who")
        at = (rows["place"].to_numpy(), rows["bucket"].to_numpy())
        values = rows.select("opening", "settled", moved=pl.col("rolled") + pl.col("written_off"))
        for name, sums in found.items():
            np.add.at(sums, at, values[name].to_numpy() / UNITS)
    return found


def roll_rows(ground: Ground, found: Rolled) -> pl.DataFrame:
    """The table credit_rolls: of each month a row per age, and one of all with what reconciles it to the cash."""
    parts = []
    for month in found.months:
        ages = month.summed()
        after = pl.col("opening") + pl.col("billed") + pl.col("entered")
        after = after - pl.col("rolled") - pl.col("paid") - pl.col("written_off")
        names = pl.col("bucket").replace_strict(list(range(_AGES)), list(BUCKETS), return_dtype=pl.String)
        rows = ages.with_columns(bucket=names, difference=after - pl.col("closing"))
        whole = ages.select(pl.col(FLOWS).sum()).with_columns(
            pl.lit(EVERY).alias("bucket"),
            credit_opening=pl.lit(month.credit_before, pl.Int64),
            credit_closing=pl.lit(month.credit, pl.Int64),
            cash=pl.lit(month.cash, pl.Int64),
        )
        net = pl.col("opening") - pl.col("credit_opening") + pl.col("billed") + pl.col("recovered") - pl.col("cash")
        end = pl.col("closing") - pl.col("credit_closing")
        whole = whole.with_columns(difference=net - pl.col("written_off") - end)
        parts.append(pl.concat([rows, whole], how="diagonal").with_columns(month=pl.lit(month_at(month.at))))
    if not parts:
        return _empty_rolls()
    money = [*FLOWS, "difference", "credit_opening", "credit_closing", "cash"]
    rows = pl.concat(parts, how="diagonal").with_columns(amount(pl.col(name)).alias(name) for name in money)
    on = pl.col("rolled") + pl.col("written_off")
    rate = pl.when((pl.col("opening") > 0) & (pl.col("bucket") != EVERY)).then(on / pl.col("opening"))
    return rows.with_columns(pl.lit(ground.as_of).alias("as_of"), roll_rate=rate.clip(0.0, 1.0))


def _empty_rolls() -> pl.DataFrame:
    from telcli.tables import contract

    return contract("credit_rolls").schema.create_empty()


def provision_rows(ground: Ground, owed: pl.DataFrame, found: Rolled) -> pl.DataFrame:
    """The table credit_provision: both rules by age, and in all."""
    balance = np.array([int(owed[f"owed_{age}"].sum()) / UNITS for age in range(_AGES)])
    full = _full(ground)
    rows = [
        {
            "bucket": BUCKETS[age],
            "balance": balance[age],
            "customers": owed.filter(pl.col(f"owed_{age}") > 0).height,
            **_ends("roll_rate", *found.roll[age]),
            **_ends("loss_rate", *(float(each[age]) for each in (found.rates.loss, found.rates.low, found.rates.high))),
            **_ends("paid_rate", *found.paid[age]),
            **_ends("provision", *_of_age(found.rates, balance, age)),
            "full_provision": full[age],
        }
        for age in range(_AGES)
    ]
    whole = _ends("provision", *found.rates.provided(balance))
    customers = owed.filter(pl.sum_horizontal(f"owed_{age}" for age in range(_AGES)) > 0).height
    rows.append(
        {"bucket": EVERY, "balance": balance.sum(), "customers": customers, **whole, "full_provision": sum(full)}
    )
    frame = pl.DataFrame(rows, infer_schema_length=None).with_columns(
        pl.lit(ground.as_of).alias("as_of"), small=pl.col("customers").is_between(1, SMALL - 1)
    )
    rounded = ("balance", "provision", "provision_low", "provision_high", "full_provision")
    return frame.with_columns(pl.col(name).round(4) for name in rounded)


def _of_age(rates: LossRates, balance: Floats, age: int) -> tuple[float, float, float]:
    one = float(balance[age])
    return one * float(rates.loss[age]), one * float(rates.low[age]), one * float(rates.high[age])


def _full(ground: Ground) -> list[float]:
    """By age, what the operators' rule provides for: all that is past due for longer than `full_provision_days`."""
    items = ground.open_now.filter(~pl.col("gone"))
    old = items.filter(pl.col("days") > ground.settings.full_provision_days)
    sums = dict(old.group_by("bucket").agg(pl.col("open").sum()).rows())
    return [sums.get(age, 0) / UNITS for age in range(_AGES)]


def _ends(name: str, found: float, low: float, high: float) -> dict[str, float | None]:
    parts = {name: found, f"{name}_low": low, f"{name}_high": high}
    return {each: None if np.isnan(value) else value for each, value in parts.items()}
