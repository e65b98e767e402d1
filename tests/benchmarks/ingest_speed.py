"""`telcli ingest`, all checks on, against libraries that only convert the same file to Parquet: interleaved runs.

    python tests/benchmarks/ingest_extracts.py --folder /room --bills 10000000 --calls 20000000
    python tests/benchmarks/ingest_speed.py --folder /room --runs 3

The others read dates, months and numbers as such and check nothing; pyarrow and polars read GB18030 from a file that
iconv wrote first, which counts. Prints medians of wall and CPU seconds and of peak memory, and ratios of telcli to the
best of the others; `telcli (tables)` is the command less what it makes of the tables afterwards, customer months.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

POLARS = """
import sys, polars as pl
source, target, kind = sys.argv[1:]
if kind == "bills":
    text = {name: pl.String for name in ("账单编号", "账期", "缴费期限")}
    frame = pl.scan_csv(source, schema_overrides=text).with_columns(
        pl.col("缴费期限").str.to_date("%Y-%m-%d"), (pl.col("账期") + "01").str.to_date("%Y%m%d"))
else:
    text = {name: pl.String for name in ("对方号码", "通话开始时间", "基站")}
    frame = pl.scan_csv(source, schema_overrides=text).with_columns(
        pl.col("通话开始时间").str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us"))
frame.sink_parquet(target)
"""
DUCKDB = """
import sys, duckdb
source, target, kind = sys.argv[1:]
text = "账单编号 账期" if kind == "bills" else "对方号码 基站"
types = ", ".join(f"'{name}': 'VARCHAR'" for name in text.split())
base = duckdb.connect()
base.execute(f"COPY (SELECT * FROM read_csv('{source}', types={{{types}}})) TO '{target}' (FORMAT parquet)")
"""
ARROW = """
import sys, pyarrow as pa, pyarrow.csv as csv, pyarrow.parquet as pq
source, target, kind = sys.argv[1:]
text = "账单编号 账期" if kind == "bills" else "对方号码 基站"
types = csv.ConvertOptions(column_types={name: pa.string() for name in text.split()})
with csv.open_csv(source, convert_options=types) as reader, pq.ParquetWriter(target, reader.schema) as writer:
    for batch in reader:
        writer.write_batch(batch)
"""
TABLES = """
import sys
from pathlib import Path
from telcli.pipeline.run import Request, run_stage
run_stage("ingest", Request(workdir=Path(sys.argv[2]), sources=(Path(sys.argv[1]),)))
"""
PEERS = {"polars": POLARS, "duckdb": DUCKDB, "pyarrow": ARROW}


def measured(words: list[str]) -> tuple[float, float, float]:
    """Wall seconds, CPU seconds with those of children, and peak gigabytes of one command."""
    begun = time.monotonic()
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"failed: {' '.join(words)[:200]}")
    return time.monotonic() - begun, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1e6


def commands(source: Path, kind: str, room: Path, gb18030: bool) -> Iterator[tuple[str, list[str]]]:
    """What is run on one file, by name."""
    work, out = room / "work", room / "out.parquet"
    yield "telcli", [sys.executable, "-m", "telcli", "ingest", str(source), "-w", str(work), "-q"]
    yield "telcli (tables)", [sys.executable, "-c", TABLES, str(source), str(work)]
    for name, program in PEERS.items():
        plain = room / "plain.csv" if gb18030 else source
        words = [sys.executable, "-c", program, str(plain), str(out), kind]
        if not gb18030:
            yield name, words
        elif name != "duckdb":
            yield (
                name,
                [
                    "sh",
                    "-c",
                    'iconv -f gb18030 -t utf-8 "$1" > "$2"; shift 2; "$@"',
                    "sh",
                    str(source),
                    str(plain),
                    *words,
                ],
            )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--folder", type=Path, required=True)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--files", nargs="+", default=["bills.utf8.csv", "bills.gb18030.csv", "calls.csv"])
    given = options.parse_args()
    os.environ.setdefault("TELCLI_KEY", "0" * 64)
    room = given.folder / "room"
    for file in given.files:
        kind = file.split(".")[0]
        found: dict[str, list[tuple[float, float, float]]] = {}
        for _ in range(given.runs):
            for name, words in commands(given.folder / file, kind, room, "gb18030" in file):
                shutil.rmtree(room, ignore_errors=True)
                room.mkdir()
                found.setdefault(name, []).append(measured(words))
        shutil.rmtree(room, ignore_errors=True)
        report(file, found)


def report(file: str, found: dict[str, list[tuple[float, float, float]]]) -> None:
    middle = {name: [statistics.median(column) for column in zip(*runs, strict=True)] for name, runs in found.items()}
    best = [min(middle[name][at] for name in middle if not name.startswith("telcli")) for at in (0, 1)]
    sys.stdout.write(f"{file}\n")
    for name, (wall, cpu, peak) in middle.items():
        ratios = f"  {wall / best[0]:5.2f} x wall  {cpu / best[1]:5.2f} x CPU" if name.startswith("telcli") else ""
        sys.stdout.write(f"  {name:<16} {wall:7.1f} s  CPU {cpu:7.1f} s  {peak:5.2f} GB{ratios}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
