"""What each offer is expected to bring with each customer, by the best evidence that there is of it.

A gain is that of the uplift model where one is trusted, else that of the knowledge base where a trial told something
of the offer, both weighed against what is assumed from the acceptance that the offer tells; else that alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.methods.net_value import assumed_taking, assumed_uplift, bounded_uplift, net_value
from telcli.stages.plan_retention_evidence import Gains, put_known, put_modelled
from telcli.stages.plan_retention_study import Study

__all__ = ["Pairs", "pairs_of"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass
class Pairs:
    """Arrays of shape (customers, offers): net value and cost in money, the gain with its interval, what it goes by.

    `low` and `high` are NaN where nothing tells an interval; `evidence` is a place in EVIDENCE.
    """

    value: Floats
    cost: Floats
    uplift: Floats
    low: Floats
    high: Floats
    evidence: NDArray[np.int8]

    @property
    def harmful(self) -> Flags:
        """Whether contacting a customer with an offer is known to drive her off: the whole interval is below 0."""
        harmful: Flags = self.high < 0
        return harmful


def pairs_of(study: Study, people: pl.DataFrame, offers: pl.DataFrame) -> Pairs:
    """Every customer with every offer, in the order of both frames."""
    p = people["churn_probability"].to_numpy()[:, None]
    accept, taking = _assumed(study, people, offers, p)
    none = np.full(accept.shape, np.nan)
    gains = Gains(assumed_uplift(p, accept), none, none.copy(), taking, np.zeros(accept.shape, dtype=np.int8))
    put_known(study, people, offers, gains)
    put_modelled(study, people, offers, gains)
    for part in ("uplift", "low", "high"):
        setattr(
            gains, part, np.where(gains.evidence > 0, bounded_uplift(getattr(gains, part), p), getattr(gains, part))
        )
    d, f = (offers[name].to_numpy()[None, :] for name in ("offer_cost", "contact_cost"))
    value = net_value(people["worth"].to_numpy()[:, None], gains.uplift, gains.taking, d, f)
    return Pairs(value, d * gains.taking + f, gains.uplift, gains.low, gains.high, gains.evidence)


def _assumed(study: Study, people: pl.DataFrame, offers: pl.DataFrame, p: Floats) -> tuple[Floats, Floats]:
    """Acceptance by would-be leavers, and the chance that the offer is taken, as settings and offers have it."""
    themes = people["theme"].to_numpy()
    fits = np.ones((people.height, offers.height))
    for at, answers in enumerate(offers["themes"].to_list()):
        if answers:
            off = ~(np.isin(themes.astype(str), answers) | people["theme"].is_null().to_numpy())
            fits[off, at] = study.settings.off_theme
    accept = fits * offers["accept"].to_numpy()[None, :]
    return accept, assumed_taking(p, accept, offers["take"].to_numpy()[None, :])
