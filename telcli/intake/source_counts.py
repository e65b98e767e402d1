"""What each source filled: of every column read, how many rows have a value, and how many one that is none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import polars as pl

from telcli.intake.ahead import PAST
from telcli.intake.slots import slots
from telcli.intake.understood import Understood
from telcli.tables import SUBJECTS
from telcli.tables.quality import EVERY
from telcli.tables.refused import FAULTS

__all__ = ["source_counts"]

_SCHEMA = {
    **dict.fromkeys(("source", "table", "column"), pl.String),
    **dict.fromkeys(("rows", "filled", "unreadable"), pl.Int64),
    "last_on": pl.Date,
}


def source_counts(ones: Sequence[Understood]) -> pl.LazyFrame:
    """Rows by source, table and column, of what was kept when the extracts were read: no extract is read again."""
    rows = [row for one in ones for row in _of(one)]
    return (
        pl.LazyFrame(rows, schema=_SCHEMA, orient="row")
        .unique(["source", "table", "column"], keep="first")
        .sort("source", "table", "column")
    )


def _of(one: Understood) -> Iterator[tuple[Any, ...]]:
    if one.kept is None:
        return
    tables = dict.fromkeys([one.map.table, *[slots()[name].table for name in one.map.columns]])
    read = {table: one.readings(table, attributes=table == one.map.table) for table in tables}
    past = [one.kept.held(reading) for readings in read.values() for reading in readings if reading.name in PAST]
    names = dict.fromkeys(one.kept.held(reading) for readings in read.values() for reading in readings)
    counts = [pl.col(name).count().alias(f"n {name}") for name in names]
    schema = one.kept.frame.collect_schema()
    dated = [pl.col(name).cast(pl.Date).max() for name in dict.fromkeys(past) if schema[name].is_temporal()]
    latest = [pl.max_horizontal(dated).alias("last")] if dated else []
    found = one.kept.frame.select(*counts, *latest).collect(engine="streaming").row(0, named=True)
    bad = _unreadable(one)
    last: date | None = found.get("last")
    for table, readings in read.items():
        place = table if table in SUBJECTS else "usage"  # events are months of use
        yield (one.map.source, place, EVERY, one.rows, one.rows, 0, last)
        for reading in readings:
            held = one.kept.held(reading)
            yield (one.map.source, place, reading.name, one.rows, found[f"n {held}"], bad.get(held, 0), last)


def _unreadable(one: Understood) -> dict[str, int]:
    """Faulty values by column kept."""
    if one.kept is None or not one.kept.faulty:
        return {}
    faults = one.kept.frame.filter(pl.col(FAULTS).list.len() > 0).select(pl.col(FAULTS).explode())
    column = pl.col(FAULTS).struct.field("column")
    return dict(faults.group_by(column.alias("c")).agg(n=pl.len()).collect(engine="streaming").rows())
