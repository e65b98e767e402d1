"""Groups of customers and agents on the screen of complaints: those that differ, with intervals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from telcli.cli._first_rows import first_rows
from telcli.cli._words import language, meant, tr

__all__ = ["agents", "between", "groups", "share"]

_GROUPS = ("group", "", "kind", "customers", "contacts", "per 1,000 a month", "times the others")
_AGENTS = (
    "agent",
    "contacts",
    "answered calls",
    "towards all",
    "wait, s",
    "talk, s",
    "settled",
    "rating",
    "towards all",
)


def groups(told: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], limit: int) -> Iterator[str]:
    """Segments, classes and branches whose rate is not that of the others; how many were looked at."""
    if not rows:
        return
    found = sorted((row for row in rows if row["differs"]), key=lambda row: (-row["ratio"], row["level"], row["kind"]))
    if not found:
        yield "  " + tr(
            "no segment, class or branch differs from the others beyond chance ({n} told)", n=told["groups"]
        )
    if found[:limit]:
        yield "  " + tr(
            "groups that differ from all other customers beyond chance, {first} to {last}, of {n} told",
            first=told["handling_since"],
            last=told["latest"],
            n=told["groups"],
        )
    yield from first_rows(_GROUPS, map(_group, found), (3, 4, 5, 6), limit, "complaint_groups")
    if told["groups_withheld"]:
        said = tr(
            "{n} groups of fewer than 10 customers, or that would tell such a one, are withheld",
            n=told["groups_withheld"],
        )
        yield "    " + said


def agents(rows: Sequence[Mapping[str, Any]], limit: int) -> Iterator[str]:
    """Agents by their code, in the order of the code: small differences are chance, so there is no ranking."""
    if rows[:limit]:
        yield "  " + tr(
            "agents of 30 contacts or more, with 95% intervals; what counts is the figure pulled towards all"
        )
    yield from first_rows(_AGENTS, map(_agent, rows), range(1, 9), limit, "contact_agents")


def _group(row: Mapping[str, Any]) -> list[str]:
    dimension = row["dimension"]
    level = row["level_zh"] if language() == "zh" and row["level_zh"] else row["level"]
    level = meant(dimension, row["level"]) if dimension == "customer_class" else level
    names = [tr("class") if dimension == "customer_class" else tr(dimension), level]
    counts = [f"{row['customers']:,}", f"{row['contacts']:,}"]
    rates = (between(*(row[f"{name}{end}"] for end in ("", "_low", "_high"))) for name in ("rate", "ratio"))
    return [*names, tr("all contacts") if row["kind"] == "all" else tr(row["kind"]), *counts, *rates]


def _agent(row: Mapping[str, Any]) -> list[str]:
    def pulled(name: str, form: str) -> str:
        return "-" if row[name] is None else format(row[name], form)

    rating = between(row["rating"], row["rating_low"], row["rating_high"])
    return [
        *(row["agent"], f"{row['contacts']:,}", share(row, "answered_share", "answered")),
        *(pulled("answered_shrunk", ".1%"), pulled("wait_s", ",.0f"), pulled("talk_s", ",.0f")),
        *(share(row, "settled_share", "settled"), rating, pulled("rating_shrunk", ".2f")),
    ]


def between(value: float | None, low: float | None, high: float | None) -> str:
    """A figure and its interval.

    >>> between(2.5, 2.0, 3.0), between(None, None, None)
    ('2.50 (2.00..3.00)', '-')
    """
    if value is None:
        return "-"
    return f"{value:.2f}" if low is None or high is None else f"{value:.2f} ({low:.2f}..{high:.2f})"


def share(told: Mapping[str, Any], name: str, ends: str) -> str:
    """A share and its interval.

    >>> share({"a": 0.5, "b_low": 0.4, "b_high": 0.6}, "a", "b"), share({"a": None}, "a", "b")
    ('50.0% (40.0%..60.0%)', '-')
    """
    if told[name] is None:
        return "-"
    return f"{told[name]:.1%} ({told[ends + '_low']:.1%}..{told[ends + '_high']:.1%})"
