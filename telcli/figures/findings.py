"""What the figures say: what changed, how much money, how sure, what to do, which command shows it.

Each rule looks at the facts and either stays silent or makes one finding from an honest comparison: with the month
before, with the average of earlier months, with all customers, with the best policy that needs no model. Its sentences
stand in findings.toml.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from telcli.figures import (
    bridge_findings,
    control_findings,
    customer_findings,
    picture_findings,
    quality_findings,
    watch_findings,
)
from telcli.figures.customer_findings import leaving, revenue
from telcli.figures.finding import PARTS, Facts, Finding

__all__ = ["RULES", "STATE", "TEXTS", "find", "ranked", "rows"]

Rule = Callable[[Facts], Finding | None]


TEXTS = ("kind", "tone", *PARTS, "command")


def find(facts: Facts, rules: Sequence[Rule] | None = None) -> list[Finding]:
    """Ask every rule (RULES), and rank what they say: by the money each names, then in the order of the rules.

    >>> find(Facts("CNY"))
    []
    """
    asked = RULES if rules is None else rules
    found = [(finding, 0.0) for rule in asked if (finding := rule(facts)) is not None]
    return [finding for finding, _ in ranked(found)]


def ranked(found: Sequence[tuple[Finding, float]]) -> list[tuple[Finding, float]]:
    """Findings, each with a mark, by the money they name; those without follow as they come."""
    return sorted(found, key=lambda one: (one[0].amount is None, -(one[0].amount or 0.0)))


def rows(found: Sequence[Finding]) -> list[Mapping[str, Any]]:
    """The findings as rows of figures, each text beside its Chinese form."""
    listed: list[Mapping[str, Any]] = []
    for finding in found:
        row: dict[str, Any] = {"kind": finding.kind, "tone": finding.tone, "amount": finding.amount}
        for part, pair in finding.texts.items():
            row |= {part: pair.en, f"{part}_zh": pair.zh}
        listed.append({**row, "command": finding.command})
    return listed


def labelled(facts: Facts) -> Finding | None:
    """Those whom a flat table labels as left."""
    return leaving(facts) if facts.kpi.get("churned") else None


RULES: tuple[Rule, ...] = (
    *customer_findings.RULES,
    *bridge_findings.RULES,
    *watch_findings.RULES,
    *control_findings.RULES,
    *picture_findings.RULES,
    *quality_findings.RULES,
)
STATE: tuple[Rule, ...] = (
    labelled,
    *(rule for rule in RULES if rule not in (revenue, leaving, *bridge_findings.RULES)),
)
"""The rules on how things stand at the snapshot, whatever the period that led there."""
