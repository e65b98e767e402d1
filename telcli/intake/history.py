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

__all__ = ["FROM", "TO", "Succession", "as_it_stood", "merged", "restated", "succeed"]

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
    held: pl.DataFrame,
    fresh: pl.DataFrame,
    key: Sequence[str],
    at: date | None,
    *,
    whole: bool = False,
    dated: pl.DataFrame | None = None,
) -> Succession:
    """Let the rows of one load succeed those held, key by key.

    Parameters
    ----------
    held, fresh : rows of one table with one row per key; `held` with `valid_from` and `valid_to`.
    at : the month of the load, its first day; None where it is not known.
    whole : whether the load gives every row there is, so that keys it does not give are gone.
    dated : rows of the past that the load gives itself; of their keys its word on when the row began stands.

    Returns
    -------
    Succession
        `past` are rows that held until `at`, or until the day on which the row given says that it begins; a row that
        began no earlier is corrected, and leaves no trace. Columns that the load does not have keep the values held.

    >>> held = pl.DataFrame({"id": ["a", "b"], "plan": ["X", "Y"], FROM: [date(2024, 5, 1)] * 2})
    >>> found = succeed(held, pl.DataFrame({"id": ["a", "c"], "plan": ["Z", "Z"]}), ["id"], date(2024, 6, 1))
    >>> found.current.select("id", "plan").rows(), found.past.select("id", "plan", TO).rows()
    ([('a', 'Z'), ('b', 'Y'), ('c', 'Z')], [('a', 'X', datetime.date(2024, 6, 1))])
    """
    columns = [name for name in (*fresh.columns, *held.columns) if name not in (FROM, TO)]
    columns = list(dict.fromkeys(columns))
    before, now = _with_columns(held, columns, FROM, TO), _filled(fresh, held, key, columns)
    values = [name for name in columns if name not in key]
    held_ = before.select(*key, *_renamed(values), _from=FROM, _held=pl.lit(value=True))
    own = _with_columns(fresh, key, FROM, TO).rename({FROM: "_own"})
    past_ = (fresh.clear() if dated is None else dated).select(key).unique().with_columns(_dated=pl.lit(value=True))
    both = now.join(held_, on=key, how="left").join(own, on=key, how="left").join(past_, on=key, how="left")
    same = pl.all_horizontal(pl.lit(value=True), *[pl.col(name).eq_missing(pl.col(f"_held {name}")) for name in values])
    marked = both.with_columns(_new=pl.col("_held").is_null(), _same=same & pl.col("_held").is_not_null())
    load = pl.lit(at, dtype=pl.Date)
    said = pl.col("_own").ne_missing(load)  # of its own, and not only since it was loaded
    kept = pl.when(said).then(pl.min_horizontal("_from", "_own")).otherwise("_from")
    kept = pl.when(said & pl.col("_dated").is_not_null()).then("_own").otherwise(kept)
    since = pl.when("_same").then(kept).otherwise(pl.coalesce("_own", load))
    current = marked.select(*columns, since.alias(FROM), TO)
    changed = marked.filter(~pl.col("_new") & ~pl.col("_same"))
    others = before.join(now.select(key), on=key, how="anti")
    gone = changed.select(*key, _end=pl.coalesce("_own", load))
    if whole:
        gone = pl.concat([gone, others.select(*key, _end=load)])
    past = before.join(gone, on=key).filter(pl.col(FROM).is_null() | (pl.col(FROM) < pl.col("_end")))
    past = past.drop_nulls("_end").select(*columns, FROM, pl.min_horizontal(TO, "_end").alias(TO))
    rows = current if whole else pl.concat([current, others.select(*columns, FROM, TO)])
    return Succession(rows.sort(key), past.sort(key), int(marked["_new"].sum()), changed.height, others.height)


def merged(held: pl.DataFrame, given: pl.DataFrame, current: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """One history of what was kept and of what a load says itself of the past, whose word goes from its first day on.

    Intervals of one key do not overlap then: a later one ends an earlier one, that of `current` the last of them.

    >>> days = {FROM: [date(2024, 1, 1)], TO: [date(2024, 6, 1)]}
    >>> held = pl.DataFrame({"id": ["a"], "plan": ["P"], **days})
    >>> given = pl.DataFrame({"id": ["a"], "plan": ["R"], FROM: [date(2024, 3, 1)], TO: [date(2024, 5, 1)]})
    >>> now = pl.DataFrame({"id": ["a"], "plan": ["S"], FROM: [date(2024, 5, 1)]})
    >>> merged(held, given, now, ["id"]).select("plan", TO).rows()
    [('P', datetime.date(2024, 3, 1)), ('R', datetime.date(2024, 5, 1))]
    """
    said = given.group_by(key).agg(_says=pl.col(FROM).fill_null(date.min).min())
    kept = held.join(said, on=list(key), how="left").filter(
        pl.col("_says").is_null() | (pl.col(FROM).fill_null(date.min) < pl.col("_says"))
    )
    now = current.select(*key, _now=FROM)
    rows = pl.concat([given, kept.drop("_says")], how="diagonal_relaxed").join(now, on=list(key), how="left")
    first = rows.unique([*key, FROM], keep="first", maintain_order=True).sort(*key, FROM, nulls_last=False)
    follows = pl.col(FROM).shift(-1).over(key)
    ended = first.with_columns(pl.min_horizontal(TO, follows, "_now").alias(TO)).drop("_now")
    return ended.filter(pl.col(FROM).is_null() | (pl.col(FROM) < pl.col(TO)))


def restated(
    current: pl.DataFrame, past: pl.DataFrame, fresh: pl.DataFrame, key: Sequence[str], at: date
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """An earlier month said anew: the rows that are still the state, and the past with those that no longer are.

    Where the state of a key began after that month, the row given takes the place of the one that held then, up to
    where the next one begins; what came later stays.

    >>> now = pl.DataFrame({"id": ["a"], "plan": ["S"], FROM: [date(2024, 6, 1)]})
    >>> past = now.with_columns(plan=pl.lit("P"), valid_from=pl.lit(None, pl.Date), valid_to=FROM)
    >>> given = pl.DataFrame({"id": ["a", "b"], "plan": ["R", "R"]})
    >>> rest, found = restated(now, past, given, ["id"], date(2024, 5, 1))
    >>> rest["id"].to_list(), found.select("plan", FROM, TO).rows()
    (['b'], [('P', None, datetime.date(2024, 5, 1)), ('R', datetime.date(2024, 5, 1), datetime.date(2024, 6, 1))])
    """
    after = pl.select(pl.lit(at).dt.offset_by("1mo")).item()
    later = current.filter(pl.col(FROM) >= after).select(*key, _next=FROM)
    moved = fresh.join(later, on=list(key)).drop(FROM, TO, strict=False)
    rest = fresh.join(later, on=list(key), how="anti")
    if not moved.height:
        return rest, past
    theirs = past.join(moved.select(key), on=list(key), how="semi")
    begun = pl.col(FROM).is_null() | (pl.col(FROM) < after)
    then = theirs.filter(begun & (pl.col(TO) >= after))
    follows = theirs.filter(~begun).group_by(key).agg(_sooner=pl.col(FROM).min())
    bounds = then.select(*key, _from=FROM, _to=TO)
    basis = pl.concat([then, current.join(then, on=list(key), how="anti")], how="diagonal_relaxed").drop(FROM, TO)
    columns = list(dict.fromkeys([*moved.columns, *basis.columns]))
    moved = _filled(moved, basis, key, columns)
    placed = moved.join(bounds, on=list(key), how="left").join(follows, on=list(key), how="left")
    began = pl.when(pl.col("_from") >= at).then("_from").otherwise(pl.lit(at, dtype=pl.Date))
    given = placed.with_columns(began.alias(FROM), pl.coalesce("_to", "_sooner", "_next").alias(TO))
    before = then.filter(pl.col(FROM).is_null() | (pl.col(FROM) < at)).with_columns(pl.lit(at, dtype=pl.Date).alias(TO))
    kept = past.join(bounds.select(*key, "_to"), left_on=[*key, TO], right_on=[*key, "_to"], how="anti")
    found = pl.concat([kept, before, given.drop("_from", "_to", "_sooner", "_next")], how="diagonal_relaxed")
    return rest, found.sort(*key, FROM, nulls_last=False)


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
