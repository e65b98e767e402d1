"""What contacting a customer with an offer is expected to bring, in money.

    net value = V u - d a - f

V is lost if the customer leaves, u the gain in her chance of staying by the contact, d the cost of an offer that is
taken, a the chance that it is taken, f the cost of the contact. Where no trial tells u and a, they are assumed: of
would-be leavers (p) a share g takes the offer and stays, of the others a share t takes it and would have stayed anyway:

    u = p g,   a = p g + (1 - p) t,   net value = p g (V - d) - (1 - p) t d - f

References
----------
T. Verbraken, W. Verbeke and B. Baesens, A novel profit maximizing metric for measuring classification performance of
customer churn prediction models, IEEE Transactions on Knowledge and Data Engineering 25 (2013), 961-973, where t = 1.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from telcli.methods.intervals import Z95

__all__ = ["assumed_taking", "assumed_uplift", "bounded_uplift", "net_value", "scaled_uplift", "weighed"]

Floats = NDArray[np.float64]


def assumed_uplift(p: ArrayLike, accept: ArrayLike) -> Floats:
    """Gain in the chance of staying, 0..1, at a chance of leaving p and a share of would-be leavers who accept.

    >>> assumed_uplift([0.2, 0.5], 0.3).round(2).tolist()
    [0.06, 0.15]
    """
    found: Floats = np.asarray(p, dtype=np.float64) * np.asarray(accept, dtype=np.float64)
    return found


def assumed_taking(p: ArrayLike, accept: ArrayLike, take: ArrayLike) -> Floats:
    """Chance that the offer is taken, 0..1: by a would-be leaver who accepts, or by who would have stayed anyway.

    >>> assumed_taking([0.2, 1.0], 0.5, 1.0).round(2).tolist()
    [0.9, 0.5]
    """
    chance = np.asarray(p, dtype=np.float64)
    found: Floats = chance * np.asarray(accept, dtype=np.float64) + (1.0 - chance) * np.asarray(take, dtype=np.float64)
    return found


def bounded_uplift(uplift: ArrayLike, p: ArrayLike) -> Floats:
    """A gain measured on others, as far as it can be one of a customer who leaves at p: from p - 1 to p.

    Nobody can be kept who would not have left, nor be driven off who would have left anyway.

    >>> bounded_uplift([0.3, 0.1, -0.9], [0.2, 0.2, 0.2]).round(2).tolist()
    [0.2, 0.1, -0.8]
    """
    chance = np.asarray(p, dtype=np.float64)
    found: Floats = np.clip(np.asarray(uplift, dtype=np.float64), chance - 1.0, chance)
    return found


def scaled_uplift(uplift: ArrayLike, p: ArrayLike, left: ArrayLike) -> Floats:
    """A gain measured where a share `left` of those left alone left, as that of a customer who leaves at p.

    A gain is taken to be the same share of those who would leave: twice as large where twice as many would. A loss is
    as it was measured, since who is driven off by a contact would not have left. So is any where `left` is not known.

    >>> scaled_uplift([0.1, 0.1, -0.1, 0.1], [0.1, 0.4, 0.4, 0.4], [0.2, 0.2, 0.2, np.nan]).round(2).tolist()
    [0.05, 0.2, -0.1, 0.1]
    """
    gain, chance, base = (np.asarray(part, dtype=np.float64) for part in (uplift, p, left))
    with np.errstate(divide="ignore", invalid="ignore"):
        times = chance / base
    found: Floats = np.where((gain > 0) & np.isfinite(times), gain * times, gain)
    return found


def weighed(
    assumed: ArrayLike, known: ArrayLike, error: ArrayLike, assumed_error: float
) -> tuple[Floats, Floats, Floats]:
    """What is assumed and what was measured, together: a gain with the ends of its 95% interval.

    Each weighs by its precision, as two normal beliefs do: the measured one w = s^2 / (s^2 + e^2) with its standard
    error e and the standard error s of what is assumed; together they have the standard error e sqrt(w).

    >>> gain, low, high = weighed(0.02, [0.1, -0.4], [0.01, 0.5], 0.1)
    >>> gain.round(3).tolist(), low.round(2).tolist(), high.round(2).tolist()
    ([0.099, 0.004], [0.08, -0.19], [0.12, 0.2])
    """
    guess, measured, spread = (np.asarray(part, dtype=np.float64) for part in (assumed, known, error))
    weight = assumed_error**2 / (assumed_error**2 + spread**2)
    gain, apart = weight * measured + (1.0 - weight) * guess, Z95 * np.sqrt(weight) * spread
    return gain, gain - apart, gain + apart


def net_value(
    worth: ArrayLike, uplift: ArrayLike, taking: ArrayLike, offer_cost: ArrayLike, contact_cost: ArrayLike
) -> Floats:
    """Expected net value of a contact, in money; shapes broadcast, amounts are of one currency.

    >>> p, g, t, V, d, f = 0.2, 0.3, 1.0, 500.0, 40.0, 3.0
    >>> float(net_value(V, assumed_uplift(p, g), assumed_taking(p, g, t), d, f).round(6))
    -7.4
    >>> round(p * g * (V - d) - (1 - p) * t * d - f, 6)
    -7.4
    """
    gain = np.asarray(worth, dtype=np.float64) * np.asarray(uplift, dtype=np.float64)
    spent = np.asarray(offer_cost, dtype=np.float64) * np.asarray(taking, dtype=np.float64)
    found: Floats = gain - spent - np.asarray(contact_cost, dtype=np.float64)
    return found
