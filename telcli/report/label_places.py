"""Where names of points go in a chart, so that they cover neither each other nor the points, nor leave the chart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["Place", "places", "text_width"]

_GAP = 8.0
_LINE = 13.0


class Place(NamedTuple):
    """How a name lies by its point: shifts right and down in pixels, of the middle of its line, and its alignment."""

    dx: float
    dy: float
    align: str


_WAYS = (
    Place(0, -12, "center"),
    Place(0, 13, "center"),
    Place(9, 0, "left"),
    Place(-9, 0, "right"),
    Place(9, -12, "left"),
    Place(9, 13, "left"),
    Place(-9, -12, "right"),
    Place(-9, 13, "right"),
)
Box = tuple[float, float, float, float]


def text_width(text: str, size: float = 11.5) -> float:
    """About how wide a line of text is, in pixels: signs of Chinese are as wide as high, others about 0.58 of it.

    >>> text_width("资费", 10), text_width("ab", 10)
    (20.0, 11.6)
    """
    return round(sum(1.0 if ord(sign) > 0x2E7F else 0.58 for sign in text) * size, 4)


def places(
    points: Sequence[tuple[float, float]],
    names: Sequence[str],
    width: float,
    height: float,
    taken: Sequence[Box] = (),
) -> list[Place]:
    """Of each point the place of its name that covers least, the first of equal ones: above, below, right, left.

    Parameters
    ----------
    points : sequence of pairs
        In pixels, right and down from the upper left corner.
    names : sequence of str
        One per point.
    width, height : float
        Of the chart, in pixels; what leaves it counts as covered.
    taken : sequence of boxes
        Left, top, right and bottom of what else is written there.

    >>> [place.align for place in places([(50, 50), (54, 50)], ["one", "two"], 100, 100)]
    ['center', 'center']
    >>> [place.dy for place in places([(50, 50), (54, 50)], ["one", "two"], 100, 100)]
    [-12, 13]
    """
    dots = [(x - 5, y - 5, x + 5, y + 5) for x, y in points]
    placed: list[Box] = list(taken)
    found = []
    for at, ((x, y), name) in enumerate(zip(points, names, strict=True)):
        others = placed + dots[:at] + dots[at + 1 :]
        costs = [
            sum(_common(box, other) for other in others) + _GAP * _outside(box, width, height)
            for box in (_box(x, y, name, way) for way in _WAYS)
        ]
        way = _WAYS[costs.index(min(costs))]
        placed.append(_box(x, y, name, way))
        found.append(way)
    return found


def _box(x: float, y: float, name: str, way: Place) -> Box:
    wide = text_width(name)
    left = x + way.dx - {"left": 0.0, "center": wide / 2, "right": wide}[way.align]
    return left, y + way.dy - _LINE / 2, left + wide, y + way.dy + _LINE / 2


def _common(one: Box, other: Box) -> float:
    """The area that both cover."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return max(wide, 0.0) * max(high, 0.0)


def _outside(box: Box, width: float, height: float) -> float:
    """How far a box leaves the chart."""
    return sum(max(part, 0.0) for part in (-box[0], -box[1], box[2] - width, box[3] - height))
