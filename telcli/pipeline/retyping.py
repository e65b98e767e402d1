"""Attributes that a load reads as another type than what is held, numbers here and words there: text from then on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import polars as pl

from telcli.errors import Notice
from telcli.io.parquet_files import scanned
from telcli.pipeline.doors import Landed, land
from telcli.tables import contract

__all__ = ["as_text", "retyped"]

_TYPES = {pl.Boolean: "yes or no", pl.Date: "dates", pl.String: "text", pl.Float64: "numbers"}


def retyped(table: str, held: pl.LazyFrame, fresh: Landed, staging: Path) -> tuple[Landed, list[str], list[Notice]]:
    """The rows of a load with attributes as text whose type is not that of what is held; their names; what to say."""
    if not fresh.staged:
        return fresh, [], []
    had = held.collect_schema()
    have = scanned(next(iter(fresh.staged.values()))).collect_schema()
    names = [name for name in have if name.startswith("x_") and name in had and had[name] != have[name]]
    if not names:
        return fresh, [], []
    notices = [
        Notice(
            "attribute-retyped",
            "{table}: {column} held {was} so far and holds {now} in this load; it is kept as text from now on.",
            {"table": table, "column": name, "was": _word(had[name]), "now": _word(have[name])},
        )
        for name in names
    ]
    if all(have[name] == pl.String for name in names):
        return fresh, names, notices
    rows = pl.concat([as_text(scanned(place), names) for place in fresh.staged.values()])
    made = land(contract(table), rows, staging / "retyped", strict=True)
    return replace(fresh, parts=made.parts, staged=made.staged), names, notices


def as_text(frame: pl.LazyFrame, names: Iterable[str]) -> pl.LazyFrame:
    """Some columns as text, where they are there: whole numbers without a point, as extracts write them.

    >>> as_text(pl.LazyFrame({"x_a": [1.0, 2.5, None]}), ["x_a", "x_b"]).collect()["x_a"].to_list()
    ['1', '2.5', None]
    """
    have = frame.collect_schema()
    texts = []
    for name in names:
        if have.get(name) == pl.Float64:
            whole = (pl.col(name) == pl.col(name).round()) & (pl.col(name).abs() < 1e15)
            plain = pl.col(name).cast(pl.Int64, strict=False).cast(pl.String)
            texts.append(pl.when(whole).then(plain).otherwise(pl.col(name).cast(pl.String)).alias(name))
        elif name in have:
            texts.append(pl.col(name).cast(pl.String))
    return frame.with_columns(texts)


def _word(kind: pl.DataType) -> str:
    return _TYPES.get(kind.base_type(), str(kind))
