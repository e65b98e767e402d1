"""A table on its way out parted into the files it will be, and these into parts small enough for memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl

from telcli.io.parquet_files import scanned
from telcli.tables.checks import Contract

__all__ = ["Piece", "cut", "ordered", "sifted", "written"]

_CELLS = 5_000_000
"""Values of a part: sorting them takes about as many bytes, fifty times over."""
_RUN = 1 << 12
"""Rows of one month, one below the other, from which on those of other months are passed over at little cost."""
_BATCH = 1 << 17
_BUFFERED = 400_000
"""Rows that wait in memory for more of their partition before they are written."""


def _as_they_are(rows: pl.LazyFrame) -> pl.LazyFrame:
    return rows


@dataclass(frozen=True)
class Piece:
    """One partition: its name, such as ``2024-06-01`` or ``2024-06-01/03``, its rows, and how many they are.

    `files` are those that hold its rows and no others, where there are such: `rows` is what `made` makes of them.
    """

    name: str
    rows: pl.LazyFrame
    height: int
    files: tuple[Path, ...] = ()
    made: Callable[[pl.LazyFrame], pl.LazyFrame] = field(default=_as_they_are, repr=False)

    def through(self, make: Callable[[pl.LazyFrame], pl.LazyFrame]) -> Piece:
        """The same rows, each of them as `make` makes it."""
        return replace(self, rows=make(self.rows), made=lambda rows: make(self.made(rows)))

    def of_files(self, chosen: Sequence[Path]) -> pl.LazyFrame:
        """The rows of some of its files."""
        return self.made(scanned(list(chosen)))

    def drop(self) -> None:
        """Take its files away: what was made of them is kept elsewhere by now, and they are as large as that."""
        for file in self.files:
            file.unlink(missing_ok=True)


def sifted(rules: Contract, whole: pl.LazyFrame) -> list[Piece] | None:
    """The partitions of a frame that is cheap to read, each by its condition.

    None where each reading would be of most of the frame, and these are many: where months take turns every few rows,
    as in an extract that goes customer by customer.
    """
    if not rules.partition:
        return [Piece("", whole, whole.select(pl.len()).collect(engine="streaming").item())]
    month = rules.month()
    turns = whole.select(_month=month, _turn=month.ne_missing(month.shift(1)))
    found = turns.group_by("_month").agg(pl.len(), pl.col("_turn").sum()).collect(engine="streaming").sort("_month")
    rows = found["len"].sum()
    if rows > _most(whole) and found["_turn"].sum() * _RUN > rows:
        return None
    return [Piece(_name([month]), whole.filter(rules.within(month)), height) for month, height, _ in found.iter_rows()]


def gathered(rules: Contract, files: Mapping[Any, Sequence[tuple[Path, int]]]) -> list[Piece]:
    """The partitions of what was kept in files of one month each, given with how many rows each file has."""
    found = []
    for month, parts in files.items():
        places, height = tuple(place for place, _ in parts), sum(rows for _, rows in parts)
        if height:
            found.append(Piece(_name([month]), rules.conform(scanned(list(places))), height, places, rules.conform))
    return sorted(found, key=lambda piece: piece.name)


def written(rules: Contract, whole: pl.LazyFrame, folder: Path) -> list[Piece]:
    """The partitions of a frame as raw files of `folder`, all written in one stream.

    Rows wait for others of their partition: a file with rows in the order of time fills one month after the other, and
    one in no order all of them at once.
    """
    places = rules.places()
    raw = _Raw(folder)
    apart = pl.QueryOptFlags(comm_subplan_elim=False)  # a frame that is read twice would be kept in memory meanwhile
    for batch in whole.collect_batches(chunk_size=_BATCH, maintain_order=True, engine="streaming", optimizations=apart):
        if not places:
            raw.take("", batch)
            continue
        marked = batch.with_columns(**places)
        for values, rows in marked.partition_by(*places, as_dict=True, include_key=False, maintain_order=True).items():
            raw.take(_name(values), rows)
    found = raw.pieces()
    return found if found or rules.partition else [Piece("", whole.clear(), 0)]


def cut(rules: Contract, piece: Piece) -> Iterator[pl.LazyFrame]:
    """Parts of one partition that are each small enough to be sorted in memory, in the order of the key's first column.

    Rows with one value of it stay together, so that what is sorted part by part is sorted, and a key that comes twice
    is found.
    """
    most = _most(piece.rows)
    if piece.height <= most or not rules.key:
        yield piece.rows
        return
    first = pl.col(rules.key[0])
    values, spans = _keys(piece, first)
    count = -(-piece.height // most)
    edges = values.gather([piece.height * part // count for part in range(1, count)]).drop_nulls().unique().sort()
    del values
    for low, high in pairwise([None, *edges, None]):
        conditions = [first >= low] if low is not None else []
        conditions += [(first < high).fill_null(value=low is None)] if high is not None else []
        rows = piece.of_files(_within(spans, low, high) or piece.files) if spans else piece.rows
        yield rows.filter(*conditions) if conditions else rows


@dataclass(frozen=True)
class _Span:
    """A file, the least and the greatest value of a column in it, and whether some are missing."""

    file: Path
    low: Any
    high: Any
    lacking: bool


def _keys(piece: Piece, first: pl.Expr) -> tuple[pl.Series, list[_Span]]:
    """The values of the key's first column, in order, and between which of them each file of the piece lies."""
    if not piece.files:
        return piece.rows.select(first).collect(engine="streaming").to_series().sort(), []
    found, spans = [], []
    for file in piece.files:
        own = scanned(file).select(first).collect(engine="streaming").to_series()
        found.append(own)
        spans.append(_Span(file, own.min(), own.max(), own.null_count() > 0))
    return pl.concat(found).sort(), spans


def _within(spans: Sequence[_Span], low: Any, high: Any) -> list[Path]:
    """The files that may have rows from `low` on and below `high`: to open all of them for each part is costly.

    >>> files = [_Span(Path("a"), 1, 5, False), _Span(Path("b"), 6, 9, False), _Span(Path("c"), None, None, True)]
    >>> [[place.name for place in _within(files, *edges)] for edges in ((None, 6), (6, 9), (6, None))]
    [['a', 'c'], ['b'], ['b']]
    """
    found = []
    for span in spans:
        some = span.low is not None and (low is None or span.high >= low) and (high is None or span.low < high)
        if some or (span.lacking and low is None):
            found.append(span.file)
    return found


def ordered(rules: Contract, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows of one partition by their key; those that stand so already, as far as customers tell, are not sorted."""
    own = rules.order
    if not own or (len(own) == 1 and (rows[own[0]].shift(1) < rows[own[0]]).all()):
        return rows
    return rows.sort(own)


def _most(frame: pl.LazyFrame) -> int:
    """Rows of a frame that are few enough to be worked on in memory."""
    return max(_CELLS // len(frame.collect_schema()), 1)


class _Raw:
    """Rows of partitions, which wait in memory until they are so many that all are written, a file each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._waiting: dict[str, list[pl.DataFrame]] = {}
        self._written: dict[str, list[Path]] = {}
        self._heights: dict[str, int] = {}
        self._rows = self._files = 0

    def take(self, name: str, rows: pl.DataFrame) -> None:
        """Add rows of one partition."""
        self._waiting.setdefault(name, []).append(rows)
        self._heights[name] = self._heights.get(name, 0) + rows.height
        self._rows += rows.height
        if self._rows > _BUFFERED:
            self._write()

    def _write(self) -> None:
        self._folder.mkdir(exist_ok=True)
        for name, frames in self._waiting.items():
            place = self._folder / f"{self._files}.parquet"
            pl.concat(frames).write_parquet(place, compression="lz4")
            self._written.setdefault(name, []).append(place)
            self._files += 1
        self._waiting.clear()
        self._rows = 0

    def pieces(self) -> list[Piece]:
        """All partitions, by name."""
        self._write()
        return [
            Piece(name, scanned(places), self._heights[name], tuple(places))
            for name, places in sorted(self._written.items())
        ]


def _name(values: Any) -> str:
    month, *bucket = values
    if month is None:
        return ""
    # a row of nobody has no bucket: it is refused from the first one
    return "/".join([f"{month:%Y-%m-%d}", *[f"{number or 0:02}" for number in bucket]])
