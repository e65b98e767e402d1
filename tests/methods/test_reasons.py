"""Reasons: one of each theme, strongest first, none where nothing stands out."""

import numpy as np

from telcli.methods.reasons import leading


def test_one_reason_per_theme_and_none_where_nothing_stands_out() -> None:
    parts = [[0.9, 0.8, 0.2, 0.01], [0.01, 0.0, -1.0, 0.02]]
    assert leading(parts, [0, 0, 1, 2]).tolist() == [[0, 2, -1], [-1, -1, -1]]
    assert leading(np.empty((2, 0)), []).tolist() == [[-1] * 3] * 2
