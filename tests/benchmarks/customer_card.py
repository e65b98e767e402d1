"""How long `telcli customer` takes as a whole process, and what of that is the reading of each table.

    python tests/benchmarks/customer_card.py WORKDIR ID [RUNS]

Prints the median wall and CPU time of whole runs, then the CPU time of the customer's rows of each table in a process
that has loaded everything.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from telcli.io.parquet_rows import rows_where
from telcli.pipeline.customer import _chosen
from telcli.pipeline.workdir import Workdir
from telcli.stages.customer import COLUMNS

WORK, ASKED = Path(sys.argv[1]), sys.argv[2]
RUNS = int(sys.argv[3]) if len(sys.argv) > 3 else 10
COMMAND = [sys.executable, "-m", "telcli", "customer", ASKED, "-w", str(WORK)]


def whole() -> tuple[float, float]:
    """Wall and CPU seconds of one run."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(COMMAND, check=True, capture_output=True)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def tables() -> None:
    """CPU time of each table, the least of three."""
    _, _, files = Workdir(WORK).hold_files(lambda manifest: _chosen(WORK, manifest, None))
    for table, parts in files.items():
        times, found = [], 0
        for _ in range(3):
            began = time.process_time()
            work = [(place, COLUMNS[table]) for place in parts.values()]
            found = sum(map(len, rows_where(work, "customer_id", ASKED)))
            times.append(time.process_time() - began)
        sys.stdout.write(f"{table:22}{min(times) * 1000:9.1f} ms  {len(parts):3} files  {found:4} rows\n")


if __name__ == "__main__":
    runs = [whole() for _ in range(RUNS)]
    wall, cpu = (median(run[at] for run in runs) for at in (0, 1))
    sys.stdout.write(f"whole process, median of {RUNS}: {wall:.3f} s wall, {cpu:.3f} s CPU\n")
    tables()
