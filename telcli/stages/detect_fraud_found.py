"""What a rule of detect-fraud hands over: signs by subject, and how far they go beyond their thresholds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from telcli.errors import Notice

__all__ = ["HITS", "SIGNS", "Found", "Ground", "nothing", "scored", "signs_of", "with_loss"]

SIGNS = pl.Schema(
    {"subject_id": pl.String, "what": pl.String, "day": pl.Date, "value": pl.Float64, "threshold": pl.Float64}
)
HITS = pl.Schema(
    {
        "subject_id": pl.String,
        "score": pl.Float64,
        "loss": pl.Float64,
        "first_day": pl.Date,
        "last_day": pl.Date,
        "days": pl.Int64,
    }
)
_MOST = 3.0
"""From so many times its threshold on a sign is as strong as can be."""


@dataclass(frozen=True)
class Ground:
    """What all rules stand on.

    Parameters
    ----------
    as_of, last : first and last day of the month looked at, `last` the last with calls where the month has some.
    called : first day with calls, of the months before too, and the last; None where the month has none.
    days : fraud_days of the month and those before it; None without calls.
    files : the files of calls of the month itself, each opened when asked for.
    lines : subscriptions with what rules read of them, those that ended after `last` as alive; empty where none are
        known.
    people : customers with the pseudonym of their certificate.
    months : customer_months of all months up to this one, what was paid and is owed not known from `unpaid_from` on.
    unpaid_from : the first month without payments of anybody, after some with; None where there is none.
    rules : thresholds by rule.
    settings : of the stage.
    """

    as_of: date
    last: date
    called: tuple[date, date] | None
    days: pl.LazyFrame | None
    files: Mapping[str, Callable[[], pl.LazyFrame]]
    lines: pl.DataFrame
    people: pl.DataFrame
    months: pl.LazyFrame
    unpaid_from: date | None
    rules: Mapping[str, Mapping[str, float]]
    settings: Any

    def of_month(self) -> pl.LazyFrame | None:
        """The days of the month itself."""
        return None if self.days is None else self.days.filter(pl.col("month") == self.as_of)


@dataclass(frozen=True)
class Found:
    """Suspects of one pattern: a row each in `hits`, their facts in `signs`, and what could not be told.

    `ties` are what else makes suspects of the pattern one case, as `subject_id` and `tie`.
    """

    pattern: str
    subject: str
    hits: pl.DataFrame
    signs: pl.DataFrame
    metrics: Mapping[str, Any] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
    ties: pl.DataFrame | None = None


def nothing(pattern: str, subject: str = "customer", *notices: Notice) -> Found:
    """No suspects."""
    return Found(pattern, subject, HITS.to_frame(), SIGNS.to_frame(), notices=notices)


def scored(signs: Iterable[tuple[pl.Expr, pl.Expr]]) -> pl.Expr:
    """How far a subject's facts go beyond their thresholds, 0..1.

    The share of signs that hold among those that are known, times one half to one: one half where all stand just at
    their thresholds, one where each is three times beyond it or more.

    Parameters
    ----------
    signs : of each sign, whether it holds (null where it cannot be told) and its value over its threshold, or the
        threshold over the value where less is worse.

    >>> frame = pl.DataFrame({"holds": [True], "beyond": [3.0], "other": [False], "far": [0.1]})
    >>> frame.select(scored([(pl.col("holds"), pl.col("beyond")), (pl.col("other"), pl.col("far"))])).item()
    0.5
    """
    pairs = list(signs)
    known = pl.sum_horizontal(holds.is_not_null().cast(pl.Float64) for holds, _ in pairs)
    hold = pl.sum_horizontal(holds.fill_null(value=False).cast(pl.Float64) for holds, _ in pairs)
    beyond = [
        pl.when(holds.fill_null(value=False))
        .then((ratio.fill_nan(None).fill_null(1.0).clip(1.0, _MOST) - 1.0) / (_MOST - 1.0))
        .otherwise(0.0)
        for holds, ratio in pairs
    ]
    strong = pl.sum_horizontal(beyond) / hold.clip(lower_bound=1.0)
    return hold / known.clip(lower_bound=1.0) * (0.5 + 0.5 * strong)


def signs_of(rows: pl.DataFrame, facts: Mapping[str, tuple[pl.Expr, pl.Expr, float | None]]) -> pl.DataFrame:
    """Evidence in long form: of each row the facts that hold, with value and threshold, by the row's last_day.

    `facts` are by code whether it holds, its value, and the threshold.
    """
    frames = [
        rows.filter(holds.fill_null(value=False)).select(
            "subject_id",
            what=pl.lit(code),
            day="last_day",
            value=value.cast(pl.Float64),
            threshold=pl.lit(threshold, dtype=pl.Float64),
        )
        for code, (holds, value, threshold) in facts.items()
    ]
    return pl.concat([SIGNS.to_frame(), *frames])


def with_loss(rows: pl.DataFrame, ground: Ground, cost: pl.Expr) -> pl.DataFrame:
    """With `loss`: `cost`, what was lost on the days of a row, and what is to come of it times the score.

    To come is, for `horizon_days`, as much a day as there was since the row's `first_day`: of who was seen on one day
    alone nobody knows whether it goes on, and nothing is to come.
    """
    since = (pl.lit(ground.last) - pl.col("first_day")).dt.total_days() + 1
    ahead = cost / since.clip(lower_bound=1) * ground.settings.horizon_days
    return rows.with_columns(loss=cost + pl.when(pl.col("days") > 1).then(pl.col("score") * ahead).otherwise(0.0))
