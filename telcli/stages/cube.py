"""``cube``: metrics by dimensions over months."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from telcli.errors import Notice, UsageError
from telcli.features.cube_order import in_order
from telcli.features.cube_rows import DRILLED, cube_rows, dimensions, first_needed, named_in
from telcli.figures.cubed import folded, summed, told
from telcli.settings import ReportSettings
from telcli.stages import Inputs, Outcome
from telcli.tables import contract
from telcli.tables.metric_dictionary import Metric, metrics

__all__ = ["MOST", "Asked", "asked", "cube", "first_needed", "further"]

_OF_ONE = frozenset(("customer_id", "group_id"))
MOST = 4
"""Dimensions of one cube."""


@dataclass(frozen=True)
class Asked:
    """What is to be worked out.

    Parameters
    ----------
    metrics : in the order of the columns.
    by : the dimensions.
    named : further dimensions, which the condition names.
    """

    metrics: tuple[Metric, ...]
    by: tuple[str, ...]
    named: tuple[str, ...]

    @property
    def tables(self) -> dict[str, str]:
        """The table that each metric and dimension takes, by name."""
        where = dimensions(())
        found = {metric.name: metric.table for metric in self.metrics}
        return found | {name: where.get(name, "customers") for name in (*self.by, *self.named)}

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


def asked(names: Sequence[str], by: Sequence[str], where: str, customers: Collection[str]) -> Asked:
    """Read what is asked for; `customers` are the columns of that table.

    Raises
    ------
    UsageError
        A metric or dimension does not exist; those nearly called so are named. Or a dimension is named twice, or there
        are more than `MOST`.

    >>> asked(["revenue"], ["branch"], "region = 'N'", []).tables
    {'revenue': 'customer_months', 'branch': 'customers', 'region': 'customers'}
    """
    known = dimensions(customers)
    for name in names:
        if name not in metrics():
            raise _unknown(name, tuple(metrics()))
    for name in by:
        if name not in known:
            raise _unknown(name, tuple(known))
    if len(set(by)) < len(by) or len(by) > MOST:
        raise UsageError(
            "cube-dimensions",
            "--by takes up to {most} dimensions, each once, not {names}.",
            hint="Leave some out, or choose groups with --where.",
            most=MOST,
            names=", ".join(by),
        )
    named = tuple(name for name in named_in(where, known) if name not in by)
    return Asked(tuple(metrics()[name] for name in names), tuple(by), named)


def further(tables: Mapping[str, pl.LazyFrame], wanted: Asked) -> tuple[str, ...]:
    """The dimensions to take apart by next, of which something is known, the coarsest first.

    >>> people = pl.LazyFrame({"customer_id": ["a"], "region": ["N"], "branch": [None], "customer_class": [None]})
    >>> further({"customers": people, "customer_months": people}, asked(["revenue"], [], "", []))
    ('region', 'tenure_band')
    """
    where = dimensions(())
    there = [name for name in DRILLED if name not in (*wanted.by, *wanted.named) and where[name] in tables]
    of_people = [name for name in there if where[name] == "customers"]
    known = tables["customers"].select(pl.col(of_people).is_not_null().any()).collect().row(0) if of_people else ()
    unknown = {name for name, some in zip(of_people, known, strict=True) if not some}
    return tuple(name for name in there if name not in unknown)


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
        Tables as `features.cube_rows` takes them. Of `choices`: ``asked`` (Asked), ``months`` in order, ``condition``,
        which makes a condition on rows of their columns, or None.
    settings : ReportSettings
        The smallest group that is told.

    Returns
    -------
    Tables ``cube`` (see `figures.cubed`) and ``whole``, the same without dimensions.

    Raises
    ------
    UsageError
        The condition chooses customers one by one.
    """
    wanted: Asked = inputs.choices["asked"]
    months: Sequence[date] = inputs.choices["months"]
    condition: Callable[[pl.Schema], pl.Expr] | None = inputs.choices["condition"]
    results = {metric.table for metric in wanted.metrics}
    rows = cube_rows(inputs.tables, months, results, (*wanted.by, *wanted.named))
    chosen = condition(rows.collect_schema()) if condition else None
    if chosen is not None and (of := sorted(_OF_ONE.intersection(chosen.meta.root_names()))):
        raise UsageError(
            "cube-where-one",
            "--where of telcli cube chooses no customers by {names}: groups alone are told.",
            hint="One customer: telcli customer ID. Rows: telcli show customer_months --where CONDITION",
            names=", ".join(of),
        )
    sums = summed(rows, wanted.metrics, wanted.by, chosen)
    found = told(sums, settings.small_cell).sort("month", *in_order(wanted.by))
    whole = told(folded(sums, ()), settings.small_cell) if wanted.by else found
    notices = _notices(inputs.tables, wanted, months, found, settings.small_cell)
    return Outcome({"cube": found.lazy(), "whole": whole.lazy()}, {}, notices, as_of=months[-1])


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
