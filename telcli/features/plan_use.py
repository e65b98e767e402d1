"""What a customer used in a month, as tariffs bill it: from single calls and sessions, or from the month's totals.

Calls and texts that the customer made are billed, and all data; calls abroad and while roaming have prices of their own
and are none of a plan's. From the month's totals it is known what calls came to, not how each was rounded up: a month
then has the least and the most that rounding can make of it, and what it makes of calls that end anywhere in a unit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from telcli.features.call_use import BYTES
from telcli.features.month_index import add_months
from telcli.tables.tariffs import Tariff

__all__ = ["Units", "plan_use", "units_of"]

_AGREE = 0.95
"""Calls that come to less than this share of the total that usage has of the same customer are not all there are."""
_MS = 1000
_MINUTE = 60.0


@dataclass(frozen=True)
class Units:
    """The units that some tariffs round up to: of calls in seconds, and of sessions in MB."""

    calls: tuple[float, ...]
    sessions: tuple[float, ...]


def units_of(tariffs: Sequence[Tariff]) -> Units:
    """The units of these tariffs, each once and sorted.

    >>> units_of([Tariff("a", 1.0), Tariff("b", 1.0, call_unit_s=6.0, data_rounded="session", data_unit_mb=10.0)])
    Units(calls=(6.0, 60.0), sessions=(10.0,))
    """
    sessions = {each.data_unit_mb for each in tariffs if each.data_rounded == "session"}
    return Units(tuple(sorted({each.call_unit_s for each in tariffs})), tuple(sorted(sessions)))


def plan_use(
    tables: Mapping[str, pl.LazyFrame], people: pl.DataFrame, months: Sequence[date], units: Units
) -> pl.DataFrame:
    """One row per customer of `people` and month in which she was there, sorted, whose use is known.

    Parameters
    ----------
    tables : mapping
        customer_months, and calls where there are some.
    people : DataFrame
        ``customer_id``, and ``since``: the first of the month from which on she has been there.
    months : sequence of date
        In order.
    units : Units
        What calls and sessions are rounded up to.

    Returns
    -------
    DataFrame
        ``customer_id``, ``month``, ``exact`` (rounding leaves nothing open), ``texts``, ``mb``; for each unit of calls
        ``minutes_<place>`` with ``_low`` and ``_high``, and for each unit of sessions ``mb_<place>`` with the same;
        ``_high`` is null where the number of calls or sessions is not told.
    """
    totals = _totals(tables["customer_months"], people, months)
    if "calls" not in tables:
        return _finished(_by_total(totals, units), units)
    calls = _by_call(tables["calls"], people, months, units)
    joined = totals.join(calls, on=("customer_id", "month"), how="left", maintain_order="left")
    return _finished(_merged(_judged(joined), units), units)


def _totals(frame: pl.LazyFrame, people: pl.DataFrame, months: Sequence[date]) -> pl.DataFrame:
    """The months in which they were there, and what usage says of them; null where it does not tell."""
    wanted = ("call_minutes", "call_minutes_out", "calls_out", "calls_in", "texts", "texts_out", "data_mb")
    have = frame.collect_schema()
    columns = [
        pl.col(name).cast(pl.Float64) if name in have else pl.lit(None, pl.Float64).alias(name) for name in wanted
    ]
    here = (pl.col("active") | pl.col("left")).fill_null(value=True)  # who left in a month used it until then
    rows = frame.filter(pl.col("month").is_between(months[0], months[-1]), here)
    rows = rows.select("customer_id", "month", *columns).join(people.lazy(), on="customer_id")
    found = rows.filter(pl.col("month") >= pl.col("since").fill_null(months[0])).drop("since")
    return found.sort("customer_id", "month").collect(engine="streaming")


def _by_call(calls: pl.LazyFrame, people: pl.DataFrame, months: Sequence[date], units: Units) -> pl.DataFrame:
    """Sums of what was billed, call by call and session by session, in whole units, texts and bytes."""
    have = calls.collect_schema()
    end = add_months(months[-1], 1)
    rows = calls.filter(pl.col("started_at") >= months[0], pl.col("started_at") < end)
    abroad = [pl.col(name).fill_null(value=False) for name in ("international", "roaming") if name in have]
    away = pl.any_horizontal(abroad) if abroad else pl.lit(value=False)
    voice, data, out = (pl.col("kind") == "voice"), pl.col("kind") == "data", pl.col("direction") == "out"
    billed = {"voice": voice & out & ~away, "text": ~voice & ~data & out & ~away, "data": data & ~away}
    length = pl.col("duration_s") if "duration_s" in have else pl.lit(None, pl.Float64)
    volume = pl.col("data_mb") if "data_mb" in have else pl.lit(None, pl.Float64)
    ms, size = (length * _MS).round().cast(pl.Int64), (volume * BYTES).round().cast(pl.Int64)
    sums = {f"call_{at}": (billed["voice"], _units(ms, unit * _MS)) for at, unit in enumerate(units.calls)}
    sums |= {f"session_{at}": (billed["data"], _units(size, unit * BYTES)) for at, unit in enumerate(units.sessions)}
    sums |= {"told_texts": (billed["text"], pl.lit(1, pl.Int64)), "told_bytes": (billed["data"], size)}
    sums |= {"had_ms": (voice, ms), "had_ms_out": (voice & out, ms), "had_bytes": (data, size)}
    text, one = ~voice & ~data, pl.lit(1, pl.Int64)
    sums |= {"had_texts": (text, one), "had_texts_out": (text & out, one)}
    told = {
        "voice_told": ~(billed["voice"] & length.is_null()).any(),
        "data_told": ~(billed["data"] & volume.is_null()).any(),
    }
    parts = [pl.when(which).then(amount).sum().cast(pl.Float64).alias(name) for name, (which, amount) in sums.items()]
    month = pl.col("started_at").dt.truncate("1mo").cast(pl.Date).alias("month")
    own = rows.join(people.lazy().select("customer_id"), on="customer_id", how="semi")
    return own.group_by("customer_id", month).agg(*parts, **told).collect(engine="streaming")


def _units(amount: pl.Expr, unit: float) -> pl.Expr:
    """Whole units begun, of whole parts."""
    size = max(round(unit), 1)
    return (amount + (size - 1)) // size


def _judged(joined: pl.DataFrame) -> pl.DataFrame:
    """Add for each service whether calls tell all of it (``<service>_sure``) and the total that usage has of it.

    Each customer's calls of a month are held against that customer's own total, that of what she made where it is told;
    where usage tells no total of hers, those of the month against the totals of all others.
    """
    minutes, mb = _MS * _MINUTE, float(BYTES)
    against = {
        "voice": (("call_minutes_out", pl.col("had_ms_out") / minutes), ("call_minutes", pl.col("had_ms") / minutes)),
        "texts": (("texts_out", pl.col("had_texts_out")), ("texts", pl.col("had_texts"))),
        "data": (("data_mb", pl.col("had_bytes") / mb),),
    }
    there = (pl.col("had_ms").is_not_null().any()).over("month")
    for service, ways in against.items():
        had = pl.coalesce(pl.when(pl.col(total).is_not_null()).then(calls.fill_null(0.0)) for total, calls in ways)
        used = pl.coalesce(total for total, _ in ways)
        whole = there & (had.sum() >= _AGREE * used.sum()).over("month")
        sure = pl.when(used.is_not_null()).then(had >= _AGREE * used).otherwise(whole)
        told = pl.lit(value=True) if service == "texts" else pl.col(f"{service}_told").fill_null(value=True)
        joined = joined.with_columns((sure & told).alias(f"{service}_sure"), used.alias(f"{service}_used"))
    return joined


def _merged(rows: pl.DataFrame, units: Units) -> pl.DataFrame:
    """Each service by calls where those tell all, else by its total; where none is told, by calls as the least."""
    both = rows.hstack(_exactly(rows, units)).hstack(
        _by_total(rows, units).drop("customer_id", "month", "exact").select(pl.all().name.prefix("total_"))
    )
    columns = {}
    for column in _columns(units)[3:]:
        service = "voice" if column.startswith("minutes") else "texts" if column == "texts" else "data"
        exact, total = pl.col(f"exact_{column}"), pl.col(f"total_{column}")
        short = pl.col(f"{service}_used").is_null() & exact.is_not_null()
        rest = pl.when(~short).then(total) if column.endswith("_high") else pl.coalesce(total, exact)
        columns[column] = pl.when(pl.col(f"{service}_sure")).then(exact.fill_null(0.0)).otherwise(rest)
    # a month's total of texts, and of data rounded up by the month, is billed as it stands
    texts = pl.col("texts_sure") | pl.col("texts_used").is_not_null()
    data = pl.col("data_sure") | (pl.col("data_used").is_not_null() & pl.lit(not units.sessions))
    return both.select("customer_id", "month", exact=pl.col("voice_sure") & texts & data, **columns)


def _exactly(rows: pl.DataFrame, units: Units) -> pl.DataFrame:
    found = {"texts": pl.col("told_texts"), "mb": pl.col("told_bytes") / BYTES}
    for place, unit in enumerate(units.calls):
        for end in ("", "_low", "_high"):
            found[f"minutes_{place}{end}"] = pl.col(f"call_{place}") * (unit / _MINUTE)
    for place, unit in enumerate(units.sessions):
        for end in ("", "_low", "_high"):
            found[f"mb_{place}{end}"] = pl.col(f"session_{place}") * unit
    return rows.select(amount.alias(f"exact_{name}") for name, amount in found.items())


def _by_total(rows: pl.DataFrame, units: Units) -> pl.DataFrame:
    """The same by the month's totals; what sessions, or calls of unknown number, come to at most is not known."""
    made = pl.col("call_minutes_out").is_not_null()
    minutes = pl.coalesce("call_minutes_out", "call_minutes")
    calls = pl.when(made).then("calls_out").otherwise(pl.col("calls_out") + pl.col("calls_in").fill_null(0.0))
    calls = pl.when(minutes == 0).then(0.0).otherwise(calls)
    found = {"texts": pl.coalesce("texts_out", "texts"), "mb": pl.col("data_mb")}
    for place, unit in enumerate(units.calls):
        step = unit / _MINUTE
        least = (minutes / step - 1e-9).ceil() * step
        most = pl.max_horizontal(least, ((minutes / step + calls) - 1e-9).floor() * step)
        most = pl.when(minutes.is_null()).then(0.0).when(calls.is_not_null()).then(most)
        found |= {f"minutes_{place}_low": least, f"minutes_{place}_high": most}
        found[f"minutes_{place}"] = pl.min_horizontal(most, pl.max_horizontal(least, minutes + calls * step / 2))
    nothing = pl.when(pl.col("data_mb").fill_null(0.0) == 0).then(0.0)
    for place in range(len(units.sessions)):
        found |= {f"mb_{place}{end}": pl.col("data_mb") for end in ("", "_low")} | {f"mb_{place}_high": nothing}
    columns = _columns(units)
    return rows.select("customer_id", "month", pl.lit(value=False).alias("exact"), **found).select(columns)


def _columns(units: Units) -> list[str]:
    ends = ("", "_low", "_high")
    calls = [f"minutes_{place}{end}" for place in range(len(units.calls)) for end in ends]
    return ["customer_id", "month", "exact", "texts", "mb", *calls] + [
        f"mb_{place}{end}" for place in range(len(units.sessions)) for end in ends
    ]


def _finished(rows: pl.DataFrame, units: Units) -> pl.DataFrame:
    """Rows of which some use is known; what is not told of a kind of use is none of it."""
    known = pl.any_horizontal(pl.col("texts", "mb", "minutes_0_low").is_not_null())
    told = rows.filter(known).select(_columns(units)).sort("customer_id", "month")
    sums = pl.selectors.float() - pl.selectors.ends_with("_high")  # what is at most may not be known
    likely = [
        pl.coalesce(f"minutes_{place}", f"minutes_{place}_low").alias(f"minutes_{place}")
        for place in range(len(units.calls))
    ]
    return told.with_columns(*likely).with_columns(sums.fill_null(0.0))
