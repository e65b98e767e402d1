"""Signs of leaving as levels: the usual one, one by one by hand, and what a pattern says."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from telcli.features.leaving_signs import DESIGN, EFFECTS, known_signs, watched
from telcli.methods.landmarks import ABSENT, GONE, HERE, UNKNOWN

MONTHS = [date(2024, 4, 1), date(2024, 5, 1), date(2024, 6, 1)]
QUIET = {
    "complaints_sum_3": 0.0,
    "months_overdue": 0.0,
    "faults": 0.0,
    "over_bundle_fee": 0.0,
    "months_since_use": 0.0,
    "call_minutes_change_3": 0.1,
    "data_mb_change_3": None,
}


def frame(**changed: float | None) -> pl.LazyFrame:
    rows = [
        {"customer_id": "a", "month": month, "active": True, "left": False, "tenure_months": 7.5 + place, **QUIET}
        for place, month in enumerate(MONTHS)
    ]
    rows[-1] |= changed
    rows.append({"customer_id": "b", "month": MONTHS[1], "active": True, "left": False, "tenure_months": None, **QUIET})
    rows.append({"customer_id": "b", "month": MONTHS[2], "active": False, "left": True, "tenure_months": None, **QUIET})
    return pl.LazyFrame(rows, schema_overrides=dict.fromkeys(QUIET, pl.Float64))


def told(given: pl.LazyFrame, group: int = 0) -> set[tuple[str, str]]:
    """Signs of the first customer in the last month."""
    found = watched(given, MONTHS, pl.Series(["a", "b"]), np.array([group, 0]))
    return {EFFECTS[place] for place in np.flatnonzero(DESIGN[found.pattern[0, -1]])}


def test_who_is_there_and_who_left() -> None:
    found = watched(frame(), MONTHS, pl.Series(["a", "b", "c"]), np.array([0, 0, 0]))
    assert found.state.tolist() == [[HERE] * 3, [ABSENT, HERE, GONE], [ABSENT] * 3]
    assert found.joined.tolist() == [-8, UNKNOWN, UNKNOWN]
    assert found.tenure(2).tolist() == [10, -1, -1]


@pytest.mark.parametrize(
    ("changed", "sign"),
    [
        ({}, set()),
        (dict.fromkeys(QUIET), set()),
        ({"complaints_sum_3": 1.0}, {("complaints in 3 months", "1")}),
        ({"complaints_sum_3": 5.0}, {("complaints in 3 months", "2 or more")}),
        ({"months_overdue": 2.0}, {("months overdue", "1 to 2")}),
        ({"months_overdue": 3.0}, {("months overdue", "3 or more")}),
        ({"faults": 1.0}, {("faults this month", "1 or more")}),
        ({"over_bundle_fee": 0.5}, {("charges beyond the bundle", "some")}),
        ({"months_since_use": 2.0}, {("months without use", "2 or more")}),
        ({"data_mb_change_3": -0.3}, {("use in 3 months", "fell 20%")}),
        (
            {"call_minutes_change_3": -0.9, "faults": 2.0},
            {("use in 3 months", "fell 50%"), ("faults this month", "1 or more")},
        ),
    ],
)
def test_each_sign_by_hand(changed: dict[str, float | None], sign: set[tuple[str, str]]) -> None:
    levels = {(name, level) for name, level in told(frame(**changed))}
    assert {pair for pair in levels if pair[0] != "way of paying"} == sign


def test_ways_of_paying() -> None:
    assert [told(frame(), group) for group in (-1, 0, 1)] == [
        {("way of paying", "unknown")},
        set(),
        {("way of paying", "prepaid")},
    ]


def test_columns_that_are_not_there_are_no_sign() -> None:
    bare = frame(complaints_sum_3=5.0).drop("complaints_sum_3")
    assert told(bare) == set()
    assert known_signs(bare)
    assert not known_signs(bare.drop([name for name in QUIET if name != "complaints_sum_3"]))


def test_every_pattern_differs_and_codes_fit() -> None:
    assert len(np.unique(DESIGN, axis=0)) == len(DESIGN)
    assert 3 * len(DESIGN) < np.iinfo(np.int16).max
    assert not DESIGN[0].any()
