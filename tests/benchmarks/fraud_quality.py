"""Precision and recall of detect-fraud on planted fraud, beside the isolation forest alone; false cases without any.

    python -m tests.benchmarks.fraud_quality [--seeds 5] [--customers 2000] [--data DIR]

For each seed an operator is simulated with --fraud, ingested and looked at. A subject named by a case is right where
it was planted as a fraudster; the recall of a pattern counts only cases of that pattern. The forest alone names as many
customers as the rules do. Then the same operators without their fraudsters and look-alikes; with --data, the public
sets nodobo-calls and megaline, which tell of no fraud: every case there counts as false, though nobody knows.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from telcli.cli import main
from telcli.methods.rates import wilson
from telcli.methods.tail_share import unlike
from telcli.pipeline.simulate import simulate
from telcli.settings import SimulateSettings
from telcli.stages.detect_fraud_unusual import FEATURES

PATTERNS = ("sim-box", "wangiri", "irsf", "subscription", "fake-activation")


def say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def look(place: Path, *sources: str, more: tuple[str, ...] = ()) -> None:
    """Ingest and look."""
    assert main(["ingest", *sources, "-w", str(place), "-q", *more]) == 0
    assert main(["detect-fraud", "-w", str(place), "-q"]) == 0


def subjects(work: Path) -> pl.DataFrame:
    """Each subject of a case with its pattern, lines under their customer."""
    if not (work / "fraud_cases").exists():
        return pl.DataFrame(schema=dict.fromkeys(("case_id", "subject_id", "pattern", "subject", "who"), pl.String))
    cases = pl.read_parquet(work / "fraud_cases/**/*.parquet")
    evidence = pl.read_parquet(work / "fraud_evidence/**/*.parquet").select("case_id", "subject_id").unique()
    found = evidence.join(cases.select("case_id", "pattern", "subject"), on="case_id")
    line = pl.format("C{}", pl.col("subject_id").str.slice(1, 8))
    return found.with_columns(who=pl.when(pl.col("subject") == "line").then(line).otherwise("subject_id"))


def played(seed: int, customers: int, scratch: Path, *, fraud: bool) -> tuple[Path, pl.DataFrame]:
    """An operator's working directory, and who was planted."""
    made = scratch / f"made-{seed}"
    simulate(made, SimulateSettings(customers=customers, months=12, fraud="on"), seed)
    key = pl.read_csv(made / "answer_key/fraud.csv")
    if not fraud:
        calls = pl.read_csv(made / "calls.csv", infer_schema=False)
        calls.filter(pl.col("customer_id") < "C9", pl.col("international") == "0").write_csv(made / "calls.csv")
        for name in ("crm_customers.csv", "usage.csv", "payments.csv"):
            rows = pl.read_csv(made / name, infer_schema=False)
            who = "客户编号" if name.startswith("crm") else "customer_id"
            rows.filter(pl.col(who).is_null() | (pl.col(who) < "C9")).write_csv(made / name)
    sources = [str(path) for path in sorted(made.iterdir()) if path.is_file() and path.suffix in (".csv", ".txt")]
    if not fraud:
        sources = [name for name in sources if "subscriptions" not in name and "billing" not in name]
        text = (made / "crm_subscriptions.csv").read_text(encoding="gb18030").splitlines()
        kept = [text[0], *(line for line in text[1:] if ",C9" not in line)]
        (made / "lines.csv").write_text("\n".join(kept) + "\n", encoding="utf-8")
        sources.append(str(made / "lines.csv"))
    work = scratch / f"work-{seed}-{fraud}"
    look(work, *sources)
    return work, key


def forest_alone(work: Path, count: int) -> list[str]:
    """The customers most unlike the others by the forest on the same features, as many as asked for."""
    days = pl.read_parquet(work / "fraud_days/**/*.parquet").filter(pl.col("month") == date(2024, 6, 1))
    table = days.group_by("customer_id").agg(pl.col(name).mean() for name in FEATURES).sort("customer_id")
    found = unlike(np.log1p(table.select(FEATURES).fill_null(0.0).to_numpy()), np.ones(table.height, bool), 0)
    return table["customer_id"].gather(np.argsort(found.tail, kind="stable")[:count].tolist()).to_list()


def told(name: str, right: int, of: int) -> str:
    low, high = wilson(right, of)
    return f"{name} {right / max(of, 1):.3f} ({float(low):.3f}..{float(high):.3f}), {right} of {of}"


def measure(seeds: int, customers: int) -> None:
    """Print precision and recall by pattern over all seeds."""
    named, right, planted, caught, forest, lookalikes, missed = (Counter[str]() for _ in range(7))
    with tempfile.TemporaryDirectory() as place:
        for seed in range(seeds):
            work, key = played(seed, customers, Path(place), fraud=True)
            roles = dict(key.select("customer_id", "role").iter_rows())
            frauds = dict(key.filter(pl.col("pattern").is_not_null()).select("customer_id", "pattern").iter_rows())
            found = subjects(work)
            outside = set(found.filter(pl.col("subject") == "caller")["who"].to_list())
            for pattern, who in found.select("pattern", "who").unique().iter_rows():
                named[pattern] += 1
                right[pattern] += who in frauds or who in outside
                if who not in frauds and who not in outside:
                    lookalikes[f"{pattern}: {roles.get(who, 'ordinary')}"] += 1
            hits = set(found.select("pattern", "who").iter_rows())
            for who, pattern in frauds.items():
                planted[pattern] += 1
                caught[pattern] += (pattern, who) in hits if not who.startswith("outside") else False
            caught["wangiri"] += min(len(outside), 2)
            inside = {who for who in frauds if not who.startswith("outside")}
            own = set(found["who"].to_list()) - outside
            alone = set(forest_alone(work, len(own)))
            forest.update(named=len(own), rules=len(own & inside), forest=len(alone & inside), planted=len(inside))
            missed.update(roles[who] for who in inside - own)
            say(f"seed {seed}: {len(own)} customers named, {len(own & inside)} rightly")
    for pattern in PATTERNS:
        say(
            pattern,
            "|",
            told("precision", right[pattern], named[pattern]),
            "|",
            told("recall", caught[pattern], planted[pattern]),
        )
    say("unusual |", told("precision", right["unusual"], named["unusual"]))
    say("customers named:", told("rules and forest", forest["rules"], forest["named"]))
    say(
        "the forest alone, as many:",
        told("precision", forest["forest"], forest["named"]),
        told("recall", forest["forest"], forest["planted"]),
    )
    say("all together:", told("recall", forest["rules"], forest["planted"]))
    say("named wrongly:", dict(lookalikes), "missed:", dict(missed))


def without(seeds: int, customers: int) -> None:
    """Print false cases where nobody was planted."""
    counts, people = Counter[str](), 0
    with tempfile.TemporaryDirectory() as place:
        for seed in range(seeds):
            work, _ = played(seed, customers, Path(place), fraud=False)
            people += pl.scan_parquet(work / "customers/**/*.parquet").select(pl.len()).collect().item()
            counts.update(subjects(work)["pattern"].to_list())
    say(f"without fraud: {people} customers; subjects named by pattern {dict(counts)}")
    say("per 10,000 customers", {name: round(1e4 * count / people, 1) for name, count in counts.items()})


def public(data: Path) -> None:
    """Print cases on public sets."""
    sets = {
        "megaline": [str(path) for path in sorted((data / "megaline").glob("*.csv")) if "plans" not in path.name],
        "nodobo-calls": [str(data / "nodobo-calls/calls_.csv")],
    }
    for name, sources in sets.items():
        with tempfile.TemporaryDirectory() as place:
            more = () if name == "megaline" else ("--map", "customer_id=user")
            look(Path(place) / "w", *sources, more=more)
            people = pl.scan_parquet(Path(place) / "w/customers/**/*.parquet").select(pl.len()).collect().item()
            say(name, people, "customers:", dict(Counter(subjects(Path(place) / "w")["pattern"].to_list())))


if __name__ == "__main__":
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--seeds", type=int, default=5)
    given.add_argument("--customers", type=int, default=2000)
    given.add_argument("--data", type=Path)
    asked = given.parse_args(sys.argv[1:])
    measure(asked.seeds, asked.customers)
    without(min(asked.seeds, 3), asked.customers)
    if asked.data:
        public(asked.data)
