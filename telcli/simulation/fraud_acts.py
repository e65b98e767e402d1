"""How fraudsters of --fraud call, and those who only look like them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from telcli.simulation.fraud_calls import ABROAD, DAY, HOUR, Events
from telcli.simulation.world import Array, Streams, World

__all__ = ["planted", "rung_from_abroad"]


def _calls(who: int | Array, second: Array, other: Array, **told: float | Array) -> Events:
    """Calls of one customer, or of one each: made, of a minute, from one cell unless told otherwise."""
    n = len(second)
    full = {"out": True, "kind": 0, "duration": 60.0, "data_mb": 0.0, "cell": who % 400} | told
    columns = {name: np.broadcast_to(np.asarray(value), n) for name, value in full.items()}
    return Events(
        who=np.broadcast_to(np.asarray(who), n), second=second.astype(np.int64), other=other.astype(np.int64), **columns
    )


def _on(chance: np.random.Generator, day: int, count: int, first: float, last: float) -> Array:
    """Seconds of so many events on one day between two hours, in order."""
    found: Array = day * DAY + np.sort(chance.uniform(first * HOUR, last * HOUR, count)).astype(np.int64)
    return found


def _others(chance: np.random.Generator, count: int, among: int = 100_000_000) -> Array:
    found: Array = 15_400_000_000 + chance.integers(0, among, count)
    return found


def _box(chance: np.random.Generator, who: int, days: range) -> list[Events]:
    """Many calls at all hours, each to another number, from one or two cells."""
    parts = []
    for day in days[-20::2]:
        n = int(chance.integers(80, 160))
        cell = who // 6 % 400 + chance.integers(0, 2, n)
        lengths = np.ceil(chance.exponential(100.0, n))
        parts.append(_calls(who, _on(chance, day, n, 2.0, 23.9), _others(chance, n), duration=lengths, cell=cell))
    return parts


def _careful_box(chance: np.random.Generator, who: int, days: range) -> list[Events]:
    """A box that passes for a person: fewer calls, by day, some of them received, texts, several cells."""
    parts = []
    for day in days:
        n, heard = int(chance.integers(30, 80)), int(chance.integers(1, 6))
        told = {"duration": np.ceil(chance.exponential(100.0, n)), "cell": chance.integers(0, 5, n)}
        parts.append(_calls(who, _on(chance, day, n, 8.0, 22.0), _others(chance, n), **told))
        parts.append(_calls(who, _on(chance, day, heard, 8.0, 22.0), _others(chance, heard), out=False))
        parts.append(_calls(who, _on(chance, day, 4, 8.0, 22.0), _others(chance, 4), kind=1, duration=0.0))
    return parts


def _slow_ringer(chance: np.random.Generator, who: int, days: range) -> list[Events]:
    """One ring after the other all day long, so that no hour has many."""
    parts = []
    for day in days[-10::3]:
        n = int(chance.integers(120, 400))
        rung = _others(chance, n)
        parts.append(_calls(who, _on(chance, day, n, 8.0, 22.0), rung, duration=chance.integers(0, 3, n)))
    return parts


def _small_pump(chance: np.random.Generator, who: int, days: range) -> list[Events]:
    """Few enough minutes a day, by day, to one number abroad."""
    parts = [_calls(who, _on(chance, day, 4, 9.0, 20.0), _others(chance, 4)) for day in days]
    for day in days[-15:]:
        n = int(chance.integers(3, 8))
        other = np.full(n, ABROAD + 140_000_000_000 + who)
        parts.append(_calls(who, _on(chance, day, n, 9.0, 18.0), other, duration=chance.integers(600, 1_200, n)))
    return parts


def _ringer(chance: np.random.Generator, who: int, days: range) -> list[Events]:
    """One ring to hundreds within the hour, on two days, some of whom call back."""
    parts = []
    for day in chance.choice(days[-12:-1], 2, replace=False):
        n, hour = int(chance.integers(120, 400)), float(chance.uniform(1.0, 22.0))
        rung = _others(chance, n)
        parts.append(_calls(who, _on(chance, day, n, hour, hour + 1.0), rung, duration=chance.integers(0, 3, n)))
        back = rung[chance.random(n) < 0.05]
        parts.append(_calls(who, _on(chance, day + 1, len(back), 8.0, 20.0), back, out=False, duration=70.0))
    return parts


def _pump(chance: np.random.Generator, who: int, days: range) -> list[Events]:
    """An ordinary start, then nights of long calls to one range abroad; the whole ring on the same nights."""
    parts = [_calls(who, _on(chance, day, 3, 9.0, 20.0), _others(chance, 3)) for day in days[-25:-8]]
    night = days[-7]
    for day in (night, night + 1):
        n = int(chance.integers(18, 30))
        other = ABROAD + 130_000_000_000 + chance.integers(0, 500, n)
        parts.append(_calls(who, _on(chance, day, n, 0.1, 5.5), other, duration=chance.integers(600, 900, n)))
    return parts


def _runaway(chance: np.random.Generator, who: int, days: range) -> list[Events]:
    parts = []
    for day in days:
        n = int(chance.integers(12, 25))
        parts.append(
            _calls(who, _on(chance, day, n, 8.0, 23.0), _others(chance, n), duration=chance.integers(60, 400, n))
        )
        parts.append(_calls(who, _on(chance, day, 3, 8.0, 23.0), np.zeros(3), kind=2, data_mb=700.0))
    return parts


def _idle_card(chance: np.random.Generator, who: int, days: range) -> list[Events]:
    """A call now and then, by the clock, for looks."""
    return [
        _calls(who, np.array([day * DAY + 10 * HOUR + who % 60]), _others(chance, 1), duration=20.0)
        for day in days[::25]
    ]


def _desk(chance: np.random.Generator, who: int, days: range) -> list[Events]:
    """A call centre: many calls from one place in office hours, and some who ring back."""
    parts = []
    for day in days:
        if day % 7 >= 5:
            continue
        n = int(chance.integers(90, 140))
        took = np.where(chance.random(n) < 0.35, 0.0, np.ceil(chance.exponential(90.0, n)))
        parts.append(_calls(who, _on(chance, day, n, 9.0, 18.0), _others(chance, n), duration=took))
        heard = n // 8
        parts.append(_calls(who, _on(chance, day, heard, 9.0, 18.0), _others(chance, heard), out=False))
    return parts


def _new_desk(chance: np.random.Generator, who: int, days: range) -> list[Events]:
    """The hardest look-alike: a call centre on a new line whom hardly anybody rings back."""
    parts = []
    for day in days[-30:]:
        n = int(chance.integers(90, 140))
        parts.append(_calls(who, _on(chance, day, n, 9.0, 19.0), _others(chance, n), duration=45.0))
        parts.append(_calls(who, _on(chance, day, 3, 9.0, 19.0), _others(chance, 3), out=False))
    return parts


def _courier(chance: np.random.Generator, who: int, days: range) -> list[Events]:
    parts = []
    for day in days:
        n, heard = int(chance.integers(60, 110)), int(chance.integers(15, 35))
        told = {"duration": np.ceil(chance.exponential(25.0, n)), "cell": chance.integers(0, 40, n)}
        parts.append(_calls(who, _on(chance, day, n, 7.0, 20.0), _others(chance, n), **told))
        parts.append(_calls(who, _on(chance, day, heard, 7.0, 20.0), _others(chance, heard), out=False))
        parts.append(_calls(who, _on(chance, day, 2, 7.0, 20.0), np.zeros(2), kind=2, data_mb=150.0))
    return parts


def _dispatcher(chance: np.random.Generator, who: int, days: range) -> list[Events]:
    parts = []
    for day in days:
        n = int(chance.integers(80, 130))
        drivers = _others(chance, n, 60)
        parts.append(_calls(who, _on(chance, day, n, 0.0, 23.9), drivers, duration=20.0))
        parts.append(_calls(who, _on(chance, day, n, 0.0, 23.9), _others(chance, n), out=False, duration=30.0))
    return parts


def _exchange(chance: np.random.Generator, who: int, days: range) -> list[Events]:
    """A firm's exchange: many calls either way, and calls abroad each working day."""
    parts = []
    for day in days:
        if day % 7 >= 5:
            continue
        n = int(chance.integers(100, 160))
        parts.append(_calls(who, _on(chance, day, n, 8.0, 19.0), _others(chance, n, 3_000), duration=120.0))
        parts.append(_calls(who, _on(chance, day, n // 2, 8.0, 19.0), _others(chance, n // 2), out=False))
        abroad = ABROAD + chance.integers(0, 20, 8)
        parts.append(_calls(who, _on(chance, day, 8, 15.0, 23.0), abroad, duration=chance.integers(300, 1_200, 8)))
    return parts


def _expatriate(chance: np.random.Generator, who: int, days: range) -> list[Events]:
    """Calls home for hours, each weekend."""
    parts = [_calls(who, _on(chance, day, 4, 9.0, 21.0), _others(chance, 4, 30)) for day in days]
    for day in days:
        if day % 7 >= 5:
            home = np.full(3, ABROAD + who % 1_000)
            parts.append(_calls(who, _on(chance, day, 3, 18.0, 22.0), home, duration=chance.integers(1_200, 3_600, 3)))
    return parts


_ACTS: Mapping[str, Callable[[np.random.Generator, int, range], list[Events]]] = {
    "box": _box,
    "ringer": _ringer,
    "pump": _pump,
    "runaway": _runaway,
    "idle-card": _idle_card,
    "careful-box": _careful_box,
    "slow-ringer": _slow_ringer,
    "small-pump": _small_pump,
    "paying-runaway": _runaway,
    "used-card": _idle_card,
    "call-centre": _desk,
    "new-call-centre": _new_desk,
    "courier": _courier,
    "dispatcher": _dispatcher,
    "exchange": _exchange,
    "heavy-newcomer": _runaway,
    "expatriate": _expatriate,
    "elder": _idle_card,
}


def planted(world: World, block: int, role: str, number: int, days: range) -> Events | None:
    """The calls of one planted customer over days since the first month written began; None of who makes none."""
    if role not in _ACTS or not len(days):
        return None
    chance = Streams(world.seed, block)(f"{role} {number}")
    return Events.together(_ACTS[role](chance, number, days))


def rung_from_abroad(world: World, block: int, number: Array, days: int) -> Events:
    """Two numbers abroad that ring customers of the block once each within the hour; one in twenty calls back."""
    chance = Streams(world.seed, block)("rung from abroad")
    parts = []
    for caller in range(2):
        n = min(int(chance.integers(60, 150)), len(number))
        rung = chance.choice(number, n, replace=False)
        second = _on(chance, days - 5 - caller, n, 23.2, 24.2)  # over midnight
        number_abroad = ABROAD + 777_000_000 + block * 10 + caller
        rang = {"out": np.zeros(n, bool), "duration": chance.integers(0, 3, n).astype(float)}
        back = chance.random(n) < 0.05
        parts.append(_calls(rung, second, np.full(n, number_abroad), **rang))
        parts.append(_calls(rung[back], second[back] + 7_200, np.full(int(back.sum()), number_abroad), duration=90.0))
    return Events.together(parts)
