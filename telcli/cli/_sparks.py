"""Months as a row of blocks."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["spark"]

_BLOCKS = "▁▂▃▄▅▆▇█"


def spark(values: Sequence[float | None]) -> str:
    """One block per month, from nothing, the lowest, to the highest month; a month that is not known is a gap.

    >>> spark([0, None, 5, 10])
    '▁ ▅█'
    >>> spark([0, 0]), spark([-1, 3])
    ('▁▁', '▁█')
    """
    top = max((value for value in values if value is not None), default=0)
    return "".join(" " if value is None else _block(value, top) for value in values)


def _block(value: float, top: float) -> str:
    """Only nothing, and what is owed to the customer, is the lowest block; a little is the next one."""
    if value <= 0 or top <= 0:
        return _BLOCKS[0]
    return _BLOCKS[max(1, round(value / top * (len(_BLOCKS) - 1)))]
