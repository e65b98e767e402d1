"""What real Spark clusters make is what is made here, to the byte; what fails there is one sentence.

The clusters are started once for all tests, most commands run in one process, with one virtual machine, and a Spark
Connect server is asked where the kind of cluster is no matter: its client starts none of its own.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tests.features.operators import Tables, random_operator, table
from tests.pipeline.clusters import analyst, connect, laid, published, standalone, telcli, without
from tests.resealed import reseal
from tests.stages.test_predict_churn import monthly

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


Ask = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Runs commands in one process, where `telcli` starts one for each."""
    with analyst(tmp_path_factory.mktemp("analyst")) as found:
        yield found


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory, ask: Ask) -> Path:
    """A working directory with customer months made here."""
    place = laid(tmp_path_factory.mktemp("here") / "work", operator())
    ran = ask("customer-months", "-w", str(place))
    assert ran.returncode == 0, ran.stderr
    assert {name.split("/")[0] for name in published(place)} == {"customer_months", "call_months"}
    assert len(published(place)) >= 9
    return place


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of a master of two workers, and the folder of what they leave."""
    folder = tmp_path_factory.mktemp("cluster")
    with standalone(folder) as master:
        yield master, folder


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Spark Connect server."""
    with connect(tmp_path_factory.mktemp("server")) as master:
        yield master


def elsewhere(place: Path, master: str, by: Ask = telcli, **more: str) -> subprocess.CompletedProcess[str]:
    laid(place, operator())
    return by("customer-months", "-w", str(place), "--engine", "spark", "--master", master, "--format", "json", **more)


def same(place: Path, here: Path, ran: subprocess.CompletedProcess[str]) -> None:
    assert ran.returncode == 0, ran.stderr[-3000:]
    assert published(place) == published(here)
    assert (place / "manifest.json").read_bytes() == (here / "manifest.json").read_bytes()
    assert not (place / ".staging").exists()


def test_a_cluster_of_two_workers_makes_the_same(tmp_path: Path, here: Path, cluster: tuple[str, Path]) -> None:
    place, (master, folder) = tmp_path / "work", cluster
    ran = elsewhere(place, master, TELCLI_CUSTOMER_MONTHS_BUCKET_CUSTOMERS="9")
    used = [name for name in ("one", "two") if list((folder / name).glob("app-*/*/stderr"))]
    assert used == ["one", "two"]
    assert len({app.name for name in used for app in (folder / name).glob("app-*")}) == 1, (
        "one session for all the work"
    )
    rest = place / "manifest.json"
    reseal(rest, json.loads(rest.read_text().replace('"bucket_customers": 9', '"bucket_customers": 20000')))
    same(place, here, ran)


def test_a_connect_server_makes_the_same(tmp_path: Path, here: Path, server: str) -> None:
    place = tmp_path / "work"
    same(place, here, elsewhere(place, server))


def test_customers_are_scored_on_either_as_they_are_here(
    tmp_path: Path, cluster: tuple[str, Path], server: str, ask: Ask
) -> None:
    few = {"TELCLI_PREDICT_CHURN_MAX_TRAINING_ROWS": "1000", "TELCLI_PREDICT_CHURN_MAX_SNAPSHOTS": "2"}
    by_settings = {"TELCLI_PREDICT_CHURN_ENGINE": "spark", "TELCLI_PREDICT_CHURN_MASTER": server}
    ways = {
        "here": ((), {}),
        "cluster": (("--engine", "spark", "--master", cluster[0]), {}),
        "server": ((), by_settings),
    }
    laid(tmp_path / "none", monthly(5000))
    manifests = []
    for name, (words, settings) in ways.items():
        place = shutil.copytree(tmp_path / "none", tmp_path / name)
        by = telcli if name == "server" else ask
        ran = by("predict-churn", "-w", str(place), *words, **few, **settings)
        assert ran.returncode == 0, ran.stderr[-3000:]
        manifests.append((place / "manifest.json").read_bytes())
    assert manifests[1] == manifests[0]  # it holds the hash of every file, scores and model
    assert manifests[2] == manifests[0]
    (scored,) = (tmp_path / "here" / "churn_scores").rglob("*.parquet")
    reasons = pl.read_parquet(scored).get_column("reason_1")
    assert len(reasons) > 2000  # more than one task
    assert 0 < reasons.null_count() < len(reasons)


def test_this_machine_makes_the_same_in_a_folder_of_an_odd_name(tmp_path: Path, here: Path, ask: Ask) -> None:
    place = tmp_path / "a {b} % 客户" / "work"
    place.parent.mkdir()
    same(place, here, elsewhere(place, "local[2]", ask))


def test_workers_without_packages_are_told(tmp_path: Path, ask: Ask) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "bare")], check=True)
    ran = elsewhere(tmp_path / "work", "local[1]", ask, PYSPARK_PYTHON=str(tmp_path / "bare" / "bin" / "python"))
    assert ran.returncode == 3, ran.stderr[-3000:]
    assert "The Python of the Spark workers has no " in ran.stdout
    assert not (tmp_path / "work" / "customer_months").exists()


def test_workers_that_do_not_see_the_directory_are_told(tmp_path: Path, server: str) -> None:
    uri = {"TELCLI_CUSTOMER_MONTHS_WORKDIR_URI": f"file://{tmp_path}/mounted elsewhere"}
    ran = elsewhere(tmp_path / "work", server, **uri)
    assert ran.returncode == 3, ran.stderr[-3000:]
    assert "cannot read and write the working directory" in ran.stdout
    assert not (tmp_path / "work" / "customer_months").exists()
