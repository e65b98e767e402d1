"""How much a customer calls, writes and is online, with whom beyond the own network, and where."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from telcli.features.call_rows import DAY, Block

__all__ = ["BYTES", "celled", "talked", "used"]

BYTES = 1_000_000
"""Of a megabyte."""


def used(block: Block) -> dict[str, NDArray[Any]]:
    """Counts and sums of each run of events: lengths in milliseconds, volumes in bytes, so that sums are exact."""
    out, voice, data = block["out"], block["voice"], block["data"]
    calls_out, text = voice & out, ~(voice | data)
    marks = {
        "calls_out": calls_out,
        "calls_in": voice & ~out,
        "texts_out": text & out,
        "texts_in": text & ~out,
        "data_sessions": data,
        "active_days": block.changed(block["at"] // DAY),
    }
    found = {name: block.sums(values) for name, values in marks.items()}
    if "length" in block:
        found |= _lengths(block, calls_out)
    if "volume" in block:
        told = data & (block["volume"] >= 0)
        found |= {"sessions": block.sums(told), "bytes": block.sums(_whole(block["volume"], BYTES) * told)}
    if "roaming" in block:
        found |= {name: block.sums(block[name]) for name in ("roaming", "roaming_told")} | _flagged(block, "roaming")
    return found


def _lengths(block: Block, calls_out: NDArray[np.bool_]) -> dict[str, NDArray[Any]]:
    length, voice = _whole(block["length"], 1000), block["voice"]
    told = voice & (length >= 0)
    calls_out = calls_out & told
    calls_in = told & ~calls_out
    return {
        "told_out": block.sums(calls_out),
        "told_in": block.sums(calls_in),
        "ms_out": block.sums(length * calls_out),
        "ms_in": block.sums(length * calls_in),
        "empty": block.sums(voice & (length == 0)),
    }


def _flagged(block: Block, flag: str) -> dict[str, NDArray[Any]]:
    """Calls whose flag is told, those it is true of, and of these the ones whose length is told, with their lengths."""
    voice = block["voice"]
    told = {f"calls_{flag}_told": block.sums(voice & block[f"{flag}_told"])}
    return told | _timed(block, flag, voice & block[flag])


def _timed(block: Block, name: str, calls: NDArray[np.bool_]) -> dict[str, NDArray[Any]]:
    """How many calls these are, and of those whose length is told, how many and how long."""
    found = {f"calls_{name}": block.sums(calls)}
    if "length" in block:
        length = _whole(block["length"], 1000)
        timed = calls & (length >= 0)
        found |= {f"timed_{name}": block.sums(timed), f"ms_{name}": block.sums(length * timed)}
    return found


def talked(talk: Block) -> dict[str, NDArray[Any]]:
    """Counts and sums of each run of interactions, which are calls and texts."""
    flags = [name for name in ("off_net", "international", "competitor") if name in talk]
    found = {name: talk.sums(talk[name]) for flag in flags for name in (flag, f"{flag}_told")}
    if "off_net" in talk:
        made = talk["off_net"] & talk["out"]
        found |= _flagged(talk, "off_net") | _timed(talk, "off_net_out", talk["voice"] & made)
    return found | {"interactions": talk.lengths()}


def celled(placed: Block) -> dict[str, NDArray[Any]]:
    """How many cells there are in each run of events of which the cell is known."""
    return {"cells": placed.sums(placed.changed(placed.sorted(placed["cell"])))}


def _whole(amount: NDArray[np.float64], parts: int) -> NDArray[np.int64]:
    """Amounts as whole parts of their unit; what is not known, -1 of it, stays below 0."""
    return (amount * parts + 0.5).astype(np.int64)
