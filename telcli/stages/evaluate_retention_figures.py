"""The figures of one group of customers of a trial, and what they say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from telcli.methods.intervals import Z95
from telcli.methods.quotient import fieller, quotient
from telcli.methods.rates import found_among, wilson
from telcli.methods.trial_design import sample_size
from telcli.methods.trial_effect import Effect, as_sure_as, effect, mean_effect, verdict
from telcli.settings import EvaluateRetentionSettings
from telcli.stages.evaluate_retention_arms import Arms

__all__ = ["figures", "judged", "more_needed"]

Floats = NDArray[np.float64]
Row = dict[str, Any]
_LEAST_RATE = 1e-6


def figures(arms: Arms, settings: EvaluateRetentionSettings, unseen: int = 0) -> Row:
    """Everything `effect_results.FIGURES` names but the verdict, which hangs on what else is looked at (`judged`)."""
    treated, out = arms.treated, ~arms.treated
    row: Row = {
        "treated": int(treated.sum()),
        "held_out": int(out.sum()),
        "stayed_treated": _mean(arms.stayed[treated]),
        "stayed_held_out": _mean(arms.stayed[out]),
        "cost": _sum(arms.cost[treated]),
        "contacted": _count(arms.contacted[treated]),
        "accepted": _count(arms.accepted[treated]),
        "contaminated": _count(arms.contaminated[out]),
        "unseen": unseen,
    }
    if not (treated.any() and out.any()):
        return row
    found = effect(arms.stayed, treated, arms.weight)
    return row | _stays(found) | _money(arms, found, settings) | _reached(arms, found)


def judged(rows: Sequence[Row], settings: EvaluateRetentionSettings, ratio: float) -> list[Row]:
    """Groups looked at together: chances as they count among all, what each says, how many customers it still takes.

    `ratio` is how many customers are treated for one held out, where a group has nobody in an arm.
    """
    known = [row for row in rows if row.get("chance") is not None]
    together = found_among([row["chance"] for row in known])
    for row, chance in zip(known, together.tolist(), strict=True):
        row["chance_adjusted"] = chance
    return [row | said(row, settings, ratio) for row in rows]


def said(row: Row, settings: EvaluateRetentionSettings, ratio: float) -> Row:
    """The verdict of one row, and how many customers it takes where there is none."""
    word = verdict(row.get("uplift_low"), row.get("uplift_high"), row.get("chance_adjusted"))
    return {"verdict": word, "needed": more_needed(row, settings, ratio) if word == "cannot-tell" else 0}


def more_needed(row: Row, settings: EvaluateRetentionSettings, ratio: float) -> int:
    """Customers more in both arms that show the gain seen, or the least one worth knowing of where less was seen."""
    have = (row["held_out"], row["treated"])
    rate = next((row[name] for name in ("stayed_held_out", "stayed_treated") if row.get(name) is not None), 0.5)
    seen = row.get("uplift") or 0.0
    gain = seen if abs(seen) >= settings.least_uplift else settings.least_uplift
    other = rate + gain if 0.0 <= rate + gain <= 1.0 else rate - gain
    share = have[1] / have[0] if have[0] and have[1] else ratio
    wanted = sample_size(rate, min(max(other, 0.0), 1.0), power=settings.power, ratio=share)
    return sum(max(need - has, 0) for need, has in zip(wanted, have, strict=True))


def _stays(found: Effect) -> Row:
    leaving = 1.0 - found.stayed_held_out
    low, high = wilson([leaving * found.effective], [found.effective])
    error = float(high[0] - low[0]) / (2.0 * Z95)
    # the gain and the rate it is a share of rest on the same customers held out
    rate = fieller(found.uplift, leaving, top_error=found.error, bottom_error=error, covariance=error**2)
    return {
        "stayed_treated": found.stayed_treated,
        "stayed_held_out": found.stayed_held_out,
        "uplift": found.uplift,
        "uplift_low": found.low,
        "uplift_high": found.high,
        "chance": found.chance,
        "saves": found.uplift * found.treated,
        "saves_low": found.low * found.treated,
        "saves_high": found.high * found.treated,
        **_ends("save_rate", rate.value, rate.low if rate.bounded else None, rate.high, most=1.0),
    }


def _money(arms: Arms, found: Effect, settings: EvaluateRetentionSettings) -> Row:
    before = arms.before if settings.cuped == "on" else None
    kept = mean_effect(arms.stayed * arms.worth, arms.treated, arms.weight, before)
    kept = as_sure_as(kept, found, float(np.sqrt(np.mean(arms.worth[arms.weight > 0.0] ** 2))))
    row = _ends(
        "value_saved", kept.mean * found.treated, _finite(kept.low * found.treated), _finite(kept.high * found.treated)
    )
    paid, stayed = arms.cost[arms.treated], arms.stayed[arms.treated]
    if np.isnan(paid).all() or paid.size < 2:
        return row
    paid = np.nan_to_num(paid)
    mean, reach = float(paid.mean()), Z95 * float(paid.std(ddof=1) / np.sqrt(paid.size))
    if mean <= 0.0:
        return row
    cost = (mean, mean - reach, mean + reach)
    if found.uplift > 0.0:
        per = quotient(cost, (found.uplift, found.low, found.high), float(np.cov(paid, stayed)[0, 1] / paid.size))
        row |= _ends("cost_per_save", per.value, per.low, per.high)
    if np.isfinite(kept.error):
        beyond = arms.stayed * arms.worth - (0.0 if before is None else before)
        together = float(np.cov(paid, beyond[arms.treated])[0, 1] / paid.size)
        back = quotient((kept.mean, kept.low, kept.high), cost, together)
        row |= _ends(
            "return_on_cost", *(None if end is None else end - 1.0 for end in (back.value, back.low, back.high))
        )
    return row


def _reached(arms: Arms, found: Effect) -> Row:
    """The gain among those reached because of the plan: the gain over how much more often the treated were reached."""
    reached = np.where(arms.treated, arms.contacted, arms.contaminated)
    if np.isnan(reached).any():
        return {}
    more = effect(reached, arms.treated, arms.weight)
    if more.uplift <= _LEAST_RATE:
        return {}
    together = sum(
        _covariance(reached[arm], arms.stayed[arm]) / size
        for arm, size in ((arms.treated, found.treated), (~arms.treated, found.effective))
    )
    wald = quotient((found.uplift, found.low, found.high), (more.uplift, more.low, more.high), together)
    return _ends("effect_contacted", wald.value, wald.low if wald.bounded else None, wald.high)


def _covariance(one: Floats, other: Floats) -> float:
    return float(np.mean((one - one.mean()) * (other - other.mean())))


def _ends(name: str, value: float | None, low: float | None, high: float | None, most: float | None = None) -> Row:
    if most is not None:
        value, high = (end if end is None else min(end, most) for end in (value, high))
    return {name: value, f"{name}_low": low, f"{name}_high": high}


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _mean(values: Floats) -> float | None:
    return float(values.mean()) if values.size else None


def _sum(values: Floats) -> float | None:
    return float(np.nansum(values)) if not np.isnan(values).all() else None


def _count(values: Floats) -> int | None:
    return int(np.nansum(values)) if not np.isnan(values).all() else None
