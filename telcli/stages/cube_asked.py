"""What ``cube`` is asked for: metrics by dimensions, read and checked."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import polars as pl

from telcli.errors import UsageError
from telcli.features.cube_order import LEVEL
from telcli.features.cube_rows import dimensions, named_in
from telcli.tables import contract
from telcli.tables.metric_dictionary import Metric, metrics
from telcli.tables.organisation import Organisation

__all__ = ["MOST", "Asked", "asked"]

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
