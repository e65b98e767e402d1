"""Who belongs to which branch and segment, now and at the start of the months that leavers are counted in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

__all__ = ["MOST", "OTHER", "PLACES", "Groups", "groups_of", "place_of", "placed"]

PLACES = ("branch", "region")
MOST, OTHER = 40, "other"
"""How many branches are shown, and what those beyond the largest are called."""


@dataclass(frozen=True)
class Groups:
    """Who belongs where: a row per customer with `place`, `segment` and `then` as text, null where it is not known.

    `segment` is that of now, or the last one known of who has left; `then` is that of `since`.

    `by` are those of the two that there are; `since` is the first month of which it is known what segment those were in
    who have left by now; `named` are the segments by number, with their names in English and Chinese.
    """

    people: pl.LazyFrame
    by: tuple[str, ...]
    since: date
    named: Mapping[str, tuple[str, str]]


def place_of(customers: pl.LazyFrame) -> tuple[str, pl.Expr, int, int] | None:
    """The column of the branch, what is shown of it, how many there are, and how many of them are told together.

    With more than `MOST` branches regions stand for them where there are fewer of those, else the largest are shown.

    >>> place_of(pl.LazyFrame({"customer_id": ["a", "b"], "branch": ["N", None]}))[0::2]
    ('branch', 1)
    >>> place_of(pl.LazyFrame({"customer_id": ["a"], "branch": [None]})) is None
    True
    """
    have = customers.collect_schema().names()
    sizes = {name: _sizes(customers, name) for name in PLACES if name in have}
    known = {name: found for name, found in sizes.items() if found}
    if not known:
        return None
    name = next((name for name, found in known.items() if len(found) <= MOST), next(iter(known)))
    largest = [one for one, _ in known[name]][: MOST if len(known[name]) <= MOST else MOST - 1]
    rest = len(known[name]) - len(largest)
    text = pl.col(name).cast(pl.String)
    shown = pl.when(text.is_null() | text.is_in(largest)).then(text).otherwise(pl.lit(OTHER)) if rest else text
    return name, shown, len(known[name]), rest


def _sizes(customers: pl.LazyFrame, name: str) -> list[tuple[str, int]]:
    """Groups of a column and how many are in each, the largest first."""
    text = pl.col(name).cast(pl.String)
    found = customers.filter(text.is_not_null()).group_by(text.alias("group")).agg(pl.len().alias("people"))
    return found.sort(["people", "group"], descending=[True, False]).collect(engine="streaming").rows()


def placed(lines: pl.DataFrame, tables: Mapping[str, pl.LazyFrame]) -> pl.DataFrame:
    """Customers with their `place`, as the slices show it; as they are where no place is known.

    >>> people = pl.DataFrame({"customer_id": ["a"]})
    >>> placed(people, {"customers": people.lazy().with_columns(branch=pl.lit("N"))})["place"].item()
    'N'
    """
    place = place_of(tables["customers"]) if "customers" in tables else None
    if place is None:
        return lines
    held = tables["customers"].filter(pl.col("customer_id").is_in(lines["customer_id"].implode()))
    told = held.select("customer_id", place=place[1]).collect(engine="streaming")
    return lines.join(told, on="customer_id", how="left", maintain_order="left")


def groups_of(tables: Mapping[str, pl.LazyFrame], place: pl.Expr | None, as_of: date) -> Groups:
    """Customers' places as the customers table tells them, and their segments of now, or as they were last known."""
    none = pl.lit(None, pl.String)
    people = tables["customers"].select("customer_id", place=place) if place is not None else None
    start = as_of.replace(year=as_of.year - 1)
    if "segments" not in tables:
        empty = tables["customer_months"].select("customer_id", place=none).head(0) if people is None else people
        return Groups(empty.with_columns(segment=none, then=none), ("place",) if place is not None else (), start, {})
    columns = ("customer_id", "segment", "segment_name", "segment_name_zh")
    now, before = tables["segments"].select(columns), tables.get("segments_before")
    known, since = now, as_of
    text = pl.col("segment").cast(pl.String)
    then = now.select("customer_id", then=text).head(0)
    if before is not None:
        month = before.select(pl.col("month").max()).collect().item()
        since = max(month, start) if month else as_of
        known = pl.concat([now, before.select(columns)]).unique("customer_id", keep="first", maintain_order=True)
        then = before.select("customer_id", then=text)
    held = known.select("customer_id", segment=text).join(then, on="customer_id", how="left")
    names = now.select("segment", "segment_name", "segment_name_zh").unique("segment").sort("segment").collect()
    named = {str(number): (name, zh or name) for number, name, zh in names.iter_rows() if number is not None}
    if people is None:
        return Groups(held.with_columns(place=none), ("segment",), since, named)
    return Groups(people.join(held, on="customer_id", how="left"), ("place", "segment"), since, named)
