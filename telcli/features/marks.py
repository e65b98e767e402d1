"""What the tables without months say of each month: two runs that were told the same have the same mark of it.

Facts come month by month, so that it is plain which months a load has changed. Customers, lines, their history,
products and campaigns are one file each, and any load changes them: that the past in them is as it was shows only in
what is made of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256

import polars as pl

from telcli.features.campaigns import received
from telcli.features.customer_month import bucketed, contracts
from telcli.features.month_index import index_at, month_at
from telcli.features.people import grid
from telcli.features.span import Span

__all__ = ["digested", "marks", "summed"]

_HALF = 1 << 32
_OWN = ("who", "at")


def marks(bucket: Mapping[str, pl.LazyFrame], span: Span) -> pl.LazyFrame:
    """Sums of hashes by month `at`, of a bucket of whole customers as `customer_month.customer_months` takes it.

    Hashed is what that function has of a month beside its facts: who is a customer since when, as far as it was known
    then, what they held and changed, and which campaigns reached them. A sum does not depend on the order of rows.
    """
    found = bucketed(bucket, span)
    named = found.folk.select("who", person=pl.col("customer_id").hash())
    held = contracts(found, bucket, span)
    parts = [_known_then(grid(found.folk).filter(pl.col("opened").is_null() | (pl.col("at") < pl.col("opened"))))]
    parts += [_known_then(held[0].select(*_OWN).join(found.folk, on="who")), *held] if held else []
    if "campaigns" in found.subjects:
        parts += [received(found.subjects["campaigns"])]
    hashed = [_hashed(part, named, number) for number, part in enumerate(parts)]
    within = pl.concat(hashed).filter(pl.col("at").is_between(span.first, span.last))
    low, high = pl.col("mark") % _HALF, pl.col("mark") // _HALF
    sums = within.group_by("at").agg(low=low.cast(pl.Int64).sum(), high=high.cast(pl.Int64).sum())
    return sums.select(pl.lit("").alias("customer_id"), "at", "low", "high").sort("at")


def _known_then(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Since when they were customers, as far as it was known in the month, of rows per customer and month.

    Wanted are months with a line, or before the first: in others nobody is a customer, and who comes back after years
    has a grid of such months, but no other past.
    """
    at = pl.col("at")
    return rows.select(
        *_OWN,
        "start",
        opened=pl.when(pl.col("opened") <= at).then("opened"),
        origin=pl.when(index_at(pl.col("origin")) <= at).then("origin"),
    )


def _hashed(part: pl.LazyFrame, named: pl.LazyFrame, number: int) -> pl.LazyFrame:
    """The month and the hash of each row; what is in none of the columns of a part is told apart by its number."""
    told = sorted(set(part.collect_schema()) - set(_OWN))
    rows = part.join(named, on="who")
    return rows.select(pl.col("at").cast(pl.Int32), mark=pl.struct("person", *told).hash(number))


def summed(found: Iterable[pl.DataFrame]) -> dict[int, tuple[int, int]]:
    """The sums of all buckets, by month.

    >>> one = pl.DataFrame({"customer_id": [""], "at": [5], "low": [1], "high": [2]})
    >>> summed([one, one])
    {5: (2, 4)}
    """
    sums: dict[int, tuple[int, int]] = {}
    for rows in found:
        for at, low, high in rows.select("at", "low", "high").iter_rows():
            before = sums.get(at, (0, 0))
            sums[at] = (before[0] + low, before[1] + high)
    return sums


def digested(sums: Mapping[int, tuple[int, int]], span: Span) -> dict[str, str]:
    """The mark of every month of the history, by its first day: of the sums, and of what the sources speak of.

    >>> sorted(digested({}, Span(24293, 24294)))
    ['2024-06-01', '2024-07-01']
    """
    found = {}
    for at in range(span.first, span.last + 1):
        known = sorted(feature for feature, months in span.covered.items() if at in months)
        told = repr((sums.get(at), known, span.snapshot))
        found[month_at(at).isoformat()] = sha256(told.encode()).hexdigest()
    return found
