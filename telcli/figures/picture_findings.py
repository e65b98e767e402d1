"""Segments' migration, a level of chances that is off, and data that were not delivered as usual, as findings."""

from __future__ import annotations

from collections.abc import Callable

from telcli.figures.finding import Facts, Finding, Pair
from telcli.tables import units

__all__ = ["RULES"]

_STEADY = 0.02
"""A part of customers smaller than this that moved is no news."""


def migrated(facts: Facts) -> Finding | None:
    """Who moved between segments, and what that is worth a month; silent where few moved or the money is not known."""
    about = next(iter(facts.blocks.get("migration", ())), None)
    if about is None or about.get("money") is None or about["moved"] < _STEADY * about["of"]:
        return None
    gained = about["money"] >= 0
    return facts.finding(
        "segments-rose" if gained else "segments-fell",
        "good" if gained else "bad",
        abs(about["money"]),
        n=(about["moved"], "customers"),
        share=(about["moved"] / about["of"], "percent"),
        up=(about["up"], "customers"),
        down=(about["down"], "customers"),
        money=(abs(about["money"]), "money"),
    )


def level_off(facts: Facts) -> Finding | None:
    """Chances that, tested, were too high or too low beyond chance, and what the expected loss would be without it."""
    about = next(iter(facts.blocks.get("level", ())), None)
    if about is None:
        return None
    whole = sum(band["at_risk_value"] or 0.0 for band in facts.bands)
    ratio = about["left"] / about["expected"]
    loss = [units.money(sum_, lang, facts.currency) for sum_ in (ratio * whole, whole) for lang in ("en", "zh")]
    meant = Pair(
        f"Were this month alike, the expected loss would be {loss[0]}, not {loss[2]}.",
        f"若本月情况相同，预期损失应为{loss[1]}，而非{loss[3]}。",
    )
    return facts.finding(
        "chances-too-high" if ratio < 1 else "chances-too-low",
        "bad",
        abs(ratio - 1.0) * whole or None,
        expected=(about["expected"], "count"),
        left=(about["left"], "count"),
        meant=meant if whole > 0 else Pair("", ""),
        low=f"{about['odds_low']:.2f}",
        high=f"{about['odds_high']:.2f}",
    )


def missed(facts: Facts) -> Finding | None:
    """What monitor found wrong with the data delivered."""
    rows = facts.blocks.get("data_missed", ())
    if not rows:
        return None
    return facts.finding(
        "data-missed-more" if len(rows) > 1 else "data-missed",
        "bad",
        None,
        n=(len(rows), "count"),
        why=Pair(rows[0]["why"], rows[0]["why_zh"]),
    )


RULES: tuple[Callable[[Facts], Finding | None], ...] = (migrated, level_off, missed)
