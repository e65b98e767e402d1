"""The back-test: scipy as another implementation of the rank correlation, and cases worked by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from telcli.methods.lifetime_value import rank_correlation
from telcli.methods.value_backtest import backtest, month_noise, naive_forecast, tenths

PAIRS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=3, max_size=40)
NAN = float("nan")


@given(PAIRS)
def test_equals_spearman_of_scipy(pairs):
    first, second = (np.array(side, dtype=float) for side in zip(*pairs, strict=True))
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        assert rank_correlation(first, second) is None
    else:
        assert rank_correlation(first, second) == pytest.approx(spearmanr(first, second).statistic)


def test_by_hand():
    naive = naive_forecast([[10.0, 10.0], [20.0, 20.0], [30.0, 30.0]], 2)
    found = backtest([18.0, 36.0, 6.0], naive, [20.0, 20.0, 0.0])
    assert found.calibration == pytest.approx((18 + 36 + 6) / 40)
    assert found.naive_calibration == pytest.approx(120 / 40)
    assert found.rank_correlation > 0 > found.naive_rank_correlation
    assert (found.error, found.naive_error) == (pytest.approx(24 / 3, abs=1e-4), pytest.approx(80 / 3, abs=1e-4))
    assert found.squared_error == pytest.approx(np.sqrt((4 + 256 + 36) / 3), abs=1e-4)
    assert found.naive_squared_error == pytest.approx(np.sqrt((0 + 400 + 3600) / 3), abs=1e-4)
    assert found.customers == 3


def test_nothing_realised_has_no_ratio():
    found = backtest([0.0, 0.0], [0.0, 0.0], [0.0, 0.0])
    assert (found.calibration, found.rank_correlation) == (None, None)


@given(st.lists(st.tuples(*[st.floats(-1e4, 1e4)] * 3), min_size=1, max_size=60))
def test_tenths_hold_everybody_once_and_fall(rows):
    told, plain, came = (np.array(side) for side in zip(*rows, strict=True))
    bands = tenths(told, plain, came)
    assert sum(band.customers for band in bands) == len(rows)
    assert sum(band.customers * band.realised for band in bands) == pytest.approx(came.sum(), abs=0.01)
    assert (np.diff([band.predicted for band in bands]) <= 1e-4).all()
    assert max(band.customers for band in bands) - min(band.customers for band in bands) <= 1


def test_noise_is_told_by_those_who_stayed_and_bring_something():
    usual = np.array([10.0] * 50 + [0.001] * 50 + [10.0] * 50)
    future = np.array([[11.0, 11.0]] * 50 + [[9.0, 9.0]] * 50 + [[30.0, NAN]] * 50)
    assert set(month_noise(usual, future)) == {1.1}
    assert month_noise(usual[:20], future[:20]).tolist() == [1.0]
    assert month_noise([NAN, -1.0], [[1.0], [1.0]]).tolist() == [1.0]
