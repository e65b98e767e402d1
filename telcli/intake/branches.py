"""Identifiers of several branches: whether one id is one person in them, and numbers of accounts that are of others."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import polars as pl

__all__ = ["BRANCH", "compared", "leads", "led", "owners", "unlike_campaigns"]

BRANCH = "_branch"
PERSONAL = ("certificate_h", "birth_year", "gender", "phone_h", "joined_on")
"""What tells persons apart, of customers."""


def compared(rows: pl.LazyFrame, several: pl.DataFrame) -> dict[str, tuple[int, int]]:
    """Of the customers of several branches: how many two of them tell an attribute of, and of how many unlike.

    >>> frame = {"customer_id": ["a", "a"], "_branch": ["N", "S"], "birth_year": [1990, 1955]}
    >>> compared(pl.LazyFrame(frame), pl.DataFrame({"customer_id": ["a"]}))
    {'birth_year': (1, 1)}
    """
    have = [name for name in PERSONAL if name in rows.collect_schema()]
    chosen = rows.join(several.lazy().select("customer_id"), on="customer_id", how="semi")
    found = chosen.select("customer_id", *have).collect(engine="streaming")
    counts = {}
    for name in have:
        told = found.drop_nulls(name).group_by("customer_id").agg(pl.len(), kinds=pl.col(name).n_unique())
        both = told.filter(pl.col("len") > 1)
        counts[name] = (both.height, int((both["kinds"] > 1).sum()))
    return counts


def owners(lines: pl.LazyFrame, several: pl.DataFrame) -> tuple[int, int]:
    """Of the lines of several branches: how many there are, and of how many the owners and the numbers are unlike.

    >>> lines = pl.LazyFrame({"subscription_id": ["1", "1"], "customer_id": ["a", "b"], "_branch": ["N", "S"]})
    >>> owners(lines, pl.DataFrame({"subscription_id": ["1"]}))
    (1, 1)
    """
    held = lines.join(several.lazy().select("subscription_id"), on="subscription_id", how="semi")
    number = pl.col("number_h").n_unique() if "number_h" in lines.collect_schema() else pl.len()
    told = held.group_by("subscription_id").agg(pl.col("customer_id").n_unique(), numbers=number)
    found = told.collect(engine="streaming")
    unlike = (pl.col("customer_id") > 1) & (pl.col("numbers") > 1)
    return found.height, found.filter(unlike).height


def leads(rows: Mapping[str, pl.LazyFrame]) -> pl.DataFrame:
    """Accounts of one number that two branches gave to different customers: branch by branch, what goes before it.

    That is the branch itself, or the first that has the account of the same customer too.

    >>> N = {"account_id": ["1", "2"], "customer_id": ["a", "b"], "_branch": ["N", "N"]}
    >>> S = {"account_id": ["1", "2"], "customer_id": ["c", "b"], "_branch": ["S", "S"]}
    >>> leads({"accounts": pl.concat([pl.LazyFrame(N), pl.LazyFrame(S)])}).rows()
    [('1', 'N', 'N'), ('1', 'S', 'S')]
    """
    told = [
        rows[table].select("account_id", "customer_id", BRANCH)
        for table in ("accounts", "account_bills")
        if table in rows
    ]
    if not told:
        return pl.DataFrame(schema=dict.fromkeys(("account_id", BRANCH, "_lead"), pl.String))
    every = pl.concat(told)
    ends = [
        end(name).alias(f"{name}{at}") for name in ("customer_id", BRANCH) for at, end in enumerate((pl.min, pl.max))
    ]
    unlike = pl.all_horizontal(pl.col(f"{name}0") != pl.col(f"{name}1") for name in ("customer_id", BRANCH))
    twice = every.group_by("account_id").agg(ends).filter(unlike).select("account_id").collect(engine="streaming")
    pairs = every.join(twice.lazy(), on="account_id", how="semi").unique().collect(engine="streaming")
    first = pairs.with_columns(_lead=pl.col(BRANCH).min().over("account_id", "customer_id"))
    return first.group_by("account_id", BRANCH).agg(pl.col("_lead").min()).sort("account_id", BRANCH)


def led(rows: pl.LazyFrame, before: pl.DataFrame) -> pl.LazyFrame:
    """The rows of a table with the branch before those numbers of accounts.

    >>> before = pl.DataFrame({"account_id": ["1"], "_branch": ["N"], "_lead": ["N"]})
    >>> led(pl.LazyFrame({"account_id": ["1", "2"], "_branch": ["N", "N"]}), before).collect()["account_id"].to_list()
    ['N:1', '2']
    """
    if not before.height or "account_id" not in rows.collect_schema():
        return rows
    known = rows.join(before.lazy(), on=["account_id", BRANCH], how="left", maintain_order="left")
    name = pl.coalesce(pl.concat_str("_lead", pl.lit(":"), "account_id"), "account_id")
    return known.with_columns(name.alias("account_id")).drop("_lead")


def unlike_campaigns(rows: pl.LazyFrame) -> list[str]:
    """Campaigns of one id of which two branches share no offer, or whose days of contact do not meet.

    >>> frame = {"campaign_id": ["x", "x", "y"], "offer_id": ["a", "b", "a"], "_branch": ["N", "S", "S"]}
    >>> unlike_campaigns(pl.LazyFrame(frame).with_columns(contacted_on=pl.lit(None, pl.Date)))
    ['x']
    """
    day = pl.col("contacted_on")
    offers = pl.col("offer_id").drop_nulls().unique()
    of = rows.group_by("campaign_id", BRANCH).agg(offers, first=day.min(), last=day.max()).collect(engine="streaming")
    told: dict[str, list[tuple[set[str], Any, Any]]] = {}
    for campaign, _, held, first, last in of.select("campaign_id", BRANCH, "offer_id", "first", "last").iter_rows():
        told.setdefault(campaign, []).append((set(held), first, last))
    return sorted(name for name, parts in told.items() if any(_unlike(a, b) for a, b in combinations(parts, 2)))


def _unlike(one: tuple[set[str], Any, Any], other: tuple[set[str], Any, Any]) -> bool:
    apart = bool(one[0] and other[0] and not one[0] & other[0])
    days = one[1] is not None and other[1] is not None
    return apart or (days and (one[2] < other[1] or other[2] < one[1]))
