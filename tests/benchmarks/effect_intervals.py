"""How often intervals of evaluate-retention hold the truth where next to nobody held out left.

    python -m tests.benchmarks.effect_intervals --trials 400

Trials of 400 customers, 40 of them held out: each kind is a share of leavers and how many of those held out left, 0 to
2. Trials are drawn until there are so many of each kind; a minute for 400.
"""

from __future__ import annotations

import argparse
from dataclasses import replace

import numpy as np

from telcli.methods.trial_effect import stand_for
from telcli.settings import EvaluateRetentionSettings
from telcli.stages.evaluate_retention_arms import Arms
from telcli.stages.evaluate_retention_figures import figures

LEAVING, GAIN, REACHED, COST = (0.03, 0.05, 0.08), 0.01, 0.6, 2.0
TREATED = np.arange(400) < 360
TRUE = {
    "uplift": GAIN,
    "effect_contacted": GAIN / REACHED,
    "value_saved": 200.0 * GAIN * 360,
    "return_on_cost": 200.0 * GAIN / (REACHED * COST) - 1.0,
}


def drawn(random: np.random.Generator, leaving: float) -> Arms:
    """One trial: worth of mean 200 with a long tail, three in five of the treated reached."""
    worth = random.gamma(2.0, 100.0, TREATED.size)
    stayed = (random.random(TREATED.size) < 1.0 - leaving + GAIN * TREATED).astype(float)
    reached = ((random.random(TREATED.size) < REACHED) & TREATED).astype(float)
    chance = np.full(TREATED.size, 0.1)
    before, cost = worth * (1.0 - leaving), COST * reached
    weight = stand_for(~TREATED, chance)
    return Arms(stayed, TREATED, chance, weight, worth, before, cost, reached, 0.0 * reached, 0.0 * reached)


def held(arms: Arms, cuped: str) -> dict[str, bool]:
    """Whether each interval holds the truth; one without an end is open there, one that is not told holds."""
    row = figures(arms, replace(EvaluateRetentionSettings(), cuped=cuped))
    ends = {name: (row.get(f"{name}_low"), row.get(f"{name}_high")) for name in TRUE}
    return {
        name: (low is None or low <= TRUE[name]) and (high is None or TRUE[name] <= high)
        for name, (low, high) in ends.items()
    }


def main() -> None:
    """Print the share of trials of each kind in which each interval held."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--trials", type=int, default=400)
    given = asked.parse_args()
    for leaving in LEAVING:
        random = np.random.default_rng(round(1000 * leaving))
        found: dict[int, list[list[bool]]] = {0: [], 1: [], 2: []}
        while min(map(len, found.values())) < given.trials:
            arms = drawn(random, leaving)
            kind = found.get(int((1.0 - arms.stayed)[~TREATED].sum()))
            if kind is not None and len(kind) < given.trials:
                kind.append([*held(arms, "on").values(), *held(arms, "off").values()])
        for left, rows in found.items():
            shares = dict(zip([*TRUE, *(f"{name} plain" for name in TRUE)], np.mean(rows, axis=0), strict=True))
            told = ", ".join(f"{name} {share:.3f}" for name, share in shares.items())
            print(f"{leaving:.0%} leave, {left} of the held out ({len(rows)} trials): {told}")  # noqa: T201


if __name__ == "__main__":
    main()
