"""What contacts tell of calls to the hotline: whether answered, how soon, how long the talk was, whether settled."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

__all__ = ["AGENT", "call_columns", "known_calls"]

AGENT = "x_agent_code"
"""The attribute with the code of who took the contact, as ingest makes it."""

_WORDS = {
    "answered": ("answered", "是否接通", "接通"),
    "settled": ("resolved", "是否解决", "已解决", "solved"),
    "wait_s": ("speed_of_answer", "wait", "queue_time", "应答时长", "等待时长", "排队时长"),
    "talk_s": ("talk", "handle_time", "通话时长", "handling_time"),
    "clock": ("time", "call_time", "来电时刻", "时间"),
}
"""Parts of the names of attributes, in small letters; of the clock the whole name."""
_KINDS = {"answered": pl.Boolean, "settled": pl.Boolean}


def call_columns(names: Iterable[str]) -> dict[str, str]:
    """Which attribute tells what, of those there are: the first by name that has a word in it.

    >>> call_columns(["x_Answered_Y_N", "x_AvgTalkDuration", "x_Time", "topic"])
    {'answered': 'x_Answered_Y_N', 'talk_s': 'x_AvgTalkDuration', 'clock': 'x_Time'}
    """
    found: dict[str, str] = {}
    free = {name: name.removeprefix("x_").lower() for name in sorted(names) if name.startswith("x_")}
    for what, words in _WORDS.items():
        fits = (n for n, low in free.items() if (low in words if what == "clock" else any(w in low for w in words)))
        hit = next(fits, None)
        if hit is not None:
            found[what] = hit
    return found


def known_calls(contacts: pl.LazyFrame) -> pl.LazyFrame:
    """contact_id, answered, settled, wait_s, talk_s (seconds) and hour (0..23), null where nothing tells.

    The hour is that of an attribute with the time of day, else of the opening, where that is not midnight sharp.

    >>> frame = pl.LazyFrame({"contact_id": ["1"], "opened_at": ["2024-06-01"], "x_Talk": ["00:02:23"],
    ...     "x_Answered": [True], "x_Time": ["09:12:58"]}).with_columns(pl.col("opened_at").str.to_datetime("%Y-%m-%d"))
    >>> known_calls(frame).collect().rows()
    [('1', True, None, None, 143.0, 9)]
    """
    schema = contacts.collect_schema()
    found = call_columns(schema.names())
    parts = []
    for what in ("answered", "settled", "wait_s", "talk_s"):
        kind = _KINDS.get(what, pl.Float64)
        name = found.get(what)
        if name is None or (kind == pl.Boolean and schema[name] != pl.Boolean):
            parts.append(pl.lit(None, kind).alias(what))
        else:
            parts.append((pl.col(name) if kind == pl.Boolean else _seconds(name, schema[name])).alias(what))
    opened = pl.col("opened_at")
    told: pl.Expr = pl.when(opened.dt.time() != pl.time(0)).then(opened.dt.hour().cast(pl.Int64))
    if "clock" in found and schema[found["clock"]] == pl.String:
        clock = pl.col(found["clock"]).str.extract(r"^(\d{1,2}):\d{2}", 1).cast(pl.Int64, strict=False)
        told = pl.coalesce(pl.when(clock.is_between(0, 23)).then(clock), told)
    return contacts.select("contact_id", *parts, hour=told)


def _seconds(name: str, kind: pl.DataType) -> pl.Expr:
    """Seconds of a number, or of a text as 00:02:23."""
    if kind != pl.String:
        return pl.col(name).cast(pl.Float64, strict=False)
    parts = [
        pl.col(name).str.extract(r"^(\d+):(\d{2}):(\d{2})$", at).cast(pl.Float64, strict=False) for at in (1, 2, 3)
    ]
    return parts[0] * 3600 + parts[1] * 60 + parts[2]
