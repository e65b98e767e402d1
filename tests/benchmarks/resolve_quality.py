# ruff: noqa: T201
"""How right the joining of two systems' customers is: precision and recall of pairs, with and without linkage.

    python tests/benchmarks/resolve_quality.py [CUSTOMERS] [SEEDS]

For each seed an operator with a second system is simulated, and its customers are resolved twice, by keys alone and
with linkage, from the same files. Pairs are all pairs of records of one customer, over and within systems.
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from statistics import median

import polars as pl

from telcli.methods.components import PairQuality, pair_quality
from telcli.pipeline.simulate import simulate
from telcli.pipeline.sources import open_sources
from telcli.settings import IngestSettings, SimulateSettings
from telcli.stages import Inputs, Outcome
from telcli.stages.ingest import ingest

FILES = ("crm_customers.csv", "service_customers.csv")


def resolved(operator: Path, linkage: str) -> tuple[PairQuality, float, Outcome]:
    """How right the customers of one operator's two systems are, and how long it took."""
    with tempfile.TemporaryDirectory() as scratch:
        begun = time.perf_counter()
        extracts, _ = open_sources([operator / name for name in FILES], Path(scratch))
        inputs = Inputs({}, date(2024, 6, 1), extracts=tuple(extracts), key=lambda: bytes(32))
        found = ingest(inputs, IngestSettings(linkage=linkage, trust="crm*"))
        rows = found.tables["crosswalk"].collect()
        seconds = time.perf_counter() - begun
    truth = pl.read_csv(operator / "answer_key/same_customer.csv", infer_schema=False)
    both = rows.select("source", "source_key", "customer_id").join(truth, on=["source", "source_key"])
    labels = [both[name].rank("dense").to_numpy() for name in ("true_customer", "customer_id")]
    return pair_quality(labels[0], labels[1]), seconds, found


def main() -> None:
    """Print a line per seed and way, and the medians of the differences."""
    customers, seeds = (
        (int(word) for word in [*sys.argv[1:], "10000", "5"][:2]) if len(sys.argv) != 2 else (int(sys.argv[1]), 5)
    )
    gains = []
    print(f"{customers:,} customers  seed  way      precision  recall   pairs found / true      s   joined by")
    for seed in range(seeds):
        with tempfile.TemporaryDirectory() as place:
            operator = Path(place) / "operator"
            simulate(operator, SimulateSettings(customers=customers, months=1, second_system="on"), seed)
            ways = {way: resolved(operator, way) for way in ("off", "on")}
        for way, (quality, seconds, found) in ways.items():
            name = "keys" if way == "off" else "linkage"
            joined = ", ".join(f"{rule} {count:,}" for rule, count in found.metrics["joined"].items())
            print(
                f"{'':>{len(f'{customers:,} customers')}}  {seed:>4}  {name:<8} {quality.precision:>8.4f} "
                f"{quality.recall:>8.4f} {quality.found:>12,} / {quality.true:,} {seconds:>8.1f}   {joined}"
            )
        off, on = ways["off"][0], ways["on"][0]
        gains.append((on.recall - off.recall, on.precision - off.precision, ways["on"][1] - ways["off"][1]))
    recall, precision, seconds = (median(column) for column in zip(*gains, strict=True))
    print(
        f"linkage over keys, median of pairs: recall {recall:+.4f}, precision {precision:+.4f}, seconds {seconds:+.1f}"
    )


if __name__ == "__main__":
    main()
