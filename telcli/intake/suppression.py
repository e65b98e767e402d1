"""Persons who were purged stay out: their rows are left out of every later extract, by hashes of their identifiers."""

from __future__ import annotations

import polars as pl

from telcli.intake.pseudonyms import Pseudonyms

__all__ = ["tokens", "without_purged"]


def tokens(names: pl.Series, people: Pseudonyms) -> pl.Series:
    """Hashes of identifiers under the key, by which a list can be kept of persons whom it does not name.

    >>> tokens(pl.Series(["C1"]), Pseudonyms(bytes(32)))[0] == Pseudonyms(bytes(32)).of(pl.Series(["C1"]), "purged")[0]
    True
    """
    return people.tokens(names)


def without_purged(
    frame: pl.LazyFrame, columns: list[str], purged: frozenset[str], people: Pseudonyms
) -> tuple[pl.LazyFrame, int]:
    """The rows in which none of these columns names a purged person, and how many others there were.

    >>> people = Pseudonyms(bytes(32))
    >>> raw = pl.LazyFrame({"customer_id": ["C1", "C2", None]})
    >>> left, count = without_purged(raw, ["customer_id"], frozenset(tokens(pl.Series(["C1"]), people)), people)
    >>> left.collect()["customer_id"].to_list(), count
    (['C2', None], 1)
    """
    hits = []
    for name in columns:
        distinct = frame.select(pl.col(name).unique()).collect(engine="streaming")[name].drop_nulls()
        named = distinct.filter(tokens(distinct, people).is_in(list(purged)))
        if named.len():
            hits.append(pl.col(name).is_in(named.to_list()).fill_null(value=False))
    if not hits:
        return frame, 0
    gone = pl.any_horizontal(hits)
    count = int(frame.select(gone.sum()).collect(engine="streaming").item())
    return frame.filter(~gone), count
