"""``cube``: metrics by dimensions over months."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date

import polars as pl

from telcli.errors import Notice, UsageError
from telcli.features.cube_order import LEVEL, in_order
from telcli.features.cube_rows import DRILLED, cube_rows, dimensions, first_needed
from telcli.figures.branches_ended import branches_ended
from telcli.figures.cubed import Sums, folded, summed, told
from telcli.figures.rolled import hidden_nodes, hidden_values, rolled
from telcli.settings import ReportSettings
from telcli.stages import Inputs, Outcome
from telcli.stages.cube_asked import Asked
from telcli.tables.metric_dictionary import UNKNOWN
from telcli.tables.organisation import placed

__all__ = ["cube", "dimensions", "first_needed", "further", "largest"]

Condition = Callable[[pl.Schema], pl.Expr]
"""Makes a condition on rows of their columns."""
_OF_ONE = frozenset(("customer_id", "group_id"))
_MOST = 100_000
"""Cells of a cross table: 80,000 are closed within a second, a million not within a minute."""


def largest(found: pl.DataFrame, wanted: Asked, month: date) -> str | None:
    """Of the first dimension, the group that comes to most by the first metric; None where none is known."""
    if not wanted.by or wanted.rolls_up:
        return None
    first, name = wanted.metrics[0].name, wanted.by[0]
    last = found.filter(month=month).drop_nulls(first).sort(first, name, descending=[True, False])
    return next((value for value in last[name].to_list() if value != UNKNOWN), None)


def further(
    tables: Mapping[str, pl.LazyFrame],
    wanted: Asked,
    month: date,
    condition: Condition | None = None,
    group: str | None = None,
) -> tuple[str, ...]:
    """The dimensions by which the rows of a month, of one `group` of the first dimension, come apart; coarsest first.

    >>> from telcli.stages.cube_asked import asked
    >>> may = date(2024, 5, 1)
    >>> people = pl.LazyFrame({"customer_id": ["a", "b"], "region": ["N", "S"], "branch": ["B", "B"]})
    >>> months = pl.LazyFrame({"customer_id": ["a", "b"], "month": [may] * 2, "active": [True] * 2,
    ...     "left": [False] * 2})
    >>> further({"customers": people, "customer_months": months}, asked(["customers"], [], "", []), may)
    ('region',)
    """
    if wanted.rolls_up:
        return ()
    levels = wanted.organisation.levels[::-1] if wanted.organisation else ()
    deepest = max((levels.index(name) + 1 for name in wanted.by if name in levels), default=0)
    where = dict.fromkeys(levels, "customers") | dimensions(())
    order = dict.fromkeys((*levels[deepest:], *(name for name in DRILLED if name not in levels)))
    there = [name for name in order if name not in (*wanted.by, *wanted.named) and where[name] in tables]
    results = {metric.table for metric in wanted.metrics}
    kinds = tuple(dict.fromkeys((*wanted.by[:1], *wanted.named, *there)))
    rows = cube_rows(tables, [month], results, kinds, wanted.organisation, before=condition is not None)
    if condition:
        rows = rows.filter(condition(rows.collect_schema()))
    if group is not None:
        rows = rows.filter(pl.col(wanted.by[0]) == group)
    counts = rows.select(pl.col(name).n_unique() for name in there).collect(engine="streaming")
    return tuple(name for name in there if counts[name].item() > 1)


def cube(inputs: Inputs, settings: ReportSettings) -> Outcome:
    """Work out metrics of each group in each month, and of all together.

    Parameters
    ----------
    inputs : Inputs
        Tables as `features.cube_rows` takes them. Of `choices`: ``asked`` (Asked), ``months`` in order, ``condition``
        (or None), ``leaving``, which tells whether any month held tells of somebody who left, and ``merged``, what
        was recorded of each branch that was merged.
    settings : ReportSettings
        The smallest group that is told.

    Returns
    -------
    Tables ``cube`` (see `figures.cubed`) and ``whole``, the same without dimensions.

    Raises
    ------
    UsageError
        The condition chooses customers one by one, or dimensions cross in more than `_MOST` cells.
    """
    wanted: Asked = inputs.choices["asked"]
    months: Sequence[date] = inputs.choices["months"]
    condition: Condition | None = inputs.choices["condition"]
    results = {metric.table for metric in wanted.metrics}
    by = dict.fromkeys(name for name in (*wanted.by, *wanted.path) if name != LEVEL)
    kinds = tuple(dict.fromkeys((*by, *wanted.named)))
    before = condition is not None or wanted.looks_back
    rows = cube_rows(inputs.tables, months, results, kinds, wanted.organisation, before=before)
    chosen = condition(rows.collect_schema()) if condition else None
    if chosen is not None and (of := sorted(_OF_ONE.intersection(chosen.meta.root_names()))):
        raise UsageError(
            "cube-where-one",
            "--where of telcli cube chooses no customers by {names}: groups alone are told.",
            hint="One customer: telcli customer ID. Rows: telcli show customer_months --where CONDITION",
            names=", ".join(of),
        )
    sums = _bounded(summed(rows, wanted.metrics, tuple(by), chosen))
    found = _told(sums, wanted, settings.small_cell).sort("month", *in_order(wanted.by))
    whole = told(folded(sums, ()), settings.small_cell) if wanted.by else found
    lost = _not_known(whole, wanted, inputs.choices.get("leaving"))
    found, whole = (
        frame.with_columns(pl.lit(None).cast(frame.schema[name]).alias(name) for name in lost)
        for frame in (found, whole)
    )
    notices = (
        *branches_ended(inputs.choices.get("merged") or (), months[-1]),
        *_no_leavers(lost),
        *_unplaced(inputs.tables, wanted),
        *_notices(inputs.tables, wanted, months, found, settings.small_cell),
    )
    return Outcome({"cube": found.lazy(), "whole": whole.lazy()}, {}, notices, as_of=months[-1])


def _not_known(whole: pl.DataFrame, wanted: Asked, leaving: Callable[[], bool] | None) -> tuple[str, ...]:
    """The metrics of who left, where no month held tells of anybody who did: nothing is known then, not none."""
    of = wanted.of_leavers
    if not of or leaving is None or any((whole[name].fill_null(0) > 0).any() for name in of):
        return ()
    return () if leaving() else of


def _no_leavers(names: Sequence[str]) -> list[Notice]:
    words = (
        "Who left is not known: no month tells of anybody who did, so there is no {names}. Lines with the day on which "
        "they ended (ended_on of subscriptions) bring it: telcli ingest, then telcli run."
    )
    return [Notice("cube-no-leavers", words, {"names": ", ".join(names)})] if names else []


def _bounded(sums: Sums) -> Sums:
    """The sums, where their dimensions cross in no more cells than can be closed in seconds."""
    values = {name: sums.frame[name].n_unique() for name in sums.by}
    if len(values) > 1 and math.prod(values.values()) > _MOST:
        raise UsageError(
            "cube-too-wide",
            "{dimensions} cross in {cells} cells; what few make up is kept out of {most} at most.",
            hint="Choose fewer dimensions, or some of their values: --where",
            dimensions=" x ".join(f"{name} ({count})" for name, count in values.items()),
            cells=f"{math.prod(values.values()):,}",
            most=f"{_MOST:,}",
        )
    return sums


def _told(sums: Sums, wanted: Asked, least: int) -> pl.DataFrame:
    """The metrics of the groups that are asked for; what is not told of a level is the same in every table."""
    gone = hidden_nodes(sums, wanted.path, least) if wanted.path else {}
    if wanted.rolls_up:
        return rolled(sums, wanted.path, len(wanted.by) - 1, gone)
    return told(folded(sums, wanted.by) if wanted.path else sums, least, hidden_values(gone, wanted.path))


def _unplaced(tables: Mapping[str, pl.LazyFrame], wanted: Asked) -> list[Notice]:
    """Branches of which it is not known what they belong to."""
    of = wanted.organisation
    if of is None or not {*of.levels[1:]}.intersection((*wanted.by, *wanted.named)) or "customers" not in tables:
        return []
    lost = pl.any_horizontal(pl.col(of.levels[1:]).is_null()) & pl.col(of.levels[0]).is_not_null()
    names = placed(tables["customers"], of).filter(lost).select(of.levels[0]).unique().collect().to_series().sort()
    if not names.len():
        return []
    words = "Of {n} {level} it is not told what they belong to; they stand under unknown: {names}."
    some = ", ".join(names.head(5)) + (", ..." if names.len() > 5 else "")
    return [Notice("cube-unplaced", words, {"n": names.len(), "level": of.levels[0], "names": some})]


def _notices(
    tables: Mapping[str, pl.LazyFrame], wanted: Asked, months: Sequence[date], found: pl.DataFrame, least: int
) -> tuple[Notice, ...]:
    """Months without the results that a metric or dimension takes, nobody found, and how many groups are hidden."""
    notices = []
    for table in sorted(set(wanted.tables.values()) - {"customer_months", "customers"}):
        have = set(tables[table].select("as_of").unique().collect()["as_of"])
        if lacking := [f"{month:%Y-%m}" for month in months if month not in have]:
            what = {"table": table, "months": ", ".join(lacking)}
            notices.append(
                Notice(
                    "cube-months-lacking", "{table} has nothing for {months}: what is made of it is empty there.", what
                )
            )
    if not found.height:
        notices.append(Notice("cube-none", "No customer meets the condition."))
    if hidden := int((found["hidden"] != "").sum()):
        notices.append(
            Notice(
                "cube-small",
                "{n} of {all} groups are not told, or not wholly: fewer than {least} customers make up what is hidden "
                "(*), or by it such a figure could be worked out.",
                {"n": hidden, "all": found.height, "least": least},
            )
        )
    return tuple(notices)
