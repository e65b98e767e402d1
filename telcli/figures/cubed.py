"""Metrics by groups of customers: sums, their ratios, and the rule that keeps small groups out of both."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product

import polars as pl

from telcli.figures.base import hidden
from telcli.figures.crossing import hidden_cells
from telcli.tables.metric_dictionary import UNKNOWN, Metric

__all__ = ["cubed"]

Key = tuple[str, ...]
PEOPLE, _CHOSEN = "people", "_chosen"
_FINE = 1_000_000
"""Amounts are added as whole millionths, which come to the same sum in whatever order threads meet them."""


def cubed(
    rows: pl.LazyFrame, metrics: Sequence[Metric], by: Sequence[str], least: int, chosen: pl.Expr | None = None
) -> pl.DataFrame:
    """Work out metrics of each group in each month.

    Parameters
    ----------
    rows : polars.LazyFrame
        A row per customer and `month`, as `features.cube_rows` makes them.
    metrics : sequence of Metric
        In the order of the columns.
    by : sequence of str
        Columns of text.
    least : int
        Groups of fewer people (rows) are not told, nor an amount or a ratio that fewer of them make up, nor others by
        which, with sums over any of the dimensions and with all who are not chosen, these could be worked out.
    chosen : polars.Expr, optional
        Who is counted; all where it is not given.

    Returns
    -------
    polars.DataFrame
        `month`, `by`, `people` (rows of the group), the metrics, `hidden` (names of what is hidden, with commas between
        them; it is null), sorted. A metric of which nothing is known in a group is null.

    >>> from datetime import date
    >>> from telcli.tables.metric_dictionary import metrics
    >>> rows = pl.LazyFrame({"month": [date(2024, 6, 1)] * 3, "branch": ["N", "N", "S"], "active": [True] * 3,
    ...     "revenue": [10.0, None, 7.0]})
    >>> known = [metrics()["customers"], metrics()["revenue_per_customer"]]
    >>> cubed(rows, known, ["branch"], 1).drop("month").rows()
    [('N', 2, 2, 5.0, ''), ('S', 1, 1, 7.0, '')]
    >>> cubed(rows, known, ["branch"], 2).drop("month").rows()[1]
    ('S', None, None, None, 'people,customers,revenue_per_customer')
    """
    keys = [*by, _CHOSEN] if chosen is not None else list(by)
    if chosen is not None:
        rows = rows.with_columns(chosen.fill_null(value=False).cast(pl.String).alias(_CHOSEN))
    one = rows.select(pl.sql_expr(metric.sum).alias(metric.name) for metric in metrics).collect_schema()
    counts = {name for name, kind in one.items() if kind == pl.Boolean}  # rows are merely true or not
    parts = [part for metric in metrics for part in _parts(metric, counts=metric.name in counts)]
    grouped = rows.group_by("month", *[pl.col(name).fill_null(UNKNOWN) for name in keys])
    found = grouped.agg(pl.len().cast(pl.Int64).alias(PEOPLE), *parts).sort("month", *keys).collect(engine="streaming")
    told = _without_small(
        found.with_columns(_ratio(metric, counts=metric.name in counts) for metric in metrics), metrics, keys, least
    )
    if chosen is not None:
        told = told.filter(pl.col(_CHOSEN) == "true").drop(_CHOSEN)
    return told


def _parts(metric: Metric, *, counts: bool) -> list[pl.Expr]:
    """The sums that a metric is made of, null where nothing is known, and how many make them up.

    Who is merely counted makes up nothing beside the group itself.
    """
    one, per = pl.sql_expr(metric.sum), pl.sql_expr(metric.per) if metric.per else None
    found = [_sum(one.cast(pl.Float64)).alias(f"{metric.name}|sum")]
    made = pl.len() if counts else (one.cast(pl.Float64).fill_null(0.0) != 0.0).sum()
    if per is not None:
        found.append(_sum(per.cast(pl.Float64)).alias(f"{metric.name}|per"))
        made = (per.cast(pl.Float64).fill_null(0.0) != 0.0).sum()
    return [*found, made.cast(pl.Int64).alias(f"{metric.name}|made")]


def _sum(one: pl.Expr) -> pl.Expr:
    fine = (one * _FINE).round().cast(pl.Int128)
    return pl.when(one.is_not_null().any()).then(fine.sum().cast(pl.Float64) / _FINE)


def _ratio(metric: Metric, *, counts: bool) -> pl.Expr:
    total = pl.col(f"{metric.name}|sum")
    if metric.adds_up and counts:
        total = total.cast(pl.Int64)
    if metric.per:
        below = pl.col(f"{metric.name}|per")
        total = pl.when(below > 0).then(total / below)
    return total.alias(metric.name)


def _without_small(told: pl.DataFrame, metrics: Sequence[Metric], by: Sequence[str], least: int) -> pl.DataFrame:
    """The table with what few make up hidden, and what would give that away."""
    counts = {PEOPLE: PEOPLE, **{metric.name: f"{metric.name}|made" for metric in metrics}}
    gone: dict[str, list[bool]] = {name: [] for name in counts}
    for _, month in told.group_by("month", maintain_order=True):
        whole = _hidden(month, PEOPLE, by, least)
        for name, count in counts.items():
            mine = whole if count == PEOPLE else _hidden(month, count, by, least)
            gone[name] += [one or other for one, other in zip(whole, mine, strict=True)]
    marks = pl.DataFrame(gone, schema=dict.fromkeys(gone, pl.Boolean))
    named = [pl.when(pl.col(name)).then(pl.lit(name)) for name in gone]
    shown = [pl.when(~marks[name]).then(told[name]).alias(name) for name in gone]
    return told.select("month", *by, *shown).with_columns(
        marks.select(pl.concat_str(named, separator=",", ignore_nulls=True).alias("hidden")).to_series()
    )


def _hidden(month: pl.DataFrame, count: str, by: Sequence[str], least: int) -> list[bool]:
    """Of each group of one month, in order, whether it is hidden, by a column that counts who makes it up."""
    if not by:
        return [0 < people < least for people in month[count]]
    counts = {row[:-1]: row[-1] for row in month.select(*by, count).iter_rows()}
    gone = _small(counts, least)
    return [key in gone for key in counts]


def _small(counts: Mapping[Key, int], least: int) -> set[Key]:
    """The groups to hide, given that sums over any dimension may be asked for too.

    By one dimension as lists are hidden; by several, crossed by each in turn with all others together, till none is
    new. Sums that are themselves hidden where they are asked for give nothing away.
    """
    keys = list(counts)
    wide = len(keys[0]) if keys else 0
    if wide < 2:
        return {key for key, small in zip(keys, hidden(list(counts.values()), least), strict=True) if small}
    gone: set[Key] = set()
    while True:
        before = len(gone)
        for place in range(wide if wide > 2 else 1):
            gone |= _crossed(counts, place, gone, least)
        if len(gone) == before or wide == 2:
            return gone


def _crossed(counts: Mapping[Key, int], place: int, gone: set[Key], least: int) -> set[Key]:
    """The groups that are hidden in the table of one dimension (rows) by all others together (columns)."""
    along, down = _sums(counts, lambda key: (key[place],)), _sums(counts, lambda key: _less(key, place))
    rows, columns = sorted(along), sorted(down)
    no_rows, no_columns = _small(along, least), _small(down, least)
    cell = {(row, column): (*column[:place], *row, *column[place:]) for row, column in product(rows, columns)}
    table = [[counts.get(cell[row, column], 0) for column in columns] for row in rows]
    also = [[cell[row, column] in gone for column in columns] for row in rows]
    mask = hidden_cells(table, least, [row in no_rows for row in rows], [one in no_columns for one in columns], also)
    return {
        cell[row, column]
        for (r, row), (c, column) in product(enumerate(rows), enumerate(columns))
        if mask[r][c] and cell[row, column] in counts
    }


def _sums(counts: Mapping[Key, int], of: Callable[[Key], Key]) -> dict[Key, int]:
    """People by what is left of their keys."""
    found: dict[Key, int] = {}
    for key, count in counts.items():
        found[of(key)] = found.get(of(key), 0) + count
    return found


def _less(key: Key, place: int) -> Key:
    """A key without one of its parts."""
    return key[:place] + key[place + 1 :]
