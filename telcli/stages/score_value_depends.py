"""Which settings a score depends on, by the columns that its indicators are made of."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from hashlib import sha256

from telcli.features.margin_parts import Rates
from telcli.settings import ScoreValueSettings

__all__ = ["APART", "BEHIND", "TIERS", "made_as_before", "made_with"]

TIERS = ("platinum_share", "gold_share", "silver_share")
"""What bounds of tiers depend on, whatever the indicators."""
APART = ("refit", "hierarchy", "random_index", "score_by", "interval_level")
"""Settings by which scores change through the weights alone, or not at all."""
_MARGIN = tuple(rate.name for rate in fields(Rates))
_EARNED = (*_MARGIN, "subsidy_months", "clawback_months")
_AHEAD = (
    *("horizon_months", "discount_rate", "payment_timing", "tail"),
    *("stratify", "min_at_risk", "label_months", "leaving_signs"),
)
_ADDED = (*_MARGIN, *_AHEAD)  # the month of leaving is told by margins
_KEPT = (*_MARGIN, "recent_months", "spike_limit", *_AHEAD)
BEHIND: Mapping[str, tuple[str, ...]] = {
    "margin_mean_12": _MARGIN,
    "current_value": _EARNED,
    "incremental_value": _ADDED,
    "retention_value": _KEPT,
    "lifetime_value": tuple(dict.fromkeys((*_EARNED, *_ADDED, *_KEPT))),
}
"""Column of an indicator -> settings it depends on; those of customer_months and churn_scores on none of these."""


def made_with(settings: ScoreValueSettings, columns: Iterable[str]) -> str | None:
    """A short hash of the settings behind a score of these columns that are not at their default; None where all are.

    >>> made_with(ScoreValueSettings(horizon_months=36), ["margin_mean_12", "tenure_months"])
    >>> made_with(ScoreValueSettings(horizon_months=36), ["lifetime_value"])
    '672832afa076437b'
    """
    return _hashed(settings, {*TIERS, *(name for column in columns for name in BEHIND.get(column, ()))})


def made_as_before(then: str | None, settings: ScoreValueSettings, columns: Iterable[str]) -> bool:
    """Whether a hash is that of these settings, or the one once made of them: of all, whatever the columns."""
    everything = {one.name for one in fields(settings)} - {"refit", "hierarchy", "random_index"}
    return then in (made_with(settings, columns), _hashed(settings, everything))


def _hashed(settings: ScoreValueSettings, names: Iterable[str]) -> str | None:
    held, wanted = asdict(settings), set(names)
    usual = {one.name: one.default for one in fields(settings)}
    other = {name: value for name, value in held.items() if name in wanted and value != usual[name]}
    return sha256(json.dumps(other, sort_keys=True).encode()).hexdigest()[:16] if other else None
