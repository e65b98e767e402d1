"""What trials of the past tell of the gain of a contact: a model of them that is trusted.

What was measured is weighed against what is assumed, each by its precision: a cell of a few customers held out says
little, and must not stop a good offer for good.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.features.uplift_design import NAMES, design
from telcli.methods.net_value import weighed
from telcli.stages.plan_retention_study import Study
from telcli.tables.plan_results import EVIDENCE

__all__ = ["Gains", "put_modelled"]

Floats = NDArray[np.float64]
_MODEL = EVIDENCE.index("uplift-model")


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


def put_modelled(study: Study, people: pl.DataFrame, offers: pl.DataFrame, gains: Gains) -> None:
    """Put what a trusted uplift model foretells of a customer in the place of what is told of groups.

    Its error is taken to be that of the offer's mean effect, the least that it can be.
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
            error = np.full(people.height, float(saved.estimator.effects_[code][1]))
            places = np.arange(people.height), np.full(people.height, at)
            _put(gains, places, foretold, error, study.settings.assumed_error)
            gains.evidence[:, at] = _MODEL


def _put(
    gains: Gains, places: tuple[NDArray[np.int64], ...], measured: Floats, error: Floats, assumed_error: float
) -> None:
    found = weighed(gains.uplift[places], measured, error, assumed_error)
    gains.uplift[places], gains.low[places], gains.high[places] = found
