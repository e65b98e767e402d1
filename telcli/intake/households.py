"""Who lives together as far as the data say so: customers whose lines share an account, a package or a main card.

Businesses have groups, not households, and what very many share (a dealer's account, a code that is of a plan) makes
none. Addresses do not come into it: they are dropped on the way in, and a house of flats has one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from telcli.errors import Notice
from telcli.methods.components import components
from telcli.tables.refused import FAULTS, SOURCE

__all__ = ["Households", "at_home", "households"]

_RULES = ("given", "account", "bundle", "main-card")
_KEYS = {"account": "account_id", "bundle": "bundle_id"}
_SCHEMA = {"customer_id": pl.String(), "rule": pl.String(), "value": pl.String()}


@dataclass(frozen=True)
class Households:
    """Members of households (``customer_id``, ``household_id``), and what made them.

    Parameters
    ----------
    by : customers who share something with another, by what it is.
    crowded : accounts, packages and main cards that too many customers share.
    """

    members: pl.DataFrame
    by: dict[str, int] = field(default_factory=dict)
    crowded: int = 0

    @property
    def metrics(self) -> dict[str, Any]:
        """Figures of what was found; empty where nothing was."""
        count = self.members["household_id"].n_unique()
        if not count and not self.crowded:
            return {}
        return {"households": {"households": count, "customers": self.members.height, "by": self.by}}

    def notices(self, limit: int) -> list[Notice]:
        """How many households there are, and what was taken for none."""
        told = []
        if count := self.members["household_id"].n_unique():
            by = ", ".join(f"{rule} {found}" for rule, found in self.by.items())
            values = {"customers": self.members.height, "count": count, "by": by}
            told.append(Notice("households-made", "{customers} customers are in {count} households; by {by}.", values))
        if self.crowded:
            told.append(
                Notice(
                    "households-crowded",
                    "{count} accounts, packages or main cards that more than {limit} customers share make no household "
                    "([ingest] household_limit).",
                    {"count": self.crowded, "limit": limit},
                )
            )
        return told


_NOBODY = Households(pl.DataFrame(schema={"customer_id": pl.String, "household_id": pl.String}))


def at_home(
    tables: Mapping[str, pl.LazyFrame],
    lines_held: pl.LazyFrame | None,
    before: pl.DataFrame | None,
    limit: int,
    *,
    apart: bool = False,
) -> tuple[pl.LazyFrame, Households]:
    """The table of customers with the household of each, and what made them.

    Lines of earlier loads stand behind those of `tables`; where nothing tells, customers keep what they had `before`.
    `apart` says that systems number their accounts each in its own way.
    """
    customers = tables["customers"]
    lines = _live(tables.get("subscriptions"), None if apart else lines_held, apart=apart)
    accounts = None if apart else tables.get("accounts")
    told = [name for name in ("household_id",) if name in customers.collect_schema()]
    if not told and not list(_keys(lines, accounts)):
        if before is None or not before["household_id"].count():
            return customers, _NOBODY
        kept = before.select("customer_id", "household_id").lazy()
        return customers.join(kept, on="customer_id", how="left", maintain_order="left"), _NOBODY
    found = households(customers, lines, accounts, limit)
    homes = found.members.lazy().select("customer_id", _home="household_id")
    joined = customers.join(homes, on="customer_id", how="left", maintain_order="left")
    return joined.with_columns(household_id=pl.coalesce("_home", *told)).drop("_home"), found


def _live(given: pl.LazyFrame | None, held: pl.LazyFrame | None, *, apart: bool) -> pl.LazyFrame | None:
    """Lines that have not ended, those of earlier loads where they were not given anew."""
    columns = ("subscription_id", "customer_id", "account_id", "bundle_id", "number_h", "main_number_h", "ended_on")
    parts = []
    have = given.collect_schema() if given is not None else {}
    if given is not None and "customer_id" in have:
        sound = given.filter(pl.col(FAULTS).list.len() == 0)
        if apart and "account_id" in have:
            sound = sound.with_columns(account_id=pl.concat_str(SOURCE, pl.lit("\n"), "account_id"))
        parts.append(sound.select([name for name in columns if name in have]))
    if held is not None:
        again = parts[0].select("subscription_id") if parts else None
        rows = held.select(columns)
        parts.append(rows if again is None else rows.join(again, on="subscription_id", how="anti"))
    if not parts:
        return None
    lines = pl.concat(parts, how="diagonal_relaxed")
    return lines.filter(pl.col("ended_on").is_null()) if "ended_on" in lines.collect_schema() else lines


def households(
    customers: pl.LazyFrame, lines: pl.LazyFrame | None, accounts: pl.LazyFrame | None, limit: int
) -> Households:
    """Find the households among customers who are no businesses.

    `customers` may have ``household_id`` as their extract gives it; `lines` are those that live. A household is called
    as its extract calls it, else after the smallest identifier among its members.

    >>> people = pl.LazyFrame({"customer_id": ["a", "b", "c"]})
    >>> lines = pl.LazyFrame({"customer_id": ["b", "a", "c"], "account_id": ["7", "7", "8"]})
    >>> households(people, lines, None, 10).members.rows()
    [('a', 'a'), ('b', 'a')]
    """
    have = customers.collect_schema()
    wanted = ["customer_id", *[name for name in ("customer_class", "household_id") if name in have]]
    people = customers.select(wanted).drop_nulls("customer_id").collect(engine="streaming")
    people = people.unique("customer_id", keep="first", maintain_order=True)
    if "customer_class" in have:
        people = people.filter(pl.col("customer_class").fill_null("public") == "public")
    given = _given(people)
    shared = pl.concat([pl.LazyFrame(schema=_SCHEMA), *_keys(lines, accounts)]).drop_nulls().unique()
    derived = shared.join(people.lazy().select("customer_id"), on="customer_id", how="semi").collect(engine="streaming")
    sizes = derived.group_by("rule", "value").len()
    crowded = sizes.filter(pl.col("len") > limit)
    used = derived.join(sizes.filter(pl.col("len").is_between(2, limit)), on=["rule", "value"], how="semi")
    counts = dict(used.group_by("rule").agg(pl.col("customer_id").n_unique()).sort("rule").iter_rows())
    by = {rule: counts.get(rule, given.height if rule == "given" else 0) for rule in _RULES}
    members = _named(pl.concat([used, given.select(used.columns)]), given)
    return Households(members, {rule: found for rule, found in by.items() if found}, crowded.height)


def _given(people: pl.DataFrame) -> pl.DataFrame:
    if "household_id" not in people.columns:
        return pl.DataFrame(schema=_SCHEMA)
    told = people.select("customer_id", rule=pl.lit("given"), value=pl.col("household_id").cast(pl.String))
    return told.drop_nulls("value")


def _keys(lines: pl.LazyFrame | None, accounts: pl.LazyFrame | None) -> Iterator[pl.LazyFrame]:
    """Customers and what they may share: ``customer_id``, ``rule``, ``value``."""
    have = lines.collect_schema() if lines is not None else {}
    if lines is not None:
        for rule, column in _KEYS.items():
            if column in have:
                yield lines.select("customer_id", rule=pl.lit(rule), value=column)
        if {"number_h", "main_number_h"} <= set(have):
            main = lines.select("main_number_h").drop_nulls().unique()
            yield lines.select("customer_id", rule=pl.lit("main-card"), value="main_number_h")
            holders = lines.join(main, left_on="number_h", right_on="main_number_h", how="semi")
            yield holders.select("customer_id", rule=pl.lit("main-card"), value="number_h")
    if accounts is not None and {"customer_id", "account_id"} <= set(accounts.collect_schema()):
        sound = accounts.filter(pl.col(FAULTS).list.len() == 0) if FAULTS in accounts.collect_schema() else accounts
        yield sound.select("customer_id", rule=pl.lit("account"), value="account_id")


def _named(shared: pl.DataFrame, given: pl.DataFrame) -> pl.DataFrame:
    """Customers with anything in common put together, and each household named."""
    ids = shared.select("customer_id").unique().sort("customer_id").with_row_index("node")
    placed = shared.join(ids, on="customer_id")
    first = placed.group_by("rule", "value").agg(first=pl.col("node").min())
    edges = placed.join(first, on=["rule", "value"]).filter(pl.col("node") != pl.col("first"))
    labels = components(edges["node"].to_numpy(), edges["first"].to_numpy(), ids.height)
    grouped = ids.with_columns(pl.Series("home", labels))
    told = grouped.join(given, on="customer_id", how="left", maintain_order="left")
    named = told.with_columns(
        household_id=pl.coalesce(pl.col("value").min().over("home"), pl.col("customer_id").min().over("home"))
    )
    return named.select("customer_id", "household_id").sort("customer_id")
