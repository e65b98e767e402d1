"""Planted dirt: rows written twice, rows that must be refused, and cells written oddly."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from telcli.simulation.world import Array, Streams, World

__all__ = ["BAD_SHARE", "COPY_SHARE", "OWNER", "Flaws", "soil"]

OWNER = "_owner"
"""Hidden column: the position in the block of the customer a row belongs to."""

COPY_SHARE, BAD_SHARE = 0.003, 0.001
"""Rows written twice, and rows to be refused, as shares of good rows."""

Flaws = Mapping[str, tuple[str, str | None]]
"""By rule: the column that breaks it, and what stands there."""


def soil(world: World, block: int, file: str, frame: pl.DataFrame, flaws: Flaws) -> tuple[pl.DataFrame, Array]:
    """Add copies and bad rows to a file's rows, in place near the row they came from.

    A bad row is a broken copy of a good one, so that refusing it leaves the truth whole.

    Returns
    -------
    The rows, and for each the index of its flaw: -2 good, -1 an exact copy, else the place in `flaws`.
    """
    chance = Streams(world.seed, block)("dirt " + file)
    n = frame.height
    copied = np.flatnonzero(chance.random(n) < COPY_SHARE)
    bad = np.flatnonzero(chance.random(n) < BAD_SHARE)
    flaw = chance.integers(0, len(flaws), len(bad))
    parts = [frame, frame[copied]]
    for place, (column, value) in enumerate(flaws.values()):
        parts.append(frame[bad[flaw == place]].with_columns(pl.lit(value, pl.String).alias(column)))
    at = np.concatenate(
        [np.arange(n), copied, *(bad[flaw == place] for place in range(len(flaws)))],
    )
    marks = np.concatenate(
        [
            np.full(n, -2),
            np.full(len(copied), -1),
            *(np.full((flaw == place).sum(), place) for place in range(len(flaws))),
        ]
    )
    order = np.argsort(at, kind="stable")
    return pl.concat(parts)[order], marks[order]
