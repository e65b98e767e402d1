"""Part of score-satisfaction: satisfaction of who was not asked, where it is told better than by a mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.errors import Notice
from telcli.features.churn_design import ChurnDesign, learn_design
from telcli.features.churn_snapshots import candidate_columns, overwritten_columns, snapshot_features
from telcli.features.survey_moment import is_flat
from telcli.methods.dissatisfaction import Dissatisfaction, learn_dissatisfaction
from telcli.methods.score_prediction import LEAST, ScorePrediction, dealt, predict_scores
from telcli.methods.shrinking import shrunk_means
from telcli.settings import ScoreSatisfactionSettings
from telcli.stages.score_satisfaction_answers import Survey
from telcli.stages.score_satisfaction_base import UNKNOWN
from telcli.stages.score_satisfaction_trials import calibration_table, figures, metrics, trials_table
from telcli.tables.from_rows import from_rows
from telcli.tables.survey_items import answers

__all__ = ["Predicted", "predict"]

Floats = NDArray[np.float64]

_FOLDS, _STRATUM = 5, "customer_class"
_ASKED, _UNASKED = 0.5, 0.02
"""A column known of so many of those asked and so few of the others tells that they were asked."""
_COLUMNS = (
    "customer_id",
    "satisfaction",
    "satisfaction_low",
    "satisfaction_high",
    "dissatisfied_probability",
    "source",
)


@dataclass(frozen=True)
class Predicted:
    """Customers who were not asked, with what is predicted of them, and how far it was off of who was asked.

    `trials` and `calibration` are the tables satisfaction_trials and satisfaction_calibration; `residuals` has
    customer_id and residual, what was answered less what would have been predicted without it.
    """

    people: pl.DataFrame
    trials: pl.DataFrame
    calibration: pl.DataFrame
    residuals: pl.DataFrame
    metrics: dict[str, Any] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()


def predict(
    tables: Mapping[str, pl.LazyFrame],
    survey: Survey,
    base: pl.DataFrame,
    people: pl.DataFrame,
    then: pl.DataFrame,
    as_of: date,
    settings: ScoreSatisfactionSettings,
    seed: int,
) -> Predicted:
    """Predict for those of the base who were not asked, from those who were; `then` is what was known of these.

    From ratings of contacts nothing is predicted: those who made no contact are not like those who did.
    """
    rated = people.filter(pl.col("satisfaction").is_not_null()).select("customer_id", "satisfaction")
    unasked = base.join(rated, on="customer_id", how="anti").sort("customer_id")
    few = rated.height < settings.small_cell  # their mean would tell what they answered
    if settings.predict == "never" or survey.source != "surveys" or not unasked.height or few:
        return Predicted(_nobody(unasked), *_untried(as_of), {"predicted_by": None})
    now = snapshot_features(tables, as_of, unasked.select("customer_id").lazy()).collect(engine="streaming")
    learned = _learned(rated.join(then, on="customer_id").sort("customer_id"), settings.learn_from, seed)
    means = _Means.of(base, rated, settings)
    if learned.height < LEAST:
        told = Notice(
            "satisfaction-few-asked",
            "{customers} customers were asked of whom something is known; below {least} the others are given the mean.",
            {"customers": learned.height, "least": LEAST},
        )
        return Predicted(means.told(unasked), *_untried(as_of), {"predicted_by": "mean"}, (told,))
    return _Trial(tables, base, learned, now, unasked, means, as_of, settings, seed).predicted()


def _untried(as_of: date) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The tables and residuals where nothing was tried."""
    nothing = pl.DataFrame(schema={"customer_id": pl.String, "residual": pl.Float64})
    return trials_table({}, as_of), from_rows("satisfaction_calibration", ()), nothing


def _nobody(unasked: pl.DataFrame) -> pl.DataFrame:
    number = [pl.lit(None, pl.Float64).alias(name) for name in _COLUMNS[1:-1]]
    return unasked.select("customer_id", *number, source=pl.lit(None, pl.String))


def _learned(rows: pl.DataFrame, most: int, seed: int) -> pl.DataFrame:
    """At most so many customers, drawn."""
    if rows.height <= most:
        return rows
    kept = np.sort(np.random.default_rng(seed).choice(rows.height, most, replace=False))
    drawn: pl.DataFrame = rows[kept.tolist()]
    return drawn


@dataclass(frozen=True)
class _Means:
    """Mean satisfaction by stratum, drawn to the mean of all, with intervals by quantiles of the answers."""

    stratum: dict[str, float]
    whole: float
    low: float
    high: float
    dissatisfied: float

    @staticmethod
    def of(base: pl.DataFrame, rated: pl.DataFrame, settings: ScoreSatisfactionSettings) -> _Means:
        rows = rated.join(_strata(base), on="customer_id").sort("customer_id")
        y = rows["satisfaction"].to_numpy()
        tail = 0.5 * (1.0 - settings.interval)
        low, high = np.quantile(y, [tail, 1.0 - tail]) if y.size else (0.0, 100.0)
        return _Means(
            _shrunk(rows["stratum"].to_list(), y),
            float(y.mean()) if y.size else 0.0,
            float(low),
            float(high),
            float((y < settings.dissatisfied_below).mean()) if y.size else 0.0,
        )

    def told(self, unasked: pl.DataFrame) -> pl.DataFrame:
        rows = unasked.join(_strata(unasked), on="customer_id", maintain_order="left")
        mean = pl.col("stratum").replace_strict(self.stratum, default=self.whole, return_dtype=pl.Float64)
        return rows.select(
            "customer_id",
            satisfaction=mean.clip(0.0, 100.0),
            satisfaction_low=pl.min_horizontal(pl.lit(self.low), mean),
            satisfaction_high=pl.max_horizontal(pl.lit(self.high), mean),
            dissatisfied_probability=pl.lit(self.dissatisfied),
            source=pl.lit("mean"),
        )


def _strata(base: pl.DataFrame) -> pl.DataFrame:
    name = pl.col(_STRATUM) if _STRATUM in base.columns else pl.lit(UNKNOWN)
    return base.select("customer_id", stratum=name)


def _shrunk(strata: list[str], y: Floats) -> dict[str, float]:
    names, member = np.unique(np.array(strata, dtype=str), return_inverse=True)
    sums = [np.bincount(member, values, names.size) for values in (np.ones(y.size), y, y**2)]
    return dict(zip(names.tolist(), shrunk_means(*sums).tolist(), strict=True))


@dataclass(frozen=True)
class _Trial:
    """One trial of predictions on those asked, and its use on the others."""

    tables: Mapping[str, pl.LazyFrame]
    base: pl.DataFrame
    learned: pl.DataFrame
    now: pl.DataFrame
    unasked: pl.DataFrame
    means: _Means
    as_of: date
    settings: ScoreSatisfactionSettings
    seed: int

    def predicted(self) -> Predicted:
        design, asked_only = self._design()
        X, y = design.matrix(self.learned), self.learned["satisfaction"].to_numpy()
        baseline = self._baseline(y)
        score = predict_scores(
            X, y, design.categorical, baseline=baseline, folds=_FOLDS, seed=self.seed, level=self.settings.interval
        )
        bad = y < self.settings.dissatisfied_below
        chance = learn_dissatisfaction(X, bad, design.categorical, folds=_FOLDS, seed=self.seed)
        told = self._told(design, score, chance)
        notices = [*self._said(score, told), *_asked_notice(asked_only)]
        expected = score.baseline if score.kind == "mean" else score.out_of_fold
        return Predicted(
            told,
            trials_table(figures(score, y), self.as_of),
            calibration_table(score, y, chance, bad, self.as_of),
            self.learned.select("customer_id", residual=pl.Series(y - expected)),
            metrics(score, y, chance, bad, told),
            tuple(notices),
        )

    def _design(self) -> tuple[ChurnDesign, list[str]]:
        """Columns known of everybody at the time; not those that are known since customers were asked."""
        flat = is_flat(self.tables)
        candidates = candidate_columns(self.tables, flat=flat)
        unknown = set() if flat else overwritten_columns(candidates)
        present = [name for name in candidates if name in self.learned.columns and name not in unknown]
        present = [name for name in present if not (name.startswith("x_") and answers(name))]
        asked_only = [
            name
            for name in present
            if _known(self.learned, name) >= _ASKED and self.now.height and _known(self.now, name) <= _UNASKED
        ]
        kept = [name for name in present if name not in asked_only]
        return learn_design(self.learned, kept), asked_only

    def _baseline(self, y: Floats) -> Floats:
        """The mean of the stratum, or of all where that is nearer, by other folds alone."""
        rows = self.learned.join(_strata(self.base), on="customer_id", how="left", maintain_order="left")
        strata, fold = rows["stratum"].fill_null(UNKNOWN).to_list(), dealt(np.arange(y.size), _FOLDS, self.seed)
        found = np.empty(y.size)
        for k in range(_FOLDS):
            others = np.flatnonzero(fold != k)
            means, whole = _shrunk([strata[at] for at in others], y[others]), float(y[others].mean())
            here = np.flatnonzero(fold == k)
            found[here] = [means.get(strata[at], whole) for at in here]
        return found

    def _told(self, design: ChurnDesign, score: ScorePrediction, chance: Dissatisfaction | None) -> pl.DataFrame:
        rows = self.means.told(self.unasked)
        here = self.now.sort("customer_id").filter(pl.col("customer_id").is_in(self.unasked["customer_id"].implode()))
        matrix = design.matrix(here)
        found = here.select("customer_id")
        if score.kind != "mean":
            said, low, high = score.predict(matrix, self.settings.interval)
            found = found.with_columns(_s=pl.Series(said), _l=pl.Series(low), _h=pl.Series(high))
        else:
            found = found.with_columns(pl.lit(None, pl.Float64).alias(name) for name in ("_s", "_l", "_h"))
        better = chance is not None and chance.better
        odds = pl.Series(chance.predict(matrix)) if chance is not None and better else pl.lit(None, pl.Float64)
        rows = rows.join(found.with_columns(_p=odds), on="customer_id", how="left", maintain_order="left")
        return rows.select(
            "customer_id",
            satisfaction=pl.coalesce("_s", "satisfaction"),
            satisfaction_low=pl.coalesce("_l", "satisfaction_low"),
            satisfaction_high=pl.coalesce("_h", "satisfaction_high"),
            dissatisfied_probability=pl.coalesce("_p", "dissatisfied_probability"),
            source=pl.when(pl.col("_s").is_not_null()).then(pl.lit("predicted")).otherwise("source"),
        )

    def _said(self, score: ScorePrediction, told: pl.DataFrame) -> list[Notice]:
        if score.kind == "mean":
            values = {"customers": told.height, "low": f"{score.gain_low:.1%}"}
            template = (
                "Nothing known of customers tells their satisfaction better than the mean beyond chance (error saved "
                "{low} at the least): {customers} who were not asked are given the mean of their class."
            )
            return [Notice("satisfaction-mean", template, values)]
        values = {"customers": told.filter(source="predicted").height, "gain": f"{score.gain:.0%}"}
        template = (
            "The satisfaction of {customers} customers who were not asked is predicted, from who answered: if those "
            "who do not answer are unlike them, it is off. It saves {gain} of the mean's squared error."
        )
        return [Notice("satisfaction-predicted", template, values)]


def _known(frame: pl.DataFrame, name: str) -> float:
    return 1.0 - frame[name].null_count() / frame.height if name in frame.columns and frame.height else 0.0


def _asked_notice(names: list[str]) -> list[Notice]:
    if not names:
        return []
    shown = ", ".join(sorted(name.removeprefix("x_") for name in names))
    template = "Not used to predict, since they are known of customers who were asked alone: {columns}."
    return [Notice("satisfaction-asked-only", template, {"columns": shown})]
