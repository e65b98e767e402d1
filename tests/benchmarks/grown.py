"""A working directory with each customer of another one several times over, or with a share of them only.

    python tests/benchmarks/grown.py --of work --to larger --times 10
    python tests/benchmarks/grown.py --of work --to larger --walk

The first makes `larger` out of what ingest and customer-months made of `work`, a copy of each customer under ids of its
own; nothing is ingested, so that stages can be measured at sizes that would take hours to simulate. A share, such as
`--times 0.3`, takes some of the customers. Copies have the very behaviour of their originals: what grows with customers
grows, what grows with kinds of customers does not. The second runs the stages after ingest on it, each in a process of
its own, and prints seconds and peak memory of each.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
from pyarrow.parquet import ParquetFile

from telcli.pipeline.partfile import PartFile
from telcli.pipeline.provenance import Manifest, Part, file_sha256
from telcli.tables.bucket import bucket
from tests.benchmarks.walk import STAGES, measured

_BLOCK, _BUCKETS = 50_000, 1000
_OWN = {
    *("customer_id", "subscription_id", "account_id", "bundle_id", "payment_id", "contact_id", "campaign_id"),
    *("source_key", "household_id", "group_id", "certificate_h", "phone_h", "number_h", "main_number_h"),
    *("device_h", "sim_h"),
}
"""Ids that a copy has of its own; places, plans, channels and managers are shared."""
_MADE = ("ingest", "customer-months")


def copies(rows: pl.DataFrame, times: float) -> pl.DataFrame:
    """Each row several times, one below the other, under ids of its own; or the rows of a share of customers.

    A suffix that sorts before letters and figures leaves rows in the order of their ids.
    """
    if times < 1:
        who = next((name for name in ("customer_id", "source_key") if name in rows.columns), None)
        return rows.filter(bucket(who, _BUCKETS) < times * _BUCKETS) if who else rows
    own = _OWN & set(rows.columns)
    if not own or times == 1:
        return rows
    count = int(times)
    repeated = rows[np.repeat(np.arange(rows.height), count)]
    suffix = pl.Series("suffix", np.tile(np.arange(count), rows.height)).cast(pl.String)
    return repeated.with_columns(pl.col(sorted(own)) + ("-" + suffix))


def blocks(place: Path) -> Iterator[pl.DataFrame]:
    """The rows of a file, some at a time."""
    for batch in ParquetFile(place).iter_batches(_BLOCK):
        found = pl.from_arrow(batch)
        assert isinstance(found, pl.DataFrame)
        yield found


def grown(of: Path, to: Path, times: float) -> None:
    """Make the working directory `to`."""
    manifest = Manifest.read(of / "manifest.json")
    made = {table for stage in _MADE for record in manifest.stages[stage].values() for table in record.gave}
    tables: dict[str, dict[str, Part]] = {}
    for table, parts in manifest.tables.items():
        for name, part in parts.items() if table in made else ():
            place = to / part.path
            place.parent.mkdir(parents=True, exist_ok=True)
            with PartFile(place) as file:
                for rows in blocks(of / part.path):
                    file.write(copies(rows, times))
            size = place.stat().st_size
            tables.setdefault(table, {})[name] = Part(part.path, file_sha256(place), file.rows, size, part.contract)
            sys.stdout.write(f"{part.path}: {file.rows:,} rows, {size / 1e6:,.0f} MB\n")
    prints = {part.path: part.sha256 for parts in tables.values() for part in parts.values()}
    stages = {}
    for stage in _MADE:
        stages[stage] = {
            key: dataclasses.replace(
                record,
                files={},
                basis=dataclasses.replace(
                    record.basis, inputs={path: prints.get(path, sha) for path, sha in record.basis.inputs.items()}
                ),
            )
            for key, record in manifest.stages[stage].items()
        }
    new = dataclasses.replace(manifest, tables=tables, files={}, stages=stages, pending=())
    (to / "manifest.json").write_text(new.to_json(), encoding="utf-8")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--of", type=Path, help="the working directory to take customers of")
    options.add_argument("--to", type=Path, required=True, help="the one to make, or to measure")
    options.add_argument("--times", type=float, default=10)
    options.add_argument("--walk", action="store_true", help="run the stages after ingest on it")
    options.add_argument("--stages", nargs="+", default=STAGES[1:])
    given = options.parse_args()
    if given.of:
        grown(given.of, given.to, given.times)
    for stage in given.stages if given.walk else ():
        wall, cpu, peak = measured(stage, "-w", str(given.to), "-q", "--force")
        sys.stdout.write(f"{stage:<14} {wall:7.1f} s  CPU {cpu:7.1f} s  {peak:5.2f} GB\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
