"""As many planted clusters as are asked for: archetypes drawn far apart in what an operator sees of customers."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import pdist

from telcli.simulation.archetypes import ARCHETYPES, REGIONS, Archetype

__all__ = ["APART", "ENDS", "archetypes", "places"]

APART = 0.5
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
_SWAPS = 3_000


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

    A Latin hypercube: each quantity has as many even steps as there are clusters, and each cluster one of them, so that
    none stands at one end of a quantity alone while all others crowd at the other. Steps of two clusters are swapped
    as long as that brings no two points nearer than the nearest two are.

    References
    ----------
    McKay, Beckman and Conover (1979), Technometrics 21; Johnson, Moore and Ylvisaker (1990), J. Stat. Plan. Inference
    26, maximin distance designs.

    >>> sorted(places(2, np.random.default_rng(0))[:, 0].round(2).tolist())
    [0.0, 1.0]
    """
    steps = np.tile(np.arange(clusters) / (clusters - 1), (len(ENDS), 1))
    design = chance.permuted(steps, axis=1).T
    nearest = pdist(design).min()
    for _ in range(_SWAPS):
        column, (one, other) = chance.integers(len(ENDS)), chance.choice(clusters, 2, replace=False)
        swapped = design.copy()
        swapped[[one, other], column] = design[[other, one], column]
        apart = pdist(swapped).min()
        if apart >= nearest:
            design, nearest = swapped, apart
    return design


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
