"""EWMA and CUSUM beside the vectors of the NIST handbook, run lengths beside published tables and simulation."""

import numpy as np
import pytest

from telcli.methods.control_charts import cusum, cusum_chance, cusum_run_length, ewma, ewma_limits, ewma_run_length

EWMA_X = [52.0, 47.0, 53.0, 49.3, 50.1, 47.0, 51.0, 50.1, 51.2, 50.5, 49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4,
          53.6, 52.1]  # fmt: skip
EWMA_Z = [50.60, 49.52, 50.56, 50.18, 50.16, 49.21, 49.75, 49.85, 50.26, 50.33, 50.11, 49.36, 49.52, 50.05, 49.38,
          49.92, 50.73, 51.23, 51.94, 51.99]  # fmt: skip
CUSUM_X = [324.925, 324.675, 324.725, 324.350, 325.350, 325.225, 324.125, 324.525, 325.225, 324.600, 324.625, 325.150,
           328.325, 327.250, 327.825, 328.500, 326.675, 327.775, 326.875, 328.350]  # fmt: skip
CUSUM_HIGH = [3.01, 4.94, 7.45, 10.63, 11.99, 14.44, 16.00, 19.04]


def test_ewma_of_the_nist_handbook() -> None:
    assert ewma(EWMA_X, 50.0, 0.3).tolist() == pytest.approx(EWMA_Z, abs=0.006)
    low, high = ewma_limits([1, 10_000], 50.0, 2.0539, 0.3, 3.0)
    assert [low[1], high[1]] == pytest.approx([47.4116, 52.5884], abs=1e-4)
    assert high[0] - 50.0 == pytest.approx(3 * 0.3 * 2.0539)  # of one value: its weight times three sd


def test_cusum_of_the_nist_handbook() -> None:
    sums = cusum(CUSUM_X, 325.0, 0.3175)
    assert sums.high[12:].tolist() == pytest.approx(CUSUM_HIGH, abs=0.006)
    assert (sums.high > 4.1959).tolist() == [False] * 13 + [True] * 7
    assert np.all(sums.low >= 0)


def test_months_not_known_change_nothing() -> None:
    values = np.array([[1.0, np.nan, 2.0], [1.0, 2.0, np.nan]])
    assert ewma(values)[0, 2] == ewma(values)[1, 1]
    assert cusum(values).high[0, 2] == cusum(values).high[1, 1] == cusum(values).high[1, 2]


@pytest.mark.parametrize(
    ("limit", "lengths"),
    [
        (4.0, {0.0: 168, 0.25: 74.2, 0.5: 26.6, 0.75: 13.3, 1.0: 8.38, 1.5: 4.75, 2.0: 3.34}),
        (5.0, {0.0: 465, 0.25: 139, 0.5: 38.0, 0.75: 17.0, 1.0: 10.4, 1.5: 5.75, 2.0: 4.01}),
    ],
)
def test_run_lengths_of_cusum_are_those_of_the_handbook(limit: float, lengths: dict[float, float]) -> None:
    """NIST/SEMATECH 6.3.2.3.1 and Lucas (1976): two-sided, k = 0.5; one-sided on target it is twice as long."""
    for shift, mean in lengths.items():
        sides = [cusum_run_length(0.5, limit, to) for to in (shift, -shift)]
        assert 1.0 / sum(1.0 / side for side in sides) == pytest.approx(mean, rel=0.01), shift


@pytest.mark.parametrize(
    ("weight", "width", "lengths"),
    [
        (0.1, 2.814, {0.0: 500, 0.25: 106, 0.5: 31.3, 1.0: 10.3, 2.0: 4.36}),
        (0.2, 2.962, {0.0: 500, 0.25: 150, 0.5: 41.8, 1.0: 10.5, 2.0: 3.7}),
        (0.4, 3.054, {0.0: 500, 0.25: 224, 0.5: 71.2, 1.0: 14.3, 2.0: 3.5}),
    ],
)
def test_run_lengths_of_ewma_are_those_of_lucas_and_saccucci(
    weight: float, width: float, lengths: dict[float, float]
) -> None:
    """Technometrics 32, 1990, table 3; also in Montgomery, table 9.11."""
    for shift, mean in lengths.items():
        assert ewma_run_length(weight, width, shift) == pytest.approx(mean, rel=0.02), shift


def test_the_chance_of_a_height_is_that_of_simulation() -> None:
    noise = np.random.default_rng(0).normal(size=(200_000, 8))
    last = cusum(noise, 0.0, 0.5).high[:, -1]
    heights = np.array([0.2, 0.5, 1.0, 2.0, 3.0])
    seen = (last[:, None] >= heights).mean(axis=0)
    assert np.abs(cusum_chance(heights, 0.5, np.full(5, 8)) - seen).max() < 0.004
