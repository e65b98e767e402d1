"""How many customers are worked on together, so that memory stays below what is allowed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from telcli.errors import UsageError
from telcli.features.span import Span
from telcli.settings import CustomerMonthsSettings
from telcli.settings.memory import memory_bytes
from telcli.tables.month_calls import CALLS
from telcli.tables.months import FEATURES

__all__ = ["at_once", "room"]

_ROWS = 250_000
"""Months of customers in a bucket, at most: larger ones need more memory and bring nothing."""
_BASE = 400_000_000
"""Bytes that any run needs: the libraries, a look over all customers before the first bucket, the checks after."""
_CUSTOMER = 100
"""Bytes of each customer there is, worked on or not: identifiers in order, twice."""
_CELL = 20
"""Bytes of a value in a bucket, with its copies on the way; tests/benchmarks/memory.py prints what one cost."""
_LEAST = 1_000
"""Customers in a bucket, at least: starting on fewer takes longer than working on them."""


def room(customers: int, settings: CustomerMonthsSettings) -> int | None:
    """Bytes that are left for rows worked on together; None where no limit is set."""
    allowed = memory_bytes(settings.memory)
    return None if allowed is None else allowed - _BASE - _CUSTOMER * customers


def at_once(
    tables: Mapping[str, pl.LazyFrame],
    span: Span | None,
    customers: int,
    settings: CustomerMonthsSettings,
    *,
    calls: bool = False,
) -> int:
    """Customers of a bucket, over the months of `span`; `calls` says that months of calls will be among the tables.

    A customer costs ``_CELL`` bytes for each feature and month that is made, and for each value that the subject tables
    have of them. Under a limit it is looked how these lie: those with many may stand side by side, as the lines of one
    company do, and the heaviest bucket has to fit.

    Raises
    ------
    UsageError
        Not even a small bucket fits into the memory allowed.
    """
    months = span.last - span.first + 1 if span else 1
    most = max(min(settings.bucket_customers, _ROWS // months), 1)
    left = room(customers, settings)
    if left is None:
        return most
    columns = len(FEATURES) + (len(CALLS) if calls else 0)
    held = _cells(tables)["cells"]
    each = _CELL * (months * columns + held)
    least = min(_LEAST, max(customers, 1))
    if left < _heaviest(each, least):
        need = [_heaviest(_CELL * (made * columns + held), least) for made in range(1, months + 1)]
        raise _too_little([_BASE + _CUSTOMER * customers + one for one in need], customers, settings)
    fitting, too_many = least, most + 1
    while too_many - fitting > 1:
        tried = (fitting + too_many) // 2
        fitting, too_many = (tried, too_many) if _heaviest(each, tried) <= left else (fitting, tried)
    return min(most, fitting)


def _too_little(need: Sequence[int], customers: int, settings: CustomerMonthsSettings) -> UsageError:
    """What to say of a limit; `need` are the bytes that 1, 2 and more months of history take, up to all of them."""
    allowed = memory_bytes(settings.memory) or 0
    fitting = sum(one <= allowed for one in need)
    values = {"customers": customers, "months": len(need), "need": _megabytes(need[-1]), "limit": settings.memory}
    if fitting:
        return UsageError(
            "memory-short",
            "{customers} customers and {months} months need {need} of memory, more than the {limit} allowed.",
            hint="Allow more with --memory {need}, shorten the history to {fitting} months ([customer-months] "
            "max_months), or have a cluster work on them: --engine spark.",
            fitting=fitting,
            **values,
        )
    return UsageError(
        "memory-floor",
        "{customers} customers and {months} months need {need} of memory, more than the {limit} allowed; less than "
        "{least} is not enough for a single month.",
        hint="Allow more with --memory {need}, or have a cluster work on them: --engine spark.",
        least=_megabytes(need[0]),
        **values,
    )


def _megabytes(amount: int) -> str:
    """An amount as --memory takes it, rounded up.

    >>> _megabytes(400_000_001)
    '401MB'
    """
    return f"{-(-amount // 10**6)}MB"


def _heaviest(each: pl.Series, size: int) -> int:
    """The most that so many customers in a row cost."""
    return int(each.rolling_sum(min(size, each.len()), min_samples=1).max() or 0)  # type: ignore[arg-type]


def _cells(tables: Mapping[str, pl.LazyFrame]) -> pl.DataFrame:
    """Values in the subject tables of each customer, in the order of customer_id."""
    rows = [
        frame.group_by("customer_id").agg(cells=pl.len().cast(pl.Int64) * len(frame.collect_schema()))
        for frame in tables.values()
    ]
    added = pl.concat(rows).group_by("customer_id").agg(pl.col("cells").sum())
    return added.sort("customer_id").collect(engine="streaming")
