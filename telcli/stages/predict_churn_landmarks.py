"""What scores of past snapshots told of when customers left, and whether that is more than tenure tells.

Each customer of a past snapshot is scored by a model of other customers. Months held back decide whether scores serve
beyond the outcome window: their landmarks and what followed are not learned from, though the models that score them may
have seen those months of other customers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.features import churn_snapshots as snapshots
from telcli.features.month_states import month_states
from telcli.methods.churn_folds import stratified_folds
from telcli.methods.churn_training import train
from telcli.methods.landmarks import HERE, Watched, outcomes
from telcli.methods.outlook import Outlook, log_likelihood
from telcli.methods.score_hazard import ScoreHazard, fit_score_hazard, matched
from telcli.methods.staying import Staying
from telcli.methods.value_backtest import held_back
from telcli.stages.predict_churn_labels import labels_at
from telcli.stages.predict_churn_study import Road, Study

__all__ = ["AHEAD", "LEAST", "Past", "ScoreTrial", "cut_of", "fitted", "groups", "near_told", "past_of", "tried"]

Floats = NDArray[np.float64]
AHEAD = 12
"""Months ahead that are told one by one."""
_SNAPSHOTS = 12
_ROWS = 60_000
"""Customers x snapshots that are scored to learn when scores come true."""
LEAST = 200.0
"""Customer-months a tenure needs before its own chance of leaving is believed, as score-value has it."""
SURE = 2.0
"""Scores are used beyond the outcome window where they told better than tenure by so many standard errors."""


@dataclass(frozen=True)
class Past:
    """Sampled customers, the calendar from the first snapshot on, what became of them, and their scores of then."""

    ids: pl.Series
    months: list[date]
    watched: Watched
    chance: Floats


def cut_of(calendar: Sequence[date]) -> date | None:
    """The month before those held back; None where history is too short."""
    back = held_back(len(calendar))
    return calendar[-1 - back] if back else None


def past_of(study: Study, road: Road, frame: pl.LazyFrame, calendar: Sequence[date], cut: date) -> Past:
    """Customers of past months, as many as `_ROWS` allow, drawn by the seed, scored by models of the others.

    `frame` is what `months_defined` gives.

    Months are spaced evenly about `cut`, which is one of them, and have as much history as snapshots should.
    """
    settings = study.settings
    first = min(settings.observe_months, len(calendar) - settings.gap_months - settings.outcome_months) - 1
    apart = -(-(len(calendar) - 1 - first) // _SNAPSHOTS)
    places = range((calendar.index(cut) - first) % apart + first, len(calendar) - 1, apart)
    chosen = tuple(calendar[place] for place in places)
    months = frame.filter(pl.col("month").is_in(list(chosen)), pl.col("active"), ~pl.col("left"))
    everyone = months.select("customer_id").unique().sort("customer_id").collect(engine="streaming")["customer_id"]
    most = max(_ROWS // len(chosen), 1)
    ids = everyone.sample(most, seed=study.inputs.seed).sort() if everyone.len() > most else everyone
    labels = labels_at(study, _closed(chosen, road), ids)
    rows = _told(study, road, chosen, ids).join(
        labels.select("customer_id", "month", "churned"), on=["customer_id", "month"], how="left"
    )
    rows = rows.sort("customer_id", "month")
    span = list(calendar[places[0] :])
    drawn = frame.join(ids.to_frame("customer_id").lazy(), on="customer_id", how="semi")
    states, _, joined = month_states(drawn, span, ids, pl.lit(0))
    chance = np.full(states.shape, np.nan)
    row = ids.to_frame("customer_id").with_row_index("row")
    place = rows.select("customer_id").join(row, on="customer_id", maintain_order="left")["row"].to_numpy()
    at = rows["month"].replace_strict(span, range(len(span)), return_dtype=pl.Int64).to_numpy()
    chance[place, at] = _scored(study, road, rows)
    return Past(ids, span, Watched(states, np.zeros_like(states, dtype=np.int16), joined), chance)


def _closed(chosen: Sequence[date], road: Road) -> tuple[date, ...]:
    """Those of the months whose outcome is known."""
    return tuple(month for month in chosen if month <= road.closed[-1])


def _told(study: Study, road: Road, months: Sequence[date], ids: pl.Series) -> pl.DataFrame:
    """What the model reads of customers at each month they were there."""
    only = ids.to_frame("customer_id").lazy()
    parts = []
    for month in months:
        rows = snapshots.snapshot_features(study.inputs.tables, month, only)
        have = set(rows.collect_schema())
        wanted = [name for name in road.design.names if name in have]
        parts.append(rows.select("customer_id", "month", *wanted).collect(engine="streaming"))
    return pl.concat(parts, how="vertical_relaxed")


def _scored(study: Study, road: Road, rows: pl.DataFrame) -> Floats:
    """The chance of leaving of each row by a model of other customers, of the final form; NaN where there is none."""
    known = rows["churned"].is_not_null().to_numpy()
    y = rows["churned"].fill_null(value=False).to_numpy().astype(np.float64)
    customer = rows["customer_id"].to_numpy()
    fold = stratified_folds(y, 2, study.inputs.seed, customer)
    matrix, found = road.design.matrix(rows), np.full(rows.height, np.nan)
    for k in range(2):
        learn, held = known & (fold != k), fold == k
        study.inputs.progress("when", k, 2)
        if learn.any() and held.any():
            model = train(
                matrix[learn],
                y[learn],
                categorical=road.design.categorical,
                most=_ROWS,
                seed=study.inputs.seed,
                groups=customer[learn],
                seconds=study.settings.fit_seconds,
                like=road.model,
            )
            found[held] = model.predict_proba(matrix[held])[:, 1]
    return found


def fitted(past: Past, last: int) -> ScoreHazard:
    """Learned from snapshots before the month at place `last`, and what was seen up to it."""
    seen = past.chance.copy()
    seen[:, last:] = np.nan
    return fit_score_hazard(past.watched.state, past.watched.joined, seen, last, LEAST)


def near_told(study: Study, model: ScoreHazard, base: Outlook, tenure: NDArray[np.int64], chance: Floats) -> Floats:
    """Hazards by score and tenure, customers x months, the outcome window being what the churn model says of it."""
    gap, outcome = study.settings.gap_months, study.settings.outcome_months
    return matched(model.hazards(base, tenure, chance), chance, gap, outcome, lead=model.landmarks is None)


@dataclass(frozen=True)
class ScoreTrial:
    """Scores against tenure alone in the months held back; gains in the mean logarithm of the likelihood per customer.

    `later` is the gain in the months after the outcome window, of those still here: scores serve there if they are
    better by that. `expected` and `left` are leavings by month.
    """

    month: date
    customers: int
    gain: tuple[float, float]
    later: tuple[float, float] | None
    expected: Floats
    left: NDArray[np.int64]

    @property
    def better(self) -> bool:
        """Whether scores told better than tenure after the outcome window, beyond chance."""
        return self.later is not None and self.later[0] > SURE * self.later[1]

    def told(self) -> dict[str, Any]:
        """For the JSON."""
        later = self.later or (None, None)
        numbers = {
            "gain": self.gain[0],
            "gain_error": self.gain[1],
            "later_gain": later[0],
            "later_gain_error": later[1],
            "expected": float(self.expected.sum()),
        }
        rounded = {name: None if value is None else round(value, 6) for name, value in numbers.items()}
        counts = {"customers": self.customers, "months": self.left.size, "left": int(self.left.sum())}
        return {"as_of": f"{self.month:%Y-%m}", **counts, **rounded}


def tried(study: Study, past: Past, then: Staying, modes: pl.LazyFrame | None, cut: date) -> ScoreTrial | None:
    """What was to be expected after `cut`, by scores and by tenure alone, against what came."""
    place, last = past.months.index(cut), len(past.months) - 1
    tenure = past.watched.tenure(place)
    chosen = (past.watched.state[:, place] == HERE) & (tenure >= 0) & ~np.isnan(past.chance[:, place])
    months = min(last - place, AHEAD)
    near = study.settings.gap_months + study.settings.outcome_months
    if chosen.sum() < 2 or months < 1:
        return None
    left, seen = (each[chosen] for each in outcomes(past.watched, place, place + months))
    group = groups(past.ids, modes)[chosen]
    base = then.outlook(tenure[chosen], group, max(months, near))
    chance = past.chance[chosen, place]
    hazard = near_told(study, fitted(past, place), base, tenure[chosen], chance)
    plain = base.hazard()[base.kind]
    at_risk = np.arange(months) < seen[:, None]
    expected = (hazard[:, :months] * at_risk).sum(axis=0)
    later = None
    if months > near:
        still = (seen > near) | ((seen == near) & (left == 0))
        ahead = np.where(left > near, left - near, 0)[still]
        beyond = hazard[still][:, near:], plain[still][:, near:], ahead, np.maximum(seen - near, 0)[still]
        later = _gain(*beyond) if still.sum() > 1 else None
    gain, came = _gain(hazard, plain, left, seen), np.bincount(left, minlength=months + 1)[1:]
    return ScoreTrial(cut, int(chosen.sum()), gain, later, expected, came)


def _gain(hazard: Floats, plain: Floats, left: NDArray[np.int64], seen: NDArray[np.int64]) -> tuple[float, float]:
    """Mean gain of hazards over plain ones in log-likelihood, and its standard error."""
    rows = np.arange(len(hazard))
    stays: list[Floats] = [np.cumprod(1.0 - each, axis=1, dtype=np.float64) for each in (hazard, plain)]
    told, tables = (log_likelihood(Outlook(each, np.zeros(len(rows)), rows), left, seen) for each in stays)
    gains = told - tables
    return float(gains.mean()), float(gains.std(ddof=1) / np.sqrt(len(gains)))


def groups(ids: pl.Series, modes: pl.LazyFrame | None) -> NDArray[np.int64]:
    """Way of paying of each customer, as `Staying` knows it; -1 where not known."""
    if modes is None:
        return np.full(ids.len(), -1, dtype=np.int64)
    found = ids.to_frame("customer_id").lazy().join(modes, on="customer_id", how="left", maintain_order="left")
    return found.select(pl.col("group").fill_null(-1)).collect(engine="streaming").to_series().to_numpy()
