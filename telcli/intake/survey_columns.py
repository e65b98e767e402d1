"""Answers of surveys that stand in columns side by side: a row per answer, whatever table the columns are in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from telcli.errors import Notice
from telcli.intake.candidates import SNAPSHOT
from telcli.intake.facts import HIDDEN, lent
from telcli.intake.understood import Understood
from telcli.intake.whose import RECORD
from telcli.tables.checks import FAULTS, LINE, SOURCE
from telcli.tables.survey_items import is_answer

__all__ = ["answers_lent", "item_columns", "lends_answers", "once_each", "one_below_the_other", "told_of_answers"]

_KEY = ("customer_id", "surveyed_on", "item")


def item_columns(one: Understood) -> dict[str, str]:
    """Attributes that are answers of a survey, with the header of each, its item: columns of numbers known by name."""
    if one.map.table not in ("customers", "surveys") or one.map.use("item") is not None:
        return {}
    found = {}
    for name, (header, kind) in one.attributes.items():
        written = one.extract.repeated.get(header, header)
        if kind == "Float64" and (written in one.items or is_answer(written)):
            found[name] = written
    return found


def lends_answers(one: Understood) -> bool:
    """Whether a table with a row per customer holds answers too."""
    return one.map.table == "customers" and bool(item_columns(one))


def answers_lent(one: Understood, at: date | None) -> pl.LazyFrame:
    """Answers that stand in a table with a row per customer: of the last day of its month, or of month `at`."""
    items = item_columns(one)
    also = [reading for reading in one.readings() if reading.name in items or reading.name == SNAPSHOT]
    frame = lent(one, "surveys", also)
    have = frame.collect_schema()
    month = pl.col(SNAPSHOT) if SNAPSHOT in have else pl.lit(at, dtype=pl.Date)
    frame = frame.with_columns(surveyed_on=month.dt.month_end())
    kept = [name for name in ("customer_id", "surveyed_on", RECORD) if name in frame.collect_schema()]
    return _melted(frame, kept, items)


def one_below_the_other(one: Understood, frame: pl.LazyFrame) -> pl.LazyFrame:
    """A survey whose items stand side by side: the answer that was recognised keeps its row, the others get theirs."""
    items = item_columns(one)
    if not items:
        return frame
    kept = [name for name in ("customer_id", "subscription_id", "surveyed_on") if name in frame.collect_schema()]
    others = _melted(frame.filter(pl.col(FAULTS).list.len() == 0), kept, items)
    return pl.concat([frame.drop(list(items)), others], how="diagonal_relaxed")


def once_each(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Where several records are one customer, the first answer of the day to an item."""
    if RECORD not in frame.collect_schema():
        return frame
    sure = pl.col(RECORD).is_null()
    several = frame.filter(~sure).sort(SOURCE, LINE).unique(_KEY, keep="first", maintain_order=True)
    return pl.concat([frame.filter(sure), several]).drop(RECORD)


def told_of_answers(ones: Sequence[Understood]) -> list[Notice]:
    """What is to be said of columns that were taken for answers."""
    return [
        Notice(
            "answers-in-columns",
            "{file}: {count} columns are taken as answers of a survey too: {names}.",
            {"file": one.map.source, "count": len(found), "names": ", ".join(found.values())},
        )
        for one in ones
        if (found := item_columns(one))
    ]


def _melted(frame: pl.LazyFrame, kept: Sequence[str], items: Mapping[str, str]) -> pl.LazyFrame:
    """A row per answer; codes below 0 stand for none."""
    parts = [
        frame.filter(pl.col(name) >= 0).select(*kept, pl.lit(item).alias("item"), pl.col(name).alias("score"), *HIDDEN)
        for name, item in items.items()
    ]
    return pl.concat(parts)
