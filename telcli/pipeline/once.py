"""A key of a table by months stands in one month alone, be it of one load or of several.

The partitions are checked one by one, so that what two of them share is looked for before. Few keys or none are such:
they are found by their hashes, of eight bytes each, and looked at closely only then.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

import numpy as np
import polars as pl

from telcli.pipeline.parting import Piece
from telcli.pipeline.provenance import Manifest
from telcli.pipeline.workdir import Workdir
from telcli.tables import contract
from telcli.tables.checks import Contract
from telcli.tables.evidence import evidence
from telcli.tables.refused import FAULTS, LINE, SOURCE

__all__ = ["Elsewhere", "keys_held", "once_over_loads", "once_over_months"]


@dataclass(frozen=True)
class Elsewhere:
    """The keys of a table by months that are held already, each with the month's `_place`.

    `replaced` says that what is landed replaces the months it is of, so that keys of these are free.
    """

    keys: pl.LazyFrame
    replaced: bool


def keys_held(workdir: Workdir, manifest: Manifest, tables: Iterable[str], *, replaced: bool) -> dict[str, Elsewhere]:
    """The keys held of those tables by months whose key does not tell the month, such as the numbers of payments."""
    found = {}
    for table in tables:
        names, rules = manifest.tables.get(table, {}), contract(table)
        if names and rules.partition and rules.partition not in rules.key:
            keys = [workdir.scan(manifest, table, [name]).select(*rules.key, _place=pl.lit(name)) for name in names]
            found[table] = Elsewhere(pl.concat(keys), replaced)
    return found


def once_over_months(rules: Contract, pieces: list[Piece]) -> list[Piece]:
    """Leave a key that several partitions hold to the first line that has it."""
    if rules.partition in (None, *rules.key) or len(pieces) < 2 or FAULTS not in pieces[0].rows.collect_schema():
        return pieces
    key = pl.struct(rules.key).hash()
    hashes = _hashes(pieces, key)
    twice = np.unique(hashes[1:][hashes[1:] == hashes[:-1]])
    if not twice.size:
        return pieces
    again = key.is_in(pl.lit(pl.Series(twice)).implode()) & (pl.col(FAULTS).list.len() == 0)
    chosen = (*rules.key, SOURCE, LINE)
    rows = [piece.rows.filter(again).select(*chosen, _place=pl.lit(piece.name)) for piece in pieces]
    placed = pl.concat(rows).drop_nulls().sort(SOURCE, LINE).collect()
    first = placed.group_by(rules.key, maintain_order=True).agg(
        pl.col("_place").first(), _n=pl.col("_place").n_unique()
    )
    several = first.filter(pl.col("_n") > 1).drop("_n")
    if not several.height:
        return pieces
    return [piece.through(partial(_noted_elsewhere, rules, piece.name, several)) for piece in pieces]


def _hashes(pieces: list[Piece], key: pl.Expr) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    """The hashes of all keys, in order, of which none is held twice on the way."""
    found = np.empty(sum(piece.height for piece in pieces), dtype=np.uint64)
    done = 0
    for piece in pieces:
        found[done : done + piece.height] = piece.rows.select(key).collect(engine="streaming").to_series().to_numpy()
        done += piece.height
    found.sort()
    return found


def once_over_loads(rules: Contract, pieces: list[Piece], held: Elsewhere) -> list[Piece]:
    """Leave a key that another month of an earlier load holds to that one."""
    if not pieces or FAULTS not in pieces[0].rows.collect_schema():
        return pieces
    keys = held.keys
    if held.replaced:
        keys = keys.filter(~pl.col("_place").is_in([piece.name for piece in pieces]))
    key = pl.struct(rules.key).hash().alias("_hash")
    hashes = [piece.rows.select(key).unique().with_columns(_now=pl.lit(piece.name)) for piece in pieces]
    met = keys.with_columns(key).join(pl.concat(hashes), on="_hash").filter(pl.col("_place") != pl.col("_now"))
    found = met.select(*rules.key, "_place").unique().collect(engine="streaming")
    first = found.sort("_place").unique(rules.key, keep="first")
    if not first.height:
        return pieces
    return [piece.through(partial(_noted_elsewhere, rules, piece.name, first)) for piece in pieces]


def _noted_elsewhere(rules: Contract, name: str, several: pl.DataFrame, rows: pl.LazyFrame) -> pl.LazyFrame:
    """The rows of one partition, with a fault on those whose key another one has first."""
    value = evidence(rules.key, rows.collect_schema())
    fault = pl.struct(rule=pl.lit("duplicate-key"), column=pl.lit(", ".join(rules.key)), value=value)
    noted = pl.col(FAULTS).list.concat(pl.concat_list(fault))
    elsewhere = several.filter(pl.col("_place") != name).lazy()
    marked = rows.join(elsewhere, on=list(rules.key), how="left", maintain_order="left")
    later = pl.col("_place").is_not_null()
    return marked.with_columns(pl.when(later).then(noted).otherwise(FAULTS).alias(FAULTS)).drop("_place")
