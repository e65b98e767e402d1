"""Why customers are satisfied, on the screen: drivers, how others are predicted, what follows, and loyalty."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from telcli.cli._aligned import aligned
from telcli.cli._words import language, meant, tr

__all__ = ["TABLES", "reasons"]

TABLES = ("satisfaction_drivers", "satisfaction_trials", "satisfaction_links")
_DRIVERS = ("driver", "theme", "importance", "place", "the more of it")
_LINKS = ("what followed", "of the satisfied", "between", "dissatisfied", "less the satisfied", "of like customers")
_GOES = {"up": "more satisfied", "down": "less satisfied", "unclear": "cannot be told"}
_OUTCOMES = {"churn": "left", "complaint": "complained", "revenue_change": "monthly revenue, change ({unit})"}
_WORSE = {
    "churn": "the dissatisfied leave more often than like customers: telcli predict-churn",
    "complaint": "the dissatisfied complain more often than like customers: telcli complaints",
}
"""What is said, and where to look, where that is beyond chance."""
_MOST = 8
"""Drivers shown at the most; the table has all."""


def reasons(metrics: Mapping[str, Any], tables: Mapping[str, Sequence[Mapping[str, Any]]], unit: str) -> Iterator[str]:
    """What moves satisfaction, the claim tested, predictions, what follows, and loyalty; `unit` is that of money."""
    yield from _drivers(metrics, tables[TABLES[0]])
    yield from _predicted(metrics)
    yield from _links(tables[TABLES[2]], unit)
    if metrics.get("loyalty") is not None:
        said = "loyalty of 0 to 100 by what customers do: {loyalty} in the mean of {customers} customers"
        yield "  " + tr(said, loyalty=f"{metrics['loyalty']:.1f}", customers=f"{metrics['loyalty_customers']:,}")


def _predicted(metrics: Mapping[str, Any]) -> Iterator[str]:
    """How well satisfaction of those not asked is predicted, by customers that the model had not seen."""
    if metrics.get("predicted"):
        yield "  " + tr(
            "predicted for {n} customers: {gain} of the mean's squared error saved, {coverage} within their intervals",
            n=f"{metrics['predicted']:,}",
            gain=f"{metrics['gain']:.0%}",
            coverage=f"{metrics['coverage']:.0%}",
        )
        yield "    " + tr(
            "by tenths of the prediction off by {error} of 100 in the mean; chance alone would put it off by {chance}",
            error=f"{metrics['calibration_error']:.1f}",
            chance=f"{metrics['calibration_error_chance']:.1f}",
        )
    if metrics.get("chance_by") == "model":
        yield "  " + tr(
            "chance of being dissatisfied: AUC {auc}, off by {ece} in the mean (chance alone: {level})",
            auc=f"{metrics['auc']:.2f}",
            ece=f"{metrics['ece']:.1%}",
            level=f"{metrics['ece_chance']:.1%}",
        )


def _drivers(metrics: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    told = [row for row in rows if row["importance"] is not None]
    if not told:
        return
    yield "  " + tr("what moves satisfaction ({share} of it is explained)", share=f"{metrics['explained']:.0%}")
    themes = sorted((row for row in told if row["level"] == "theme"), key=_order)
    single = sorted((row for row in told if row["level"] == "driver"), key=_order)
    lines = [_driver(row) for row in (*themes, *single[:_MOST])]
    yield from aligned([[tr(head) for head in _DRIVERS], *lines], (2, 3), indent=4)
    yield "    " + tr("in brackets 95% intervals, of importance and of the place")
    claim = metrics.get("claim_tested") or {}
    if claim.get("order"):
        order = " > ".join(meant("theme", theme) for theme in claim["order"])
        yield "    " + tr("claimed: {order}: {verdict}", order=order, verdict=tr(metrics["claim"]))


def _order(row: Mapping[str, Any]) -> tuple[float, str]:
    return (-row["importance"], row["driver"])


def _driver(row: Mapping[str, Any]) -> list[str]:
    name = meant("theme", row["theme"]) if row["level"] == "theme" else _named(row["driver"]) + _codes(row["codes"])
    share = f"{row['importance']:.0%} ({row['low']:.0%}..{row['high']:.0%})"
    places = f"{row['place']} ({row['place_low']}..{row['place_high']})"
    goes = tr(_GOES[row["direction"]]) if row["direction"] else ""
    return [name, meant("theme", row["theme"]), share, places, goes]


def _codes(codes: str | None) -> str:
    """What more of a column of two codes is.

    >>> _codes("2 rather than 1"), _codes(None)
    (' (2 rather than 1)', '')
    """
    if not codes:
        return ""
    high, low = codes.split(" rather than ")
    return tr(" ({high} rather than {low})", high=high, low=low)


def _named(driver: str) -> str:
    """An item as it was asked, an attribute by its header, a column of customer_months by what it means.

    >>> _named("complaints_sum_3"), _named("x_Monthly_Charge"), _named("服务态度")
    ('complaints in 3 months', 'Monthly Charge', '服务态度')
    """
    from telcli.tables import contract

    if driver.startswith("x_"):
        return driver.removeprefix("x_").replace("_", " ")
    column = next((one for one in contract("customer_months").columns() if one.name == driver), None)
    if column is None:
        return driver
    short = re.split("[,;]", column.meaning)[0]
    return column.zh if language() == "zh" else short[0].lower() + short[1:]


def _links(rows: Sequence[Mapping[str, Any]], unit: str) -> Iterator[str]:
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
        lines.append(
            [
                tr(_OUTCOMES[outcome], unit=unit),
                *each,
                _between(worst, "difference", form),
                _between(worst, "adjusted", form),
            ]
        )
    months, followed = max(row["months"] for row in rows), _followed(rows)
    yield "  " + tr(
        "what followed in the {months} months after the survey, of {customers} customers",
        months=months,
        customers=f"{followed:,}",
    )
    yield from aligned([[tr(head) for head in _LINKS], *lines], (1, 2, 3, 4, 5), indent=4)
    for outcome, said in _WORSE.items():
        worst = found.get(outcome, {}).get("dissatisfied")
        if worst is not None and worst["adjusted_low"] is not None and worst["adjusted_low"] > 0:
            yield "    " + tr(said)
    if any(row["adjusted_low"] is not None for row in rows):
        yield "    " + tr("in brackets 95% intervals; like customers are of one class and a like time as customers")


def _followed(rows: Sequence[Mapping[str, Any]]) -> int:
    """Customers of whom most is known of what they did after."""
    counts: dict[str, int] = {}
    for row in rows:
        counts[row["outcome"]] = counts.get(row["outcome"], 0) + row["customers"]
    return max(counts.values())


def _figure(row: Mapping[str, Any] | None, name: str, form: str) -> str:
    if row is not None and row["withheld"]:
        return tr("too few")
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
