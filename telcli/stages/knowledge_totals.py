"""Part of ``knowledge``: rows of experience that are told in parts by other rows, and would count twice."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import polars as pl

from telcli.features.month_index import month_index
from telcli.tables.knowledge_results import ANY

__all__ = ["without_totals"]

_PARTS = ("segment_name", "theme", "channel")
Span = tuple[int, int]
_ALWAYS: Span = (0, 10**6)


def without_totals(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of retention_experience of which no customer can be in two: of those that may overlap the most particular.

    Two rows of an offer may overlap where their times do and each of segment, reason and channel is the same or any in
    one of them: a total and its parts, a table by segment beside one by reason, a year beside its months. Rows of the
    same group and time stand beside each other. A row that tells no time may be of any.

    >>> row = {"offer_id": "gift", "theme": "any", "channel": "any", "period": None, "months": None}
    >>> told = [row | {"segment_name": name, "row_id": name} for name in ("any", "light", "heavy")]
    >>> without_totals(pl.DataFrame(told))["segment_name"].to_list()
    ['light', 'heavy']
    """
    held: dict[tuple[Any, ...], set[Span]] = defaultdict(set)
    kept = []
    for at, row in sorted(enumerate(rows.iter_rows(named=True)), key=lambda pair: _order(pair[1])):
        own, span = _pattern(row), _span(row)
        if not any(_meets(held, row, own, other, span) for other in range(1 << len(_PARTS))):
            kept.append(at)
            for other in range(1 << len(_PARTS)):
                held[own, other, *_values(row, own & other)].add(span)
    return rows[sorted(kept)]


def _meets(held: dict[tuple[Any, ...], set[Span]], row: dict[str, Any], own: int, other: int, span: Span) -> bool:
    """Whether a row that was kept, particular about `other`, may have customers of this one."""
    spans = held.get((other, own, *_values(row, own & other)), ())
    return any(start <= span[1] and span[0] <= end and (other != own or (start, end) != span) for start, end in spans)


def _order(row: dict[str, Any]) -> tuple[Any, ...]:
    own, (start, end) = _pattern(row), _span(row)
    return -own.bit_count(), end - start, own, row["row_id"]


def _pattern(row: dict[str, Any]) -> int:
    """One bit for each part that the row is particular about."""
    return sum(1 << at for at, name in enumerate(_PARTS) if row[name] != ANY)


def _values(row: dict[str, Any], pattern: int) -> tuple[Any, ...]:
    return row["offer_id"], *(row[name] if pattern >> at & 1 else None for at, name in enumerate(_PARTS))


def _span(row: dict[str, Any]) -> Span:
    """The first and last month of a row, counted."""
    if row["period"] is None:
        return _ALWAYS
    last = month_index(row["period"])
    return last - (row["months"] or 1) + 1, last
