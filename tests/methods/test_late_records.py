"""Months of which records are still to come are seen; months that are only quiet are not."""

import numpy as np
import pytest

from telcli.methods.late_records import incomplete_months


@pytest.mark.parametrize(
    ("events", "months"),
    [
        ([40, 41, 39, 40, 42, 38, 40, 40], 0),
        ([40, 41, 39, 40, 42, 38, 40, 0], 1),
        ([40, 41, 39, 40, 42, 38, 10, 3], 2),
        ([40, 41, 39, 40, 42, 10, 10, 40], 0),
        ([40, 41, 0], 0),
        ([3, 2, 4, 3, 3, 2, 3, 0], 0),
        ([0] * 8, 0),
        ([], 0),
    ],
)
def test_thin_months_are_counted_from_the_last(events: list[int], months: int) -> None:
    assert incomplete_months(events, [1000] * len(events))[0] == months


def test_fewer_customers_leave_less_often() -> None:
    assert incomplete_months([40] * 7 + [10], [1000] * 7 + [250])[0] == 0


def test_chance_alone_hardly_ever_warns() -> None:
    rng = np.random.default_rng(0)
    warned = [incomplete_months(rng.poisson(30, 12).tolist(), [1000] * 12)[0] > 0 for _ in range(2000)]
    assert np.mean(warned) < 0.002
