"""From calls to customers' days: what the last run folded stands, days whose calls are others are folded again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from telcli.features.fraud_callers import REACH_DAYS, callers
from telcli.features.fraud_days import customer_days, of_days
from telcli.features.month_index import add_months
from telcli.stages import Inputs
from telcli.tables import contract

__all__ = ["Folded", "folded"]

_ROWS = 1_500_000
"""Calls folded together, at most about so many."""
_BATCH = 200_000
_READ = (
    *("customer_id", "started_at", "counterpart", "direction", "kind", "duration_s", "data_mb"),
    *("cell_id", "international", "destination", "device_h", "sim_h"),
)
"""What days and callers are made of: where any of it is another, the day is folded again."""
Parts = Mapping[str, Callable[[], pl.LazyFrame]]


@dataclass(frozen=True)
class Folded:
    """fraud_days of the months looked at.

    Parameters
    ----------
    rows : all of them.
    made : those of months that are published anew.
    kept : months that stand as they were.
    marks : a digest of each day's calls.
    fresh : days that were folded now.
    callers : fraud_callers of the month itself, made anew; None where none are looked for.
    """

    rows: pl.LazyFrame
    made: pl.LazyFrame
    kept: frozenset[str]
    marks: Mapping[str, str]
    fresh: frozenset[date]
    callers: pl.DataFrame | None


def folded(
    inputs: Inputs,
    as_of: date,
    history: int,
    high_cost: frozenset[str],
    short_seconds: float,
    wangiri: Mapping[str, float] | None,
) -> Folded | None:
    """Fold the days that are not those of the last run, a file of calls at a time; None without calls.

    `wangiri` are the thresholds by which callers are looked for; None where they are not.
    """
    first = add_months(as_of, -history).isoformat()
    parts = {name: part for name, part in inputs.parts.get("calls", {}).items() if name[:10] >= first}
    if not parts:
        return None
    stood = _standing(inputs, parts)
    due = {name: part for name, part in parts.items() if name[:10] not in stood}
    then = inputs.before.marks if inputs.before else {}
    now = {**{day: mark for day, mark in then.items() if _month(day) in stood}, **_digests(due)}
    fresh = frozenset(date.fromisoformat(day) for day, mark in now.items() if then.get(day) != mark)
    made_then = inputs.before.made.get("fraud_days", frozenset()) if inputs.before and then else frozenset()
    rest = sorted({name[:10] for name in due} & made_then)
    frames = _made(inputs, due, fresh, rest, high_cost, short_seconds)
    made = inputs.gather(frames, "month")
    before = inputs.before.rows("fraud_days", sorted(stood)) if inputs.before and stood else made.clear()
    rung = None if wangiri is None else _callers(inputs, parts, as_of, fresh, wangiri)
    return Folded(pl.concat([before, made]), made, stood, now, fresh, rung)


def _callers(
    inputs: Inputs, parts: Parts, as_of: date, fresh: frozenset[date], rule: Mapping[str, float]
) -> pl.DataFrame:
    """Callers of the month: of days that calls have changed on, or on one of the two after; of others as they stand."""
    due = {day - timedelta(days=back) for day in fresh for back in range(REACH_DAYS + 1)}
    due = {day for day in due if day.replace(day=1) == as_of}
    made = callers(parts, due, rule)
    month = as_of.isoformat()
    if inputs.before is None or month not in inputs.before.made.get("fraud_callers", ()):
        return made
    stands = inputs.before.rows("fraud_callers", [month]).filter(~pl.col("day").is_in(sorted(due)))
    return pl.concat([stands.select(made.columns).collect(), made]).sort("caller", "day")


def _standing(inputs: Inputs, parts: Parts) -> frozenset[str]:
    """The months that were folded of just these calls."""
    if inputs.before is None or not inputs.before.marks:
        return frozenset()
    made = inputs.before.made.get("fraud_days", frozenset())
    return frozenset({name[:10] for name in parts} & made - inputs.before.touched["calls"])


def _month(day: str) -> str:
    return f"{day[:7]}-01"


def _digests(parts: Parts) -> dict[str, str]:
    """What the calls of each day come to: another call, or one call another way, and it is another number."""
    sums: dict[date, tuple[int, int]] = {}
    told = pl.struct(_READ).hash()
    for name in sorted(parts):
        rows = parts[name]().select(day=pl.col("started_at").dt.date(), mark=told)
        found = rows.group_by("day").agg(pl.len(), pl.col("mark").sum()).collect(engine="streaming")
        for day, count, mark in found.iter_rows():
            had, was = sums.get(day, (0, 0))
            sums[day] = had + count, (was + mark) % (1 << 64)
    return {day.isoformat(): f"{count}-{mark:016x}" for day, (count, mark) in sorted(sums.items())}


def _made(
    inputs: Inputs,
    due: Parts,
    fresh: frozenset[date],
    rest: list[str],
    high_cost: frozenset[str],
    short_seconds: float,
) -> Iterator[pl.DataFrame]:
    """Days of some customers after the other; of months that were there, the days that stand too."""
    shape = contract("fraud_days")
    yield shape.schema.create_empty()
    inputs.progress("calls", 0, len(due))

    def work(tables: Mapping[str, pl.LazyFrame]) -> pl.LazyFrame:
        rows = of_days(tables["calls"], fresh)
        return shape.conform(customer_days(rows, high_cost=high_cost, short_seconds=short_seconds))

    for done, made in inputs.engine.parts("calls", due, work, _ROWS) if due else ():
        yield made
        inputs.progress("calls", done, len(due))
    if rest and inputs.before:
        stands = inputs.before.rows("fraud_days", rest).filter(~pl.col("day").is_in(sorted(fresh)))
        yield from stands.collect_batches(chunk_size=_BATCH, maintain_order=True, engine="streaming")
