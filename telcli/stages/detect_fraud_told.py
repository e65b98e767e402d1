"""What a run of detect-fraud says beside its tables: counts and the gravest cases, and what could not be told."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import timedelta
from typing import Any

import polars as pl

from telcli.errors import Notice
from telcli.features.month_index import add_months
from telcli.settings.fraud_rules import FRAUD_RULES
from telcli.stages.detect_fraud_found import Found, Ground

__all__ = ["assumed", "channels_of", "looked_at", "metrics_of", "notices_of"]

_TOP = 100
"""Cases that metrics hold: those of the greatest loss."""
_RATES = {
    "sim-box": ("bypass_rate",),
    "wangiri": ("premium_rate", "call_back_share"),
    "irsf": ("premium_rate", "minute_rate"),
    "subscription": ("minute_rate", "gb_rate"),
    "fake-activation": ("commission",),
    "unusual": ("minute_rate", "gb_rate"),
}
"""Pattern: the settings that its loss is priced by; of irsf the second where no numbers are named as costly."""
_OF_CALLS = ("sim-box", "wangiri", "irsf", "unusual")
_OF_LINES = ("subscription", "fake-activation")


def metrics_of(cases: pl.DataFrame, wanted: Collection[str], named: Collection[str]) -> dict[str, Any]:
    """Counts of the patterns wanted; `named` are cases that an earlier run for the month named already."""
    cases = cases.filter(pl.col("pattern").is_in(list(wanted)))
    live = cases.filter(pl.col("status") != "closed")
    new = live.filter(pl.col("status") == "new")
    of = {name: live.filter(pl.col("pattern") == name) for name in wanted}
    return {
        "cases": live.height,
        "new_cases": new.filter(~pl.col("case_id").is_in(sorted(named))).height,
        "new_this_month": new.height,
        "closed_cases": cases.height - live.height,
        "subjects": int(live["subjects"].sum()),
        "by_pattern": {name: own.height for name, own in of.items()},
        "loss_by_pattern": {name: round(float(own["expected_loss"].sum()), 2) for name, own in of.items()},
        "top": [_shown(row) for row in live.head(_TOP).iter_rows(named=True)],
    }


def channels_of(channels: pl.DataFrame, wanted: Collection[str]) -> dict[str, int]:
    """How many sales channels would be penalised, and how many stopped; nothing where fakes are not asked for."""
    if "fake-activation" not in wanted:
        return {}
    stopped = channels.filter(pl.col("measure") == "exit")["channel_id"].n_unique()
    either = channels.filter(pl.col("measure") != "none")["channel_id"].n_unique()
    return {"channels_penalty": either - stopped, "channels_exit": stopped}


def assumed(ground: Ground, by_pattern: Mapping[str, int]) -> dict[str, float]:
    """The rates by which the losses of patterns with cases are priced and which stand as telcli comes with them."""
    settings, costly = ground.settings, 0 if ground.settings.high_cost.strip() else 1
    used = {name for pattern, count in by_pattern.items() if count and pattern != "irsf" for name in _RATES[pattern]}
    used |= {_RATES["irsf"][costly]} if by_pattern.get("irsf") else set()
    return {
        one.name: float(getattr(settings, one.name))
        for one in fields(settings)
        if one.name in used and getattr(settings, one.name) == one.default
    }


def looked_at(ground: Ground) -> dict[str, str | None]:
    """The days that figures are of: calls of the month, those that tell what is usual, and since when a line is new."""
    first, called = ground.as_of, ground.called
    months = int(ground.rules.get("fake-activation", FRAUD_RULES["fake-activation"])["months"])
    days = int(ground.rules.get("subscription", FRAUD_RULES["subscription"])["new_days"])
    since = min(add_months(first, -months), ground.last - timedelta(days=days))
    return {
        "until": ground.last.isoformat(),
        "calls_from": max(called[0], first).isoformat() if called else None,
        "calls_to": called[1].isoformat() if called else None,
        "usual_from": called[0].isoformat() if called and called[0] < first else None,
        "lines_from": since.isoformat() if ground.lines["activated_on"].is_not_null().any() else None,
    }


def notices_of(ground: Ground, found: Sequence[Found], wanted: Collection[str]) -> Iterator[Notice]:
    """What is missing first, then what rules could not tell."""
    if ground.called is None and set(wanted) & set(_OF_CALLS):
        yield Notice(
            "fraud-no-calls",
            "There are no call records of {month}: SIM boxes, wangiri, traffic to high-cost numbers and what is "
            "unusual cannot be told (ingest call records of the switch).",
            {"month": f"{ground.as_of:%Y-%m}"},
        )
    if not ground.lines["activated_on"].is_not_null().any() and set(wanted) & set(_OF_LINES):
        yield Notice(
            "fraud-no-lines",
            "There are no lines with a day of activation: subscription fraud and fake activations cannot be told "
            "(ingest the list of lines).",
        )
    if ground.unpaid_from and "subscription" in wanted:
        yield Notice(
            "fraud-no-payments",
            "There are no payments of {month}: who of the new customers has paid nothing cannot be told, and old debts "
            "are those of before (ingest the payments).",
            {"month": f"{ground.unpaid_from:%Y-%m}"},
        )
    if len(wanted) < len(ground.rules):
        yield Notice(
            "fraud-rules-told",
            "Told are cases of {patterns} alone; the tables hold those of all rules that are switched on.",
            {"patterns": ", ".join(wanted)},
        )
    for one in found:
        yield from one.notices if one.pattern in wanted else ()


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    names = ("case_id", "pattern", "subject", "subject_id", "score", "expected_loss", "status", "subjects")
    days = {name: row[name].isoformat() if row[name] else None for name in ("first_day", "last_day")}
    return {
        **{name: row[name] for name in names},
        **days,
        "evidence": row["evidence"],
        "evidence_zh": row["evidence_zh"],
    }
