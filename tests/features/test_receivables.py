"""Payments settle the oldest bills first: against an allocation payment by payment, and by what must always hold."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcli.features.receivables import Receivables, bucket_of, receivables

JAN = 2024 * 12
Bill, Cash = tuple[int, int, int], tuple[int, int, int]
BILLS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 5), st.integers(-300, 900)), max_size=14)
CASH = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 6), st.integers(1, 900)), max_size=14)


def book(bills: list[Bill], cash: list[Cash], due: date | None = None) -> Receivables:
    owed = pl.LazyFrame(
        [(who, JAN + at, net, due) for who, at, net in bills],
        {"who": pl.UInt32, "at": pl.Int32, "net": pl.Int64, "due_on": pl.Date},
        orient="row",
    )
    money = pl.LazyFrame(
        [(who, JAN + at, date(2024, at + 1, 9), sum_) for who, at, sum_ in cash],
        {"who": pl.UInt32, "at": pl.Int32, "day": pl.Date, "cash": pl.Int64},
        orient="row",
    )
    return receivables(owed, money, 25)


def by_hand(bills: list[Bill], cash: list[Cash], until: int) -> dict[tuple[int, int], int]:
    """What is open of each customer's month, money being laid on the oldest month until it is used up."""
    found = {}
    for who in range(3):
        nets = {at: sum(net for w, a, net in bills if (w, a) == (who, at)) for at in range(until + 1)}
        purse = sum(sum_ for w, at, sum_ in cash if w == who and at <= until)
        purse += sum(-net for net in nets.values() if net < 0)
        for at in sorted(nets):
            if nets[at] > 0:
                laid = min(nets[at], purse)
                purse -= laid
                found[who, JAN + at] = nets[at] - laid
    return {place: left for place, left in found.items() if left > 0}


def told(found: Receivables, at: int) -> dict[tuple[int, int], int]:
    return {(who, month): left for who, month, left in found.open_at(JAN + at).select("who", "at", "open").rows()}


@given(BILLS, CASH, st.integers(0, 6))
def test_it_is_what_laying_money_on_the_oldest_bill_gives(bills: list[Bill], cash: list[Cash], until: int) -> None:
    assert told(book(bills, cash), until) == by_hand(bills, cash, until)


@given(BILLS, CASH, st.integers(0, 6))
def test_nothing_is_lost_or_made(bills: list[Bill], cash: list[Cash], until: int) -> None:
    found = book(bills, cash)
    left = sum(told(found, until).values()) - int(found.credit_at(JAN + until)["credit"].sum())
    billed = sum(net for _, at, net in bills if at <= until)
    assert left == billed - sum(sum_ for _, at, sum_ in cash if at <= until)
    both = set(found.open_at(JAN + until)["who"]) & set(found.credit_at(JAN + until)["who"])
    assert not both  # who owes has nothing paid ahead


@given(BILLS, CASH, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(bills: list[Bill], cash: list[Cash], chance: object) -> None:
    before = book(bills, cash).open_at(JAN + 6)
    chance.shuffle(bills)  # type: ignore[attr-defined]
    chance.shuffle(cash)  # type: ignore[attr-defined]
    assert book(bills, cash).open_at(JAN + 6).equals(before)


@given(BILLS, CASH, st.integers(0, 2), st.integers(1, 500))
def test_who_pays_more_owes_no_more_of_any_bill(bills: list[Bill], cash: list[Cash], who: int, more: int) -> None:
    less = told(book(bills, [*cash, (who, 3, more)]), 6)
    assert all(left <= told(book(bills, cash), 6)[place] for place, left in less.items())


@given(BILLS, CASH)
def test_a_payment_in_parts_is_the_payment(bills: list[Bill], cash: list[Cash]) -> None:
    parts = [(who, at, part) for who, at, sum_ in cash for part in (sum_ // 3, sum_ - sum_ // 3) if part]
    assert told(book(bills, parts), 6) == told(book(bills, cash), 6)


def test_what_is_paid_ahead_waits_and_a_credit_note_pays() -> None:
    found = book([(0, 1, 100), (0, 2, -40), (0, 3, 100)], [(0, 0, 130)])
    assert found.credit_at(JAN)["credit"].to_list() == [130]
    assert [told(found, at) for at in (1, 2, 3)] == [{}, {}, {(0, JAN + 3): 30}]
    assert found.credit_at(JAN + 2)["credit"].to_list() == [70]


def test_days_are_counted_from_the_due_day_to_the_end_of_the_month() -> None:
    assert book([(0, 0, 10)], []).open_at(JAN + 1).row(0)[2:] == (date(2024, 2, 25), 10, 10, 4)
    assert book([(0, 0, 10)], [], date(2024, 2, 9)).open_at(JAN + 2)["days"].to_list() == [51]
    assert book([(0, 0, 10)], [], date(2024, 6, 9)).open_at(JAN + 2)["days"].to_list() == [0]


@pytest.mark.parametrize(
    ("days", "place"), [(0, 0), (1, 1), (30, 1), (31, 2), (61, 3), (91, 4), (181, 5), (365, 5), (366, 6)]
)
def test_ages(days: int, place: int) -> None:
    assert pl.select(bucket_of(pl.lit(days))).item() == place
