"""What is held meets what is newly loaded: rows of state tables succeed each other, and what they said is kept.

A state table (customers, lines ...) has one row per key, as of the last load. Where a load says something else of a
key, the row it succeeds goes to the table's history with the interval in which it held: from its own `valid_from` up
to, and without, the month of the load.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

__all__ = ["FROM", "TO", "Succession", "as_it_stood", "succeed"]

FROM, TO = "valid_from", "valid_to"


@dataclass(frozen=True)
class Succession:
    """The rows as they stand now, those they succeeded, and how many keys were new, changed, or not given again."""

    current: pl.DataFrame
    past: pl.DataFrame
    added: int
    changed: int
    absent: int


def succeed(  # noqa: D417 (numpy sections)
    held: pl.DataFrame, fresh: pl.DataFrame, key: Sequence[str], at: date | None, *, whole: bool = False
) -> Succession:
    """Let the rows of one load succeed those held, key by key.

    Parameters
    ----------
    held, fresh : rows of one table with one row per key; `held` with `valid_from` and `valid_to`.
    at : the month of the load, its first day; None where it is not known.
    whole : whether the load gives every row there is, so that keys it does not give are gone.

    Returns
    -------
    Succession
        `past` are rows that held until `at`; a row that began in the same month is corrected, and leaves no trace.
        Columns that the load does not have at all keep the values held.

    >>> held = pl.DataFrame({"id": ["a", "b"], "plan": ["X", "Y"], FROM: [date(2024, 5, 1)] * 2})
    >>> found = succeed(held, pl.DataFrame({"id": ["a", "c"], "plan": ["Z", "Z"]}), ["id"], date(2024, 6, 1))
    >>> found.current.select("id", "plan").rows(), found.past.select("id", "plan", TO).rows()
    ([('a', 'Z'), ('b', 'Y'), ('c', 'Z')], [('a', 'X', datetime.date(2024, 6, 1))])
    """
    columns = [name for name in (*fresh.columns, *held.columns) if name not in (FROM, TO)]
    columns = list(dict.fromkeys(columns))
    before, now = _with_columns(held, columns, FROM), _filled(fresh, held, key, columns)
    values = [name for name in columns if name not in key]
    both = now.join(before.select(*key, *_renamed(values), _from=FROM, _held=pl.lit(value=True)), on=key, how="left")
    same = pl.all_horizontal(pl.lit(value=True), *[pl.col(name).eq_missing(pl.col(f"_held {name}")) for name in values])
    marked = both.with_columns(_new=pl.col("_held").is_null(), _same=same & pl.col("_held").is_not_null())
    since = pl.when(pl.col("_same")).then("_from").otherwise(pl.lit(at, dtype=pl.Date))
    current = marked.select(*columns, since.alias(FROM), pl.lit(None, dtype=pl.Date).alias(TO))
    changed = marked.filter(~pl.col("_new") & ~pl.col("_same"))
    others = before.join(now.select(key), on=key, how="anti")
    gone = pl.concat([changed.select(key), others.select(key)]) if whole else changed.select(key)
    past = before.join(gone, on=key, how="semi")
    past = past.clear() if at is None else past.filter(pl.col(FROM).is_null() | (pl.col(FROM) < at))
    past = past.select(*columns, FROM, pl.lit(at, dtype=pl.Date).alias(TO))
    rest = others.select(*columns, FROM, pl.lit(None, dtype=pl.Date).alias(TO))
    rows = current if whole else pl.concat([current, rest])
    return Succession(rows.sort(key), past.sort(key), int(marked["_new"].sum()), changed.height, others.height)


def _renamed(values: Sequence[str]) -> list[pl.Expr]:
    return [pl.col(name).alias(f"_held {name}") for name in values]


def _with_columns(frame: pl.DataFrame, columns: Sequence[str], *more: str) -> pl.DataFrame:
    have = frame.columns
    absent = [pl.lit(None).alias(name) for name in columns if name not in have]
    absent += [pl.lit(None, dtype=pl.Date).alias(name) for name in more if name not in have]
    return frame.with_columns(absent).select(*columns, *more)


def _filled(fresh: pl.DataFrame, held: pl.DataFrame, key: Sequence[str], columns: Sequence[str]) -> pl.DataFrame:
    """The load's rows, with what is held in columns that the load does not have, or in which it has no value at all."""
    silent = [
        name
        for name in columns
        if name in held.columns and name not in key and (name not in fresh.columns or fresh[name].is_null().all())
    ]
    rows = fresh.drop(silent, strict=False).join(held.select(*key, *silent), on=key, how="left")
    return _with_columns(rows, columns)


def as_it_stood(current: pl.LazyFrame, past: pl.LazyFrame | None, month: date) -> pl.LazyFrame:
    """The rows of a state table as they stood at the end of a month: those whose interval holds its last day.

    A row without a beginning was there before anything is known of its key.

    >>> now = pl.LazyFrame({"id": ["a"], "plan": ["Z"], FROM: [date(2024, 6, 15)], TO: [None]})
    >>> then = pl.LazyFrame({"id": ["a"], "plan": ["X"], FROM: [None], TO: [date(2024, 6, 15)]})
    >>> [as_it_stood(now, then, date(2024, month, 1)).collect()["plan"].item() for month in (5, 6)]
    ['X', 'Z']
    """
    frames = [current] if past is None else [current, past]
    rows = pl.concat(frames, how="diagonal_relaxed")
    after = pl.lit(month).dt.offset_by("1mo")
    begun = pl.col(FROM).is_null() | (pl.col(FROM) < after)
    lasting = pl.col(TO).is_null() | (pl.col(TO) >= after)
    return rows.filter(begun & lasting)
