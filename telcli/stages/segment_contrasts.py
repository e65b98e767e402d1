"""What sets segments apart in numbers and in values, as far as chance does not explain it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.methods.chance import chance_of_as_many
from telcli.methods.clustering import Floats, Labels
from telcli.methods.preparation import Fate
from telcli.stages.segment_traits import Difference, Habit

__all__ = ["Measured", "differences", "habits"]

_UNTOLD = ("unknown", "churned")
_MOST_VALUES, _LEAST_HOLDERS, _LEAST_LEAD = 20, 10, 0.15
_LEAST_MEMBERS, _CHANCE = 10, 0.01


@dataclass(frozen=True)
class Measured:
    """Columns to compare: values in their own units (NaN where missing) and made comparable, with each one's fate.

    `levels` holds, by the name of a trend of 3 months, what it is a trend of: the means of 3 and of 6 months.
    """

    names: Sequence[str]
    raw: NDArray[np.float64]
    prepared: Floats
    fates: Sequence[Fate]
    levels: Mapping[str, tuple[NDArray[np.float64], NDArray[np.float64]]] = field(default_factory=dict)


def differences(labels: Labels, measured: Measured) -> list[list[Difference]]:
    """Per segment, each column's difference from all customers, the greatest effect first.

    Effect = (mean of the segment - mean of all) / standard deviation of all, on the comparable scale.
    """
    segments = int(labels.max()) + 1
    found: list[list[Difference]] = [[] for _ in range(segments)]
    counts = np.bincount(labels)
    for place, name in enumerate(measured.names):
        values, fate = measured.prepared[:, place].astype(np.float64), measured.fates[place]
        deviation = float(values.std())
        if not deviation > 0:
            continue
        effects = (np.bincount(labels, weights=values) / counts - values.mean()) / deviation
        raw = measured.raw[:, place]
        averages, overall = (
            _grown(labels, raw, measured.levels[name]) if name in measured.levels else _means(labels, raw)
        )
        medians, held = _held(labels, raw, effects)
        used = _used(labels, raw) if fate.kind == "mostly-one-value" and fate.centre == 0 <= fate.low else None
        for segment in range(segments):
            shares = (float(used[0][segment]), used[1]) if used else (None, None)
            mean, said = averages[segment], {"middle": medians[segment], "held": held[segment]}
            if mean is not None and overall is not None:
                found[segment].append(Difference(name, float(effects[segment]), mean, overall, *shares, **said))
    return [sorted(one, key=lambda item: (-round(abs(item.effect), 6), item.column)) for one in found]


def _means(labels: Labels, raw: NDArray[np.float64]) -> tuple[list[float], float]:
    seen = ~np.isnan(raw)
    known = np.bincount(labels, weights=seen)
    totals = np.bincount(labels, weights=np.where(seen, raw, 0.0))
    overall = float(totals.sum() / known.sum())
    return [float(total / of) if of else overall for total, of in zip(totals, known, strict=True)], overall


def _grown(
    labels: Labels, raw: NDArray[np.float64], levels: tuple[NDArray[np.float64], NDArray[np.float64]]
) -> tuple[list[float | None], float | None]:
    """By how much the total of 3 months differs from that of the 3 before, by segment and among all, as a share.

    The mean of 3 months before is twice that of 6 less that of 3. Of members whose own trend is known; None where these
    are fewer than 10, or there was nothing before.
    """
    now, half_year = levels
    seen = ~(np.isnan(raw) | np.isnan(now) | np.isnan(half_year))
    before = np.where(seen, 2 * half_year - now, 0.0)
    known = np.bincount(labels, weights=seen)
    then, today = np.bincount(labels, weights=before), np.bincount(labels, weights=np.where(seen, now, 0.0))
    found = [
        float(t / b - 1) if n >= _LEAST_MEMBERS and b > 0 else None for t, b, n in zip(today, then, known, strict=True)
    ]
    return found, float(today.sum() / then.sum() - 1) if then.sum() > 0 else None


def _held(labels: Labels, raw: NDArray[np.float64], effects: NDArray[np.float64]) -> tuple[list[float], list[float]]:
    """Per segment, the median, and of how many members its difference holds: above the median of all and some, or not.

    Of members of whom the number is known; 0 and NaN where none is.
    """
    usual = float(np.nanmedian(raw))
    medians, shares = [], []
    for segment, effect in enumerate(effects):
        members = raw[labels == segment]
        members = members[~np.isnan(members)]
        more = (members > usual) & (members > 0)
        medians.append(float(np.median(members)) if len(members) else float("nan"))
        shares.append(float(np.mean(more if effect > 0 else members <= usual)) if len(members) else 0.0)
    return medians, shares


def _used(labels: Labels, raw: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """Share above zero by segment and among all; of those whose value is known."""
    seen = ~np.isnan(raw)
    known = np.bincount(labels, weights=seen)
    some = np.bincount(labels, weights=seen & (np.nan_to_num(raw) > 0))
    return some / np.maximum(known, 1), float(some.sum() / known.sum())


def habits(labels: Labels, traits: pl.DataFrame) -> list[list[Habit]]:
    """Per segment, the values clearly more frequent in it (by 15 points or more), the greatest lead first.

    Not counted: a lifecycle stage that is unknown, or that of those who left, whose rate is told by itself; what
    chance may have dealt (at the 1% level by the hypergeometric distribution, corrected for how many values and
    segments are tried); what is known of fewer than 10 members.
    Columns with 2 to 20 values known for at least half of the customers count; a value held by fewer than 10 of
    them is not named. Of columns that mark off the same customers one stands for all.
    """
    segments = int(labels.max()) + 1
    leads: list[tuple[int, Habit, float]] = []
    tried = 0
    for name in traits.columns:
        values = traits[name]
        known = len(values) - values.null_count()
        if 2 * known < len(values) or not 2 <= values.drop_nulls().n_unique() <= _MOST_VALUES:
            continue
        pairs = pl.DataFrame({"segment": labels, "value": values}).drop_nulls()
        counted = pairs.group_by("segment", "value").len().sort("segment", "value")
        of_segment = dict(counted.group_by("segment").agg(pl.col("len").sum()).iter_rows())
        of_value = dict(counted.group_by("value").agg(pl.col("len").sum()).iter_rows())
        tried += segments * len(of_value)
        for segment, value, rows in counted.iter_rows():
            share, overall = rows / of_segment[segment], of_value[value] / known
            enough = of_value[value] >= _LEAST_HOLDERS and of_segment[segment] >= _LEAST_MEMBERS
            if share - overall >= _LEAST_LEAD and enough and value not in _UNTOLD:
                chance = chance_of_as_many(rows, of_segment[segment], of_value[value], known)
                leads.append((segment, Habit(name, value, share, overall), chance))
    found: list[list[Habit]] = [[] for _ in range(segments)]
    for segment, habit, chance in leads:
        if chance * tried <= _CHANCE:
            found[segment].append(habit)
    return [_without_echoes(one) for one in found]


def _without_echoes(found: list[Habit]) -> list[Habit]:
    chosen: list[Habit] = []
    for habit in sorted(found, key=lambda one: (-round(one.share - one.overall, 6), len(one.value), one.column)):
        if not any(one.column == habit.column or _same_people(one, habit) for one in chosen):
            chosen.append(habit)
    return chosen


def _same_people(one: Habit, other: Habit) -> bool:
    """Whether two columns mark off the same customers, as no internet service does in each column about it."""
    return abs(one.share - other.share) < 0.005 and abs(one.overall - other.overall) < 0.005
