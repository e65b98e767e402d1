"""Allocation under limits beside every possible choice, beside HiGHS, and on problems too large for either."""

import itertools
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

import telcli.methods.allocation as module
from telcli.methods.allocation import Allocation, allocate
from telcli.methods.quiet_solver import quiet

Case = dict[str, Any]


def holds(case: Case, choice: np.ndarray) -> bool:
    """Every limit, said in the plainest way."""
    rows = [(row, int(offer)) for row, offer in enumerate(choice) if offer >= 0]
    spent = sum(case["cost"][row, offer] for row, offer in rows)
    channels, managers, offers = (np.zeros(99) for _ in range(3))
    for row, offer in rows:
        channels[case["channel_of"][offer]] += 1
        offers[offer] += 1
        if case["manager_of"][row] >= 0 and case["takes_manager"][offer]:
            managers[case["manager_of"][row]] += 1
    within = [(channels, "channel_capacity"), (managers, "manager_capacity"), (offers, "offer_limit")]
    return (
        all((used[: len(case[name])] <= case[name]).all() for used, name in within)
        and spent <= case["budget"] + 1e-9
        and all(case["eligible"][row, offer] and case["value"][row, offer] > 0 for row, offer in rows)
    )


def brought(case: Case, choice: np.ndarray) -> float:
    return float(sum(case["value"][row, offer] for row, offer in enumerate(choice) if offer >= 0))


def made(size: int, many: int, seed: int, *, managers: int = 3, tied: bool = False, room: float = 0.3) -> Case:
    chance = np.random.default_rng(seed)
    value = chance.normal(3.0, 4.0, (size, many)).round(0 if tied else 6)
    part = [max(size * room, 1.0)] * many
    return {
        "value": value,
        "cost": chance.uniform(0.0, 5.0, (size, many)).round(0 if tied else 6),
        "eligible": chance.random((size, many)) < 0.8,
        "channel_of": np.arange(many) % 2,
        "manager_of": chance.integers(-1, managers, size),
        "takes_manager": np.arange(many) % 3 > 0,
        "budget": float(size) * chance.choice([0.3, 0.6, 5.0]),
        "channel_capacity": np.floor(part[:2]),
        "manager_capacity": np.full(managers, max(np.floor(size / managers / 2), 1.0)),
        "offer_limit": np.floor(np.array(part) * 0.8),
    }


def relaxed(case: Case) -> float:
    """The linear programme of the whole, each limit a row."""
    size, many = case["value"].shape
    pairs = [(row, offer) for row in range(size) for offer in range(many) if case["eligible"][row, offer]]
    row, offer = (np.array(part) for part in zip(*pairs, strict=True))
    by_hand = np.where(case["takes_manager"][offer], case["manager_of"][row], -1)
    rows = [row == at for at in range(size)]
    rooms = [1.0] * size + [case["budget"]]
    rows.append(case["cost"][row, offer])
    for of, name in ((case["channel_of"][offer], "channel_capacity"), (by_hand, "manager_capacity")):
        rows += [of == at for at in range(len(case[name]))]
        rooms += [*case[name]]
    rows += [offer == at for at in range(many)]
    rooms += [*case["offer_limit"]]
    found = linprog(-case["value"][row, offer], A_ub=np.array(rows, dtype=float), b_ub=rooms, bounds=(0, 1))
    return -float(found.fun)


@settings(max_examples=60)
@given(st.integers(1, 4), st.integers(1, 3), st.integers(0, 10_000), st.booleans())
def test_no_choice_of_all_is_better(size: int, many: int, seed: int, tied: bool) -> None:
    case = made(size, many, seed, tied=tied)
    found = allocate(**case)
    ways = itertools.product(range(-1, many), repeat=size)
    best = max(brought(case, np.array(way)) for way in ways if holds(case, np.array(way)))
    assert holds(case, found.choice) and found.objective == pytest.approx(brought(case, found.choice))
    assert found.objective == pytest.approx(best, abs=1e-6) and found.bound >= best - 1e-9


def priced(case: Case) -> Allocation:
    """The way that large problems go."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_PAIRS", -1)
        return allocate(**case)


@settings(max_examples=15)
@given(st.integers(20, 120), st.integers(1, 5), st.integers(0, 10_000), st.booleans())
def test_prices_prove_what_the_linear_programme_proves(size: int, many: int, seed: int, tied: bool) -> None:
    case = made(size, many, seed, tied=tied)
    found, exact = priced(case), relaxed(case)
    assert holds(case, found.choice)
    assert found.bound >= exact * (1 - 1e-9) and found.bound == pytest.approx(exact, rel=1e-4)
    # A limit leaves at most one customer in parts.
    assert found.bound - 3 * case["value"].max() <= found.objective <= found.bound


@settings(max_examples=6)
@given(st.integers(20, 60), st.integers(0, 10_000))
def test_more_money_never_brings_less(size: int, seed: int) -> None:
    case = made(size, 3, seed)
    found = [allocate(**{**case, "budget": budget}) for budget in (0.0, 8.0, 30.0)]
    for poorer, richer in itertools.pairwise(found):
        assert richer.objective >= poorer.objective * (1 - 1e-6) and richer.bound >= poorer.bound * (1 - 1e-6)
    rows = np.flatnonzero(found[0].choice >= 0)
    assert found[0].spent == 0.0 and (case["cost"][rows, found[0].choice[rows]] == 0).all()


@pytest.mark.parametrize("tied", [False, True])
def test_many_customers_are_within_a_hair_of_the_bound(tied: bool) -> None:
    case = made(6_000, 6, 3, managers=40, tied=tied, room=0.1)
    found, again = allocate(**case), allocate(**case)
    assert holds(case, found.choice) and found.gap < 1e-4
    assert (found.choice == again.choice).all() and found.bound == again.bound


def test_prices_say_what_a_little_more_of_a_limit_brings() -> None:
    case = made(2000, 4, 11, room=0.5)
    found, more = (priced({**case, "budget": budget}) for budget in (600.0, 606.0))
    assert (more.bound - found.bound) / 6.0 == pytest.approx(found.money_price, rel=0.02)
    assert found.money_price > 0 and (found.offer_prices >= 0).all() and len(found.channel_prices) == 2


def test_the_edges() -> None:
    nobody = allocate(np.empty((0, 2)), np.empty((0, 2)), budget=5.0)
    assert nobody.choice.size == 0 and nobody.gap == 0.0 and nobody.bound == 0.0
    losses = allocate([[-1.0, 0.0]], [[0.0, 0.0]])
    assert losses.choice.tolist() == [-1] and losses.objective == 0.0
    closed = allocate([[1.0, 2.0]], [[0.0, 0.0]], channel_of=[0, 1], channel_capacity=[1, 0])
    assert closed.choice.tolist() == [0]
    alone = allocate([[1.0], [2.0], [3.0]], np.zeros((3, 1)), manager_of=[0, 0, -1], manager_capacity=[1])
    assert alone.choice.tolist() == [-1, 0, 0] and alone.manager_prices.tolist() == [1.0]


def test_what_makes_no_sense_is_refused() -> None:
    for bad in (
        {"value": [[1.0]], "cost": [[-1.0]]},
        {"value": [[1.0]], "cost": [[1.0, 2.0]]},
        {"value": [[1.0]], "cost": [[1.0]], "budget": -1.0},
        {"value": [[1.0]], "cost": [[1.0]], "manager_capacity": [-1]},
        {"value": [[1.0]], "cost": [[1.0]], "channel_of": [-2]},
        {"value": [[float("nan")]], "cost": [[1.0]]},
    ):
        with pytest.raises(ValueError, match=r"costs|budget|limit|channels"):
            allocate(**bad)


def test_what_compiled_code_prints_is_not_seen(capfd: pytest.CaptureFixture[str]) -> None:
    import ctypes

    with quiet():
        ctypes.CDLL(None).puts(b"of the solver")
    sys.stdout.write("of telcli\n")
    assert capfd.readouterr().out == "of telcli\n"
