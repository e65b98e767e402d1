"""Every planted fault of a simulated operator is refused by the rule it breaks, and every copy is counted."""

import json
from collections import Counter
from pathlib import Path

import pytest

from telcli.pipeline.run import Request, run_stage
from telcli.pipeline.simulate import simulate
from telcli.settings import SimulateSettings
from telcli.simulation import dirt

RULE = {
    "missing-id": "missing",
    "bad-month": "not-a-month",
    "bad-date": "not-a-date",
    "bad-number": "not-a-number",
}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("seed", "times"), [(3, 1), *[pytest.param(*more, marks=pytest.mark.slow) for more in ((4, 1), (5, 60))]]
)
def test_planted_counts_are_the_counts_by_rule(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, times: int
) -> None:
    monkeypatch.setattr(dirt, "COPY_SHARE", times * dirt.COPY_SHARE)
    monkeypatch.setattr(dirt, "BAD_SHARE", times * dirt.BAD_SHARE)
    simulate(tmp_path / "operator", SimulateSettings(customers=700), seed)
    truth = json.loads((tmp_path / "operator/answer_key/truth.json").read_text(encoding="utf-8"))["files"]
    run = run_stage(
        "ingest", Request(tmp_path / "work", sources=(tmp_path / "operator",), flags={"max_reject_share": 0.01 * times})
    )
    found: Counter[tuple[str, str]] = Counter()
    for one in run.metrics["rejects_by_rule"]:
        found[one["source"], one["rule"]] += one["count"]
    planted: Counter[tuple[str, str]] = Counter()
    for file, about in truth.items():
        for flaw, count in about["bad"].items():
            failed_formula = (
                file == "payments.csv" and flaw == "bad-number"
            )  # #VALUE! is no value, and an amount is needed
            planted[file, "missing" if failed_formula else RULE[flaw]] += count
    assert run.rejected == sum(planted.values())
    copies = {one["source"]: one["rows_duplicate"] for one in run.metrics["sources"]}
    assert copies == {file: about["copies"] for file, about in truth.items()}
    again = {key: found.pop(key) for key in list(found) if key[1] == "duplicate-key"}
    assert sum(again.values()) <= run.rejected, "a broken copy that kept its number breaks that rule too"
    if planted["usage.csv", "not-a-number"]:  # #REF! is no value: the row contradicts the good one
        assert again["usage.csv", "duplicate-key"] >= planted.pop(("usage.csv", "not-a-number"))
    assert found == +planted
