"""Rows of calls as arrays, in runs of one customer and month, and in blocks that fit the processor's cache.

Texts become numbers while they are read; everything after that is arithmetic on whole numbers, which costs a tenth of a
grouping where the rows stand in order already.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.features.month_index import month_at, month_index

__all__ = ["DAY", "OPTIONAL", "Block", "Runs", "in_runs"]

DAY = 86_400_000_000
"""Microseconds."""
_EPOCH = datetime(1970, 1, 1)
_ROWS = 1 << 15
"""Rows of a block: a quarter of a megabyte of each number."""

_FLAGS = ("off_net", "international", "roaming", "competitor")
OPTIONAL = ("counterpart", "duration_s", "data_mb", "cell_id", "started_epoch_s", *_FLAGS)
"""Columns of calls that are read only where they are there, and needed."""
_SECOND = 1_000_000
_NEVER = -(1 << 40)
"""Seconds to the moment that nobody knows: far from every other."""
_ARRAYS: dict[str, dict[str, pl.Expr]] = {
    "counterpart": {"counterpart": pl.col("counterpart").hash()},
    "duration_s": {"length": pl.col("duration_s").fill_null(-1.0)},
    "data_mb": {"volume": pl.col("data_mb").fill_null(-1.0)},
    "started_epoch_s": {
        "shift": (pl.col("started_epoch_s") - pl.col("started_at").cast(pl.Int64) // _SECOND).fill_null(_NEVER)
    },
    "cell_id": {"cell": pl.col("cell_id").hash(), "placed": pl.col("cell_id").is_not_null()},
    **{
        name: {name: pl.col(name).fill_null(value=False), f"{name}_told": pl.col(name).is_not_null()} for name in _FLAGS
    },
}


@dataclass(frozen=True)
class Block:
    """Rows in order of customer, month and time: `starts` is where a run begins, `runs` its number in the table."""

    columns: Mapping[str, NDArray[Any]]
    starts: NDArray[np.int64]
    runs: NDArray[np.int64]

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self.columns[name]

    def __contains__(self, name: str) -> bool:
        return name in self.columns

    def __len__(self) -> int:
        return len(self.columns["at"])

    def sums(self, values: NDArray[Any]) -> NDArray[np.int64]:
        """The sum of each run, exact; how many are true, where they are truths."""
        found: NDArray[np.int64] = np.add.reduceat(values, self.starts, dtype=np.int64)
        return found

    def lengths(self) -> NDArray[np.int64]:
        """Rows of each run."""
        return np.diff(self.starts, append=len(self))

    def changed(self, values: NDArray[Any]) -> NDArray[np.bool_]:
        """Whether a value is another one than that before it in the run; true at the start of one."""
        found = np.empty(len(values), np.bool_)
        np.not_equal(values[1:], values[:-1], out=found[1:])
        found[self.starts] = True
        return found

    def sorted(self, values: NDArray[Any]) -> NDArray[Any]:
        """The values of each run in their order."""
        found = values.copy()
        for start, end in pairwise([*self.starts.tolist(), len(found)]):
            found[start:end].sort()
        return found

    def where(self, chosen: NDArray[np.bool_], names: Collection[str]) -> Block:
        """The rows chosen with the columns named, and the runs that have some."""
        places = np.flatnonzero(chosen)
        if len(places) == len(self):
            return self
        counts = self.sums(chosen)
        some = counts > 0
        kept = counts[some]
        columns = {name: values[places] for name, values in self.columns.items() if name in names}
        return Block(columns, np.cumsum(kept) - kept, self.runs[some])


@dataclass(frozen=True)
class Runs:
    """All rows, and the customer and the month (index) of each run."""

    customer: pl.Series
    month: NDArray[np.int64]
    rows: Block

    def blocks(self) -> Iterator[Block]:
        """The rows by some of whole runs."""
        starts, end = self.rows.starts, len(self.rows)
        cuts = np.unique(np.searchsorted(starts, np.arange(0, end, _ROWS)))
        for low, high in pairwise([*cuts[cuts < len(starts)].tolist(), len(starts)]):
            first, last = starts[low], starts[high] if high < len(starts) else end
            columns = {name: values[first:last] for name, values in self.rows.columns.items()}
            yield Block(columns, starts[low:high] - first, self.rows.runs[low:high])


def in_runs(calls: pl.LazyFrame, optional: Collection[str]) -> Runs:
    """Read the rows, with those of the `OPTIONAL` columns that are wanted and there.

    Files that ingest wrote have their rows in order, one after the other too, and are taken as they stand; rows in any
    other order are sorted by customer and time.

    >>> times = [datetime(2024, 6, 1), datetime(2024, 7, 1), datetime(2024, 5, 31)]
    >>> told = {"customer_id": ["b", "a", "b"], "started_at": times, "direction": ["in"] * 3, "kind": ["text"] * 3}
    >>> found = in_runs(pl.LazyFrame(told), [])
    >>> found.customer.to_list(), [month_at(month).month for month in found.month.tolist()]
    (['b', 'a', 'b'], [6, 7, 5])
    """
    have = calls.collect_schema()
    arrays = {
        "customer_id": pl.col("customer_id"),
        "at": pl.col("started_at").cast(pl.Int64),
        "out": pl.col("direction") == "out",
        "voice": pl.col("kind") == "voice",
        "data": pl.col("kind") == "data",
    }
    for name in OPTIONAL:
        arrays |= _ARRAYS[name] if name in optional and have.get(name, pl.Null) != pl.Null else {}
    rows = calls.select(**arrays).collect(engine="streaming")
    if "shift" in rows.columns and rows["shift"].min() == rows["shift"].max():
        rows = rows.drop("shift")  # no clock was changed: local times are as far from each other as the moments are
    found = _runs(rows)
    return found if _in_order(found) else _runs(rows.sort("customer_id", "at"))


def _runs(rows: pl.DataFrame) -> Runs:
    columns = {name: rows[name].to_numpy() for name in rows.columns if name != "customer_id"}
    people = rows["customer_id"].rle().struct
    lengths = people.field("len").to_numpy().astype(np.int64)
    begun = np.cumsum(lengths) - lengths
    starts, month = _months(columns["at"], begun)
    customer = people.field("value").gather(np.searchsorted(begun, starts, side="right") - 1)
    return Runs(customer, month, Block(columns, starts, np.arange(len(starts))))


def _months(at: NDArray[np.int64], begun: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where a customer or a month begins, and which month it is there."""
    if not len(at):
        return begun, begun
    first, last = (month_index((_EPOCH + timedelta(microseconds=int(time))).date()) for time in (at.min(), at.max()))
    if first == last:
        return begun, np.full(len(begun), first)
    days = [(month_at(index) - _EPOCH.date()).days for index in range(first + 1, last + 1)]
    months = np.searchsorted(np.array(days) * DAY, at, side="right") + first
    starts = np.union1d(begun, np.flatnonzero(months[1:] != months[:-1]) + 1)
    return starts, months[starts]


def _in_order(found: Runs) -> bool:
    """Whether each customer's month is one run, in the order of time."""
    at = found.rows["at"]
    backward = at[1:] < at[:-1]
    backward[found.rows.starts[1:] - 1] = False
    if backward.any():
        return False
    heads = pl.DataFrame({"customer": found.customer, "month": found.month})
    return not heads.is_duplicated().any()
