"""What a run of detect-fraud says beside its tables: counts and the gravest cases, and what could not be told."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from telcli.errors import Notice
from telcli.stages.detect_fraud_found import Found, Ground

__all__ = ["metrics_of", "notices_of"]

_TOP = 100
"""Cases that metrics hold: those of the greatest loss."""
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
    if len(wanted) < len(ground.rules):
        yield Notice(
            "fraud-rules-told",
            "Told are cases of {rules} alone; the tables hold those of all rules that are switched on.",
            {"rules": ", ".join(wanted)},
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
