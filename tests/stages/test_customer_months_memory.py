"""How many customers are worked on together under a limit, and what is said where not even few fit."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from telcli.errors import ExitCode, UsageError
from telcli.features.span import Span
from telcli.settings import CustomerMonthsSettings, resolve
from telcli.settings.memory import memory_bytes
from telcli.stages.customer_months_memory import at_once, room
from telcli.tables.months import FEATURES

YEAR = Span(24000, 24011)


def tables(customers: int, bills_each: int) -> dict[str, pl.LazyFrame]:
    names = pl.LazyFrame({"customer_id": [str(n) for n in range(customers)]})
    bills = names.with_columns(n=pl.lit(list(range(bills_each)))).explode("n", empty_as_null=False)
    return {"customers": names, "bills": bills.with_columns(amount=1.0, month=date(2024, 6, 1))}


def size(customers: int, bills_each: int, span: Span = YEAR, **settings: Any) -> int:
    return at_once(tables(customers, bills_each), span, customers, CustomerMonthsSettings(**settings))


def test_without_a_limit_the_settings_and_the_months_decide() -> None:
    assert size(50, 1) == 20_000
    assert size(50, 1, Span(24000, 24023)) == 250_000 // 24
    assert size(50, 1, bucket_customers=7) == 7
    assert size(50, 1, Span(0, 250_000)) == 1


def test_a_bucket_costs_its_rows_times_columns() -> None:
    one, two = size(9000, 12, memory="500MB"), size(9000, 24, memory="500MB")
    left = 500_000_000 - 400_000_000 - 100 * 9000
    assert one == left // (20 * (12 * len(FEATURES) + 1 + 12 * 4))
    assert two == left // (20 * (12 * len(FEATURES) + 1 + 24 * 4))
    assert one > two > 1000


def test_customers_with_many_rows_who_stand_side_by_side_have_to_fit() -> None:
    many, few = tables(1000, 900), tables(9000, 1)
    others = few["bills"].with_columns(customer_id=pl.lit("b") + pl.col("customer_id"))
    names = pl.concat([many["customers"], others.select("customer_id")])
    skewed = {"customers": names, "bills": pl.concat([many["bills"], others])}
    bills = skewed["bills"]
    ids = names.collect()["customer_id"]
    dealt = bills.collect().with_columns(customer_id=ids.gather(pl.int_range(909_000, eager=True) % 10_000))
    even = {"customers": names, "bills": dealt.lazy()}
    limited = CustomerMonthsSettings(memory="600MB")
    assert at_once(even, YEAR, 10_000, limited) > 1.2 * at_once(skewed, YEAR, 10_000, limited)


def test_a_limit_that_is_no_hindrance_changes_nothing() -> None:
    assert size(50, 1, memory="64GB") == size(50, 1)
    assert size(50, 1, memory="64GB", bucket_customers=7) == 7


def test_what_does_not_fit_is_said_with_what_would() -> None:
    with pytest.raises(UsageError) as raised:
        size(3000, 100, memory="430MB")
    assert (raised.value.code, raised.value.exit_code) == ("memory-short", ExitCode.USAGE)
    need = str(raised.value.values["need"])
    assert need in raised.value.hint
    assert "--engine spark" in raised.value.hint
    assert size(3000, 100, memory=need) >= 1000
    with pytest.raises(UsageError):
        size(3000, 100, memory=f"{int(need.removesuffix('MB')) - 1}MB")


def test_a_history_short_enough_is_said_and_the_least_that_works() -> None:
    with pytest.raises(UsageError) as raised:
        size(3000, 100, memory="430MB")
    months = raised.value.values["fitting"]
    assert 1 < months < 12
    assert f"shorten the history to {months} months" in raised.value.hint
    assert size(3000, 100, Span(24000, 23999 + months), memory="430MB") >= 1000
    with pytest.raises(UsageError):
        size(3000, 100, Span(24000, 24000 + months), memory="430MB")
    with pytest.raises(UsageError) as raised:
        size(3000, 100, memory="390MB")
    assert raised.value.code == "memory-floor"
    assert "shorten" not in raised.value.hint, "it would not be enough"
    least = str(raised.value.values["least"])
    assert size(3000, 100, Span(24000, 24000), memory=least) >= 1000
    with pytest.raises(UsageError):
        size(3000, 100, Span(24000, 24000), memory=f"{int(least.removesuffix('MB')) - 1}MB")


def test_few_customers_need_only_room_for_themselves() -> None:
    assert size(3, 12, memory="401MB") > 3
    assert room(3, CustomerMonthsSettings(memory="401MB")) == 1_000_000 - 300
    assert room(3, CustomerMonthsSettings()) is None


def test_months_of_calls_count_before_they_are_made() -> None:
    few = at_once(tables(9000, 12), YEAR, 9000, CustomerMonthsSettings(memory="500MB"), calls=True)
    assert 1000 < few < size(9000, 12, memory="500MB")


@pytest.mark.parametrize("text", ["2", "2 bottles", "-1GB", "GB", "1e3MB", "２GB"])
def test_an_amount_needs_a_number_and_a_unit(text: str) -> None:
    assert memory_bytes(text) is None
    with pytest.raises(UsageError, match="2GB or 800MB"):
        resolve("customer-months", {"memory": text}, environ={})
