"""What the operator of the soak exports each month: those who are there or left lately, and what they did."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from tests.loop import extracts, operator
from tests.loop.operator import Operator, month_of

__all__ = ["Exports"]

_LATELY = 3
"""Months for which an operator's lists still name those who left."""
_ITEMS = ("network", "price", "hotline")


class Exports:
    """A world of `months` months after the first plan's, and its files of each month; `first` is the first plan's."""

    def __init__(self, customers: int, months: int, seed: int, first: date) -> None:
        operator.FIRST = first
        self.world = Operator(seed, customers, months, joiners=0.03)

    def write(self, months: range, folder: Path) -> Path:
        """Files of some months; lists of customers and lines are as they stand at the world's month."""
        world = self.world
        folder.mkdir(parents=True)
        frames = extracts.frames(world, months)
        kept = np.flatnonzero((world.joined <= world.now) & (world.gone > months[0] - _LATELY))
        lately = pl.Series([f"C{row:06d}" for row in kept])
        for name in ("customers", "subscriptions"):
            frames[name] = frames[name].filter(pl.col("customer_id").is_in(lately.implode()))
        frames |= {"payments": _payments(frames["bills"], world.seed), "surveys": _surveys(world, lately)}
        frames["calls"] = pl.concat([_calls(world, month) for month in months])
        for name, frame in frames.items():
            if frame.height:
                frame.write_csv(folder / f"{name}.csv")
        return folder


def _payments(bills: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Most bills are paid within the month, some of them in the last days."""
    due = bills.group_by("customer_id", "month").agg(pl.col("amount").sum().round(2)).sort("month", "customer_id")
    rng = np.random.default_rng([seed, 29, *due["month"].dt.epoch("d").unique().to_list()])
    days = pl.Series(rng.integers(3, 27, due.height))
    paid = due.with_columns(
        payment_id=pl.format("P{}{}", pl.col("month").dt.strftime("%y%m"), "customer_id"),
        paid_at=pl.format("{} 09:30:00", pl.col("month") + pl.duration(days=days)),
        method=pl.lit("bank"),
    )
    return paid.filter(pl.Series(rng.random(due.height) < 0.96)).select(
        "payment_id", "customer_id", "paid_at", "amount", "method"
    )


def _surveys(world: Operator, lately: pl.Series) -> pl.DataFrame:
    """A tenth of the customers say each quarter what they think."""
    day = month_of(world.now)
    if day.month % 3 and world.now:
        return pl.DataFrame()
    rng = np.random.default_rng([world.seed, 31, world.now + 60])
    asked = lately.sample(max(lately.len() // 10, 1), seed=int(rng.integers(1 << 30)))
    said = [
        pl.DataFrame(
            {
                "customer_id": asked,
                "surveyed_on": day + timedelta(14),
                "item": item,
                "expected": rng.integers(5, 11, asked.len()),
                "perceived": rng.integers(1, 11, asked.len()),
            }
        )
        for item in _ITEMS
    ]
    return pl.concat(said)


def _calls(world: Operator, month: int) -> pl.DataFrame:
    """Two calls of each customer: few, as telcli's own months of use come from usage."""
    there = np.flatnonzero((world.joined <= month) & (world.gone >= month))
    rng = np.random.default_rng([world.seed, 37, month + 60])
    rows = np.repeat(there, 2)
    day = month_of(month)
    seconds = rng.integers(0, 27 * 86_400, rows.size)
    return pl.DataFrame(
        {
            "customer_id": [f"C{row:06d}" for row in rows],
            "started_at": pl.Series(seconds * 1_000_000).cast(pl.Duration("us")) + day,
            "counterpart": [f"1390000{number:04d}" for number in rng.integers(0, 10_000, rows.size)],
            "direction": "out",
            "kind": "voice",
            "duration_s": rng.integers(5, 600, rows.size),
        }
    )
