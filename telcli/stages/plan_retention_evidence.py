"""What trials of the past tell of the gain of a contact: a trusted model of them, else the knowledge base.

What was measured is weighed against what is assumed, each by its precision: a cell of a few customers held out says
little, and must not stop a good offer for good.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.features.known_offers import known
from telcli.features.uplift_design import NAMES, design
from telcli.methods.intervals import Z95
from telcli.methods.net_value import scaled_uplift, weighed
from telcli.stages.plan_retention_study import Study
from telcli.tables.plan_results import EVIDENCE

__all__ = ["Gains", "put_known", "put_modelled"]

Floats = NDArray[np.float64]
_KNOWN, _MODEL = EVIDENCE.index("knowledge"), EVIDENCE.index("uplift-model")


@dataclass
class Gains:
    """Arrays of shape (customers, offers), filled in place: the gain, its interval (NaN where there is none), the
    chance that the offer is taken, and a place in EVIDENCE.
    """

    uplift: Floats
    low: Floats
    high: Floats
    taking: Floats
    evidence: NDArray[np.int8]


def put_known(study: Study, people: pl.DataFrame, offers: pl.DataFrame, gains: Gains) -> None:
    """Put what the knowledge base tells of a pair in the place of what is assumed."""
    knowledge = study.inputs.tables.get("retention_knowledge")
    if knowledge is None or study.settings.evidence == "off":
        return
    told = known(
        knowledge.collect(), people.select("customer_id", "segment_name", "theme"), offers.select("offer_id", "channel")
    )
    rows = told.drop_nulls(["uplift", "uplift_low", "uplift_high"])
    rows = rows.join(people.select("customer_id", "churn_probability").with_row_index("row"), on="customer_id")
    rows = rows.join(offers.select("offer_id").with_row_index("at"), on="offer_id").sort("row", "at")
    places = rows["row"].to_numpy(), rows["at"].to_numpy()
    error = (rows["uplift_high"] - rows["uplift_low"]).to_numpy() / (2.0 * Z95)
    uplift = rows["uplift"].to_numpy()
    measured = scaled_uplift(uplift, rows["churn_probability"].to_numpy(), _left(rows))
    times = np.divide(measured, uplift, out=np.ones(uplift.size), where=uplift != 0)
    _put(gains, places, measured, error * times, study.settings.assumed_error)
    rate = rows["accept_rate"].cast(pl.Float64).fill_null(float("nan")).to_numpy()
    gains.taking[places] = np.where(np.isnan(rate), gains.taking[places], rate)
    gains.evidence[places] = _KNOWN


def put_modelled(study: Study, people: pl.DataFrame, offers: pl.DataFrame, gains: Gains) -> None:
    """Put what a trusted uplift model foretells of a customer in the place of what is told of groups.

    Its error is that of the offer's mean effect and the spread of what is foretold together: nobody checked how well
    each customer's own gain is foretold, so that it may be off by as much as customers are told apart.
    """
    saved = study.inputs.borrowed.get("uplift")
    if saved is None or study.settings.evidence == "off" or not saved.description.get("trusted"):
        return
    if list(saved.description.get("features", ())) != list(NAMES):
        study.tell(
            "plan-model-older",
            "The uplift model {model} was made with other columns than this telcli reads, and is not used. "
            "telcli evaluate-retention makes it anew.",
            model=saved.name,
        )
        return
    rows = people.with_columns(as_of=pl.lit(study.as_of))
    matrix, _ = design(rows, study.inputs.tables["customer_months"])
    for at, code in enumerate(offers["offer_id"].to_list()):
        if code in saved.description["offers"]:
            foretold = saved.estimator.predict(matrix, np.full(people.height, code))
            error = np.full(people.height, np.hypot(float(saved.estimator.effects_[code][1]), float(np.std(foretold))))
            places = np.arange(people.height), np.full(people.height, at)
            _put(gains, places, foretold, error, study.settings.assumed_error)
            gains.evidence[:, at] = _MODEL


def _put(
    gains: Gains, places: tuple[NDArray[np.int64], ...], measured: Floats, error: Floats, assumed_error: float
) -> None:
    found = weighed(gains.uplift[places], measured, error, assumed_error)
    gains.uplift[places], gains.low[places], gains.high[places] = found


def _left(rows: pl.DataFrame) -> Floats:
    """The share of those held out who left, where the knowledge base has it."""
    if "left_held_out" not in rows.columns:
        return np.full(rows.height, np.nan)
    left: Floats = rows["left_held_out"].cast(pl.Float64).fill_null(float("nan")).to_numpy()
    return left
