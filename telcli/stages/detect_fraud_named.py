"""Which suspects a run for the month has named before: a case is told as new once, however often a run repeats."""

from __future__ import annotations

from datetime import date

import polars as pl

from telcli.stages.detect_fraud_found import Ground

__all__ = ["cases_named", "first_named", "reached"]

_KEY = ("pattern", "subject_id")


def reached(ground: Ground) -> date:
    """The day that the data of the month reach: its last with calls, else with an activation, else the month's end."""
    newest = ground.lines["activated_on"].max()
    if ground.called or not isinstance(newest, date) or newest < ground.as_of:
        return ground.last
    return newest


def first_named(before: pl.LazyFrame | None, as_of: date, end: date, members: pl.DataFrame) -> pl.DataFrame:
    """Rows of fraud_named but for as_of: of each suspect the day that data reached when she was named first.

    `before` is that table as earlier runs left it. What they named on data that went as far as these, or farther, is
    forgotten, so that the same run on the same days comes to the same.
    """
    now = members.select(*_KEY, named_on=pl.lit(end)).unique()
    if before is None:
        return now.sort(_KEY)
    then = before.filter(pl.col("as_of") == as_of, pl.col("named_on") < end).select(*_KEY, "named_on").collect()
    return pl.concat([then, now.join(then, on=_KEY, how="anti")]).sort(_KEY)


def cases_named(named: pl.DataFrame, end: date, members: pl.DataFrame) -> frozenset[str]:
    """The cases one of whose suspects was named for the same before the data reached `end`."""
    then = named.filter(pl.col("named_on") < end)
    return frozenset(members.join(then, on=_KEY, how="semi")["case_id"].to_list())
