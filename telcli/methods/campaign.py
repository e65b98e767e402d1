"""One campaign for all customers, as MPC and EMPC know it: worth, offer, contact, and who accepts.

Derived from costs by outcome it takes that they are the same for every customer. With worth V, offer d, contact f and
acceptance rate g, contacting one who would leave saves `G = g (V - d) - f` and one who would stay costs `W = d + f`,
so that `d = (G + W - g V) / (1 - g)`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from telcli.methods.costs import CostMatrix

__all__ = ["Campaign", "campaign_of_costs"]

_WEIGHT = 20.0
"""Trials that the acceptance rate is known by: Verbraken's Beta(6, 14) at 0.3."""
_ALIKE = 1e-9


@dataclass(frozen=True)
class Campaign:
    """Costs of a campaign in currency, and the Beta(alpha, beta) of its acceptance rate.

    >>> Campaign.of(200.0, 10.0, 1.0, 0.3)
    Campaign(value=200.0, offer=10.0, contact=1.0, alpha=6.0, beta=14.0)
    """

    value: float
    offer: float
    contact: float
    alpha: float
    beta: float

    @staticmethod
    def of(value: float, offer: float, contact: float, accept: float) -> Campaign:
        """One whose acceptance rate (0..1) is known as by 20 trials."""
        return Campaign(value, offer, contact, _WEIGHT * accept, _WEIGHT - _WEIGHT * accept)

    @property
    def accept(self) -> float:
        """Mean acceptance rate, 0..1."""
        return self.alpha / (self.alpha + self.beta)

    @property
    def pays(self) -> bool:
        """Whether a customer is worth more than the offer: without that there is no MPC."""
        return self.value > self.offer

    @property
    def open(self) -> bool:
        """Whether the acceptance rate is uncertain: without that there is no EMPC."""
        return self.alpha > 0 and self.beta > 0


def campaign_of_costs(costs: CostMatrix, accept: float) -> Campaign | None:
    """The campaign that has these costs exactly, None where they differ from customer to customer.

    Where no offer and contact of 0 or more have them at this acceptance rate (0..1), it is one of the same gain and
    waste whose acceptance is certain: MPC is exact by that, and EMPC has no meaning.

    >>> campaign_of_costs(CostMatrix.of_value([200.0] * 3, 10.0, 1.0, 0.3), 0.3)
    Campaign(value=200.0, offer=10.0, contact=1.0, alpha=6.0, beta=14.0)
    >>> campaign_of_costs(CostMatrix.of(3, fp=10.0, fn=100.0), 0.3)
    Campaign(value=110.0, offer=10.0, contact=0.0, alpha=20.0, beta=0.0)
    >>> campaign_of_costs(CostMatrix.of(2, fp=[10.0, 20.0], fn=100.0), 0.3) is None
    True
    """
    sides = np.stack([costs.gain, costs.waste, costs.fn - costs.tn])
    if np.ptp(sides, axis=1).max() > _ALIKE * max(float(np.abs(sides).max()), 1.0):
        return None
    gain, waste, value = sides.mean(axis=1).tolist()
    if accept < 1.0:
        offer = round((gain + waste - accept * value) / (1.0 - accept), 9)
        contact = round(waste - offer, 9)
        if offer >= 0.0 and contact >= 0.0:
            return Campaign.of(round(value, 9), offer, contact, accept)
    return Campaign.of(gain + waste, waste, 0.0, 1.0) if waste >= 0.0 else None
