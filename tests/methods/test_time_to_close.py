"""Quantiles of the time until matters are closed, where some are open."""

from __future__ import annotations

import pytest

from telcli.methods.time_to_close import time_quantiles


def test_the_remissions_of_freireich() -> None:
    """21 patients on 6-MP (Freireich and others, 1963): the median of 23 weeks, from 13 on, that textbooks give."""
    done = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    still = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    half = time_quantiles([*done, *still], [True] * len(done) + [False] * len(still), (0.5,))[0]
    assert half[0] == 23.0
    assert half[1] == pytest.approx(13.0)
    assert half[2] is None


def test_what_is_never_done_has_no_quantile() -> None:
    assert time_quantiles([1.0, 2.0], [False, False]) == [(None, None, None)] * 2
    assert time_quantiles([], []) == [(None, None, None)] * 2
