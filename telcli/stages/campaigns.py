"""``campaigns``: how campaigns stand, where they meet in the same customers, and what came of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from typing import Any

import polars as pl

from telcli.errors import MissingInputError, Notice
from telcli.features.margin_parts import Rates
from telcli.features.month_index import end_of_month
from telcli.settings import CampaignsSettings, ScoreValueSettings
from telcli.settings.capacities import capacities
from telcli.stages import Inputs, Outcome
from telcli.stages.campaigns_channels import channel_results
from telcli.stages.campaigns_meetings import meetings
from telcli.stages.campaigns_money import with_margins
from telcli.stages.campaigns_people import people_of, with_segments
from telcli.stages.campaigns_response import responses
from telcli.stages.campaigns_status import statuses
from telcli.tables import contract

__all__ = ["campaigns"]

_TABLES = ("campaign_status", "campaign_overlap", "campaign_response", "channel_results")


def campaigns(inputs: Inputs, settings: CampaignsSettings) -> Outcome:
    """Look at all campaigns together, as they are known at the end of one month.

    Parameters
    ----------
    inputs : customer_months; the subject table campaigns, or retention_plan of this month and those before with
        retention_outcomes, or both; segments of this month and those before, and subscriptions, where there are some.
    settings : `quiet_days` between two contacts, `watch_months` after a campaign's first contact, `priorities` and
        `budgets` of campaigns; `cohort_months` and `early_months` of customers whom sales channels won.

    Returns
    -------
    Outcome
        Tables ``campaign_status``, ``campaign_overlap``, ``campaign_response`` and ``channel_results``.

    Raises
    ------
    MissingInputError
        There is no campaign, neither in a table nor of a plan, and no channel with new customers.
    """
    as_of = inputs.as_of or date.min
    end = end_of_month(as_of)
    rates = Rates(**{each.name: inputs.choices[each.name] for each in fields(Rates) if each.name in inputs.choices})
    channels = _channels(inputs, settings, rates)
    people = people_of(inputs.tables, end)
    if people.is_empty():
        return _without(channels, as_of)
    people, late = with_segments(people, inputs.tables.get("segments"), end)
    people = with_margins(people, inputs.tables["customer_months"], as_of, rates, settings.watch_months)
    met, hurt = meetings(people, settings, end)
    status = statuses(people, as_of, end, budgets=capacities(settings.budgets) or {}, met_held_out=hurt)
    names = [one.name for one in contract("campaign_overlap").columns()]
    overlap = met.with_columns(as_of=pl.lit(as_of)).select(names)
    response = responses(people, as_of)
    tables = dict(zip(_TABLES, (status, overlap, response, channels), strict=True))
    return Outcome(
        {name: frame.lazy() for name, frame in tables.items()},
        _metrics(status, overlap, response),
        (*_notices(status, overlap, late, _silent(people, status)), *_unknown(settings, set(status["campaign_id"]))),
    )


def _channels(inputs: Inputs, settings: CampaignsSettings, rates: Rates) -> pl.DataFrame:
    """The table channel_results; empty where no line is known."""
    if "subscriptions" not in inputs.tables:
        return contract("channel_results").schema.create_empty()
    usual = ScoreValueSettings()
    sales = {name: inputs.choices.get(name, getattr(usual, name)) for name in ("subsidy_months", "clawback_months")}
    months, as_of = inputs.tables["customer_months"], inputs.as_of or date.min
    return channel_results(inputs.tables["subscriptions"], months, as_of, settings=settings, rates=rates, **sales)


def _without(channels: pl.DataFrame, as_of: date) -> Outcome:
    """What there is to tell where there is no campaign: of sales channels alone."""
    month = f"{as_of:%Y-%m}"
    if channels.is_empty():
        raise MissingInputError(
            "campaigns-none",
            "No campaign is known up to {month}: neither the table campaigns nor a plan has one.",
            hint="Ingest what was sent (campaign, customer, day, answer), or make a plan: telcli plan-retention",
            month=month,
        )
    only = Notice(
        "campaigns-only-channels",
        "No campaign is known up to {month}: sales channels alone are told.",
        {"month": month},
    )
    tables = {name: contract(name).schema.create_empty(lazy=True) for name in _TABLES[:-1]}
    return Outcome({**tables, _TABLES[-1]: channels.lazy()}, {"campaigns": 0}, (only,))


def _metrics(status: pl.DataFrame, overlap: pl.DataFrame, response: pl.DataFrame) -> dict[str, Any]:
    states = dict(status.group_by("state").len().sort("state").iter_rows())
    whole = response.row(0, named=True)
    return {
        "campaigns": status.height,
        "states": states,
        **{name: whole[name] for name in ("planned", "contacted", "responded", "accepted", "held_out", "cost")},
        **{name: whole[name] for name in ("accept_rate", "accept_low", "accept_high")},
        "overlapping_pairs": overlap.height,
        "customers_too_near": int(overlap["near"].sum()),
        "held_out_contacted": int(status["held_out_contacted"].sum()),
    }


def _silent(people: pl.DataFrame, status: pl.DataFrame) -> int:
    """Customers of campaigns past their deadline of whom nobody reported anything."""
    overdue = status.filter(state="overdue")["campaign_id"]
    return people.filter(~pl.col("held"), ~pl.col("reported"), pl.col("campaign_id").is_in(overdue.implode())).height


def _notices(status: pl.DataFrame, overlap: pl.DataFrame, late: int, silent: int) -> Iterator[Notice]:
    overdue = status.filter(state="overdue")
    if overdue.height:
        yield Notice(
            "campaigns-overdue",
            "Past their deadline, with nothing reported of {left} customers: {names}.",
            {"left": silent, "names": ", ".join(overdue["campaign_id"].head(5))},
        )
    hurt = status.filter(pl.col("held_out_contacted") > 0)
    if hurt.height:
        yield Notice(
            "held-out-contacted",
            "{n} of {of} customers held out were contacted all the same, so effects look smaller than they are: "
            "{names}.",
            {
                "n": int(hurt["held_out_contacted"].sum()),
                "of": int(hurt["held_out"].sum()),
                "names": ", ".join(hurt["campaign_id"].head(5)),
            },
        )
    near = overlap.filter(pl.col("near") > 0).sort("near", "first", "second", descending=[True, False, False])
    if near.height:
        most = near.row(0, named=True)
        yield Notice(
            "campaigns-too-near",
            "{pairs} pairs of campaigns contacted the same customers within the quiet days; most of all {first} and "
            "{second}: {near} customers.",
            {"pairs": near.height, **{name: most[name] for name in ("first", "second", "near")}},
        )
    if late:
        yield Notice(
            "segments-later",
            "{n} rows of campaigns count by a segment found after the contact, since none is known before.",
            {"n": late},
        )


def _unknown(settings: CampaignsSettings, known: set[str]) -> Iterator[Notice]:
    """Campaigns that settings name and that are not there."""
    ranked = {name.strip() for name in settings.priorities.split(",") if name.strip()}
    for where, names in (("priorities", ranked), ("budgets", set(capacities(settings.budgets) or {}))):
        missing = sorted(names - known)
        if missing:
            yield Notice(
                "campaigns-unknown",
                "[campaigns] {where} names campaigns that are not there: {names}.",
                {"where": where, "names": ", ".join(missing[:5])},
            )
