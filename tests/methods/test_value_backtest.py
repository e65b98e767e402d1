"""The back-test: scipy as another implementation of the rank correlation, and a case worked by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from telcli.methods.lifetime_value import rank_correlation
from telcli.methods.value_backtest import backtest

PAIRS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=3, max_size=40)


@given(PAIRS)
def test_equals_spearman_of_scipy(pairs):
    first, second = (np.array(side, dtype=float) for side in zip(*pairs, strict=True))
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        assert rank_correlation(first, second) is None
    else:
        assert rank_correlation(first, second) == pytest.approx(spearmanr(first, second).statistic)


def test_by_hand():
    past = [[10.0, 10.0], [20.0, 20.0], [30.0, 30.0]]
    future = [[10.0, 10.0], [20.0, np.nan], [np.nan, np.nan]]
    found = backtest(past, future, ahead=[1.8, 1.8, 0.2])
    assert found.calibration == pytest.approx((18 + 36 + 6) / 40)
    assert found.naive_calibration == pytest.approx(120 / 40)
    assert found.rank_correlation > 0 > found.naive_rank_correlation
    assert found.customers == 3


def test_nothing_realised_has_no_ratio():
    found = backtest([[0.0], [0.0]], [[0.0], [0.0]], [1.0, 1.0])
    assert (found.calibration, found.rank_correlation) == (None, None)
