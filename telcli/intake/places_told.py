"""Which names of places were written with blanks between Chinese characters."""

from __future__ import annotations

import polars as pl

from telcli.errors import Notice
from telcli.intake.places import PARTED, PLACES, joined
from telcli.intake.privacy import discreet
from telcli.intake.understood import Understood

__all__ = ["told_of_places"]

_MOST = 3


def told_of_places(one: Understood) -> list[Notice]:
    """Which branches and regions of an extract of customers were written with blanks, and as what they are read."""
    used = [use for column in PLACES if (use := one.map.use(column, "customers"))]
    known = one.frame.collect_schema().names() if used and one.map.table == "customers" else []
    told = []
    for use in (use for use in used if use.header in known):
        parted = pl.col(use.header).cast(pl.String).str.strip_chars().str.contains(PARTED)
        written = one.frame.select(use.header).filter(parted).unique().collect(engine="streaming")[use.header]
        if written.len():
            names = discreet(written.str.strip_chars().unique().sort())[0]
            pairs = [f"“{name}” → “{plain}”" for name, plain in zip(names, joined(names), strict=True)]
            values = {"file": one.map.source, "column": use.header, "names": ", ".join(pairs[:_MOST])}
            words = "{file}: blanks between Chinese characters of {column} are left out ({count} names): {names}."
            told.append(Notice("place-blanks", words, {**values, "count": len(pairs)}))
    return told
