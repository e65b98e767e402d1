"""detect-fraud: which months and whose use count for lines activated of late."""

from __future__ import annotations

from datetime import date

import pytest

from tests.stages.test_detect_fraud import JUNE, calls_on, run, table


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
