"""Part of assess-credit: what each customer owes by age, and the same of groups of customers."""

from __future__ import annotations

import polars as pl

from telcli.features.exact import amount
from telcli.features.receivables import BUCKETS, bucket_of
from telcli.stages.assess_credit_ground import Ground
from telcli.tables.credit_results import EVERY, OFF

__all__ = ["SMALL", "ageing_rows", "owing", "withheld"]

SMALL = 10
"""Customers from whom on a group, and an age of it, is told."""
_OWED = [f"owed_{place}" for place in range(len(BUCKETS))]
_BY = ("customer_class", "branch", "segment")


def owing(ground: Ground) -> pl.DataFrame:
    """One row per customer, sorted by id: who, customer_id, begin, last, what is open by age, `credit`, `days`.

    Amounts are in exact units: `owed_0` .. `owed_6` by the ages of BUCKETS, `past_due` all but the first of them, `fee`
    the late fee so far in money; `days` past due of the oldest open bill, `bucket` its age (a place). Bills written off
    are in none of it: what of them is open is `off`, `off_days` the age of the oldest, `off_now` whether any is new.
    """
    every = ground.open_now
    items = every.filter(~pl.col("gone"))
    fee = pl.min_horizontal(pl.col("days") * ground.settings.late_fee_rate, pl.lit(ground.settings.late_fee_most))
    sums = items.group_by("who").agg(
        *(pl.when(pl.col("bucket") == place).then("open").sum().alias(name) for place, name in enumerate(_OWED)),
        days=pl.col("days").max(),
        fee=(pl.col("open") * fee).round().cast(pl.Int64).sum(),
    )
    rows = ground.folk.join(sums, on="who", how="left", maintain_order="left")
    rows = rows.join(_written_off(ground, every), on="who", how="left", maintain_order="left")
    rows = rows.join(ground.book.credit_at(ground.at), on="who", how="left", maintain_order="left")
    whole = rows.with_columns(pl.col(*_OWED, "days", "credit", "fee", "off", "off_days").fill_null(0))
    whole = whole.with_columns(pl.col("off_now").fill_null(value=False))
    found = whole.with_columns(past_due=pl.sum_horizontal(_OWED[1:]), bucket=bucket_of(pl.col("days")))
    return found.with_columns(fee=amount(pl.col("fee")).round(2)).sort("customer_id")


def _written_off(ground: Ground, every: pl.DataFrame) -> pl.DataFrame:
    """Who has bills that are written off: who, off, off_days, off_now."""
    before = ground.open_bills(ground.at - 1).filter("gone").select("who", "at", was=pl.lit(value=True))
    gone = every.filter("gone").join(before, on=["who", "at"], how="left")
    return gone.group_by("who").agg(
        off=pl.col("open").sum(), off_days=pl.col("days").max(), off_now=pl.col("was").is_null().any()
    )


def ageing_rows(ground: Ground, owed: pl.DataFrame) -> pl.DataFrame:
    """The table credit_ageing: a row per age of all customers, and of each class, branch and segment."""
    told = _groups(ground, owed)
    parts = [_aged(told, pl.lit(EVERY), EVERY)]
    parts += [_aged(told, pl.col(name).fill_null("-"), name) for name in _BY if name in told.columns]
    kept = withheld(pl.concat(parts)).sort("dimension", "value", "place")
    small = (pl.col("dimension") == EVERY) & pl.col("customers").is_between(1, SMALL - 1)
    return kept.select(pl.lit(ground.as_of).alias("as_of"), pl.exclude("members", "place"), small=small)


def withheld(rows: pl.DataFrame) -> pl.DataFrame:
    """Withhold what a handful of a group owe, and so much beside that the whole less the others does not tell it.

    Of each age those withheld are SMALL customers or more, where so many are in the whole: the smallest told follow.
    Of a group with anything withheld no share is told, since a share and its balance tell what the group owes.
    """
    count, each = pl.col("customers"), ["dimension", "bucket"]
    few = (pl.col("dimension") != EVERY) & ((pl.col("members") < SMALL) | count.is_between(1, SMALL - 1))
    ordered = rows.with_columns(few=few).sort(*each, ~pl.col("few"), "customers", "value")
    before = (count.cum_sum() - count).over(each)
    hidden = count.filter(pl.col("few")).sum().over(each)
    beside = (count > 0) & hidden.is_between(1, SMALL - 1) & (before < SMALL)
    told = ordered.with_columns(few=pl.col("few") | ((pl.col("dimension") != EVERY) & beside))
    some = pl.col("few").any().over("dimension", "value")
    return told.with_columns(
        customers=pl.when(~pl.col("few")).then(count),
        balance=pl.when(~pl.col("few")).then("balance"),
        share=pl.when(~some).then("share"),
    ).drop("few")


def _groups(ground: Ground, owed: pl.DataFrame) -> pl.DataFrame:
    """What customers owe beside what they are told apart by."""
    frame = ground.inputs.tables["customers"]
    have = frame.collect_schema()
    named = [name for name in ("customer_class", "branch") if name in have]
    found = owed.join(
        frame.select("customer_id", *named).collect(), on="customer_id", how="left", maintain_order="left"
    )
    segments = ground.inputs.tables.get("segments")
    if segments is not None:
        of = segments.select("customer_id", segment="segment_name").collect()
        found = found.join(of, on="customer_id", how="left", maintain_order="left")
    return found.select(
        owed.columns + [name for name in (*named, "segment") if name in found.columns and found[name].count()]
    )


def _aged(told: pl.DataFrame, value: pl.Expr, dimension: str) -> pl.DataFrame:
    """Balances of each group by age, and what its customers have paid ahead."""
    columns = dict(zip((*_OWED, "off", "credit"), (*BUCKETS, OFF, "credit"), strict=True))
    sums = told.group_by(value=value).agg(
        pl.len().alias("members"),
        *(pl.col(name).sum() for name in columns),
        *((pl.col(name) > 0).sum().alias(f"n_{name}") for name in columns),
    )
    owed = pl.sum_horizontal(_OWED)
    rows = [
        sums.select(
            pl.lit(dimension).alias("dimension"),
            "value",
            "members",
            pl.lit(bucket).alias("bucket"),
            pl.lit(place).alias("place"),
            customers=pl.col(f"n_{name}").cast(pl.Int64),
            balance=amount(pl.col(name)),
            share=pl.when((owed > 0) & (name in _OWED)).then(pl.col(name) / owed),
        )
        for place, (name, bucket) in enumerate(columns.items())
    ]
    return pl.concat(rows).sort("value", "place")
