"""report: from every result of the month to the one table that its pages are drawn from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl

from telcli.errors import MissingInputError
from telcli.features.churn_words import feature_name
from telcli.figures import customers, findings, kpis, segments
from telcli.figures.ahead import put_ahead
from telcli.figures.base import Figures
from telcli.figures.branches_ended import branches_ended
from telcli.figures.finding import Facts, Finding
from telcli.figures.period import period_of
from telcli.figures.pictures import put_pictures
from telcli.figures.retained import put_loop
from telcli.figures.slices import put_slices
from telcli.figures.value_figures import put_value
from telcli.figures.watched import put_watch
from telcli.settings import ReportSettings
from telcli.settings.periods_named import periods_of
from telcli.stages import Inputs, Outcome
from telcli.stages.report_control import checked, put_control
from telcli.stages.report_ground import Ground, costed, facts_of
from telcli.stages.report_periods import past_of, period_rows, put_past, unfinished, with_bridge
from telcli.stages.report_risk import put_left, put_risk
from telcli.stages.report_segments import put_segments
from telcli.stages.report_told import read_told
from telcli.stages.report_trust import put_trust, put_unknown
from telcli.tables.content_hash import content_hash

__all__ = ["report"]


def report(inputs: Inputs, settings: ReportSettings) -> Outcome:
    """Gather the month's figures from every result there is.

    Parameters
    ----------
    inputs : Inputs
        Its table customer_months is required, every other result is used where it exists; `choices` holds `metrics`
        (what earlier stages recorded, by stage), `currency`, and `control_totals` as the pipeline read them.
    settings : ReportSettings
        How many customers to list, how many months to draw, the smallest group to show.

    Returns
    -------
    Tables report_figures, of the month, and period_figures, of its quarter and year, whichever pages are asked for;
    metrics: the headline figures by name, `auc` where there is a model, `findings`, ranked,
    `control`, how many sums and control totals agree, `content_hash` over all figures of
    the month, and `periods`, the figures of quarter and year. Notices tell what differs.

    Raises
    ------
    MissingInputError
        customer_months holds nobody who is live in the month.
    DataError
        Control totals cannot be read.
    """
    tables, metrics = inputs.tables, inputs.choices.get("metrics") or {}
    inputs.progress("months", 0, 3)
    months = customers.monthly(tables["customer_months"])
    as_of = _month(months, inputs.as_of)
    inputs.progress("customers", 1, 3)
    lines = customers.snapshot(tables, as_of, flat=months.height == 1, costed=costed(metrics))
    inputs.progress("figures", 2, 3)
    plain = facts_of(tables, metrics, months, lines, settings, str(inputs.choices.get("currency", "CNY")))
    ground, figures = Ground(tables, metrics, months, lines, settings, plain), Figures()
    choices = put_slices(figures, tables, lines, as_of, settings.small_cell)
    control = checked(ground, as_of, read_told(inputs.choices.get("control_totals")), choices)
    plain = replace(plain, blocks={**plain.blocks, **control.blocks})
    past, month = past_of(tables["customer_months"], months, as_of, settings.small_cell), period_of("month", as_of)
    facts = with_bridge(plain, past, month, "report_figures")
    ground = replace(ground, facts=facts)
    found = findings.find(facts)
    _put_headlines(figures, ground, findings.rows(found))
    put_past(figures, past, month, facts)
    _put_all(figures, ground)
    longer, periods = period_rows(past, plain)
    inputs.progress("figures", 3, 3)
    made = figures.frame(as_of)
    return Outcome(
        tables={"report_figures": made.lazy(), "period_figures": longer.lazy()},
        metrics={
            **facts.kpi,
            **_auc(facts),
            "findings": _listed(found),
            "control": control.metrics,
            "content_hash": content_hash(made, facts.currency),
            "periods": periods,
        },
        notices=(
            *control.notices,
            *unfinished(past, periods_of(settings.period)),
            *branches_ended((metrics.get("ingest") or {}).get("merged") or (), as_of),
        ),
        as_of=as_of,
    )


def _month(months: pl.DataFrame, asked: date | None) -> date:
    """The month to report on, which must have customers."""
    last: date | None = months["month"][-1] if months.height else None
    if last is None or (asked or last) != last or not months["customers"][-1]:
        found = asked or last
        raise MissingInputError(
            "report-no-customers",
            "Nobody is a customer in {month}, so there is nothing to report.",
            hint="Choose another --as-of, or run: telcli ingest",
            month=f"{found:%Y-%m}" if found else "-",
        )
    return last


def _put_headlines(figures: Figures, ground: Ground, found: list[Mapping[str, Any]]) -> None:
    facts, months = ground.facts, ground.months
    for row, (name, number) in enumerate(facts.kpi.items(), 1):
        figures.put("kpi", row, name, number)
        figures.put("kpi_change", row, name, kpis.changes(months).get(name))
    figures.block("findings", found, findings.TEXTS)
    drawn = months.tail(ground.settings.trend_months).with_columns(month=pl.col("month").dt.strftime("%Y-%m"))
    figures.block("trend", drawn.to_dicts(), ("month",))
    figures.block("segments", facts.segments, segments.TEXTS)


def _put_all(figures: Figures, ground: Ground) -> None:
    """Every section of the page after its headlines, in order."""
    tables, metrics, least = ground.tables, ground.metrics, ground.least
    gone = put_segments(figures, ground)
    put_value(figures, tables, metrics.get("score-value") or {}, ground.lines, ground.months.height, least, gone)
    put_risk(figures, ground)
    put_ahead(figures, tables, least, feature_name, priced=costed(metrics) or customers.priced(ground.lines))
    put_loop(figures, ground.facts.blocks)
    put_left(figures, ground)
    put_watch(figures, ground.facts.blocks)
    put_control(figures, ground.facts.blocks)
    put_pictures(figures, ground.facts.blocks)
    put_trust(figures, ground)
    put_unknown(figures, ground)


def _listed(found: Sequence[Finding]) -> list[dict[str, Any]]:
    """The findings as the stage's metrics tell them."""
    return [
        {
            "kind": finding.kind,
            "amount": finding.amount,
            "text": finding.texts["title"].en,
            "text_zh": finding.texts["title"].zh,
            "command": finding.command,
        }
        for finding in found
    ]


def _auc(facts: Facts) -> dict[str, float]:
    return {name: facts.model[name] for name in ("auc", "top_decile_lift", "brier") if name in facts.model}
