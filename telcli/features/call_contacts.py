"""Whom a customer calls and writes to: how many, how evenly, and who begins."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.features.call_rows import Block

__all__ = ["BALANCE", "SURPRISE", "contacts"]

BALANCE, SURPRISE = 2.0**40, 2.0**50
"""Parts of 1 that shares are added in, as whole numbers, so that the order of the counterparts does not change a sum.

A sum of surprises is an entropy, and far below 2**13; one of balances may be as large as there are counterparts.
"""
_OUT, _OFF_NET, _FLAGS = np.uint64(1), np.uint64(2), np.uint64(3)
_UNKNOWN = "unknown"
_PARETO = 0.8
_MOST = np.int64(1 << 32)


def contacts(talk: Block) -> dict[str, NDArray[Any]]:
    """Counts and sums over the counterparts of each run of interactions; those of nobody known are left out.

    Rows are counted by the hash of the counterpart: 62 bits of it and two flags make a number, and the numbers of a run
    are sorted, which costs a tenth of grouping by the texts. Two counterparts of one customer would be taken for one if
    they had the same 62 bits: that somebody with 100 of them in a month has such a pair, has a chance of 1 to 10**15. A
    million customers over a hundred months come to 10**-7.
    """
    key = (talk["counterpart"] & ~_FLAGS) | talk["out"]
    if "off_net" in talk:
        key |= talk["off_net"] * _OFF_NET
    key = talk.sorted(key)
    places = np.flatnonzero(talk.changed(key | _FLAGS))
    known = (key[places] | _FLAGS) != (pl.Series([_UNKNOWN]).hash().to_numpy() | _FLAGS)
    n = np.diff(places, append=len(key)) * known
    made = _between(key & _OUT, places) * known
    off_net = _between(key & _OFF_NET, places) * known if "off_net" in talk else np.zeros_like(made)
    starts = np.searchsorted(places, talk.starts)
    whole = np.add.reduceat(n, starts)
    share = np.where(known, n, 1) / np.where(known, _each(whole, starts, len(n)), 1)
    each = {
        "counterparts": known,
        "counterparts_out": made > 0,
        "counterparts_mutual": (made > 0) & (made < n),
        "counterparts_off_net": off_net > 0,
        "made": made,
        "surprise": _parts(-share * np.log(share), SURPRISE),
        "balance": _parts(made / np.maximum(n, 1), BALANCE),
        "pareto": _needed(n, starts, whole),
    }
    found = {name: np.add.reduceat(values, starts, dtype=np.int64) for name, values in each.items()}
    return found | {"known": whole, "most": np.maximum.reduceat(n, starts)}


def _between(values: NDArray[np.uint64], places: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sums from each place to the next: from running sums, as sums of a few values each cost more."""
    running = np.cumsum(values.view(np.int64))
    found: NDArray[np.int64] = np.diff(running[np.append(places[1:], len(values)) - 1], prepend=0)
    return found


def _needed(n: NDArray[np.int64], starts: NDArray[np.int64], whole: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Of the counterparts of each run from the most frequent on, whether one is needed for 80% of all."""
    run = _each(np.arange(len(starts)), starts, len(n))
    ordered = _MOST - 1 - np.sort(run * _MOST + (_MOST - 1 - n)) % _MOST
    before = np.cumsum(ordered) - ordered
    found: NDArray[np.bool_] = before - before[starts][run] < np.ceil(whole * _PARETO)[run]
    return found


def _each(of_run: NDArray[Any], starts: NDArray[np.int64], size: int) -> NDArray[Any]:
    return np.repeat(of_run, np.diff(starts, append=size))


def _parts(share: NDArray[np.float64], whole: float) -> NDArray[np.int64]:
    return np.rint(share * whole).astype(np.int64)
