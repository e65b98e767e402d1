"""Who may be contacted.

Contacts are those of campaigns and of earlier plans, made or still due:

    suppressed    on a list of customers who are not to be contacted, or who said so in an attribute
    quiet-period  contacted less than `quiet_days` days before or after, or complained less than `complaint_days` before
    frequency     contacted `frequency_cap` times or more in the `frequency_days` days before

The first of these that holds is told. What is due after the day by a campaign of lower rank holds nobody back: that
campaign is to yield.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.features.campaign_overlap import rank_of
from telcli.features.campaigns import reached
from telcli.features.said_yes import said_yes

__all__ = ["REASONS", "ContactRules", "contacts", "excluded", "held_back", "refusing"]

REASONS = ("suppressed", "quiet-period", "frequency")
_ROW = {
    "campaign_id": pl.String,
    "customer_id": pl.String,
    "offer_id": pl.String,
    "channel": pl.String,
    "contacted_on": pl.Date,
}
_MISSED = ("unreachable", "wrong-number")
_SAYS_SO = (
    *("do_not_contact", "dnc", "do_not_call", "no_contact", "opt_out", "optout", "unsubscribed", "no_marketing"),
    *(
        "marketing_opt_out",
        "免打扰",
        "拒绝营销",
        "营销免打扰",
        "退订",
        "营销退订",
        "营销黑名单",
        "外呼黑名单",
        "不可外呼",
    ),
)
"""Attributes by which customers say that they are not to be contacted."""


def contacts(
    campaigns: pl.LazyFrame | None = None,
    plans: pl.LazyFrame | None = None,
    outcomes: pl.LazyFrame | None = None,
) -> pl.DataFrame:
    """One row per contact: campaign_id, customer_id, offer_id, channel, contacted_on; sorted, nobody held out.

    A row of a plan counts on the day that its outcome says, and before there is one on its deadline, or on the first
    day after its month. Who was not reached was not contacted; who was held out and contacted all the same was.

    >>> plan = pl.LazyFrame({"campaign_id": "p", "customer_id": ["a", "b"], "offer_id": "o", "channel": "call",
    ...     "as_of": date(2024, 6, 1), "action": ["offer", "held-out"], "deadline": None})
    >>> contacts(plans=plan).select("customer_id", "contacted_on").rows()
    [('a', datetime.date(2024, 7, 1))]
    """
    parts = [] if campaigns is None else [reached(campaigns).select(_typed(campaigns))]
    if plans is not None:
        parts.append(_planned(plans, outcomes))
    if outcomes is not None:
        made = outcomes.filter(pl.col("contacted_on").is_not_null(), ~_missed())
        parts.append(made.select(_typed(outcomes)))
    found = pl.concat([pl.LazyFrame(schema=_ROW), *parts]).collect()
    return found.unique(["campaign_id", "customer_id", "contacted_on"], keep="first", maintain_order=True).sort(
        "customer_id", "contacted_on", "campaign_id", maintain_order=True
    )


@dataclass(frozen=True)
class ContactRules:
    """How often a customer may be contacted.

    Parameters
    ----------
    quiet_days, complaint_days : days between two contacts, and after a complaint; 0 for none
    frequency_cap, frequency_days : contacts at most in so many days before; a cap of 0 for none
    own : the campaign that asks, whose own contacts do not count
    priorities : campaigns, the first before the others; one that is not named comes after all that are
    """

    quiet_days: int = 30
    complaint_days: int = 0
    frequency_cap: int = 0
    frequency_days: int = 90
    own: str = ""
    priorities: tuple[str, ...] = ()


def held_back(
    people: pl.DataFrame,
    made: pl.DataFrame,
    *,
    on: date,
    rules: ContactRules,
    suppressed: Collection[str] = (),
    complaints: pl.LazyFrame | None = None,
) -> pl.DataFrame:
    """Why each customer may not be contacted: customer_id, why (null: she may), campaign_id of the contact; sorted.

    `people` has customer_id, `made` is what `contacts` gives, `on` is the first day on which customers are to be
    contacted, `suppressed` those not to be contacted at all, `complaints` the subject table contacts.

    >>> made = pl.DataFrame({"campaign_id": ["c", "c"], "customer_id": ["a", "b"], "offer_id": ["o", "o"],
    ...     "channel": ["sms", "sms"], "contacted_on": [date(2024, 6, 20), date(2024, 3, 1)]})
    >>> people = pl.DataFrame({"customer_id": ["a", "b", "x"]})
    >>> held_back(people, made, on=date(2024, 7, 1), rules=ContactRules(), suppressed=["x"]).rows()
    [('a', 'quiet-period', 'c'), ('b', None, None), ('x', 'suppressed', None)]
    """
    who = people.select("customer_id").unique()
    others = made.filter(pl.col("campaign_id") != rules.own)
    upset = _complained(complaints, on, rules.complaint_days)
    listed = pl.col("customer_id").is_in(pl.Series(sorted(suppressed), dtype=pl.String).implode())
    told = who.join(_near(others, on, rules), on="customer_id", how="left")
    told = told.join(_often(others, on, rules), on="customer_id", how="left")
    near, often = pl.col("near").is_not_null(), pl.col("often").is_not_null()
    cross = pl.col("customer_id").is_in(upset.implode())
    why = pl.when(listed).then(pl.lit(REASONS[0])).when(near | cross).then(pl.lit(REASONS[1]))
    by = pl.when(near & ~listed).then("near").when(~listed & ~cross).then("often")
    return told.select("customer_id", why=why.when(often).then(pl.lit(REASONS[2])), campaign_id=by).sort("customer_id")


def _near(made: pl.DataFrame, on: date, rules: ContactRules) -> pl.DataFrame:
    """The campaign of each customer's nearest contact in the quiet period."""
    apart = (pl.col("contacted_on") - pl.lit(on)).dt.total_days()
    own = rank_of(pl.lit(rules.own), rules.priorities)
    yields = (apart >= 0) & (rank_of(pl.col("campaign_id"), rules.priorities) > own)
    found = made.filter(~yields, apart.abs() < rules.quiet_days).sort(apart.abs(), "campaign_id")
    return found.group_by("customer_id", maintain_order=True).agg(near=pl.col("campaign_id").first())


def _often(made: pl.DataFrame, on: date, rules: ContactRules) -> pl.DataFrame:
    """The campaign of the last contact of each customer contacted as often as she may be."""
    ago = (pl.lit(on) - pl.col("contacted_on")).dt.total_days()
    found = made.filter(ago > 0, ago <= rules.frequency_days, pl.lit(value=rules.frequency_cap > 0))
    each = found.sort("contacted_on", "campaign_id").group_by("customer_id", maintain_order=True)
    times = each.agg(times=pl.len(), often=pl.col("campaign_id").last())
    return times.filter(pl.col("times") >= rules.frequency_cap).drop("times")


def excluded(
    people: pl.DataFrame, made: pl.DataFrame, excludes: Mapping[str, Collection[str]], *, on: date, days: int
) -> dict[str, NDArray[np.bool_]]:
    """For each offer, which customers may not have it, in the order of `people`.

    `excludes` has for each offer codes of offers or campaigns: a customer of one of these less than `days` days before
    or after the day may not have the offer. Two offers that exclude each other need be named once. `people` has
    customer_id, `made` is what `contacts` gives.

    >>> made = pl.DataFrame({"campaign_id": ["c"], "customer_id": ["a"], "offer_id": ["bonus"], "channel": ["sms"],
    ...     "contacted_on": [date(2024, 6, 20)]})
    >>> found = excluded(pl.DataFrame({"customer_id": ["b", "a"]}), made, {"discount": ["bonus"], "bonus": []},
    ...     on=date(2024, 7, 1), days=90)
    >>> {offer: who.tolist() for offer, who in found.items()}
    {'discount': [False, True], 'bonus': [False, False]}
    """
    near = made.filter((pl.col("contacted_on") - pl.lit(on)).dt.total_days().abs() < days)
    found = {}
    for offer, codes in excludes.items():
        against = {*codes, *(other for other, named in excludes.items() if offer in named)}
        met = pl.col("offer_id").is_in(sorted(against)) | pl.col("campaign_id").is_in(sorted(against))
        who = near.filter(met)["customer_id"].unique()
        found[offer] = people["customer_id"].is_in(who.implode()).to_numpy()
    return found


def refusing(customers: pl.LazyFrame, columns: Sequence[str] = ()) -> list[str]:
    """Customers who say in an attribute that they are not to be contacted, sorted.

    `columns` are attributes that say so by yes or 1; where none are named, those with a usual name.

    >>> refusing(pl.LazyFrame({"customer_id": ["a", "b"], "x_免打扰": ["是", "否"]}))
    ['a']
    """
    names = customers.collect_schema().names()
    usual = {f"x_{name}" for name in _SAYS_SO}
    asked = [name for name in names if name in columns or f"x_{name}" in columns]
    found = asked + [name for name in names if name.startswith("x_") and name[2:] in columns]
    found = found if columns else [name for name in names if name.lower() in usual]
    if not found:
        return []
    who = customers.filter(pl.any_horizontal(map(said_yes, found))).select("customer_id").unique().collect()
    return sorted(who["customer_id"])


def _typed(frame: pl.LazyFrame) -> list[pl.Expr]:
    """The columns of a contact; null where a table has none."""
    held = frame.collect_schema().names()
    return [(pl.col(name) if name in held else pl.lit(None)).cast(kind).alias(name) for name, kind in _ROW.items()]


def _missed() -> pl.Expr:
    return pl.col("result").is_in(_MISSED).fill_null(value=False)


def _planned(plans: pl.LazyFrame, outcomes: pl.LazyFrame | None) -> pl.LazyFrame:
    """Contacts of plans that no outcome tells of yet."""
    due = plans.filter(pl.col("action") == "offer")
    due = due.with_columns(
        contacted_on=pl.coalesce(pl.col("deadline").cast(pl.Date), pl.col("as_of").dt.offset_by("1mo"))
    )
    if outcomes is not None:
        told = outcomes.filter(pl.col("contacted_on").is_not_null() | _missed())
        due = due.join(told.select("campaign_id", "customer_id"), on=["campaign_id", "customer_id"], how="anti")
    return due.select(_typed(due))


def _complained(complaints: pl.LazyFrame | None, on: date, days: int) -> pl.Series:
    """Customers who complained less than so many days before."""
    if complaints is None or days <= 0:
        return pl.Series("customer_id", [], dtype=pl.String)
    ago = (pl.lit(on) - pl.col("opened_at").dt.date()).dt.total_days()
    found = complaints.filter(pl.col("kind") == "complaint", ago > 0, ago <= days)
    return found.select("customer_id").unique().sort("customer_id").collect()["customer_id"]
