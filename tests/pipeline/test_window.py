"""No stage reads months before the history that customer_months is made of, however many are held."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import pytest

from telcli.pipeline.catalog import STAGES, stage
from telcli.pipeline.choice import choose
from telcli.pipeline.provenance import Basis, Manifest, Part, Record
from telcli.pipeline.window import history_begins
from telcli.settings import CustomerMonthsSettings
from telcli.settings.months import first_of_history
from telcli.tables import PARTITIONS


def months(count: int) -> list[str]:
    """So many months from 2000 on."""
    return [date(2000 + at // 12, at % 12 + 1, 1).isoformat() for at in range(count)]


@lru_cache
def held(count: int, most: int = 60) -> Manifest:
    """A directory of so many months of everything, whose customer_months are those of the history used."""
    every = months(count)
    first = max(first_of_history(2000 * 12 + count - 1, most) - 2000 * 12, 0)
    tables = {}
    for table in (table for one in STAGES for table in one.gives):
        names = every if table in PARTITIONS else [""]
        names = every[first:] if table == "customer_months" else names
        tables[table] = {name: Part(f"{table}/{name}/part-0.parquet", name, 1, 1) for name in names}
    basis = Basis("1", {"max_months": most}, 0, "", {}, {})
    record = Record(basis, "", {}, {}, 0, 0, 0, 0, {}, ())
    return Manifest(tables, stages={"customer-months": {"": record}})


def read(name: str, manifest: Manifest, as_of: str) -> int:
    """Partitions that a stage reads of tables that grow by a month each month."""
    found = stage(name)
    day = date.fromisoformat(as_of) if found.snapshot else None
    settings = CustomerMonthsSettings() if name == "customer-months" else None
    chosen = choose(found, manifest, day, settings)
    return sum(len(names) for table, names in chosen.items() if table in PARTITIONS and table not in found.keeps)


WINDOWED = [one.name for one in STAGES if one.name not in ("ingest", "import-outcomes")]


@pytest.mark.parametrize("name", WINDOWED)
def test_a_stage_reads_as_many_months_of_a_long_past_as_of_a_full_history(name: str) -> None:
    full, long = (read(name, held(count), months(count)[-1]) for count in (72, 144))
    assert full == long > 0


def test_a_young_directory_is_read_whole() -> None:
    assert history_begins(held(40)) == ""
    assert read("segment", held(40), months(40)[-1]) > read("segment", held(39), months(39)[-1])


def test_the_history_loses_months_seldom() -> None:
    """A month that goes has all others made anew, so that most months are added to what stands."""
    begins = [history_begins(held(count)) for count in range(100, 160, 4)]
    assert len(set(begins)) == 5
    assert all(len(held(count).partitions("customer_months")) <= 60 for count in range(100, 112, 4))
