"""``cube``: metrics by dimensions over months."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from telcli.errors import Notice, UsageError
from telcli.features.cube_order import LEVEL, in_order
from telcli.features.cube_rows import DRILLED, cube_rows, dimensions, first_needed, named_in
from telcli.figures.branches_ended import branches_ended
from telcli.figures.cubed import Sums, folded, summed, told
from telcli.figures.rolled import hidden_nodes, hidden_values, rolled
from telcli.settings import ReportSettings
from telcli.stages import Inputs, Outcome
from telcli.tables import contract
from telcli.tables.metric_dictionary import UNKNOWN, Metric, metrics
from telcli.tables.organisation import Organisation, placed

__all__ = ["MOST", "Asked", "asked", "cube", "dimensions", "first_needed", "further", "largest"]

Condition = Callable[[pl.Schema], pl.Expr]
"""Makes a condition on rows of their columns."""
_OF_ONE = frozenset(("customer_id", "group_id"))
_MOST = 100_000
"""Cells of a cross table: 80,000 are closed within a second, a million not within a minute."""
MOST = 4
"""Dimensions of one cube."""


@dataclass(frozen=True)
class Asked:
    """What is to be worked out.

    Parameters
    ----------
    metrics : in the order of the columns.
    by : the dimensions; of a roll-up `LEVEL` and the levels down to the one that is asked for.
    named : further dimensions, which the condition names.
    organisation : what branches belong to, where that is told.
    """

    metrics: tuple[Metric, ...]
    by: tuple[str, ...]
    named: tuple[str, ...]
    organisation: Organisation | None = None

    @property
    def looks_back(self) -> bool:
        """Whether a metric asks who was there the month before."""
        return any("was_active" in f"{metric.sum} {metric.per}" for metric in self.metrics)

    @property
    def rolls_up(self) -> bool:
        """Whether sums of several levels are asked for."""
        return LEVEL in self.by

    @property
    def path(self) -> tuple[str, ...]:
        """All levels of the organisation, the highest first, where groups are made by one of them."""
        levels = self.organisation.levels[::-1] if self.organisation else ()
        return levels if set(levels).intersection(self.by) else ()

    @property
    def tables(self) -> dict[str, str]:
        """The table that each metric and dimension takes, by name."""
        where = dimensions(())
        found = {metric.name: metric.table for metric in self.metrics}
        named = [name for name in (*self.by, *self.named) if name != LEVEL]
        return found | {name: where.get(name, "customers") for name in named}

    @property
    def reads(self) -> tuple[str, ...]:
        """The tables that all this is made of."""
        return tuple(sorted({"customer_months", *self.tables.values()} - {"customers"}))

    @property
    def of_leavers(self) -> tuple[str, ...]:
        """The metrics that ask who left."""
        texts = {one.name: (one.sum, *([one.per] if one.per else ())) for one in self.metrics}
        return tuple(
            name
            for name, parts in texts.items()
            if any("left" in pl.sql_expr(part).meta.root_names() for part in parts)
        )

    @property
    def sources(self) -> dict[str, str]:
        """The subject tables that customer_months makes the metrics' columns of, and one metric of each.

        >>> asked(["revenue", "arrears"], [], "", []).sources
        {'bills': 'revenue', 'payments': 'arrears'}
        """
        made = {column.name: column.source for column in contract("customer_months").columns()}
        found: dict[str, str] = {}
        for metric in self.metrics:
            for text in filter(None, (metric.sum, metric.per)):
                for name in pl.sql_expr(text).meta.root_names():
                    for table in filter(None, made.get(name, "").split(", ")):
                        found.setdefault(table, metric.name)
        return found


def asked(
    names: Sequence[str],
    by: Sequence[str],
    where: str,
    customers: Collection[str],
    organisation: Organisation | None = None,
    roll_up: str | None = None,
) -> Asked:
    """Read what is asked for; `customers` are the columns of that table, `roll_up` the lowest level of sums by level.

    Raises
    ------
    UsageError
        A metric or dimension does not exist; those nearly called so are named. Or a dimension is named twice, or there
        are more than `MOST`. Or sums are to be rolled up where no such level is known, or by dimensions too.

    >>> asked(["revenue"], ["branch"], "region = 'N'", []).tables
    {'revenue': 'customer_months', 'branch': 'customers', 'region': 'customers'}
    """
    known = dimensions(customers, organisation.above if organisation else ())
    by = _levels(roll_up, by, organisation) if roll_up else by
    for name in names:
        if name not in metrics():
            raise _unknown(name, tuple(metrics()))
    for name in by:
        if name not in known and not roll_up:
            raise _unknown(name, tuple(known))
    if len(set(by)) < len(by) or (len(by) > MOST and not roll_up):
        raise UsageError(
            "cube-dimensions",
            "--by takes up to {most} dimensions, each once, not {names}.",
            hint="Leave some out, or choose groups with --where.",
            most=MOST,
            names=", ".join(by),
        )
    named = tuple(name for name in named_in(where, known) if name not in by)
    return Asked(tuple(metrics()[name] for name in names), tuple(by), named, organisation)


def _levels(roll_up: str, by: Sequence[str], organisation: Organisation | None) -> Sequence[str]:
    """The columns of sums by level."""
    if organisation is None:
        raise UsageError(
            "cube-no-organisation",
            "--roll-up {level} needs to know what branches belong to.",
            hint="Name a file of branch, local_network and province: file in [organisation] of telcli.toml.",
            level=roll_up,
        )
    if roll_up not in organisation.levels or by:
        raise UsageError(
            "cube-roll-up",
            "--roll-up takes one level of the organisation, and no --by beside it.",
            hint="Levels, the smallest first: {levels}. Choose groups with --where.",
            levels=", ".join(organisation.levels),
        )
    path = organisation.levels[::-1]
    return (LEVEL, *path[: path.index(roll_up) + 1])


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


def _unknown(name: str, known: Sequence[str]) -> UsageError:
    near = [one for one in known if one == f"x_{name}"] or difflib.get_close_matches(name, known, n=3)
    near = near or [one for one in known if name and name in one][:3]
    return UsageError(
        "cube-near" if near else "cube-unknown",
        "There is no metric or dimension called {name}.",
        hint="Did you mean {near}?" if near else "See what there is: telcli metrics",
        name=name,
        near=", ".join(near),
    )


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
