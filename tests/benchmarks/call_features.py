"""Thirteen features of calls per customer: telcli against other ways to the same numbers, on files of ingest.

    python tests/benchmarks/call_features.py --folder /room --customers 10000 100000 --runs 3

Makes about 200 calls, texts and sessions per customer in one month (log-normal use, Zipf contacts, fixed seed), then
runs every way in a process of its own, one after the other, `--runs` times. CPU and wall seconds are of the work
without imports (numba: without compiling), peaks of the whole process. What cannot be imported is named. bandicoot
works on `--sample` customers, and its times are scaled up from them. Spark's times have the start of its virtual
machine in them. The foreign ways read the same rows from one file in the order of time. All results must agree to 1e-9.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import math
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

import call_features_ways as ways
import numpy as np
import polars as pl

from telcli.pipeline.partfile import PartFile
from telcli.tables import contract
from telcli.tables.checks import bucket

START = pl.datetime(2024, 6, 1)
BATCH = 10_000
KEY = list(contract("calls").key)


def named(codes: pl.Expr) -> pl.Expr:
    return pl.format("C{}", codes.cast(pl.String).str.zfill(8))


def parties(count: int, chance: np.random.Generator) -> pl.Series:
    """Pseudonyms, as ingest makes them."""
    raw = chance.bytes(16 * count).hex()
    return pl.Series([raw[at : at + 32] for at in range(0, 32 * count, 32)])


def events(customers: np.ndarray, pool: pl.Series, chance: np.random.Generator) -> pl.DataFrame:
    """The month of some customers, in the order of the key."""
    n = np.maximum(chance.lognormal(math.log(200) - 0.32, 0.8, len(customers)).astype(int), 1)
    who = np.repeat(np.arange(len(customers)), n)
    contacts = chance.integers(3, 90, len(customers))[who]
    rank = np.floor(np.exp(chance.random(len(who)) * np.log(contacts + 1))).astype(np.int64)
    second = (np.clip(chance.normal(14, 5, len(who)), 0, 23.99) * 3600).astype(np.int64)
    size = len(who)
    drawn = pl.DataFrame(
        {
            "who": customers[who],
            "at": chance.integers(0, 30, size) * 86_400 + second,
            "party": (customers[who] * 7919 + rank * rank * 104_729) % len(pool),
            "kind": chance.choice(3, size, p=[0.6, 0.25, 0.15]),
            "made": chance.random(size) < 0.55,
            "length": np.where(chance.random(size) < 0.05, 0.0, np.ceil(chance.exponential(120, size))),
            "volume": np.round(chance.exponential(8, size), 3),
            "cell": customers[who] % 3000 + 17 * chance.integers(0, 4, size),
            "off": chance.random(size) < 0.3,
            "abroad": chance.random(size) < 0.02,
        }
    )
    data = pl.col("kind") == 2
    columns = drawn.select(
        customer_id=named(pl.col("who")),
        started_at=START + pl.duration(seconds="at"),
        counterpart=pl.when(data).then(pl.lit("unknown")).otherwise(pl.lit(pool).gather("party")),
        direction=pl.when(data | pl.col("made")).then(pl.lit("out")).otherwise(pl.lit("in")),
        kind=pl.lit(pl.Series(["voice", "text", "data"])).gather("kind"),
        duration_s=pl.when(pl.col("kind") != 1).then("length"),
        data_mb=pl.when(data).then("volume"),
        cell_id=pl.format("cell{}", "cell"),
        off_net=pl.when(~data).then("off"),
        international=pl.when(~data).then("abroad"),
        started_epoch_s=(START + pl.duration(seconds="at") - pl.duration(hours=8)).dt.epoch("s"),
    )
    return columns.unique(KEY, keep="first", maintain_order=True).sort(KEY)


def made(folder: Path, customers: int) -> int:
    """Write the files unless they are there; how many rows they have."""
    buckets = contract("calls").buckets
    if not folder.exists():
        chance = np.random.default_rng(customers)
        pool, codes = parties(customers * 3 + 1000, chance), np.arange(customers)
        ids = pl.DataFrame({"code": codes}).select(named(pl.col("code")).alias("id"))
        place = ids.select(bucket("id", buckets))["id"].to_numpy()
        for number in range(buckets):
            home = folder / "month=2024-06-01" / f"bucket={number:02}"
            home.mkdir(parents=True)
            mine = codes[place == number]
            with PartFile(home / "part-0.parquet") as file:
                for low in range(0, len(mine), BATCH):
                    file.write(events(mine[low : low + BATCH], pool, chance))
    rows = pl.scan_parquet(ways.files(folder))
    if not ways.by_time(folder).exists():
        rows.sort("started_at", "customer_id").sink_parquet(ways.by_time(folder))
    return rows.select(pl.len()).collect().item()


def one(name: str, folder: Path, out: Path, sample: int) -> None:
    """Run one way in this process; print what it cost, and leave its result."""
    work = ways.WAYS[name]()
    before, begun = spent(), time.perf_counter()
    found = work(folder, sample)
    cpu, ended = spent() - before, time.perf_counter()
    found.select("customer_id", pl.col(ways.FEATURES).cast(pl.Float64)).sort("customer_id").write_parquet(out)
    cost = {"cpu": cpu, "wall": ended - begun, "peak": peak(), "of": found.height}
    sys.stdout.write(json.dumps(cost))


def spent() -> float:
    """CPU seconds of this process and of those it started that have ended (Spark's)."""
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def peak() -> float:
    """Gigabytes at most of this process since it runs this program; `ru_maxrss` may be of the one that started it."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1e6 for line in lines if line.startswith("VmHWM"))


def agree(mine: pl.DataFrame, theirs: pl.DataFrame, name: str) -> float:
    """The largest difference, of absolute and relative the smaller."""
    both = theirs.join(mine, on="customer_id", suffix="_mine", maintain_order="left")
    assert both.height == theirs.height, name
    worst = 0.0
    for feature in ways.FEATURES:
        left, right = (both[column].fill_null(math.nan).to_numpy() for column in (feature, f"{feature}_mine"))
        assert (np.isnan(left) == np.isnan(right)).all(), (name, feature)
        gap = np.abs(left - right) / np.maximum(np.abs(right), 1.0)
        worst = max(worst, float(np.nanmax(gap)))
        assert worst <= 1e-9, (name, feature, worst)
    return worst


def measured(options: argparse.Namespace, customers: int) -> dict[str, dict[str, float]]:
    """Medians of each way at one size, after all results were found to agree."""
    folder = options.folder / f"calls-{customers}"
    rows = made(folder, customers)
    sys.stdout.write(f"{customers:,} customers, {rows:,} rows\n")
    runs: dict[str, list[dict[str, float]]] = {}
    differ: dict[str, float] = {}
    for _ in range(options.runs):
        for name in options.ways:
            if importlib.util.find_spec(ways.NEEDS[name]) is None:
                differ[name] = math.nan
                continue
            out = options.folder / f"{name}.parquet"
            words = [sys.executable, __file__, "--folder", str(folder), "--one", name, "--out", str(out)]
            words += ["--sample", str(options.sample)]
            told = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True)
            cost = json.loads(told.stdout.splitlines()[-1])
            share = customers / cost.pop("of") if name == "bandicoot" else 1.0
            runs.setdefault(name, []).append(
                {"cpu": cost["cpu"] * share, "wall": cost["wall"] * share, "peak": cost["peak"]}
            )
            differ[name] = agree(pl.read_parquet(options.folder / "telcli.parquet"), pl.read_parquet(out), name)
    found = {name: {key: statistics.median(run[key] for run in each) for key in each[0]} for name, each in runs.items()}
    for name in options.ways:
        if name not in found:
            sys.stdout.write(f"  {name:<16} not installed\n")
            continue
        cost, ratios = (
            found[name],
            [mine["cpu"] / its["cpu"] for mine, its in zip(runs["telcli"], runs[name], strict=True)],
        )
        sys.stdout.write(
            f"  {name:<16} CPU {cost['cpu']:8.2f} s  wall {cost['wall']:8.2f} s  peak {cost['peak']:5.2f} GB  "
            f"{rows / cost['cpu'] / 1e6:6.2f} M rows per CPU s  telcli takes {statistics.median(ratios):6.3f} of it "
            f"({min(ratios):.3f}..{max(ratios):.3f})  differs by {differ[name]:.1e}\n"
        )
        sys.stdout.flush()
    return found | {"": {"rows": rows}}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--folder", type=Path, required=True)
    options.add_argument("--customers", type=int, nargs="+", default=[10_000, 100_000])
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--sample", type=int, default=100)
    options.add_argument("--ways", nargs="+", default=list(ways.WAYS))
    options.add_argument("--one")
    options.add_argument("--out", type=Path)
    given = options.parse_args()
    if given.one:
        one(given.one, given.folder, given.out, given.sample)
        return
    os.environ.setdefault("POLARS_MAX_THREADS", "2")
    sizes = [measured(given, customers) for customers in sorted(given.customers)]
    for name in ways.WAYS if len(sizes) > 1 else ():
        if name in sizes[0]:
            grown = math.log(sizes[-1][name]["cpu"] / sizes[0][name]["cpu"])
            sys.stdout.write(
                f"{name:<18} grows as rows ** {grown / math.log(sizes[-1]['']['rows'] / sizes[0]['']['rows']):.2f}\n"
            )


if __name__ == "__main__":
    main()
