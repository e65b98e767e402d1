"""detect-fraud: days whose calls come again with something corrected are folded again."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from telcli.stages import Before
from tests.stages.test_detect_fraud import box, run, table

JUNE = frozenset({"2024-06-01"})


@pytest.mark.parametrize(
    ("name", "value"),
    [("cell_id", "c2"), ("device_h", "d2"), ("sim_h", "s2"), ("destination", "+882"), ("international", True)],
)
def test_a_day_with_a_call_whose_other_facts_are_corrected_is_folded_again(name: str, value: Any) -> None:
    first = run(box("box"), ["box"])
    stood = {name: table(first, name) for name in ("fraud_days", "fraud_callers")}
    made = dict.fromkeys(stood, JUNE)
    before = Before({"calls": JUNE}, made, lambda name, months: stood[name].lazy(), first.marks)
    calls = box("box")
    calls[0] = {**calls[0], name: value}
    assert calls[0]["started_at"].date() == date(2024, 6, 3)
    assert run(calls, ["box"], before=before).metrics["days_folded"] == 1
