"""detect-fraud: what is lost is counted once."""

from __future__ import annotations

import pytest

from tests.stages.test_detect_fraud import box, calls_on, run, table, usual


def test_a_suspect_of_two_patterns_is_lost_once_by_the_larger() -> None:
    days = (3, 4, 5, 8, 9)
    calls = [call for day in days for call in calls_on("box", day, 90, hours=20, first=0, international=True)]
    calls = [{**call, "duration_s": 120.0} for call in calls]
    both = run([*usual("box"), *calls, *box("other")], ["box", "other"])
    losses = {
        row[:2]: row[2] for row in table(both, "fraud_cases").select("subject_id", "pattern", "expected_loss").rows()
    }
    assert {pattern for who, pattern in losses if who == "box"} == {"sim-box", "irsf"}
    largest = max(loss for (who, _), loss in losses.items() if who == "box")
    assert both.metrics["expected_loss"] == pytest.approx(largest + losses["other", "sim-box"], abs=0.02)
    assert sum(both.metrics["loss_by_pattern"].values()) > both.metrics["expected_loss"] + 1
