"""Of the report: how far its figures can be trusted, and what is not known yet."""

from __future__ import annotations

from telcli.figures import quality
from telcli.figures.base import Figures
from telcli.stages.report_ground import Ground

__all__ = ["ABSENT", "put_trust", "put_unknown"]

ABSENT = {
    "segments": "telcli segment",
    "value_scores": "telcli score-value",
    "churn_scores": "telcli predict-churn",
}
"""Results that may not be there yet, and the command that makes each."""


def put_trust(figures: Figures, ground: Ground) -> None:
    """How far the figures can be trusted."""
    figures.block("model", [ground.facts.model] if ground.facts.model else [], ("split",))
    figures.block("sources", quality.sources(ground.metrics.get("ingest") or {}), ("source", "encoding"))
    if "rejects" in ground.tables:
        figures.block("quality", quality.refusals(ground.tables["rejects"]), ("source", "rule", "column"))
    value_told = ground.metrics.get("score-value") or {}
    notes = {name: value_told.get(name) for name in ("horizon_months", "discount_rate", "margin_basis", "tail")}
    figures.block("notes", [{**notes, "small_cell": ground.least}], ("margin_basis", "tail"))


def put_unknown(figures: Figures, ground: Ground) -> None:
    """Results not there yet that a command would bring, and what no command brings until more is ingested."""
    unknown = [] if ground.lines["revenue"].is_not_null().any() else ["revenue"]
    unknown += ["label"] if ground.months.height == 1 and not ground.lines["churned"].is_not_null().any() else []
    unknown += ["leaving"] if ground.months.height > 1 and not ground.months["left"].count() else []
    barred = {"revenue": "value_scores", "label": "churn_scores", "leaving": "churn_scores"}
    vain = {barred[name] for name in unknown}
    wanted = [table for table in ABSENT if table not in ground.tables and table not in vain]
    figures.block("absent", [{"table": table, "command": ABSENT[table]} for table in wanted], ("table", "command"))
    figures.block("unknown", [{"what": name} for name in unknown], ("what",))
