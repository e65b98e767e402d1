"""Random calls of a few customers, and what bandicoot 0.6.0 defines, in plain Python: the oracle of call_months."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise, product
from typing import Any

import polars as pl
from hypothesis import strategies as st

SCHEMA: dict[str, Any] = {
    "customer_id": pl.String,
    "started_at": pl.Datetime("us"),
    "counterpart": pl.String,
    "direction": pl.String,
    "kind": pl.String,
    "duration_s": pl.Float64,
    "data_mb": pl.Float64,
    "cell_id": pl.String,
    "off_net": pl.Boolean,
    "international": pl.Boolean,
    "roaming": pl.Boolean,
    "competitor": pl.Boolean,
    "started_epoch_s": pl.Int64,
}
Record = dict[str, Any]
FLAG = st.sampled_from([None, True, False])
DAYS = ((5, 31), (6, 1), (6, 2), (6, 29), (6, 30), (7, 1))
CLOCKS = ((0, 0), (6, 59, 59), (7, 0), (7, 0, 1), (12, 30), (18, 59, 59), (19, 0), (23, 59, 59, 999999))
TIMES = [datetime(2024, *day, *clock) for day, clock in product(DAYS, CLOCKS)]


def exactly(record: Record, since: int | None) -> Record:
    """With seconds since 1970, so many after those that local time would be in UTC."""
    utc = record["started_at"].replace(tzinfo=UTC)
    return record | {"started_epoch_s": None if since is None else int(utc.timestamp()) + since}


RECORD = st.fixed_dictionaries(
    {
        "customer_id": st.sampled_from(["a", "b", "c"]),
        "started_at": st.sampled_from(TIMES)
        | st.datetimes(datetime(2023, 12, 30), datetime(2024, 8, 2)).map(lambda at: at.replace(microsecond=0)),
        "counterpart": st.sampled_from(["x", "y", "z", "w", "unknown"]),
        "direction": st.sampled_from(["out", "in"]),
        "kind": st.sampled_from(["voice", "voice", "text", "data"]),
        "duration_s": st.sampled_from([None, 0.0, 1.0, 60.0, 3599.5]),
        "data_mb": st.sampled_from([None, 0.0, 0.1, 0.2, 1024.0]),
        "cell_id": st.sampled_from([None, "p", "q"]),
        "off_net": FLAG,
        "international": FLAG,
        "roaming": FLAG,
        "competitor": FLAG,
    }
)
RECORDS = st.lists(RECORD, max_size=40)
SINCE = st.sampled_from([0, 0, -28_800, -25_200, -25_200, 86_400, 86_401, None])
EXACT = st.lists(st.builds(exactly, RECORD, SINCE), max_size=40) | st.lists(
    st.builds(exactly, RECORD, st.sampled_from([-7200, -3600])), max_size=40
)
"""Those that tell moments as well: at times in another order, over a day off, or of some rows alone."""


def frame(records: list[Record]) -> pl.LazyFrame:
    return pl.LazyFrame(records, schema=SCHEMA)


def expected(records: list[Record]) -> list[dict[str, Any]]:
    """What call_months must say of the records, sorted by customer and month."""
    months: dict[tuple[str, date], list[Record]] = {}
    for record in sorted(records, key=lambda record: record["started_at"]):
        months.setdefault((record["customer_id"], record["started_at"].date().replace(day=1)), []).append(record)
    return [
        {"customer_id": who, "month": month, **_everything(rows), **_interactions(rows)}
        for (who, month), rows in sorted(months.items())
    ]


def moments(rows: list[Record]) -> list[datetime]:
    """The exact times in their order, if there are any and all are within a day of local time; else local times."""
    local = [row["started_at"] for row in rows]
    told = [row.get("started_epoch_s") for row in rows]
    if None in told:
        return local
    exact = [
        datetime(1970, 1, 1) + timedelta(seconds=since, microseconds=at.microsecond)
        for since, at in zip(told, local, strict=True)
        if since is not None
    ]
    near = all(abs(one - at) <= timedelta(days=1) for one, at in zip(exact, local, strict=True))
    return sorted(exact) if near else local


def interevent(times: list[datetime]) -> tuple[float | None, float | None]:
    """Mean and std of `interevent_time`; microseconds only tell rows apart."""
    cut = [at - timedelta(microseconds=at.microsecond % 1000) for at in times]
    gaps = [(new - old).total_seconds() for old, new in pairwise(cut)]
    if not gaps:
        return None, None
    mean = math.fsum(gaps) / len(gaps)
    return mean, math.sqrt(math.fsum((gap - mean) ** 2 for gap in gaps) / len(gaps))


def with_whom(pairs: list[tuple[str, str]]) -> dict[str, float]:
    """Indicators of contacts, of (counterpart, direction) of each interaction."""
    counts = Counter(who for who, _ in pairs)
    made = Counter(who for who, way in pairs if way == "out")
    total = len(pairs)
    target, ordered = math.ceil(total * 0.8), sorted(counts.values())
    while target > 0 and ordered:
        target -= ordered.pop()
    return {
        "counterparts": len(counts),
        "counterparts_out": len(made),
        "counterparts_mutual": sum(0 < made[who] < count for who, count in counts.items()),
        "counterpart_entropy": -math.fsum(n / total * math.log(n / total) for n in counts.values()),
        "counterpart_balance": math.fsum(made[who] / n for who, n in counts.items()) / len(counts),
        "counterpart_balance_weighted": math.fsum(made[who] / total for who in counts) / len(counts),
        "counterpart_top_share": max(counts.values()) / total,
        "counterpart_pareto_share": (len(counts) - len(ordered)) / total,
    }


def nocturnal(at: datetime) -> bool:
    return not time(7) < at.replace(microsecond=at.microsecond // 1000 * 1000).time() < time(19)


def _everything(rows: list[Record]) -> dict[str, Any]:
    voice = [row for row in rows if row["kind"] == "voice"]
    sessions = [row["data_mb"] for row in rows if row["kind"] == "data"]
    lengths = [row["duration_s"] for row in voice if row["duration_s"] is not None]
    ways = {way: [row for row in voice if row["direction"] == way] for way in ("out", "in")}
    texts = Counter(row["direction"] for row in rows if row["kind"] == "text")
    cells = {row["cell_id"] for row in rows} - {None}
    roaming = [row["roaming"] for row in rows if row["roaming"] is not None]
    return {
        **{f"calls_{way}": len(calls) for way, calls in ways.items()},
        **{f"call_minutes_{way}": _sum([row["duration_s"] for row in calls], 60) for way, calls in ways.items()},
        **{f"texts_{way}": texts[way] for way in ("out", "in")},
        "data_sessions": len(sessions),
        "data_mb": _sum(sessions, 1),
        "initiated_share": _share([row["direction"] == "out" for row in voice]),
        "zero_length_share": _share([length == 0 for length in lengths]),
        "active_days": len({row["started_at"].date() for row in rows}),
        "cells": len(cells) or None,
        "roaming_share": _share(roaming),
        "roaming_minutes": _minutes(voice, "roaming", told=bool(roaming)),
    }


def _interactions(rows: list[Record]) -> dict[str, Any]:
    talk = [row for row in rows if row["kind"] != "data"]
    off_net, international, competitor = (
        [row[name] for row in talk if row[name] is not None] for name in ("off_net", "international", "competitor")
    )
    known = [(row["counterpart"], row["direction"]) for row in talk if row["counterpart"] != "unknown"]
    mean, sd = interevent(moments(talk))
    nobody = {} if talk else {"counterparts": 0, "counterparts_out": 0, "counterparts_mutual": 0}
    beyond = {row["counterpart"] for row in talk if row["off_net"]} - {"unknown"}
    return {
        **(with_whom(known) if known else dict.fromkeys(with_whom([("x", "in")])) | nobody),
        "counterparts_off_net": len(beyond) if off_net and known else None,
        "off_net_share": _share(off_net),
        "off_net_minutes": _minutes([row for row in talk if row["kind"] == "voice"], "off_net", told=bool(off_net)),
        "off_net_minutes_out": _minutes(
            [row for row in talk if row["kind"] == "voice"], "off_net", told=bool(off_net), ways=("out",)
        ),
        "international_share": _share(international),
        "competitor_contacts": sum(competitor) if competitor else None,
        "interaction_days": len({row["started_at"].date() for row in talk}),
        "night_share": _share([nocturnal(row["started_at"]) for row in talk]),
        "weekend_share": _share([row["started_at"].isoweekday() in (6, 7) for row in talk]),
        "interevent_mean_s": mean,
        "interevent_sd_s": sd,
    }


def _minutes(voice: list[Record], flag: str, *, told: bool, ways: Sequence[str] = ("out", "in")) -> float | None:
    """Null where the flag is told of no call, or of those it is true of nobody tells how long one was."""
    if not (any(row[flag] is not None for row in voice) if voice else told):
        return None
    return _sum([row["duration_s"] for row in voice if row[flag] and row["direction"] in ways], 60)


def _share(flags: list[bool]) -> float | None:
    return sum(flags) / len(flags) if flags else None


def _sum(values: list[float | None], unit: int) -> float | None:
    known = [value for value in values if value is not None]
    return None if values and not known else math.fsum(known) / unit
