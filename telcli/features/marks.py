"""What the tables without months say of each month: two runs that were told the same have the same mark of it.

Facts come month by month, so that it is plain which months a load has changed. Customers, lines, their history,
products and campaigns are one file each, and any load changes them: that the past in them is as it was shows only in
what is made of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256

import polars as pl

from telcli.features.bucketed import Bucketed, bucketed
from telcli.features.campaigns import received
from telcli.features.contract import LIVED, living
from telcli.features.month_index import index_at, month_at
from telcli.features.products import taken
from telcli.features.span import Span
from telcli.features.versions import changes

__all__ = ["digested", "marks", "summed"]

_HALF = 1 << 32


def marks(bucket: Mapping[str, pl.LazyFrame], span: Span) -> pl.LazyFrame:
    """Sums of hashes by month `at`, of a bucket of whole customers as `customer_month.customer_months` takes it.

    Hashed is what that function has of a month beside its facts: who is a customer since when, as far as it was known
    then, what they held and changed, and which campaigns reached them. Most of it holds for months on end: it is added
    in the first of them and taken off after the last, so that the sums of a month are those up to it. A sum does not
    depend on the order of rows.
    """
    found = bucketed(bucket, span)
    named = found.folk.select("who", person=pl.col("customer_id").hash())
    lasting = [_unlined(found.folk)]
    events = []
    if found.states is not None and found.held is not None:
        lived = living(found.states, span).cache()
        lasting += [_lined(lived, found.folk)]
        events += _of_lines(lived, found)
    if "campaigns" in found.subjects:
        events += [received(found.subjects["campaigns"])]
    events = [rows.with_columns(first="at", last="at").drop("at") for rows in events]
    hashed = [_hashed(part, named, number) for number, part in enumerate([*lasting, *events])]
    within = _within(pl.concat(hashed), span)
    low, high = pl.col("mark") % _HALF, pl.col("mark") // _HALF
    sums = within.group_by("at").agg(
        low=(low.cast(pl.Int64) * pl.col("way")).sum(), high=(high.cast(pl.Int64) * pl.col("way")).sum()
    )
    return sums.select(pl.lit("").alias("customer_id"), "at", "low", "high").sort("at")


def _unlined(folk: pl.LazyFrame) -> pl.LazyFrame:
    """Since when they were customers, over the months without a line, or before the first."""
    rows = folk.with_columns(first="begin", last=pl.min_horizontal("end", pl.col("opened") - 1))
    return _known_then(rows.select("who", "start", "origin", "first", "last"))


def _lined(lived: pl.LazyFrame, folk: pl.LazyFrame) -> pl.LazyFrame:
    """The same over the months with a line, and what the line was in them.

    In months between lines nobody is a customer, and who comes back after years has no other past.
    """
    rows = lived.join(folk.select("who", "start", "opened", "origin"), on="who")
    return _known_then(rows.select("who", "start", "opened", "origin", "first", "last", *LIVED))


def _of_lines(lived: pl.LazyFrame, found: Bucketed) -> list[pl.LazyFrame]:
    """What began, ended and changed in which month."""
    parts = [
        lived.filter(pl.col("since") == pl.col("first")).select("who", at="since"),
        lived.filter(pl.col("until") == pl.col("last")).select("who", "end_reason", *LIVED, at="until"),
    ]
    if "subscription_history" in found.subjects and found.states is not None:
        parts += [changes(found.states)]
    if "products" in found.bucket and found.held is not None:
        parts += [taken(found.bucket["products"], found.held, found.folk)]
    return parts


def _known_then(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Rows that hold from month `first` to `last`, parted where the day of joining becomes known: in its own month."""
    known = index_at(pl.col("origin"))
    before = rows.with_columns(origin=pl.lit(None, pl.Date), last=pl.min_horizontal("last", known - 1))
    return pl.concat([before, rows.with_columns(first=pl.max_horizontal("first", known)).filter(known.is_not_null())])


def _hashed(part: pl.LazyFrame, named: pl.LazyFrame, number: int) -> pl.LazyFrame:
    """The months and the hash of each row; what is in none of the columns of a part is told apart by its number."""
    told = sorted(set(part.collect_schema()) - {"who", "first", "last"})
    rows = part.join(named, on="who")
    return rows.select(pl.col("first", "last").cast(pl.Int32), mark=pl.struct("person", *told).hash(number))


def _within(hashed: pl.LazyFrame, span: Span) -> pl.LazyFrame:
    """The months within the history at which a hash is added (`way` 1) or taken off (-1)."""
    first, last = pl.col("first").clip(span.first, None), pl.col("last").clip(None, span.last)
    there = hashed.select("mark", first=first, last=last).filter(pl.col("first") <= pl.col("last"))
    added, taken_off = pl.lit(1, pl.Int64), pl.lit(-1, pl.Int64)
    return pl.concat(
        [
            there.select("mark", at="first", way=added),
            there.filter(pl.col("last") < span.last).select("mark", at=pl.col("last") + 1, way=taken_off),
        ]
    )


def summed(found: Iterable[pl.DataFrame]) -> dict[int, tuple[int, int]]:
    """The sums of all buckets, by the month in which something is added or taken off.

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
    found, low, high = {}, 0, 0
    for at in range(span.first, span.last + 1):
        more = sums.get(at, (0, 0))
        low, high = low + more[0], high + more[1]
        known = sorted(feature for feature, months in span.covered.items() if at in months)
        told = repr((low, high, known, span.snapshot))
        found[month_at(at).isoformat()] = sha256(told.encode()).hexdigest()
    return found
