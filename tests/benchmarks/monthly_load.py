"""CPU seconds of customer-months for a month more, against those of making all months anew.

    python tests/benchmarks/monthly_load.py --customers 50000 --folder /somewhere/with/room

Loads a simulated operator without its last month, then that month, and compares what is published with a run anew.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import shutil
import subprocess
import sys
from pathlib import Path

MONTH = re.compile(rb"\b(20\d\d)[-/]?(\d\d?)")
"""The first date of a line of facts is the month they are of: 202406, 2024-06-03, 2024/6/3."""


INGEST = """
import sys
from pathlib import Path
from telcli.pipeline.run import Request, run_stage
run_stage("ingest", Request(Path(sys.argv[1]), sources=tuple(map(Path, sys.argv[2:]))))
"""
"""The stage alone: the command makes customer_months at once."""


def seconds(*words: str) -> float:
    """CPU seconds of a Python process."""
    process = subprocess.Popen([sys.executable, *words])
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(words)} failed")
    return usage.ru_utime + usage.ru_stime


def month(line: bytes) -> tuple[int, int]:
    found = MONTH.search(line)
    if found is None:
        raise SystemExit(f"no month in {line!r}")
    return int(found[1]), int(found[2])


def parted(source: Path, early: Path, late: Path) -> None:
    """Part the facts into those of the last month billed and earlier ones; the base goes with the earlier ones."""
    facts = {place: place.read_bytes().splitlines(keepends=True) for place in source.glob("*.*")}
    billed = [month(line) for place, lines in facts.items() if place.name.startswith("billing") for line in lines[1:]]
    last = max(found for found in billed if found[1] <= 12)  # some lines are not sound, as in any extract
    for folder in (early, late):
        folder.mkdir(parents=True)
    for place, lines in facts.items():
        base = place.name.startswith("crm_")
        for folder, now in ((early, False), (late, True)):
            chosen = [line for line in lines[1:] if (month(line) == last) is now] if not base else lines[1:] * (not now)
            if chosen:
                (folder / place.name).write_bytes(b"".join([lines[0], *chosen]))


def published(work: Path) -> dict[str, bytes]:
    return {str(place.relative_to(work)): place.read_bytes() for place in work.glob("customer_months/*/*.parquet")}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--customers", type=int, default=50_000)
    options.add_argument("--months", type=int, default=13)
    options.add_argument("--folder", type=Path, required=True)
    given = options.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    source, early, late, work = (given.folder / name for name in ("all", "early", "late", "work"))
    for folder in (source, early, late, work):
        shutil.rmtree(folder, ignore_errors=True)
    telcli, size = ("-m", "telcli"), ("--customers", str(given.customers), "--months", str(given.months))
    months = (*telcli, "customer-months", "-w", str(work), "-q")
    seconds(*telcli, "simulate", "-o", str(source), *size, "-q")
    parted(source, early, late)
    seconds("-c", INGEST, str(work), str(early))
    first = seconds(*months)
    before = published(work)
    seconds("-c", INGEST, str(work), str(late))
    added = seconds(*months)
    grown = published(work)
    anew = seconds(*months, "--force")
    if published(work) != grown:
        raise SystemExit("a run anew gives other bytes")
    stood = sum(grown.get(name) == content for name, content in before.items())
    sys.stdout.write(
        f"{given.customers:,} customers: {len(before)} months {first:.1f} s, a month more {added:.1f} s "
        f"({stood} files as they were), all {len(grown)} anew {anew:.1f} s of CPU\n"
    )


if __name__ == "__main__":
    main()
