"""How steady segments are from one month to the next: who stayed, whether the base or only the model has moved."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score

from telcli.errors import Notice
from telcli.features.use import DAYS
from telcli.methods.clustering import assign
from telcli.methods.drift import band, bin_counts, days_alike, quantile_edges, stability_index
from telcli.stages.segment_count import Segmented
from telcli.stages.segment_moves import Past, moved
from telcli.stages.segment_people import behaviour_at
from telcli.stages.segment_record import Drawn, Record

__all__ = ["drift", "steadiness", "strained"]

_MOST = 0.5
"""A column that more customers than this lack tells them apart no more."""


def steadiness(
    before: Past | None,
    record: Record | None,
    tables: Mapping[str, pl.LazyFrame],
    now: Segmented,
    segments: pl.DataFrame,
) -> dict[str, Any] | None:
    """Stability between two months, for the metrics; None where there is no month before.

    `stayed` is the share of the customers of both months whose segment has the same name; `ari` compares today's
    segments with those that the centres of before give today's customers (1 the same, 0 chance); `size_psi` the sizes
    of the segments of before with how many join each of them today: by the same centres, so that it tells of the base
    and not of the model. `drifted` are columns whose distribution has moved since. Where everybody is in one segment,
    today or before, what would be 0 or 1 whoever moves is None.
    """
    if before is None:
        return None
    both = moved(before, segments).filter(pl.col("was") & pl.col("here"))
    several = min(before.groups["segment_name"].n_unique(), len(now.grouping.centres)) > 1
    stayed = (both["from_segment_name"] == both["to_segment_name"]).mean() if both.height and several else None
    told = {
        "before": f"{before.as_of:%Y-%m}",
        "by": "snapshot" if before.told else "today's centres",
        "customers_in_both": both.height,
        "stayed": stayed,
        **_by_the_same_centres(before, record, tables, now, segments),
    }
    columns = [now.people.behaviour[column] for column in now.preparation.kept_]
    both_values = behaviour_at(tables, before.as_of, columns).values, now.people.values[:, now.preparation.kept_]
    was, values = _days_alike(columns, both_values, (before.as_of, now.as_of))
    return {**told, "columns_compared": len(columns) if len(was) else 0, "drifted": drift(columns, was, values)}


def strained(now: Segmented, between: Mapping[str, Any] | None) -> list[Notice]:
    """What speaks against segments that customers of another month have joined; nothing where they were found anew.

    Columns that tell them apart and that most customers lack now count as their median of then: who joins which segment
    is by the others alone. `between` is what `steadiness` tells.
    """
    if now.grouping.origin is None or between is None:
        return []
    found = []
    kept = now.preparation.kept_
    lacking = np.isnan(now.people.values[:, kept]).mean(axis=0) > _MOST
    lost = [now.people.behaviour[column] for column, lacks in zip(kept, lacking, strict=True) if lacks]
    if lost:
        words = (
            "The segments of {month} rest on columns that are missing for most customers now: {columns}. Each counts "
            "as the median of then, so that customers may be in another segment for that alone."
        )
        found.append(Notice("segment-columns-lost", words, {"month": between["before"], "columns": ", ".join(lost)}))
    if between["size_band"] == "shifted":
        words = (
            "The sizes of the segments of {month} have shifted since (PSI {psi}): the customers have changed, or what "
            "is known of them. --refit finds segments anew."
        )
        psi = f"{between['size_psi']:.2f}"
        found.append(Notice("segment-sizes-shifted", words, {"month": between["before"], "psi": psi}))
    return found


def drift(columns: Sequence[str], was: NDArray[np.float64], now: NDArray[np.float64]) -> list[dict[str, Any]]:
    """Columns whose PSI is not that of a stable one, the greatest first; both are rows x columns, NaN where missing.

    >>> drift(["data_mb"], np.arange(100.0)[:, None], np.arange(50.0, 150.0)[:, None])[0]["band"]
    'shifted'
    """
    found = []
    for place, column in enumerate(columns if len(was) and len(now) else ()):
        edges = quantile_edges(was[:, place])
        index = stability_index(bin_counts(was[:, place], edges), bin_counts(now[:, place], edges))
        found.append({"column": column, "psi": index, "band": band(index)})
    return sorted((one for one in found if one["band"] != "stable"), key=lambda one: (-one["psi"], one["column"]))


def _days_alike(
    columns: Sequence[str], values: tuple[NDArray[np.float64], NDArray[np.float64]], months: tuple[date, date]
) -> list[NDArray[np.float64]]:
    """The values with days of use as those of months of one length."""
    lengths = [monthrange(month.year, month.month)[1] for month in months]
    found = [one.copy() for one in values]
    for place in (place for place, column in enumerate(columns) if column == DAYS):
        for one, own in zip(found, lengths, strict=True):
            if len(one):
                one[:, place] = days_alike(one[:, place], own, min(lengths))
    return found


def _by_the_same_centres(
    before: Past, record: Record | None, tables: Mapping[str, pl.LazyFrame], now: Segmented, segments: pl.DataFrame
) -> dict[str, Any]:
    if (len(now.grouping.centres) if record is None else len(record.numbers)) < 2:
        return {"ari": None, "size_psi": None, "size_band": None}
    if record is None:
        sizes = [frame["segment_name"].value_counts() for frame in (before.groups, segments)]
        counts = sizes[0].join(sizes[1], on="segment_name", how="full", coalesce=True)
        counts = counts.sort("segment_name").fill_null(0)  # a sum depends on its order to the last bit
        return {"ari": None, **_sizes(counts["count"], counts["count_right"])}
    if record.drawn is None:
        return {"ari": None, "size_psi": None, "size_band": None}
    joined = assign(record.drawn.preparation.transform(_as_then(record.drawn, tables, now)), record.drawn.centres)[0]
    was = np.searchsorted(np.array(record.numbers), record.customers["segment"].to_numpy())
    counts_of = (np.bincount(labels, minlength=len(record.numbers)) for labels in (was, joined))
    ari = float(adjusted_rand_score(now.grouping.labels, joined)) if len(now.grouping.centres) > 1 else None
    return {"ari": ari, **_sizes(*counts_of)}


def _as_then(drawn: Drawn, tables: Mapping[str, pl.LazyFrame], now: Segmented) -> NDArray[np.float64]:
    """Today's customers in the columns of the snapshot before."""
    if drawn.columns == now.people.behaviour:
        return now.people.values[:, : len(drawn.columns)]
    return behaviour_at(tables, now.as_of, drawn.columns).values


def _sizes(was: Any, now: Any) -> dict[str, Any]:
    index = stability_index(was, now)
    return {"size_psi": index, "size_band": band(index)}
