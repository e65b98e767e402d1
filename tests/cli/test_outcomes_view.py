"""Refused rows and managers on the screen of import-outcomes."""

from collections.abc import Iterator
from typing import Any

import pytest

from telcli.cli._outcomes_view import reported
from telcli.cli._words import settle


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    settle(["--lang", "en"])
    yield
    settle(["--lang", "en"])


def row(name: str, **told: Any) -> dict[str, Any]:
    fixed = {
        "manager_id": name,
        "tasks": 40,
        "reported_share": 0.5,
        "on_time_share": None,
        "days_median": 4.5,
        "acceptance": 0.25,
        "ratio": 1.5,
        "ratio_low": 0.9,
        "ratio_high": 2.4,
        "verdict": "as-expected",
    }
    return {**fixed, **told}


def test_managers_stand_with_their_intervals_and_few_are_said_to_be_too_few() -> None:
    rows = [row("M1"), row("M2", ratio=None, ratio_low=None, ratio_high=None, verdict="cannot-tell")]
    lines = list(reported({"rejected_by": {"wrong-code": 3}, "managers": rows}))
    assert lines[0].strip() == "3 cells: wrong-code"
    assert lines[3].split() == ["M1", "40", "50%", "-", "4.5", "25%", "1.50", "(0.90..2.40)", "as-expected"]
    assert lines[4].split()[-2:] == ["-", "cannot-tell"]


def test_ten_are_shown_and_all_with_v() -> None:
    told = {"managers": [row(f"M{at}") for at in range(30)]}
    lines = list(reported(told))
    assert len(lines) == 13
    assert lines[-1].strip() == "all of them: telcli show manager_results"
    assert len(list(reported(told, verbose=True))) == 32
    assert list(reported({})) == []


def test_it_is_said_in_chinese() -> None:
    settle(["--lang", "zh"])
    shown = "\n".join(reported({"rejected_by": {"wrong-code": 3}, "managers": [row("M1", verdict="worse")]}))
    assert "校验码不符" in shown
    assert "客户经理" in shown
    assert not any(word in shown for word in ("tasks", "worse", "verdict"))
