"""Blocks of an imaginary operator: every customer once, whatever the size."""

from telcli.settings import SimulateSettings
from telcli.stages.simulate import simulate


def test_a_larger_operator_begins_with_the_smaller_one() -> None:
    small = next(simulate(SimulateSettings(customers=40, months=3), 5))
    large = next(simulate(SimulateSettings(customers=60, months=3), 5))
    assert small.planted["customers"] == 40
    assert large.planted["customers"] == 60
    key = "answer_key/planted.csv"
    assert large.frames[key].head(40).equals(small.frames[key])


def test_another_seed_is_another_operator() -> None:
    one, other = (next(simulate(SimulateSettings(customers=40, months=3), seed)) for seed in (5, 6))
    assert not one.frames["usage.csv"].equals(other.frames["usage.csv"])
