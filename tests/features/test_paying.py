"""How customers pay as known at the end of a month: by hand, and nothing of it hangs on what comes later."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from telcli.features.month_index import end_of_month, month_at
from telcli.features.paying import PAYING, dated, labels, paying
from tests.features.test_receivables import BILLS, CASH, JAN, Bill, Cash, book

# Bills of a month are due on the 25th of the next; payments are of the 9th of their month.


@pytest.mark.parametrize(("grace", "late"), [(0, 1), (13, 1), (15, 0)])
def test_the_label_by_hand(grace: int, late: int) -> None:
    # Billed in January, due on 25 February, paid on 9 March: 13 days late.
    bills = dated(book([(0, 0, 100)], [(0, 2, 100)]))
    assert bills["settled"].to_list() == [date(2024, 3, 9)]
    found = labels(bills, JAN, grace, end_of_month(month_at(JAN + 3)))
    assert found.rows() == [(0, 1 if grace < 13 else 0, date(2024, 2, 25) + timedelta(grace))]
    assert labels(bills, JAN, grace, date(2024, 2, 24)).is_empty()  # not known yet
    assert labels(bills, JAN + 1, grace, end_of_month(month_at(JAN + 3))).is_empty()  # nothing falls due


def test_features_by_hand() -> None:
    # Due on 25 February (paid on 9 March), 25 March (open), 25 April; seen at the end of March.
    owed = book([(0, 0, 1_000_000), (0, 1, 2_000_000), (0, 2, 3_000_000)], [(0, 2, 1_000_000)])
    row = paying(owed, dated(owed), JAN + 2, 0).row(0, named=True)
    assert (row["bills_due"], row["late_share"], row["days_late_last"], row["days_late_most"]) == (2, 1.0, 6, 13)
    assert (row["days_past_due"], row["arrears"], row["not_due"], row["next_bill"]) == (6, 200.0, 300.0, 300.0)
    assert (row["next_times_mean"], row["days_since_paid"]) == (1.5, 22)
    assert row["paid_share_3"] == pytest.approx(1 / 6)


@given(BILLS, CASH, st.integers(1, 4))
def test_what_comes_later_changes_nothing_known_before(bills: list[Bill], cash: list[Cash], at: int) -> None:
    whole, cut = book(bills, cash), book([b for b in bills if b[1] <= at], [c for c in cash if c[1] <= at])
    if not cut.bills.height:
        return
    found, known = paying(whole, dated(whole), JAN + at, 0), paying(cut, dated(cut), JAN + at, 0)
    assert_frame_equal(found, known)
    assert found.columns == ["who", *PAYING]


@given(BILLS, CASH)
def test_a_bill_that_was_not_late_is_settled(bills: list[Bill], cash: list[Cash]) -> None:
    owed = book(bills, cash)
    settled = dated(owed).filter(pl.col("settled") <= end_of_month(month_at(JAN + 6))).select("who", "at")
    still = owed.open_at(JAN + 6).select("who", "at")
    assert settled.join(still, on=["who", "at"], how="semi").is_empty()
    assert settled.height + still.height == owed.bills.height
