"""Columns of numbers written with decimal commas, as exports of some countries have them: 19,50 for 19.50."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from telcli.errors import Notice
from telcli.intake.words import meant
from telcli.tables.extract import RAGGED, Extract

__all__ = ["decimal_commas"]

_HEAD = 2000
_COMMA = r"^[+-]?(?:\d{1,3}(?:\.\d{3})+|\d+),\d+$"
"""A comma before the fraction, with or without points between thousands."""
_WHOLE = r"^[+-]?(?:\d{1,3}(?:\.\d{3})+|\d+)$"
_OTHER = r"^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?$|^[+-]?\d+\.\d*$"
"""What a reader of decimal points understands: commas between thousands, or a point before the fraction."""


def decimal_commas(extract: Extract) -> tuple[Extract, list[Notice]]:
    """Write with points the columns that hold decimal commas throughout; a column that mixes both forms is only named.

    A column is one of decimal commas where most of its values are, every other is a whole number, and none could be
    read with points as well: 1,234 may be a thousand.

    >>> raw = pl.LazyFrame({"Fee": ["19,50", "1.200,5", "7"], "Mixed": ["1,5", "2,25", "3.5"], "_line": [2, 3, 4]})
    >>> found, notices = decimal_commas(Extract("a.csv", raw, "utf-8", ";", ""))
    >>> found.frame.collect()["Fee"].to_list(), [(notice.code, notice.values["columns"]) for notice in notices]
    (['19.50', '1200.5', '7'], [('decimal-commas-read', 'Fee'), ('decimal-commas-mixed', 'Mixed')])
    """
    names = [name for name, kind in extract.frame.collect_schema().items() if kind == pl.String and name != RAGGED]
    head = extract.frame.select(names).head(_HEAD).collect(engine="streaming")
    likely = [name for name in names if _mostly(*_counts(head[name]))]
    if not likely:
        return extract, []
    read: list[str] = []
    mixed: list[str] = []
    for name in likely:
        whole = extract.frame.select(name).group_by(name).len("n").collect(engine="streaming")
        values, commas, wholes, others = _counts(whole[name], whole["n"])
        if not _mostly(values, commas, wholes, others):
            continue
        (read if commas + wholes == values and not others else mixed).append(name)
    frame = extract.frame.with_columns(
        pl.col(name).str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True) for name in read
    )
    notices = [
        _notice("decimal-commas-read", "{file}: decimal commas were read as such in {columns}.", extract, read),
        _notice(
            "decimal-commas-mixed",
            "{file}: {columns} look like numbers with decimal commas, but some values are not; they were not read so.",
            extract,
            mixed,
        ),
    ]
    return replace(extract, frame=frame), [notice for notice in notices if notice.values["columns"]]


def _notice(code: str, template: str, extract: Extract, names: list[str]) -> Notice:
    written = ", ".join(extract.repeated.get(name, name) for name in names)
    return Notice(code, template, {"file": extract.name, "columns": written})


def _mostly(values: int, commas: int, wholes: int, others: int) -> bool:
    """Whether most values have a decimal comma that can be nothing else."""
    return 2 * commas > values > 0


def _counts(text: pl.Series, weights: pl.Series | None = None) -> tuple[int, int, int, int]:
    """How many values there are, with a decimal comma, whole, and readable with points as well."""
    n = weights if weights is not None else pl.Series([1]).new_from_index(0, text.len())
    frame = pl.DataFrame({"t": meant(text), "n": n.cast(pl.Int64)}).drop_nulls()
    value = pl.col("t")
    marks = (
        value.str.contains(_COMMA) & ~value.str.contains(_OTHER),
        value.str.contains(_WHOLE),
        value.str.contains(_OTHER),
    )
    found = frame.select(
        pl.col("n").sum(), *[pl.col("n").filter(mark).sum().alias(str(at)) for at, mark in enumerate(marks)]
    )
    values, commas, wholes, others = found.row(0)
    return values, commas, wholes, others
