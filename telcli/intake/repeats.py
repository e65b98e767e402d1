"""Rows given twice: which are exact copies, to be counted and dropped, and which contradict each other.

A copy is handed on as a row that repeats the kept one key and all, under its own file and line: the contract, which
knows copies by that, drops and counts it like any other.
"""

from __future__ import annotations

import polars as pl

from telcli.errors import Notice
from telcli.intake.cleaning import NO_FAULTS
from telcli.intake.facts import HIDDEN, REST, add_fault, summed
from telcli.tables.checks import FAULTS, LINE, SOURCE

__all__ = ["summed_once", "with_ids"]

_SOUND = pl.col(FAULTS).list.len() == 0
_PLACE = pl.concat_str(SOURCE, pl.lit("\n"), pl.col(LINE).cast(pl.String).str.zfill(15))


def with_ids(frame: pl.LazyFrame, table: str, key: str) -> tuple[pl.LazyFrame, list[Notice]]:
    """Name facts that have no number of their own after the file and line where they first stand.

    Rows that agree in every column of the extract get one name, so that they are copies; how many is told, because
    two real facts that agree in everything look the same.

    >>> raw = {"customer_id": ["a", "a", "b"], "amount": [5.0, 5.0, 5.0]}
    >>> rows = pl.LazyFrame(raw | {SOURCE: ["p.csv"] * 3, LINE: [2, 3, 4]}).with_columns(NO_FAULTS)
    >>> named, notices = with_ids(rows, "payments", "payment_id")
    >>> named.collect()["payment_id"].to_list(), notices[0].values["count"]
    (['p.csv#2', 'p.csv#2', 'p.csv#4'], 1)
    """
    own = pl.concat_str(SOURCE, pl.lit("#"), LINE)
    schema = list(frame.collect_schema())
    content = [name for name in schema if name not in HIDDEN]
    rest = [name for name in schema if name.startswith(REST)]
    twins = (
        frame.filter(_SOUND)
        .group_by(content)
        .agg(_rows=pl.len(), _first=_PLACE.min())
        .filter(pl.col("_rows") > 1)
        .collect(engine="streaming")
    )
    if not twins.height:
        return frame.with_columns(own.alias(key)).drop(rest), []
    count = int(twins["_rows"].sum()) - twins.height
    first = pl.concat_str(_source_of("_first"), pl.lit("#"), _line_of("_first"))
    firsts = twins.lazy().select(*content, _first=first)
    named = frame.join(firsts, on=content, how="left", nulls_equal=True, maintain_order="left")
    id_ = pl.when(_SOUND).then(pl.coalesce("_first", own)).otherwise(own)
    return named.with_columns(id_.alias(key)).drop("_first", *rest), [
        Notice(
            "copies-without-id",
            "{table}: {count} rows without a number of their own repeat another in every column and were dropped as "
            "copies; two real ones that agree in everything would look the same (else: --map {column}=COLUMN).",
            {"table": table, "count": count, "column": key},
        )
    ]


def summed_once(frame: pl.LazyFrame, key: tuple[str, ...]) -> pl.LazyFrame:
    """Add up the numbers of one customer, each number once a month: copies are handed on, conflicts are refused.

    `key` is that of the table; rows of a number are told apart by `subscription_id` beside it.
    """
    once, copies = _once_per_number(frame, (*key, "subscription_id"))
    whole = summed(once, key)
    columns = list(whole.collect_schema())
    kept = whole.filter(_SOUND).drop(SOURCE, LINE)
    again = copies.select(*key, SOURCE, LINE).join(kept, on=list(key), how="inner").select(columns)
    return pl.concat([whole, again])


def _once_per_number(frame: pl.LazyFrame, key: tuple[str, ...]) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """One row per number and month, rows that differ refused as ``duplicate-key``; and the exact copies, apart."""
    schema = frame.collect_schema()
    values = [name for name in schema if name not in (*key, *HIDDEN) and not name.startswith("x_")]
    placed = frame.filter(_SOUND).with_columns(_at=_PLACE)
    rows = placed.group_by([*key, *values]).agg(_at=pl.col("_at").min(), _all=pl.col("_at"))
    firsts = rows.group_by(key).agg(_first=pl.col("_at").min())
    found = rows.join(firsts, on=key, how="left", nulls_equal=True)
    marked = found.with_columns(_source_of("_at").alias(SOURCE), _line_of("_at").alias(LINE), NO_FAULTS)
    whole = add_fault(marked, pl.col("_at") != pl.col("_first"), "duplicate-key", ", ".join(key))
    columns = [*key, *values, *HIDDEN]
    once = pl.concat([whole.select(columns), frame.filter(~_SOUND).select(columns)])
    several = found.filter((pl.col("_all").list.len() > 1) & (pl.col("_at") == pl.col("_first"))).explode("_all")
    again = several.filter(pl.col("_all") != pl.col("_at"))
    return once, again.with_columns(_source_of("_all").alias(SOURCE), _line_of("_all").alias(LINE))


def _source_of(place: str) -> pl.Expr:
    return pl.col(place).str.head(-16)


def _line_of(place: str) -> pl.Expr:
    return pl.col(place).str.tail(15).cast(pl.Int64)
