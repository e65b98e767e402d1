"""Value from further sides, as management reads it: products, groups against all, what tiers hold, signs of leaving."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import polars as pl

from telcli.figures.base import hidden
from telcli.tables.by_size import by_size
from telcli.tables.value_view_results import TIER_MEASURES

__all__ = ["FACT_TEXTS", "HELD_TEXTS", "INDEX_TEXTS", "PRODUCT_TEXTS", "SIGN_TEXTS"]
__all__ += ["account_classes", "groups_beside", "held", "products", "signs", "tier_facts"]

PRODUCT_TEXTS = ("item", "counted")
INDEX_TEXTS = ("kind", "group")
HELD_TEXTS = ("kind", "item", "tier", "held_by")
FACT_TEXTS = ("measure",)
SIGN_TEXTS = ("sign", "level")
_MOST = 8
_KINDS = ("customer-class", "pay-mode", "star-level")
"""Tiers and levels of the operator's own are told of elsewhere."""
_TIERS = ("platinum", "gold", "silver", "bronze")
_TRUE = ("competitor_called", "bundle_idle", "use_falls", "second_sim")
"""What is true of a customer or not: the mean is a share of people."""
_ADDED_UP = "signs"
"""Of how many are true the mean would tell what is hidden of each."""
_CONTROLS = ("way of paying",)
"""What effects are measured beside, and no sign."""


def products(table: pl.DataFrame, least: int, most: int = _MOST) -> list[dict[str, Any]]:
    """Products of value_products that will bring or lose the most, up to `most`; `of` is how many there are.

    Those that fewer than `least` customers hold, or could take, are not listed; of those that do not count nothing is
    expected.
    """
    names = ("holders", "eligible", "take_up", "give_up", "monthly_fee", "expected_margin", "expected_loss")
    rows = [
        row
        for row in table.sort("product_id").to_dicts()
        if not any(0 < row[name] < least for name in ("holders", "eligible"))
    ]
    rows.sort(key=lambda row: (-abs(row["expected_margin"]) - abs(row["expected_loss"]), row["product_id"]))
    found = []
    for row in rows[:most]:
        told = names if row["counted"] == "counted" else names[:-2]
        texts = {"item": row["product_id"], "counted": row["counted"]}
        found.append({**texts, **{name: row[name] for name in told}, "of": table.height})
    return found


def groups_beside(table: pl.DataFrame, least: int, classes: Sequence[dict[str, Any]] = ()) -> list[dict[str, Any]]:
    """Groups of value_index by class, way of paying and level of stars: what one brings over what one of all does.

    Figures of groups of fewer than `least` customers are left out (`small`) with those that would give them away.
    `classes` are rows of `account_classes`, and stand for the classes that the CRM tells: of two that differ in a few
    customers one alone is told.
    """
    found = list(classes)
    for kind in _KINDS[1:] if classes else _KINDS:
        rows = table.filter(pl.col("kind") == kind).sort("group").to_dicts()
        few = hidden([row["customers"] for row in rows], least)
        for row, gone in zip(rows, few, strict=True) if len(rows) > 1 else ():
            names = ("customers", "customer_share", "revenue_index", "margin_index")
            figures = {"small": 1.0} if gone else {name: row[name] for name in names}
            found.append({"kind": kind, "group": row["group"], **figures})
    return found


def account_classes(views: pl.DataFrame, lines: pl.DataFrame, gone: Collection[str]) -> list[dict[str, Any]]:
    """Account classes of customer_views: what a customer of each brings over what one of all does.

    `gone` are those whose size the table of views hides. Empty where there are fewer than two, or no value.
    """
    both = lines.join(views.select("customer_id", "account_class"), on="customer_id", how="inner")
    both = both.drop_nulls(["account_class", "current_value"])
    mean = both["current_value"].sort().mean()
    groups = both.group_by(group=pl.col("account_class").cast(pl.String)).agg(
        customers=pl.len().cast(pl.Int64), mean=pl.col("current_value").pipe(by_size).mean()
    )
    if groups.height < 2 or not isinstance(mean, float):
        return []
    found = []
    for row in groups.sort("group").to_dicts():
        figures = {"customers": row["customers"], "customer_share": row["customers"] / both.height}
        figures |= {"margin_index": row["mean"] / mean if mean > 0 else None}
        found.append(
            {"kind": "account-class", "group": row["group"], **({"small": 1.0} if row["group"] in gone else figures)}
        )
    return found


def held(table: pl.DataFrame, least: int) -> list[dict[str, Any]]:
    """What customers of the best tier hold by more than chance, of value_top_held: the most of it first.

    Not where fewer than `least` holders are of that tier, or are not.
    """
    rows = [
        row
        for row in table.filter(pl.col("held_by_tier") != "no").sort("kind", "item").to_dicts()
        if row["in_tier"] >= least and not 0 < row["customers"] - row["in_tier"] < least
    ]
    rows.sort(key=lambda row: (-row["share_index"], row["kind"], row["item"]))
    names = ("kind", "item", "customers", "share_of_holders", "share_index")
    return [
        {**{name: row[name] for name in names}, "tier": row["value_tier"], "held_by": row["held_by_tier"]}
        for row in rows[:_MOST]
    ]


def tier_facts(table: pl.DataFrame, least: int, gone: Collection[str]) -> list[dict[str, Any]]:
    """What customers of each tier hold and what tells of money spent elsewhere: a row per measure, a mean per tier.

    Means over fewer than `least` customers, or true of so few (or of all but so few), are left out (`small_<tier>`);
    `gone` are tiers whose size is hidden.
    """
    found: list[dict[str, Any]] = []
    for measure in (one for one in TIER_MEASURES if one != _ADDED_UP and one in table["measure"]):
        cells = {row["value_tier"]: row for row in table.filter(pl.col("measure") == measure).to_dicts()}
        told: dict[str, Any] = {"measure": measure}
        for tier in _TIERS:
            row = cells.get(tier)
            if row is None or row["mean"] is None:
                continue
            few = 0 < row["known"] < least or tier in gone
            if measure in _TRUE:
                true = round(row["mean"] * row["known"])
                few |= 0 < true < least or 0 < row["known"] - true < least
            told |= {f"small_{tier}": 1.0} if few else {tier: row["mean"]}
        if any(tier in told for tier in _TIERS):
            found.append(told)
    return found


def signs(table: pl.DataFrame, least: int) -> list[dict[str, Any]]:
    """By how much signs change the odds of leaving in the month after, with the interval: the most telling first.

    Those that fewer than `least` who left had shown are not listed.
    """
    rows = table.filter((pl.col("month_from") == 1) & (pl.col("left") >= least) & ~pl.col("sign").is_in(_CONTROLS))
    names = ("sign", "level", "at_risk", "odds_ratio", "odds_low", "odds_high")
    return rows.sort("odds_ratio", "sign", "level", descending=[True, False, False]).select(names).to_dicts()
