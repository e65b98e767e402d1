"""Sums that do not add up, and control totals that differ, as findings."""

from __future__ import annotations

from collections.abc import Callable

from telcli.figures.finding import Facts, Finding, Pair

__all__ = ["RULES"]


def differs(facts: Facts) -> Finding | None:
    """The control total that differs by most of what was told, and how many do."""
    rows = [row for row in facts.blocks.get("control_told", ()) if row["state"] == "differs"]
    if not rows:
        return None
    worst = max(rows, key=lambda row: (abs(row["share"] or 0.0), row["month"], row["metric"]))
    kind = {"money": "money_exact", "count": "count_exact"}.get(worst["kind"], worst["kind"])
    return facts.finding(
        "control-differs",
        "bad",
        abs(worst["difference"]) if worst["kind"] == "money" else None,
        name=Pair(worst["name"], worst["name_zh"]),
        month=worst["month"],
        told=(worst["told"], kind),
        found=(worst["found"], kind),
        off=(abs(worst["difference"]), kind),
        n=(len(rows), "count"),
        all=(len(facts.blocks["control_told"]), "count"),
    )


def off(facts: Facts) -> Finding | None:
    """Sums of the report's own that do not add up."""
    rows = facts.blocks.get("control", ())
    wrong = [row for row in rows if row["state"] == "differs"]
    if not wrong:
        return None
    return facts.finding(
        "control-off", "bad", None, n=(len(wrong), "count"), all=(len(rows), "count"), first=str(wrong[0]["check"])
    )


RULES: tuple[Callable[[Facts], Finding | None], ...] = (differs, off)
