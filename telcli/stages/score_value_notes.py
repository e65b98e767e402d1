"""What score-value says beside its numbers: what was assumed, what was missing, and how far to trust it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from telcli.errors import Notice
from telcli.features.margin import PAY_MODES
from telcli.features.month_index import YEAR
from telcli.methods.staying import Staying
from telcli.settings import ScoreValueSettings
from telcli.stages.score_value_staying import Stays

__all__ = ["about_calls", "about_customers", "about_staying", "assumptions"]

_CALLS = "call_minutes_out"


def about_staying(staying: Staying, watched: int, *, flat: bool, ended: int = 0) -> list[Notice]:
    """How leaving was read; `flat` for a table with a row per customer, whose label was watched so many months.

    `ended` are lines known to have ended, which one month cannot make use of.
    """
    leavers = int(staying.constant.left.sum())
    if not leavers:
        everybody = "Nobody is known to have left: values assume that all stay, the most they can be."
        unused = (
            "{lines} lines of subscriptions have ended, but one month does not show who left: ingest bills or use of "
            "two months or more."
        )
        said = [Notice("value-nobody-left", everybody)]
        return [*said, Notice("value-ends-unused", unused, {"lines": ended})] if ended else said
    if not flat:
        return []
    window = Notice(
        "value-label-window",
        "The label is read as leaving within {months} months, at the tenure given (label_months).",
        {"months": watched},
    )
    whole = Notice(
        "value-label-whole-stay",
        "The tenure of customers labelled churned is read as their whole stay, the table as all who ever joined. If "
        "the label looks at a few months only, set label_months in [score-value]; values would be lower.",
    )
    valued = Notice(
        "value-leavers-valued",
        "The {customers} customers labelled churned are valued, and counted in totals, as if they were still here.",
        {"customers": leavers},
    )
    return [window if watched else whole, valued]


def about_calls(counted: Mapping[str, str], months: pl.LazyFrame) -> list[Notice]:
    """That calls are there, but none tells the operator of the other end: what interconnect is charged for."""
    if counted.get("interconnect") != "no-data" or _CALLS not in months.collect_schema():
        return []
    if not months.select(pl.col(_CALLS).count()).collect(engine="streaming").item():
        return []
    template = (
        "Calls are there, but none tells whether it was with another operator's customer. Take a column that does (a "
        "flag of off-net calls, or the other end's operator) for off_net: telcli ingest SOURCES --map off_net=COLUMN; "
        "its words, where they are not yes and no, go under [dictionary.words.off_net] (docs/calls.md)."
    )
    return [Notice("value-off-net-unknown", template)]


def about_customers(unbilled: int, tenureless: int, months: Sequence[date], known: Sequence[bool]) -> list[Notice]:
    """What had to be assumed of some customers, and which of the months of a year are known of anybody."""
    said = []
    if unbilled:
        template = "{customers} customers have no bill in 12 months and count as 0."
        said.append(Notice("value-unbilled", template, {"customers": unbilled}))
    if tenureless:
        template = "{customers} customers have no tenure; the average chance of leaving is used for them."
        said.append(Notice("value-no-tenure", template, {"customers": tenureless}))
    held, first = sum(known), next((at for at, one in enumerate(known) if one), 0)
    gaps = ", ".join(f"{month:%Y-%m}" for month, one in zip(months[first:], known[first:], strict=True) if not one)
    if gaps and held + gaps.count(",") + 1 < YEAR:
        template = (
            "Current value holds {months} of 12 months: none before {first}, and no revenue is known of {gaps}. It is "
            "not scaled up to a year; ingest bills of these months."
        )
        begun = {"first": f"{months[first]:%Y-%m}"}
        said.append(Notice("value-short-history-gaps", template, {"months": held, **begun, "gaps": gaps}))
    elif gaps:
        template = (
            "Current value holds {months} of 12 months, as no revenue is known of {gaps}. It is not scaled up to a "
            "year; ingest bills of these months."
        )
        said.append(Notice("value-gaps", template, {"months": held, "gaps": gaps}))
    elif held < YEAR:
        template = "Current value holds {months} of 12 months, as bills go no further; it is not scaled up to a year."
        said.append(Notice("value-short-history", template, {"months": held}))
    return said


def assumptions(asked: ScoreValueSettings, usual: str, stays: Stays) -> list[str]:
    """Everything assumed on the way from bills to value, a sentence each; `usual` is that of the usual month."""
    staying = stays.staying
    table = staying.overall
    tails = {"none": "none after", "endless": "and those after, leaving as at the longest tenures"}
    after = tails.get(asked.tail, "and those after, ever less likely to leave (shifted beta-geometric)")
    groups = ", ".join(PAY_MODES[code] for code in sorted(staying.groups))
    return [
        _margin(asked),
        usual,
        f"The next {asked.horizon_months} months count, {after}; money comes at the {asked.payment_timing} of each "
        f"month, discounted at {asked.discount_rate:g} a year.",
        "Customers leave as others did at the same tenure; neighbouring tenures with fewer than "
        f"{asked.min_at_risk} customer-months are pooled.",
        f"Beyond tenure {len(table.hazard) - 1} a share of {table.tail_hazard:.5f} leaves each month.",
        f"Separate survival curves: {groups}." if groups else "One survival curve serves all customers.",
        f"The month of leaving brings {stays.leaving:.2g} of a usual month.",
        _signs(stays),
    ]


def _signs(stays: Stays) -> str:
    if stays.signs is None:
        tried = ", having told no better who leaves in months held back" if stays.trial else ""
        return f"Complaints, arrears, faults, charges beyond the bundle and use do not enter chances of leaving{tried}."
    last = stays.signs.bands[-1].last
    return (
        "Complaints, arrears, faults, charges beyond the bundle and use change the chances of leaving of the next "
        f"{last} months, by as much as each did; after those tenure alone tells."
    )


def _margin(asked: ScoreValueSettings) -> str:
    return (
        f"Margin is {asked.margin_rate:g} of revenue, less {asked.interconnect_rate:g} a minute of calls made to other "
        f"operators' customers, {asked.content_share:g} of value-added charges, {asked.cost_per_contact:g} a contact, "
        f"{asked.line_cost:g} a line and month, what campaigns cost, and {asked.bad_debt_rate:g} of what arrears of "
        "more than 90 days grew by. Current value is less commissions of lines sold and subsidies of devices spread "
        "over contracts, where known; what is expected is not. Retention is taken off only as far as margin_rate does."
    )
