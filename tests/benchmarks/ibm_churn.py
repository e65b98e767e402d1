"""telcli's churn model beside scikit-learn's own on the public IBM telco file, paired over folds and seeds.

    python tests/benchmarks/ibm_churn.py Telco-Customer-Churn.csv [SEEDS]

Prints, per model, the mean over folds of AUC, average precision, Brier, log-loss, calibration error, top-decile lift
and cost per customer (a missed churner costs 12 monthly charges, a wasted contact 2, threshold 1/7), the standard
deviation over folds, and the paired difference to telcli with its p-value: Nadeau and Bengio's corrected t-test, as
the folds of one file share training rows. Logistic regression gets one-hot categories and scaled numbers.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
from scipy.stats import t as student
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from telcli.features.churn_design import learn_design
from telcli.methods import churn_metrics as m
from telcli.methods.churn_model import ChurnModel

COLUMNS = ("AUC", "AP", "Brier", "log-loss", "ECE", "lift", "cost")


def load(path: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray, tuple[int, ...]]:
    """Matrix, label, monthly charge and the positions of categories, as predict-churn would make them."""
    table = pl.read_csv(path, infer_schema_length=None, null_values=[" "])
    y = (table["Churn"] == "Yes").to_numpy().astype(int)
    frame = table.drop("customerID", "Churn").with_columns(month=pl.lit(None))
    design = learn_design(frame, [name for name in frame.columns if name != "month"])
    return design.matrix(frame), y, table["MonthlyCharges"].to_numpy(), design.categorical


def models(categorical: tuple[int, ...], width: int) -> dict[str, Callable[[int], object]]:
    """Makers of a model by seed."""
    numbers = [j for j in range(width) if j not in categorical]

    def logistic(_: int) -> object:
        prepared = make_column_transformer(
            (OneHotEncoder(handle_unknown="ignore"), list(categorical)),
            (make_pipeline(SimpleImputer(), StandardScaler()), numbers),
        )
        return make_pipeline(prepared, LogisticRegression(max_iter=1000))

    return {
        "telcli": lambda seed: ChurnModel(categorical, seed=seed),
        "sklearn HistGradientBoosting": lambda seed: HistGradientBoostingClassifier(
            categorical_features=list(categorical), random_state=seed
        ),
        "sklearn LogisticRegression": logistic,
    }


def measure(y: np.ndarray, p: np.ndarray, charge: np.ndarray) -> list[float]:
    """One fold's figures, in the order of COLUMNS."""
    act = p > 1 / 7
    cost = float((np.where(act & (y == 0), 2, 0) + np.where(~act & (y == 1), 12, 0)) @ charge / y.size)
    ece = m.expected_calibration_error(y, p)
    return [m.auc(y, p), m.pr_auc(y, p), m.brier(y, p), m.log_loss(y, p), ece, m.top_lift(y, p), cost]


def main(path: Path, seeds: int) -> None:
    """Run every model on the same folds and print the table."""
    X, y, charge, categorical = load(path)
    found: dict[str, list[list[float]]] = {}
    for seed in range(seeds):
        for learn, check in StratifiedKFold(5, shuffle=True, random_state=seed).split(X, y):
            for name, make in models(categorical, X.shape[1]).items():
                p = make(seed).fit(X[learn], y[learn]).predict_proba(X[check])[:, 1]  # type: ignore[attr-defined]
                found.setdefault(name, []).append(measure(y[check], p, charge[check]))
    ours = np.array(found["telcli"])
    lines = [f"{y.size} rows, churn {y.mean():.3f}, 5 folds x {seeds} seeds"]
    lines.append(f"{'':30}" + "".join(f"{column:>16}" for column in COLUMNS))
    for name, rows in found.items():
        values = np.array(rows)
        cells = [f"{a:>9.4f}±{s:<6.4f}" for a, s in zip(values.mean(0), values.std(0), strict=True)]
        lines.append(f"{name:30}" + "".join(cells))
        if name != "telcli":
            gap = values - ours
            # Nadeau & Bengio (2003): the variance of the mean grows by the test share over the training share.
            error = gap.std(0, ddof=1) * np.sqrt(1 / len(gap) + 0.25)
            p = 2 * student.sf(np.abs(gap.mean(0) / error), len(gap) - 1)
            cells = [f"{d:>+9.4f} p{v:<5.3f}" for d, v in zip(gap.mean(0), p, strict=True)]
            lines.append(f"{'  less telcli':30}" + "".join(cells))
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 3)
