"""How soon drops of account revenue are found, and how many false alarms that costs, beside other detectors.

    python -m tests.benchmarks.monitor_quality            # 5 seeds; statsmodels and river must be installed

Simulated: 48 months of 120 accounts without a drop and 20 of each kind of drop (10, 20, 40%; in one step, or over six
months), which begins in one of the months 36 to 41. Log revenue is level + season that accounts share by more or less
+ season of their own + working days + trend + noise of five degrees of freedom whose size differs by account. Every
detector gives a score to every account and month of the last twelve by what is known up to it. Its threshold is laid
where accounts without a drop give `RATE` alarm months per 100 account-years; then counted: drops found within six
months from their first month on, and the mean months until then (7 where not found). What each does by its usual
threshold is told beside.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from telcli.methods.rates import found_among
from telcli.methods.seasonal_baseline import baseline_of, common_part, window_of
from telcli.methods.series_watch import Watching, watched

Floats = NDArray[np.float64]
RATE = 10.0
MONTHS, WATCH, QUIET, EACH, PATIENCE = 48, 12, 120, 20, 6
DROPS = [(size, shape) for shape in ("step", "slow") for size in (0.1, 0.2, 0.4)]


def simulated(seed: int) -> tuple[Floats, NDArray[np.int64]]:
    """Revenue of the shape (accounts, months), and the month in which each begins to fall (MONTHS: never)."""
    rng = np.random.default_rng(seed)
    size = QUIET + EACH * len(DROPS)
    month = np.arange(MONTHS)
    shared = rng.normal(0, 0.06, 12)[month % 12]
    days = np.log(rng.choice([18, 20, 21, 22, 23], MONTHS) / 21)
    own = rng.normal(0, 0.02, (size, 12))[:, month % 12]
    sd = np.exp(rng.normal(np.log(0.08), 0.4, (size, 1)))
    noise = sd * rng.standard_t(5, (size, MONTHS)) / np.sqrt(5 / 3)
    logs = rng.normal(7, 1, (size, 1)) + rng.uniform(0.5, 1.5, (size, 1)) * (shared + 0.7 * days) + own + noise
    logs += rng.normal(0, 0.003, (size, 1)) * month
    onset = np.full(size, MONTHS)
    for at, (drop, shape) in enumerate(DROPS):
        for account in range(QUIET + at * EACH, QUIET + (at + 1) * EACH):
            onset[account] = rng.integers(MONTHS - WATCH, MONTHS - PATIENCE)
            part = np.clip((month - onset[account] + 1) / (1 if shape == "step" else 6), 0, 1)
            logs[account] += np.log(1 - drop * part)
    return np.exp(logs), onset


def over_months(score: Callable[[Floats], Floats]) -> Callable[[Floats], Floats]:
    """Scores of the last twelve months, each by what is known up to it."""
    return lambda values: np.stack([score(values[:, : at + 1]) for at in range(MONTHS - WATCH, MONTHS)], axis=1)


def chances(values: Floats, *, peers: bool = True) -> Floats:
    """What telcli monitor does with its settings as they come."""
    logs = np.log(values)
    own = logs - common_part(logs) if peers else logs
    base, how = baseline_of(own)
    return watched(own, base, Watching(window=window_of(how, 12))).chance


def fixed(values: Floats) -> Floats:
    """The fall from the month before, as a share."""
    return 1 - values[:, -1] / values[:, -2]


def plain_z(values: Floats) -> Floats:
    """How many sd below the mean of the twelve months before."""
    before = values[:, -13:-1]
    return (before.mean(axis=1) - values[:, -1]) / before.std(axis=1, ddof=1)


def stl(values: Floats) -> Floats:
    """The last residual of a robust STL of log revenue, over 1.4826 MAD of all."""
    from statsmodels.tsa.seasonal import STL

    found = []
    for row in np.log(values):
        left = STL(row, period=12, robust=False, seasonal_deg=0).fit().resid
        found.append(-left[-1] / (1.4826 * np.median(np.abs(left - np.median(left))) + 1e-9))
    return np.array(found)


def page_hinkley(values: Floats) -> Floats:
    """The highest threshold at which a Page-Hinkley test of the scaled series calls in each month."""
    from river.drift import PageHinkley

    return _highest(values, [0.25 * 1.25**step for step in range(24)], lambda limit: PageHinkley(
        min_instances=12, delta=0.25, threshold=limit, mode="down"))  # fmt: skip


def adwin(values: Floats) -> Floats:
    """The sureness at which ADWIN calls in each month."""
    from river.drift import ADWIN

    grid = [0.5**step for step in range(1, 14)]
    return _highest(values, [-delta for delta in grid], lambda limit: ADWIN(
        delta=-limit, clock=1, min_window_length=3, grace_period=6))  # fmt: skip


def _highest(values: Floats, limits: list[float], made: Callable[[float], object]) -> Floats:
    """For each month watched the place of the hardest limit at which a detector of river calls in it; -1 for none."""
    logs = np.log(values)
    history = logs[:, : MONTHS - WATCH]
    scaled = (logs - history.mean(axis=1, keepdims=True)) / history.std(axis=1, keepdims=True)
    found = np.full((values.shape[0], WATCH), -1.0)
    for place, limit in enumerate(limits):
        for account, row in enumerate(scaled):
            detector = made(limit)
            for month, value in enumerate(row):
                detector.update(float(value))  # type: ignore[attr-defined]
                if month >= MONTHS - WATCH and detector.drift_detected:  # type: ignore[attr-defined]
                    found[account, month - (MONTHS - WATCH)] = place
    return found


def half_space_trees(values: Floats) -> Floats:
    """The anomaly score of Half-Space Trees over the scaled value and its last change, where it fell."""
    from river.anomaly import HalfSpaceTrees

    logs = np.log(values)
    history = logs[:, : MONTHS - WATCH]
    scaled = np.clip(0.5 + (logs - history.mean(axis=1, keepdims=True)) / 8 / history.std(axis=1, keepdims=True), 0, 1)
    found = np.zeros((values.shape[0], WATCH))
    for account, row in enumerate(scaled):
        trees = HalfSpaceTrees(n_trees=10, height=5, window_size=12, seed=0)
        for month, value in enumerate(row):
            told = {"value": float(value)}
            if month >= MONTHS - WATCH:
                found[account, month - (MONTHS - WATCH)] = trees.score_one(told) if value < 0.5 else 0.0
            trees.learn_one(told)
    return found


DETECTORS: dict[str, Callable[[Floats], Floats]] = {
    "telcli": over_months(lambda values: -np.log(chances(values))),
    "telcli, peers off": over_months(lambda values: -np.log(chances(values, peers=False))),
    "fall on month": over_months(fixed),
    "plain z": over_months(plain_z),
    "STL residual": over_months(stl),
    "Page-Hinkley": page_hinkley,
    "ADWIN": adwin,
    "Half-Space Trees": half_space_trees,
}


def found_by(called: NDArray[np.bool_], onset: NDArray[np.int64]) -> dict[tuple[float, str], tuple[float, float]]:
    """Of each kind of drop the share found in time, and the mean months until then, the first month being 1."""
    told = {}
    for at, kind in enumerate(DROPS):
        delays = []
        for account in range(QUIET + at * EACH, QUIET + (at + 1) * EACH):
            first = onset[account] - (MONTHS - WATCH)
            hits = np.flatnonzero(called[account, first : first + PATIENCE])
            delays.append(hits[0] + 1 if hits.size else PATIENCE + 1)
        told[kind] = float(np.mean(np.array(delays) <= PATIENCE)), float(np.mean(delays))
    return told


def line(name: str, rows: list[dict[tuple[float, str], tuple[float, float]]], rates: list[float]) -> str:
    """Means over seeds: false alarms, then share found and delay of each kind."""
    cells = [
        f"{np.mean([row[kind][0] for row in rows]):4.0%} {np.mean([row[kind][1] for row in rows]):3.1f}"
        for kind in DROPS
    ]
    return f"{name:28}{np.mean(rates):7.1f}  " + "  ".join(cells)


def main(seeds: int) -> None:
    """Print the tables."""
    warnings.simplefilter("ignore")
    worlds = [simulated(seed) for seed in range(seeds)]
    print(f"{'':28}{'false':>7}  " + "  ".join(f"{shape} {size:.0%}" for size, shape in DROPS))  # noqa: T201
    for name, detector in DETECTORS.items():
        rows, rates = [], []
        for values, onset in worlds:
            scores = detector(values)
            quiet = np.sort(scores[:QUIET].ravel())
            limit = quiet[-int(RATE / 1200 * quiet.size) - 1]
            rows.append(found_by(scores > limit, onset))
            rates.append(float((scores[:QUIET] > limit).mean() * 1200))
        print(line(name, rows, rates), flush=True)  # noqa: T201
    print("by their usual thresholds:")  # noqa: T201
    usual = {"fall of 20% on month": lambda v: over_months(fixed)(v) > 0.2,
             "plain z > 3": lambda v: over_months(plain_z)(v) > 3,
             "telcli, FDR 0.1, 10%": by_default}  # fmt: skip
    for name, call in usual.items():
        told = [(call(values), onset) for values, onset in worlds]
        print(line(name, [found_by(*one) for one in told], [float(one[0][:QUIET].mean() * 1200) for one in told]))  # noqa: T201


def by_default(values: Floats) -> NDArray[np.bool_]:
    """Alerts: beyond chance among all accounts of the month, and a tenth or more below what was expected."""
    found = []
    for at in range(MONTHS - WATCH, MONTHS):
        known = np.log(values[:, : at + 1])
        own = known - common_part(known)
        material = own[:, -1] - baseline_of(own)[0][:, -1] < np.log(0.9)
        found.append((found_among(chances(values[:, : at + 1])) <= 0.1) & material)
    return np.stack(found, axis=1)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
