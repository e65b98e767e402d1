"""telcli's churn model on drawn rows x 60 columns, beside LightGBM's and scikit-learn's boosting at their defaults.

    OMP_NUM_THREADS=1 python tests/benchmarks/churn_speed.py [ROWS] [--models telcli,lightgbm,hgb] [--most 300000]

Prints processor seconds of the whole fit (telcli: its own choice between candidates and calibration too), rows scored
per processor second, AUC and log-loss on 100,000 further rows, and rows of exact reasons per processor second.
`--most` is the rows telcli trains on, as max_training_rows. LightGBM has to be
installed by hand. The rows: 60 columns on six common factors, some skewed, counted, coded or with gaps; 30 act alone
(lines, bends, steps, valleys), 12 pairs and one triple act together; 5% leave.
"""

from __future__ import annotations

import argparse
import sys
import time

import numpy as np
from scipy.special import expit
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import log_loss, roc_auc_score

from telcli.methods.calibration import level_shift
from telcli.methods.churn_model import ChurnModel
from telcli.methods.churn_training import train
from telcli.methods.reasons import leading

COLUMNS, HELD = 60, 100_000
CODED = tuple(range(4, COLUMNS, 10))


def drawn(rows: int, seed: int = 0, churn: float = 0.05) -> tuple[np.ndarray, np.ndarray]:
    """Rows x 60 columns and who leaves."""
    rng = np.random.default_rng(seed)
    common = rng.normal(size=(rows, 6)).astype(np.float32)
    X = np.empty((rows, COLUMNS), dtype=np.float32, order="F")
    for j in range(COLUMNS):
        X[:, j] = 0.6 * common[:, j % 6] + 0.8 * rng.normal(size=rows)
    score = planted(X)
    y = rng.random(rows) < expit(score + level_shift(score, np.full(rows, churn)))
    for j in range(COLUMNS):
        if j % 5 == 4:
            X[:, j] = np.clip(np.floor(3 + 1.5 * X[:, j]), 0, 8)
        elif j % 5 == 3:
            X[:, j] = np.expm1(np.clip(X[:, j], -4, 6))
        if j % 7 == 0:
            X[rng.random(rows) < 0.06, j] = np.nan
    return X, y.astype(int)


def planted(z: np.ndarray) -> np.ndarray:
    """Log-odds of leaving: the same terms whatever the rows."""
    rng = np.random.default_rng(7)
    score = np.zeros(len(z))
    for v in z.T[: COLUMNS // 2]:
        weight, form = 0.25 * rng.normal(), rng.integers(4)
        score += weight * (v, 1.2 * np.tanh(2 * v), 1.5 * (v > 0.7), np.abs(v))[form]
    for _ in range(12):
        a, b = (z[:, j] for j in rng.choice(COLUMNS, 2, replace=False))
        weight, form = 0.5 * rng.normal(), rng.integers(3)
        score += weight * (0.6 * a * b, 1.3 * (a > 0) * (b > 0), np.maximum(a, b))[form]
    a, b, c = (z[:, j] for j in rng.choice(COLUMNS, 3, replace=False))
    return score + 0.8 * ((a > 0) & (b > 0) & (c < 0))


def fitted(name: str, X: np.ndarray, y: np.ndarray, most: int) -> object:
    """A model by name, fitted."""
    if name == "lightgbm":
        from lightgbm import LGBMClassifier

        return LGBMClassifier(n_jobs=1, verbose=-1).fit(X, y)
    if name == "hgb":
        return HistGradientBoostingClassifier(early_stopping=False).fit(X, y)
    if name == "telcli":
        return train(X, y, categorical=CODED, most=most)
    raise SystemExit(f"no model {name}")


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("rows", type=int, nargs="?", default=200_000)
    asked.add_argument("--models", default="telcli,lightgbm,hgb")
    asked.add_argument("--most", type=int, default=300_000)
    given = asked.parse_args()
    X, y = drawn(given.rows + HELD)
    learn, held = slice(0, given.rows), slice(given.rows, None)
    sys.stdout.write(f"{given.rows} rows x {COLUMNS}, churn {y.mean():.3f}\n")
    for name in given.models.split(","):
        start = time.process_time()
        model = fitted(name, X[learn], y[learn], given.most)
        fit, start = time.process_time() - start, time.process_time()
        p = model.predict_proba(X[held])[:, 1]  # type: ignore[attr-defined]
        rate = HELD / (time.process_time() - start)
        line = f"{name:10} fit {fit:7.1f} s  scored {rate:9,.0f}/s  AUC {roc_auc_score(y[held], p):.4f}"
        line += f"  log-loss {log_loss(y[held], p):.5f}"
        if isinstance(model, ChurnModel):
            start = time.process_time()
            leading(model.attributions(X[held]), np.arange(COLUMNS))
            line += f"  reasons {HELD / (time.process_time() - start):9,.0f}/s  {model.kind_} {model.trials_}"
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
