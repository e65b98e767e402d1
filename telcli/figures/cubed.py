"""Metrics by groups of customers: sums, their ratios, and the rule that keeps small groups out of both.

Rows are added up once, in the finest groups that are asked for; coarser ones, and all together, are sums of these.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from telcli.figures.cube_hiding import small_groups
from telcli.tables.metric_dictionary import UNKNOWN, Metric

__all__ = ["PEOPLE", "Sums", "cubed", "folded", "made_of", "summed", "told"]

PEOPLE, _CHOSEN = "people", "_chosen"
_FINE = 1_000_000
"""Amounts are added as whole millionths, which come to the same sum in whatever order threads meet them."""

Also = Mapping[tuple[Any, str], Mapping[str, Collection[str]]]
"""By month and what is told: by dimension, values of which nothing is told for other reasons."""


@dataclass(frozen=True)
class Sums:
    """What metrics of groups are made of.

    Parameters
    ----------
    frame : `month`, `by`, `people`, and of each metric ``NAME|sum`` and ``NAME|per`` in whole millionths, null where
        nothing is known, and ``NAME|made`` and ``NAME|per|made``: how many rows make up either.
    metrics : in the order of the columns.
    by : columns of the groups.
    whole : metrics whose sum counts rows that are merely true or not.
    chosen : whether each group stands twice, for those who are counted and for all others.
    """

    frame: pl.DataFrame
    metrics: tuple[Metric, ...]
    by: tuple[str, ...]
    whole: frozenset[str]
    chosen: bool

    @property
    def keys(self) -> list[str]:
        """Columns that a row is told from others by, within its month."""
        return [*self.by, *([_CHOSEN] if self.chosen else [])]


def cubed(
    rows: pl.LazyFrame, metrics: Sequence[Metric], by: Sequence[str], least: int, chosen: pl.Expr | None = None
) -> pl.DataFrame:
    """Work out metrics of each group in each month: `told` of what is `summed`.

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
    return told(summed(rows, metrics, by, chosen), least)


def summed(rows: pl.LazyFrame, metrics: Sequence[Metric], by: Sequence[str], chosen: pl.Expr | None = None) -> Sums:
    """Add up what metrics are made of, in one pass.

    Parameters
    ----------
    rows : polars.LazyFrame
        A row per customer and `month`, as `features.cube_rows` makes them.
    metrics : sequence of Metric
        In the order of the columns.
    by : sequence of str
        Columns of text.
    chosen : polars.Expr, optional
        Who is counted; all where it is not given.
    """
    if chosen is not None:
        rows = rows.with_columns(chosen.fill_null(value=False).cast(pl.String).alias(_CHOSEN))
    one = rows.select(pl.sql_expr(metric.sum).alias(metric.name) for metric in metrics).collect_schema()
    whole = frozenset(name for name, kind in one.items() if kind == pl.Boolean)
    found = Sums(pl.DataFrame(), tuple(metrics), tuple(by), whole, chosen is not None)
    parts = [part for metric in metrics for part in _parts(metric)]
    grouped = rows.group_by("month", *[pl.col(name).fill_null(UNKNOWN) for name in found.keys])
    sums = grouped.agg(pl.len().cast(pl.Int64).alias(PEOPLE), *parts).sort("month", *found.keys)
    return replace(found, frame=sums.collect(engine="streaming"))


def folded(sums: Sums, by: Sequence[str]) -> Sums:
    """The sums of coarser groups: `by` are some of the columns.

    >>> from datetime import date
    >>> from telcli.tables.metric_dictionary import metrics
    >>> rows = pl.LazyFrame({"month": [date(2024, 6, 1)] * 2, "branch": ["N", "S"], "active": [True] * 2})
    >>> told(folded(summed(rows, [metrics()["customers"]], ["branch"]), []), 1)["customers"].to_list()
    [2]
    """
    coarse = replace(sums, by=tuple(by))
    counts = [PEOPLE, *(name for name in sums.frame.columns if name.endswith("|made"))]
    parts = [name for name in sums.frame.columns if name.endswith(("|sum", "|per"))]
    frame = sums.frame.group_by("month", *coarse.keys).agg(
        pl.col(counts).sum(), *(pl.when(pl.col(name).is_not_null().any()).then(pl.col(name).sum()) for name in parts)
    )
    return replace(coarse, frame=frame.select(_columns(sums, coarse)).sort("month", *coarse.keys))


def told(sums: Sums, least: int, also: Also | None = None) -> pl.DataFrame:
    """Work out the metrics of each group, and hide what few make up.

    Parameters
    ----------
    sums : Sums
        See there.
    least : int
        Groups of fewer people (rows) are not told, nor a number, an amount or a ratio that fewer of them make up, nor
        others by which, with sums over any of the dimensions and with all not chosen, these could be worked out.
    also : mapping, optional
        Values of which nothing is told for other reasons, by month and what is told, and the name of the dimension.

    Returns
    -------
    polars.DataFrame
        `month`, `by`, `people` (rows of the group), the metrics, `hidden` (names of what is hidden, with commas between
        them; it is null), sorted. A metric of which nothing is known in a group is null.
    """
    counts = made_of(sums)
    gone: dict[str, list[bool]] = {name: [] for name in counts}
    for (month,), rows in sums.frame.group_by("month", maintain_order=True):
        known = {name: (also or {}).get((month, name), {}) for name in counts}
        whole = _hidden(rows, PEOPLE, sums.keys, least, known[PEOPLE])
        for name, parts in counts.items():
            masks = [whole, *(_hidden(rows, part, sums.keys, least, known[name]) for part in parts)]
            gone[name] += [any(row) for row in zip(*masks, strict=True)]
    return without(sums, gone)


def made_of(sums: Sums) -> dict[str, tuple[str, ...]]:
    """What is told of a group -> columns that count how many make it up.

    A ratio is told where both its sums would be: with one of them it tells the other.
    """
    columns = {one.name: (f"{one.name}|made", *([f"{one.name}|per|made"] if one.per else [])) for one in sums.metrics}
    return {PEOPLE: (), **columns}


def without(sums: Sums, gone: Mapping[str, Sequence[bool]]) -> pl.DataFrame:
    """The metrics of groups without what is hidden; see `told`. `gone` is by what is told, a flag for each row."""
    marks = pl.DataFrame(dict(gone), schema=dict.fromkeys(gone, pl.Boolean))
    told = sums.frame.with_columns(_ratio(metric, counts=metric.name in sums.whole) for metric in sums.metrics)
    named = [pl.when(pl.col(name)).then(pl.lit(name)) for name in gone]
    shown = [pl.when(~marks[name]).then(told[name]).alias(name) for name in gone]
    found = told.select("month", *sums.keys, *shown).with_columns(
        marks.select(pl.concat_str(named, separator=",", ignore_nulls=True).alias("hidden")).to_series()
    )
    return found.filter(pl.col(_CHOSEN) == "true").drop(_CHOSEN) if sums.chosen else found


def _columns(sums: Sums, coarse: Sums) -> list[str]:
    return ["month", *coarse.keys, *(name for name in sums.frame.columns if name not in ("month", *sums.keys))]


def _parts(metric: Metric) -> list[pl.Expr]:
    """The sums that a metric is made of, null where nothing is known, and how many rows make up each."""
    found = []
    for name, text in (("sum", metric.sum), ("per", metric.per)):
        if text:
            one = pl.sql_expr(text).cast(pl.Float64)
            made = (one.fill_null(0.0) != 0.0).sum().cast(pl.Int64)
            mark = "made" if name == "sum" else "per|made"
            found += [_sum(one).alias(f"{metric.name}|{name}"), made.alias(f"{metric.name}|{mark}")]
    return found


def _sum(one: pl.Expr) -> pl.Expr:
    fine = (one * _FINE).round().cast(pl.Int128)
    return pl.when(one.is_not_null().any()).then(fine.sum())


def _ratio(metric: Metric, *, counts: bool) -> pl.Expr:
    total = _amount(f"{metric.name}|sum")
    if metric.adds_up and counts:
        total = total.cast(pl.Int64)
    if metric.per:
        below = _amount(f"{metric.name}|per")
        total = pl.when(below > 0).then(total / below)
    return total.alias(metric.name)


def _amount(name: str) -> pl.Expr:
    return (pl.col(name).cast(pl.Float64) / _FINE).round(6)  # polars divides by multiplying with the inverse


def _hidden(
    month: pl.DataFrame, count: str, by: Sequence[str], least: int, also: Mapping[str, Collection[str]]
) -> list[bool]:
    """Of each group of one month, in order, whether it is hidden, by a column that counts who makes it up."""
    counts = {row[:-1]: row[-1] for row in month.select(*by, count).iter_rows()}
    gone = small_groups(counts, least, [also.get(name, ()) for name in by])
    return [key in gone for key in counts]
