"""detect-fraud: which months and whose use count for lines activated of late."""

from __future__ import annotations

from datetime import date

import pytest

from tests.stages.test_detect_fraud import JUNE, activations, calls_on, run, table, use_of


@pytest.mark.parametrize(("last", "minutes", "unused"), [(2, 8.0, 0), (30, 8.0, 12), (30, 120.0, 0)])
def test_a_month_counts_from_its_last_day_on(last: int, minutes: float, unused: int) -> None:
    lines = [
        {"subscription_id": f"L{at}", "customer_id": f"K{at}", "activated_on": date(2024, 5, 10), "channel_id": "shop"}
        for at in range(12)
    ]
    people = [line["customer_id"] for line in lines]
    use = [
        {"customer_id": who, "month": month, "call_minutes": had, "data_mb": 0.0}
        for who in people
        for month, had in ((date(2024, 5, 1), 110.0), (JUNE, minutes))
    ]
    calls = [call for who in people for call in calls_on(who, last, 4)]
    outcome = run(calls, people, lines=lines, months=use)
    assert table(outcome, "fraud_channels").select("unused", "suspected").row(0) == (unused, unused)
    assert outcome.metrics["by_pattern"]["fake-activation"] == (1 if unused else 0) * 12


def holder(minutes: float, *, old: bool) -> tuple[float, int]:
    """Cards without use, and those suspected, of one holder of 30 who came to so many minutes a month."""
    lines = [{**line, "customer_id": "dealer"} for line in activations(30)]
    older = {"subscription_id": "OLD", "customer_id": "dealer", "activated_on": date(2020, 1, 1), "channel_id": "shop"}
    outcome = run([], ["dealer"], lines=[*lines, *([older] if old else [])], months=use_of(["dealer"], minutes))
    row = table(outcome, "fraud_channels").row(0, named=True)
    return row["unused"], row["suspected"]


def test_use_that_an_older_line_may_have_made_tells_nothing_of_new_cards() -> None:
    assert holder(2000.0, old=False) == (0, 0)
    assert holder(1.0, old=False) == (30, 30)
    assert holder(1.0, old=True) == (30, 30)
    lines = [{**line, "customer_id": "dealer", "device_h": "d1"} for line in activations(30)]
    older = {**lines[0], "subscription_id": "OLD", "activated_on": date(2020, 1, 1), "device_h": None}
    outcome = run([], ["dealer"], lines=[*lines, older], months=use_of(["dealer"], 400.0))
    evidence = table(outcome, "fraud_cases")
    assert evidence.select("subjects", "codes").row(0) == (30, "shared-device,burst")
    assert evidence["score"][0] == pytest.approx(0.5)  # both signs that are known hold, the third is not known
