"""Tables that were written under another contract are checked under this one, part by part, before they are used."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from telcli.pipeline.parting import Piece, cut, ordered
from telcli.tables.checks import Contract

__all__ = ["check_again"]

_KEYS = 5_000_000
"""Keys looked at together, by their hashes of eight bytes."""


def check_again(rules: Contract, whole: pl.LazyFrame, changed: Mapping[str, pl.LazyFrame]) -> None:
    """Check the partitions that were written under another contract; `whole` are all that are used.

    No more than a part of a partition is in memory at once.

    Raises
    ------
    DataError
        A rule is broken; it is named, with how many of the rows checked together break it.
    """
    for name, rows in changed.items():
        ready = rules.conform(rows)
        height = ready.select(pl.len()).collect(engine="streaming").item()
        for part in cut(rules, Piece(name, ready, height)):
            found = part.collect(engine="streaming")
            if not rules.passes(found) or rules.repeats(ordered(rules, found)):
                rules.require(found.lazy())
    if changed and rules.key and rules.partition not in (None, *rules.key):
        _once(rules, rules.conform(whole))


def _once(rules: Contract, whole: pl.LazyFrame) -> None:
    """Refuse a key that several partitions hold; the rows are looked at closely only where two hashes are the same."""
    hashes = whole.select(_hash=pl.struct(rules.key).hash())
    parts = hashes.select(pl.len()).collect(engine="streaming").item() // _KEYS + 1
    for part in range(parts):
        some = hashes.filter(pl.col("_hash") % parts == part).collect(engine="streaming").to_series()
        if some.n_unique() < some.len():
            rules.require(whole)
