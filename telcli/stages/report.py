"""report: from every result of the month to the one table that its pages are drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from telcli.errors import MissingInputError
from telcli.features.churn_words import feature_name
from telcli.features.view_words import REASONS, group_words, reason_words, view_words
from telcli.figures import (
    churn,
    customers,
    findings,
    kpis,
    leavers,
    quality,
    reasons,
    segment_agreement,
    segment_months,
    segment_reach,
    segment_views,
    segments,
    value,
)
from telcli.figures.ahead import put_ahead
from telcli.figures.base import Figures
from telcli.figures.finding import Facts
from telcli.figures.retained import loop_blocks, put_loop
from telcli.figures.value_figures import put_value
from telcli.figures.watched import put_watch, watch_blocks
from telcli.settings import ReportSettings
from telcli.stages import Inputs, Outcome

__all__ = ["ABSENT", "report"]

ABSENT = {
    "segments": "telcli segment",
    "value_scores": "telcli score-value",
    "churn_scores": "telcli predict-churn",
}
"""Results that may not be there yet, and the command that makes each."""


def report(inputs: Inputs, settings: ReportSettings) -> Outcome:
    """Gather the month's figures from every result there is.

    Parameters
    ----------
    inputs : Inputs
        Its table customer_months is required, every other result is used where it exists; `choices` holds `metrics`
        (what earlier stages recorded, by stage) and `currency`.
    settings : ReportSettings
        How many customers to list, how many months to draw, the smallest group to show.

    Returns
    -------
    Table report_figures; metrics: the headline figures by name, `auc` where there is a model, and `findings`, ranked.

    Raises
    ------
    MissingInputError
        customer_months holds nobody who is live in the month.
    """
    tables, metrics = inputs.tables, inputs.choices.get("metrics") or {}
    inputs.progress("months", 0, 3)
    months = customers.monthly(tables["customer_months"])
    as_of = _month(months, inputs.as_of)
    inputs.progress("customers", 1, 3)
    lines = customers.snapshot(tables, as_of, flat=months.height == 1, costed=_costed(metrics))
    figures = Figures()
    inputs.progress("figures", 2, 3)
    facts = _facts(tables, metrics, months, lines, settings, str(inputs.choices.get("currency", "CNY")))
    found = findings.find(facts)
    _put_headlines(figures, facts, findings.rows(found), months, settings)
    _put_counts(figures, facts, tables, metrics)
    _put_months(figures, facts, tables, settings)
    _put_agreement(figures, facts, tables, metrics, settings)
    gone = _put_views(figures, facts, tables, lines, settings)
    put_value(figures, tables, metrics.get("score-value") or {}, lines, months.height, settings.small_cell, gone)
    _put_risk(figures, facts, tables, lines, settings)
    put_ahead(figures, tables, settings.small_cell, feature_name, priced=_costed(metrics) or customers.priced(lines))
    put_loop(figures, facts.blocks)
    _put_left(figures, tables, settings)
    put_watch(figures, facts.blocks)
    _put_trust(figures, facts, tables, metrics, settings)
    _put_unknown(figures, tables, lines, months)
    listed = [
        {
            "kind": f.kind,
            "amount": f.amount,
            "text": f.texts["title"].en,
            "text_zh": f.texts["title"].zh,
            "command": f.command,
        }
        for f in found
    ]
    inputs.progress("figures", 3, 3)
    return Outcome(
        tables={"report_figures": figures.frame(as_of).lazy()},
        metrics={**facts.kpi, **_auc(facts), "findings": listed},
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


def _facts(
    tables: Mapping[str, pl.LazyFrame],
    metrics: Mapping[str, Any],
    months: pl.DataFrame,
    lines: pl.DataFrame,
    settings: ReportSettings,
    currency: str,
) -> Facts:
    bands, valued = churn.bands(lines), lines["current_value"].count()
    profiles = tables.get("segment_profiles")
    costs = _rows(tables, "churn_costs", ["cost", "method"], ("method", "cost", "contacted", "chosen"))
    return Facts(
        currency=currency,
        months=months.to_dicts(),
        kpi=kpis.headline(months, lines, bands),
        value=value.about(lines["current_value"]) if valued >= settings.small_cell else {},
        bands=bands,
        grid=churn.grid(lines, settings.small_cell),
        segments=[] if profiles is None else segments.segment_rows(profiles.collect(), lines, settings.small_cell),
        # With no revenue known costs rest on an assumed worth, which is no finding about these customers.
        costs=costs if _costed(metrics) or customers.priced(lines) else [],
        model=kpis.model(metrics),
        quality=_quality(tables, metrics),
        blocks={**loop_blocks(tables, settings.small_cell), **watch_blocks(tables, settings.small_cell)},
    )


def _costed(metrics: Mapping[str, Any]) -> bool:
    """Whether the costs of contacting were given, so that savings rest on them and not on what customers bring."""
    return (metrics.get("predict-churn") or {}).get("value_from") == "costs"


def _put_headlines(
    figures: Figures, facts: Facts, found: list[Mapping[str, Any]], months: pl.DataFrame, settings: ReportSettings
) -> None:
    for row, (name, number) in enumerate(facts.kpi.items(), 1):
        figures.put("kpi", row, name, number)
        figures.put("kpi_change", row, name, kpis.changes(months).get(name))
    figures.block("findings", found, findings.TEXTS)
    drawn = months.tail(settings.trend_months).with_columns(month=pl.col("month").dt.strftime("%Y-%m"))
    figures.block("trend", drawn.to_dicts(), ("month",))
    figures.block("segments", facts.segments, segments.TEXTS)


def _put_counts(figures: Figures, facts: Facts, tables: Mapping[str, pl.LazyFrame], metrics: Mapping[str, Any]) -> None:
    """Why there are so many segments."""
    told = metrics.get("segment") or {}
    if facts.segments and told.get("criterion"):
        figures.put("segment_reason", 1, "reason", told["criterion"], told.get("criterion_zh"))
    if facts.segments and "segment_counts" in tables:
        figures.block("segment_counts", segment_months.counted(tables["segment_counts"].collect()))


def _put_months(figures: Figures, facts: Facts, tables: Mapping[str, pl.LazyFrame], settings: ReportSettings) -> None:
    """Segments against the month before, and tried on an earlier one."""
    if facts.segments and "segment_moves" in tables:
        names = [row["name"] for row in facts.segments]
        gone = [row["name"] for row in facts.segments if row["customers"] is None]
        ways = segment_months.moves(tables["segment_moves"].collect(), names, settings.small_cell, gone)
        figures.block("segment_moves", ways, segment_months.MOVE_TEXTS)
    if facts.segments and "segment_evaluation" in tables:
        rows = segment_months.tried(tables["segment_evaluation"].collect(), settings.small_cell)
        figures.block("segment_trial", rows, segment_months.TRIAL_TEXTS)


def _put_agreement(
    figures: Figures,
    facts: Facts,
    tables: Mapping[str, pl.LazyFrame],
    metrics: Mapping[str, Any],
    settings: ReportSettings,
) -> None:
    """Segments against a grouping that was held already, where one was named."""
    told = segment_agreement.agreement((metrics.get("segment") or {}).get("against"))
    known = told[0]["customers"] if told else 0
    if known >= settings.small_cell and facts.segments and "segment_agreement" in tables:
        pairs = segment_agreement.crossed(tables["segment_agreement"].collect(), settings.small_cell)
        figures.block("segment_agreement", told, segment_agreement.AGREEMENT_TEXTS)
        figures.block("segment_crossed", pairs, segment_agreement.CROSSED_TEXTS)


def _put_views(
    figures: Figures,
    facts: Facts,
    tables: Mapping[str, pl.LazyFrame],
    lines: pl.DataFrame,
    settings: ReportSettings,
) -> frozenset[str]:
    """Channels and products of segments, the business views, and who is in another stage of life than before.

    Returns the account classes that are hidden there.
    """
    if facts.segments and "segment_reach" in tables:
        sizes = {row["segment"]: row["customers"] for row in facts.segments}
        held = tables["segment_reach"].filter(pl.col("segment").is_in(list(sizes))).collect(engine="streaming")
        figures.block("segment_reach", segment_reach.reach(held, sizes, settings.small_cell), segment_reach.REACH_TEXTS)
    if "customer_views" not in tables:
        return frozenset()
    naming = segment_views.Naming(REASONS, view_words, group_words, reason_words)
    views = tables["customer_views"].collect(engine="streaming")
    rows = segment_views.view_rows(views, lines, naming, settings.small_cell)
    figures.block("views", rows, segment_views.VIEW_TEXTS)
    if "segment_moves" in tables:
        gone = segment_views.hidden_stages(rows, naming)
        ways = segment_views.stage_moves(tables["segment_moves"].collect(), settings.small_cell, gone)
        figures.block("stage_moves", ways, segment_views.STAGE_TEXTS)
    return segment_views.hidden_classes(rows, naming)


def _put_risk(
    figures: Figures, facts: Facts, tables: Mapping[str, pl.LazyFrame], lines: pl.DataFrame, settings: ReportSettings
) -> None:
    figures.block("risk", facts.bands, ("band",))
    figures.block("grid", facts.grid, ("tier", "band"))
    if "churn_scores" in tables:
        figures.block("reasons", reasons.reasons(tables["churn_scores"], lines, settings.small_cell), ("reason",))
    lift = ("decile", "customers", "churners", "churn_rate", "mean_probability", "lift")
    figures.block("lift", _rows(tables, "churn_lift", ["decile"], lift))
    figures.block("costs", facts.costs, ("method",))
    top = customers.top_customers(lines, tables, settings.top_customers)
    names = ["customer_id", "segment_name", "segment_name_zh", "revenue", "lifetime_value", "value_tier"]
    names += ["churn_probability", "at_risk_value", "target", "expected_saving", "reason", "reason_zh"]
    rows = top.select(pl.col(name) for name in names if name in top.columns).to_dicts()
    figures.block("top_customers", rows, ("customer_id", "segment_name", "value_tier", "reason"))


def _put_left(figures: Figures, tables: Mapping[str, pl.LazyFrame], settings: ReportSettings) -> None:
    """Who left, when, why, and what calls for care."""
    least = settings.small_cell
    if "churn_by" in tables:
        rows = leavers.by_rows(tables["churn_by"].collect(), least, _dimension)
        figures.block("left_by", rows, leavers.BY_TEXTS)
    for name, table, made, texts in (
        ("left_stay", "churn_tenure", leavers.stay_rows, leavers.STAY_TEXTS),
        ("left_causes", "churn_causes", leavers.cause_rows, leavers.CAUSE_TEXTS),
        ("care", "care_triggers", leavers.care_rows, leavers.CARE_TEXTS),
    ):
        if table in tables:
            figures.block(name, made(tables[table].collect(engine="streaming"), least), texts)


def _dimension(name: str) -> tuple[str, str]:
    """What an attribute of the extract is called; other dimensions by their own names, which the page has words for."""
    return feature_name(name) if name.startswith("x_") else (name, name)


def _put_trust(
    figures: Figures,
    facts: Facts,
    tables: Mapping[str, pl.LazyFrame],
    metrics: Mapping[str, Any],
    settings: ReportSettings,
) -> None:
    """How far the figures can be trusted."""
    figures.block("model", [facts.model] if facts.model else [], ("split",))
    figures.block("sources", quality.sources(metrics.get("ingest") or {}), ("source", "encoding"))
    if "rejects" in tables:
        figures.block("quality", quality.refusals(tables["rejects"]), ("source", "rule", "column"))
    value_told = metrics.get("score-value") or {}
    notes = {name: value_told.get(name) for name in ("horizon_months", "discount_rate", "margin_basis", "tail")}
    figures.block("notes", [{**notes, "small_cell": settings.small_cell}], ("margin_basis", "tail"))


def _put_unknown(
    figures: Figures, tables: Mapping[str, pl.LazyFrame], lines: pl.DataFrame, months: pl.DataFrame
) -> None:
    """Results not there yet that a command would bring, and what no command brings until more is ingested."""
    unknown = [] if lines["revenue"].is_not_null().any() else ["revenue"]
    unknown += ["label"] if months.height == 1 and not lines["churned"].is_not_null().any() else []
    unknown += ["leaving"] if months.height > 1 and not months["left"].count() else []
    barred = {"revenue": "value_scores", "label": "churn_scores", "leaving": "churn_scores"}
    vain = {barred[name] for name in unknown}
    wanted = [table for table in ABSENT if table not in tables and table not in vain]
    figures.block("absent", [{"table": table, "command": ABSENT[table]} for table in wanted], ("table", "command"))
    figures.block("unknown", [{"what": name} for name in unknown], ("what",))


def _quality(tables: Mapping[str, pl.LazyFrame], metrics: Mapping[str, Any]) -> dict[str, Any]:
    if "rejects" not in tables:
        return {}
    read = quality.sources(metrics.get("ingest") or {})
    return quality.about(quality.refusals(tables["rejects"]), tables["rejects"], read)


def _rows(
    tables: Mapping[str, pl.LazyFrame], name: str, order: list[str], columns: tuple[str, ...]
) -> list[dict[str, Any]]:
    """A small result table as rows in order; empty where there is none."""
    return tables[name].select(columns).sort(order).collect().to_dicts() if name in tables else []


def _auc(facts: Facts) -> dict[str, float]:
    return {name: facts.model[name] for name in ("auc", "top_decile_lift", "brier") if name in facts.model}
