"""Every planted fault of a simulated operator is refused by the rule it breaks, and every copy is counted."""

import json
from collections import Counter
from pathlib import Path

import pytest

from telcli.pipeline.run import Request, run_stage
from telcli.pipeline.simulate import simulate
from telcli.settings import SimulateSettings

RULE = {
    "missing-id": "missing",
    "bad-month": "not-a-month",
    "bad-date": "not-a-date",
    "bad-number": "not-a-number",
}


@pytest.mark.parametrize("seed", [3, 4])
def test_planted_counts_are_the_counts_by_rule(tmp_path: Path, seed: int) -> None:
    simulate(tmp_path / "operator", SimulateSettings(customers=700), seed)
    truth = json.loads((tmp_path / "operator/answer_key/truth.json").read_text(encoding="utf-8"))["files"]
    run = run_stage("ingest", Request(tmp_path / "work", sources=(tmp_path / "operator",)))
    found: Counter[tuple[str, str]] = Counter()
    for one in run.metrics["rejects_by_rule"]:
        found[one["source"], one["rule"]] += one["count"]
    planted: Counter[tuple[str, str]] = Counter()
    for file, about in truth.items():
        for flaw, count in about["bad"].items():
            planted[file, RULE[flaw]] += count
    assert run.rejected == sum(planted.values())
    copies = {one["source"]: one["rows_duplicate"] for one in run.metrics["sources"]}
    assert copies == {file: about["copies"] for file, about in truth.items()}
    again = {key: found.pop(key) for key in list(found) if key[1] == "duplicate-key"}
    assert sum(again.values()) <= run.rejected, "a broken copy that kept its number breaks that rule too"
    if planted["usage.csv", "not-a-number"]:  # #REF! is no value: the row contradicts the good one
        assert again["usage.csv", "duplicate-key"] >= planted.pop(("usage.csv", "not-a-number"))
    assert found == +planted
