"""Of the report: what was billed and paid as it was read, against what customer_months tells of the same month."""

from __future__ import annotations

from datetime import date

import polars as pl

from telcli.figures.control import Part, two_sides
from telcli.stages.report_ground import Ground
from telcli.tables import contract

__all__ = ["held_against", "reversed_in", "view_of"]


def held_against(ground: Ground, column: str, month: date) -> tuple[float, float, list[Part]] | None:
    """Both sums of a month, and who makes the difference up; None where nothing of it was read.

    `column` is revenue, which is held against bills less discounts, or paid, against payments not taken back.
    """
    facts = _bills(ground) if column == "revenue" else _payments(ground)
    ours = None if facts is None else facts.filter(pl.col("month") == month)
    if ours is None or not ours.select(pl.len()).collect().item():
        return None
    return two_sides(ours, view_of(ground, month, column).rename({column: "amount"}))


def view_of(ground: Ground, month: date, *columns: str) -> pl.LazyFrame:
    """Columns of the rows of customer_months in a month."""
    rows = contract("customer_months").conform(ground.tables["customer_months"])
    return rows.filter(pl.col("month") == month).select("customer_id", *columns)


def reversed_in(ground: Ground, month: date) -> tuple[int, float]:
    """How many payments of a month were taken back, and how much that was."""
    paid = _payments(ground, stood=False)
    if paid is None:
        return 0, 0.0
    found = paid.filter(pl.col("month") == month).select(pl.len(), (pl.col("amount") * 100).round().sum() / 100)
    rows, amount = found.collect().row(0)
    return int(rows), float(amount)


def _bills(ground: Ground) -> pl.LazyFrame | None:
    if "bills" not in ground.tables:
        return None
    bills = contract("bills").conform(ground.tables["bills"])
    net = pl.col("amount") - pl.col("discount").fill_null(0.0)
    return bills.select("customer_id", "month", amount=net, whole=pl.col("kind") == "total")


def _payments(ground: Ground, *, stood: bool = True) -> pl.LazyFrame | None:
    if "payments" not in ground.tables:
        return None
    gone = pl.col("reversed").fill_null(value=False)
    rows = contract("payments").conform(ground.tables["payments"]).filter(~gone if stood else gone)
    month = pl.col("paid_at").dt.date().dt.month_start()
    return rows.select("customer_id", "amount", month=month, whole=pl.lit(value=False))
