"""Whether identifiers of customers and lines that are plain digits are telephone numbers, as records of calls tell.

A number of China is known by its form; one of another country without its code looks like any key. But who is called by
it has it for a number: where the callers of an extract of calls stand among those called, the callers are numbers, and
they are in later loads too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from telcli.intake.identity import identifiers
from telcli.intake.phones import phones
from telcli.intake.pseudonyms import Pseudonyms
from telcli.intake.understood import Understood

__all__ = ["Dialling", "NumberIds", "dialling"]

_DIGITS = r"^\d{7,15}$"
_FIRST = 20_000
_MOST, _CALLED = 0.9, 0.2
"""Shares of callers: that are plain digits, and that are called too, from which on callers are numbers."""


@dataclass(frozen=True)
class NumberIds:
    """What is said of identifiers of digits: ``auto``, ``yes`` or ``no``; and customers known from earlier loads."""

    choice: str = "auto"
    held: pl.LazyFrame | None = None


@dataclass(frozen=True)
class Dialling:
    """Whether plain digits of 7 to 15 are read as telephone numbers: of customers and lines, of those called."""

    ids: bool = False
    parties: bool = True


def dialling(ones: Sequence[Understood], given: NumberIds, people: Pseudonyms) -> Dialling:
    """What plain digits are in these extracts.

    Customers held under such digits keep them, and so do those whom they call, that calls go on to join; customers held
    under pseudonyms of them keep those.
    """
    if given.choice != "auto":
        return Dialling(given.choice == "yes", given.choice == "yes")
    if given.held is not None:
        first = [column for one in ones for column in _ids(one)]
        named = pl.concat(first).unique() if first else pl.Series("id", [], dtype=pl.String)
        if _held(named, given.held):
            return Dialling(parties=False)
        if named.len() and _held(identifiers(named, people, dialled=True)[0], given.held):
            return Dialling(ids=True)
    told = [found for one in ones if (found := _called(one)) is not None]
    numbers = any(share >= _CALLED for share in told)
    return Dialling(numbers, numbers or not any(told))


def _ids(one: Understood) -> list[pl.Series]:
    """Identifiers of digits among the first rows."""
    have = one.extract.frame.collect_schema().names()
    uses = [one.map.use(name) for name in ("customer_id", "subscription_id")]
    headers = [use.header for use in uses if use and use.header in have]
    head = one.extract.frame.select(list(dict.fromkeys(headers))).head(_FIRST).collect(engine="streaming")
    found = [_plain(column) for column in head]
    return [odd for column in found if (odd := _odd(column)).len() >= max(_MOST * column.len(), 1)]


def _called(one: Understood) -> float | None:
    """The share of callers of digits who are called too; None where callers are none of digits."""
    who = one.map.use("customer_id") or one.map.use("subscription_id")
    party = one.map.use("counterpart")
    if one.map.table != "calls" or not who or not party or who.header == party.header or not _ids(one):
        return None
    have = one.extract.frame.collect_schema().names()
    if who.header not in have or party.header not in have:
        return None
    ids, called = (
        _plain(one.extract.frame.select(header).unique().collect(engine="streaming").to_series())
        for header in (who.header, party.header)
    )
    callers = _odd(ids)
    return float(callers.is_in(called.implode()).sum()) / callers.len() if callers.len() else None


def _plain(text: pl.Series) -> pl.Series:
    return text.alias("id").drop_nulls().str.strip_chars().unique()


def _odd(text: pl.Series) -> pl.Series:
    """Digits that their form does not tell for a telephone number."""
    return text.filter(text.str.contains(_DIGITS) & phones(text).is_null())


def _held(names: pl.Series, held: pl.LazyFrame) -> bool:
    known: bool = held.filter(pl.col("customer_id").is_in(names.implode())).limit(1).collect().height > 0
    return known
