"""Reasons for a change of tier: it is the score of an indicator that rises and falls."""

import pytest

from telcli.features.value_words import moved_by

NAMES = ("complaints of 6 months", "近6个月投诉次数")
NOT_KNOWN = float("nan")


@pytest.mark.parametrize(
    ("then", "now", "says"),
    [
        (54.0, 6.0, "Score of complaints of 6 months fell from 54 to 6 of 100 (-3.0 points)"),
        (6.0, 54.0, "Score of complaints of 6 months rose from 6 to 54 of 100 (-3.0 points)"),
        (NOT_KNOWN, 6.0, "Score of complaints of 6 months is known now: 6 of 100 (-3.0 points)"),
        (6.0, NOT_KNOWN, "Score of complaints of 6 months is not known any more (-3.0 points)"),
        (NOT_KNOWN, NOT_KNOWN, "What else is known stands in for complaints of 6 months (-3.0 points)"),
    ],
)
def test_reasons_speak_of_the_score(then: float, now: float, says: str) -> None:
    assert moved_by(NAMES, then, now, -3.0)[0] == says


def test_chinese_speaks_of_the_score() -> None:
    assert moved_by(NAMES, 54.0, 6.0, -3.0)[1] == "近6个月投诉次数得分由54降至6（-3.0分）"
