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
SMALL, PEOPLE = "small", "people"
_FINE = 1_000_000
"""Amounts are added as whole millionths, which come to the same sum in whatever order threads meet them."""


def cubed(rows: pl.LazyFrame, metrics: Sequence[Metric], by: Sequence[str], least: int) -> pl.DataFrame:
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
        Groups of fewer people (rows) are not told, nor others by which, with the sums of all, they could be worked out.

    Returns
    -------
    polars.DataFrame
        `month`, `by`, `people` (rows of the group), the metrics, `small` (hidden: people and metrics are null), sorted.
        A metric of which nothing is known in a group is null.

    >>> from datetime import date
    >>> from telcli.tables.metric_dictionary import metrics
    >>> rows = pl.LazyFrame({"month": [date(2024, 6, 1)] * 3, "branch": ["N", "N", "S"], "active": [True] * 3,
    ...     "revenue": [10.0, None, 7.0]})
    >>> known = [metrics()["customers"], metrics()["revenue_per_customer"]]
    >>> cubed(rows, known, ["branch"], 1).drop("month").rows()
    [('N', 2, 2.0, 5.0, False), ('S', 1, 1.0, 7.0, False)]
    """
    parts = [part for metric in metrics for part in _parts(metric)]
    keys = [pl.col(name).fill_null(UNKNOWN) for name in by]
    folded = rows.group_by("month", *keys).agg(pl.len().cast(pl.Int64).alias(PEOPLE), *parts)
    found = folded.sort("month", *by).collect(engine="streaming")
    told = found.select("month", *by, PEOPLE, *[_ratio(metric) for metric in metrics])
    return _without_small(told, by, least)


def _parts(metric: Metric) -> list[pl.Expr]:
    """The sums that a metric is made of; null where nothing is known."""
    names = [(f"{metric.name}|sum", metric.sum)] + ([(f"{metric.name}|per", metric.per)] if metric.per else [])
    return [_sum(pl.sql_expr(text).cast(pl.Float64)).alias(name) for name, text in names]


def _sum(one: pl.Expr) -> pl.Expr:
    fine = (one * _FINE).round().cast(pl.Int128)
    return pl.when(one.is_not_null().any()).then(fine.sum().cast(pl.Float64) / _FINE)


def _ratio(metric: Metric) -> pl.Expr:
    total = pl.col(f"{metric.name}|sum")
    if metric.per:
        below = pl.col(f"{metric.name}|per")
        total = pl.when(below > 0).then(total / below)
    return total.alias(metric.name)


def _without_small(told: pl.DataFrame, by: Sequence[str], least: int) -> pl.DataFrame:
    """The table with small groups hidden, and those which would give them away."""
    marks = []
    for (_,), month in told.group_by("month", maintain_order=True):
        marks += _hidden(month, by, least)
    small = pl.Series(SMALL, marks, dtype=pl.Boolean)
    held = [name for name in told.columns if name not in ("month", *by)]
    return told.with_columns(small).with_columns(
        pl.when(~pl.col(SMALL)).then(pl.col(name)).alias(name) for name in held
    )


def _hidden(month: pl.DataFrame, by: Sequence[str], least: int) -> list[bool]:
    """Of each group of one month, in order, whether it is hidden."""
    if not by:
        return [0 < count < least for count in month[PEOPLE]]
    counts = {row[:-1]: row[-1] for row in month.select(*by, PEOPLE).iter_rows()}
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
