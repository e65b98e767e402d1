"""Time and memory of detect-fraud on many calls of one month, and of a later run of which one day is new.

    python -m tests.benchmarks.fraud_speed --folder /room [--calls 20000000] [--customers 100000]

Makes the files of calls as ingest leaves them (a month, eight files of whole customers, in order), 200 calls each, one
customer in 2,000 a SIM box, one line in thirty activated in May, and five callers who ring 2,000 customers within the
hour; then runs the stage and checks
and writes its tables in a process of its own, as the command does after opening the files. Seconds are wall and CPU of
that process, its peak is that of all its memory.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl

from telcli.io.parquet_files import scanned
from telcli.pipeline.doors import land
from telcli.pipeline.keeping import Gatherer, keeper
from telcli.settings import DetectFraudSettings
from telcli.stages import Before, Inputs
from telcli.stages.detect_fraud import detect_fraud
from telcli.tables import contract
from telcli.tables.checks import bucket

JUNE, BUCKETS = date(2024, 6, 1), 8
TABLES = ("fraud_days", "fraud_callers")


def say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def some_calls(who: pl.Series, each: int, chance: np.random.Generator) -> pl.DataFrame:
    """A month of some customers, as rows of the contract, in the order of the key."""
    n = len(who) * each
    place = np.repeat(np.arange(len(who)), each)
    box = place % 2_000 == 7
    day = np.where(box, chance.integers(3, 5, n), chance.integers(0, 30, n))
    hour = np.where(box, chance.uniform(1, 23.9, n), np.clip(chance.normal(14, 5, n), 0, 23.99))
    at = day * 86_400 + (hour * 3600).astype(np.int64)
    party = np.where(box, chance.integers(0, 10**9, n), place * 37 + (chance.random(n) ** 2 * 60).astype(np.int64))
    kind = np.where(box, 0, chance.choice(3, n, p=[0.6, 0.2, 0.2]))
    long = np.where(chance.random(n) < 0.1, 0.0, np.ceil(chance.exponential(90.0, n)))
    rows = pl.DataFrame({"place": place, "at": at, "party": party, "kind": kind, "long": long, "box": box})
    rung = pl.DataFrame({"place": chance.choice(len(who), min(len(who), 250), replace=False)}).select(
        "place", at=pl.lit(10 * 86_400 + 50_000) + pl.int_range(pl.len()) * 13, party=-1 - pl.int_range(pl.len()) % 5,
        kind=pl.lit(0, pl.Int64), long=pl.lit(1.0), box=pl.lit(value=False),
    )  # fmt: skip
    both = pl.concat([rows, rung], how="vertical_relaxed").unique(subset=["place", "at", "party"], keep="first")
    texts = ["voice", "text", "data"]
    out = (pl.col("party") >= 0) & ((pl.col("at") % 2 == 0) | pl.col("box"))
    made = both.select(
        customer_id=pl.lit(who).gather("place"),
        started_at=pl.lit(datetime(2024, 6, 1)).cast(pl.Datetime("us")) + pl.duration(seconds="at"),
        counterpart=pl.format("{}-pseudonym-of-a-number", "party"),
        direction=pl.when(out).then(pl.lit("out")).otherwise(pl.lit("in")),
        kind=pl.col("kind").replace_strict([0, 1, 2], texts, return_dtype=pl.String),
        duration_s=pl.when(pl.col("kind") == 0).then("long"),
        data_mb=pl.when(pl.col("kind") == 2).then(pl.lit(3.0)),
        cell_id=pl.format("c{}", pl.when("box").then("place").otherwise(pl.col("place") % 900 + pl.col("at") % 5)),
        device_h=pl.format("d{}", pl.when("box").then(pl.col("place") // 8_000).otherwise("place")),
    )
    return contract("calls").conform(made.lazy()).sort("customer_id", "started_at").collect()


def make(folder: Path, calls: int, customers: int) -> None:
    """Write the files of calls."""
    names = pl.select(pl.format("C{}", pl.int_range(customers).cast(pl.String).str.zfill(8))).to_series().alias("id")
    places = names.to_frame().select(bucket("id", BUCKETS)).to_series()
    chance = np.random.default_rng(0)
    for number in range(BUCKETS):
        mine = names.filter(places == number)
        rows = some_calls(mine, calls // customers, chance)
        rows.write_parquet(folder / f"{number:02}.parquet", row_group_size=1 << 17)
    names.to_frame("customer_id").write_parquet(folder / "customers.parquet")


def opened(file: Path) -> pl.LazyFrame:
    return contract("calls").conform(scanned(file))


def highest_memory() -> float:
    """Megabytes that this process has held at most; what it was forked from counts in getrusage, and not here."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(float(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def run(folder: Path, again: bool) -> None:
    """Look at them; `again` as if all days but the last had been looked at before."""
    files = {f"{JUNE}/{number:02}": folder / f"{number:02}.parquet" for number in range(BUCKETS)}
    names = pl.read_parquet(folder / "customers.parquet")
    fresh = pl.int_range(pl.len()) % 30 == 0  # one line in thirty is of the last months
    began = (
        pl.when(fresh)
        .then(date(2024, 5, 2) + pl.duration(days=pl.int_range(pl.len()) % 28))
        .otherwise(date(2022, 1, 1))
    )
    lines = names.select("customer_id", subscription_id="customer_id", activated_on=began.cast(pl.Date))
    tables = {
        "customers": contract("customers").conform(names.lazy()),
        "customer_months": names.lazy().with_columns(month=pl.lit(JUNE)),
        "subscriptions": contract("subscriptions").conform(lines.lazy()),
    }
    place = folder / f"scratch-{again}"
    place.mkdir(exist_ok=True)
    inputs = Inputs(
        tables,
        JUNE,
        keep=keeper(place / "kept"),
        gather=Gatherer(place / "gathered"),
        before=before(folder) if again else None,
        parts={"calls": {name: partial(opened, file) for name, file in files.items()}},
    )
    began, cpu = time.perf_counter(), time.process_time()
    outcome = detect_fraud(inputs, DetectFraudSettings())
    for name, frame in outcome.tables.items():
        landed = land(contract(name), frame, place / "staging", strict=True, light=name in outcome.light)
        for staged in landed.staged.values():
            if not again and name in TABLES:
                staged.rename(folder / f"{name}.parquet")
    if not again:
        marks = pl.DataFrame(list(outcome.marks.items()), schema=["day", "mark"], orient="row")
        marks.write_parquet(folder / "marks.parquet")
    peak = highest_memory()
    spent = time.perf_counter() - began, time.process_time() - cpu
    found = {name: count for name, count in outcome.metrics["by_pattern"].items() if count}
    say(f"{'one day new' if again else 'all days'}: {spent[0]:.0f} s wall, {spent[1]:.0f} s CPU, peak {peak:,.0f} MB,",
        f"{outcome.metrics['days_folded']} days folded, cases {found}")  # fmt: skip


def before(folder: Path) -> Before:
    """What a run without the last day's calls would have left."""
    marks = dict(pl.read_parquet(folder / "marks.parquet").iter_rows())
    marks.pop(max(marks))
    month = frozenset({JUNE.isoformat()})
    last = JUNE + timedelta(days=29)

    def rows(table: str, months: object) -> pl.LazyFrame:
        return scanned(folder / f"{table}.parquet").filter(pl.col("day") < last)

    return Before({"calls": month}, dict.fromkeys(TABLES, month), rows, marks)


if __name__ == "__main__":
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--folder", type=Path, required=True)
    given.add_argument("--calls", type=int, default=20_000_000)
    given.add_argument("--customers", type=int, default=100_000)
    given.add_argument("--run", choices=("all", "again"))
    asked = given.parse_args()
    if asked.run:
        run(asked.folder, asked.run == "again")
    else:
        asked.folder.mkdir(parents=True, exist_ok=True)
        make(asked.folder, asked.calls, asked.customers)
        for which in ("all", "again"):
            words = ["--folder", str(asked.folder), "--run", which]
            subprocess.run([sys.executable, "-m", "tests.benchmarks.fraud_speed", *words], check=True, env=os.environ)
