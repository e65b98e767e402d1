"""What segments tell of the future: those of an earlier month against what became of its customers since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.features.month_index import add_months
from telcli.methods.cluster_count import Maker
from telcli.methods.cluster_quality import About, about_label
from telcli.methods.clustering import Labels, draw_rows
from telcli.methods.matching import UNMATCHED, crossed, jaccard, match
from telcli.stages.segment_count import SAMPLE_ROWS, Grouping, Segmented, in_order
from telcli.stages.segment_trial import Trial

__all__ = ["Evaluation", "evaluated", "gains"]

_CLASSES = 3
"""Values are told apart in thirds."""
_CHANCE_ROUNDS = 49
_SCHEMA = {
    "outcome": pl.String(),
    "measure": pl.String(),
    "segment": pl.Int64(),
    "segment_name": pl.String(),
    "segment_name_zh": pl.String(),
    "customers": pl.Int64(),
    "rate_or_mean": pl.Float64(),
    "lift": pl.Float64(),
}


@dataclass(frozen=True)
class Evaluation:
    """Table segment_evaluation, and what it comes to for the metrics; None where nothing could be measured."""

    rows: pl.DataFrame
    metrics: Mapping[str, Any] | None


def evaluated(
    found: Trial | None, now: Segmented, profiled: pl.DataFrame, make: Maker, least: float, seed: int
) -> Evaluation:
    """Segment the earlier month into as many segments as today's, and measure what they tell of what came after.

    `make` gives the clusterer. A segment is called as the one of today that has more than `least` of its customers
    (Jaccard index), or else by number and month, with the segment that most of them are in today.
    """
    nothing = Evaluation(pl.DataFrame(schema=_SCHEMA).with_columns(_months(now, now.as_of)), None)
    k = len(now.grouping.centres)
    if found is None or k < 2 or not found.prepared.shape[1]:
        return nothing
    labels = _labels(found, now, make, seed)
    names = _names(found, labels, now, profiled, least)
    told: dict[str, Any] = {
        "by": "label" if found.month == found.last else "later months",
        "month": f"{found.month:%Y-%m}",
        "window": None if found.month == found.last else _window(found),
        "customers": len(labels),
        "k": int(labels.max()) + 1,
        "left_out": list(found.left_out),
    }
    frames = [nothing.rows]
    for outcome, values in (("churn", found.churned), ("value", found.value)):
        about = _about(labels, values, outcome, seed)
        if about is not None:
            rows, summary = _measured(outcome, labels, values, names, about)
            measure = "left" if outcome == "churn" else found.measure
            told[outcome] = {"measure": measure, **summary}
            frames.append(rows.with_columns(_months(now, found.month), measure=pl.lit(measure)))
    return Evaluation(pl.concat(frames), told) if len(frames) > 1 else nothing


def gains(found: Trial | None, ks: Sequence[int], make: Maker, seed: int) -> dict[int, tuple[float, float]]:
    """For each number of segments, the bits that they tell of churn after the earlier month, and that chance would.

    On a sample, as each number is tried; empty where churn is not known.
    """
    if found is None or not found.prepared.shape[1] or np.isnan(found.churned).all():
        return {}
    rows = draw_rows(len(found.prepared), SAMPLE_ROWS, seed)
    some, churned = found.prepared[rows], found.churned[rows]
    told = {}
    for k in ks:
        labels = make(k, seed).fit(some).labels_
        about = _about(labels, churned, "churn", seed, _CHANCE_ROUNDS)
        if about is not None:
            told[k] = (about.information_gain, about.chance_gain)
    return told


def _labels(found: Trial, now: Segmented, make: Maker, seed: int) -> Labels:
    """Segments of the earlier month, from 0 in the order of its revenue; today's own where a label is the outcome."""
    if found.month == found.last:
        return now.grouping.labels
    fitted = make(len(now.grouping.centres), seed).fit(found.prepared)
    return in_order(Grouping(fitted.labels_, fitted.cluster_centers_, ""), found.prepared, found.revenue).labels


def _names(found: Trial, labels: Labels, now: Segmented, profiled: pl.DataFrame, least: float) -> list[tuple[str, str]]:
    today = pl.DataFrame({"customer_id": now.people.frame["customer_id"], "now": now.grouping.labels})
    both = pl.DataFrame({"customer_id": found.customers, "then": labels}).join(today, on="customer_id")
    shape = (int(labels.max()) + 1, len(now.grouping.centres))
    counts = crossed(both["then"], both["now"], shape)
    names = profiled.select("segment_name", "segment_name_zh").rows()
    return [
        names[pair] if pair != UNMATCHED else _by_place(place, found.month, counts[place], names)
        for place, pair in enumerate(match(jaccard(counts), least))
    ]


def _by_place(place: int, month: date, went: NDArray[np.int64], names: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """The name of a segment that became none of today's; `went` counts its customers by their segment of today."""
    told = (f"Segment {place + 1} of {month:%Y-%m}", f"{month:%Y-%m}客群{place + 1}")
    if not went.any():
        return told
    english, chinese = names[int(went.argmax())]
    return f"{told[0]}, most of it now in: {english}", f"{told[1]}（现多属{chinese}）"


def _about(labels: Labels, values: NDArray[np.float64], outcome: str, seed: int, shuffles: int = 999) -> About | None:
    """What labels tell of the classes of an outcome; None where it is known of nobody."""
    known = ~np.isnan(values)
    if not known.any():
        return None
    classes = values[known] if outcome == "churn" else _thirds(values[known])
    shape = (int(labels.max()) + 1, 2 if outcome == "churn" else _CLASSES)
    return about_label(crossed(labels[known], classes, shape), shuffles, seed)


def _thirds(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """The third that each value is in; equal values are in one."""
    bounds = np.quantile(values, np.arange(1, _CLASSES) / _CLASSES)
    return np.searchsorted(bounds, values, side="left").astype(np.int64)


def _measured(
    outcome: str, labels: Labels, values: NDArray[np.float64], names: Sequence[tuple[str, str]], about: About
) -> tuple[pl.DataFrame, dict[str, Any]]:
    """Rows of segment_evaluation without months, and the summary of one outcome."""
    known = ~np.isnan(values)
    overall = float(values[known].mean())
    counts = np.bincount(labels[known], minlength=len(names))
    totals = np.bincount(labels[known], weights=values[known], minlength=len(names))
    rows = [
        {
            "outcome": outcome,
            "segment": place + 1,
            "segment_name": names[place][0],
            "segment_name_zh": names[place][1],
            "customers": int(counts[place]),
            "rate_or_mean": float(totals[place] / counts[place]),
            "lift": float(totals[place] / counts[place] / overall) if overall > 0 else None,
        }
        for place in np.flatnonzero(counts).tolist()
    ]
    lifts = [row["lift"] for row in rows if row["lift"] is not None]
    told = {("rate" if outcome == "churn" else "mean"): overall, "customers": int(known.sum()), **asdict(about)}
    spread = {"lowest_lift": min(lifts, default=None), "highest_lift": max(lifts, default=None)}
    return pl.DataFrame(rows, schema=_SCHEMA), {**told, **spread}


def _months(now: Segmented, month: date) -> list[pl.Expr]:
    return [pl.lit(now.as_of).alias("as_of"), pl.lit(month).alias("measured_on")]


def _window(found: Trial) -> list[str]:
    return [f"{add_months(found.month, 1):%Y-%m}", f"{found.last:%Y-%m}"]
