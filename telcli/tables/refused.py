"""Rows that break a contract, as rows of the rejects table: which line, which rule, which value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import dataframely as dy
import polars as pl

from telcli.tables.evidence import evidence, shown

__all__ = ["FAULTS", "HIDDEN", "LINE", "REJECTS", "SOURCE", "failed_rows", "fault_rows", "placed", "rule_rows"]

SOURCE, LINE, FAULTS = "_source", "_line", "_faults"
"""Hidden columns of an unchecked frame: file, line from 1, and the {rule, column, value} found while cleaning."""

HIDDEN = {
    SOURCE: pl.String,
    LINE: pl.Int64,
    FAULTS: pl.List(pl.Struct({"rule": pl.String, "column": pl.String, "value": pl.String})),
}
_PLAIN_NAMES = {
    "nullability": "missing",
    "min": "too_low",
    "max": "too_high",
    "min_length": "empty",
    "nan": "not_a_number",
    "inf": "infinite",
    "primary_key": "duplicate_key",
}
REJECTS = {"source": pl.String, "line": pl.Int64, "rule": pl.String, "column": pl.String, "value": pl.String}


def placed(rows: pl.DataFrame, hidden: Sequence[str]) -> pl.DataFrame:
    """Add which line of which file each row is, null for frames that did not come from one."""
    return rows.with_columns(
        source=pl.col(SOURCE) if SOURCE in hidden else pl.lit(None, pl.String),
        line=pl.col(LINE) if LINE in hidden else pl.lit(None, pl.Int64),
    )


def fault_rows(faulty: pl.DataFrame) -> pl.DataFrame:
    """One reject per fault that was noted of a row while it was cleaned."""
    if not faulty.height:
        return pl.DataFrame(schema=REJECTS)
    exploded = faulty.select(SOURCE, LINE, FAULTS).explode(FAULTS)
    return exploded.select(
        source=SOURCE,
        line=LINE,
        rule=pl.col(FAULTS).struct.field("rule"),
        column=pl.col(FAULTS).struct.field("column"),
        value=pl.col(FAULTS).struct.field("value"),
    )


def failed_rows(failure: dy.FailureInfo) -> pl.DataFrame:
    """The failing rows with `_rules`, the names of the rules each one breaks."""
    details = failure.details()
    rows = failure.invalid()
    rules = [name for name in details.columns if name not in rows.columns]
    named = [pl.when(pl.col(rule) == "invalid").then(pl.lit(rule)) for rule in rules]
    if not named:
        return rows.with_columns(_rules=pl.lit([], dtype=pl.List(pl.String)))
    return details.select(*rows.columns, _rules=pl.concat_list(named).list.drop_nulls())


def rule_rows(broken: pl.DataFrame, hidden: Sequence[str], of_rows: Mapping[str, list[str]]) -> pl.DataFrame:
    """One reject per broken rule other than a shared key, with the offending value as text.

    `of_rows` are the columns that rules of whole rows look at: those are named, and all their values shown.
    """
    if not broken.height:
        return pl.DataFrame(schema=REJECTS)
    rows = broken.filter(pl.col("_rules") != pl.lit(["primary_key"], dtype=pl.List(pl.String)))
    plain = [name for name in rows.columns if name not in HIDDEN and name != "_rules"]
    exploded = placed(rows, hidden).explode("_rules").with_columns(column=pl.col("_rules").str.split("|").list.first())
    found = [pl.when(pl.col("column") == name).then(shown(name, rows.schema[name])) for name in plain]
    found += [pl.when(pl.col("column") == name).then(evidence(read, rows.schema)) for name, read in of_rows.items()]
    key = of_rows["primary_key"]
    keyless = pl.any_horizontal(pl.col(name).is_null() for name in key) if key else pl.lit(value=False)
    exploded = exploded.filter(~(keyless & (pl.col("column") == "primary_key")))  # what is missing is no shared key
    rule = pl.col("_rules").str.split("|").list.last()
    return exploded.select(
        "source",
        "line",
        rule=rule.replace(_PLAIN_NAMES).str.strip_prefix("check__").str.replace_all("_", "-"),
        column=pl.col("column").replace({name: ", ".join(read) for name, read in of_rows.items()}),
        value=pl.coalesce(found),
    )
