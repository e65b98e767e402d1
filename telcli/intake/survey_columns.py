"""Answers of surveys that stand in columns side by side: a row per answer, whatever table the columns are in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from telcli.errors import Notice
from telcli.intake.candidates import SNAPSHOT
from telcli.intake.facts import HIDDEN, lent
from telcli.intake.no_answers import ANSWERS, stands_for_none, without_no_answers
from telcli.intake.understood import Understood
from telcli.intake.whose import RECORD
from telcli.tables.refused import FAULTS, LINE, SOURCE
from telcli.tables.survey_items import is_answer

__all__ = [
    "answers_lent",
    "choices_of",
    "chosen",
    "item_columns",
    "lends_answers",
    "once_each",
    "one_below_the_other",
    "told_of_answers",
    "told_of_no_answers",
]

_NOT_CHOSEN = -1.0
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
    return _melted(frame, kept, items, one.no_answers)


def choices_of(one: Understood) -> tuple[str, ...]:
    """Attributes beside answers of a survey that hold -1 and one other code, or -1 alone: a choice not made, or made.

    A question with several choices has a column each, with the number of the choice (98 of "other") in those chosen.
    """
    if not lends_answers(one):
        return ()
    numbers = [
        name for name, (_, kind) in one.attributes.items() if kind == "Float64" and name not in item_columns(one)
    ]
    readings = [reading for reading in one.readings() if reading.name in numbers]
    if not readings:
        return ()
    tests = []
    for reading in readings:
        value = pl.col(reading.name)
        tests.append(((value.min() == _NOT_CHOSEN) & (value.drop_nulls().n_unique() <= 2)).alias(reading.name))
    found = one.clean(readings).select(tests).collect(engine="streaming").row(0, named=True)
    return tuple(name for name, holds in found.items() if holds)


def chosen(one: Understood, frame: pl.LazyFrame) -> pl.LazyFrame:
    """Choices as 1 where they were made and 0 where not, whatever number stands for them."""
    return frame.with_columns(
        pl.when(pl.col(name).is_not_null()).then((pl.col(name) != _NOT_CHOSEN).cast(pl.Float64)).alias(name)
        for name in one.choices
    )


def one_below_the_other(one: Understood, frame: pl.LazyFrame) -> pl.LazyFrame:
    """A survey whose items stand side by side: the answer that was recognised keeps its row, the others get theirs.

    Answers that stand for none are left blank, whether items stand side by side or not; other tables pass untouched.
    """
    if one.map.table != "surveys":
        return frame
    frame = without_no_answers(frame, one.no_answers)
    items = item_columns(one)
    if not items:
        return frame
    kept = [name for name in ("customer_id", "subscription_id", "surveyed_on") if name in frame.collect_schema()]
    others = _melted(frame.filter(pl.col(FAULTS).list.len() == 0), kept, items, one.no_answers)
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
    told = [
        Notice(
            "answers-in-columns",
            "{file}: {count} columns are taken as answers of a survey too: {names}.",
            {"file": one.map.source, "count": len(found), "names": ", ".join(found.values())},
        )
        for one in ones
        if (found := item_columns(one))
    ]
    return told + [
        Notice(
            "choices-in-columns",
            "{file}: in {count} columns -1 stands for a choice not made and another number, such as 98, for one made; "
            "they are kept as 0 and 1.",
            {"file": one.map.source, "count": len(one.choices)},
        )
        for one in ones
        if one.choices
    ]


def told_of_no_answers(ones: Sequence[Understood]) -> list[Notice]:
    """How many answers of each extract stand for none, by column as written."""
    text = "{file}: numbers that stand for no answer were left blank, and their rows kept: {columns} (no_answer)."
    return [
        Notice("answers-left-blank", text, {"file": one.map.source, "columns": ", ".join(told)})
        for one in ones
        if (told := [f"{header} {count:,}" for header, count in _unanswered(one).items() if count])
    ]


def _unanswered(one: Understood) -> dict[str, int]:
    """Answers that stand for none, by header."""
    names = [*(ANSWERS if one.map.table == "surveys" else ()), *item_columns(one)]
    readings = [reading for reading in one.readings() if reading.name in names]
    if not readings:
        return {}
    sums = [stands_for_none(reading.name, one.no_answers).sum().alias(reading.name) for reading in readings]
    counts = one.clean(readings).select(sums).collect(engine="streaming").row(0, named=True)
    written = one.extract.repeated
    return {written.get(reading.header, reading.header): int(counts[reading.name]) for reading in readings}


def _melted(frame: pl.LazyFrame, kept: Sequence[str], items: Mapping[str, str], codes: Sequence[float]) -> pl.LazyFrame:
    """A row per answer; what stands for none has no row."""
    parts = [
        frame.filter(pl.col(name).is_not_null(), ~stands_for_none(name, codes)).select(
            *kept, pl.lit(item).alias("item"), pl.col(name).alias("score"), *HIDDEN
        )
        for name, item in items.items()
    ]
    return pl.concat(parts)
