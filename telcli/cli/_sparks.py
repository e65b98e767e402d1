"""Months as a row of blocks."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from telcli.cli._signs import BLOCKS, PLAIN_BLOCKS, reads_ascii_alone

__all__ = ["spark"]


def spark(values: Sequence[float | None]) -> str:
    """One block per month, from nothing, the lowest, to the highest month; a month that is not known is a gap.

    >>> spark([0, None, 5, 10])
    '▁ ▅█'
    >>> spark([0, 0]), spark([-1, 3])
    ('▁▁', '▁█')
    """
    top = max((value for value in values if value is not None), default=0)
    blocks = PLAIN_BLOCKS if reads_ascii_alone(sys.stdout) else BLOCKS
    return "".join(" " if value is None else blocks[_level(value, top)] for value in values)


def _level(value: float, top: float) -> int:
    """Only nothing, and what is owed to the customer, is the lowest block; a little is the next one."""
    return 0 if value <= 0 or top <= 0 else max(1, round(value / top * (len(BLOCKS) - 1)))
