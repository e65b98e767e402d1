"""How well the uplift model ranks customers by what contacting them changes, beside simpler models and other libraries.

    python tests/benchmarks/uplift_quality.py [SEEDS] [ROWS]

Trials are simulated with 3 of 10 customers held out and four offers. Told of each model, over seeds: where its order
stands between a random one (0) and that of the true effects (1), by cumulated true effect on customers not learned
from; the root mean square error of its effects in points; and processor seconds. scikit-uplift, causalml and econml are
compared where they are installed; they get the offer as columns and gaps filled by 0.
"""

from __future__ import annotations

import importlib.util
import sys
import time
import warnings
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import LogisticRegression

from telcli.methods.uplift_learning import UpliftModel

Array = NDArray[np.float64]
Trial = tuple[Array, NDArray[np.str_], Array, Array, Array]
HOLD, OFFERS, COLUMNS = 0.3, 4, 25
KINDS = ("none", "odds", "linear", "dogs", "offers", "pairs")


def simulate(kind: str, rows: int, seed: int) -> Trial:
    """Numbers, offer, arm, outcome and true effect. Gaps, a skewed column, four reasons as flags, 17 of 100 leave."""
    rng = np.random.default_rng([seed, KINDS.index(kind)])
    X = rng.normal(size=(rows, COLUMNS))
    X[:, 5], X[:, 6], reason = rng.random(rows) < 0.3, np.exp(X[:, 6]), rng.integers(0, 4, rows)
    X[:, 10:14] = reason[:, None] == np.arange(4)
    X[rng.random(rows) < 0.1, 7] = np.nan
    offer = rng.integers(0, OFFERS, rows)
    level = -2.0 + 0.8 * X[:, 0] - 0.5 * X[:, 1] + 0.4 * X[:, 2] * (X[:, 3] > 0) + 0.5 * X[:, 5]
    leaves = expit(level)
    gain = {
        "none": np.zeros(rows),
        "odds": leaves - expit(level - 0.5),
        "linear": 0.03 + 0.04 * X[:, 1] - 0.03 * X[:, 4],
        "dogs": np.where(X[:, 5] > 0, -0.06, 0.06),
        "offers": np.where(reason == offer, 0.12, -0.01),
        "pairs": 0.08 * ((X[:, 0] > 0) & (X[:, 4] > 0)) - 0.02,
    }[kind]
    gain = np.clip(gain, leaves - 1.0, leaves)
    treated = (rng.random(rows) > HOLD).astype(float)
    stayed = (rng.random(rows) < 1.0 - leaves + treated * gain).astype(float)
    return X, np.char.add("offer-", offer.astype(str)), treated, stayed, gain


def telcli(known: Trial, other: Trial, seed: int) -> Array:
    model = UpliftModel().fit(known[0], known[2], known[3], known[1], propensity=1.0 - HOLD, seed=seed)
    return model.predict(other[0], other[1])


def _flat(trial: Trial) -> Array:
    offers = (trial[1][:, None] == np.array([f"offer-{k}" for k in range(OFFERS)])).astype(float)
    return np.hstack([np.nan_to_num(trial[0]), offers])


def s_trees(known: Trial, other: Trial, seed: int) -> Array:
    """S-learner on boosted trees."""
    model = HistGradientBoostingClassifier(random_state=seed).fit(
        np.column_stack([_flat(known), known[2]]), known[3].astype(int)
    )
    ones, zeros = (np.column_stack([_flat(other), np.full(len(other[0]), arm)]) for arm in (1.0, 0.0))
    return np.asarray(model.predict_proba(ones)[:, 1] - model.predict_proba(zeros)[:, 1])


def t_trees(known: Trial, other: Trial, seed: int) -> Array:
    """T-learner on boosted trees."""
    return _two(known, other, lambda: HistGradientBoostingClassifier(random_state=seed))


def t_logistic(known: Trial, other: Trial, seed: int) -> Array:
    """T-learner on logistic regressions."""
    return _two(known, other, lambda: LogisticRegression(max_iter=500))


def _two(known: Trial, other: Trial, make: Callable[[], object]) -> Array:
    flat, rows = _flat(known), _flat(other)
    arms = [make().fit(flat[known[2] == arm], known[3][known[2] == arm].astype(int)) for arm in (1, 0)]  # type: ignore[attr-defined]
    chances = [model.predict_proba(rows)[:, 1] for model in arms]
    return np.asarray(chances[0] - chances[1])


def sklift_class(known: Trial, other: Trial, seed: int) -> Array:
    from sklift.models import ClassTransformation  # the arms are not equal: what the library makes of that

    model = ClassTransformation(HistGradientBoostingClassifier(random_state=seed))
    return np.asarray(model.fit(_flat(known), known[3], known[2]).predict(_flat(other)))


def causalml_x(known: Trial, other: Trial, seed: int) -> Array:
    from causalml.inference.meta import BaseXRegressor

    model = BaseXRegressor(HistGradientBoostingRegressor(random_state=seed))
    chance = np.full(len(known[0]), 1.0 - HOLD)
    model.fit(_flat(known), known[2].astype(int), known[3], p=chance)
    return np.asarray(model.predict(_flat(other), p=np.full(len(other[0]), 1.0 - HOLD))).ravel()


def econml_forest(known: Trial, other: Trial, seed: int) -> Array:
    from econml.dml import CausalForestDML

    model = CausalForestDML(discrete_treatment=True, n_estimators=200, min_samples_leaf=50, random_state=seed, n_jobs=1)
    model.fit(known[3], known[2], X=_flat(known))
    return np.asarray(model.effect(_flat(other))).ravel()


def makers() -> Iterator[tuple[str, Callable[[Trial, Trial, int], Array]]]:
    yield from {"telcli": telcli, "S, trees": s_trees, "T, trees": t_trees, "T, logistic": t_logistic}.items()
    for library, name, make in (
        ("sklift", "scikit-uplift, class", sklift_class),
        ("causalml", "causalml, X", causalml_x),
        ("econml", "econml, forest", econml_forest),
    ):
        if importlib.util.find_spec(library):
            yield name, make


def order(score: Array, gain: Array) -> float:
    """0 for a random order, 1 for the true one."""

    def area(by: Array) -> float:
        return float(np.cumsum(gain[np.argsort(-by, kind="stable")]).mean() - gain.sum() / 2.0)

    best = area(gain)
    return area(score) / best if best > 1e-9 else float("nan")


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(seeds: int, rows: int) -> None:
    say(f"{'effects':8} {'model':22} {'order':>14} {'error, points':>15} {'seconds':>8}")
    for kind in KINDS:
        for name, make in makers():
            found = []
            for seed in range(seeds):
                known, other = simulate(kind, rows, seed), simulate(kind, 5000, seed + 10_000)
                start = time.process_time()
                score = make(known, other, seed)
                spent = time.process_time() - start
                found.append((order(score, other[4]), 100 * np.sqrt(np.mean((score - other[4]) ** 2)), spent))
            means, errors = np.mean(found, axis=0), np.std(found, axis=0) / np.sqrt(max(seeds - 1, 1))
            ranks = f"{means[0]:.2f} +- {errors[0]:.2f}"
            say(f"{kind:8} {name:22} {ranks:>14} {means[1]:9.2f} +- {errors[1]:.2f} {means[2]:8.1f}")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(*(int(word) for word in (*sys.argv[1:], *("20", "10000")[len(sys.argv) - 1 :])))
