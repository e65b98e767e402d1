"""Whatever ends a command, and wherever: what it leaves is old or new, and the next run goes on from there.

The counts that matter are made by hand, see docs/durability.md: this is a small share of them, by the same code.
"""

import random

import pytest

from telcli.cli import COMMANDS
from tests.trust.bench import Bench
from tests.trust.cases import CASES, Case
from tests.trust.under import COUNT, KILL, METADATA, TEAR, WRITES

READERS = {"help", "status", "customer", "metrics", "diff", "config", "audit", "verify"}
"""Commands that write nothing but what they print, and the audit log."""
EVERY = {
    "init": 3,
    "export-csv": 2,
    "hierarchy": 3,
    "ingest-mapping": 90,
    "campaigns": 60,
    "gc": 9,
    "purge": 60,
    "simulate": 30,
}
"""Cases that are cut at operations of theirs, each so many-th."""


def case(name: str) -> Case:
    return next(one for one in CASES if one.name == name)


def test_every_command_that_writes_is_among_the_cases() -> None:
    assert {one.words[0] for one in CASES} | READERS == COMMANDS.keys()


@pytest.mark.slow
@pytest.mark.parametrize(("name", "share"), EVERY.items())
def test_cut_at_operations_in_turn(bench: Bench, name: str, share: int) -> None:
    trial = bench.trial(case(name))
    wrong = []
    for nth in range(1, trial.done.done + 1, share):
        wrong += [f"{nth}: {one}" for one in bench.cut(trial, [bench.fault(trial, KILL, nth, METADATA)])]
    assert not wrong, wrong[:5]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ingest-restated", "plan-retention", "export-parquet"])
def test_ended_at_random_instants_and_with_writes_torn(bench: Bench, name: str) -> None:
    trial, chance, before = bench.trial(case(name)), random.Random(11), bench.tally["killed"]  # noqa: S311
    ends = [bench.fault(trial, COUNT, after=chance.uniform(0.0, trial.done.seconds)) for _ in range(3)]
    wrong = bench.cut(trial, ends)
    for nth in (1, 4):
        wrong += bench.cut(trial, [bench.fault(trial, TEAR, nth, WRITES)])
    assert not wrong, wrong[:5]
    assert bench.tally["killed"] - before >= 3
