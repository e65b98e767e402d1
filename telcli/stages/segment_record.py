"""What a snapshot of segments leaves for the next one: preparation and centres as tables, and read back from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.methods.clustering import Labels
from telcli.methods.preparation import BehaviourPreparation, Fate, restored
from telcli.stages import Earlier
from telcli.stages.segment_count import Segmented
from telcli.stages.segment_people import People

__all__ = ["Drawn", "Record", "centre_rows", "preparation_rows", "recall"]

_NUMBERS = ("fill", "low", "high", "unit", "centre", "scale")


@dataclass(frozen=True)
class Drawn:
    """What assigns customers to segments: columns by name, their preparation, and the centres on its scale."""

    columns: tuple[str, ...]
    preparation: BehaviourPreparation
    centres: NDArray[np.float64]


@dataclass(frozen=True)
class Record:
    """A snapshot of an earlier month.

    Parameters
    ----------
    customers : customer_id, segment from 1, and the other groups of each customer.
    profiles : segment, segment_name, segment_name_zh, since, in the order of segments.
    drawn : None where the telcli of then wrote no such tables.
    origins : customer_id, since, segment: everybody of the months in which its names began; None where not written.
    """

    as_of: date
    customers: pl.DataFrame
    profiles: pl.DataFrame
    drawn: Drawn | None
    origins: pl.DataFrame | None = None

    @property
    def numbers(self) -> list[int]:
        """The segments' numbers, in order; a centre stands at the place of its number."""
        found: list[int] = self.profiles["segment"].to_list()
        return found


def preparation_rows(people: People, preparation: BehaviourPreparation, as_of: date) -> pl.DataFrame:
    """Table segment_preparation: each column's fate, kept or dropped."""
    rows = []
    for place, (column, fate) in enumerate(zip(people.behaviour, preparation.fates_, strict=True), start=1):
        dropped = fate.kind == "dropped"
        numbers = {name: None if dropped else getattr(fate, name) for name in _NUMBERS}
        like = people.behaviour[fate.like] if fate.like >= 0 else None
        told = {"column": column, "kind": fate.kind, "reason": fate.reason or None, "like": like}
        rows.append({"place": place, **told, "missing_share": fate.missing, **numbers})
    kinds = {"place": pl.Int64, **dict.fromkeys(("column", "kind", "reason", "like"), pl.String)}
    found = pl.DataFrame(rows, schema={**kinds, **dict.fromkeys(("missing_share", *_NUMBERS), pl.Float64)})
    return found.with_columns(as_of=pl.lit(as_of))


def centre_rows(now: Segmented) -> pl.DataFrame:
    """Table segment_centres: the centres, the means of those whose value is known, and how far those now there are off.

    `effect` is a z-score: (mean of the segment - mean of all) / standard deviation of all, of values as prepared.
    """
    people, preparation, grouping = now.people, now.preparation, now.grouping
    labels, kept = grouping.labels, preparation.kept_
    frames = []
    for place, column in enumerate(kept):
        raw = people.values[:, column]
        seen = np.isfinite(raw)
        known = np.bincount(labels, weights=seen, minlength=len(grouping.centres))
        total = np.bincount(labels, weights=np.where(seen, raw, 0.0), minlength=len(grouping.centres))
        means = [float(value / of) if of else None for value, of in zip(total, known, strict=True)]
        effects = _effects(now.prepared[:, place].astype(np.float64), labels, len(grouping.centres))
        found = {"segment": range(1, len(grouping.centres) + 1), "value": grouping.centres[:, place], "mean": means}
        found["effect"] = effects
        frames.append(pl.DataFrame(found, schema=_CENTRE).with_columns(column=pl.lit(people.behaviour[column])))
    whole = pl.concat(frames) if frames else pl.DataFrame(schema={**_CENTRE, "column": pl.String})
    return whole.with_columns(as_of=pl.lit(now.as_of))


_CENTRE = {"segment": pl.Int64, "value": pl.Float64, "mean": pl.Float64, "effect": pl.Float64}


def _effects(values: NDArray[np.float64], labels: Labels, segments: int) -> list[float | None]:
    """The z-score of each segment's mean; None of one that has nobody, or where all are alike."""
    counts, deviation = np.bincount(labels, minlength=segments), float(values.std())
    if not deviation > 0:
        return [None] * segments
    totals = np.bincount(labels, weights=values - values.mean(), minlength=segments)
    return [float(total / of / deviation) if of else None for total, of in zip(totals, counts, strict=True)]


def recall(earlier: Earlier | None) -> Record | None:
    """Read an earlier snapshot back; None where there is none, or no customer of it is left."""
    if earlier is None or not {"segments", "segment_profiles"} <= set(earlier.tables):
        return None
    read = {name: frame.collect(engine="streaming") for name, frame in earlier.tables.items()}
    profiles = read["segment_profiles"].sort("segment")
    profiles = profiles.select(
        "segment", "segment_name", "segment_name_zh", since=pl.col("since").fill_null(pl.lit(earlier.as_of))
    )
    drawn = _drawn(read, profiles["segment"].to_list())
    return Record(earlier.as_of, read["segments"].sort("customer_id"), profiles, drawn, read.get("segment_origins"))


def _drawn(read: Mapping[str, pl.DataFrame], numbers: Sequence[int]) -> Drawn | None:
    if not {"segment_preparation", "segment_centres"} <= set(read):
        return None
    rows = read["segment_preparation"].sort("place").to_dicts()
    names = [row["column"] for row in rows]
    preparation = restored([_fate(row, names) for row in rows])
    held = {(row["segment"], row["column"]): row["value"] for row in read["segment_centres"].to_dicts()}
    kept = [names[column] for column in preparation.kept_]
    if any((number, column) not in held for number in numbers for column in kept):
        return None
    centres = np.array([[held[number, column] for column in kept] for number in numbers], dtype=np.float64)
    return Drawn(tuple(names), preparation, centres.reshape(len(numbers), len(kept)))


def _fate(row: Mapping[str, Any], names: Sequence[str]) -> Fate:
    if row["kind"] == "dropped":
        like = names.index(row["like"]) if row["like"] in names else -1
        return Fate("dropped", row["reason"] or "", row["missing_share"], like=like)
    return Fate(row["kind"], "", row["missing_share"], *(row[name] for name in _NUMBERS))
