"""Whether a name that a segment has from before says the opposite of what the segment is now."""

from __future__ import annotations

import re

from telcli.stages.segment_names import directions
from telcli.stages.segment_traits import NOTABLE, Portrait
from telcli.stages.segment_words import about, words

__all__ = ["contradicted"]

_RANKS = {"low": 0.0, "lower": 0.5, "mid": 1.0, "upper": 1.5, "high": 2.0, "top": 2.0}
"""Levels of spending in order; two that are a whole step apart cannot both be true of most members."""
_NUMBER = re.compile(r" \(\d+\)$")


def contradicted(name: str, portrait: Portrait) -> bool:
    """Whether the level of spending or a direction in an English name is against what is measured of the segment.

    Directions count from a quarter of a standard deviation to the other side; values of text and mixed spending say
    nothing here.

    >>> contradicted("Top spenders, heavy data", Portrait(0.5)), contradicted("Top spenders", Portrait(1.3))
    (True, False)
    """
    parts = {part.casefold() for part in _NUMBER.sub("", name).split(", ")}
    level = next((rank for key, rank in _RANKS.items() if words()["level"][key][0].casefold() in parts), None)
    now = _RANKS.get(portrait.spending)
    if level is not None and now is not None and abs(level - now) >= 1:
        return True
    groups: set[str] = set()
    for difference in portrait.differences:
        group = about(difference.column)["group"]
        if group in groups or difference.slight or abs(difference.effect) < NOTABLE:
            continue
        groups.add(group)
        opposite = directions(difference.column, up=difference.effect < 0)
        if any(said.casefold() in parts for said in opposite):
            return True
    return False
