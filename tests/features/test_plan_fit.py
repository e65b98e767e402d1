"""What plans would have cost, against the arithmetic of a bill done call by call in plain Python."""

from __future__ import annotations

import math
from datetime import date, datetime
from fractions import Fraction

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcli.features.plan_fit import plan_fit
from telcli.features.plan_use import plan_use, units_of
from telcli.tables.tariffs import Tariff

JUNE = date(2024, 6, 1)
SURF = Tariff("surf", 20.0, 500.0, 50.0, 15_360.0, 0.03, 0.03, 10.0, data_unit_mb=1024.0)
ULTIMATE = Tariff("ultimate", 70.0, 3_000.0, 1_000.0, 30_720.0, 0.01, 0.01, 7.0, data_unit_mb=1024.0)
TENTHS = Tariff("tenths", 5.0, per_minute=0.2, per_text=0.1, per_data=0.5, call_unit_s=6.0, data_unit_mb=10.0)
SESSIONS = Tariff("sessions", 8.0, mb=100.0, per_minute=0.1, per_data=1.0, data_unit_mb=10.0, data_rounded="session")
FREE = Tariff("free", 200.0, math.inf, math.inf, math.inf)
PLANS = (SURF, ULTIMATE, TENTHS, SESSIONS, FREE)
CALLS = {"customer_id": pl.String, "started_at": pl.Datetime("us"), "direction": pl.String, "kind": pl.String}
CALLS |= {"duration_s": pl.Float64, "data_mb": pl.Float64, "roaming": pl.Boolean}


def _calls(rows):
    told = [(who, datetime(2024, 6, 9), way, kind, length, size, away) for who, way, kind, length, size, away in rows]
    return pl.LazyFrame(told, schema=CALLS, orient="row")


def _month(calls, customers=("a",), month=JUNE, **totals):
    rows = [{"customer_id": who, "month": month, "active": True, "left": False, **totals} for who in customers]
    return {"customer_months": pl.LazyFrame(rows), **({"calls": calls} if calls is not None else {})}


def _people(*customers):
    return pl.DataFrame({"customer_id": list(customers), "since": [JUNE] * len(customers)})


def _bill(rows, plan: Tariff) -> float:
    """A bill by hand, in fractions."""

    def part(number: float) -> Fraction:
        return Fraction(str(number))

    def beyond(used: Fraction, included: float, price: float, unit: Fraction) -> Fraction:
        return Fraction(0) if math.isinf(included) else math.ceil(max(used - part(included), 0) / unit) * part(price)

    step = part(plan.call_unit_s)
    minutes, texts, data = Fraction(0), Fraction(0), Fraction(0)
    for _, way, kind, length, size, away in rows:
        if kind == "voice" and way == "out" and not away:
            minutes += math.ceil(part(length) / step) * step / 60
        elif kind == "text" and way == "out" and not away:
            texts += 1
        elif kind == "data" and not away:
            unit = part(plan.data_unit_mb)
            data += math.ceil(part(size) / unit) * unit if plan.data_rounded == "session" else part(size)
    total = part(plan.monthly_fee) + beyond(minutes, plan.minutes, plan.per_minute * plan.call_unit_s / 60, step / 60)
    total += beyond(texts, plan.texts, plan.per_text, Fraction(1)) + beyond(
        data, plan.mb, plan.per_data, part(plan.data_unit_mb)
    )
    return float(round(total, 4))


VOICE = st.tuples(
    st.just("a"), st.sampled_from(["out", "in"]), st.just("voice"), st.integers(0, 400_000).map(lambda ms: ms / 1000)
)
VOICES = VOICE.flatmap(lambda row: st.tuples(*map(st.just, row), st.none(), st.sampled_from([None, False, True])))
TEXTS = st.just(("a", "out", "text", None, None, None))
DATA = st.integers(0, 900_000).map(lambda size: ("a", "out", "data", None, size / 100, None))


@given(st.lists(VOICES | TEXTS | DATA, min_size=1, max_size=25), st.sampled_from(range(len(PLANS))))
def test_costs_are_those_of_a_bill_by_hand(rows, place):
    units = units_of(PLANS)
    use = plan_use(_month(_calls(rows)), _people("a"), [JUNE], units)
    found = plan_fit(use, np.array([place]), PLANS, units)
    told = {plan.plan: _bill(rows, plan) for plan in PLANS}
    assert use["exact"].to_list() == [True]
    assert found.months["cost"][0] == pytest.approx(told[PLANS[place].plan], abs=1e-9)
    assert found.rows["best_cost"][0] == pytest.approx(min(told.values()), abs=0.0051)


@given(st.lists(st.integers(0, 900).map(float), min_size=1, max_size=30))
def test_a_months_total_bounds_what_calls_were_rounded_up_to(lengths):
    rows = [("a", "out", "voice", length, None, None) for length in lengths]
    units = units_of(PLANS)
    totals = _month(None, call_minutes=sum(lengths) / 60, calls_out=float(len(rows)), calls_in=0.0)
    use = plan_use(totals, _people("a"), [JUNE], units)
    exact = plan_use(_month(_calls(rows)), _people("a"), [JUNE], units)
    assert use["exact"].to_list() == [False]
    for place in range(len(units.calls)):
        name = f"minutes_{place}"
        assert use[f"{name}_low"][0] - 1e-6 <= exact[name][0] <= use[f"{name}_high"][0] + 1e-6
        assert use[f"{name}_low"][0] <= use[name][0] <= use[f"{name}_high"][0]


def test_who_called_nobody_in_a_month_of_calls_used_nothing():
    tables = _month(_calls([("a", "out", "voice", 61.0, None, None)]), ("a", "b"))
    use = plan_use(tables, _people("a", "b"), [JUNE], units_of([SURF]))
    assert use.select("customer_id", "exact", "minutes_0").rows() == [("a", True, 2.0), ("b", True, 0.0)]


def test_calls_that_are_fewer_than_usage_says_are_not_believed():
    tables = _month(_calls([("a", "out", "voice", 60.0, None, None)]), call_minutes=50.0, calls_out=40.0)
    use = plan_use(tables, _people("a"), [JUNE], units_of([SURF]))
    assert use.select("exact", "minutes_0_low", "minutes_0_high").rows() == [(False, 50.0, 89.0)]


def test_each_customer_and_service_is_judged_by_her_own_total():
    # a's calls are all there, b's minutes lack nearly all, c has no data records, nor texts, and usage tells both
    calls = _calls(
        [
            ("a", "out", "voice", 6_000_000.0, None, None),
            ("b", "out", "voice", 60.0, None, None),
            ("c", "out", "voice", 61.0, None, None),
        ]
    )
    totals = pl.LazyFrame(
        {
            "customer_id": ["a", "b", "c"],
            "call_minutes": [100_000.0, 50.0, 61 / 60],
            "calls_out": [1.0, 40.0, 1.0],
            "calls_in": [0.0, 0.0, 0.0],
            "texts": [0.0, 0.0, 70.0],
            "data_mb": [0.0, 0.0, 16_000.0],
        }
    ).with_columns(month=pl.lit(JUNE), active=pl.lit(value=True), left=pl.lit(value=False))
    tables = {"customer_months": totals, "calls": calls}
    use = plan_use(tables, _people("a", "b", "c"), [JUNE], units_of([SURF]))
    assert use.select("customer_id", "exact", "minutes_0_low", "minutes_0_high", "texts", "mb").rows() == [
        ("a", True, 100_000.0, 100_000.0, 0.0, 0.0),
        ("b", False, 50.0, 89.0, 0.0, 0.0),
        ("c", True, 2.0, 2.0, 70.0, 16_000.0),
    ]
    single = plan_use(tables, _people("c"), [JUNE], units_of([SESSIONS]))
    assert single.select("exact", "mb_0", "mb_0_low", "mb_0_high").rows() == [(False, 16_000.0, 16_000.0, None)]


def test_the_most_is_not_known_where_the_number_of_calls_is_not_told():
    units = units_of([SURF, SESSIONS])
    use = plan_use(_month(None, call_minutes=510.0, data_mb=150.0), _people("a"), [JUNE], units)
    found = plan_fit(use, np.array([0]), [SURF, SESSIONS], units).rows
    assert found.select("cost_low", "cost", "cost_high").rows() == [(20.3, 20.3, None)]
    assert plan_fit(use, np.array([1]), [SURF, SESSIONS], units).rows["cost_high"].to_list() == [None]
    silent = plan_use(_month(None, data_mb=0.0), _people("a"), [JUNE], units)
    assert plan_fit(silent, np.array([1]), [SURF, SESSIONS], units).rows["cost_high"].to_list() == [8.0]


def test_months_before_a_customer_came_and_unknown_use_are_left_out():
    tables = {
        "customer_months": pl.concat(
            [_month(None)["customer_months"], _month(None, ("b",), date(2024, 5, 1))["customer_months"]]
        )
    }
    assert plan_use(tables, _people("a", "b"), [date(2024, 5, 1), JUNE], units_of([SURF])).height == 0


def _several(minutes, plan=0, texts=0.0, mb=0.0):
    months = [date(2024, 1 + at, 1) for at in range(len(minutes))]
    use = {"customer_id": ["a"] * len(minutes), "month": months, "exact": [True] * len(minutes)}
    use |= {"texts": [texts] * len(minutes), "mb": [mb] * len(minutes)}
    use |= {f"minutes_0{end}": list(map(float, minutes)) for end in ("", "_low", "_high")}
    return plan_fit(pl.DataFrame(use), np.array([plan]), [SURF, ULTIMATE], units_of([SURF])).rows.row(0, named=True)


def test_who_pays_beyond_the_bundle_is_shown_the_larger_plan():
    told = _several([3_000, 2_900, 3_000, 2_950], mb=16_000.0)
    assert (told["fit"], told["best_plan"], told["over_months"], told["months_cheaper"]) == (
        "over-bundle",
        "ultimate",
        4,
        4,
    )
    assert told["cost"] == pytest.approx(20 + 10 + 0.03 * (2_500 + 2_400 + 2_500 + 2_450) / 4)
    assert told["saving"] == pytest.approx(told["cost"] - 70)
    assert told["saving_low"] < told["saving"] < told["saving_high"]


def test_who_hardly_uses_the_bundle_is_shown_the_smaller_plan():
    told = _several([40, 10, 0, 30], plan=1)
    assert (told["fit"], told["best_plan"], told["saving"]) == ("unused", "surf", 50.0)
    assert told["voice_saturation"] == pytest.approx(20 / 3_000, abs=1e-4)


def test_who_has_the_cheapest_plan_stays():
    told = _several([480, 490, 470, 480])
    assert (told["fit"], told["best_plan"], told["saving"], told["saving_high"]) == ("tight", "surf", 0.0, 0.0)


def test_plans_no_longer_sold_are_nobodys_next():
    old = Tariff("old", 1.0, math.inf, math.inf, math.inf, on_sale=False)
    use = pl.DataFrame({"customer_id": ["a"], "month": [JUNE], "exact": [True], "texts": [0.0], "mb": [0.0]})
    use = use.with_columns(pl.lit(9.0).alias(f"minutes_0{end}") for end in ("", "_low", "_high"))
    found = plan_fit(use, np.array([1]), [old, ULTIMATE, SURF], units_of([SURF]))
    assert found.rows["best_plan"].to_list() == ["surf"]


def test_a_choice_is_checked_in_the_month_that_it_did_not_see():
    random = np.random.default_rng(5)
    size, months = 60, 4
    use = {"customer_id": np.repeat([f"c{at:02}" for at in range(size)], months), "month": [JUNE] * (size * months)}
    use |= {"exact": [True] * (size * months), "texts": np.zeros(size * months), "mb": np.zeros(size * months)}
    minutes = random.uniform(0, 4_000, size * months).round()
    use |= {f"minutes_0{end}": minutes for end in ("", "_low", "_high")}
    found = plan_fit(pl.DataFrame(use), np.zeros(size, dtype=np.int64), [SURF, ULTIMATE], units_of([SURF])).checked
    assert 0 < found["customers"] <= size
    assert found["realised_saving"] < found["expected_saving"]  # use is drawn anew each month: the choice is chance
