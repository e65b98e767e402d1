# ruff: noqa: T201
"""Money foretold by `telcli score-value` beside what others foretell, on the same customers and months held back.

    python tests/benchmarks/value_quality.py [--customers 4000] [--months 24] [--seeds 5] [--megaline FOLDER]
        [--workdir WORK ...] [--peers NAME ...] [--pymc PYTHON] [--folder SCRATCH]

telcli's predictions are those of its own back-test, taken where the stage hands them to `methods.value_backtest`.
`value_peers.py` tells who the others are; a peer whose library is not there is left out, and that is said. `--pymc`
names the Python of an environment with pymc-marketing. `--megaline` names a folder with the public files of Megaline,
500 customers in 2018 (their bills are worked out here of plans and use); `--workdir` takes operators of your own.

Per method, over seeds: mean absolute error and root mean squared error in money per customer, Spearman's rank
correlation, predicted over realised total, and CPU seconds over telcli's. Differences to telcli are paired by seed,
with their standard errors. telcli's CPU is that of fitting both its curves from customer_months and of the whole
back-test (values, ranges, bands); that of a peer begins with arrays in memory.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from telcli.methods.lifetime_value import rank_correlation
from telcli.pipeline.run import Request, run_stage

sys.path.insert(0, str(Path(__file__).parent))
from value_megaline import extracts
from value_peers import PEERS
from value_task import task, watching

Array = NDArray[np.float64]
Found = dict[str, list[float]]
MEASURES = ("MAE", "RMSE", "rank", "calibration", "CPU ratio")
DIGITS = (2, 2, 4, 4)


def measured(predicted: Array, came: Array) -> list[float]:
    error = predicted - came
    return [
        float(np.abs(error).mean()), float(np.sqrt((error**2).mean())),
        rank_correlation(predicted, came) or 0.0, float(predicted.sum() / came.sum()),
    ]  # fmt: skip


def rival(name: str, python: str, given: Path, came: Array) -> list[float] | str:
    """Measures of a peer, or why there are none."""
    wanted = given.with_name(f"{name}.npz")
    words = [python, str(Path(__file__).with_name("value_peers.py")), name, str(given), str(wanted)]
    run = subprocess.run(words, capture_output=True, text=True, check=False, env={**os.environ, "OMP_NUM_THREADS": "1"})
    if run.returncode:
        return (run.stderr.strip().splitlines() or ["no word why"])[-1]
    with np.load(wanted) as stored:
        return [*measured(stored["predicted"], came), float(stored["seconds"])]


def compare(work: Path, peers: list[str], pymc: str | None, scratch: Path) -> Found:
    """Measures of every method on one operator."""
    start = time.process_time()
    with watching() as seen:
        run_stage("score-value", Request(work, force=True))
    whole = time.process_time() - start
    if "backtest" not in seen.calls:
        raise SystemExit(f"{work}: score-value made no back-test")
    predicted, _, came = (np.asarray(side) for side in seen.calls["backtest"][:3])
    given = scratch / "task.npz"
    made = task(work, seen)
    np.savez(given, **made)
    np.savez(scratch / "telcli.npz", predicted=predicted, came=came)
    found = {"telcli": [*measured(predicted, came), seen.seconds]}
    print(f"  {work}: {len(came):,} customers, {made['future']} months, telcli {whole:.2f} CPU s in all", flush=True)
    for name in peers:
        told = rival(name, pymc or sys.executable if name == "sbg" else sys.executable, given, came)
        if isinstance(told, str):
            print(f"  {name} is left out: {told}", flush=True)
        else:
            found[name] = told
    return found


def table(title: str, runs: list[Found]) -> None:
    """Means over operators; below each peer its paired differences to telcli, with standard errors."""
    seconds = np.mean([run["telcli"][4] for run in runs])
    print(f"\n{title}; operators: {len(runs)}; CPU seconds over telcli's {seconds:.3f}")
    print(f"{'':12}" + "".join(f"{name:>20}" for name in MEASURES))
    for name in runs[0]:
        both = [(run[name], run["telcli"]) for run in runs if name in run]
        mine, base = (np.array(side) for side in zip(*both, strict=True))
        cells = [f"{mean:>20.{digits}f}" for mean, digits in zip(mine.mean(axis=0)[:4], DIGITS, strict=True)]
        print(f"{name:12}" + "".join(cells) + f"{np.median(mine[:, 4] / base[:, 4]):>20.2f}")
        if name != "telcli" and len(both) > 1:
            gap = (mine - base)[:, :4]
            error = gap.std(axis=0, ddof=1) / np.sqrt(len(gap))
            shown = zip(gap.mean(axis=0), error, DIGITS, strict=True)
            cells = [f"{f'{mean:+.{digits}f} ±{se:.{digits}f}':>20}" for mean, se, digits in shown]
            print(f"{'  - telcli':12}" + "".join(cells))
    sys.stdout.flush()


def simulated(folder: Path, customers: int, months: int, seed: int) -> Path:
    """A working directory of a simulated operator; made where it is not there."""
    work = folder / f"{customers}-{months}-{seed}"
    if not (work / "manifest.json").exists():
        extract, size = folder / f"{work.name}-extracts", ("--customers", str(customers), "--months", str(months))
        telcli("simulate", "-o", str(extract), *size, "--seed", str(seed), "--force")
        telcli("ingest", str(extract), "-w", str(work))
    return work


def telcli(*words: str) -> None:
    subprocess.run([sys.executable, "-m", "telcli", *words, "-q"], check=True)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--customers", type=int, default=4_000)
    options.add_argument("--months", type=int, default=24)
    options.add_argument("--seeds", type=int, default=5, help="0 leaves simulated operators out")
    options.add_argument("--first-seed", type=int, default=0)
    options.add_argument("--megaline", type=Path)
    options.add_argument("--workdir", type=Path, nargs="*", default=[])
    options.add_argument("--peers", nargs="*", default=list(PEERS), choices=list(PEERS))
    options.add_argument("--pymc", help="a Python with pymc-marketing")
    options.add_argument("--folder", type=Path, help="where simulated operators are kept; else they are thrown away")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        scratch = Path(temporary)
        folder = given.folder or scratch
        folder.mkdir(parents=True, exist_ok=True)
        seeds = range(given.first_seed, given.first_seed + given.seeds)
        works = [simulated(folder, given.customers, given.months, seed) for seed in seeds]
        runs = [compare(work, given.peers, given.pymc, scratch) for work in works]
        if runs:
            table(f"simulated, {given.customers:,} customers x {given.months} months", runs)
        if given.megaline and not (given.megaline / "megaline_users.csv").exists():
            print(f"\nMEGALINE IS SKIPPED: there is no megaline_users.csv in {given.megaline}")
        elif given.megaline:
            work = scratch / "megaline"
            telcli("ingest", str(extracts(given.megaline, scratch / "megaline-extracts")), "-w", str(work))
            table("Megaline 2018", [compare(work, given.peers, given.pymc, scratch)])
        else:
            print("\nMEGALINE IS SKIPPED: no --megaline FOLDER is given")
        for work in given.workdir:
            table(str(work), [compare(work, given.peers, given.pymc, scratch)])


if __name__ == "__main__":
    main()
