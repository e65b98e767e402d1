"""As many planted clusters as are asked for: archetypes drawn far apart in what an operator sees of customers."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from telcli.simulation.archetypes import ARCHETYPES, REGIONS, Archetype

__all__ = ["APART", "ENDS", "archetypes", "places"]

APART = 0.6
"""The least distance of two clusters: in quantities of `ENDS`, each counted 0 at its low end and 1 at its high end."""

ENDS = {
    "fee": (15.0, 300.0),
    "minutes": (25.0, 2_000.0),
    "texts": (2.0, 150.0),
    "data_mb": (300.0, 50_000.0),
    "active_days": (9.0, 29.0),
    "tenure": (8.0, 150.0),
}
"""Ends of what clusters differ in, as in `Archetype`; on a logarithmic scale, but days on a plain one."""

_LEAST_SHARE = 0.4
"""The smallest share of customers, times the number of clusters."""
_CANDIDATES = 2_000


@cache
def archetypes(clusters: int, seed: int) -> tuple[Archetype, ...]:
    """The planted kinds of customer: the five fixed ones for 0 clusters, else so many drawn from the seed.

    Two clusters are at least `APART` from each other (see `places`); no share is below .4 / clusters. Each has a family
    of plans of its own, all prepaid or all postpaid.

    >>> [kind.name for kind in archetypes(3, 0)], archetypes(0, 7) == ARCHETYPES
    (['cluster-01', 'cluster-02', 'cluster-03'], True)
    """
    if not clusters:
        return ARCHETYPES
    chance = np.random.default_rng([seed, clusters, *b"clusters"])
    where = places(clusters, chance)
    shares = (_LEAST_SHARE + (1 - _LEAST_SHARE) * clusters * chance.dirichlet(np.full(clusters, 3.0))) / clusters
    return tuple(_archetype(number, where[number - 1], shares[number - 1], chance) for number in range(1, clusters + 1))


def places(clusters: int, chance: np.random.Generator) -> NDArray[np.float64]:
    """Points of the unit cube far from each other: clusters x quantities of `ENDS`, 0..1.

    Of many points drawn evenly, the one farthest from all chosen is taken next; the first is the first drawn.

    References
    ----------
    Gonzalez (1985), Theor. Comput. Sci. 38, farthest-first traversal.

    >>> places(2, np.random.default_rng(0)).shape
    (2, 6)
    """
    drawn = chance.random((_CANDIDATES, len(ENDS)))
    chosen = [0]
    nearest = np.full(len(drawn), np.inf)
    while len(chosen) < clusters:
        nearest = np.minimum(nearest, np.sqrt(np.square(drawn - drawn[chosen[-1]]).sum(axis=1)))
        chosen.append(int(nearest.argmax()))
    return drawn[chosen]


def _archetype(number: int, place: NDArray[np.float64], share: float, chance: np.random.Generator) -> Archetype:
    levels = {}
    for part, (name, (low, high)) in zip(place.tolist(), ENDS.items(), strict=True):
        levels[name] = low + part * (high - low) if name == "active_days" else low * (high / low) ** part
    fee = round(levels["fee"])
    return Archetype(
        name=f"cluster-{number:02d}",
        share=float(share),
        fees=(round(0.9 * fee), fee, round(1.1 * fee)),
        minutes=levels["minutes"],
        texts=levels["texts"],
        data_mb=levels["data_mb"],
        active_days=levels["active_days"],
        age=float(chance.uniform(24.0, 68.0)),
        age_spread=7.0,
        tenure=levels["tenure"],
        prepaid=float(chance.random() < 0.3),
        business=float(chance.choice([0.0, 0.02, 0.6], p=[0.5, 0.3, 0.2])),
        contract=float(chance.uniform(0.1, 0.7)),
        regions=tuple(chance.integers(1, 4, len(REGIONS)).tolist()),
        hazard=float(chance.uniform(0.6, 1.5)),
        tenure_spread=0.35,
        discount=float(chance.choice([0.0, 0.1, 0.2], p=[0.6, 0.2, 0.2])),
        plan=f"组合{number:02d}-",
        roams=0.05,
        price=0.006,
        life=0.003,
    )
