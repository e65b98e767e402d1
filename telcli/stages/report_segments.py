"""Of the report: segments, their months and the business views."""

from __future__ import annotations

import polars as pl

from telcli.features.view_words import REASONS, group_words, reason_words, view_words
from telcli.figures import segment_agreement, segment_months, segment_reach, segment_views
from telcli.figures.base import Figures
from telcli.stages.report_ground import Ground

__all__ = ["put_segments"]


def put_segments(figures: Figures, ground: Ground) -> frozenset[str]:
    """Put all that is told of segments and views; gives the account classes that are hidden there."""
    _put_counts(figures, ground)
    _put_months(figures, ground)
    _put_agreement(figures, ground)
    return _put_views(figures, ground)


def _put_counts(figures: Figures, ground: Ground) -> None:
    """Why there are so many segments."""
    told = ground.metrics.get("segment") or {}
    if ground.facts.segments and told.get("criterion"):
        figures.put("segment_reason", 1, "reason", told["criterion"], told.get("criterion_zh"))
    if ground.facts.segments and "segment_counts" in ground.tables:
        figures.block("segment_counts", segment_months.counted(ground.tables["segment_counts"].collect()))


def _put_months(figures: Figures, ground: Ground) -> None:
    """Segments against the month before, and tried on an earlier one."""
    if ground.facts.segments and "segment_moves" in ground.tables:
        names = [row["name"] for row in ground.facts.segments]
        gone = [row["name"] for row in ground.facts.segments if row["customers"] is None]
        ways = segment_months.moves(ground.tables["segment_moves"].collect(), names, ground.least, gone)
        figures.block("segment_moves", ways, segment_months.MOVE_TEXTS)
    if ground.facts.segments and "segment_evaluation" in ground.tables:
        rows = segment_months.tried(ground.tables["segment_evaluation"].collect(), ground.least)
        figures.block("segment_trial", rows, segment_months.TRIAL_TEXTS)


def _put_agreement(figures: Figures, ground: Ground) -> None:
    """Segments against a grouping that was held already, where one was named."""
    told = segment_agreement.agreement((ground.metrics.get("segment") or {}).get("against"))
    known = told[0]["customers"] if told else 0
    if known >= ground.least and ground.facts.segments and "segment_agreement" in ground.tables:
        pairs = segment_agreement.crossed(ground.tables["segment_agreement"].collect(), ground.least)
        figures.block("segment_agreement", told, segment_agreement.AGREEMENT_TEXTS)
        figures.block("segment_crossed", pairs, segment_agreement.CROSSED_TEXTS)


def _put_views(figures: Figures, ground: Ground) -> frozenset[str]:
    """Channels and products of segments, the business views, and who is in another stage of life than before.

    Returns the account classes that are hidden there.
    """
    if ground.facts.segments and "segment_reach" in ground.tables:
        sizes = {row["segment"]: row["customers"] for row in ground.facts.segments}
        held = ground.tables["segment_reach"].filter(pl.col("segment").is_in(list(sizes))).collect(engine="streaming")
        figures.block("segment_reach", segment_reach.reach(held, sizes, ground.least), segment_reach.REACH_TEXTS)
    if "customer_views" not in ground.tables:
        return frozenset()
    naming = segment_views.Naming(REASONS, view_words, group_words, reason_words)
    views = ground.tables["customer_views"].collect(engine="streaming")
    rows = segment_views.view_rows(views, ground.lines, naming, ground.least)
    figures.block("views", rows, segment_views.VIEW_TEXTS)
    if "segment_moves" in ground.tables:
        gone = segment_views.hidden_stages(rows, naming)
        ways = segment_views.stage_moves(ground.tables["segment_moves"].collect(), ground.least, gone)
        figures.block("stage_moves", ways, segment_views.STAGE_TEXTS)
    return segment_views.hidden_classes(rows, naming)
