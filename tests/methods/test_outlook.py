"""What is expected of customers kind by kind, and how likely what came was by it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcli.methods.outlook import Outlook, by_tenure, log_likelihood
from telcli.methods.survival import life_table

HAZARDS = st.lists(st.floats(0.01, 0.6), min_size=2, max_size=6)


def outlook(hazards: list[float]) -> Outlook:
    return Outlook(np.cumprod(1.0 - np.array([hazards]), axis=1), np.zeros(1), np.zeros(1, dtype=np.int64))


@given(HAZARDS)
def test_chances_of_all_that_may_come_add_up_to_one(hazards: list[float]) -> None:
    told, months = outlook(hazards), len(hazards)
    chances = [np.exp(log_likelihood(told, [month], [months]))[0] for month in range(1, months + 1)]
    assert sum(chances) + np.exp(log_likelihood(told, [0], [months]))[0] == pytest.approx(1.0)
    assert told.hazard()[0] == pytest.approx(hazards)


def test_right_chances_are_told_best() -> None:
    random, true = np.random.default_rng(1), 0.1
    left = random.geometric(true, 20_000)
    left = np.where(left > 6, 0, left)
    worth = {
        hazard: log_likelihood(
            Outlook((1 - hazard) ** np.arange(1.0, 7.0)[None, :], np.zeros(1), np.zeros(len(left), dtype=np.int64)),
            left,
            np.full(len(left), 6),
        ).mean()
        for hazard in (0.07, 0.1, 0.14)
    }
    assert max(worth, key=lambda hazard: worth[hazard]) == true


def test_what_was_thought_impossible_is_very_unlikely_not_without_end() -> None:
    told = by_tenure(life_table([10.0], [0.0]), 3)
    assert log_likelihood(told, [2], [3])[0] == pytest.approx(np.log(1e-12))
    assert log_likelihood(told, [0], [0])[0] == 0.0
