"""How many segments there are, and who is in which: each number is measured, one is chosen with its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.errors import Notice
from telcli.methods.cluster_count import Choice, Maker, Tried, best_by_measure, choose, try_each
from telcli.methods.clustering import Floats, Labels, SampledKMeans, assign, draw_rows
from telcli.methods.glkm import GLKM
from telcli.methods.preparation import BehaviourPreparation
from telcli.settings import SegmentSettings
from telcli.stages import Inputs
from telcli.stages.segment_people import People

__all__ = [
    "SAMPLE_ROWS",
    "Grouping",
    "Segmented",
    "assigned",
    "by_measure",
    "clusterer",
    "count_rows",
    "grouped",
    "in_order",
]

SAMPLE_ROWS = 25_000
"""Rows on which each number of segments is tried."""
MEASURES = (
    *("inertia", "silhouette", "davies_bouldin", "calinski_harabasz", "gap", "gap_se", "stability", "smallest_share"),
    *("information_gain", "chance_gain"),
)
"""What is told of each number of segments."""
_FEWEST_ROWS = 30
_PATIENCE = 4
"""Generations without a better optimum that end the genetic search while numbers of segments are compared."""
_NONE = Tried(())
_ROWS_PER_SEGMENT = 10


@dataclass(frozen=True)
class Grouping:
    """Labels from 0 in the order of segments, and each segment's centre on the prepared scale.

    `criterion` is the word for why this k, `tried` the measures of each that was tried.
    """

    labels: Labels
    centres: NDArray[np.float64]
    criterion: str
    tried: Tried = _NONE
    stability: float | None = None
    notices: tuple[Notice, ...] = ()
    gain: float | None = None
    """Share of the inertia of ten starts of K-means, on a sample, that the genetic search took away."""
    recommended: int | None = None
    """The number that the rule takes of those measured, whatever was asked for; None where none was."""
    origin: NDArray[np.int64] | None = None
    """Of each segment, the place of its centre among those that were given; None where they were found anew."""


@dataclass(frozen=True)
class Segmented:
    """The customers of a month, their behaviour prepared, the segments they are in, and their tiers of spending."""

    as_of: date
    people: People
    preparation: BehaviourPreparation
    prepared: Floats
    grouping: Grouping
    tiers: pl.Series


def grouped(prepared: Floats, preparation: BehaviourPreparation, settings: SegmentSettings, inputs: Inputs) -> Grouping:
    """Choose k, or take the one asked for, and label every row of customers x columns as prepared."""
    rows = len(prepared)
    if rows < _FEWEST_ROWS and not settings.n_segments:
        words = "{rows} customers are too few to tell groups apart: they form one segment."
        return _alone(prepared, "alone", Notice("segment-few-rows", words, {"rows": rows}))
    sample = prepared[draw_rows(rows, SAMPLE_ROWS, inputs.seed)]
    if not prepared.shape[1] and any(fate.reason == "missing" and fate.missing < 1 for fate in preparation.fates_):
        words = (
            "No column of behaviour is known of half of the customers or more and differs between them: they form one "
            "segment; segment_preparation says why each was left out."
        )
        return _alone(prepared, "alone", Notice("segment-nothing-known", words))
    distinct = len(np.unique(sample, axis=0)) if prepared.shape[1] else 1
    if distinct < 2:
        words = "Customers do not differ in behaviour: they form one segment."
        return _alone(prepared, "alone", Notice("segment-no-variation", words))
    most = min(settings.max_segments, distinct, rows // _ROWS_PER_SEGMENT)
    asked = min(settings.n_segments, distinct, rows - 1)
    fitted: dict[int, SampledKMeans] = {}
    tried = _tried(sample, sorted({*range(2, most + 1), asked} - {0, 1}), fitted, settings, inputs)
    choice = _advised(tried, most, settings)
    if settings.n_segments:
        found = _as_asked(prepared, len(sample), fitted.get(asked), settings, inputs.seed)
    elif choice is None:
        found = _alone(prepared, "alone")
    else:
        found = _found(_finished(prepared, len(sample), fitted[choice.k], settings, inputs.seed), "chosen")
        if not choice.sound:
            words = (
                "No number of segments is both large enough (min_share) and stable enough (min_stability); "
                "{k} comes closest."
            )
            found = replace(found, criterion="closest", notices=(Notice("segment-unstable", words, {"k": choice.k}),))
    return _measured(found, tried, choice)


def _tried(
    sample: Floats, ks: Sequence[int], fitted: dict[int, SampledKMeans], settings: SegmentSettings, inputs: Inputs
) -> Tried:
    """Measure each number; what was fitted for it stays in `fitted`."""

    def told(done: int) -> None:
        inputs.progress("segments tried", done, len(ks))

    return try_each(sample, ks, _kept(clusterer(settings), fitted), _quick(settings), inputs.seed, told)


def _advised(tried: Tried, most: int, settings: SegmentSettings) -> Choice | None:
    """The number that the rule takes of 2 to `most`; None where none could be measured."""
    within = [one for one in tried.candidates if one.k <= most]
    slacks = (settings.silhouette_slack, settings.stability_slack)
    return choose(within, settings.min_share, settings.min_stability, *slacks) if within else None


def _measured(found: Grouping, tried: Tried, choice: Choice | None) -> Grouping:
    """The grouping with what was measured, and the warning that there are no groups where the gap finds one alone."""
    k = len(np.unique(found.labels))
    stability = next((one.stability for one in tried.candidates if one.k == k), None)
    notices = found.notices
    if k > 1 and best_by_measure(tried).get("gap") == 1:
        words = (
            "By the gap statistic there are no groups: the {k} segments cut a continuum of customers, and those on "
            "either side of a border are much alike."
        )
        notices += (Notice("segment-continuum", words, {"k": k}),)
    recommended = choice.k if choice else None
    return replace(found, tried=tried, stability=stability, notices=notices, recommended=recommended)


def count_rows(grouping: Grouping, gains: Mapping[int, tuple[float, float]], as_of: date) -> pl.DataFrame:
    """Table segment_counts: each number that was tried, with the bits that it tells of churn and that chance would.

    The number in use has a row too where it was not tried.
    """
    used = len(grouping.centres)
    tried = {one.k: asdict(one) for one in grouping.tried.candidates}
    tried.setdefault(used, {"k": used, "stability": grouping.stability})
    columns = {"k": pl.Int64(), **dict.fromkeys(MEASURES, pl.Float64())}
    rows = []
    for _, row in sorted(tried.items()):
        told = dict(zip(("information_gain", "chance_gain"), gains.get(row["k"], (None, None)), strict=True))
        rows.append({**{name: row.get(name) for name in columns}, **told})
    frame = pl.DataFrame(rows, schema=columns)
    advised = pl.lit(value=False) if grouping.recommended is None else pl.col("k") == grouping.recommended
    return frame.with_columns(as_of=pl.lit(as_of), recommended=advised, in_use=pl.col("k") == used)


def by_measure(grouping: Grouping, gains: Mapping[int, tuple[float, float]]) -> dict[str, int]:
    """The k that each measure by itself would take of those tried; of the gain, what is above chance counts.

    Empty where fewer than two were tried.
    """
    if len(grouping.tried.candidates) < 2:
        return {}
    above = {k: gain - chance for k, (gain, chance) in gains.items() if gain > chance}
    told = {"information_gain": max(above, key=lambda k: (above[k], -k))} if above else {}
    return {**best_by_measure(grouping.tried), **told}


def clusterer(settings: SegmentSettings, patience: int | None = _PATIENCE) -> Maker:
    """What finds so many segments with a seed; any estimator with the same methods can take its place.

    Its sample is the one on which a number is tried. With `patience` None the genetic search takes the patience that
    becomes the sample; as the same seed breeds the same children, it goes on where a trial ended, and is never worse.
    """
    if settings.algorithm == "kmeans":
        return lambda k, seed: SampledKMeans(k, sample_rows=SAMPLE_ROWS, random_state=seed)
    return lambda k, seed: GLKM(k, patience=patience, sample_rows=SAMPLE_ROWS, random_state=seed, n_jobs=-1)


def in_order(grouping: Grouping, prepared: Floats, revenue: NDArray[np.float64]) -> Grouping:
    """Number the segments by revenue, the largest first; then by customers, then by the first customer.

    Each row is then given its nearest centre once more, so that the centres alone repeat the labels to the last one.
    """
    kept, first, labels = np.unique(grouping.labels, return_index=True, return_inverse=True)
    totals = np.bincount(labels, weights=np.nan_to_num(revenue))
    order = np.lexsort((first, -np.bincount(labels), -totals))
    centres = grouping.centres[kept[order]]
    origin = None if grouping.origin is None else grouping.origin[kept[order]]
    return replace(grouping, labels=assign(prepared, centres)[0], centres=centres, origin=origin)


def assigned(prepared: Floats, centres: NDArray[np.float64], wanted: int) -> Grouping:
    """Give every row its nearest one of the centres of another month, prepared as that month's rows were.

    `wanted` is how many segments were asked for, 0 for any number: they cannot be had where others are kept.
    """
    labels = assign(prepared, centres)[0]
    words = "{wanted} segments were asked for, but without refit customers join those of the snapshot before: {k}."
    notices = (
        ()
        if wanted in (0, len(centres))
        else (Notice("segment-number-kept", words, {"wanted": wanted, "k": len(centres)}),)
    )
    return Grouping(labels, centres, "kept", notices=notices, origin=np.arange(len(centres)))


def _kept(make: Maker, made: dict[int, SampledKMeans]) -> Maker:
    """The same maker; what it makes stays in `made`, by number of segments."""

    def kept(k: int, seed: int) -> SampledKMeans:
        made[k] = make(k, seed)
        return made[k]

    return kept


def _finished(
    prepared: Floats, sampled: int, tried: SampledKMeans, settings: SegmentSettings, seed: int
) -> SampledKMeans:
    """The number that was taken, searched with patience on all rows.

    K-means has none, so that what was tried on all rows is the very fit.
    """
    if settings.algorithm == "kmeans" and sampled == len(prepared):
        return tried
    return clusterer(settings, patience=None)(tried.n_clusters, seed).fit(prepared)


def _found(fitted: SampledKMeans, criterion: str) -> Grouping:
    gain = fitted.gain_ if isinstance(fitted, GLKM) else None
    return Grouping(fitted.labels_, fitted.cluster_centers_, criterion, gain=gain)


def _alone(prepared: Floats, criterion: str, *notices: Notice) -> Grouping:
    centre = prepared.mean(axis=0, keepdims=True, dtype=np.float64)
    return Grouping(np.zeros(len(prepared), dtype=np.int32), centre, criterion, notices=notices, recommended=1)


def _as_asked(
    prepared: Floats, sampled: int, tried: SampledKMeans | None, settings: SegmentSettings, seed: int
) -> Grouping:
    """The number of segments named in n_segments, as far as there are distinct customers and one is left over.

    `tried` is what was fitted with that number, None where it is one segment.
    """
    wanted = settings.n_segments
    if tried is None:
        found = _alone(prepared, "asked")
    else:
        found = _found(_finished(prepared, sampled, tried, settings, seed), "asked")
    # of nearly equal customers K-means may leave a segment empty
    k = len(np.unique(found.labels))
    return replace(found, notices=(_fewer(k, wanted, len(prepared)),)) if k < wanted else found


def _fewer(k: int, wanted: int, customers: int) -> Notice:
    """Why there are not as many segments as were asked for."""
    if k == customers - 1:
        words = (
            "Only {k} segments of the {wanted} asked for: there are {customers} customers, and one segment at least "
            "must have more than one, for there to be groups at all."
        )
        return Notice("segment-fewer-customers", words, {"k": k, "wanted": wanted, "customers": customers})
    words = "Only {k} segments of the {wanted} asked for: no more customers differ in behaviour."
    return Notice("segment-fewer-than-asked", words, {"k": k, "wanted": wanted})


def _quick(settings: SegmentSettings) -> Maker:
    """The same with fewer starts, for many runs on few rows."""
    if settings.algorithm == "kmeans":
        return lambda k, seed: SampledKMeans(k, n_init=3, random_state=seed)
    return lambda k, seed: GLKM(k, n_init=3, patience=1, random_state=seed)
