"""Why customers are satisfied, on the screen: drivers, how others are predicted, what follows, and loyalty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from telcli.cli._aligned import aligned
from telcli.cli._words import tr

__all__ = ["TABLES", "reasons"]

TABLES = ("satisfaction_drivers", "satisfaction_trials", "satisfaction_links")
_DRIVERS = ("driver", "theme", "importance", "place", "goes")
_LINKS = ("after the survey", "satisfied", "between", "dissatisfied", "less the satisfied", "of like customers")
_MOST = 8
"""Drivers shown at the most; the table has all."""


def reasons(metrics: Mapping[str, Any], tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[str]:
    """What moves satisfaction, the claim tested, predictions, what follows, and loyalty, as far as told."""
    yield from _drivers(metrics, tables[TABLES[0]])
    if metrics.get("predicted"):
        yield "  " + tr(
            "predicted for {n} customers: {gain} of the mean's squared error saved, {coverage} within their intervals",
            n=f"{metrics['predicted']:,}",
            gain=f"{metrics['gain']:.0%}",
            coverage=f"{metrics['coverage']:.0%}",
        )
    yield from _links(tables[TABLES[2]])
    if metrics.get("loyalty") is not None:
        yield "  " + tr("loyalty, mean of all: {loyalty}", loyalty=f"{metrics['loyalty']:.1f}")


def _drivers(metrics: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    told = [row for row in rows if row["importance"] is not None]
    if not told:
        return
    yield "  " + tr("what moves satisfaction ({share} of it is explained)", share=f"{metrics['explained']:.0%}")
    themes = sorted((row for row in told if row["level"] == "theme"), key=_order)
    single = sorted((row for row in told if row["level"] == "driver"), key=_order)
    lines = [_driver(row) for row in (*themes, *single[:_MOST])]
    yield from aligned([[tr(head) for head in _DRIVERS], *lines], (2, 3), indent=4)
    claim = metrics.get("claim_tested") or {}
    if claim.get("order"):
        order = " > ".join(tr(theme) for theme in claim["order"])
        yield "    " + tr("claimed: {order}: {verdict}", order=order, verdict=tr(metrics["claim"]))


def _order(row: Mapping[str, Any]) -> tuple[float, str]:
    return (-row["importance"], row["driver"])


def _driver(row: Mapping[str, Any]) -> list[str]:
    name = tr(row["driver"]) if row["level"] == "theme" else row["driver"]
    share = f"{row['importance']:.0%} ({row['low']:.0%}..{row['high']:.0%})"
    places = f"{row['place']} ({row['place_low']}..{row['place_high']})"
    return [name, tr(row["theme"]), share, places, tr(row["direction"]) if row["direction"] else ""]


def _links(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    found: dict[str, dict[str, Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["outcome"], {})[row["band"]] = row
    if not found:
        return
    lines = []
    for outcome, bands in sorted(found.items()):
        form = ".1f" if outcome == "revenue_change" else ".1%"
        each = [_figure(bands.get(band), "value", form) for band in ("satisfied", "between", "dissatisfied")]
        worst = bands.get("dissatisfied")
        lines.append([tr(outcome), *each, _between(worst, "difference", form), _between(worst, "adjusted", form)])
    months = max(row["months"] for row in rows)
    yield "  " + tr("what followed within {months} months of the survey", months=months)
    yield from aligned([[tr(head) for head in _LINKS], *lines], (1, 2, 3, 4, 5), indent=4)


def _figure(row: Mapping[str, Any] | None, name: str, form: str) -> str:
    return "-" if row is None or row[name] is None else f"{row[name]:{form}}"


def _between(row: Mapping[str, Any] | None, name: str, form: str) -> str:
    """A difference and its interval.

    >>> _between({"adjusted": 0.1, "adjusted_low": 0.02, "adjusted_high": 0.18}, "adjusted", ".1%")
    '+10.0% (+2.0%..+18.0%)'
    """
    if row is None or row[name] is None or row[f"{name}_low"] is None:
        return "-"
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    return f"{row[name]:+{form}} ({low:+{form}}..{high:+{form}})"
