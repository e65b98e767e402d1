"""Segments in time: against the month before, and against the months after an earlier one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from telcli.errors import Notice
from telcli.settings import SegmentSettings
from telcli.stages import Inputs
from telcli.stages.segment_before import before_rows
from telcli.stages.segment_count import Segmented, by_measure, clusterer, count_rows
from telcli.stages.segment_evaluation import evaluated, gains
from telcli.stages.segment_moves import move_rows, past
from telcli.stages.segment_record import Record
from telcli.stages.segment_stability import steadiness
from telcli.stages.segment_trial import Trial, trial
from telcli.stages.segment_views import rates_set

__all__ = ["InTime", "in_time"]


@dataclass(frozen=True)
class InTime:
    """Tables segment_counts, segment_moves, segment_evaluation and segments_before, metrics, and what to say."""

    tables: Mapping[str, pl.DataFrame]
    metrics: Mapping[str, Any]
    notices: tuple[Notice, ...] = ()


def in_time(
    now: Segmented,
    segments: pl.DataFrame,
    profiled: pl.DataFrame,
    record: Record | None,
    inputs: Inputs,
    settings: SegmentSettings,
) -> InTime:
    """Compare with the snapshot before, where there is one, and try the segments on an earlier month.

    `segments` and `profiled` are the tables of today.
    """
    before = past(record, inputs.tables, now, profiled, settings)
    tried = trial(inputs.tables, now, settings, rates_set(inputs))
    found = evaluated(tried, now, profiled, clusterer(settings), settings.name_overlap, inputs.seed)
    ks = [one.k for one in now.grouping.tried.candidates]
    gained = gains(tried, ks, clusterer(settings), inputs.seed)
    counts = count_rows(now.grouping, gained, now.as_of)
    return InTime(
        {
            "segment_counts": counts,
            "segment_moves": move_rows(before, segments, profiled, now.as_of, inputs.tables),
            "segment_evaluation": found.rows,
            "segments_before": before_rows(now, profiled, inputs.tables),
        },
        {
            "between_months": steadiness(before, record, inputs.tables, now, segments),
            "evaluation": found.metrics,
            "k_by_measure": by_measure(now.grouping, gained),
            "k_table": counts.drop("as_of").to_dicts() if ks else [],
        },
        _untold(tried, now),
    )


def _untold(tried: Trial | None, now: Segmented) -> tuple[Notice, ...]:
    """What to load where months of history do not tell who left, and no label does."""
    if tried is None or now.people.churned is not None or not np.isnan(tried.churned).all():
        return ()
    words = (
        "No month tells of anybody who left, so what segments tell of churn is not known. Lines with the day on which "
        "they ended (ended_on of subscriptions), or a label of who left, would tell."
    )
    return (Notice("segment-leaving-unknown", words),)
