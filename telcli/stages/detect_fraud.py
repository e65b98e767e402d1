"""Suspected fraud: rules over customers' days and lines, one score for what rules miss, cases with their evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import polars as pl

from telcli.errors import MissingInputError, Notice, UsageError
from telcli.features.month_index import add_months
from telcli.features.payments_told import payments_missing_from, with_payments_told
from telcli.settings import DetectFraudSettings
from telcli.settings.fraud_rules import FRAUD_RULES
from telcli.settings.names_in import names_in
from telcli.stages import Inputs, Outcome
from telcli.stages.detect_fraud_allowed import allowed_of, told
from telcli.stages.detect_fraud_cases import Earlier, cases_of, evidence_of, loss_once, with_closed
from telcli.stages.detect_fraud_days import Folded, folded
from telcli.stages.detect_fraud_found import Found, Ground
from telcli.stages.detect_fraud_named import cases_named, first_named, reached
from telcli.stages.detect_fraud_rules import suspects
from telcli.stages.detect_fraud_told import assumed, channels_of, looked_at, metrics_of, notices_of
from telcli.tables import contract

__all__ = ["detect_fraud"]

_LINE = ("subscription_id", "customer_id", "account_id", "activated_on", "ended_on", "end_reason", "channel_id")
_ENDS = ("ended_on", "end_reason")
_OF_LINE = (*_LINE, "commission", "subsidy", "device_h", "sim_h", "number_h")


def detect_fraud(inputs: Inputs, settings: DetectFraudSettings) -> Outcome:
    """Name cases of suspected fraud in the as-of month.

    Raises
    ------
    MissingInputError
        There are neither calls nor lines with a day of activation.
    UsageError
        A rule is named that does not exist.
    """
    rules = inputs.choices.get("fraud_rules") or FRAUD_RULES
    wanted = _chosen(rules, settings.use_rules)
    as_of = inputs.as_of
    days = _days(inputs, as_of, rules, settings) if as_of else None
    ground = _ground(inputs, as_of, days, rules, settings) if as_of else None
    if as_of is None or ground is None:
        raise MissingInputError(
            "fraud-nothing",
            "There are neither calls nor lines with a day of activation to look at.",
            hint="Ingest call records of the switch (calls.csv) or the list of lines (subscriptions): telcli ingest "
            "SOURCES... -w DIR; what an ingest refused is in telcli show rejects.",
        )
    allowed = allowed_of(inputs.choices.get("allowed"), ground.last)
    found, stopped = suspects(ground, None if days is None else days.callers, allowed, inputs.seed)
    nobody = len(allowed.subjects - _known(ground))
    before = Earlier.of(inputs.earlier.tables) if inputs.earlier and "fraud_cases" in inputs.earlier.tables else None
    cases, members = cases_of(found, _ties(ground), before)
    cases = cases.filter(pl.col("expected_loss") >= settings.least_loss)
    members = members.join(cases.select("case_id"), on="case_id", how="semi").sort("pattern", "subject_id")
    end = reached(ground)
    named = first_named(inputs.tables.get("fraud_named"), as_of, end, members)
    tables = {
        "fraud_cases": with_closed(cases, before, rules),
        "fraud_evidence": evidence_of(found, members),
        "fraud_channels": _channels(found),
        "fraud_named": named,
    }
    told_of = members.filter(pl.col("pattern").is_in(wanted))
    metrics = {
        **metrics_of(tables["fraud_cases"], wanted, cases_named(named, end, members)),
        "expected_loss": round(loss_once(found, told_of), 2),
        **channels_of(tables["fraud_channels"], wanted),
        "looked_at": looked_at(ground),
        "horizon_days": settings.horizon_days,
        "days_folded": 0 if days is None else len(days.fresh),
        "allowed": allowed.metrics(stopped, nobody),
    }
    metrics["assumed_rates"] = assumed(ground, metrics["by_pattern"])
    notices = (*notices_of(ground, found, wanted), *told(allowed, stopped, nobody))
    return _outcome(as_of, tables, days, metrics, notices)


def _outcome(
    as_of: date,
    tables: Mapping[str, pl.DataFrame],
    days: Folded | None,
    metrics: Mapping[str, Any],
    notices: tuple[Notice, ...],
) -> Outcome:
    made = {name: frame.lazy().with_columns(as_of=pl.lit(as_of)) for name, frame in tables.items()}
    if days is None:
        return Outcome(made, metrics, notices)
    kept = {"fraud_days": days.kept}
    made["fraud_days"] = days.made
    if days.callers is not None:
        made["fraud_callers"] = days.callers.lazy()
    return Outcome(made, metrics, notices, light=frozenset(kept), kept=kept, marks=days.marks)


def _known(ground: Ground) -> set[str]:
    """Codes of customers and lines."""
    return {*ground.people["customer_id"].to_list(), *ground.lines["subscription_id"].to_list()}


def _chosen(rules: Mapping[str, Mapping[str, float]], named: str) -> tuple[str, ...]:
    """The rules whose cases are told, in their order.

    Raises
    ------
    UsageError
        One that is named does not exist, or is switched off.
    """
    names = names_in(named)
    for name in names:
        if name not in rules:
            raise UsageError(
                "fraud-rule-unknown",
                "There is no rule called {rule} in force.",
                hint="Rules in force: {known}; others are switched on in [detect-fraud.rules.NAME] of telcli.toml.",
                rule=name,
                known=", ".join(rules),
            )
    return tuple(name for name in rules if not names or name in names)


def _days(
    inputs: Inputs, as_of: date, rules: Mapping[str, Mapping[str, float]], settings: DetectFraudSettings
) -> Folded | None:
    costly = frozenset(name.strip() for name in settings.high_cost.split(",") if name.strip())
    short = rules.get("wangiri", FRAUD_RULES["wangiri"])["short_seconds"]
    return folded(inputs, as_of, settings.history_months, costly, short, rules.get("wangiri"))


def _ground(
    inputs: Inputs,
    as_of: date,
    days: Folded | None,
    rules: Mapping[str, Mapping[str, float]],
    settings: DetectFraudSettings,
) -> Ground | None:
    """What rules stand on; None where there is nothing to look at."""
    after = add_months(as_of, 1)
    lines = _lines(inputs.tables.get("subscriptions"), after)
    if days is None and not lines["activated_on"].is_not_null().any():
        return None
    people = inputs.tables["customers"].select("customer_id", "certificate_h", "customer_class").collect()
    rows = None if days is None else inputs.keep(days.rows.filter(pl.col("day") < after))
    span = None if rows is None else rows.select(first=pl.col("day").min(), last=pl.col("day").max()).collect().row(0)
    called = (span[0], span[1]) if span and span[1] and span[1] >= as_of else None
    end = called[1] if called else after - timedelta(days=1)
    missing = payments_missing_from(inputs.tables["customer_months"])
    months = with_payments_told(inputs.tables["customer_months"], missing), missing
    files = {name: part for name, part in inputs.parts.get("calls", {}).items() if name[:10] == as_of.isoformat()}
    known = _as_of(lines, end), people.sort("customer_id")
    return Ground(as_of, end, called, rows, files, *known, *months, rules, settings)


def _lines(lines: pl.LazyFrame | None, after: date) -> pl.DataFrame:
    """Lines that began before the end of the month, by their code."""
    if lines is None:
        schema = contract("subscriptions").schema.create_empty()
        return schema.select(_OF_LINE)
    began = pl.col("activated_on").is_null() | (pl.col("activated_on") < after)
    return lines.select(_OF_LINE).filter(began).sort("subscription_id").collect(engine="streaming")


def _as_of(lines: pl.DataFrame, last: date) -> pl.DataFrame:
    """Lines as they were known on that day: what ended later was alive, for no reason to end."""
    later = pl.col("ended_on") > last
    return lines.with_columns(pl.when(~later.fill_null(value=False)).then(name).alias(name) for name in _ENDS)


def _ties(ground: Ground) -> pl.DataFrame:
    """What suspects may share: a device, or a certificate; of customers and of lines."""
    own = ground.lines.filter(pl.col("device_h").is_not_null())
    device = pl.format("device {}", "device_h")
    tied = [own.select(subject_id=name, tie=device) for name in ("subscription_id", "customer_id")]
    papers = ground.people.filter(pl.col("certificate_h").is_not_null())
    paper = pl.format("certificate {}", "certificate_h")
    tied.append(papers.select(subject_id="customer_id", tie=paper))
    held = ground.lines.join(papers, on="customer_id", how="inner")
    tied.append(held.select(subject_id="subscription_id", tie=paper))
    return pl.concat(tied).unique().sort("subject_id", "tie")


def _channels(found: Sequence[Found]) -> pl.DataFrame:
    told = next((one.metrics["channels"] for one in found if "channels" in one.metrics), None)
    return contract("fraud_channels").schema.create_empty().drop("as_of") if told is None else told
