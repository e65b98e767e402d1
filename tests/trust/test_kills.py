"""Whatever ends a command, and wherever: what it leaves is old or new, and the next run goes on from there.

The counts that matter are made by hand, see docs/durability.md: this is a small share of them, by the same code.
"""

import random

import pytest

from telcli.cli import COMMANDS
from tests.trust.bench import Bench
from tests.trust.cases import CASES, Case
from tests.trust.under import ALL, COUNT, TEAR

READERS = {"help", "status", "customer", "metrics", "diff", "config", "audit", "verify"}
"""Commands that write nothing but what they print, and the audit log."""
ROW = 5
"""How often a case is cut, each time where the time before left it, before it may end."""


def case(name: str) -> Case:
    return next(one for one in CASES if one.name == name)


def test_every_command_that_writes_is_among_the_cases() -> None:
    assert {one.words[0] for one in CASES} | READERS == COMMANDS.keys()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["init", "campaigns", "purge", "export-xlsx", "ingest-restated"])
def test_cut_at_operations_in_turn(bench: Bench, name: str) -> None:
    trial, before = bench.trial(case(name), ALL), bench.tally["killed"]
    share = max(1, trial.done.done // ROW)
    wrong = bench.cut(trial, [bench.fault(trial, TEAR, 1 + share * at, ALL) for at in range(ROW)])
    assert not wrong, wrong[:5]
    assert bench.tally["killed"] - before >= ROW - 2, "what ended after its commit is not cut any more"


@pytest.mark.slow
def test_ended_at_random_instants(bench: Bench) -> None:
    trial, chance, before = bench.trial(case("ingest-restated"), ALL), random.Random(11), bench.tally["killed"]  # noqa: S311
    instants = [chance.uniform(0.0, 0.6 * trial.done.seconds) for _ in range(4)]
    wrong = bench.cut(trial, [bench.fault(trial, COUNT, after=after) for after in instants])
    assert not wrong, wrong[:5]
    assert bench.tally["killed"] > before
