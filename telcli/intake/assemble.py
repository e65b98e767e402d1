"""From understood extracts to whole subject tables: stacked, numbers put under their customers, orphans noted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from telcli.errors import Notice
from telcli.intake.dictionary import EVENTS
from telcli.intake.facts import add_fault, fact, lacks_id, usage_of_events
from telcli.intake.flat import customers, lent_lines, lent_months
from telcli.intake.repeats import summed_once, with_ids
from telcli.intake.understand import Understood
from telcli.tables.checks import FAULTS

__all__ = ["assemble", "needs_month", "not_needed"]

_SUMMED = {"bills": ("customer_id", "month", "kind"), "usage": ("customer_id", "month")}
_MONTHLY = ("bills", "usage")


def needs_month(ones: Sequence[Understood]) -> bool:
    """Whether something in the extracts has no month of its own and must be given one."""
    return any(
        one.map.table == "customers"
        and (
            one.map.columns_of("bills") or one.map.columns_of("usage") or one.map.use("tenure_months", "subscriptions")
        )
        for one in ones
    )


def not_needed(ones: Sequence[Understood]) -> list[Understood]:
    """The extracts that nothing is made of: events, where months of use were given."""
    monthly = any(one.map.table == "usage" or one.map.columns_of("usage") for one in ones)
    return [one for one in ones if monthly and one.map.table in EVENTS]


def assemble(
    ones: Sequence[Understood], at: date | None, churned_when: str
) -> tuple[dict[str, pl.LazyFrame], list[Notice]]:
    """Build every subject table that the extracts give, lazily, unchecked, with the hidden columns.

    `at` is the month of what has none. Where there is a table of customers, facts of anyone else are refused as
    ``orphan``; where there is none, it is made of the identifiers seen.
    """
    frames: dict[str, list[pl.LazyFrame]] = {}
    bare: dict[tuple[str, str], list[pl.LazyFrame]] = {}
    for one in ones:
        if key := lacks_id(one):
            bare.setdefault((one.map.table, key), []).append(fact(one))
        elif one.map.table != "customers" and one.map.table not in EVENTS:
            frames.setdefault(one.map.table, []).append(fact(one))
        if one.map.table in ("customers", *_MONTHLY):
            _lend(one, at, frames)
    notices = []
    for (table, key), parts in bare.items():
        named, told = with_ids(pl.concat(parts, how="diagonal_relaxed"), table, key)
        frames.setdefault(table, []).append(named)
        notices += told
    unused = not_needed(ones)
    if unused:
        names = ", ".join(one.map.source for one in unused)
        notices.append(
            Notice("events-not-needed", "Months of use were given, so events were left out: {files}.", {"files": names})
        )
    elif events := [one for one in ones if one.map.table in EVENTS]:
        frames["usage"] = [usage_of_events(events)]
    whole = {table: pl.concat(parts, how="diagonal_relaxed") for table, parts in frames.items()}
    whole = _under_customers(whole)
    rows = [one for one in ones if one.map.table == "customers"]
    if rows:
        base, told = customers(rows, churned_when)
        return {"customers": base, **_without_orphans(whole, base)}, [*notices, *told]
    return {"customers": _customers_seen(whole), **whole}, [
        *notices,
        Notice("customers-made", "No extract of customers was given; the table is made of the identifiers seen."),
    ]


def _lend(one: Understood, at: date | None, frames: dict[str, list[pl.LazyFrame]]) -> None:
    """Add what this extract holds for tables other than its own."""
    lines = lent_lines(one, at) if one.map.table == "customers" else None
    if lines is not None:
        frames.setdefault("subscriptions", []).append(lines)
    for table in _MONTHLY:
        months = lent_months(one, table, at) if table != one.map.table else None
        if months is not None:
            frames.setdefault(table, []).append(months)


def _under_customers(whole: Mapping[str, pl.LazyFrame]) -> dict[str, pl.LazyFrame]:
    """Name the customer of facts that know only the number, by the table of lines; add up numbers of one customer."""
    lines = whole.get("subscriptions")
    found = {}
    for table, frame in whole.items():
        have = frame.collect_schema()
        if table == "subscriptions":
            found[table] = frame if "customer_id" in have else frame.with_columns(customer_id=pl.col("subscription_id"))
            continue
        if "subscription_id" not in have:
            found[table] = frame
            continue
        named = _named(frame, lines, has_customer="customer_id" in have)
        found[table] = summed_once(named, _SUMMED[table]) if table in _SUMMED else named.drop("subscription_id")
    return found


def _named(frame: pl.LazyFrame, lines: pl.LazyFrame | None, *, has_customer: bool) -> pl.LazyFrame:
    own = pl.col("customer_id") if has_customer else pl.lit(None, dtype=pl.String)
    if lines is None or "customer_id" not in lines.collect_schema():
        return frame.with_columns(customer_id=pl.coalesce(own, "subscription_id"))
    owners = (
        lines.select("subscription_id", owner="customer_id")
        .drop_nulls()
        .group_by("subscription_id")
        .agg(pl.col("owner").min())
    )
    joined = frame.join(owners, on="subscription_id", how="left")
    named = joined.with_columns(customer_id=pl.coalesce(own, "owner")).drop("owner")
    lost = pl.col("customer_id").is_null() & pl.col("subscription_id").is_not_null()
    return add_fault(named, lost, "orphan", "subscription_id")


def _without_orphans(whole: Mapping[str, pl.LazyFrame], base: pl.LazyFrame) -> dict[str, pl.LazyFrame]:
    """Note the fault ``orphan`` on facts of customers that the table of customers does not have."""
    known = base.select("customer_id").drop_nulls().unique().collect(engine="streaming")
    ids = known.lazy().with_columns(_known=pl.lit(value=True))
    found = {}
    for table, frame in whole.items():
        joined = frame.join(ids, on="customer_id", how="left", maintain_order="left")
        lost = pl.col("_known").is_null() & pl.col("customer_id").is_not_null()
        found[table] = add_fault(joined, lost, "orphan", "customer_id").drop("_known")
    return found


def _customers_seen(whole: Mapping[str, pl.LazyFrame]) -> pl.LazyFrame:
    """A table of customers from whoever has lines, or else any fact."""
    sources = [whole["subscriptions"]] if "subscriptions" in whole else list(whole.values())
    seen = pl.concat([frame.filter(pl.col(FAULTS).list.len() == 0).select("customer_id") for frame in sources])
    return seen.drop_nulls().unique().sort("customer_id")
