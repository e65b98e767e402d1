"""Rows of several sources made one: what is settled, what only repeats, and what contradicts its own file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from telcli.intake.cleaning import NO_FAULTS
from telcli.intake.facts import add_fault
from telcli.intake.history import FROM, TO
from telcli.intake.survivorship import OWN, Survivorship, survive
from telcli.tables import contract
from telcli.tables.apart import unknown
from telcli.tables.refused import FAULTS, LINE, SOURCE
from telcli.tables.resolution import breaks_a_rule

__all__ = ["settle"]

_HIDDEN = (SOURCE, LINE, FAULTS)
_NTH = "_nth"


def settle(
    rows: pl.DataFrame, rest: Sequence[pl.LazyFrame], rules: Survivorship, table: str, key: tuple[str, ...]
) -> tuple[pl.LazyFrame, pl.DataFrame, list[dict[str, Any]]]:
    """One row for each key of `rows`, beside it what is refused or copied, and `rest`, which is one row already.

    `rows` have the columns `telcli.intake.survivorship.OWN` and the hidden ones, without faults. Returned are the
    table, unchecked, the conflicts and the rates of disagreement.
    """
    if not rows.height:
        return pl.concat(rest, how="diagonal_relaxed"), contract("conflicts").schema.create_empty(), []
    attributes = [name for name in rows.columns if name not in (*OWN, *key, *_HIDDEN, FROM, TO)]
    bad = breaks_a_rule(contract(table), rows)  # refused on its way out, and nothing of it taken over
    sound, broken = rows.filter(~bad), rows.filter(bad)
    own = [*key, "source_key", SOURCE]
    # rows are told apart by their place: nothing vanishes where several stand on one line
    placed = sound.sort(unknown(attributes), SOURCE, LINE, maintain_order=True).with_row_index(_NTH)
    first = placed.unique(own, keep="first", maintain_order=True)
    again = placed.join(first.select(_NTH), on=_NTH, how="anti")
    first = first.drop(_NTH)
    found = survive(first, attributes, rules, key)
    whole = _valid(found.rows.with_columns(NO_FAULTS), first, key)
    # a copy repeats what was made of the row kept of its file: the contract drops and counts it as such
    same = again.join(first.select(*own, *attributes), on=[*own, *attributes], how="semi", nulls_equal=True)
    copies = same.select(*key, SOURCE, LINE).join(whole.drop(SOURCE, LINE), on=list(key))
    differing = again.join(same.select(_NTH), on=_NTH, how="anti").with_columns(NO_FAULTS)
    clashes = add_fault(differing.lazy(), pl.lit(value=True), "duplicate-key", ", ".join(key)).collect()
    columns = list(dict.fromkeys([*key, *(name for name in rows.columns if name not in OWN), *_HIDDEN]))
    more = [frame.select(columns).lazy() for frame in (whole, copies, clashes, broken)]
    return pl.concat([*rest, *more], how="diagonal_relaxed"), found.conflicts, found.rates


def _valid(whole: pl.DataFrame, rows: pl.DataFrame, key: tuple[str, ...]) -> pl.DataFrame:
    """What is settled holds since the last of its rows began, for as long as one of them does."""
    days = [name for name in (FROM, TO) if name in rows.columns]
    ends = pl.when(pl.col(TO).is_not_null().all()).then(pl.col(TO).max())
    told = rows.group_by(key).agg({FROM: pl.col(FROM).max(), TO: ends}[name].alias(name) for name in days)
    return whole.join(told, on=list(key), how="left", maintain_order="left") if days else whole
