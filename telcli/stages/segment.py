"""`telcli segment`: customers grouped by how they behave, each group measured, named and advised on."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from threadpoolctl import threadpool_limits

from telcli.errors import Notice, UsageError
from telcli.features.lifecycle import LifecycleRules
from telcli.features.traits import consumption_tier
from telcli.methods.cluster_quality import about_label, sampled_silhouette, separation
from telcli.methods.clustering import Floats, Labels
from telcli.methods.preparation import BehaviourPreparation
from telcli.settings import SegmentSettings
from telcli.stages import Inputs, Outcome
from telcli.stages.segment_count import Grouping, grouped, in_order
from telcli.stages.segment_people import People, gather
from telcli.stages.segment_portrait import profile_rows
from telcli.stages.segment_words import reasoned

__all__ = ["segment"]


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
        grouping = in_order(grouped(prepared, settings, inputs), prepared, people.revenue)
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


def _metrics(prepared: Floats, grouping: Grouping, people: People, seed: int) -> dict[str, Any]:
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
