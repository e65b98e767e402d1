"""A bucket of whole customers taken in hand: who there is, which lines they have, from when to when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from telcli.features.contract import bundled, holdings, monthly
from telcli.features.month_index import month_at
from telcli.features.people import coded, lines, numbered, people
from telcli.features.span import Span
from telcli.features.versions import changes, versions

__all__ = ["Bucketed", "bucketed", "contracts", "laid_out"]


@dataclass(frozen=True)
class Bucketed:
    """The tables of a bucket as they came and by `who`; its customers; its lines, and what they were when.

    `held` and `states` are None where no lines are known.
    """

    bucket: Mapping[str, pl.LazyFrame]
    subjects: Mapping[str, pl.LazyFrame]
    folk: pl.LazyFrame
    held: pl.LazyFrame | None = None
    states: pl.LazyFrame | None = None

    def since(self, table: str, day: str, month: int) -> pl.LazyFrame:
        """The rows of a subject whose date is in the month or a later one: files of earlier months are passed over."""
        return self.subjects[table].filter(pl.col(day) >= month_at(month))


def bucketed(bucket: Mapping[str, pl.LazyFrame], span: Span) -> Bucketed:
    """Take the tables of a bucket in hand."""
    everyone = laid_out(numbered(bucket))
    subjects = coded(bucket, everyone)
    held = lines(subjects, everyone, span)
    if held is None:
        return Bucketed(bucket, subjects, laid_out(people(bucket, everyone, None, span)))
    held = laid_out(held)
    states = laid_out(versions(held, subjects.get("subscription_history")))
    return Bucketed(bucket, subjects, laid_out(people(bucket, everyone, held, span)), held, states)


def laid_out(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Rows that are wanted in many places, worked out at once: a plan would hold all before them in every place."""
    return rows.collect(engine="in-memory").lazy()


def contracts(found: Bucketed, span: Span, since: int) -> list[pl.LazyFrame]:
    """What customers hold, one row per customer and month from `since` on with a line; nothing where none are known."""
    if found.states is None:
        return []
    lived = monthly(found.states, span, since).cache()
    parts = [holdings(lived), bundled(lived)]
    return [*parts, changes(found.states)] if "subscription_history" in found.subjects else parts
