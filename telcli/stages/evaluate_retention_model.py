"""The uplift model learned from every trial so far, and whether it ranks customers better than chance."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.features.uplift_design import design
from telcli.methods.trial_design import draw
from telcli.methods.uplift_bands import Banded, banded, better
from telcli.methods.uplift_curve import CONVENTIONS
from telcli.methods.uplift_learning import UpliftModel, out_of_fold
from telcli.stages.evaluate_retention_groups import Trial
from telcli.stages.evaluate_retention_study import Study
from telcli.tables.effect_results import ALL

__all__ = ["Learned", "learned"]

Floats = NDArray[np.float64]
LEARNED = "learned_uplift"
"""Column of what models that have not seen the customer expect of contacting her."""


@dataclasses.dataclass(frozen=True)
class Learned:
    """Trials with what the model expects of each customer out of fold, the models to save, and how good they are."""

    trials: list[Trial]
    models: dict[str, tuple[Any, dict[str, Any]]]
    facts: dict[str, Any]


def learned(study: Study, found: list[Trial]) -> Learned:
    """Train on all trials together, where they have customers enough; else the trials as they are, and why.

    A customer of several trials is in one fold. Of more than `model_rows` customers some are learned from, and the rest
    are judged by the model that saw none of them. The model is trusted where its Qini coefficient out of fold is above
    0 with its whole interval: then the next plan may go by it. It is saved either way, since what is not trusted today
    is what tomorrow's trials are compared with.
    """
    everybody = found[-1]
    treated = everybody.arms.treated
    least, fewest = study.settings.model_customers, min(int(treated.sum()), int((~treated).sum()))
    if not least or treated.size < least or fewest < least / 10:
        return Learned(found, {}, {"trained": False, "customers": int(treated.size), "needed": least})
    rows = everybody.rows.with_columns(as_of=pl.col("plan_month"))
    matrix, names = design(rows, study.inputs.tables["customer_months"])
    offers, who = (rows[name].to_numpy().astype(str) for name in ("offer_id", "customer_id"))
    drawn = _drawn(study, who)
    trial = tuple(part[drawn] for part in (matrix, treated, everybody.arms.stayed, offers))
    options: dict[str, Any] = {
        "propensity": 1.0 - everybody.arms.chance[drawn],
        "seed": study.inputs.seed,
        "groups": who[drawn],
    }
    expected, model = np.empty(treated.size), UpliftModel().fit(*trial, **options)
    expected[drawn] = out_of_fold(*trial, **options)
    if not drawn.all():
        expected[~drawn] = model.predict(matrix[~drawn], offers[~drawn])
    facts = {**_tested(study, everybody, expected), "kind": model.kind_, "rows": int(drawn.sum())}
    description = {
        "model": "uplift",
        "as_of": study.as_of,
        "features": list(names),
        "offers": sorted(set(offers.tolist())),
        "campaigns": [trial.campaign for trial in found[:-1]],
        **facts,
    }
    marked = everybody.rows.with_columns(pl.Series(LEARNED, expected))
    trials = [_marked(trial, marked) for trial in found]
    return Learned(trials, {"uplift": (model, description)}, facts)


def _drawn(study: Study, who: NDArray[np.str_]) -> NDArray[np.bool_]:
    """The rows that are learned from: all, or those of customers drawn by lot, a customer whole."""
    if who.size <= study.settings.model_rows:
        return np.ones(who.size, dtype=bool)
    names, place = np.unique(who, return_inverse=True)
    share = study.settings.model_rows / who.size
    lots = draw(["all"] * names.size, names.tolist(), share, seed=study.inputs.seed, salt="uplift model")
    return lots.held[place]


def _tested(study: Study, everybody: Trial, expected: Floats) -> dict[str, Any]:
    """The Qini coefficient out of fold against random order, and on the same resamples against the order by risk."""
    arms, risk = everybody.arms, everybody.rows["churn_probability"]
    options: dict[str, Any] = {"draws": study.draws(arms.stayed.size), "seed": study.inputs.seed}
    one = banded(arms.stayed, arms.treated, {"uplift": expected}, weight=arms.inverse, **options)["uplift"]
    facts = {
        "trained": True,
        "customers": int(arms.stayed.size),
        **_coefficient("qini", one.found.to_random, one.low, one.high),
        "convention": CONVENTIONS["to_random"],
        "trusted": one.low > 0.0,
    }
    known = risk.is_not_null().to_numpy()
    some = arms.take(known)
    if not (some.treated.any() and (~some.treated).any()):
        return facts
    scores = {"uplift": expected[known], "risk": risk.to_numpy()[known].astype(np.float64)}
    pair: dict[str, Banded] = banded(some.stayed, some.treated, scores, weight=some.inverse, **options)
    return facts | _coefficient("over_risk", *better(pair["uplift"], pair["risk"]))


def _coefficient(name: str, value: float, low: float, high: float) -> dict[str, float]:
    return {name: value, f"{name}_low": low, f"{name}_high": high}


def _marked(trial: Trial, marked: pl.DataFrame) -> Trial:
    rows = marked if trial.campaign == ALL else marked.filter(pl.col("campaign_id") == trial.campaign)
    return dataclasses.replace(trial, rows=rows)
