"""Whom the contact policy leaves alone: suppressed, contacted lately or often, in a campaign that excludes an offer.

Who was chosen by an earlier plan, to be contacted or held out, is left alone until the outcome of that plan is known:
were one arm contacted again and the other not, the later contacts would count as what the earlier ones brought.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.features.contact_policy import ContactRules, contacts, excluded, held_back, refusing
from telcli.features.month_index import add_months
from telcli.settings.names_in import names_in
from telcli.stages.plan_retention_study import Study
from telcli.tables.plan_results import CONTRACTS

__all__ = ["Policy", "overlap_table", "policy_of"]

Flags = NDArray[np.bool_]
_LINES = 10
"""Of a list that name nobody are told; what stands there never is."""


@dataclass(frozen=True)
class Policy:
    """What the policy says of each customer and offer.

    `codes` is why a customer is left alone, empty where she is not; `excluded` of shape (customers, offers) are pairs
    that another campaign excludes; `made` are the contacts of others, and `held` whom which of them holds back.
    """

    codes: NDArray[np.str_]
    excluded: Flags
    made: pl.DataFrame
    held: pl.DataFrame

    @property
    def free(self) -> Flags:
        """Who may be contacted at all."""
        free: Flags = self.codes == ""
        return free


def policy_of(study: Study, people: pl.DataFrame, offers: pl.DataFrame) -> Policy:
    """The policy by the settings, and contacts of the past as far as campaigns, plans and outcomes tell them."""
    tables, settings = study.inputs.tables, study.settings
    made = contacts(tables.get("campaigns"), tables.get("retention_plan"), tables.get("retention_outcomes"))
    made = made.filter(pl.col("campaign_id") != study.campaign_id)
    rules = ContactRules(
        quiet_days=settings.quiet_days,
        complaint_days=settings.complaint_days,
        frequency_cap=settings.frequency_cap,
        frequency_days=settings.frequency_days,
        own=study.campaign_id,
        priorities=tuple(study.inputs.choices.get("priorities", ())),
    )
    who, on = people.select("customer_id"), _first_day(study)
    told = held_back(
        who, made, on=on, rules=rules, suppressed=_listed(study, people), complaints=tables.get("contacts")
    )
    rests = who["customer_id"].is_in(_resting(study).implode())
    codes = who.join(told, on="customer_id", how="left", maintain_order="left")
    codes = codes.with_columns(why=pl.when(pl.col("why").is_null() & rests).then(pl.lit("resting")).otherwise("why"))
    excludes = dict(offers.select("offer_id", "excludes").iter_rows())
    against = excluded(who, made, excludes, on=on, days=settings.frequency_days)
    columns = [against[code] for code in offers["offer_id"].to_list()]
    return Policy(
        codes["why"].fill_null("").to_numpy().astype(str),
        np.stack(columns, axis=1),
        _lately(made, on, settings.frequency_days),
        codes.select("customer_id", second="campaign_id").drop_nulls(),
    )


def overlap_table(study: Study, plan: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """plan_overlap: the plan, and each of its offers, with campaigns that reached the same customers lately."""
    contacted = plan.filter(pl.col("action") == "offer")
    rows = pl.concat(
        [
            contacted.select("customer_id", first="campaign_id"),
            contacted.select("customer_id", first="offer_id"),
        ]
    )
    size = rows.group_by("first").agg(customers=pl.len().cast(pl.Int64))
    both = rows.join(policy.made, on="customer_id").group_by("first", "second").agg(both=pl.len().cast(pl.Int64))
    held = policy.held.group_by("second").agg(held_back=pl.len().cast(pl.Int64))
    held = held.with_columns(first=pl.lit(study.campaign_id))
    found = both.join(held, on=["first", "second"], how="full", coalesce=True).join(size, on="first", how="left")
    found = found.with_columns(pl.col("both", "customers").fill_null(0), as_of=pl.lit(study.as_of))
    return CONTRACTS["plan_overlap"].conform(found.sort("first", "second").lazy()).collect()


def _first_day(study: Study) -> date:
    """The first day on which customers are to be contacted."""
    return add_months(study.as_of, 1)


def _listed(study: Study, people: pl.DataFrame) -> list[str]:
    """Customers on the list that the settings name, and those who refuse contacts in an attribute."""
    listed: Mapping[str, Sequence[int]] = study.inputs.choices.get("left_alone", {})
    unknown = sorted(line for name in listed.keys() - set(people["customer_id"]) for line in listed[name])
    if unknown:
        study.tell(
            "plan-suppressed-unknown",
            "Of {listed} lines of the list {file}, {unknown} (line {lines}) name no customer of this month.",
            file=study.settings.suppress,
            listed=sum(map(len, listed.values())),
            unknown=len(unknown),
            lines=", ".join([*map(str, unknown[:_LINES]), *["..."][: len(unknown) > _LINES]]),
        )
    columns = names_in(study.settings.refusal_columns)
    return sorted(listed.keys() | set(refusing(study.inputs.tables["customers"], columns)))


def _resting(study: Study) -> pl.Series:
    """Customers of both arms of an earlier plan whose outcome window is not over when this one begins."""
    plans = study.inputs.tables.get("retention_plan")
    window = int(study.inputs.choices.get("window_months", 0))
    if plans is None or study.settings.rest == "off":
        return pl.Series("customer_id", [], dtype=pl.String)
    since = add_months(study.as_of, 1 - window)
    rows = plans.filter(pl.col("action") != "none", pl.col("as_of") >= since, pl.col("as_of") < study.as_of)
    return rows.select(pl.col("customer_id").unique().sort()).collect()["customer_id"]


def _lately(made: pl.DataFrame, on: date, days: int) -> pl.DataFrame:
    """Which campaigns contacted whom near the day."""
    near = pl.col("contacted_on").is_between(on - timedelta(days=days), on + timedelta(days=days), closed="none")
    return made.filter(near).select("customer_id", second="campaign_id").unique().sort("customer_id", "second")
