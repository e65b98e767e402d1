"""Table complaint_topics: how often customers contact about what, month by month, and what emerges."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.features.complaint_topics import ALL, UNCODED, topics
from telcli.features.month_index import YEAR, add_months
from telcli.methods.event_rates import dispersion, rate_interval, rate_ratio, rise_chance
from telcli.methods.rates import found_among
from telcli.stages.complaints_ground import SMALL, Ground

__all__ = ["topic_rows"]

Floats = NDArray[np.float64]
_MANY = 100
"""Topics of the source that have rows of their own: those of most contacts."""
_REST, _NONE = "(others)", "(none)"
_THOUSAND = 1_000.0
_SEASON = 0.05
"""The chance above which a month is no more than the same month of last year."""


def topic_rows(ground: Ground) -> pl.DataFrame:
    """Table complaint_topics without its month, in the order of its key."""
    parts = [_rows(ground, "taxonomy", pl.col("code")), _rows(ground, "source", _given(ground))]
    return pl.concat(parts).sort("coding", "kind", "topic", "month")


def _given(ground: Ground) -> pl.Expr:
    """The topic that the source gives; of many different ones those of few contacts together."""
    counted = ground.contacts.drop_nulls("topic").group_by("topic").len().sort("len", "topic", descending=[True, False])
    most = counted["topic"].head(_MANY)
    topic = pl.col("topic")
    known = pl.when(topic.is_in(most.implode())).then(topic).otherwise(pl.lit(_REST))
    return pl.when(topic.is_null()).then(pl.lit(_NONE)).otherwise(known)


def _rows(ground: Ground, coding: str, topic: pl.Expr) -> pl.DataFrame:
    seen = ground.last(max(ground.settings.trend_months, ground.settings.usual_months + 1, YEAR + 1))
    frame = seen.select("month", "customer_id", "kind", topic=topic)
    counts = pl.concat(_counted(frame, kind, name) for kind in (True, False) for name in (True, False))
    told = (seen if coding == "taxonomy" else seen.clear()).select("month", "kind", "mentioned")
    counts = counts.join(_mentions(told), on=["kind", "topic", "month"], how="left")
    if coding == "source":  # all of its topics together are those of the taxonomy
        counts = counts.filter(pl.col("topic") != ALL)
    months = _months(ground, seen)
    cells = counts.select("kind", "topic").unique().sort("kind", "topic")
    grid = cells.join(pl.DataFrame({"month": months}, schema={"month": pl.Date}), how="cross")
    full = grid.join(counts, on=["kind", "topic", "month"], how="left").with_columns(
        pl.col("contacts", "customers", "squares").fill_null(0)
    )
    full = full.sort("kind", "topic", "month")
    whole = full.filter(pl.col("topic") == ALL) if coding == "taxonomy" else _totals(frame)
    full = full.join(whole.select("kind", "month", of="contacts"), on=["kind", "month"], how="left")
    shape = (cells.height, len(months))
    contacts, callers = (full[name].cast(pl.Float64).to_numpy().reshape(shape) for name in ("contacts", "customers"))
    base = np.array([ground.base.get(month, 0) for month in months], dtype=np.float64)
    base = base if ground.own_base else np.zeros_like(base)
    if not ground.heard:  # no rate of 0 where the extract may lack
        base[[month == ground.as_of for month in months]] = 0.0
    tested = _tested(ground, cells, contacts, callers, base, months)
    return _columns(full, coding, ground, base, tested).filter(
        pl.col("month") > add_months(ground.as_of, -ground.settings.trend_months)
    )


def _mentions(seen: pl.DataFrame) -> pl.DataFrame:
    """Contacts in which words of a topic stand, whether it is theirs or another is, by kind or all and month."""
    each = seen.rename({"mentioned": "topic"}).explode("topic", empty_as_null=True).drop_nulls("topic")
    every = pl.concat([each, each.with_columns(kind=pl.lit(ALL))])
    return every.group_by("kind", "topic", "month").agg(mentions=pl.len().cast(pl.Int64))


def _months(ground: Ground, seen: pl.DataFrame) -> list[date]:
    """Months of which contacts are known, those without any too, where there were customers."""
    held: set[date] = set(seen["month"])
    every = [min(held)]
    while every[-1] < ground.as_of:
        every.append(add_months(every[-1], 1))
    return [month for month in every if month in held or ground.base.get(month, 0) > 0]


def _counted(frame: pl.DataFrame, kind: bool, topic: bool) -> pl.DataFrame:
    """Contacts, customers, and the sum of squares of a customer's contacts, by month, kind or all, topic or all."""
    cut = frame.with_columns(
        kind=pl.col("kind") if kind else pl.lit(ALL), topic=pl.col("topic") if topic else pl.lit(ALL)
    )
    each = cut.group_by("kind", "topic", "month", "customer_id").agg(own=pl.len().cast(pl.Int64))
    return each.group_by("kind", "topic", "month").agg(
        contacts=pl.col("own").sum(), customers=pl.len().cast(pl.Int64), squares=(pl.col("own") ** 2).sum()
    )


def _totals(frame: pl.DataFrame) -> pl.DataFrame:
    return pl.concat(_counted(frame, kind, topic=False) for kind in (True, False))


def _tested(
    ground: Ground, cells: pl.DataFrame, contacts: Floats, callers: Floats, base: Floats, months: list[date]
) -> dict[str, Floats | NDArray[np.bool_]]:
    """Figures of the snapshot month against those before, one per cell; none where the month is not there.

    Customers are tested, not contacts: one who calls forty times is one who calls.
    """
    settings, here = ground.settings, [at for at, month in enumerate(months) if month == ground.as_of]
    if not here or not base[here[0]]:
        return {}
    now = here[0]
    early = [
        at
        for at, month in enumerate(months)
        if add_months(ground.as_of, -settings.usual_months) <= month < ground.as_of and base[at] > 0
    ]
    if len(early) < 2:
        return {}
    spread = dispersion(callers[:, early], np.broadcast_to(base[early], (len(callers), len(early))))
    x, e, y, f = callers[:, now], base[now], callers[:, early].sum(axis=1), base[early].sum()
    found: dict[str, Any] = {"usual_rate": np.median(contacts[:, early] / base[early], axis=1) * _THOUSAND}
    found["ratio"], found["ratio_low"], found["ratio_high"] = rate_ratio(x, e, y, f, spread)
    found["chance"] = rise_chance(x, e, y, f, spread)
    found |= _year(ground, callers, base, months, now, spread)
    found["chance_among"] = _among(cells, found["chance"], x + y >= settings.least_count)
    usual = np.median(callers[:, early] / base[early], axis=1)
    risen = x / e >= (1.0 + settings.least_rise) * usual
    beyond = np.nan_to_num(found["chance_among"], nan=1.0) <= settings.false_share
    season = found.get("year_chance", np.zeros(len(x))) > _SEASON
    found["emerging"] = (x >= max(settings.least_count, SMALL)) & risen & beyond & ~season
    return found


def _year(
    ground: Ground, events: Floats, base: Floats, months: list[date], now: int, spread: Floats
) -> dict[str, Floats]:
    """The same month of last year, where it is there."""
    past = [at for at, month in enumerate(months) if month == add_months(ground.as_of, -YEAR) and base[at] > 0]
    if not past:
        return {}
    x, e, y, f = events[:, now], base[now], events[:, past[0]], base[past[0]]
    ratio, low, high = rate_ratio(x, e, y, f, spread)
    return {
        "year_change": ratio - 1.0,
        "year_low": low - 1.0,
        "year_high": high - 1.0,
        "year_chance": rise_chance(x, e, y, f, spread),
    }


def _among(cells: pl.DataFrame, chance: Floats, enough: NDArray[np.bool_]) -> Floats:
    """Chances among all looked at together: topics of a kind for themselves, totals for themselves."""
    whole = cells.select((pl.col("kind") == ALL) | (pl.col("topic") == ALL)).to_series().to_numpy()
    among = np.full(len(chance), np.nan)
    for which in (whole, ~whole):
        # whether a cell has enough says nothing of the test, which goes by how x + y parts
        looked = which & enough & np.isfinite(chance)
        among[looked] = found_among(chance[looked])
    return among


def _columns(
    full: pl.DataFrame, coding: str, ground: Ground, base: Floats, tested: dict[str, Floats | NDArray[np.bool_]]
) -> pl.DataFrame:
    rows = full.height // max(len(base), 1)
    exposure = np.tile(base, rows)
    events = full["contacts"].cast(pl.Float64).to_numpy()
    low, high = rate_interval(events, exposure / _THOUSAND, spread=_bunching(full, rows))
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = events / exposure * _THOUSAND
    told = full.with_columns(
        pl.Series("rate", np.where(exposure > 0, rate, np.nan)).fill_nan(None),
        pl.Series("rate_low", low).fill_nan(None),
        pl.Series("rate_high", high).fill_nan(None),
        pl.Series("base", exposure.astype(np.int64)),
        coding=pl.lit(coding),
        small=pl.col("customers") < SMALL,
        share=pl.when(pl.col("of") > 0).then(pl.col("contacts") / pl.col("of")),
    )
    told = told.with_columns(base=pl.when(pl.col("base") > 0).then("base"))
    cells = full.select("kind", "topic").unique(maintain_order=True)
    figures = _figures(cells, tested).with_columns(month=pl.lit(ground.as_of))
    told = told.join(figures, on=["kind", "topic", "month"], how="left")
    return _named(told, coding, ground).drop("of", "squares")


def _bunching(full: pl.DataFrame, rows: int) -> Floats:
    """Variance over mean of the contacts of each cell, as customers make several: sum of squares over sum.

    Of the month itself or of all months of its topic, whichever is more.
    """
    contacts, squares = (full[name].cast(pl.Float64).to_numpy().reshape(rows, -1) for name in ("contacts", "squares"))
    own = np.divide(squares, contacts, out=np.ones_like(squares), where=contacts > 0)
    whole = squares.sum(axis=1, keepdims=True) / np.maximum(contacts.sum(axis=1, keepdims=True), 1.0)
    widest: Floats = np.maximum(np.maximum(own, whole), 1.0).ravel()
    return widest


def _figures(cells: pl.DataFrame, tested: dict[str, Floats | NDArray[np.bool_]]) -> pl.DataFrame:
    """What was tested, by kind and topic; nulls where nothing could be."""
    names = ("usual_rate", "ratio", "ratio_low", "ratio_high", "year_change", "year_low", "year_high")
    absent = np.full(cells.height, np.nan)
    made = [
        pl.Series(name, np.where(np.isfinite(found := np.asarray(tested.get(name, absent))), found, np.nan)).fill_nan(
            None
        )
        for name in (*names, "chance", "chance_among")
    ]
    emerging = tested.get("emerging")
    flag = (
        pl.Series("emerging", emerging) if emerging is not None else pl.Series([None] * cells.height, dtype=pl.Boolean)
    )
    return cells.with_columns(*made, flag.alias("emerging"))


def _named(told: pl.DataFrame, coding: str, ground: Ground) -> pl.DataFrame:
    """What topics are called, their themes, and the change against the usual rate."""
    usual = pl.col("usual_rate")
    told = told.with_columns(change=pl.when(usual > 0).then(pl.col("rate") / usual - 1.0))
    words: dict[str, tuple[str, str, str | None]] = {
        ALL: ("All topics", "全部类别", None),
        _REST: ("Other topics", "其他类别", None),
        _NONE: ("No topic given", "未给类别", None),
    }
    if coding == "taxonomy":
        words |= {name: (topic.en, topic.zh, topic.theme) for name, topic in topics(ground.own).items()}
        words[UNCODED] = ("Not coded", "未归类", None)
    names = pl.DataFrame(
        {"topic": list(words), **{f"_{at}": [word[at] for word in words.values()] for at in range(3)}},
        schema={"topic": pl.String, "_0": pl.String, "_1": pl.String, "_2": pl.String},
    )
    named = told.join(names, on="topic", how="left")
    return named.with_columns(
        topic_name=pl.coalesce("_0", "topic"), topic_name_zh=pl.coalesce("_1", "topic"), theme=pl.col("_2")
    ).drop("_0", "_1", "_2")
