"""Who will not pay in time: AUC and calibration by cross-validation beside gradient boosting with its defaults.

    OMP_NUM_THREADS=1 python tests/benchmarks/credit_quality.py receivables.csv [satisfaction.csv] [REPEATS]

Sets: the public file of invoices (a row per customer and month in which something fell due, `telcli ingest` and the
features of assess-credit), sample_data (the same), and with the second file whether a subscriber of the survey is in
arrears this month, by the survey's other columns. Five folds of customers, repeated by seeds; all methods learn from
the same rows and are measured on the same others. Printed by set and method: AUC, Brier score, log-loss, calibration
error over tenths with what chance makes of it, calibration slope, and the product less gradient boosting with a 95%
interval (Nadeau and Bengio's corrected t, as folds of different repeats overlap). Sets of months are then foretold
month by month by those before, where the product is set beside itself with its log-odds scaled again (Platt) by the
month before: whether that makes chances truer. It takes some minutes; a line comes as soon as it is known.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
from scipy.special import expit, logit
from scipy.stats import t as student
from sklearn.ensemble import HistGradientBoostingClassifier

from telcli.cli import main
from telcli.features.paying import bucket_at
from telcli.methods import churn_metrics as m
from telcli.methods.calibration import stack_logits
from telcli.methods.calibration_error import calibration_error
from telcli.methods.churn_folds import stratified_folds
from telcli.methods.churn_model import ChurnModel
from telcli.methods.payment_chance import age_rates
from telcli.pipeline.show import read
from telcli.settings import AssessCreditSettings
from telcli.stages import Inputs
from telcli.stages.assess_credit_chance import NOT_TOLD, learned_rows
from telcli.stages.assess_credit_ground import ground_of

SAMPLE = Path(__file__).parents[2] / "sample_data"
FOLDS = 5
MEASURES: dict[str, Callable[[np.ndarray, np.ndarray], float]] = {
    "auc": m.auc,
    "brier": m.brier,
    "log_loss": m.log_loss,
    "ece": m.expected_calibration_error,
    "by_chance": lambda y, p: calibration_error(y, p, rounds=200).chance,
    "slope": lambda y, p: m.calibration_line(y, p)[1],
}
_FIRST = 3
"""Months learned from before the first one is foretold."""


class Rows(NamedTuple):
    """Features, label, age of the oldest debt, customer, columns of categories, and month where there are several."""

    X: np.ndarray
    y: np.ndarray
    age: np.ndarray
    who: np.ndarray
    codes: tuple[int, ...] = ()
    at: np.ndarray | None = None


def of_bills(source: Path, as_of: date) -> Rows:
    """What assess-credit learns from, of all months of which it is known who paid."""
    with tempfile.TemporaryDirectory() as place:
        if main(["ingest", str(source), "-w", place, "-q"]):
            sys.exit(f"{source} could not be read")
        names = ("customers", "subscriptions", "bills", "payments", "usage", "contacts", "customer_months")
        held = {path.name for path in Path(place).iterdir()}
        tables = {name: read(Path(place), name, None).frame.collect().lazy() for name in names if name in held}
    month = {
        "bills": "month",
        "usage": "month",
        "customer_months": "month",
        "payments": "paid_at",
        "contacts": "opened_at",
    }
    later = pl.lit(as_of).dt.offset_by("1mo")
    known = {
        name: frame.filter(pl.col(month[name]).cast(pl.Date) < later) if name in month else frame
        for name, frame in tables.items()
    }
    rows = learned_rows(ground_of(Inputs(known, as_of), AssessCreditSettings(learn_months=36), as_of))
    assert rows is not None
    X = rows.drop(NOT_TOLD).to_numpy().astype(np.float32)
    return Rows(
        X, rows["late"].to_numpy(), bucket_at(rows).to_numpy(), rows["who"].to_numpy(), at=rows["at"].to_numpy()
    )


def of_survey(source: Path) -> Rows:
    """Whether a subscriber is in arrears this month; the age stands for having been so three months before."""
    text = source.read_bytes().decode("gb18030")
    frame = pl.read_csv(text.encode(), infer_schema_length=0)
    told = [name for name in frame.columns if not name.startswith(("用户id", "当月欠费", "用户描述", "其他"))]
    before = frame["前第3个月欠费金额"].cast(pl.Float64, strict=False).fill_null(0.0)
    y = (frame["当月欠费金额"].cast(pl.Float64, strict=False).fill_null(0.0) > 0).to_numpy().astype(int)
    columns, codes = [], []
    for name in told:
        number = frame[name].cast(pl.Float64, strict=False)
        if number.null_count() > frame[name].null_count() + 0.5 * frame.height:
            codes.append(len(columns))
            number = frame[name].rank("dense").cast(pl.Float64) - 1.0
        if number.drop_nulls().n_unique() < 2:
            codes = codes[:-1] if codes and codes[-1] == len(columns) else codes
            continue
        columns.append(number.to_numpy())
    X = np.column_stack(columns).astype(np.float32)
    return Rows(X, y, (before > 0).cast(pl.Int64).to_numpy(), np.arange(len(y)), tuple(codes))


def crossed(rows: Rows, seed: int) -> Iterator[dict[str, dict[str, float]]]:
    """Each measure of each method on each fold."""
    fold = stratified_folds(rows.y, FOLDS, seed, rows.who)
    for number in range(FOLDS):
        learn, test = fold != number, fold == number
        product = ChurnModel(rows.codes, seed=seed, seconds=20.0)
        product.fit(rows.X[learn], rows.y[learn], groups=rows.who[learn])
        rates = age_rates(rows.age[learn], rows.y[learn], 7)
        found = {
            "assess-credit": product.predict_proba(rows.X[test])[:, 1],
            "boosted trees": boosted(rows, learn, test, seed),
            "age of the debt": rates[rows.age[test]],
            "share of all": np.full(int(test.sum()), rows.y[learn].mean()),
        }
        yield {name: {key: of(rows.y[test], p) for key, of in MEASURES.items()} for name, p in found.items()}


def boosted(rows: Rows, learn: np.ndarray, test: np.ndarray, seed: int) -> np.ndarray:
    """Chances of scikit-learn's gradient boosting with its defaults; columns without a value to learn from end it."""
    some = ~np.isnan(rows.X[learn]).all(axis=0)
    trees = HistGradientBoostingClassifier(random_state=seed).fit(rows.X[learn][:, some], rows.y[learn])
    return trees.predict_proba(rows.X[test][:, some])[:, 1]


def told(name: str, rows: Rows, repeats: int) -> Iterator[str]:
    """The lines of one set."""
    yield f"{name}: {len(rows.y):,} rows, {rows.y.mean():.1%} late, {len(np.unique(rows.who)):,} customers"
    found = [each for seed in range(repeats) for each in crossed(rows, seed)]
    yield from means(found)
    for key in MEASURES:
        gap = np.array([each["assess-credit"][key] - each["boosted trees"][key] for each in found])
        error = np.sqrt((1 / gap.size + 1 / (FOLDS - 1)) * gap.var(ddof=1))
        middle, reach = gap.mean(), student.ppf(0.975, gap.size - 1) * error
        yield f"  {key:<9} less boosted trees {middle:+.4f} ({middle - reach:+.4f} to {middle + reach:+.4f})"


def means(found: list[dict[str, dict[str, float]]]) -> Iterator[str]:
    """A line per method: the mean of each measure over folds, or months."""
    for method in found[0]:
        mean = {key: np.nanmean([each[method][key] for each in found]) for key in MEASURES}
        yield f"  {method:<26} " + "  ".join(f"{key} {value:.4f}" for key, value in mean.items())


def by_month(name: str, rows: Rows) -> Iterator[str]:
    """Each month foretold by those before it; recalibrated: log-odds scaled by the month before."""
    months = np.unique(rows.at)
    found, last = [], None
    for month in months[_FIRST:]:
        learn, test = rows.at < month, rows.at == month
        model = ChurnModel(seed=0, seconds=20.0).fit(rows.X[learn], rows.y[learn], groups=rows.who[learn])
        score = logit(np.clip(model.predict_proba(rows.X[test])[:, 1], 1e-6, 1 - 1e-6))
        if last is not None:
            (scale,), shift = stack_logits(last[0][:, None], last[1])
            told = {
                "assess-credit": expit(score),
                "the same, recalibrated": expit(shift + scale * score),
                "boosted trees": boosted(rows, learn, test, 0),
                "age of the debt": age_rates(rows.age[learn], rows.y[learn], 7)[rows.age[test]],
            }
            found.append({key: {way: of(rows.y[test], p) for way, of in MEASURES.items()} for key, p in told.items()})
        last = score, rows.y[test]
    yield f"{name}: {len(found)} months, each foretold by those before"
    yield from means(found)


if __name__ == "__main__":
    files = [Path(word) for word in sys.argv[1:] if not word.isdigit()]
    times = next((int(word) for word in sys.argv[1:] if word.isdigit()), 3)
    sets = {"receivables": of_bills(files[0], date(2013, 11, 1)), "sample_data": of_bills(SAMPLE, date(2024, 6, 1))}
    if len(files) > 1:
        sets["survey, in arrears this month"] = of_survey(files[1])
    for called, given in sets.items():
        for line in chain(told(called, given, times), by_month(called, given) if given.at is not None else ()):
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
