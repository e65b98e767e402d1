"""Every column of the total-cost table on the public pay-TV file with each customer's own costs, in stratified halves.

    python tests/benchmarks/churn_costs.py churn_tv_subscriptions.csv.gz [REPEATS]

Each repeat halves the customers at random, churners and stayers apart; either half is learned from and the other is
decided on. Printed by method: mean savings over all halves with their standard deviation, customers contacted, how much
more the model at Bayes' threshold saves with a 95% interval (Nadeau and Bengio's corrected t: halves overlap between
repeats), in how many halves the method was the cheapest, and CPU seconds to learn. `in use` is the method that the
product would have chosen on the other half, so it never was picked on the customers it is measured on.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
import polars as pl
from scipy.stats import t as student
from sklearn.base import clone

from telcli.features.churn_design import learn_design
from telcli.methods.churn_folds import stratified_folds
from telcli.methods.churn_model import ChurnModel
from telcli.methods.costs import CostMatrix, decisions
from telcli.methods.threads import threads
from telcli.methods.total_cost import REFERENCE, total_cost_table
from telcli.stages.predict_churn_trials import METHODS

Acts = dict[str, np.ndarray]


def load(path: Path) -> tuple[np.ndarray, np.ndarray, tuple[int, ...], CostMatrix]:
    """Matrix, label, positions of categories, and costs."""
    table = pl.read_csv(path, infer_schema_length=None).with_columns(month=pl.lit(None))
    names = [name for name in table.columns if name.startswith("x")]
    design = learn_design(table, names)
    sides = {side: table[f"C_{side.upper()}"].to_numpy() for side in ("fp", "fn", "tp", "tn")}
    return (
        design.matrix(table),
        table["target"].to_numpy().astype(int),
        design.categorical,
        CostMatrix.of(table.height, **sides),
    )


def decide(
    X: np.ndarray, y: np.ndarray, categorical: tuple[int, ...], costs: CostMatrix, learn: np.ndarray, seed: int
) -> tuple[Acts, dict[str, float]]:
    """Whom each method contacts of those not learned from, and the CPU seconds it took."""
    test, spent = ~learn, {}
    with threads(1):
        begun = time.process_time()
        p = ChurnModel(categorical, seed=seed).fit(X[learn], y[learn]).predict_proba(X[test])[:, 1]
        spent[REFERENCE] = time.process_time() - begun
        acts = dict(decisions(p, costs.at(test), seed))
        known = costs.at(learn)
        for name, template in METHODS.items():
            begun = time.process_time()
            learner = clone(template).set_params(categorical=categorical, seed=seed)
            learner.fit(X[learn], y[learn], fp=known.fp, fn=known.fn, tp=known.tp, tn=known.tn)
            acts[name] = learner.decide(X[test], costs.at(test))
            spent[name] = time.process_time() - begun
    return acts, spent


def main(path: Path, repeats: int) -> None:
    """Run every half and print the table."""
    X, y, categorical, costs = load(path)
    saved: dict[str, list[float]] = {}
    contacted: dict[str, list[float]] = {}
    spent: dict[str, list[float]] = {}
    for seed in range(repeats):
        half = stratified_folds(y, 2, seed) == 0
        pair = []
        for learn in (half, ~half):
            acts, seconds = decide(X, y, categorical, costs, learn, seed)
            pair.append(total_cost_table(y[~learn], costs.at(~learn), acts, seed=seed))
            for name, value in seconds.items():
                spent.setdefault(name, []).append(value)
        for found, other in (pair, pair[::-1]):
            rows = {row["method"]: row for row in found.rows}
            rows["in use"] = rows[other.chosen]
            for name, row in rows.items():
                saved.setdefault(name, []).append(row["savings"])
                contacted.setdefault(name, []).append(row["contacted"])
    lines = [f"{y.size} customers, churn {y.mean():.3f}, {repeats} x 2 halves"]
    lines.append(f"{'':20}{'savings':>9}{'sd':>8}{'contacted':>11}{'model saves more':>34}{'first':>7}{'CPU s':>7}")
    learners = [name for name in saved if name != "in use"]
    best = np.argmax([saved[name] for name in learners], axis=0)
    for name in sorted(saved, key=lambda name: -np.mean(saved[name])):
        gap = np.subtract(saved[REFERENCE], saved[name])
        error = gap.std(ddof=1) * np.sqrt(1 / gap.size + 1.0) * student.ppf(0.975, gap.size - 1)
        apart = f"{gap.mean():+.4f} ({gap.mean() - error:+.4f}..{gap.mean() + error:+.4f})"
        first = int((best == learners.index(name)).sum()) if name in learners else 0
        seconds = f"{np.mean(spent[name]):.2f}" if name in spent else ""
        figures = f"{np.mean(saved[name]):>9.4f}{np.std(saved[name]):>8.4f}{np.mean(contacted[name]):>11.0f}"
        lines.append(f"{name:20}{figures}{apart:>34}{first:>7}{seconds:>7}")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 10)
