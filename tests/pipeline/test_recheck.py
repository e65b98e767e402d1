"""Tables written under another contract are checked again, part by part, as they would be at once."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest

from telcli.errors import DataError
from telcli.pipeline import parting, recheck
from telcli.pipeline.doors import admit
from telcli.pipeline.workdir import Workdir
from telcli.tables import contract
from tests.features.operators import random_operator, table
from tests.pipeline.clusters import laid
from tests.resealed import reseal

JUNE, JULY = "2024-06-01", "2024-07-01"


def bill(customer: str | None, month: str) -> dict[str, object]:
    return {"customer_id": customer, "month": date.fromisoformat(month), "kind": "total", "amount": 1.0}


def payment(number: str, month: str) -> dict[str, object]:
    at = datetime.fromisoformat(month)
    return {"payment_id": number, "customer_id": "c", "paid_at": at, "amount": 1.0}


def check(name: str, months: dict[str, list[dict[str, object]]]) -> None:
    changed = {month: table(name, rows) for month, rows in months.items()}
    recheck.check_again(contract(name), pl.concat(changed.values()), changed)


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parting, "_CELLS", 20)
    monkeypatch.setattr(recheck, "_KEYS", 2)


def test_what_keeps_the_contract_passes() -> None:
    check("bills", {month: [bill(f"c{n}", month) for n in range(30)] for month in (JUNE, JULY)})
    check("payments", {month: [payment(f"{month}-{n}", month) for n in range(30)] for month in (JUNE, JULY)})


def test_a_broken_rule_is_found_in_any_part() -> None:
    for at in (0, 17, 29):
        rows = [{**bill(f"c{n:02}", JULY), "amount": None if n == at else 1.0} for n in range(30)]
        with pytest.raises(DataError, match="breaks its contract"):
            check("bills", {JUNE: [bill("c", JUNE)], JULY: rows})


def test_a_key_that_comes_twice_is_found_within_a_month_and_in_two() -> None:
    with pytest.raises(DataError, match="breaks its contract"):
        check("bills", {JUNE: [bill(f"c{n % 29}", JUNE) for n in range(30)]})
    first, second = ([payment(f"{month}-{n}", month) for n in range(9)] for month in (JUNE, JULY))
    with pytest.raises(DataError, match="breaks its contract"):
        check("payments", {JUNE: first, JULY: [*second, payment(f"{JUNE}-3", JULY)]})


@pytest.mark.slow
def test_the_door_checks_what_another_contract_wrote_and_gives_the_same_rows(tmp_path: Path) -> None:
    place = laid(tmp_path / "work", random_operator(4))
    workdir = Workdir(place)
    chosen = {name: workdir.manifest().partitions(name) for name in workdir.manifest().tables}
    before = {name: frame.collect() for name, frame in admit(workdir, workdir.manifest(), chosen).items()}
    file = place / "manifest.json"
    reseal(file, json.loads(file.read_text(encoding="utf-8").replace('"contract": "', '"contract": "other ')))
    after = admit(workdir, workdir.manifest(), chosen)
    assert all(after[name].collect().equals(rows) for name, rows in before.items())
