"""Of the report: the bridge from month to month, and quarter and year beside the month."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import polars as pl

from telcli.errors import Notice
from telcli.figures import findings, period_findings
from telcli.figures.base import Figures
from telcli.figures.bridge import bridges_of, put_bridge, shown_alone
from telcli.figures.bridge_findings import unusual
from telcli.figures.bridge_steps import Step, steps
from telcli.figures.finding import Facts, Finding
from telcli.figures.period import COMPARED, KINDS, Period, about, alike, changes, compared, figures_of, period_of

__all__ = ["LONG", "Past", "past_of", "period_rows", "put_past", "unfinished", "with_bridge"]

LONG = tuple(kind for kind in KINDS if kind != "month")
"""Periods of several months."""
LISTED = 12
"""Months whose bridges stand one beside the other on the page of a month."""
_ABOUT = ("period", "kind", "first", "last", "months", "lacking", "unpriced", "before", "year_before", "opened")


@dataclass(frozen=True)
class Past:
    """The months up to the snapshot by their first day, and the steps that end in each, as far as they are looked at.

    `told` are parts of the base whose counts stand on the page anyway; `least` the smallest group that is shown.
    """

    as_of: date
    months: Mapping[date, Mapping[str, Any]]
    steps: Mapping[date, Step]
    told: Collection[str]
    least: int

    def held(self, period: Period) -> list[date]:
        """The months of a period that are there."""
        return [month for month in period.months if month in self.months]

    def steps_of(self, months: Sequence[date]) -> list[Step]:
        """The steps that end in some months; the first month of all has none."""
        return [self.steps[month] for month in months if month in self.steps]

    def figures(self, months: Sequence[date]) -> dict[str, float]:
        """The figures of some months together; none where one of them is not held."""
        return figures_of(self.months, self.steps, months, alone=self._alone(months))

    def alike(self, now: Sequence[date], then: Sequence[date]) -> dict[str, float]:
        """The figures of other months, as many, that may stand beside those of `now`."""
        return alike(self.months, self.steps, now, then, alone=self._alone(then))

    def _alone(self, months: Sequence[date]) -> bool:
        return "joined" not in shown_alone(self.steps_of(months), self.least, self.told)["base"]


def past_of(customer_months: pl.LazyFrame, months: pl.DataFrame, as_of: date, least: int) -> Past:
    """The months and their steps, from the January before the last one on."""
    told = ("left",) if months["left"].count() else ()
    rows = months.with_columns(before=pl.col("customers").shift(1)).to_dicts()
    made = steps(customer_months, months, date(as_of.year - 1, 1, 1))
    return Past(as_of, {row["month"]: row for row in rows}, {step.month: step for step in made}, told, least)


def with_bridge(facts: Facts, past: Past, period: Period, table: str) -> Facts:
    """The facts with those of the period: its bridge, its figures and those of the periods it is compared with."""
    held = past.held(period)
    made = past.steps_of(held)
    sides = _sides(past, period)
    blocks: dict[str, list[dict[str, Any]]] = {name: [found] for name, found in sides.items() if found}
    blocks |= {
        "period": [_told(past, period)],
        "unusual": unusual(list(past.steps.values()), held, past.least, past.told),
    }
    if made:
        ends = {"before": f"{made[0].before:%Y-%m}", "last": f"{made[-1].month:%Y-%m}"}
        where = " AND ".join(
            [*([f"period = '{period.name}'"] if period.kind in LONG else []), "section LIKE 'bridge%'"]
        )
        blocks["bridge_ends"] = [{**ends, "rows": f'{table} --where "{where}"'}]
    return replace(facts, blocks={**facts.blocks, **blocks, **bridges_of(made, past.least, past.told)})


def _told(past: Past, period: Period) -> dict[str, Any]:
    """What the period is, and the month held before it."""
    first = past.held(period)[0]
    opened = max((month for month in past.months if month < first), default=None)
    return about(period, past.months) | {"opened": f"{opened:%Y-%m}" if opened else ""}


def put_past(figures: Figures, past: Past, period: Period, facts: Facts) -> None:
    """Put the bridge of a period and its figures beside those of the period before and of a year before.

    `facts` are those of the period, as `with_bridge` gives them.
    """
    now, then, year = (next(iter(facts.blocks.get(name, ())), {}) for name in ("now", "then", "year"))
    figures.block("period", facts.blocks["period"], _ABOUT)
    figures.block("compare", compared(now, then, year), ("figure",))
    for row, (name, change) in enumerate(changes(now, year).items(), 1):
        figures.put("kpi_year", row, name, change)
    made = past.steps_of(past.held(period))
    listed = made if period.kind in LONG else list(past.steps.values())[-LISTED:]
    put_bridge(figures, facts.blocks, listed if made else [], past.least, past.told)


def period_rows(past: Past, facts: Facts) -> tuple[pl.DataFrame, dict[str, Any]]:
    """The table period_figures for the quarter and the year of the snapshot, and the figures of each by its name."""
    frames, metrics = [], {}
    for kind in LONG:
        period = period_of(kind, past.as_of)
        own = with_bridge(facts, past, period, "period_figures")
        figures = Figures()
        found = _put_period(figures, past, period, own)
        frame = figures.frame(past.as_of)
        frames.append(frame.select("as_of", pl.lit(period.name).alias("period"), pl.exclude("as_of")))
        now = {name: own.blocks["now"][0][name] for name in COMPARED if name in own.blocks["now"][0]}
        told = own.blocks["period"][0]
        metrics[period.name] = {**now, "months": told["held"], "complete": bool(told["complete"]), "findings": found}
    return pl.concat(frames), metrics


def unfinished(past: Past, kinds: Sequence[str]) -> list[Notice]:
    """A warning for each period asked for that lacks months."""
    found = [about(period_of(kind, past.as_of), past.months) for kind in kinds]
    words = "{period} is not complete: {held} of its {wanted} months are there ({first} to {last}). Sums are of these."
    return [
        Notice("period-incomplete", words, {name: told[name] for name in ("period", "held", "wanted", "first", "last")})
        for told in found
        if told["held"] < told["wanted"]
    ]


def _sides(past: Past, period: Period) -> dict[str, dict[str, float]]:
    """The figures of the period, of the period before and of a year before, over the same months of each."""
    places = [place for place, month in enumerate(period.months) if month in past.months]
    earlier = {"then": period.earlier(len(period.months)), "year": period.earlier(12)}
    held = past.held(period)
    found = {name: past.alike(held, [one.months[place] for place in places]) for name, one in earlier.items()}
    return {"now": past.figures(held), **found}


def _put_period(figures: Figures, past: Past, period: Period, facts: Facts) -> list[str]:
    """Put all that a period has of its own, and give the titles of its findings; its state is that of the snapshot."""
    now, then = facts.blocks["now"][0], next(iter(facts.blocks.get("then", ())), {})
    kpi = {name: now[name] for name in COMPARED if name in now}
    for row, (name, number) in enumerate({**facts.kpi, **kpi}.items(), 1):
        if name in kpi or name not in COMPARED:
            figures.put("kpi", row, name, number)
            figures.put("kpi_change", row, name, changes(now, then).get(name))
    own = [(finding, 0.0) for finding in findings.find(facts, period_findings.RULES)]
    ranked = findings.ranked([*own, *((finding, 1.0) for finding in findings.find(facts, findings.STATE))])
    rows = [{**row, "state": state} for row, (_, state) in zip(_rows(ranked), ranked, strict=True)]
    figures.block("findings", rows, findings.TEXTS)
    put_past(figures, past, period, facts)
    return [finding.texts["title"].en for finding, state in ranked if not state]


def _rows(ranked: Sequence[tuple[Finding, float]]) -> list[Mapping[str, Any]]:
    return findings.rows([finding for finding, _ in ranked])
