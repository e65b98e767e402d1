"""The rules in force, one after the other, and the score for what they miss last."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

from telcli.stages.detect_fraud_activations import fake_activations
from telcli.stages.detect_fraud_allowed import Allowed, without
from telcli.stages.detect_fraud_boxes import sim_boxes
from telcli.stages.detect_fraud_costly import costly_traffic
from telcli.stages.detect_fraud_found import Found, Ground
from telcli.stages.detect_fraud_new import new_customers
from telcli.stages.detect_fraud_unusual import unusual
from telcli.stages.detect_fraud_wangiri import wangiri

__all__ = ["suspects"]

_OF_GROUND: Mapping[str, Callable[[Ground], Found]] = {
    "sim-box": sim_boxes,
    "irsf": costly_traffic,
    "subscription": new_customers,
    "fake-activation": fake_activations,
}


def suspects(ground: Ground, callers: pl.DataFrame | None, allowed: Allowed, seed: int) -> tuple[list[Found], int]:
    """Who is suspected of what by the rules in force, less those allowed, and how many these were.

    The forest comes last: it learns from those whom no rule names, and names nobody who is named.
    """
    found: list[Found] = []
    for name in ground.rules:
        found += wangiri(ground, callers) if name == "wangiri" else ()
        found += [_OF_GROUND[name](ground)] if name in _OF_GROUND else ()
    left, stopped = without(found, allowed, ground.lines)
    if "unusual" not in ground.rules:
        return left, stopped
    named = [one.hits["subject_id"] for one in found if one.subject == "customer"]
    out = _with_owners(ground, allowed)
    return [*left, unusual(ground, {who for names in named for who in names}, out, seed)], stopped


def _with_owners(ground: Ground, allowed: Allowed) -> frozenset[str]:
    """Those allowed, and the customers whose lines are."""
    own = ground.lines.filter(pl.col("subscription_id").is_in(sorted(allowed.subjects)))["customer_id"]
    return allowed.subjects | frozenset(own.to_list())
