"""Seconds and peak memory of each stage of the walk, each in a process of its own, on simulated operators.

    python tests/benchmarks/walk.py --customers 100000 1000000 --folder /somewhere/with/room

Prints a row per stage: wall and CPU seconds, peak memory, and how the CPU time grew from the size before (1.0 is
proportional to the number of customers).
"""

from __future__ import annotations

import argparse
import math
import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

STAGES = ("ingest", "segment", "score-value", "predict-churn", "report")


def measured(*words: str) -> tuple[float, float, float]:
    """Wall seconds, CPU seconds and peak gigabytes of one telcli command."""
    begun = time.monotonic()
    process = subprocess.Popen([sys.executable, "-m", "telcli", *words])
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"telcli {' '.join(words)} failed")
    return time.monotonic() - begun, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1e6


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--customers", type=int, nargs="+", default=[10_000, 100_000])
    options.add_argument("--months", type=int, default=12)
    options.add_argument("--folder", type=Path, required=True)
    given = options.parse_args()
    before: dict[str, tuple[int, float]] = {}
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for customers in given.customers:
        source, work = given.folder / f"operator-{customers}", given.folder / f"work-{customers}"
        shutil.rmtree(work, ignore_errors=True)
        size = ("--customers", str(customers), "--months", str(given.months))
        commands = [("simulate", "-o", str(source), *size, "--force", "-q")]
        commands += [(stage, *([str(source)] if stage == "ingest" else []), "-w", str(work), "-q") for stage in STAGES]
        for words in commands:
            wall, cpu, peak = measured(*words)
            grown = ""
            if words[0] in before:
                smaller, seconds = before[words[0]]
                grown = f"  growth {math.log(cpu / seconds) / math.log(customers / smaller):.2f}"
            before[words[0]] = (customers, cpu)
            sys.stdout.write(
                f"{customers:>9,}  {words[0]:<14} {wall:7.1f} s  CPU {cpu:7.1f} s  {peak:5.2f} GB{grown}\n"
            )
            sys.stdout.flush()


if __name__ == "__main__":
    main()
