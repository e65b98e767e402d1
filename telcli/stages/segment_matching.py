"""Which segments are those of an earlier month, so that their names stay the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.errors import Notice
from telcli.methods.matching import UNMATCHED, crossed, jaccard, match
from telcli.stages.segment_count import Grouping
from telcli.stages.segment_record import Record
from telcli.stages.segment_words import Pair

__all__ = ["Continued", "continued", "doubtful", "matched", "names_told"]

_LOOSE = 0.75
"""Jaccard index below which a segment is not the one that it was, whatever its name."""
_LOST = (
    "{name} keeps its name from {month}, though only {share} of the customers in it then or now were in it both "
    "times: named anew, it would be called {anew}."
)
_OPPOSITE = (
    "{name} keeps its name, made in {since}, with its customers, but they are no longer what it says: named anew, "
    "the segment would be called {anew}."
)
_DRIFTED = (
    "{name} keeps its name, made in {since}, though only {share} of the customers in it then or now were in it both "
    "times: named anew, it would be called {anew}."
)


@dataclass(frozen=True)
class Continued:
    """The segments of today that were there before: by their place, the row of the record's profiles and the overlap.

    `overlap` is the Jaccard index among the customers of both months.
    """

    before: Mapping[int, Mapping[str, Any]]
    overlap: Mapping[int, float]

    def rows(self, count: int) -> list[Mapping[str, Any] | None]:
        """Per segment of today, of which there are `count`, the row that it continues; None where it is new."""
        return [self.before.get(place) for place in range(count)]

    @property
    def names(self) -> dict[int, Pair]:
        """The names that stay, by place."""
        return {place: (row["segment_name"], row["segment_name_zh"]) for place, row in self.before.items()}


def continued(record: Record | None, customers: pl.Series, grouping: Grouping, least: float) -> Continued:
    """Match the segments of today, `customers` in the order of the labels, to those of the record.

    A match is more than `least` of the customers in either, among those that are there in both months. One segment of
    everybody continues no part of them, nor the other way round. Where the centres are those of the record, each
    segment continues its own.
    """
    if record is None:
        return Continued({}, {})
    rows = record.profiles.to_dicts()
    overlap = _overlap(record, customers, grouping)
    if grouping.origin is not None:
        found = grouping.origin
    elif (len(grouping.centres) == 1) != (len(rows) == 1):
        found = np.full(len(grouping.centres), UNMATCHED)
    else:
        found = match(overlap, least)
    pairs = {place: int(index) for place, index in enumerate(found) if index != UNMATCHED}
    return Continued(
        {place: rows[index] for place, index in pairs.items()},
        {place: float(overlap[place, index]) for place, index in pairs.items()},
    )


def matched(record: Record, customers: pl.Series) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Of the customers in both months: their places among `customers`, and the places of their segments of then."""
    now = pl.DataFrame({"customer_id": customers}).with_row_index("place")
    both = now.join(record.customers.select("customer_id", "segment"), on="customer_id", maintain_order="left")
    before = np.searchsorted(np.array(record.numbers), both["segment"].to_numpy())
    return both["place"].to_numpy().astype(np.int64), before


def _overlap(record: Record, customers: pl.Series, grouping: Grouping) -> NDArray[np.float64]:
    places, before = matched(record, customers)
    return jaccard(crossed(grouping.labels[places], before, (len(grouping.centres), len(record.numbers))))


def names_told(record: Record | None, found: Continued, profiled: pl.DataFrame) -> dict[str, Any] | None:
    """What became of the names, for the metrics: those kept, new and gone, in English and in Chinese."""
    if record is None:
        return None
    stays = [row["segment"] for row in found.before.values()]
    names = ["segment_name", "segment_name_zh"]
    now = profiled.select(names).rows()
    told = {
        "kept": [name for place, name in enumerate(now) if place in found.before],
        "new": [name for place, name in enumerate(now) if place not in found.before],
        "gone": record.profiles.filter(~pl.col("segment").is_in(stays)).select(names).rows(),
    }
    return {
        "before": f"{record.as_of:%Y-%m}",
        **{kind: [name[0] for name in pairs] for kind, pairs in told.items()},
        **{f"{kind}_zh": [name[1] for name in pairs] for kind, pairs in told.items()},
        "anew": [
            {
                **{"name": row["name"], "anew": row["anew"], "overlap": found.overlap[place]},
                **{"since": f"{profiled['since'][place]:%Y-%m}", "overlap_since": profiled["overlap_since"][place]},
                "contradicted": profiled["contradicted"][place],
            }
            for place, row in _called(record, found, profiled)
        ],
    }


def doubtful(record: Record | None, found: Continued, profiled: pl.DataFrame, least: float) -> list[Notice]:
    """Kept names that say something else now: one notice each, for the first of these reasons that holds.

    The segment has lost or gained many customers since the snapshot before; the name is against what the segment is;
    or month by month most have changed since the name was made: the overlap with that month is `least` or below,
    where a segment would not keep its name from one month to the next.
    """
    notices = []
    for place, row in _called(record, found, profiled):
        now = profiled.row(place, named=True)
        then, told = now["overlap_since"], {**row, "since": f"{now['since']:%Y-%m}"}
        if found.overlap[place] < _LOOSE:
            notices.append(Notice("segment-name-loose", _LOST, {**told, "share": f"{found.overlap[place]:.0%}"}))
        elif now["contradicted"]:
            notices.append(Notice("segment-name-contradicted", _OPPOSITE, told))
        elif then is not None and then <= least:
            notices.append(Notice("segment-name-drifted", _DRIFTED, {**told, "share": f"{then:.0%}"}))
    return notices


def _called(record: Record | None, found: Continued, profiled: pl.DataFrame) -> Iterator[tuple[int, dict[str, str]]]:
    """The kept names that differ from those found anew, in both languages."""
    for place in sorted(found.before):
        row = profiled.row(place, named=True)
        if record is not None and row["anew"] != row["segment_name"]:
            told = {"name": row["segment_name"], "name_zh": row["segment_name_zh"], "month": f"{record.as_of:%Y-%m}"}
            yield place, {**told, "anew": row["anew"], "anew_zh": row["anew_zh"]}
