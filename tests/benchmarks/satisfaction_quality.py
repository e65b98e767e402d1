"""Predicted satisfaction beside gradient boosting with defaults, on real answers, paired over folds and seeds.

    python tests/benchmarks/satisfaction_quality.py FOLDER [--seeds 2] [--first 100] [--folds 5] [--rows N] [--sets ibm]

FOLDER holds `satisfaction-zh` and `ibm-telco-xlsx`. Sets: of satisfaction-zh each of four scores (1..10) by what the
operator records alone (`zh-records-1` ... `-4`) and by that and the other questions asked (`zh-all-1` ...), the other
scores left out; a box that was not ticked (-1) is 0, and #DIV/0! is a gap. `ibm` is the satisfaction
score (1..5) of the IBM workbooks, less what is known only afterwards. Dissatisfied is below 50 of 100.

Per set: AUC, Brier score, calibration error (ECE) of the chance of being dissatisfied, R squared and mean absolute
error (of 0..100) of the score, ours and HistGradientBoosting's; then the paired difference with its 95% interval and
p-value (Nadeau and Bengio's corrected t-test), and the share of answers within CV+ intervals of 90%. Which of our
models tells the score is chosen within what each fold learns from; what may be chosen was settled on folds of seed 0,
so those measured are of seeds from `--first` on. Then calibration over held-out customers, all folds of a seed
together: the error, what chance alone would make of it, and by tenth of chance (of the first seed) those expected and
found. With
`--groups` instead: means of groups held out against their intervals. `--rows` draws so many customers, to try it out.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import sys
import time
import warnings
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import numpy as np  # noqa: E402
import polars as pl  # noqa: E402
from churn_quality_sets import ibm_workbooks  # noqa: E402
from scipy.stats import t as student  # noqa: E402
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor  # noqa: E402
from sklearn.model_selection import StratifiedKFold  # noqa: E402

from telcli.features.churn_design import learn_design  # noqa: E402
from telcli.methods import churn_metrics as m  # noqa: E402
from telcli.methods.calibration_error import calibration_error  # noqa: E402
from telcli.methods.churn_model import ChurnModel  # noqa: E402
from telcli.methods.score_prediction import predict_scores  # noqa: E402
from telcli.methods.small_area import small_areas  # noqa: E402

FIGURES = ("AUC", "Brier", "ECE", "R2", "MAE", "CPU s")
TARGETS, RECORDS = range(1, 5), 23
"""Places of the four scores, and of the first column that the operator records, in satisfaction-zh."""
UNSAID, MOST_CODES = ("", "#DIV/0!"), 250
QUESTIONS = (14, 22)
"""Free text, left out."""

Set = tuple[pl.DataFrame, np.ndarray]


def chinese(folder: Path, target: int, *, records: bool) -> Set:
    """Columns c0, c1, ... of the CSV, since headers repeat; the score as 0..100."""
    (path,) = (folder / "satisfaction-zh").glob("*.csv")
    head, *lines = csv.reader(io.StringIO(path.read_bytes().decode("gb18030")))
    width = max(place for place, title in enumerate(head) if title.strip()) + 1
    rows = [line[:width] + [""] * (width - len(line)) for line in lines if any(cell.strip() for cell in line)]
    score = np.array([number(row[target]) for row in rows])
    places = [place for place in range(RECORDS if records else 5, width) if place not in QUESTIONS]
    cells = {place: [row[place].strip() for row in rows] for place in places}
    asked = {place: ["" if cell == "98" and place < RECORDS else cell for cell in cells[place]] for place in places}
    table = pl.DataFrame({f"c{place}": column(asked[place]) for place in places}, strict=False)
    known = np.isfinite(score)
    return table.filter(pl.Series(known)), (score[known] - 1.0) / 9.0 * 100.0


def number(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        return float("nan")
    return found if 1 <= found <= 10 else float("nan")


def column(cells: list[str]) -> list[float | str | None]:
    """Numbers where all are; text otherwise. A box that was not ticked (-1) is 0."""
    if {"-1"} <= set(cells) and len(set(cells)) == 2:
        return [0.0 if cell == "-1" else 1.0 for cell in cells]
    known = [None if cell in UNSAID else cell for cell in cells]
    try:
        return [None if cell is None else float(cell) for cell in known]
    except ValueError:
        return list(known)


def ibm(folder: Path) -> Set:
    frame = ibm_workbooks(folder)[0]
    status = pl.read_excel(folder / "ibm-telco-xlsx" / "Telco_customer_churn_status.xlsx", engine="openpyxl")
    score = status.sort("Customer ID")["Satisfaction Score"].cast(pl.Float64).to_numpy()
    return frame, (score - 1.0) / 4.0 * 100.0


def sets_of(folder: Path) -> dict[str, object]:
    found: dict[str, object] = {
        f"zh-{'records' if records else 'all'}-{target}": (lambda t=target, r=records: chinese(folder, t, records=r))
        for records in (True, False)
        for target in TARGETS
    }
    return {**found, "ibm": lambda: ibm(folder)}


def ours(X: np.ndarray, coded: list[int], y: np.ndarray, learn: np.ndarray, check: np.ndarray, seed: int) -> tuple:
    bad = y[learn] < 50
    chance = ChurnModel(coded, seed=seed).fit(X[learn], bad).predict_proba(X[check])[:, 1]
    found = predict_scores(X[learn], y[learn], coded, seed=seed)
    said, low, high = found.predict(X[check])
    return chance, said, float(np.mean((low <= y[check]) & (y[check] <= high)))


def groups(table: pl.DataFrame, y: np.ndarray, seeds: range, folds: int) -> None:
    """Print how often the mean answer of the customers held out of a group lies within its interval of 95%.

    Groups are those of each column of text with 3 to 60 of them, of 10 held out at the least; means are put right by
    the residuals of the group, as `telcli.stages.score_satisfaction_areas` does.
    """
    texts = [name for name in table.columns if table[name].dtype == pl.String and 3 <= table[name].n_unique() <= 60]
    table, within, wide = table.with_columns(month=pl.lit(None, pl.Date)), [], []
    for seed in seeds:
        for learn, check in StratifiedKFold(folds, shuffle=True, random_state=seed).split(y, y < 50):
            design = learn_design(table[learn.tolist()], [each for each in table.columns if each != "month"])
            X = design.matrix(table)
            found = predict_scores(X[learn], y[learn], list(design.categorical), seed=seed)
            said = found.predict(X[check])[0]
            for name in texts:
                member = np.unique(table[name].fill_null("-").to_numpy(), return_inverse=True)[1]
                ends = interval(y[learn] - found.out_of_fold, member[learn], said, member[check])
                for group, (middle, reach) in ends.items():
                    within.append(abs(y[check][member[check] == group].mean() - middle) <= reach)
                    wide.append(2 * reach)
    told = f"  means of groups held out: {np.mean(within):.1%} of {len(within)} within 95% intervals"
    sys.stdout.write(f"{told}, {np.median(wide):.1f} points wide\n")


def interval(off: np.ndarray, seen: np.ndarray, said: np.ndarray, silent: np.ndarray) -> dict[int, tuple[float, float]]:
    """Mean of those silent and how far its interval reaches, by group of 10 of them and 2 seen at the least."""
    count, quiet = (np.bincount(each, minlength=int(max(seen.max(), silent.max())) + 1) for each in (seen, silent))
    mean = np.bincount(seen, off, count.size) / np.maximum(count, 1)
    within = float(np.square(off - mean[seen]).sum() / (seen.size - (count > 0).sum()))
    area = small_areas(mean, count, within)
    return {
        int(at): (float(said[silent == at].mean() + area.estimate[at]), float(reach))
        for at in np.flatnonzero((quiet >= 10) & (count >= 2))
        for reach in [1.96 * np.sqrt(area.error[at] + within / quiet[at])]
    }


def boosted(X: np.ndarray, coded: list[int], y: np.ndarray, learn: np.ndarray, check: np.ndarray, seed: int) -> tuple:
    few = [place for place in coded if np.nanmax(X[:, place]) < MOST_CODES]
    about = {"random_state": seed, "categorical_features": few or None}
    chance = HistGradientBoostingClassifier(**about).fit(X[learn], y[learn] < 50).predict_proba(X[check])[:, 1]
    return chance, HistGradientBoostingRegressor(**about).fit(X[learn], y[learn]).predict(X[check]), np.nan


def figures(y: np.ndarray, chance: np.ndarray, said: np.ndarray, seconds: float) -> list[float]:
    bad = (y < 50).astype(int)
    r2 = 1.0 - float(np.square(y - said).sum() / np.square(y - y.mean()).sum())
    off, mae = m.expected_calibration_error(bad, chance), float(np.abs(y - said).mean())
    return [m.auc(bad, chance), m.brier(bad, chance), off, r2, mae, seconds]


def run(
    table: pl.DataFrame, y: np.ndarray, seeds: range, folds: int
) -> tuple[np.ndarray, np.ndarray, float, dict[str, np.ndarray]]:
    """Figures of ours and theirs, parts x FIGURES; the mean coverage of our intervals; chances, seeds x customers."""
    table = table.with_columns(month=pl.lit(None, pl.Date))
    mine, theirs, covered = [], [], []
    held = {method.__name__: np.empty((len(seeds), y.size)) for method in (ours, boosted)}
    for seed in seeds:
        for learn, check in StratifiedKFold(folds, shuffle=True, random_state=seed).split(y, y < 50):
            design = learn_design(table[learn.tolist()], [each for each in table.columns if each != "month"])
            X, coded = design.matrix(table), list(design.categorical)
            for method, kept in ((ours, mine), (boosted, theirs)):
                start = time.process_time()
                chance, said, within = method(X, coded, y, learn, check, seed)
                kept.append(figures(y[check], chance, said, time.process_time() - start))
                covered.append(within)
                held[method.__name__][seed - seeds.start, check] = chance
    return np.array(mine), np.array(theirs), float(np.nanmean(covered)), held


def paired(gap: np.ndarray, folds: int) -> tuple[np.ndarray, np.ndarray]:
    """Two-sided p-values, and how far 95% intervals reach; parts share what they learn from, which is made up for."""
    error = np.maximum(gap.std(0, ddof=1) * np.sqrt(1 / len(gap) + 1 / (folds - 1)), 1e-300)
    free = len(gap) - 1
    return 2 * student.sf(np.abs(gap.mean(0)) / error, free), student.ppf(0.975, free) * error


def calibration(y: np.ndarray, held: dict[str, np.ndarray]) -> None:
    """Print how far chances of held-out customers are off, beside what chance makes of perfect ones."""
    bad = (y < 50).astype(int)
    for name, chances in held.items():
        found = np.array([calibration_error(bad, each) for each in chances]).mean(axis=0)
        told = "ECE {:.4f}, by chance {:.4f}, true {:.4f}..{:.4f}".format(*found)
        tenth = m.calibration_bins(chances[0], 10)
        tenths = [tenth == place for place in range(10) if (tenth == place).any()]
        pairs = " ".join(f"{chances[0][one].mean():.3f}/{bad[one].mean():.3f}" for one in tenths)
        sys.stdout.write(f"  held out, {name}: {told}\n    expected/found by tenth: {pairs}\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--first", type=int, default=100)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--rows", type=int, default=0)
    parser.add_argument("--sets", default="")
    parser.add_argument("--groups", action="store_true", help="of means of groups alone")
    asked = parser.parse_args()
    for name, read in sets_of(asked.folder).items():
        if asked.sets and name not in asked.sets.split(","):
            continue
        table, y = read()  # type: ignore[operator]
        if asked.rows:
            kept = np.sort(np.random.default_rng(0).choice(len(y), min(asked.rows, len(y)), replace=False))
            table, y = table[kept.tolist()], y[kept]
        if asked.groups:
            sys.stdout.write(f"{name}: {len(y):,} answers\n")
            groups(table, y, range(asked.first, asked.first + asked.seeds), asked.folds)
            sys.stdout.flush()
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            seeds = range(asked.first, asked.first + asked.seeds)
            mine, theirs, within, held = run(table, y, seeds, asked.folds)
        chances, reach = paired(mine - theirs, asked.folds)
        told = f"{name}: {len(y):,} answers, {np.mean(y < 50):.1%} dissatisfied"
        sys.stdout.write(f"{told}; {within:.1%} within intervals of 90%\n")
        for place, figure in enumerate(FIGURES):
            first, second = mine[:, place].mean(), theirs[:, place].mean()
            gap, far = first - second, reach[place]
            ends = f"{gap:+8.4f} ({gap - far:+.4f}..{gap + far:+.4f})"
            sys.stdout.write(f"  {figure:6} {first:8.4f} {second:8.4f} {ends}  p {chances[place]:.3f}\n")
        calibration(y, held)
        sys.stdout.flush()


if __name__ == "__main__":
    main()
