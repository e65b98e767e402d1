"""Seconds and peak memory of `telcli cube`, and of `telcli merge`, on a base drawn out of a small working directory.

    python tests/benchmarks/cube_speed.py WORKDIR --folder /somewhere/with/room --customers 1000000 --months 12
    python tests/benchmarks/cube_speed.py WORKDIR --folder /somewhere/with/room --merge 10 --customers 100000

Each customer of WORKDIR stands so often that there are as many as asked for, under ids of its own. Prints a row per
command: wall and CPU seconds, peak megabytes.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import polars as pl

from telcli.pipeline.partfile import PartFile
from telcli.pipeline.provenance import Manifest, Part, file_sha256

_CUBED = ("customers", "customer_months", "churn_scores", "value_scores")
_MERGED = ("customers", "subscriptions", "bills", "payments", "usage", "contacts")
_IDS = ("customer_id", "subscription_id", "account_id", "payment_id", "contact_id", "household_id")
_ASKED = (
    "customers,revenue",
    "customers,revenue --by branch",
    "customers,revenue,churn_rate_month,expected_leavers --by branch,risk_band",
    "customers,revenue --by region,value_tier,risk_band --from {first}",
    "customers,revenue --roll-up region --from {first}",
)


def drawn(source: Path, place: Path, tables: tuple[str, ...], customers: int, months: int, mark: str) -> list[str]:
    """A working directory of so many customers; the months that it holds."""
    held = Manifest.read(source / "manifest.json")
    last = held.partitions("customer_months")[-months:]
    times = -(-customers // sum(part.rows for part in held.tables["customers"].values()))
    made: dict[str, dict[str, Part]] = {}
    for table in tables:
        for name, part in held.tables.get(table, {}).items():
            if name and name not in last:
                continue
            rows = pl.read_parquet(source / part.path, hive_partitioning=False)
            ids = [one for one in _IDS if one in rows.columns]
            (place / part.path).parent.mkdir(parents=True, exist_ok=True)
            with PartFile(place / part.path) as file:
                for turn in range(times):  # in the order of ids, as telcli writes them
                    lead = pl.lit(f"{mark}{turn:05}")
                    file.write(rows.with_columns(pl.concat_str(lead, one).alias(one) for one in ids))
            size, sha = (place / part.path).stat().st_size, file_sha256(place / part.path)
            made.setdefault(table, {})[name] = replace(part, rows=file.rows, bytes=size, sha256=sha)
    kept = replace(held, tables=made, files={}, stages={}, loads=held.loads)
    (place / "manifest.json").write_text(kept.to_json(), encoding="utf-8")
    return list(last)


def measured(*words: str, **more: str) -> tuple[int, float, float, float]:
    """Exit code, wall and CPU seconds and peak megabytes of one telcli command."""
    begun = time.monotonic()
    process = subprocess.Popen([sys.executable, "-m", "telcli", *words, "-q"], env={**os.environ, **more})
    _, status, usage = os.wait4(process.pid, 0)
    cpu = usage.ru_utime + usage.ru_stime
    return os.waitstatus_to_exitcode(status), time.monotonic() - begun, cpu, usage.ru_maxrss * 1024 / 1e6


def told(line: str, found: tuple[int, float, float, float]) -> None:
    code, wall, cpu, peak = found
    sys.stdout.write(f"exit {code}  {wall:6.1f} s  CPU {cpu:6.1f} s  peak {peak:6.0f} MB  {line}\n")
    sys.stdout.flush()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("workdir", type=Path)
    options.add_argument("--folder", type=Path, required=True)
    options.add_argument("--customers", type=int, default=1_000_000)
    options.add_argument("--months", type=int, default=12)
    options.add_argument("--merge", type=int, default=0)
    given = options.parse_args()
    if given.merge:
        places = [given.folder / f"branch{at:02}" for at in range(given.merge)]
        for at, place in enumerate(places):
            if not place.exists():
                drawn(given.workdir, place, _MERGED, given.customers, given.months, f"{at:02}-")
        line = ("merge", *map(str, places), "-w", str(given.folder / "all"), "--force")
        told("merge", measured(*line))
        return
    place = given.folder / "cube"
    if not place.exists():
        drawn(given.workdir, place, _CUBED, given.customers, given.months, "")
    first = Manifest.read(place / "manifest.json").partitions("customer_months")[0][:7]
    for asked in _ASKED:
        line = asked.format(first=first)
        told(line, measured("cube", *line.split(), "-w", str(place), TELCLI_ORGANISATION_LEVELS="branch,region"))


if __name__ == "__main__":
    main()
