"""How many are held out of a cell, and what that many can show."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from telcli.methods.trial_design import detectable, power, sample_size
from telcli.settings import PlanRetentionSettings

__all__ = ["power_of", "share_for"]

Floats = NDArray[np.float64]
_STEP = 0.01


def share_for(settings: PlanRetentionSettings, p: Floats, uplift: Floats) -> float:
    """The share of a cell's chosen customers to hold out: `holdout`, or the least up to `holdout_most` that is enough.

    Enough is what shows the mean gain expected with the power asked for; where `holdout_most` does not, more would be
    held out for nothing. `p` and `uplift` are chance of leaving and expected gain of each.
    """
    least, most = settings.holdout, settings.holdout_most
    if least == 0.0 or most <= least or not len(p):
        return least
    steps = [*np.arange(least, most, _STEP).tolist(), most]
    leaving, gain = _means(p, uplift)
    seen = [_power(settings, leaving, gain, len(p), share) for share in steps]
    enough = [share for share, chance in zip(steps, seen, strict=True) if chance >= settings.power]
    return round(enough[0], 6) if enough else least


def power_of(settings: PlanRetentionSettings, p: Floats, uplift: Floats, held: int) -> dict[str, Any]:
    """What a cell's chosen customers, of whom `held` are held out, can show of the gain that is expected of them.

    Customers needed are those of one plan, or of several together: plans_needed says how many as this one.
    """
    found: dict[str, Any] = dict.fromkeys(
        ("leaving", "uplift", "needed_contacted", "needed_held_out", "plans_needed", "power", "detectable")
    )
    size = len(p)
    if not size:
        return found
    leaving, gain = _means(p, uplift)
    contacted = size - held
    found |= {"leaving": leaving, "uplift": gain}
    stay = 1.0 - leaving
    if held and contacted:
        least = detectable(stay, held, contacted, alpha=settings.alpha, power=settings.power)
        found["detectable"] = least if math.isfinite(least) else None
        found["power"] = _seen(settings, leaving, gain, contacted, held) if gain > 0 else None
        if gain > 0:
            out, to = sample_size(
                stay, min(stay + gain, 1.0), alpha=settings.alpha, power=settings.power, ratio=contacted / held
            )
            found |= {"needed_held_out": out, "needed_contacted": to, "plans_needed": math.ceil(out / held - 1e-9)}
    return found


def _means(p: Floats, uplift: Floats) -> tuple[float, float]:
    return math.fsum(p) / len(p), math.fsum(uplift) / len(uplift)


def _power(settings: PlanRetentionSettings, leaving: float, gain: float, size: int, share: float) -> float:
    return _seen(settings, leaving, gain, size * (1.0 - share), size * share) if gain > 0 else 0.0


def _seen(settings: PlanRetentionSettings, leaving: float, gain: float, contacted: float, held: float) -> float:
    stay = 1.0 - leaving
    return power(stay, min(stay + gain, 1.0), held, contacted, alpha=settings.alpha)
