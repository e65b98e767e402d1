"""How large a trial has to be, what it can find, and who is held out of it.

Two shares, of stayers where nobody is contacted (p1) and where customers are (p2), tested two-sided at `alpha`:

    n1 = (z[1-alpha/2] sqrt((1 + 1/r) p q) + z[power] sqrt(p1 q1 + p2 q2 / r))^2 / (p1 - p2)^2,   n2 = r n1
    p  = (p1 + r p2) / (1 + r),   q = 1 - p

References
----------
J. L. Fleiss, B. Levin and M. C. Paik, Statistical Methods for Rates and Proportions, 3rd ed., Wiley 2003, section 4.3
(without the correction for continuity; R's power.prop.test says the same for r = 1).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

__all__ = ["Draw", "detectable", "draw", "power", "sample_size"]

Floats = NDArray[np.float64]
_WORDS = 2.0**64


def sample_size(
    p1: float, p2: float, *, alpha: float = 0.05, power: float = 0.8, ratio: float = 1.0
) -> tuple[int, int]:
    """How many customers of each kind tell the shares p1 and p2 apart with a chance of `power`.

    `ratio` is how many of the second there are for one of the first; a hold-out of one in ten has the ratio 9.

    Raises
    ------
    ValueError
        Where the shares are the same or outside 0..1, or a chance is not between 0 and 1, or the ratio not above 0.

    >>> sample_size(0.5, 0.75, power=0.9)
    (77, 77)
    >>> sample_size(0.8, 0.83, ratio=9.0)
    (1430, 12865)
    """
    _check(p1, p2, alpha, power)
    if p1 == p2 or not ratio > 0 or math.isinf(ratio):
        raise ValueError("only two different shares can be told apart, with a ratio above 0")
    pooled = (p1 + ratio * p2) / (1.0 + ratio)
    blind = ndtri(1.0 - alpha / 2.0) * math.sqrt((1.0 + 1.0 / ratio) * pooled * (1.0 - pooled))
    seen = ndtri(power) * math.sqrt(p1 * (1.0 - p1) + p2 * (1.0 - p2) / ratio)
    first = max(float(blind + seen) ** 2 / (p1 - p2) ** 2, 1.0)
    # What is a whole number but for rounding is that number.
    return math.ceil(first - 1e-9), math.ceil(ratio * first - 1e-9)


def power(p1: float, p2: float, n1: float, n2: float, *, alpha: float = 0.05) -> float:
    """The chance that n1 and n2 customers tell the shares p1 and p2 apart, the right way round; 0 of nobody.

    >>> round(power(0.5, 0.75, 50, 50), 3)
    0.74
    """
    _check(p1, p2, alpha, 0.5)
    if not (n1 > 0 and n2 > 0):
        return 0.0
    pooled = (n1 * p1 + n2 * p2) / (n1 + n2)
    blind = math.sqrt(pooled * (1.0 - pooled) * (1.0 / n1 + 1.0 / n2))
    seen = math.sqrt(p1 * (1.0 - p1) / n1 + p2 * (1.0 - p2) / n2)
    reach = abs(p1 - p2) - float(ndtri(1.0 - alpha / 2.0)) * blind
    if seen == 0.0:
        return 1.0 if reach > 0 else 0.0
    return float(ndtr(reach / seen))


def detectable(p: float, n1: float, n2: float, *, alpha: float = 0.05, power: float = 0.8) -> float:
    """The smallest rise above the share p of n1 customers that n2 others show with a chance of `power`; NaN if none.

    >>> round(detectable(0.5, 50, 50, power=0.9), 4)
    0.3026
    >>> detectable(0.9, 5, 45)
    nan
    """
    _check(p, p, alpha, power)

    def short(rise: float) -> float:
        return _power(p, p + rise, n1, n2, alpha=alpha) - power

    most = 1.0 - p
    if most <= 0 or short(most) < 0:
        return math.nan
    return float(brentq(short, 0.0, most, xtol=1e-12))


_power = power  # `detectable` has an argument of that name


@dataclass(frozen=True)
class Draw:
    """Who is held out.

    Parameters
    ----------
    held : array of shape (customers,)
    chance : array of shape (customers,)
        With what chance each was to be held out, 0..1: the share asked for.
    """

    held: NDArray[np.bool_]
    chance: Floats


def draw(strata: Sequence[str], keys: Sequence[str], share: ArrayLike, *, seed: int, salt: str = "") -> Draw:
    """Draw a share of each stratum by lot, the same customers again for the same keys, seed and salt.

    Of a stratum of n customers n * share are drawn. Where that is not whole, one more is with the chance of what is
    missing, so that each member's chance is the share, however small her stratum. Lots are hashes (BLAKE2b) of the
    seed, the salt and the key: they depend on nothing else that is known of a customer, nor on the order of rows.

    Parameters
    ----------
    strata, keys : sequences of shape (customers,)
        Stratum of each customer, and her own key, which nobody shares.
    share : one for all, or one per customer
        0..1, the same within a stratum.
    seed, salt : what makes this draw another than others
        A number, and words such as the campaign.

    Raises
    ------
    ValueError
        Where keys repeat, lengths differ, or a share is outside 0..1 or differs within a stratum.

    >>> names = [f"C{at}" for at in range(40)]
    >>> found = draw(["a"] * 20 + ["b"] * 20, names, 0.1, seed=7, salt="retention-2024-06")
    >>> found.held[:20].sum(), found.held[20:].sum(), found.chance[0]
    (np.int64(2), np.int64(2), np.float64(0.1))
    """
    if len(strata) != len(keys) or len(set(keys)) != len(keys):
        raise ValueError("each customer has one stratum and a key of her own")
    chance = np.broadcast_to(np.asarray(share, dtype=np.float64), (len(keys),)).copy()
    if not ((chance >= 0) & (chance <= 1)).all():
        raise ValueError("a share is between 0 and 1")
    held = np.zeros(len(keys), dtype=bool)
    if not held.size:
        return Draw(held, chance)
    lots = np.array([_lot(seed, salt, "customer", key) for key in keys], dtype=np.uint64)
    names, stratum = np.unique(np.asarray(strata, dtype=object).astype(str), return_inverse=True)
    order = np.lexsort((np.asarray(keys, dtype=object).astype(str), lots, stratum))
    ends = np.cumsum(np.bincount(stratum, minlength=names.size))
    for name, start, end in zip(names, [0, *ends[:-1]], ends, strict=True):
        members = order[start:end]
        asked = chance[members]
        if asked.min() != asked.max():
            raise ValueError("a stratum has one share")
        many = members.size * float(asked[0])
        whole = math.floor(many + 1e-9)
        extra = _lot(seed, salt, "stratum", str(name)) / _WORDS < many - whole
        held[members[: whole + int(extra)]] = True
    return Draw(held, chance)


def _lot(seed: int, salt: str, kind: str, key: str) -> int:
    """A number below 2^64 that is as good as drawn blindly."""
    said = "\x1f".join((str(seed), salt, kind, key)).encode()
    return int.from_bytes(hashlib.blake2b(said, digest_size=8).digest(), "big")


def _check(p1: float, p2: float, alpha: float, power: float) -> None:
    if not (0 <= p1 <= 1 and 0 <= p2 <= 1):
        raise ValueError("a share is between 0 and 1")
    if not (0 < alpha < 1 and 0 < power < 1):
        raise ValueError("alpha and power are between 0 and 1")
