"""Callers who ring very many at once and hang up: found among short calls first, then looked at whole."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, timedelta
from hashlib import sha256

import numpy as np
import polars as pl

from telcli.features.fraud_days import of_days
from telcli.methods.sliding_window import distinct_ahead

__all__ = ["REACH_DAYS", "callers", "outside_code"]

REACH_DAYS = 2
"""Days after a caller's own that count for it: a window may end on the next, calls back come on it and one later."""
_UNKNOWN = "unknown"
_CODE = 10
Parts = Mapping[str, Callable[[], pl.LazyFrame]]


def outside_code(counterpart: str) -> str:
    """The code of an outside caller, the same from run to run; its pseudonym cannot be read out of it.

    >>> outside_code("abc") == outside_code("abc"), outside_code("abc")[:7]
    (True, 'caller-')
    """
    return f"caller-{sha256(counterpart.encode()).hexdigest()[:_CODE]}"


def callers(parts: Parts, days: Collection[date], rule: Mapping[str, float]) -> pl.DataFrame:
    """One row per caller and day with as many targets within the window as the rule asks for: fraud_callers, sorted.

    Files hold whole customers of a month, so that those rung by an outside caller stand in several of them, each
    customer in one. First short calls alone are counted by caller and day; then all calls of the few who come near the
    threshold are looked at.

    Parameters
    ----------
    parts
        The files of calls that may hold rows of the days, and of the two days after each.
    days
        Those wanted.
    rule
        Thresholds of the rule wangiri.
    """
    if not days:
        return _named(_empty())
    near = sorted({day + timedelta(days=ahead) for day in days for ahead in range(-1, REACH_DAYS + 1)})
    likely = _likely(parts, near, rule)
    if not likely.height:
        return _named(_empty())
    events = pl.concat([_events(_of_month(name, part, near), likely, rule) for name, part in sorted(parts.items())])
    rows: list[tuple[object, ...]] = []
    for (caller, subject), mine in events.sort("caller", "subject", "at", "other").group_by(
        ["caller", "subject"], maintain_order=True
    ):
        rows += _caller_days(str(caller), str(subject), mine, set(days), rule)
    found = pl.DataFrame(rows, schema=_empty().schema, orient="row")
    return _named(found).sort("caller", "day")


def _empty() -> pl.DataFrame:
    counts = dict.fromkeys(("targets", "calls", "short_calls", "called_back", "back_minutes"), pl.Float64)
    kinds = {"caller": pl.String, "subject": pl.String, "day": pl.Date, **counts, "destination": pl.String}
    return pl.DataFrame(schema=kinds)


def _of_month(name: str, part: Callable[[], pl.LazyFrame], days: Collection[date]) -> pl.LazyFrame:
    """The rows of a file that are of those days; none where its month has none of them."""
    mine = [day for day in days if f"{day:%Y-%m}" == name[:7]]
    rows = of_days(part(), mine).filter(pl.col("kind") == "voice", pl.col("counterpart") != _UNKNOWN)
    return rows.select(
        *("customer_id", "counterpart", "duration_s", "destination"),
        at=pl.col("started_at").dt.epoch("s"),
        out=pl.col("direction") == "out",
    )


def _likely(parts: Parts, days: Collection[date], rule: Mapping[str, float]) -> pl.DataFrame:
    """Callers with, on two days one after the other, short calls as many as targets are asked for."""
    short = pl.col("duration_s") <= rule["short_seconds"]
    day = (pl.col("at") // 86_400).alias("day")
    counts = []
    for name, part in sorted(parts.items()):
        rows = _of_month(name, part, days).filter(short)
        made = rows.filter("out").group_by(pl.col("customer_id").alias("caller"), day).agg(pl.len())
        rung = rows.filter(~pl.col("out")).group_by(pl.col("counterpart").alias("caller"), day).agg(pl.len())
        enough = made.filter(pl.col("len") * 2 >= rule["targets"]).with_columns(subject=pl.lit("customer"))
        both = pl.concat([enough, rung.with_columns(subject=pl.lit("caller"))], how="diagonal")
        counts.append(both.collect(engine="streaming"))
    found = pl.concat(counts).group_by("caller", "subject", "day").agg(pl.col("len").sum())
    return (
        found.filter(pl.col("len") * 2 >= rule["targets"])
        .select("caller", "subject")
        .unique()
        .sort("caller", "subject")
    )


def _events(rows: pl.LazyFrame, likely: pl.DataFrame, rule: Mapping[str, float]) -> pl.DataFrame:
    """All calls between a caller and whom it rings: `rang` by it, else back to it."""
    short = (pl.col("duration_s") <= rule["short_seconds"]).fill_null(value=False)
    facts = ("at", "duration_s", "destination")
    frames = []
    for subject, caller, other, rang in (
        ("customer", "customer_id", "counterpart", pl.col("out")),
        ("caller", "counterpart", "customer_id", ~pl.col("out")),
    ):
        names = likely.filter(pl.col("subject") == subject).select("caller").lazy()
        told = rows.select(*facts, caller=caller, other=other, rang=rang, short=short)
        mine = told.join(names, on="caller", how="semi")
        frames.append(mine.with_columns(subject=pl.lit(subject)).collect(engine="streaming"))
    return pl.concat(frames)


def _caller_days(
    caller: str, subject: str, mine: pl.DataFrame, days: Collection[date], rule: Mapping[str, float]
) -> Iterable[tuple[object, ...]]:
    """The days of one caller on which a window that begins then has targets enough."""
    rang = mine.filter("rang")
    window = 60.0 * rule["window_minutes"]
    codes = rang["other"].rank("dense").cast(pl.Int64).to_numpy() - 1
    ahead = distinct_ahead(rang["at"].to_numpy(), codes, window) if rang.height else np.zeros(0, np.int64)
    rang = rang.with_columns(ahead=pl.Series(ahead, dtype=pl.Int64), day=pl.from_epoch("at").dt.date())
    back = mine.filter(~pl.col("rang"))
    for (day,), own in rang.group_by(["day"], maintain_order=True):
        targets, first = int(own["ahead"].to_numpy().max()), int(own["at"].to_numpy().min())
        if day not in days or targets < rule["targets"]:
            continue
        until = first + 3_600.0 * rule["call_back_hours"]
        rung = own["other"].unique()
        after = back.filter(pl.col("at").is_between(first, until), pl.col("other").is_in(rung.implode()))
        yield (
            *(caller, subject, day, float(targets), float(own.height), float(own["short"].sum())),
            float(after.height),
            float(after["duration_s"].fill_null(0.0).sum()) / 60.0,
            own["destination"].drop_nulls().max(),
        )


def _named(found: pl.DataFrame) -> pl.DataFrame:
    """Outside callers by their code."""
    code = pl.col("caller").map_elements(outside_code, return_dtype=pl.String)
    outside = pl.col("subject") == "caller"
    return found.with_columns(
        caller=pl.when(outside).then(code).otherwise("caller"), month=pl.col("day").dt.month_start()
    )
