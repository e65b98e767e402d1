"""Ends every command that writes, over and over, and looks at what it leaves: python -m tests.trust.kills --help."""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.golden.workdirs.make import KEY
from tests.trust.bench import Bench
from tests.trust.cases import CASES, Case, base
from tests.trust.power import replayed
from tests.trust.under import ALL, BROKEN, COUNT, EVER, KILL, METADATA, ONCE, TEAR, WRITES, Under, compiled

_EVERY = {"metadata": (METADATA, KILL), "writes": (WRITES, TEAR)}
_ROW = 3
"""Ends of one working directory in a row before the next run is let be: what is left must not pile up."""
_ANEW = 8
"""Of so many rows one computes anew, so that it may be ended as it does."""


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _every(bench: Bench, case: Case, kinds: int, way: int, step: int) -> Counter[str]:
    """Cut a case at each of its operations, every `step`-th."""
    trial = bench.trial(case, kinds)
    wrong: Counter[str] = Counter()
    for nth in range(1, trial.done.done + 1, step):
        for one in bench.cut(trial, [bench.fault(trial, way, nth, kinds)]):
            wrong[one] += 1
            if wrong[one] <= 2:
                _tell(f"  {case.name} at {nth} of {trial.done.done}: {one}")
    return wrong


def _refusals(bench: Bench, case: Case, error: int, step: int) -> Counter[str]:
    """Refuse all from each operation of a case on, then let it run."""
    trial = bench.trial(case, ALL)
    wrong: Counter[str] = Counter()
    for nth in range(1, trial.done.done + 1, step):
        for one in [
            *bench.refused(trial, ONCE if error == BROKEN else EVER, nth, error)[1],
            *bench.faults_after(trial),
        ]:
            wrong[one] += 1
            _tell(f"  {one}")
    return wrong


def _power(bench: Bench, case: Case, step: int) -> Counter[str]:
    """Cut the power after operations of a case."""
    tried, wrong = replayed(bench, case, step)
    bench.tally["states"] += tried
    for one in wrong[:3]:
        _tell(f"  {one}")
    return Counter(wrong)


def _leaps(bench: Bench, case: Case) -> Counter[str]:
    """Run a case, whole and cut, while the clock leaps."""
    wrong = bench.leaps(bench.trial(case))
    for one in wrong[:3]:
        _tell(f"  {one}")
    return Counter(wrong)


def _random(bench: Bench, cases: list[Case], kills: int, seed: int) -> Counter[str]:
    """End cases at random instants, each in turn, until so many have been ended; some compute anew meanwhile."""
    chance, wrong = random.Random(seed), Counter[str]()  # noqa: S311 - instants, not secrets
    for at, case in enumerate(cases):
        try:
            trial = bench.trial(case)
        except RuntimeError as error:
            wrong[str(error)] += 1
            _tell(f"  {error}")
            continue
        aim = bench.tally["killed"] + (kills - bench.tally["killed"]) // (len(cases) - at)
        for round_ in range(4 * kills):
            if bench.tally["killed"] >= aim:
                break
            anew = round_ % _ANEW == 1
            instants = [chance.uniform(0.0, 1.1) * trial.lasts[anew] for _ in range(_ROW)]
            ends = [bench.fault(trial, COUNT, after=after) for after in instants]
            for one in bench.cut(trial, ends, anew=anew):
                wrong[one] += 1
                _tell(f"  {case.name} after {instants}: {one}")
        _tell(f"{case.name}: {bench.tally['killed']} ended so far")
    return wrong


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.trust.kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=0, metavar="N", help="end commands N times at random instants")
    parser.add_argument("--every", choices=list(_EVERY), help="end at each operation of a kind; writes are torn")
    parser.add_argument("--refuse", type=int, default=0, metavar="ERRNO", help="refuse all from each operation on")
    parser.add_argument("--power", action="store_true", help="cut the power after each operation")
    parser.add_argument("--clock", action="store_true", help="have the clock leap, and files of other days")
    parser.add_argument("--step", type=int, default=1, metavar="N", help="of the operations, each N-th")
    parser.add_argument("--cases", default="", metavar="A,B", help="of these cases alone")
    parser.add_argument("--base", type=Path, metavar="DIR", help="data, made there where there is none")
    parser.add_argument("--seed", type=int, default=11)
    return parser.parse_args()


def main() -> int:
    """Run what is asked for; the exit code is 1 where anything was wrong."""
    asked, begun = _asked(), time.monotonic()
    os.environ["TELCLI_KEY"] = KEY
    shared = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - room without a disk behind it
    with TemporaryDirectory(dir=shared) as folder:
        place = Path(folder)
        made = asked.base or place / "base"
        if not (made / "done").exists():
            made.mkdir(parents=True, exist_ok=True)
            base(made)
            (made / "done").touch()
        library = compiled(place)
        assert library, "there is no C compiler, or another system than Linux"
        with Under(library) as under:
            bench = Bench(made, place, under)
            wrong = _tried(bench, asked)
    counts = ", ".join(f"{count} {name}" for name, count in sorted(bench.tally.items()))
    _tell(f"{counts}; {wrong.total()} wrong; {time.monotonic() - begun:.0f} s")
    return int(bool(wrong))


def _tried(bench: Bench, asked: argparse.Namespace) -> Counter[str]:
    cases = [case for case in CASES if not asked.cases or case.name in asked.cases.split(",")]
    wrong = _random(bench, cases, asked.kills, asked.seed) if asked.kills else Counter[str]()
    for case in cases:
        try:
            if asked.every:
                wrong += _every(bench, case, *_EVERY[asked.every], asked.step)
            if asked.refuse:
                wrong += _refusals(bench, case, asked.refuse, asked.step)
            if asked.power and "{work}" in case.words:
                wrong += _power(bench, case, asked.step)
            if asked.clock:
                wrong += _leaps(bench, case)
        except RuntimeError as error:
            wrong[str(error)] += 1
            _tell(f"  {error}")
        if asked.every or asked.refuse or asked.power or asked.clock:
            _tell(f"{case.name}: {dict(bench.tally)}")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
