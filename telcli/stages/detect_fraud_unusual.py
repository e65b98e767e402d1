"""What rules miss: customers whose month is unlike that of all others, by an isolation forest."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import polars as pl

from telcli.errors import Notice
from telcli.methods.tail_share import unlike
from telcli.stages.detect_fraud_found import HITS, SIGNS, Found, Ground, nothing

__all__ = ["FEATURES", "unusual"]

FEATURES = (
    *("calls_out", "calls_in", "callees", "short_out", "minutes_out", "minutes_in", "texts", "data_mb", "night_out"),
    *("costly_minutes", "cells"),
)
"""Of days with calls, per day."""
_TOLD = 3
"""Features that are told of each."""
_PRICED = ("minutes_out", "data_mb", "costly_minutes")
"""What is used that has a price."""


def unusual(ground: Ground, suspects: Collection[str], allowed: Collection[str], seed: int) -> Found:
    """Suspect customers in the tail of an isolation forest, at least one of whose features is far from the usual.

    Features are means over the month's days with calls, in logarithms. The forest is grown on customers whom no rule
    names and no list allows; the tail is taken of them too, and those already named are not named twice. Nobody is
    named where so few are there that the share of the tail allowed is less than one of them.
    """
    rule, month = ground.rules["unusual"], ground.of_month()
    if month is None:
        return nothing("unusual")
    rows = month.group_by("customer_id").agg(
        *(pl.col(name).mean() for name in FEATURES),
        first_day=pl.col("day").min(),
        last_day=pl.col("day").max(),
        days=pl.len().cast(pl.Int64),
    )
    table = rows.sort("customer_id").collect(engine="streaming")
    listed = table["customer_id"].is_in(sorted({*suspects, *allowed}))
    count = int((~listed).sum())
    if count < max(rule["least_subjects"], 1.0 / max(rule["contamination"], 1e-9)):
        return nothing("unusual", "customer", _too_few(count, rule["contamination"]))
    names = [name for name in FEATURES if table[name].is_not_null().all()]
    points = np.log1p(table.select(names).to_numpy())
    found = unlike(points, ~listed.to_numpy(), seed)
    far = found.deviations.max(axis=1) >= rule["deviation"]
    chosen = np.flatnonzero((found.tail <= rule["contamination"]) & far & ~listed.to_numpy())
    hits = table[chosen].select(
        subject_id="customer_id",
        score=pl.Series(1.0 - found.tail[chosen]),
        first_day="first_day",
        last_day="last_day",
        days="days",
        **{name: name for name in _PRICED},
    )
    hits = _priced(ground, hits, table)
    return Found(
        "unusual", "customer", hits.select(HITS.names()), _signs(hits, names, points, found.deviations, chosen)
    )


def _priced(ground: Ground, hits: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """With `loss`: what the month's use costs beyond that of as many usual days; nothing is to come of it.

    A usual day is the mean of the customer's own before the month, else a middling customer's of the month.
    """
    settings, days = ground.settings, pl.LazyFrame() if ground.days is None else ground.days
    who = hits.lazy().select(customer_id="subject_id")
    own = days.filter(pl.col("day") < ground.as_of).join(who, on="customer_id", how="semi")
    means = own.group_by(subject_id="customer_id").agg(pl.col(*_PRICED).mean().name.prefix("usual_")).collect()
    middle = {name: table[name].median() for name in _PRICED}
    rows = hits.join(means, on="subject_id", how="left", maintain_order="left")
    premium = max(settings.premium_rate - settings.minute_rate, 0.0) if settings.high_cost.strip() else 0.0
    rates = dict(zip(_PRICED, (settings.minute_rate, settings.gb_rate / 1024, premium), strict=True))
    beyond = [
        (pl.col(name) - pl.col(f"usual_{name}").fill_null(middle[name])).clip(lower_bound=0.0) * rate
        for name, rate in rates.items()
    ]
    return rows.with_columns(loss=pl.sum_horizontal(beyond) * pl.col("days"))


def _signs(
    hits: pl.DataFrame, names: list[str], points: np.ndarray, away: np.ndarray, chosen: np.ndarray
) -> pl.DataFrame:
    """The features that deviate most of each, with the value a day."""
    rows = []
    for at, place in enumerate(chosen):
        who, day = hits["subject_id"][at], hits["last_day"][at]
        rows.append((who, "unusual", day, float(1.0 - hits["score"][at]), None))
        for feature in np.argsort(-np.abs(away[place]), kind="stable")[:_TOLD]:
            code = f"unusual-{names[feature].replace('_', '-')}"
            rows.append((who, code, day, float(np.expm1(points[place, feature])), None))
    return pl.DataFrame(rows, schema=SIGNS, orient="row")


def _too_few(count: int, share: float) -> Notice:
    return Notice(
        "fraud-unusual-few",
        "{count} customers with calls are too few to name the most unusual {share} of them.",
        {"count": count, "share": f"{share:.2%}"},
    )
