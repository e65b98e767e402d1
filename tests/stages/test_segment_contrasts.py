"""What sets segments apart: totals that grew, what holds of how many members, and no category that chance may deal."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from telcli.methods.clustering import Labels
from telcli.methods.preparation import BehaviourPreparation
from telcli.stages.segment_contrasts import Measured, differences, habits


def labelled(*sizes: int) -> Labels:
    return np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)


def one(name: str, values: list[float], **levels: tuple[list[float], list[float]]) -> Measured:
    raw = np.array(values, dtype=np.float64)[:, None]
    preparation = BehaviourPreparation(max_correlation=1.0).fit(raw)
    known = {key: (np.array(now), np.array(half)) for key, (now, half) in levels.items()}
    return Measured([name], raw, preparation.transform(raw), [preparation.fates_[0]], known)


def test_a_category_of_four_in_six_names_nobody() -> None:
    region = ["west"] * 4 + ["east"] * 2 + ["west"] * 10 + ["east"] * 44
    few, _ = habits(labelled(6, 54), pl.DataFrame({"region": region}))
    assert few == []


def test_a_lead_that_chance_may_deal_is_no_habit() -> None:
    gender = ["female"] * 7 + ["male"] * 6 + ["female"] * 18 + ["male"] * 29
    assert habits(labelled(13, 47), pl.DataFrame({"gender": gender})) == [[], []]


def test_a_clear_lead_is_a_habit_and_the_more_is_tried_the_clearer_it_must_be() -> None:
    mode = ["prepaid"] * 11 + ["postpaid"] * 3 + ["prepaid"] * 12 + ["postpaid"] * 34
    labels = labelled(14, 46)
    assert [found.value for found in habits(labels, pl.DataFrame({"mode": mode}))[0]] == ["prepaid"]
    noise = {f"x_{n}": [str(value) for value in np.random.default_rng(n).integers(0, 20, 60)] for n in range(40)}
    tried = habits(labels, pl.DataFrame({"mode": mode, **noise}))
    assert tried == [[], []]


def test_a_trend_is_that_of_the_total_not_of_the_typical_member() -> None:
    now = [80.0] * 6 + [1000.0] * 6 + [500.0] * 12
    half = [45.0] * 6 + [1000.0] * 6 + [500.0] * 12
    own = [7.0] * 6 + [0.0] * 18
    first, second = differences(labelled(12, 12), one("data_mb_change_3", own, data_mb_change_3=(now, half)))
    before = 6 * 10.0 + 6 * 1000.0
    assert first[0].mean == pytest.approx((6 * 80.0 + 6 * 1000.0) / before - 1)
    assert first[0].overall == pytest.approx((6 * 80.0 + 6000.0 + 6000.0) / (before + 6000.0) - 1)
    assert second[0].mean == pytest.approx(0.0)


def test_of_fewer_than_ten_members_no_trend_is_told() -> None:
    own, now = [6.0] * 9 + [0.0] * 30, [70.0] * 9 + [10.0] * 30
    few, many = differences(
        labelled(9, 30), one("data_mb_change_3", own, data_mb_change_3=(now, [40.0] * 9 + [10.0] * 30))
    )
    assert few == []
    assert len(many) == 1


def test_of_how_many_members_a_difference_holds() -> None:
    idle = [0.0] * 7 + [9.0] * 3 + [0.0] * 10
    first, second = differences(labelled(10, 10), one("months_since_use", idle))
    assert (first[0].held, first[0].middle) == (pytest.approx(0.3), 0.0)
    assert second[0].held == 1.0
