"""Rows given twice: which are exact copies, to be counted and dropped, and which contradict each other.

A copy is handed on as a row that repeats the kept one key and all, under its own file and line: the contract, which
knows copies by that, drops and counts it like any other.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from telcli.errors import Notice
from telcli.intake.facts import HIDDEN, add_fault, summed
from telcli.intake.understood import REST
from telcli.tables.checks import FAULTS, LINE, SOURCE
from telcli.tables.extract import Extract

__all__ = ["once", "summed_once", "with_ids"]

_SOUND = pl.col(FAULTS).list.len() == 0
_PLACE = pl.concat_str(SOURCE, pl.lit("\n"), pl.col(LINE).cast(pl.String).str.zfill(15))


def once(extracts: Sequence[Extract]) -> tuple[list[Extract], list[Notice]]:
    """Leave out a file given again under another name: the same bytes, and the same sheet or table of them.

    >>> files = [Extract(name, pl.LazyFrame(), "utf-8", ",", "e3b0") for name in ("may.csv", "may (1).csv")]
    >>> kept, notices = once(files)
    >>> [extract.name for extract in kept], notices[0].message
    (['may.csv'], 'may (1).csv is may.csv over again, byte for byte, and was left out.')
    """
    first: dict[tuple[str, str], str] = {}
    kept, notices = [], []
    for extract in extracts:
        same = first.setdefault((extract.sha256 or extract.name, extract.name.partition("#")[2]), extract.name)
        if same == extract.name:
            kept.append(extract)
            continue
        values = {"file": extract.name, "other": same}
        notices.append(Notice("file-again", "{file} is {other} over again, byte for byte, and was left out.", values))
    return kept, notices


def with_ids(frame: pl.LazyFrame, table: str, key: str) -> tuple[pl.LazyFrame, list[Notice]]:
    """Name facts that have no number of their own after the file and line where they first stand.

    Rows that agree in every column of the extract get one name, so that they are copies; how many is told, because
    two real facts that agree in everything look the same.

    >>> from telcli.intake.cleaning import NO_FAULTS
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

    `key` is that of the table; rows of a number are told apart by `subscription_id` beside it. Which numbers have a
    month twice is found first, because few or none do and all others can then pass untouched.
    """
    numbered = [*key, "subscription_id"]
    twice = frame.filter(_SOUND).group_by(numbered).agg(_rows=pl.len()).filter(pl.col("_rows") > 1)
    repeated = twice.collect(engine="streaming")
    if not repeated.height:
        return summed(frame, key)
    marked = frame.join(repeated.lazy(), on=numbered, how="left", nulls_equal=True)
    again = _SOUND & pl.col("_rows").is_not_null()
    once, copies = _once_per_number(marked.filter(again).drop("_rows").collect(engine="streaming"), numbered)
    rest = marked.filter(~again).drop("_rows")
    whole = summed(pl.concat([rest, once.lazy()], how="diagonal"), key)
    if not copies.height:
        return whole
    columns = list(whole.collect_schema())
    kept = whole.filter(_SOUND).drop(SOURCE, LINE)
    return pl.concat([whole, kept.join(copies.lazy().select(*key, SOURCE, LINE), on=list(key)).select(columns)])


def _once_per_number(rows: pl.DataFrame, key: list[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One row per number and month, others that differ refused as ``duplicate-key``; and the exact copies, apart."""
    values = [name for name in rows.columns if name not in (*key, *HIDDEN) and not name.startswith("x_")]
    placed = rows.select(*key, *values, *HIDDEN, _at=_PLACE).sort("_at")
    first = placed.unique(key, keep="first", maintain_order=True).select(*key, *values, _first="_at")
    marked = placed.join(first, on=[*key, *values], how="left", nulls_equal=True, maintain_order="left")
    own = pl.col("_first") == pl.col("_at")
    differs = marked.filter(pl.col("_first").is_null())
    refused = add_fault(differs.lazy(), pl.lit(value=True), "duplicate-key", ", ".join(key)).collect()
    once = pl.concat([marked.filter(own), refused]).drop("_at", "_first")
    return once, marked.filter(~own)


def _source_of(place: str) -> pl.Expr:
    return pl.col(place).str.head(-16)


def _line_of(place: str) -> pl.Expr:
    return pl.col(place).str.tail(15).cast(pl.Int64)
