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


PLANS: list[dict[str, Any]] = [
    {"month": "2024-03", "tasks": 50, "reported": 36, "not_due": 0, "reported_share": 0.72, "on_time_share": 0.9,
     "acceptance": 0.4},
    {"month": "2024-06", "tasks": 40, "reported": 0, "not_due": 40, "reported_share": None, "on_time_share": None,
     "acceptance": None},
]  # fmt: skip


def test_managers_stand_with_their_intervals_and_few_are_said_to_be_too_few() -> None:
    rows = [row("M1"), row("M2", ratio=None, ratio_low=None, ratio_high=None, verdict="cannot-tell")]
    lines = list(reported({"rejected_by": {"wrong-code": 3, "missing": 1}, "managers": rows, "plans": "2024-06"}))
    assert lines[0].strip() == "3 cells: wrong-code"
    assert lines[1].strip() == "1 cell: missing"
    assert lines[4].split() == ["M1", "40", "50%", "-", "4.5", "25%", "1.50", "(0.90..2.40)", "as-expected"]
    assert lines[5].split()[-2:] == ["-", "cannot-tell"]


def test_ten_are_shown_and_all_with_v() -> None:
    told = {"plans": "2024-03, 2024-06", "managers": [row(f"M{at}") for at in range(30)]}
    lines = list(reported(told))
    assert len(lines) == 13
    assert lines[-1].strip() == "all of them: telcli show manager_results --as-of 2024-06"
    assert len(list(reported(told, verbose=True))) == 32
    assert list(reported({})) == []


def test_each_of_several_plans_has_a_line() -> None:
    lines = [" ".join(line.split()) for line in reported({"months": PLANS})]
    assert lines[2:] == ["2024-03 50 36 0 72% 90% 40%", "2024-06 40 0 40 - - -"]
    assert list(reported({"months": PLANS[:1]})) == []


def test_it_is_said_in_chinese() -> None:
    settle(["--lang", "zh"])
    shown = "\n".join(
        reported(
            {
                "rejected_by": {"wrong-code": 3},
                "managers": [row("M1", verdict="worse")],
                "months": PLANS,
                "plans": "2024-06",
            }
        )
    )
    assert "校验码不符" in shown
    assert "客户经理" in shown
    assert not any(word in shown for word in ("tasks", "worse", "verdict"))
