"""Do the figures add up: sums that must be the same worked out from two sides, and where a difference sits.

A check holds two sides of one sum: `left`, nearer to what was read, `right`, nearer to what is told, and their
`difference`, left less right. It `agrees` where there is none, is `explained` where named parts make it up, and else
`differs`: also where what is off for no known reason comes to nothing, as an amount booked to another customer does.
Amounts are added as whole millionths, which come to the same sum in whatever order rows come.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

__all__ = ["CHECK_TEXTS", "PART_TEXTS", "Part", "check", "covered", "two_sides"]

CHECK_TEXTS = ("check", "kind", "state", "month")
PART_TEXTS = ("check", "part", "kind", "month")
CENT, _DIGITS = 0.005, 6
"""Amounts nearer to each other than half a cent are the same."""
_FINE = 1_000_000
_UNTOLD = "other"
_NO_REASON = (_UNTOLD, "stranger")
"""Parts that say what is off, but not why."""

Part = tuple[str, int, float]
"""What a difference is made of, how many rows or customers it is, and how much of the difference."""


def check(
    name: str, kind: str, left: float, right: float, parts: Sequence[Part] = (), least: int = 0, known: str = "left"
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A check and the parts of its difference, as rows of figures; `kind` is money or count.

    Where a part is of 1 to ``least - 1`` customers its amount is not told, nor what would tell it: the difference, and
    the side that is not `known` from elsewhere in the report.

    >>> check("billed", "money", 12.0, 10.0, [("no_month", 3, 2.0)])[0]["state"]
    'explained'
    >>> check("billed", "money", 12.0, 10.0, [("no_month", 3, 2.0)], least=10)[0].get("right")
    >>> check("billed", "money", 10.0, 10.0, [("other", 2, 0.0)])[0]["state"]
    'differs'
    """
    made = [part for part in parts if part[1] or abs(part[2]) >= CENT]
    rest = left - right - sum(amount for _, _, amount in made)
    named = abs(rest) < CENT and all(part not in _NO_REASON for part, _, _ in made)
    state = "differs" if not named else "explained" if made else "agrees"
    row = {
        "check": name,
        "kind": kind,
        "left": left,
        "right": right,
        "difference": round(left - right, _DIGITS),
        "state": state,
    }
    small = any(0 < rows < least for _, rows, _ in made)
    if small:
        row |= {"right" if known == "left" else "left": None, "difference": None, "small": 1.0}
    told = [
        {"check": name, "part": part, "kind": kind, "rows": rows, "amount": amount}
        | ({"rows": None, "amount": None, "small": 1.0} if 0 < rows < least else {})
        for part, rows, amount in made
    ]
    return row, told


def two_sides(ours: pl.LazyFrame, view: pl.LazyFrame) -> tuple[float, float, list[Part]]:
    """Amounts of facts against those of customer_months in the same month, and who makes the difference up.

    Parameters
    ----------
    ours : polars.LazyFrame
        customer_id, amount, and `whole`: whether it is a sum whose parts may be there too.
    view : polars.LazyFrame
        customer_id, amount; a row per customer there.

    Returns
    -------
    Both sums, and parts: ``no_month``, customers without a row there; ``twice``; ``other``. Who is off by less than
    half a cent is in none.

    >>> ours = pl.LazyFrame({"customer_id": ["a", "a", "b"], "amount": [5.0, 1.0, 2.0], "whole": [False] * 3})
    >>> two_sides(ours, pl.LazyFrame({"customer_id": ["a"], "amount": [6.0]}))
    (8.0, 6.0, [('no_month', 1, 2.0)])
    """
    mine = ours.group_by("customer_id").agg(
        left=_fine("amount").sum(), twice=pl.col("whole").any() & ~pl.col("whole").all()
    )
    theirs = view.select("customer_id", right=_fine("amount"))
    both = mine.join(theirs, on="customer_id", how="full", coalesce=True).with_columns(
        off=pl.col("left").fill_null(0) - pl.col("right").fill_null(0),
        part=pl.when(pl.col("right").is_null())
        .then(pl.lit("no_month"))
        .when(pl.col("twice").fill_null(value=False))
        .then(pl.lit("twice"))
        .otherwise(pl.lit(_UNTOLD)),
    )
    found = both.group_by("part").agg(
        pl.col("left", "right", "off").sum(), rows=(pl.col("off").abs() >= CENT * _FINE).sum().cast(pl.Int64)
    )
    rows = found.sort("part").collect(engine="streaming").to_dicts()
    left, right = (sum(row[side] or 0 for row in rows) / _FINE for side in ("left", "right"))
    return left, right, [(row["part"], row["rows"], row["off"] / _FINE) for row in rows if row["rows"]]


def covered(view: pl.DataFrame, ids: pl.LazyFrame) -> tuple[int, int, list[Part]]:
    """The customers of the base against those that a result is about, and who is on one side alone.

    Parameters
    ----------
    view : polars.DataFrame
        customer_id, active, left, tenure_months and revenue of the month.
    ids : polars.LazyFrame
        customer_id of the result.

    Returns
    -------
    Numbers of both, and parts: of customers that the result lacks who ``joined`` in the month, are ``unbilled`` in
    it, or ``other``; of those in it who ``left`` in the month (-), or were no customers (-, ``stranger``).

    >>> view = pl.DataFrame({"customer_id": ["a", "b", "c"], "active": [True, True, False],
    ...     "left": [False, False, True], "tenure_months": [9, 0, 9], "revenue": [1.0, 1.0, None]})
    >>> covered(view, pl.LazyFrame({"customer_id": ["a", "c"]}))
    (2, 2, [('joined', 1, 1.0), ('left', 1, -1.0)])
    """
    known = ids.select("customer_id", scored=pl.lit(value=True)).collect(engine="streaming")
    both = view.join(known, on="customer_id", how="full", coalesce=True)
    there, scored = pl.col("active").fill_null(value=False), pl.col("scored").fill_null(value=False)
    lacking = (
        pl.when(pl.col("tenure_months") < 1)
        .then(pl.lit("joined"))
        .when(pl.col("revenue").fill_null(0.0) == 0.0)
        .then(pl.lit("unbilled"))
        .otherwise(pl.lit(_UNTOLD))
    )
    beyond = pl.when("left").then(pl.lit("left")).otherwise(pl.lit("stranger"))
    parts = both.filter(there != scored).select(
        part=pl.when(there).then(lacking).otherwise(beyond), sign=pl.when(there).then(1).otherwise(-1)
    )
    folded = (
        parts.group_by("part", "sign").agg(rows=pl.len().cast(pl.Int64)).sort("sign", "part", descending=[True, False])
    )
    found = [(part, rows, float(sign * rows)) for part, sign, rows in folded.iter_rows()]
    return int(view["active"].sum()), known.height, found


def _fine(column: str) -> pl.Expr:
    return (pl.col(column).cast(pl.Float64).fill_null(0.0) * _FINE).round().cast(pl.Int128)
