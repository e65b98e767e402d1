"""Commissions and subsidies: the month each counts in, what is taken back, and parts that add up to the whole."""

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcli.features.month_index import add_months
from telcli.features.sales_costs import sales_costs

JUNE = date(2024, 6, 1)
SCHEMA = {
    **dict.fromkeys(("customer_id", "end_reason"), pl.String),
    **dict.fromkeys(("activated_on", "ended_on", "contract_end"), pl.Date),
    **dict.fromkeys(("commission", "subsidy"), pl.Float64),
}


def costs(*lines: dict[str, Any], as_of: date = JUNE, clawback: int = 6) -> dict[str, tuple[float, float]]:
    rows = [{**dict.fromkeys(SCHEMA), "customer_id": "a", **line} for line in lines]
    found = sales_costs(pl.LazyFrame(rows, schema=SCHEMA), as_of, 12, subsidy_months=24, clawback_months=clawback)
    return {name: (paid / 10_000, spread / 10_000) for name, paid, spread in found.iter_rows()}


def test_a_commission_counts_in_the_month_of_activation() -> None:
    sold = {"commission": 50.0}
    assert costs({**sold, "activated_on": date(2023, 7, 1)}) == {"a": (50.0, 0.0)}
    assert costs({**sold, "activated_on": date(2024, 6, 30)}) == {"a": (50.0, 0.0)}
    assert costs({**sold, "activated_on": date(2023, 6, 30)}) == {"a": (0.0, 0.0)}
    assert costs({**sold, "activated_on": date(2024, 7, 1)}) == {}
    assert costs(sold) == {}


def test_it_is_taken_back_of_lines_that_end_early() -> None:
    sold = {"commission": 50.0, "activated_on": date(2024, 1, 9)}
    assert costs({**sold, "ended_on": date(2024, 6, 30)}) == {"a": (0.0, 0.0)}
    assert costs({**sold, "ended_on": date(2024, 7, 1)}) == {"a": (50.0, 0.0)}  # after the snapshot
    assert costs({**sold, "ended_on": date(2024, 6, 1), "end_reason": "internal"}) == {"a": (50.0, 0.0)}
    assert costs({**sold, "ended_on": date(2024, 6, 1)}, clawback=0) == {"a": (50.0, 0.0)}
    assert costs({**sold, "ended_on": date(2024, 6, 1)}, clawback=5) == {"a": (50.0, 0.0)}
    # paid before the window, taken back within it
    assert costs({**sold, "activated_on": date(2023, 5, 1), "ended_on": date(2023, 8, 1)}) == {"a": (-50.0, 0.0)}


def test_a_subsidy_is_spread_over_the_contract() -> None:
    device = {"subsidy": 240.0, "activated_on": date(2024, 1, 20)}
    assert costs(device)["a"][1] == pytest.approx(60.0)  # 6 of 24 months
    assert costs({**device, "contract_end": date(2025, 1, 20)})["a"][1] == pytest.approx(120.0)  # 6 of 12
    assert costs({**device, "activated_on": date(2022, 1, 1)})["a"][1] == pytest.approx(60.0)  # the last 6
    assert costs({**device, "ended_on": date(2024, 3, 1)})["a"][1] == pytest.approx(240.0)  # what is left, at once
    assert costs({**device, "activated_on": date(2020, 1, 1)})["a"][1] == 0.0


def test_lines_of_one_customer_add_up() -> None:
    one = {"commission": 10.0, "subsidy": 24.0, "activated_on": date(2024, 6, 1)}
    assert costs(one, one, {**one, "customer_id": "b"}) == {"a": (20.0, 2.0), "b": (10.0, 1.0)}


@pytest.mark.slow
@given(st.integers(0, 40), st.one_of(st.none(), st.integers(0, 40)), st.one_of(st.none(), st.integers(-3, 36)))
def test_years_add_up_to_all_that_was_spent(start: int, stay: int | None, contract: int | None) -> None:
    began = add_months(date(2020, 1, 1), start)
    line: dict[str, Any] = {"commission": 30.0, "subsidy": 100.0, "activated_on": began}
    line["ended_on"] = None if stay is None else add_months(began, stay)
    line["contract_end"] = None if contract is None else add_months(began, contract)
    years = [costs(line, as_of=date(year, 12, 1)).get("a", (0.0, 0.0)) for year in range(2020, 2030)]
    paid = 0.0 if stay is not None and stay < 6 else 30.0
    assert sum(year[0] for year in years) == pytest.approx(paid)
    assert sum(year[1] for year in years) == pytest.approx(100.0, abs=0.01)
