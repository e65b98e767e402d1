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
    if coding == "source":  # all of its topics together are those of the taxonomy
        counts = counts.filter(pl.col("topic") != ALL)
    months = sorted(seen["month"].unique())
    cells = counts.select("kind", "topic").unique().sort("kind", "topic")
    grid = cells.join(pl.DataFrame({"month": months}, schema={"month": pl.Date}), how="cross")
    full = grid.join(counts, on=["kind", "topic", "month"], how="left").with_columns(
        pl.col("contacts", "customers").fill_null(0)
    )
    full = full.sort("kind", "topic", "month")
    whole = full.filter(pl.col("topic") == ALL) if coding == "taxonomy" else _totals(frame)
    full = full.join(whole.select("kind", "month", of="contacts"), on=["kind", "month"], how="left")
    shape = (cells.height, len(months))
    events = full["contacts"].cast(pl.Float64).to_numpy().reshape(shape)
    base = np.array([ground.base.get(month, 0) for month in months], dtype=np.float64)
    base = base if ground.own_base else np.zeros_like(base)
    tested = _tested(ground, cells, events, base, months)
    return _columns(full, coding, ground, base, tested).filter(
        pl.col("month") > add_months(ground.as_of, -ground.settings.trend_months)
    )


def _counted(frame: pl.DataFrame, kind: bool, topic: bool) -> pl.DataFrame:
    """Contacts and customers by month, by kind or of all, by topic or of all."""
    cut = frame.with_columns(
        kind=pl.col("kind") if kind else pl.lit(ALL), topic=pl.col("topic") if topic else pl.lit(ALL)
    )
    return cut.group_by("kind", "topic", "month").agg(
        contacts=pl.len().cast(pl.Int64), customers=pl.col("customer_id").n_unique().cast(pl.Int64)
    )


def _totals(frame: pl.DataFrame) -> pl.DataFrame:
    return pl.concat(_counted(frame, kind, topic=False) for kind in (True, False))


def _tested(
    ground: Ground, cells: pl.DataFrame, events: Floats, base: Floats, months: list[date]
) -> dict[str, Floats | NDArray[np.bool_]]:
    """Figures of the snapshot month against those before, one per cell; none where the month is not there."""
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
    exposure = np.broadcast_to(base[early], (len(events), len(early)))
    spread = dispersion(events[:, early], exposure)
    x, e, y, f = events[:, now], base[now], events[:, early].sum(axis=1), base[early].sum()
    usual = np.median(events[:, early] / base[early], axis=1) * _THOUSAND
    found: dict[str, Any] = {"usual_rate": usual, "spread": spread}
    found["ratio"], found["ratio_low"], found["ratio_high"] = rate_ratio(x, e, y, f, spread)
    found["chance"] = rise_chance(x, e, y, f, spread)
    found |= _year(ground, events, base, months, now, spread)
    found["chance_among"] = _among(cells, found["chance"], x + y >= settings.least_count)
    rate = x / e * _THOUSAND
    risen = rate >= (1.0 + settings.least_rise) * usual
    beyond = found["chance_among"] <= settings.false_share
    season = found.get("year_chance", np.zeros(len(x))) > _SEASON
    found["emerging"] = (x >= settings.least_count) & risen & np.nan_to_num(beyond, nan=0.0).astype(bool) & ~season
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
    low, high = rate_interval(events, exposure / _THOUSAND)
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
    return _named(told, coding, ground).drop("of")


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
