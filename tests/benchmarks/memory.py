"""Peak memory of customer-months under several limits, on simulated operators; fails where one is passed.

    python tests/benchmarks/memory.py --customers 40000 --months 24 --folder /somewhere/with/room

Prints a row per limit: the peak, CPU seconds, and, at the end, the bytes that a value in a bucket cost, from the
largest and the smallest bucket (`_CELL` in telcli/stages/customer_months_memory.py is to be above it).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path


def measured(*words: str, **more: str) -> tuple[int, float, float]:
    """Exit code, peak megabytes and CPU seconds of one telcli command."""
    process = subprocess.Popen([sys.executable, "-m", "telcli", *words, "-q"], env={**os.environ, **more})
    _, status, usage = os.wait4(process.pid, 0)
    return os.waitstatus_to_exitcode(status), usage.ru_maxrss * 1024 / 1e6, usage.ru_utime + usage.ru_stime


def cells(work: Path, customers: int, months: int) -> float:
    """Values of a customer in a bucket, as the estimate counts them."""
    import polars as pl

    from telcli.tables.months import FEATURES

    tables = json.loads((work / "manifest.json").read_text(encoding="utf-8"))["tables"]
    read = 0
    for name in ("customers", "subscriptions", "bills", "payments", "usage", "contacts"):
        for part in tables.get(name, {}).values():
            read += part["rows"] * len(pl.read_parquet_schema(work / part["path"]))
    return read / customers + months * len(FEATURES)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--customers", type=int, default=40_000)
    options.add_argument("--months", type=int, default=24)
    options.add_argument("--limits", nargs="+", default=["500MB", "600MB", "800MB", "1GB"])
    options.add_argument("--folder", type=Path, required=True)
    given = options.parse_args()
    work = given.folder / "work"
    if not work.exists():
        size = ("--customers", str(given.customers), "--months", str(given.months))
        assert measured("simulate", "--output", str(given.folder / "extracts"), *size)[0] == 0
        assert measured("ingest", str(given.folder / "extracts"), "-w", str(work))[0] == 0
    from telcli.settings.memory import memory_bytes

    failed = False
    for limit in given.limits:
        code, peak, cpu = measured("customer-months", "-w", str(work), "--force", "--memory", limit)
        passed = code == 0 and peak * 1e6 > (memory_bytes(limit) or 0)
        failed |= passed
        sys.stdout.write(
            f"{limit:>8}  exit {code}  peak {peak:7.0f} MB  CPU {cpu:6.1f} s{'  PASSED' if passed else ''}\n"
        )
    largest = 250_000 // given.months
    peaks = [
        measured("customer-months", "-w", str(work), "--force", TELCLI_CUSTOMER_MONTHS_BUCKET_CUSTOMERS=str(size))[1]
        for size in (largest // 4, largest)
    ]
    each = (peaks[1] - peaks[0]) * 1e6 / (largest * 3 / 4) / cells(work, given.customers, given.months)
    sys.stdout.write(f"a value costs {each:.1f} bytes\n")
    raise SystemExit(failed)


if __name__ == "__main__":
    main()
