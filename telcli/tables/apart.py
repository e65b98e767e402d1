"""Rows that share a key: different things told apart by microseconds of a moment in it, and which is to be kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

__all__ = ["told_apart", "unknown"]


def unknown(columns: Iterable[str]) -> pl.Expr:
    """How many of these columns a row does not know: of rows that share a key the one that knows most is kept.

    >>> pl.DataFrame({"a": [1, None], "b": [None, None]}).select(unknown(["a", "b"]))["unknown"].to_list()
    [1, 2]
    """
    return pl.sum_horizontal(pl.lit(0), *(pl.col(name).is_null() for name in columns)).alias("unknown")


def told_apart(frame: pl.LazyFrame, moment: str, key: Sequence[str], hidden: Sequence[str]) -> pl.LazyFrame:
    """Move the second and further different rows of one file and key on by 1, 2 ... microseconds.

    They are counted in the order of their values, so that the same rows in another file, order or load have the same
    keys. Rows that agree in everything are copies, and stay so; but where the moment has no time of day they may well
    be several, and are counted too. `hidden` are the columns of the file, the line, and what else is no value.

    >>> from datetime import datetime
    >>> rows = {"id": ["a"] * 3, "at": [datetime(2024, 6, 1, 8)] * 3, "n": [9, 5, 9], "_f": ["x"] * 3, "_l": [2, 3, 4]}
    >>> found = told_apart(pl.LazyFrame(rows), "at", ["id", "at"], ["_f", "_l"]).collect()
    >>> [(moment.microsecond, n) for moment, n in found.sort("_l").select("at", "n").rows()]
    [(1, 9), (0, 5), (1, 9)]
    """
    source, line = hidden[:2]
    on, rows = [source, *key], frame.collect()
    places = (
        rows.select(pl.struct(on).hash().is_duplicated()).to_series().arg_true()
    )  # equal hashes are looked at below
    if not places.len():
        return rows.lazy()
    several = rows[places].with_columns(_place=places).sort(line)
    values = [name for name in rows.columns if name not in hidden]
    daily = pl.col(moment).dt.time() == pl.time(0)
    counted = several.with_columns(_nth=pl.when(daily).then(pl.int_range(pl.len()).over(source, *values)).otherwise(0))
    different = counted.select(source, *values, "_nth").unique().sort(source, *values, "_nth")
    placed = different.with_columns(_by=pl.int_range(pl.len()).over(on))
    moved = counted.join(placed, on=[source, *values, "_nth"], nulls_equal=True, maintain_order="left")
    by = pl.zeros(rows.height, pl.Int64, eager=True).scatter(moved["_place"], moved["_by"])
    return rows.lazy().with_columns(pl.col(moment) + pl.duration(microseconds=pl.lit(by)))
