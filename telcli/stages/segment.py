"""`telcli segment`: customers grouped by how they behave, each group measured, named and advised on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from telcli.errors import Notice, UsageError
from telcli.features.lifecycle import LifecycleRules
from telcli.features.traits import consumption_tier
from telcli.methods.cluster_count import Candidate, choose, try_each
from telcli.methods.cluster_quality import about_label, sampled_silhouette, separation
from telcli.methods.clustering import Floats, Labels, SampledKMeans, draw_rows
from telcli.methods.preparation import BehaviourPreparation
from telcli.settings import SegmentSettings
from telcli.stages import Inputs, Outcome
from telcli.stages.segment_people import People, gather
from telcli.stages.segment_portrait import profile_rows
from telcli.stages.segment_words import reasoned

__all__ = ["segment"]

_SAMPLE_ROWS = 25_000
_FEWEST_ROWS = 30
_ROWS_PER_SEGMENT = 10


@dataclass(frozen=True)
class _Grouping:
    """Labels from 0 in the order of segments; the measures of each k that was tried, and the word for why this k."""

    labels: Labels
    criterion: str
    candidates: Sequence[Candidate] = ()
    stability: float | None = None
    notices: tuple[Notice, ...] = ()


def segment(inputs: Inputs, settings: SegmentSettings) -> Outcome:
    """Group the customers active at the snapshot by K-means on cleaned, scaled behaviour.

    Needs customer_months and customers, takes subscriptions; gives segments (a row per customer) and
    segment_profiles (a row per segment, the largest revenue first). With one month of history (a flat table) numeric
    attributes count as behaviour where the table itself has fewer than 5 columns of it.

    Raises
    ------
    DataError
        No customer is active at the snapshot.
    UsageError
        The shares of the high and the low tier overlap, or no month is named.
    """
    if settings.high_tier_share + settings.low_tier_share > 1:
        raise UsageError(
            "tier-shares-overlap",
            "high_tier_share {high} and low_tier_share {low} together exceed 1.",
            hint="Lower one of them under [segment] in telcli.toml.",
            high=settings.high_tier_share,
            low=settings.low_tier_share,
        )
    if inputs.as_of is None:
        raise UsageError("segment-no-month", "No month to segment was named.", hint="Name one: --as-of YYYY-MM.")
    with threadpool_limits(1):
        people = gather(inputs.tables, inputs.as_of, LifecycleRules.of(settings))
        behaviour = people.values[:, : len(people.behaviour)]
        preparation = BehaviourPreparation().fit(behaviour)
        prepared = preparation.transform(behaviour)
        grouping = _in_order(_grouped(prepared, settings, inputs), people.revenue)
        tiers = _tiers(people, settings)
        profiles = profile_rows(people, preparation, prepared, grouping.labels, tiers, inputs.seed)
        metrics = _metrics(prepared, grouping, people, inputs.seed)
    metrics["criterion"], metrics["criterion_zh"] = reasoned(grouping.criterion, asdict(settings))
    metrics["preparation"] = preparation.describe(people.behaviour)
    stages = people.frame["lifecycle_stage"].value_counts().sort("lifecycle_stage")
    metrics["lifecycle"] = {name: rows / people.frame.height for name, rows in stages.iter_rows()}
    profiled = pl.DataFrame(profiles).with_columns(as_of=pl.lit(inputs.as_of))
    segments = _segments(people, grouping.labels, profiled, tiers, inputs.as_of)
    tables = {"segments": segments, "segment_profiles": profiled.lazy()}
    return Outcome(tables, metrics, (*grouping.notices, *_remarks(people)), as_of=inputs.as_of)


def _grouped(prepared: Floats, settings: SegmentSettings, inputs: Inputs) -> _Grouping:
    """Choose k, or take the one asked for, and label every row."""
    rows = len(prepared)
    if rows < _FEWEST_ROWS and not settings.n_segments:
        words = "{rows} customers are too few to tell groups apart: they form one segment."
        return _alone(rows, Notice("segment-few-rows", words, {"rows": rows}))
    sample = prepared[draw_rows(rows, _SAMPLE_ROWS, inputs.seed)]
    distinct = len(np.unique(sample, axis=0)) if prepared.shape[1] else 1
    if distinct < 2:
        return _alone(
            rows, Notice("segment-no-variation", "Customers do not differ in behaviour: they form one segment.")
        )
    if settings.n_segments:
        return _as_asked(prepared, sample, distinct, settings.n_segments, inputs)
    most = min(settings.max_segments, distinct, rows // _ROWS_PER_SEGMENT)

    def told(done: int) -> None:
        inputs.progress("segments tried", done, most - 1)

    candidates = try_each(sample, range(2, most + 1), _clusterer, _quick, inputs.seed, told)
    choice = choose(candidates, settings.min_share, settings.min_stability, settings.silhouette_slack)
    labels = _clusterer(choice.k, inputs.seed).fit(prepared).labels_
    stability = next(one.stability for one in candidates if one.k == choice.k)
    if choice.sound:
        return _Grouping(labels, "chosen", candidates, stability)
    words = (
        "No number of segments is both large enough (min_share) and stable enough (min_stability); {k} comes closest."
    )
    return _Grouping(labels, "closest", candidates, stability, (Notice("segment-unstable", words, {"k": choice.k}),))


def _alone(rows: int, *notices: Notice) -> _Grouping:
    return _Grouping(np.zeros(rows, dtype=np.int32), "alone", notices=notices)


def _as_asked(prepared: Floats, sample: Floats, distinct: int, wanted: int, inputs: Inputs) -> _Grouping:
    """The number of segments named in n_segments, as far as there are distinct customers."""
    k = min(wanted, distinct)
    notices: tuple[Notice, ...] = ()
    if k < wanted:
        words = "Only {k} segments of the {wanted} asked for: no more customers differ in behaviour."
        notices = (Notice("segment-fewer-than-asked", words, {"k": k, "wanted": wanted}),)
    if k < 2:
        return _Grouping(np.zeros(len(prepared), dtype=np.int32), "asked", notices=notices)
    candidates = try_each(sample, [k], _clusterer, _quick, inputs.seed)
    labels = _clusterer(k, inputs.seed).fit(prepared).labels_
    return _Grouping(labels, "asked", candidates, candidates[0].stability if candidates else None, notices)


def _clusterer(k: int, seed: int) -> SampledKMeans:
    """What finds segments; any estimator with the same methods can take its place."""
    return SampledKMeans(k, sample_rows=_SAMPLE_ROWS, random_state=seed)


def _quick(k: int, seed: int) -> SampledKMeans:
    return SampledKMeans(k, n_init=3, random_state=seed)


def _in_order(grouping: _Grouping, revenue: NDArray[np.float64]) -> _Grouping:
    """Number the segments by revenue, the largest first; then by customers, then by the first customer."""
    _, first, labels = np.unique(grouping.labels, return_index=True, return_inverse=True)
    totals = np.bincount(labels, weights=np.nan_to_num(revenue))
    order = np.lexsort((first, -np.bincount(labels), -totals))
    places = np.empty(len(order), dtype=np.int32)
    places[order] = np.arange(len(order), dtype=np.int32)
    return replace(grouping, labels=places[labels])


def _tiers(people: People, settings: SegmentSettings) -> pl.Series:
    """Each customer's tier of spending, in the order of people."""
    revenue = pl.Series("revenue", people.revenue, dtype=pl.Float64).fill_nan(None).to_frame()
    tier = consumption_tier(pl.col("revenue"), settings.high_tier_share, settings.low_tier_share)
    return revenue.select(tier.alias("consumption_tier")).to_series()


def _segments(people: People, labels: Labels, profiled: pl.DataFrame, tiers: pl.Series, as_of: date) -> pl.LazyFrame:
    names = profiled.select("segment", "segment_name", "segment_name_zh")
    numbered = people.frame.select("customer_id", "customer_class", "lifecycle_stage").with_columns(
        segment=pl.Series(labels, dtype=pl.Int64) + 1,
        consumption_tier=tiers,
        as_of=pl.lit(as_of),
    )
    return numbered.join(names, on="segment", how="left", maintain_order="left").lazy()


def _metrics(prepared: Floats, grouping: _Grouping, people: People, seed: int) -> dict[str, Any]:
    labels = grouping.labels
    k = int(labels.max()) + 1
    apart = separation(prepared, labels)
    measurable = 1 < k < len(labels)
    about = None
    if people.churned is not None and k > 1:
        known = ~np.isnan(people.churned)
        table = np.zeros((k, 2), dtype=np.int64)
        np.add.at(table, (labels[known], people.churned[known].astype(np.int64)), 1)
        about = about_label(table, seed=seed)
    return {
        "k": k,
        "customers": len(labels),
        **asdict(apart),
        "silhouette": sampled_silhouette(prepared, labels, seed=seed) if measurable else None,
        "stability": grouping.stability,
        "information_gain": about.information_gain if about else None,
        "about_churn": asdict(about) if about else None,
        "k_table": [asdict(one) for one in grouping.candidates],
    }


def _remarks(people: People) -> tuple[Notice, ...]:
    found = []
    rows = people.frame.height
    unknown = int((people.frame["lifecycle_stage"] == "unknown").sum())
    if 2 * unknown > rows:
        words = (
            "The lifecycle stage of {share} of customers is not known: decline and maturity show in months of history."
        )
        found.append(Notice("segment-lifecycle-unknown", words, {"share": f"{unknown / rows:.0%}"}))
    if np.isnan(people.revenue).all():
        words = "No revenue is known: segments are numbered by size and everyone is in the middle tier."
        found.append(Notice("segment-no-revenue", words))
    return tuple(found)
