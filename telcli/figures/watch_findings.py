"""What is watched, and what plans earned, as findings."""

from __future__ import annotations

from collections.abc import Callable

from telcli.figures.finding import Facts, Finding, Pair

__all__ = ["RULES"]


def earned(facts: Facts) -> Finding | None:
    """What contacting customers kept or lost against those held out, where that can be told."""
    whole = next(iter(facts.blocks.get("effects", ())), None)
    if whole is None or whole.get("value_saved") is None or whole["verdict"] == "cannot-tell":
        return None
    kind, tone = ("plans-earned", "good") if whole["verdict"] == "works" else ("plans-harm", "bad")
    money = {
        name: (abs(whole[f"value_saved{end}"]), "money")
        for name, end in (("saved", ""), ("low", "_low"), ("high", "_high"))
    }
    return facts.finding(
        kind,
        tone,
        abs(whole["value_saved"]),
        **money,
        cost=(whole["cost"], "money"),
        n=(whole["treated"], "customers"),
        held=(whole["held_out"], "customers"),
    )


def off(facts: Facts) -> Finding | None:
    """What is off beyond chance, the most money first."""
    rows = facts.blocks.get("alerts", ())
    if not rows:
        return None
    first = rows[0]
    return facts.finding(
        "alerts" if len(rows) > 1 else "alert",
        "bad" if first["expected_loss"] else "neutral",
        first["expected_loss"],
        n=(len(rows), "count"),
        loss=(first["expected_loss"], "money"),
        why=Pair(first["why"], first["why_zh"]),
    )


def emerging(facts: Facts) -> Finding | None:
    """The emerging topic of complaints with the most customers."""
    row = next((row for row in facts.blocks.get("topics", ()) if row["emerging"]), None)
    if row is None:
        return None
    return facts.finding(
        "topic-emerges",
        "bad",
        None,
        topic=Pair(row["topic"], row["topic_zh"]),
        n=(row["customers"], "customers"),
        rate=(row["rate"], "decimal"),
        usual=(row["usual_rate"], "decimal"),
    )


def suspected(facts: Facts) -> Finding | None:
    """New cases of suspected fraud."""
    rows = facts.blocks.get("fraud", ())
    new = sum(row["new"] for row in rows)
    loss = sum(row["expected_loss"] or 0.0 for row in rows)
    if not new:
        return None
    cases = sum(row["cases"] for row in rows)
    return facts.finding(
        "fraud-suspected", "bad", loss or None, new=(new, "count"), cases=(cases, "count"), loss=(loss, "money")
    )


RULES: tuple[Callable[[Facts], Finding | None], ...] = (earned, off, emerging, suspected)
