"""Part of assess-credit: what of debts is paid within a month, by their age and by what else proved to tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.features.exact import UNITS
from telcli.features.month_index import month_at
from telcli.features.receivables import BUCKETS
from telcli.methods.recovery import FIRST, Ways, best_way, share_ends, shrunk_shares, tried
from telcli.stages.assess_credit_ground import Ground
from telcli.stages.assess_credit_rolls import Rolled

__all__ = ["Recovery", "recovery"]

Floats = NDArray[np.float64]
_AGES = len(BUCKETS)
_LATELY, _BANDS, _CLASSES = 3, 3, 4
"""Months looked back on for payments, amounts told apart by, and classes: public, business, key and not known."""
_PLACES = {"public": 0, "business": 1, "key": 2}
WAYS = ("age", "paid", "paid-amount", "paid-class")


@dataclass(frozen=True)
class Recovery:
    """Shares paid within a month of debts of each customer by age: `each` has who and back_, low_ and high_ of ages.

    `table` is credit_recovery, `way` that in use.
    """

    each: pl.DataFrame
    table: pl.DataFrame
    way: str


def _cuts(rows: pl.DataFrame) -> NDArray[np.float64]:
    """Thirds of amounts, of the months that every way learns from alone: none of those it is tried on."""
    if not rows.height:
        return np.zeros(2)
    months = np.unique(rows["at"].to_numpy())
    first = rows.filter(pl.col("at") < months[FIRST]) if months.size > FIRST else rows
    return np.asarray(np.quantile(first["owed"].to_numpy(), (1 / 3, 2 / 3)))


def recovery(ground: Ground, owed: pl.DataFrame, found: Rolled) -> Recovery:
    """Choose how to tell what is paid within a month, and tell it of all who owe; `owed` is what `owing` gives."""
    rows = _debts(ground, found)
    cuts = _cuts(rows)
    keys = _keys(rows, cuts)
    money, share = rows["owed"].to_numpy(), rows["share"].to_numpy()
    at, age, who = (rows[name].to_numpy().astype(np.int64) for name in ("at", "bucket", "who"))
    ways = tried(at, age, keys, money, share, who, _AGES)
    way = best_way(ways, WAYS[0])
    now = owed.filter(pl.sum_horizontal(f"owed_{place}" for place in range(1, _AGES)) > 0).select("who", "customer_id")
    if way == WAYS[0] or not rows.height:
        rates = [np.array([each[end] for each in found.paid])[None, :].repeat(now.height, axis=0) for end in range(3)]
    else:
        key, count = keys[way]
        told = (age, key, money, share)
        middle = shrunk_shares(*told, (_AGES, count))
        low, high = share_ends(*told, who, (_AGES, count), ground.inputs.seed)
        mine = _keys_now(ground, owed, now, cuts, way)
        rates = [np.take_along_axis(each.T, mine, axis=0) for each in (middle, low, high)]
    names = [f"{end}_{place}" for end in ("back", "low", "high") for place in range(_AGES)]
    values = np.nan_to_num(np.hstack(rates)) if now.height else np.zeros((0, len(names)))
    each = pl.concat([now.select("who"), pl.DataFrame(values, names)], how="horizontal")
    return Recovery(each, _table(ground, ways, way), way)


def _debts(ground: Ground, found: Rolled) -> pl.DataFrame:
    """Debts past due at the beginning of each month looked at: at, who, bucket, owed, share paid in it, paid, class."""
    parts = []
    for month in (month for month in found.months if month.at in ground.paid_in):
        due = month.each.filter(pl.col("opening") > 0, pl.col("bucket") > 0)
        parts.append(
            due.select(
                pl.lit(month.at, pl.Int64).alias("at"),
                "who",
                "bucket",
                owed=pl.col("opening") / UNITS,
                share=(pl.col("settled") / pl.col("opening")).clip(0.0, 1.0),
            ).join(_paid(ground, month.at), on="who", how="left", maintain_order="left")
        )
    if not parts:
        names = {"at": pl.Int64, "who": pl.UInt32, "bucket": pl.Int32, "owed": pl.Float64, "share": pl.Float64}
        return pl.DataFrame(schema={**names, "paid": pl.Int64, "class": pl.Int64})
    return _classed(ground, pl.concat(parts)).sort("at", "who", "bucket")


def _paid(ground: Ground, at: int) -> pl.DataFrame:
    """In how many of the months before one customers paid anything: who, paid (0 to 2, which is 2 or more)."""
    lately = ground.book.paid.filter(pl.col("at").is_between(at - _LATELY, at - 1), pl.col("cash") > 0)
    return lately.group_by("who").agg(paid=pl.len().clip(0, 2).cast(pl.Int64))


def _classed(ground: Ground, rows: pl.DataFrame) -> pl.DataFrame:
    frame = ground.inputs.tables["customers"]
    if "customer_class" not in frame.collect_schema():
        return rows.with_columns(pl.col("paid").fill_null(0), pl.lit(_CLASSES - 1, pl.Int64).alias("class"))
    place = pl.col("customer_class").replace_strict(_PLACES, default=_CLASSES - 1, return_dtype=pl.Int64)
    told = frame.select("customer_id", place.alias("class")).collect()
    by = ground.folk.select("who", "customer_id").join(told, on="customer_id", how="left").select("who", "class")
    found = rows.join(by, on="who", how="left", maintain_order="left")
    return found.with_columns(pl.col("paid").fill_null(0), pl.col("class").fill_null(_CLASSES - 1))


def _keys(rows: pl.DataFrame, cuts: Floats) -> dict[str, tuple[NDArray[np.int64], int]]:
    """The key of each debt in each way, and how many there are."""
    paid, kind = rows["paid"].to_numpy().astype(np.int64), rows["class"].to_numpy().astype(np.int64)
    band = np.searchsorted(cuts, rows["owed"].to_numpy())
    return {
        "age": (paid * 0, 1),
        "paid": (paid, 3),
        "paid-amount": (paid * _BANDS + band, 3 * _BANDS),
        "paid-class": (paid * _CLASSES + kind, 3 * _CLASSES),
    }


def _keys_now(ground: Ground, owed: pl.DataFrame, now: pl.DataFrame, cuts: Floats, way: str) -> NDArray[np.int64]:
    """The key of what each customer owes of each age, of shape (customers, ages), in one way."""
    rows = _classed(
        ground, now.select("who").join(_paid(ground, ground.at + 1), on="who", how="left", maintain_order="left")
    )
    wide = now.select("who").join(owed, on="who", how="left", maintain_order="left")
    found = []
    for place in range(_AGES):
        own = rows.with_columns(owed=wide[f"owed_{place}"] / UNITS)
        found.append(_keys(own, cuts)[way][0])
    return np.stack(found, axis=1)


def _table(ground: Ground, ways: Ways, way: str) -> pl.DataFrame:
    """The table credit_recovery: each way on months that it was foretold of by those before."""
    from telcli.tables import contract

    if not ways.month.size:
        return contract("credit_recovery").schema.create_empty()
    last = ways.month == ways.month.max()
    before = ~last
    rows: list[dict[str, Any]] = [
        {
            "as_of": ground.as_of,
            "way": name,
            "month": month_at(int(ways.month.max())),
            "debts": int(last.sum()),
            "customers": int(np.unique(ways.who[last]).size),
            "owed": float(ways.owed[last].sum()),
            "expected": float((ways.owed[last] * told[last]).sum()),
            "came": float((ways.owed[last] * ways.share[last]).sum()),
            "error": ways.error(name, last),
            "error_before": ways.error(name, before) if before.any() else None,
            "used": name == way,
        }
        for name, told in ways.found.items()
    ]
    money = ("owed", "expected", "came")
    return pl.DataFrame(rows, infer_schema_length=None).with_columns(
        *(pl.col(name).round(2) for name in money), pl.col("error_before").cast(pl.Float64)
    )
