"""A run that is killed at any instant leaves tables that open, and the next run ends as if nothing had happened."""

import multiprocessing
import random
import signal
import sys
import time
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from telcli.cli import main
from telcli.pipeline.workdir import Workdir
from tests.test_walk import digest, flat

KILLS = 10


PROCESSES = multiprocessing.get_context("forkserver")
"""Copies of one process that has the libraries already: importing them writes nothing that a kill could break."""
PROCESSES.set_forkserver_preload(
    [
        "tests.test_kill",
        *(f"telcli.stages.{name}" for name in ("ingest", "customer_months", "segment", "predict_churn")),
    ]
)


def started(source: Path, work: Path, *more: str) -> BaseProcess:
    words = ["run", str(source), "-w", str(work), "--map", "customer_id=customerID", "--as-of", "2024-06", "-q", *more]
    process = PROCESSES.Process(target=ended, args=(words,))
    process.start()
    return process


def ended(words: list[str]) -> None:
    sys.exit(main(words))


def code(process: BaseProcess) -> int | None:
    process.join()
    return process.exitcode


@pytest.mark.slow
def test_killed_at_random_instants(tmp_path: Path) -> None:
    first, second = flat(tmp_path / "first.csv", 200), flat(tmp_path / "second.csv", 230)
    quiet = tmp_path / "quiet"
    assert code(started(first, quiet)) == 0
    begun = time.monotonic()
    assert code(started(second, quiet)) == 0
    length = time.monotonic() - begun
    wanted, undisturbed = digest(quiet), Workdir(quiet).manifest()
    del wanted["manifest.json"]  # it also says what the last ingest found held before it
    work = tmp_path / "work"
    assert code(started(first, work)) == 0
    chance = random.Random(11)  # noqa: S311 - instants, not secrets
    killed = 0
    for round_ in range(KILLS):
        process = started((second, first)[round_ % 2], work, "--force")
        time.sleep(chance.uniform(0.05, 0.7) * length)
        process.kill()
        killed += code(process) == -signal.SIGKILL
        workdir = Workdir(work)
        manifest = workdir.manifest()
        for table in manifest.tables:
            workdir.scan(manifest, table, manifest.months(table)).collect()
        assert main(["status", "-w", str(work), "-q"]) == 0
    assert killed >= KILLS // 3, "too few runs were killed before they ended"
    assert code(started(second, work)) == 0
    assert {name: found for name, found in digest(work).items() if name != "manifest.json"} == wanted
    assert Workdir(work).manifest().tables == undisturbed.tables
