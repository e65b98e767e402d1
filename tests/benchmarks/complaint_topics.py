"""How often a topic is told as emerging where none is, and how soon one that rises is found.

    python -m tests.benchmarks.complaint_topics          # some seven minutes; --runs N for more or fewer

Simulated: complaints about 24 topics of 9,000 to 11,000 customers over 13 months before and up to 4 after. Customers
who complain of a topic come at 0.5 to 8 per 1,000 and month; their number varies by chance alone, or three times as
much (negative binomial); each makes one complaint or more (a geometric number, 1.3 in the mean). The table is that of
telcli complaints with its settings as they come, of every month in turn. Counted: months in which any topic is told
though none changed; and of a topic that from one month on is made by two or three times the customers, whether it is
told in its first month, and up to its third. Beside: contacts tested by the plain Poisson test among all topics, as it
would be without customers and without spread.
"""

from __future__ import annotations

import sys
from datetime import date, datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.features.complaint_topics import topics
from telcli.features.month_index import add_months
from telcli.methods.event_rates import rise_chance
from telcli.methods.rates import found_among, wilson
from telcli.settings import ComplaintsSettings
from telcli.stages.complaints_ground import ground_of
from telcli.stages.complaints_topics import topic_rows
from telcli.tables import contract

FIRST, BEFORE, AFTER, TOPICS = date(2023, 1, 1), 13, 4, 24
WORDS = {name: topic.words[0].removesuffix("$") for name, topic in list(topics().items())[:TOPICS]}
Floats = NDArray[np.float64]


def world(rng: np.random.Generator, spread: float, times: float, rising: bool) -> dict[str, pl.LazyFrame]:
    """Tables of one run; the topic that rises is the last, of a middling rate."""
    months = [add_months(FIRST, at) for at in range(BEFORE + AFTER)]
    base = np.linspace(9_000, 11_000, len(months)).astype(int)
    rate = rng.uniform(0.5, 8.0, TOPICS)
    rate[-1] = 3.0
    rows = []
    for at, month in enumerate(months):
        mean = rate * base[at] / 1_000
        if rising and at >= BEFORE:
            mean[-1] *= times
        counts = rng.poisson(mean) if spread == 1.0 else rng.negative_binomial(mean / (spread - 1), 1 / spread)
        for topic, count in zip(WORDS, counts, strict=True):
            who = rng.choice(base[at], size=min(int(count), base[at]), replace=False)
            rows += [(f"C{one}", month, WORDS[topic]) for one in np.repeat(who, rng.geometric(1 / 1.3, len(who)))]
    frame = pl.DataFrame(rows, schema=["customer_id", "month", "topic"], orient="row").with_row_index("n")
    opened = pl.col("month").cast(pl.Datetime("us")) + pl.duration(days=9)
    contacts = frame.select("customer_id", "topic", contact_id=pl.col("n").cast(pl.String), opened_at=opened)
    there = pl.concat(
        pl.DataFrame({"customer_id": [f"C{one}" for one in range(many)]}).with_columns(month=pl.lit(month))
        for month, many in zip(months, base, strict=True)
    )
    names = pl.DataFrame({"customer_id": [f"C{one}" for one in range(base[-1])]})
    return {
        "contacts": contract("contacts").conform(contacts.with_columns(kind=pl.lit("complaint")).lazy()),
        "customers": contract("customers").conform(names.lazy()),
        "customer_months": there.with_columns(active=pl.lit(value=True)).lazy(),
    }


def told(tables: dict[str, pl.LazyFrame], as_of: date) -> tuple[set[str], set[str]]:
    """Topics told as emerging, and those that the plain test of contacts would tell, of one month."""
    ground = ground_of(tables, as_of, ComplaintsSettings(), {})
    rows = topic_rows(ground).filter(coding="taxonomy", kind="complaint").filter(pl.col("topic") != "all")
    found = set(rows.filter(pl.col("emerging"))["topic"])
    seen = rows.filter(pl.col("month") > add_months(as_of, -7)).sort("topic", "month")
    counts = seen["contacts"].cast(pl.Float64).to_numpy().reshape(-1, 7)
    base = seen["base"].cast(pl.Float64).to_numpy().reshape(-1, 7)
    chance = rise_chance(counts[:, -1], base[:, -1], counts[:, :-1].sum(axis=1), base[:, :-1].sum(axis=1))
    plain = found_among(chance) <= ComplaintsSettings().false_share
    return found, set(np.array(sorted(set(seen["topic"])))[plain])


def share(hits: int, of: int) -> str:
    low, high = wilson(hits, of)
    return f"{hits / of:6.1%} ({float(low):.1%} to {float(high):.1%}) of {of}"


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(runs: int) -> None:
    began = datetime.now()
    for spread in (1.0, 3.0):
        rng = np.random.default_rng(11)
        alarms, plain, months = 0, 0, 0
        for _ in range(runs):
            tables = world(rng, spread, 1.0, rising=False)
            for after in range(AFTER):
                found, other = told(tables, add_months(FIRST, BEFORE + after))
                alarms, plain, months = alarms + bool(found), plain + bool(other), months + 1
        say(f"spread {spread:.0f}: months with a false alarm {share(alarms, months)}; plain {share(plain, months)}")
        for times in (2.0, 3.0):
            first, third = 0, 0
            for _ in range(runs):
                tables = world(rng, spread, times, rising=True)
                rising = list(WORDS)[-1]
                hits = [rising in told(tables, add_months(FIRST, BEFORE + after))[0] for after in range(3)]
                first, third = first + hits[0], third + any(hits)
            say(f"  x{times:.0f}: found in its first month {share(first, runs)}, up to its third {share(third, runs)}")
    say(f"{(datetime.now() - began).total_seconds():.0f} s")


if __name__ == "__main__":
    main(int(sys.argv[sys.argv.index("--runs") + 1]) if "--runs" in sys.argv else 40)
