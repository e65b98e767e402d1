"""telcli's churn model beside others, on every labelled set, paired over folds and seeds.

    python tests/benchmarks/churn_quality.py FOLDER [--sets ibm,sim-10k-*] [--seeds 2] [--models telcli,hgb]

Per set a table: the mean of AUC, average precision (PR-AUC), log-loss, calibration error (ECE), expected maximum
profit (EMPC; customers worth the mean cost of a miss, acceptance Beta(6, 14)), cost per customer at Bayes' threshold
(contact where p x missed > (1 - p) x wasted), CPU seconds of fit and score. Then the paired difference to telcli with
its p-value: Nadeau and Bengio's corrected t-test where parts share rows to learn from, the plain one where each was
drawn anew; `!` marks where telcli is significantly (5%) worse, `+` where it is better. Last a summary over sets.
`--sets` takes names or patterns; `--list` names the sets; `--save FILE` keeps the figures of every part. Peers that are
not installed are said to be missing.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import warnings
from fnmatch import fnmatch
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import numpy as np  # noqa: E402
from churn_quality_peers import MODELS, installed  # noqa: E402
from churn_quality_sets import LabelledSet, Part, sets_of  # noqa: E402
from scipy.stats import rankdata  # noqa: E402
from scipy.stats import t as student  # noqa: E402

from telcli.methods import churn_metrics as m  # noqa: E402
from telcli.methods.profit import empc  # noqa: E402

COLUMNS = ("AUC", "PR-AUC", "log-loss", "ECE", "EMPC", "cost", "CPU s")
UPWARDS = (True, True, False, False, True, False, False)
TESTED = (0, 1, 2, 4, 5)  # columns in which a set is won or lost; ECE is also read by itself
DEFAULT = (
    "ibm,ibm-workbooks,telecomx,telco-zh,tv,megaline,ibm-[1-9]*,telco-zh-*,sim-200-25%,sim-1k-*,sim-10k-*,codes-10k-*"
)


def measure(part: Part, p: np.ndarray, seconds: float) -> list[float]:
    """One part's figures, in the order of COLUMNS."""
    y, wasted, missed = part.y[part.check], part.wasted[part.check], part.missed[part.check]
    act = p * missed > (1 - p) * wasted
    cost = float(np.where(act & (y == 0), wasted, 0.0).sum() + np.where(~act & (y == 1), missed, 0.0).sum()) / y.size
    worth = float(missed.mean())
    profit = empc(y, p, value=worth, offer=worth / 20, contact=worth / 200).profit
    ece = m.expected_calibration_error(y, p)
    return [m.auc(y, p), m.pr_auc(y, p), m.log_loss(y, p), ece, profit, cost, seconds]


def run(labelled: LabelledSet, names: list[str], seeds: int) -> dict[str, np.ndarray]:
    """Figures by model: parts x COLUMNS."""
    found: dict[str, list[list[float]]] = {name: [] for name in names}
    for seed in range(seeds):
        for part in labelled.parts(seed):
            for name in names:
                start = time.process_time()
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    p = np.asarray(MODELS[name][1](part, seed), dtype=np.float64)
                found[name].append(measure(part, p, time.process_time() - start))
    return {name: np.array(rows) for name, rows in found.items()}


def paired(gap: np.ndarray, overlap: float) -> np.ndarray:
    """Two-sided p-value of each column's mean: its variance grows by rows tested over rows learned from."""
    error = gap.std(0, ddof=1) * np.sqrt(1 / len(gap) + overlap)
    return 2 * student.sf(np.abs(gap.mean(0)) / np.maximum(error, 1e-300), len(gap) - 1)


def verdicts(found: dict[str, np.ndarray], overlap: float) -> dict[str, list[str]]:
    """Per peer and column: `!` telcli is significantly worse, `+` better, a blank neither."""
    ours, told = found["telcli"], {}
    for name, rows in found.items():
        if name == "telcli" or len(rows) < 2:
            continue
        gap = rows - ours
        p, ahead = paired(gap, overlap), np.where(UPWARDS, gap.mean(0), -gap.mean(0))
        told[name] = ["" if q >= 0.05 else "!" if d > 0 else "+" for q, d in zip(p, ahead, strict=True)]
    return told


def table(labelled: LabelledSet, found: dict[str, np.ndarray]) -> str:
    marks = verdicts(found, labelled.overlap) if "telcli" in found else {}
    parts = len(next(iter(found.values())))
    lines = [f"\n{labelled.name}: {parts} parts", f"{'':12}" + "".join(f"{c:>18}" for c in COLUMNS)]
    for name, rows in found.items():
        cells = [f"{a:.4f}±{s:.4f}" for a, s in zip(rows.mean(0), rows.std(0), strict=True)]
        lines.append(f"{name:12}" + "".join(f"{cell:>18}" for cell in cells))
    for name, told in marks.items():
        gap = found[name] - found["telcli"]
        p = paired(gap, labelled.overlap)
        cells = [f"{d:+.4f} p{q:.2f}{k:1}" for d, q, k in zip(gap.mean(0), p, told, strict=True)]
        lines.append(f"{'- ' + name:12}" + "".join(f"{cell:>18}" for cell in cells))
    return "\n".join(lines)


def summary(results: dict[str, tuple[LabelledSet, dict[str, np.ndarray]]], names: list[str]) -> str:
    """Mean rank over sets per column, and where telcli is significantly worse or better than each peer."""
    lines = [f"\nmean rank over {len(results)} sets (1 is best)", f"{'':12}" + "".join(f"{c:>10}" for c in COLUMNS)]
    ranks = []
    for _, found in results.values():
        means = np.array([found[name].mean(0) for name in names])
        ranks.append([rankdata(np.where(up, -1, 1) * means[:, j]) for j, up in enumerate(UPWARDS)])
    for place, name in enumerate(names):
        lines.append(f"{name:12}" + "".join(f"{value:>10.2f}" for value in np.array(ranks)[:, :, place].mean(0)))
    for peer in [name for name in names if name != "telcli"] if "telcli" in names else []:
        for mark, word in (("!", "worse"), ("+", "better")):
            hits = []
            for label, (labelled, found) in results.items():
                told = verdicts(found, labelled.overlap).get(peer, [])
                where = [COLUMNS[j] for j in TESTED if told and told[j] == mark]
                hits += [f"{label} ({', '.join(where)})"] if where else []
            lines.append(f"telcli {word} than {peer}: {len(hits)} sets" + (": " + "; ".join(hits) if hits else ""))
    return "\n".join(lines)


def chosen(wanted: str, known: list[str]) -> list[str]:
    found = [name for name in known if any(fnmatch(name, pattern) for pattern in wanted.split(","))]
    if not found:
        raise SystemExit(f"no set is called {wanted}: {', '.join(known)}")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sets", default=DEFAULT)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--models", default=",".join(MODELS))
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--save", type=Path, help="figures of every part as JSON lines")
    asked = parser.parse_args()
    known = sets_of(asked.folder)
    if asked.list:
        sys.stdout.write("\n".join(known) + "\n")
        return
    names, missing = installed(asked.models.split(","))
    sys.stdout.write(f"not installed: {', '.join(missing)}\n" if missing else "")
    results = {}
    for label in chosen(asked.sets, list(known)):
        results[label] = known[label], run(known[label], names, asked.seeds)
        sys.stdout.write(table(*results[label]) + "\n")
        sys.stdout.flush()
        if asked.save:
            kept = {name: rows.tolist() for name, rows in results[label][1].items()}
            with asked.save.open("a", encoding="utf-8") as sink:
                sink.write(json.dumps({"set": label, "columns": COLUMNS, "models": kept}) + "\n")
    sys.stdout.write(summary(results, names) + "\n")


if __name__ == "__main__":
    main()
