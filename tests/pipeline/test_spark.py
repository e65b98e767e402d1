"""Customer months made by real Spark clusters are those made here, to the byte; what fails there is one sentence."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tests.features.operators import Tables, random_operator, table
from tests.pipeline.clusters import connect, laid, published, standalone, telcli, without

pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(without()), reason=without() or "-")]

MOMENTS = (
    datetime(2024, 3, 10, 2, 30),  # an hour that New York does not have
    datetime(2024, 3, 31, 2, 30),  # one that Berlin does not have
    datetime(2023, 11, 5, 1, 30),  # one that New York has twice
    datetime(2024, 3, 31, 23, 59, 59, 999_999),
    datetime(2024, 4, 1),
    datetime(2024, 4, 1),
    datetime(2024, 2, 29, 23, 59, 59, 1),
)


def operator() -> Tables:
    """Customers with gaps, ties and strangers, and some of one event, at the ends of months and of summer time."""
    tables = random_operator(3, customers=60)
    once = [{"customer_id": f"once{n}"} for n in range(len(MOMENTS))]
    paid = [
        {"payment_id": f"once{n}", "customer_id": f"once{n}", "paid_at": at, "amount": 0.1 + n}
        for n, at in enumerate(MOMENTS)
    ]
    opened = [
        {"contact_id": f"once{n}", "customer_id": f"once{n}", "opened_at": at, "closed_at": at, "kind": "complaint"}
        for n, at in enumerate(MOMENTS)
    ]
    odd = [{"customer_id": "客户 7/ü", "joined_on": date(2024, 1, 31)}, {"customer_id": "x" * 70}]
    more = {"customers": [*once, *odd], "payments": paid, "contacts": opened}
    joined = {name: pl.concat([tables[name], table(name, rows)]) for name, rows in more.items()}
    return {**tables, **joined, "calls": calls([f"c{n}" for n in range(60)])}


def calls(names: list[str]) -> pl.LazyFrame:
    """Some calls of three months, with gaps in what is known of them, and one each of people with a single event."""
    chance = np.random.default_rng(5)
    first = datetime(2024, 3, 1)
    many = [
        {
            "customer_id": str(chance.choice(names)),
            "started_at": first + timedelta(seconds=n * 2000),
            "counterpart": f"p{chance.integers(9)}",
            "direction": str(chance.choice(["out", "in"])),
            "kind": str(chance.choice(["voice", "text", "data"])),
            "duration_s": float(chance.integers(0, 600)) if chance.random() < 0.8 else None,
            "data_mb": float(chance.integers(0, 99)) / 10 if chance.random() < 0.3 else None,
            "off_net": bool(chance.random() < 0.5) if chance.random() < 0.5 else None,
        }
        for n in range(3900)
    ]
    once = [
        {"customer_id": f"once{n}", "started_at": at, "counterpart": "p", "direction": "out", "kind": "voice"}
        for n, at in enumerate(MOMENTS)
    ]
    return table("calls", [*many, *once])


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working directory with customer months made here."""
    place = laid(tmp_path_factory.mktemp("here") / "work", operator())
    ran = telcli("customer-months", "-w", str(place))
    assert ran.returncode == 0, ran.stderr
    assert {name.split("/")[0] for name in published(place)} == {"customer_months", "call_months"}
    assert len(published(place)) >= 9
    return place


def elsewhere(place: Path, master: str, **more: str) -> subprocess.CompletedProcess[str]:
    laid(place, operator())
    return telcli(
        "customer-months", "-w", str(place), "--engine", "spark", "--master", master, "--format", "json", **more
    )


def same(place: Path, here: Path, ran: subprocess.CompletedProcess[str]) -> None:
    assert ran.returncode == 0, ran.stderr[-3000:]
    assert published(place) == published(here)
    assert (place / "manifest.json").read_bytes() == (here / "manifest.json").read_bytes()
    assert not (place / ".staging").exists()


def test_a_cluster_of_two_workers_makes_the_same(tmp_path: Path, here: Path) -> None:
    place = tmp_path / "work"
    with standalone(tmp_path) as master:
        ran = elsewhere(place, master, TELCLI_CUSTOMER_MONTHS_BUCKET_CUSTOMERS="9")
        used = [name for name in ("one", "two") if list((tmp_path / name).glob("app-*/*/stderr"))]
    assert used == ["one", "two"]
    rest = place / "manifest.json"
    rest.write_text(rest.read_text().replace('"bucket_customers": 9', '"bucket_customers": 100000'))
    same(place, here, ran)


def test_a_connect_server_makes_the_same(tmp_path: Path, here: Path) -> None:
    place = tmp_path / "work"
    with connect(tmp_path) as master:
        ran = elsewhere(place, master)
    same(place, here, ran)


def test_this_machine_makes_the_same_in_a_folder_of_an_odd_name(tmp_path: Path, here: Path) -> None:
    place = tmp_path / "a {b} % 客户" / "work"
    place.parent.mkdir()
    same(place, here, elsewhere(place, "local[2]"))


def test_workers_without_packages_are_told(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "bare")], check=True)
    ran = elsewhere(tmp_path / "work", "local[1]", PYSPARK_PYTHON=str(tmp_path / "bare" / "bin" / "python"))
    assert ran.returncode == 3, ran.stderr[-3000:]
    assert "The Python of the Spark workers has no " in ran.stdout
    assert not (tmp_path / "work" / "customer_months").exists()


def test_workers_that_do_not_see_the_directory_are_told(tmp_path: Path) -> None:
    uri = {"TELCLI_CUSTOMER_MONTHS_WORKDIR_URI": f"file://{tmp_path}/mounted elsewhere"}
    ran = elsewhere(tmp_path / "work", "local[1]", **uri)
    assert ran.returncode == 3, ran.stderr[-3000:]
    assert "cannot read and write the working directory" in ran.stdout
    assert not (tmp_path / "work" / "customer_months").exists()
