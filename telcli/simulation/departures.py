"""Who leaves, when and why: a monthly hazard whose parts are the planted reasons.

The hazard of month t looks at troubles of earlier months only, so each reason shows in the data before the
customer goes. The reason is drawn in proportion to its part of the hazard in the month of leaving.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from telcli.simulation.population import Population
from telcli.simulation.troubles import Troubles
from telcli.simulation.world import WARMUP, Array, Streams, World, shifted

__all__ = ["REASONS", "SILENT_MONTHS", "STAYS", "Departures", "depart", "hazards"]

REASONS = ("base", "price", "service", "network", "contract-end", "life", "arrears")
STAYS = 9999
"""Month of leaving of a customer who does not leave."""


SILENT_MONTHS = 3
"""A prepaid customer who stopped without a word has left in the third month without any use (90 days)."""

_SILENT_SHARE = 0.25


@dataclass(frozen=True)
class Departures:
    """What each customer does in the end.

    Parameters
    ----------
    month, day : the last with any activity (`STAYS` for none).
    reason : index into `REASONS`; means nothing for those who stay.
    silent : a prepaid customer who stops without a word: no system notes an end.
    """

    month: Array
    day: Array
    reason: Array
    silent: Array

    def left(self, months: int) -> Array:
        """The month in which each has left for good; `STAYS` where that is not within the first `months`."""
        known = self.month + np.where(self.silent, SILENT_MONTHS, 0)
        return np.where(known < months, known, STAYS)


def _lately(age: Array, least: int) -> Array:
    """How much an episode of at least `least` months weighs now: last month in full, fading over four months."""
    mature = (age >= least).astype(np.float32)
    weights = (1.0, 0.9, 0.7, 0.4)
    felt: Array = np.maximum.reduce([weight * shifted(mature, lag + 1) for lag, weight in enumerate(weights)])
    return felt


def hazards(world: World, people: Population, troubles: Troubles) -> Array:
    """Chance of leaving by reason, customer and month of the history: shape (reasons, customers, months)."""
    month = np.arange(-WARMUP, world.months)[None, :]
    tenure = month - people.joined[:, None]
    bound = month <= people.contract_end[:, None]
    since_end = month - people.contract_end[:, None]
    kind_hazard = np.array([archetype.hazard for archetype in world.kinds])[people.kind][:, None]
    young = 1.0 + 1.2 * np.exp(-np.clip(tenure, 0, None) / 8.0)
    held = np.where(bound, 0.4, 1.0) * people.frailty[:, None]
    parts = (
        0.0042 * kind_hazard * young * held,
        0.080 * _lately(troubles.price, 2) * held,
        0.090 * _lately(troubles.service, 1) * held,
        0.072 * _lately(troubles.network, 1) * held,
        0.060 * ((since_end >= 1) & (since_end <= 4)) * people.frailty[:, None],
        0.030 * np.minimum(shifted(troubles.life, 1), 5) * held,
        0.300 * (shifted(troubles.arrears, 1) >= 4),
    )
    present = (tenure >= 1).astype(np.float32)
    return np.stack([(part * present).astype(np.float32)[:, WARMUP:] for part in parts])


def depart(world: World, block: int, people: Population, troubles: Troubles) -> Departures:
    """Draw who leaves in which month, and the reason."""
    chance = Streams(world.seed, block)("departures")
    parts = hazards(world, people, troubles)
    total = np.minimum(parts.sum(axis=0), 0.9)
    goes = chance.random(total.shape) < total
    month = np.where(goes.any(axis=1), goes.argmax(axis=1), STAYS)
    at = np.minimum(month, world.months - 1)
    share = np.cumsum(parts[:, np.arange(len(at)), at].astype(float), axis=0)
    reason = (chance.random(len(at)) * share[-1] >= share).sum(axis=0)
    silent = people.prepaid & (month < STAYS) & (chance.random(len(at)) < _SILENT_SHARE)
    return Departures(month, chance.integers(1, 29, len(at)), np.minimum(reason, len(REASONS) - 1), silent)
