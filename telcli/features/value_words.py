"""Why a score moved, in English and Chinese."""

from __future__ import annotations

import math

__all__ = ["moved_by"]

_SAID = {
    "rose": (
        "Score of {name} rose from {then} to {now} of 100 ({points} points)",
        "{name}得分由{then}升至{now}（{points}分）",
    ),
    "fell": (
        "Score of {name} fell from {then} to {now} of 100 ({points} points)",
        "{name}得分由{then}降至{now}（{points}分）",
    ),
    "known": ("Score of {name} is known now: {now} of 100 ({points} points)", "{name}现已可知：{now}分（{points}分）"),
    "gap": ("Score of {name} is not known any more ({points} points)", "{name}已无数据（{points}分）"),
    "others": ("What else is known stands in for {name} ({points} points)", "{name}无数据，按其他指标计（{points}分）"),
}


def moved_by(names: tuple[str, str], then: float, now: float, points: float) -> tuple[str, str]:
    """One indicator's part in a change: its scores 0..100, NaN where not known, and the points of the whole score.

    It is the score that rises and falls: of complaints it falls as they become more. `names` stand within a sentence.

    >>> moved_by(("tenure", "网龄"), 20.0, 60.4, 3.25)
    ('Score of tenure rose from 20 to 60 of 100 (+3.3 points)', '网龄得分由20升至60（+3.3分）')
    >>> moved_by(("tenure", "网龄"), 20.0, float("nan"), -1.0)[0]
    'Score of tenure is not known any more (-1.0 points)'
    """
    gone, new = math.isnan(now), math.isnan(then)
    if gone or new:
        kind = "others" if gone and new else "gap" if gone else "known"
    else:
        kind = "rose" if now > then else "fell"
    digits = 1 if f"{then:.0f}" == f"{now:.0f}" else 0
    numbers = {"then": f"{then:.{digits}f}", "now": f"{now:.{digits}f}", "points": f"{_up(points):+.1f}"}
    english, chinese = _SAID[kind]
    return english.format(name=names[0], **numbers), chinese.format(name=names[1], **numbers)


def _up(points: float) -> float:
    """Half a tenth goes away from zero, whatever binary makes of it."""
    return float(f"{points + (1e-9 if points > 0 else -1e-9):.1f}")
