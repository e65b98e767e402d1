"""`telcli segment`: customers grouped by how they behave, each group measured, named and advised on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from telcli.errors import MissingInputError, Notice, UsageError
from telcli.features.lifecycle import LifecycleRules
from telcli.methods.cluster_quality import about_label, sampled_silhouette, separation
from telcli.methods.matching import crossed
from telcli.methods.preparation import BehaviourPreparation
from telcli.methods.threads import threads
from telcli.settings import SegmentSettings
from telcli.stages import Inputs, Outcome
from telcli.stages.segment_against import against, grouping_column
from telcli.stages.segment_count import Segmented, assigned, grouped, in_order
from telcli.stages.segment_matching import Continued, continued, doubtful, names_told
from telcli.stages.segment_months import in_time
from telcli.stages.segment_origins import kept_since, origin_rows
from telcli.stages.segment_people import gather, spending, tied, without_values
from telcli.stages.segment_portrait import profile_rows, rules_told
from telcli.stages.segment_reach import reach_rows
from telcli.stages.segment_record import Drawn, Record, centre_rows, preparation_rows, recall
from telcli.stages.segment_sentences import reasoned
from telcli.stages.segment_stability import strained
from telcli.stages.segment_views import check, rates_set, viewed
from telcli.tables.worth import far_above

__all__ = ["segment"]


def segment(inputs: Inputs, settings: SegmentSettings) -> Outcome:
    """Group the customers active at the snapshot by GLKM, or K-means, on cleaned, scaled behaviour.

    Needs customer_months and customers, takes subscriptions, products, payments, contacts and campaigns; gives
    segments (a row per customer) and segment_profiles (a row per segment, the largest revenue first),
    segment_preparation and segment_centres, from which next month's customers can be prepared and assigned, and
    customer_views and view_groups, the business views. A segment that has most of the customers of one of the
    snapshot before keeps its name. With one month of history (a flat table) numeric attributes count as behaviour
    where the table itself has fewer than 5 columns of it. What segments tell is measured on an earlier month and
    those after it (segment_evaluation, `information_gain`), or by a flat table's label; segment_moves tells who
    moved since the snapshot before, segment_origins who was there when names began, segment_counts why so many
    segments. A grouping named in `compare_with` makes and describes none; segment_agreement crosses it with them.
    segment_reach crosses segments with the channels, plans, products and campaigns of their customers.

    Raises
    ------
    DataError
        No customer is active at the snapshot.
    UsageError
        The bounds of the high and the low tier cross, no month is named, or `compare_with` is no grouping.
    MissingInputError
        Customers are to join the segments of the snapshot before, and there is none.
    """
    check(inputs, settings)
    if inputs.as_of is None:
        raise UsageError("segment-no-month", "No month to segment was named.", hint="Name one: --as-of YYYY-MM.")
    record = recall(inputs.earlier)
    given = grouping_column(inputs.tables["customers"], settings.compare_with)
    with threads(1):
        now = _segmented(inputs.as_of, inputs, settings, record, given)
        same = continued(record, now.people.frame["customer_id"], now.grouping, settings.name_overlap)
        profiled = _profiled(now, record, same, inputs)
        segments = _segments(now, profiled)
        months = in_time(now, segments, profiled, record, inputs, settings)
        compared = against(now, profiled, inputs.tables["customers"], given)
        metrics = {**_metrics(now, inputs.seed), **months.metrics, "against": compared.metrics}
    metrics["information_gain"] = _gained(metrics)
    metrics["names"] = names_told(record, same, profiled)
    metrics["rules"] = rules_told(profiled)
    metrics["criterion"], metrics["criterion_zh"] = reasoned(
        now.grouping.criterion, asdict(settings), metrics["k_by_measure"], now.grouping.recommended
    )
    tables = {
        "segments": segments,
        **_made_by(now, profiled),
        "segment_origins": origin_rows(record, same.rows(profiled.height), segments, inputs.as_of),
        "segment_agreement": compared.rows,
        **months.tables,
    }
    notices = (*now.grouping.notices, *doubtful(record, same, profiled, settings.name_overlap))
    notices += (*_remarks(now, settings), *compared.notices)
    notices += tuple(strained(now, metrics["between_months"]))
    people, tiers = without_values(now.people), now.tiers
    del now  # what makes segments, of all customers, takes as much as the views of them
    views = viewed(inputs, people, tiers, settings)
    tables |= views.tables
    tables["segment_reach"] = reach_rows(
        segments, inputs.tables, inputs.as_of, views.margins, rates_set(inputs).cost_per_contact
    )
    metrics["views"], metrics["far_above"] = views.metrics, far_above(profiled, views.tables["view_groups"])
    notices += (*views.notices, *months.notices)
    return Outcome({name: frame.lazy() for name, frame in tables.items()}, metrics, notices, as_of=inputs.as_of)


def _segmented(as_of: date, inputs: Inputs, settings: SegmentSettings, record: Record | None, given: str) -> Segmented:
    """Prepare and group the customers of the month: anew, or by the centres of the record; `given` plays no part."""
    rules = LifecycleRules.of(settings)
    if settings.refit == "never":
        drawn = _settled(record, as_of, inputs.tables)
        people = gather(inputs.tables, as_of, rules, drawn.columns, without=given)
        preparation = drawn.preparation
        prepared = preparation.transform(people.values[:, : len(people.behaviour)])
        grouping = assigned(prepared, drawn.centres, settings.n_segments)
    else:
        people = gather(inputs.tables, as_of, rules, without=given)
        behaviour = people.values[:, : len(people.behaviour)]
        preparation = BehaviourPreparation().fit(behaviour)
        prepared = preparation.transform(behaviour)
        grouping = grouped(prepared, preparation, settings, inputs)
    ordered = in_order(grouping, prepared, people.revenue)
    return Segmented(as_of, people, preparation, prepared, ordered, spending(people.revenue, settings))


def _settled(record: Record | None, as_of: date, tables: Mapping[str, pl.LazyFrame]) -> Drawn:
    """The centres of the snapshot before.

    Raises
    ------
    MissingInputError
        There is none, or the telcli that made it did not write them down.
    """
    if record is None:
        months = tables["customer_months"].filter(pl.col("month") < as_of).select(pl.col("month").max())
        raise _none_before(as_of, months.collect(engine="streaming").item())
    if record.drawn is None:
        raise MissingInputError(
            "segment-before-unwritten",
            "The segments of {month} were made without the tables that tell who belongs to them.",
            hint="Make them again: telcli segment --as-of {month} --force; or find new ones: --refit.",
            month=f"{record.as_of:%Y-%m}",
        )
    return record.drawn


def _none_before(as_of: date, month: date | None) -> MissingInputError:
    """There is nothing to join; `month` is the one before that could be segmented, None where there is none."""
    if month is None:
        return MissingInputError(
            "segment-first-month",
            "{month} is the first month: there are no segments of an earlier one that customers could join.",
            hint="Find segments: telcli segment --as-of {month} --refit; those of the next month can join them.",
            month=f"{as_of:%Y-%m}",
        )
    return MissingInputError(
        "segment-none-before",
        "There are no segments of a month before {month} that customers could join.",
        hint="Find them first, for an earlier month: telcli segment --as-of {before} --refit; "
        "or find new ones: telcli segment --as-of {month} --refit",
        month=f"{as_of:%Y-%m}",
        before=f"{month:%Y-%m}",
    )


def _profiled(now: Segmented, record: Record | None, same: Continued, inputs: Inputs) -> pl.DataFrame:
    """Table segment_profiles: names that stay, and names for what is new."""
    had = [] if record is None else record.profiles.select("segment_name", "segment_name_zh").rows()
    rows = profile_rows(now, inputs.seed, same.names, had)
    since = [same.before[place]["since"] if place in same.before else inputs.as_of for place in range(len(rows))]
    overlap = [same.overlap.get(place) for place in range(len(rows))]
    customers = now.people.frame.select("customer_id", segment=pl.Series(now.grouping.labels, dtype=pl.Int64) + 1)
    overlap_since = kept_since(record, same.rows(len(rows)), customers)
    return pl.DataFrame(rows, infer_schema_length=None).with_columns(
        as_of=pl.lit(inputs.as_of),
        since=pl.Series(since, dtype=pl.Date),
        overlap=pl.Series(overlap, dtype=pl.Float64),
        overlap_since=pl.Series(overlap_since, dtype=pl.Float64),
    )


def _made_by(now: Segmented, profiled: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The tables of what segments are, and of what next month's customers are prepared and assigned by."""
    return {
        "segment_profiles": profiled,
        "segment_preparation": preparation_rows(now.people, now.preparation, now.as_of),
        "segment_centres": centre_rows(now),
    }


def _segments(now: Segmented, profiled: pl.DataFrame) -> pl.DataFrame:
    names = profiled.select("segment", "segment_name", "segment_name_zh")
    numbered = now.people.frame.select("customer_id", "customer_class", "lifecycle_stage").with_columns(
        segment=pl.Series(now.grouping.labels, dtype=pl.Int64) + 1,
        consumption_tier=now.tiers,
        as_of=pl.lit(now.as_of),
    )
    return numbered.join(names, on="segment", how="left", maintain_order="left")


def _metrics(now: Segmented, seed: int) -> dict[str, Any]:
    labels, churned = now.grouping.labels, now.people.churned
    k = int(labels.max()) + 1
    apart = separation(now.prepared, labels)
    measurable = 1 < k < len(labels)
    about = None
    if churned is not None and k > 1:
        known = ~np.isnan(churned)
        about = about_label(crossed(labels[known], churned[known], (k, 2)), seed=seed)
    stages = now.people.frame["lifecycle_stage"].value_counts().sort("lifecycle_stage")
    return {
        "k": k,
        "customers": len(labels),
        **asdict(apart),
        "silhouette": sampled_silhouette(now.prepared, labels, seed=seed) if measurable else None,
        "stability": now.grouping.stability,
        "recommended": now.grouping.recommended,
        "gain_over_kmeans": now.grouping.gain,
        "about_churn": asdict(about) if about else None,
        "preparation": now.preparation.describe(now.people.behaviour),
        "lifecycle": {name: rows / len(labels) for name, rows in stages.iter_rows()},
    }


def _gained(metrics: Mapping[str, Any]) -> float | None:
    """The bits that segments tell of churn in the months after an earlier one.

    Of the label of a flat table where nobody left in such months, or there are none; None where there is neither.
    """
    later, label = (metrics["evaluation"] or {}).get("churn"), metrics["about_churn"]
    told = label if label and not (later and 0 < later["rate"] < 1) else later
    return told["information_gain"] if told else None


def _remarks(now: Segmented, settings: SegmentSettings) -> tuple[Notice, ...]:
    found, people = [], now.people
    rows = people.frame.height
    unknown = int((people.frame["lifecycle_stage"] == "unknown").sum())
    if 2 * unknown > rows:
        words = (
            "The lifecycle stage of {share} of customers is not known: decline and maturity show in months of history."
        )
        found.append(Notice("segment-lifecycle-unknown", words, {"share": f"{unknown / rows:.0%}"}))
    stability = now.grouping.stability
    if now.grouping.criterion == "asked" and stability is not None and stability < settings.min_stability:
        words = (
            "The {k} segments asked for are not stable: customers drawn anew give them back to {stability} of 1, and "
            "{least} is wanted (min_stability). segment_counts shows the numbers that are."
        )
        told = {"stability": f"{stability:.2f}", "least": f"{settings.min_stability:.2f}"}
        found.append(Notice("segment-asked-unstable", words, {"k": len(now.grouping.centres), **told}))
    if np.isnan(people.revenue).all():
        words = "No revenue is known: segments are numbered by size, and nobody's tier of consumption is known."
        found.append(Notice("segment-no-revenue", words))
    return (*found, *tied(people.revenue, now.tiers, settings))
