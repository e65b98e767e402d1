"""What margin is made of and where it comes from, as management reads it: parts, offers, years of the stay."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import polars as pl

from telcli.figures.base import hidden

__all__ = ["MARGIN_TEXTS", "OFFER_TEXTS", "TOGETHER", "margin_rows", "offer_rows", "stay_rows", "year_rows"]

MARGIN_TEXTS = ("part", "counted")
OFFER_TEXTS = ("kind", "item")
_ENDS = ("revenue", "margin")
TOGETHER = "together"
"""The row that the hidden parts add up to."""
_SEVERAL = 3
"""An amount that so many customers make up tells of none of them."""
_UNKNOWN = ("not-set", "no-data")
_KINDS = ("sales-channel", "plan", "product")
_YEAR = 12
"""A customer has at most so many months in a year of the stay, so that as many times the least count is enough."""
_BANDS = ((1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 10), (11, 20), (21, 200))
_YEARS, _COHORTS = 6, 8


def margin_rows(table: pl.DataFrame, least: int) -> list[dict[str, Any]]:
    """Parts of table value_margin: revenue, what it is eaten by (the most first), what is not known, margin.

    The amount of a part is a sum over all customers, and tells of one of them only where that one, or two, make it up
    (of whom each knows the other's): such a part is hidden (`small`), and so are as many others as keep what is left
    of revenue from betraying it. Row ``together`` is the sum of the hidden ones, so that all add up; where nothing is
    left to hide it among, revenue is hidden in its place. How many customers a part concerns is left out where they
    are fewer than `least` (`small_customers`). What is not known has no amount.
    """
    rows = {row["part"]: row for row in table.to_dicts()}
    eaten = [row for part, row in rows.items() if part not in _ENDS and row["counted"] not in _UNKNOWN]
    eaten.sort(key=lambda row: (-row["amount"], row["part"]))
    several = min(least, _SEVERAL)
    few = _betraying(eaten, several)
    gone = sorted((row for row, one in zip(eaten, few, strict=True) if one), key=lambda row: row["part"])
    bare = bool(gone) and not _of_several(gone, several)
    blank = [row for part, row in rows.items() if part not in _ENDS and row["counted"] in _UNKNOWN]
    blank.sort(key=lambda row: (row["counted"], row["part"]))
    ordered = [
        *((rows[part], bare) for part in _ENDS[:1] if part in rows),
        *((row, False) for row in eaten if row not in gone),
        *((row, True) for row in gone),
        *([(_together(gone), False)] if gone and not bare else []),
        *((row, False) for row in blank),
        *((rows[part] | ({"revenue_share": None} if bare else {}), False) for part in _ENDS[1:] if part in rows),
    ]
    return [_part(row, least, small=small) for row, small in ordered]


def _betraying(eaten: Sequence[dict[str, Any]], several: int) -> list[bool]:
    """Parts that fewer than `several` customers make up, and the smallest others until their sum is of several."""
    few = [0 < row["customers"] < several for row in eaten]
    rest = sorted(
        (abs(row["amount"]), place)
        for place, row in enumerate(eaten)
        if row["customers"] > 0 and row["amount"] and not few[place]
    )
    while any(few) and rest and not _of_several([row for row, one in zip(eaten, few, strict=True) if one], several):
        few[rest.pop(0)[1]] = True
    return few


def _of_several(rows: Sequence[dict[str, Any]], several: int) -> bool:
    """Whether a sum over parts is that of several parts and customers, of whom the same may be in each."""
    return len(rows) > 1 and max(row["customers"] for row in rows) >= several


def _together(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    shares = [row["revenue_share"] for row in rows]
    return {
        "part": TOGETHER,
        "counted": rows[0]["counted"],
        "amount": math.fsum(row["amount"] for row in rows),
        "revenue_share": None if None in shares else math.fsum(shares),
        "customers": None,
    }


def _part(row: dict[str, Any], least: int, *, small: bool) -> dict[str, Any]:
    told = {"part": row["part"], "counted": row["counted"]}
    if small:
        return {**told, "small": 1.0}
    if row["counted"] in _UNKNOWN:
        return told
    found = {**told, "amount": row["amount"], "revenue_share": row["revenue_share"]}
    if row["customers"] is None:
        return {**found, "counted": ""}
    return {**found, **({"small_customers": 1.0} if 0 < row["customers"] < least else {"customers": row["customers"]})}


def offer_rows(table: pl.DataFrame, least: int, most: int = 8) -> list[dict[str, Any]]:
    """The channels, plans and products of table value_offers that bring the most, up to `most` of a kind.

    `of` is how many the table has. Those of fewer than `least` customers are not listed, nor is one that would give
    them away; shares of fewer than `least` loss makers or early ends, or of all but so few, are left out.
    """
    found = []
    for kind in _KINDS:
        rows = table.filter(pl.col("kind") == kind).sort("item").to_dicts()
        few = hidden([row["customers"] for row in rows], least)
        kept = [row for row, gone in zip(rows, few, strict=True) if not gone]
        kept.sort(key=lambda row: (-row["margin"], row["item"]))
        found += [_offer(row, least, len(rows)) for row in kept[:most]]
    return found


def _offer(row: dict[str, Any], least: int, of: int) -> dict[str, Any]:
    names = ("kind", "item", "customers", "lines", "margin", "margin_per_customer", "margin_share")
    told = {**{name: row[name] for name in names}, "of": of}
    for name, base in (("loss_maker_share", "customers"), ("early_end_share", "lines_sold")):
        share, whole = row[name], row[base]
        if share is None or not whole:
            continue
        count = round(share * whole)
        if any(0 < n < least for n in (count, whole - count)):
            told[f"small_{name}"] = 1.0
        else:
            told[name] = share
    return told


def stay_rows(table: pl.DataFrame, least: int) -> list[dict[str, Any]]:
    """What a month of a customer brings by year of the stay, later years taken together, over all years of joining.

    Years with too few months to be sure that `least` customers had them are left out.
    """
    rows = []
    for first, last in _BANDS:
        held = table.filter(pl.col("tenure_year").is_between(first, last))
        months = int(held["customer_months"].sum())
        if months < _YEAR * max(least, 1):
            continue
        means = {name: float((held[name] * held["customer_months"]).sum()) / months for name in _MEANS}
        seen = max(held["tenure_year"].to_list())
        rows.append({"from_year": first, "to_year": min(last, seen), "customer_months": months, **means})
    return rows


_MEANS = ("revenue_a_month", "margin_a_month")


def year_rows(table: pl.DataFrame, least: int) -> list[dict[str, Any]]:
    """The latest years of joining by year of the stay, the first few: margin a month, where enough months are known."""
    enough = table.filter((pl.col("customer_months") >= _YEAR * max(least, 1)) & (pl.col("tenure_year") <= _YEARS))
    years = sorted(enough["cohort_year"].unique().to_list())[-_COHORTS:]
    kept = enough.filter(pl.col("cohort_year").is_in(years)).sort("cohort_year", "tenure_year")
    return kept.select("cohort_year", "tenure_year", "margin_a_month").to_dicts()
