"""Baselines, spreads and the charts' common chance: by hand, by published factors, and by simulation of nothing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telcli.methods.rates import found_among
from telcli.methods.robust_scale import borrowed, robust_z, spread
from telcli.methods.rolling_misses import inflation
from telcli.methods.seasonal_baseline import (
    baseline_of,
    common_part,
    foretold,
    of_last_months,
    of_last_year,
    steadier,
    window_of,
)
from telcli.methods.series_watch import Watching, combined, watched


def noise(seed: int, series: int, months: int) -> np.ndarray:
    """Series of unlike levels and spreads."""
    rng = np.random.default_rng(seed)
    sd = np.exp(rng.normal(np.log(0.12), 0.3, (series, 1)))
    return rng.normal(5.0, 1.0, (series, 1)) + sd * rng.normal(size=(series, months))


def test_the_spread_of_few_values_is_unbiased() -> None:
    rng = np.random.default_rng(1)
    for size in (2, 3, 5, 6, 9, 12, 30):
        assert spread(rng.normal(size=(10_000, size))).mean() == pytest.approx(1.0, abs=0.02), size


def test_robust_z_by_hand_and_at_its_ends() -> None:
    earlier = [50.0, 52.0, 49.0, 51.0, 48.0, 50.0, 53.0, 47.0, 50.0, 51.0]  # median 50, MAD 1, ten values: 10 / 9.2
    assert robust_z(40.0, earlier) == pytest.approx(-10 / (1.4826 * 10 / 9.2), rel=1e-4)
    assert robust_z(5.0, [5.0] * 8) == 0.0
    assert robust_z(4.0, [5.0] * 8) == -np.inf
    assert np.isfinite(robust_z(4.0, [5.0] * 8 + [6.0]))  # more than half the same: the mean deviation


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(-99, 99), min_size=3, max_size=20), st.floats(-50, 50), st.floats(0.1, 10))
def test_the_spread_moves_with_its_unit_alone(values: list[int], shift: float, times: float) -> None:
    moved = spread([shift + times * value for value in values])
    assert float(moved) == pytest.approx(times * float(spread(values)), rel=1e-6, abs=1e-6)


def test_spreads_borrow_where_they_are_alike_and_not_where_they_are_not() -> None:
    rng = np.random.default_rng(2)
    alike = borrowed(np.sqrt(rng.chisquare(4, 400) / 4), np.full(400, 4.0))
    assert alike.freedom.min() > 20 and alike.sd.mean() == pytest.approx(1.0, abs=0.05)
    apart = borrowed(np.exp(rng.normal(0, 1.5, 400)) * np.sqrt(rng.chisquare(4, 400) / 4), np.full(400, 4.0))
    assert apart.freedom.max() < 6


def test_every_month_is_foretold_by_earlier_ones_alone() -> None:
    values = noise(3, 4, 30)
    for how in ("median", "last-year"):
        before = foretold(values, how)
        changed = values.copy()
        changed[:, -1] = 99.0
        assert np.array_equal(foretold(changed, how), before, equal_nan=True)
    assert np.isnan(of_last_year(values[:, :12])).all()
    season = np.tile(np.arange(12.0), 3)[None, :] + np.repeat([0.0, 1.0, 2.0], 12)[None, :]
    assert of_last_year(season)[0, 20:] == pytest.approx(season[0, 20:])
    assert steadier(season, of_last_months(season), of_last_year(season), 36)


def test_what_all_have_in_common_is_found_and_needs_many() -> None:
    values = noise(4, 60, 12)
    values[:, -1] -= 0.5
    assert common_part(values)[-1] == pytest.approx(-0.5, abs=0.06)
    assert not common_part(values[:10]).any()


def test_chances_put_together_hold_where_nothing_is() -> None:
    rng = np.random.default_rng(5)
    alone = rng.uniform(size=(1, 20_000))
    same = combined(np.repeat(alone, 3, axis=0), np.ones(20_000, dtype=bool))
    apart = combined(rng.uniform(size=(3, 20_000)), np.ones(20_000, dtype=bool))
    assert same == pytest.approx(alone[0])
    for chance in (same, apart):
        assert (chance <= 0.05).mean() == pytest.approx(0.05, abs=0.006)


@pytest.mark.parametrize("months", [9, 13, 25])
def test_of_what_is_found_where_nothing_is_little_is_found(months: int) -> None:
    """The false discovery rate under the null: in how many of so many panels anything at all is found."""
    panels = [watched(values, of_last_months(values)) for values in (noise(seed, 50, months) for seed in range(30))]
    found = [bool((found_among(one.chance) <= 0.1).any()) for one in panels]
    assert np.mean(found) <= 0.2
    assert (np.concatenate([one.chance for one in panels]) <= 0.05).mean() < 0.06


def test_a_drop_is_found_and_a_rise_is_not() -> None:
    values = noise(6, 50, 13)
    values[3, -1] -= 1.0
    values[4, -1] += 1.0
    values[5, -3:] -= 0.6
    found = watched(values, of_last_months(values), Watching(side=-1))
    told = found_among(found.chance)
    assert told[3] < 0.1 and told[4] > 0.5
    assert found.chance[5] < 0.01
    both = watched(values, of_last_months(values), Watching(side=0))
    assert (found_among(both.chance)[[3, 4]] < 0.1).all()


def worlds(size: int = 1500, months: int = 25) -> dict[str, np.ndarray]:
    """Series in which nothing happens in the last month, by what else they do; noise of a tenth."""
    month = np.arange(months)
    hang = 0.1 * np.random.default_rng(11).normal(size=(size, months))
    for at in range(1, months):
        hang[:, at] = 0.5 * hang[:, at - 1] + np.sqrt(0.75) * hang[:, at]
    odd = noise(12, size, months)
    odd[np.arange(size), np.random.default_rng(13).integers(5, months - 1, size)] -= 1.0
    phase = np.random.default_rng(14).integers(0, 12, (size, 1))
    return {
        "nothing": noise(15, size, months),
        "a fall of 1% a month": noise(16, size, months) - 0.01 * month,
        "autocorrelation of 0.5": hang,
        "a season": noise(17, size, months) + 0.1 * np.sin(2 * np.pi * (month + phase) / 12),
        "one odd month before": odd,
        "a step long ago": noise(18, size, months) + 0.3 * (month < 9),
    }


@pytest.mark.parametrize("what", worlds(2))
def test_one_percent_of_what_does_nothing_is_called_at_one_percent(what: str) -> None:
    values = worlds()[what]
    base, how = baseline_of(values)
    found = watched(values, base, Watching(window=window_of(how, 12)))
    assert (found.chance < 0.01).mean() < 0.01 + 3 * np.sqrt(0.01 * 0.99 / len(values))


def test_what_fell_and_stays_low_is_found_and_not_taken_for_a_drift() -> None:
    values = noise(20, 400, 25)
    values[:40, -6:] -= 0.5
    base, how = baseline_of(values)
    assert (watched(values, base, Watching(window=window_of(how, 12))).chance[:40] < 0.01).mean() > 0.9


def test_one_that_falls_among_many_that_stand_is_not_taken_to_drift() -> None:
    found = 0
    for seed in range(30):
        values = noise(seed, 30, 25)
        values[0] -= 0.04 * np.arange(25)
        base, how = baseline_of(values)
        found += bool(watched(values, base, Watching(side=-1, window=window_of(how, 12))).chance[0] < 0.01)
    assert found >= 24  # 17 where a drift was taken as soon as it was no worse


def test_months_that_hang_together_are_told_from_those_that_do_not() -> None:
    for what, least, most in (("nothing", 0.0, 0.1), ("autocorrelation of 0.5", 0.3, 0.6)):
        values = worlds(200)[what]
        found = watched(values, of_last_months(values))
        told = inflation(found.z, np.full(200, 12), 12, 0.2)
        assert least <= np.median(told.correlation) <= most
