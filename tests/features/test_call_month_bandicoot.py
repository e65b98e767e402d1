"""call_months against bandicoot itself, on real and made calls: for development, where both are at hand.

Needs bandicoot 0.6.0 and the folders bandicoot-demo and nodobo-calls in TELCLI_SHARED_DATA or in ../shared/data.
"""

from __future__ import annotations

import csv
import math
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from telcli.features.call_month import call_months
from tests.features.bandicoot_old import revive

revive()
bandicoot: Any = pytest.importorskip(
    "bandicoot",
    reason="bandicoot is not installed: call_months is NOT compared with it (pip install bandicoot==0.6.0)",
)

DATA = Path(os.environ.get("TELCLI_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
BOTH = {"groupby": "month", "interaction": "callandtext", "summary": None}
Row = tuple[str, str, str, str, datetime, float | None]  # user, interaction, direction, counterpart, time, seconds

pytestmark = pytest.mark.filterwarnings("ignore")  # bandicoot's own


def demo() -> Iterator[Row]:
    for user in ("ego", "A"):
        with (DATA / "bandicoot-demo" / f"{user}.csv").open() as file:
            for row in csv.DictReader(file):
                at = datetime.fromisoformat(row["datetime"])
                seconds = float(row["call_duration"]) if row["call_duration"] else None
                yield user, row["interaction"], row["direction"], row["correspondent_id"], at, seconds
    ways, kinds = {"1": "out", "2": "in"}, {"11": "call", "21": "text", "22": "text"}
    with (DATA / "bandicoot-demo" / "u_test.csv").open() as file:
        for way, kind, user, other, at, seconds, *_ in csv.reader(file, delimiter=";"):
            yield user, kinds[kind], ways[way], other, datetime.fromisoformat(at), float(seconds)


def nodobo() -> Iterator[Row]:
    ways = {"Incoming": "in", "Outgoing": "out", "Missed": "in"}
    for name, kind in (("calls_", "call"), ("messages_test50", "text")):
        with (DATA / "nodobo-calls" / f"{name}.csv").open() as file:
            for row in csv.DictReader(file):
                at = datetime.strptime(row["timestamp"], "%a %b %d %H:%M:%S %z %Y").replace(tzinfo=None)
                seconds = float(row["duration"]) if kind == "call" else None
                yield row["user"], kind, ways[row["direction"]], row["other"], at, seconds


def user_of(rows: list[Row]) -> Any:
    """A bandicoot user, without what makes it read files."""
    records = [
        bandicoot.core.Record(kind, way, other, at, seconds if kind == "call" else None, bandicoot.core.Position())
        for _, kind, way, other, at, seconds in rows
    ]
    user = bandicoot.core.User()
    user.records = sorted(records, key=lambda record: record.datetime)
    return user


def indicators(user: Any) -> dict[str, list[Any]]:
    """Each indicator by month, under the name that the column has; null where there are no such records."""
    own = bandicoot.individual

    def months(kinds: tuple[str, ...]) -> list[tuple[int, int]]:
        return sorted({(r.datetime.year, r.datetime.month) for r in user.records if r.interaction in kinds})

    def of(function: Any, of_kind: str = "callandtext", **options: Any) -> list[Any]:
        values = function(user, **(BOTH | {"interaction": of_kind}), **options)["allweek"]["allday"][of_kind]
        kinds = ("call", "text") if of_kind == "callandtext" else (of_kind,)
        found = dict(zip(months(kinds), values or [], strict=True))
        return [found.get(month) for month in months(("call", "text"))]

    def parts(function: Any, reduced: Any, of_kind: str = "callandtext", **options: Any) -> list[Any]:
        return [None if values is None else reduced(values) for values in of(function, of_kind, **options)]

    def mean(values: list[float]) -> float | None:
        return sum(values) / len(values) if values else None

    def sd(values: list[float]) -> float | None:
        return bandicoot.helper.maths.std(values) if values else None

    def zero(values: list[Any]) -> list[Any]:
        return [value or 0 for value in values]

    return {
        "calls_out": zero(of(own.number_of_interactions, "call", direction="out")),
        "calls_in": zero(of(own.number_of_interactions, "call", direction="in")),
        "texts_out": zero(of(own.number_of_interactions, "text", direction="out")),
        "texts_in": zero(of(own.number_of_interactions, "text", direction="in")),
        "call_minutes_out": zero(parts(own.call_duration, lambda v: sum(v) / 60, "call", direction="out")),
        "call_minutes_in": zero(parts(own.call_duration, lambda v: sum(v) / 60, "call", direction="in")),
        "initiated_share": of(own.percent_initiated_interactions, "call"),
        "counterparts": of(own.number_of_contacts),
        "counterparts_out": of(own.number_of_contacts, direction="out"),
        "counterpart_entropy": of(own.entropy_of_contacts),
        "counterpart_balance": parts(own.balance_of_contacts, mean, weighted=False),
        "counterpart_balance_weighted": parts(own.balance_of_contacts, mean),
        "counterpart_top_share": parts(own.interactions_per_contact, lambda v: max(v) / sum(v)),
        "counterpart_pareto_share": of(own.percent_pareto_interactions),
        "interaction_days": of(own.active_days),
        "night_share": of(own.percent_nocturnal),
        "interevent_mean_s": parts(own.interevent_time, mean),
        "interevent_sd_s": parts(own.interevent_time, sd),
    }


@pytest.mark.parametrize("source", [demo, nodobo])
def test_bandicoot_says_the_same(source: Any) -> None:
    if not DATA.is_dir():
        pytest.skip(f"there is no {DATA}: call_months is NOT compared with bandicoot")
    rows: list[Row] = sorted(set(source()), key=lambda row: row[4])
    names = ("customer_id", "kind", "direction", "counterpart", "started_at", "duration_s")
    calls = pl.DataFrame(rows, schema=names, orient="row", infer_schema_length=None).with_columns(
        pl.col("kind").replace("call", "voice"), pl.col("duration_s").cast(pl.Float64)
    )
    found = call_months(calls.lazy())
    assert found.height > 4
    for (who,), mine in found.group_by("customer_id", maintain_order=True):
        user = user_of([row for row in rows if row[0] == who])
        for name, values in indicators(user).items():
            known = [math.nan if value is None else value for value in values]
            told = mine[name].fill_null(math.nan).to_list()
            assert told == pytest.approx(known, rel=1e-9, abs=1e-9, nan_ok=True), (who, name)
        assert mine["weekend_share"].to_list() == pytest.approx(weekends(user), abs=1e-12)


def weekends(user: Any) -> list[float]:
    """Interactions of the weekend by all; months without any are not in bandicoot's groups of weekends."""
    months: dict[tuple[int, int], list[bool]] = {}
    for record in user.records:
        months.setdefault((record.datetime.year, record.datetime.month), []).append(
            record.datetime.isoweekday() in user.weekend
        )
    split = bandicoot.individual.number_of_interactions(user, split_week=True, **BOTH)["weekend"]
    counts = iter(split["allday"]["callandtext"] or [])
    return [next(counts) / len(flags) if any(flags) else 0.0 for _, flags in sorted(months.items())]
