"""Facts of customers: lines, bills, payments, use and contacts, each from its extract to its canonical columns.

Everything stays lazy. A frame made here carries the hidden columns of `telcli.tables.refused`, and may carry
`subscription_id` until `telcli.intake.assemble` has put the customer in its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import polars as pl

from telcli.intake.batches import folded
from telcli.intake.cleaning import FAULT_TYPE, Reading
from telcli.intake.slots import CHARGES, PARTS
from telcli.intake.understood import DISPUTED, Understood
from telcli.intake.void_words import says_void, void_rows
from telcli.tables.evidence import evidence
from telcli.tables.refused import FAULTS, LINE, SOURCE

__all__ = [
    "HIDDEN",
    "LARGEST",
    "add_fault",
    "bills",
    "exact_sum",
    "fact",
    "lent",
    "millionths",
    "settled",
    "summed",
    "takes_off",
    "whole_again",
]

HIDDEN = (SOURCE, LINE, FAULTS)
_HIGHEST = ("active_days", "voice_saturation", "data_saturation")
"""Numbers of which the highest stands for rows that share a key: they do not add up."""

LARGEST = 1e9
_KEYS = ("customer_id", "subscription_id", "month")


def fact(one: Understood) -> pl.LazyFrame:
    """One subject table of one extract; rows without a number of their own keep, for now, all they have."""
    if one.map.table == "bills":
        return bills(one)
    frame = one.clean([*one.readings(), *one.rest()])
    if one.map.table == "surveys" and one.map.use("item") is None:
        return frame.with_columns(item=pl.lit("overall"))
    return frame


def bills(one: Understood) -> pl.LazyFrame:
    """Bills in long form: as they are where the extract has kinds, else one row per charge column that is not zero.

    The discount of a wide bill stands beside its first charge, so that amounts less discounts are the bill.
    """
    frame = lent(one, "bills") if one.map.table != "bills" else one.clean(one.readings())
    return _long(frame.with_columns(discount=0.0 - pl.col("discount")) if takes_off(one) else frame)


def takes_off(one: Understood) -> bool:
    """Whether an extract writes its discounts as what they change the bill by, below zero all of them."""
    readings = [reading for reading in one.readings("bills", attributes=False) if reading.name == "discount"]
    if not readings:
        return False
    column = pl.col("discount")
    low, high = one.clean(readings).select(low=column.min(), high=column.max()).collect(engine="streaming").row(0)
    return low is not None and low < 0 and high <= 0


def settled(one: Understood) -> pl.LazyFrame | None:
    """The payments that invoices tell of by the day on which each was settled; None where there are no such days.

    Of an invoice that is void nothing was paid.
    """
    if one.map.table != "bills" or one.map.use("paid_at", "payments") is None:
        return None
    keys = ("customer_id", "subscription_id", "account_id", "bill_no", "amount")
    own = [reading for reading in one.readings(attributes=False) if reading.name in keys]
    states = [reading for reading in one.readings() if reading.form.endswith("text") and says_void(reading.name)]
    read = one.clean([*own, *states, *one.readings("payments", attributes=False)])
    names = [reading.name for reading in states]
    frame = read.filter(~void_rows(names, "bills")).drop(names) if names else read
    told = pl.col(FAULTS).list.eval(pl.element().struct.field("column") == "paid_at").list.any()
    sound = pl.col("paid_at").is_not_null() & (pl.col(FAULTS).list.len() == 0)
    return frame.filter(sound | told).rename({"bill_no": "payment_id"})


def lent(one: Understood, table: str, also: Sequence[Reading] = ()) -> pl.LazyFrame:
    """What an extract of another subject says for this table, of rows that its own table can place; `also` goes along.

    Faults of the key stay with the extract's own table, which reports them.
    """
    keys = [reading for reading in one.readings(attributes=False) if reading.name in _KEYS]
    if one.map.table == "customers":
        keys = [one.customer_key()]
    names = [reading.name for reading in keys]
    own = [*[reading for reading in one.readings(table, attributes=False) if reading.name not in names], *also]
    frame = one.clean([*keys, *own])
    owner = pl.any_horizontal(pl.col(name).is_not_null() for name in names if name != "month")
    placed = owner & pl.col("month").is_not_null() if "month" in names else owner
    return frame.filter(placed & ~pl.col(FAULTS).list.eval(pl.element().struct.field("column") == "row").list.any())


def _long(frame: pl.LazyFrame) -> pl.LazyFrame:
    frame = _parts_added(frame)
    schema = dict(frame.collect_schema())
    kinds = tuple(kind for kind in CHARGES if kind in schema)
    if "amount" in schema:
        return frame.drop(kinds) if "kind" in schema else frame.drop(kinds).with_columns(kind=pl.lit("total"))
    kept = {name: kind for name, kind in schema.items() if name not in (*kinds, "discount")}
    long = {**kept, "kind": pl.String(), "amount": pl.Float64(), "discount": pl.Float64()}
    return frame.map_batches(partial(_unpivoted, kinds=kinds), schema=long, streamable=True)


def _parts_added(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Charges that are part of a kind added to it, in whole millionths; where neither is known, nor is the sum."""
    have = frame.collect_schema()
    parts: dict[str, list[str]] = {}
    for part, kind in PARTS.items():
        if part in have:
            parts.setdefault(kind, [kind] if kind in have else []).append(part)
    sums = []
    for kind, names in parts.items():
        known = pl.any_horizontal(pl.col(name).is_not_null() for name in names)
        added = pl.sum_horizontal((pl.col(name) * 1e6).round() for name in names)
        sums.append(pl.when(known).then(added / 1e6).alias(kind))
    return frame.with_columns(sums).drop(part for part in PARTS if part in have) if sums else frame


def _unpivoted(batch: pl.DataFrame, kinds: tuple[str, ...]) -> pl.DataFrame:
    """One row per charge that is not zero; a faulty bill stays one row, so that it is refused once.

    A whole bill beside its parts stays where it is zero: what it says is that the parts came to nothing.
    """
    off = "discount" if "discount" in batch.columns else None
    faulty = pl.col(FAULTS).list.len() > 0
    parts = []
    for place, kind in enumerate(kinds):
        first = place == 0
        less = pl.col(off) if off and first else pl.lit(None, dtype=pl.Float64)
        billed = (pl.col(kind).fill_null(0.0) != 0.0) | (less.fill_null(0.0) != 0.0)
        if kind == "total" and not first:
            billed = pl.col(kind).is_not_null()
        part = batch.filter((billed & ~faulty) | faulty if first else billed & ~faulty)
        parts.append(
            part.select(
                pl.exclude(*kinds, "discount"),
                kind=pl.lit(kind),
                amount=pl.col(kind).fill_null(0.0),
                discount=less,
            )
        )
    return pl.concat(parts)


def summed(frame: pl.LazyFrame, key: tuple[str, ...]) -> pl.LazyFrame:
    """Add up the numbers of rows that share a key; rows with a fault or without a key pass through to be refused.

    Sums are taken in whole millionths, so that the order of rows does not change them.
    """
    schema = frame.collect_schema()
    whole = pl.all_horizontal(pl.col(name).is_not_null() for name in key)
    numeric = [name for name, kind in schema.items() if kind == pl.Float64 and name not in (*key, *_HIGHEST)]
    huge = pl.any_horizontal(pl.col(name).abs() > LARGEST for name in numeric).fill_null(value=False)
    sound = whole & ~huge & (pl.col(FAULTS).list.len() == 0)
    attributes = [name for name in schema if name.startswith("x_") and name != DISPUTED]
    other = [name for name in schema if name not in (*key, *numeric, *HIDDEN, *attributes)]
    counted = [millionths(pl.col(name)) for name in numeric]
    plain = frame.filter(sound).select(*key, *counted, *other, SOURCE, LINE)
    totals = [pl.when(pl.col(name).count() > 0).then(pl.col(name).sum()).alias(name) for name in numeric]
    totals += [*[pl.col(name).max() for name in other], pl.col(SOURCE).min(), pl.col(LINE).min()]
    good = folded(plain, lambda rows: rows.group_by(key).agg(totals)).with_columns(
        *[whole_again(pl.col(name)) for name in numeric], pl.lit([], dtype=FAULT_TYPE).alias(FAULTS)
    )
    columns = [*key, *numeric, *other, *HIDDEN]
    told = pl.col(FAULTS).list.len() > 0  # what could not be read is missing too, which need not be said
    bad = add_fault(frame.filter(~sound), ~whole & ~told, "missing", ", ".join(key))
    bad = add_fault(bad, whole & huge, "too-high", ", ".join(numeric))
    return pl.concat([good.select(columns), bad.select(columns)])


def exact_sum(name: str) -> pl.Expr:
    """The sum of a column in whole millionths, so that the order of rows does not change it."""
    return whole_again(millionths(pl.col(name)).sum())


def millionths(money: pl.Expr) -> pl.Expr:
    """Amounts in whole millionths, which add up the same in any order; null where they are too large to be counted."""
    return (money * 1e6).round().cast(pl.Int64, strict=False)


def whole_again(told: pl.Expr) -> pl.Expr:
    """Millionths as the number nearest to them: polars divides a long column by the inverse, and a short one truly."""
    return (told.cast(pl.Float64) / 1e6).round(6)


def add_fault(frame: pl.LazyFrame, when: pl.Expr, rule: str, column: str) -> pl.LazyFrame:
    """Note one more fault on the rows where `when` holds, with what they have in that column, or those columns."""
    value = evidence(column.split(", "), frame.collect_schema(), when)
    fault = pl.concat_list(pl.struct(rule=pl.lit(rule), column=pl.lit(column), value=value)).cast(FAULT_TYPE)
    return frame.with_columns(pl.when(when).then(pl.col(FAULTS).list.concat(fault)).otherwise(FAULTS).alias(FAULTS))
