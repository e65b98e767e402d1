"""Flows of debts from month to month reconcile to the last unit, whatever happens."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from telcli.features.receivable_flows import flows
from telcli.features.receivables import BUCKETS
from tests.features.test_receivables import BILLS, CASH, JAN, Bill, Cash, book

FOLK = pl.DataFrame({"who": [0, 1, 2], "last": [JAN + 1, JAN + 3, JAN + 9]}, {"who": pl.UInt32, "last": pl.Int32})


@given(BILLS, CASH, st.integers(1, 7), st.sampled_from([None, 0, 40]))
def test_every_age_and_the_whole_reconcile(
    bills: list[Bill], cash: list[Cash], month: int, write_off: int | None
) -> None:
    found = flows(book(bills, cash), JAN + month, FOLK, write_off)
    ages = found.summed()
    left = ages.select(
        pl.col("opening") + pl.col("billed") + pl.col("entered") - pl.col("rolled") - pl.col("paid"),
        pl.col("written_off") + pl.col("closing"),
    )
    assert left.to_series(0).to_list() == left.to_series(1).to_list()
    sums = ages.sum().row(0, named=True)
    net = sums["opening"] - found.credit_before + sums["billed"] + sums["recovered"] - found.cash - sums["written_off"]
    assert net == sums["closing"] - found.credit


@given(BILLS, CASH, st.integers(2, 6))
def test_a_month_opens_with_what_the_one_before_closed(bills: list[Bill], cash: list[Cash], month: int) -> None:
    owed = book(bills, cash)
    before, now = (flows(owed, JAN + at, FOLK, 40).summed() for at in (month - 1, month))
    assert before["closing"].to_list() == now["opening"].to_list()


def test_one_debt_by_hand() -> None:
    # 100 of January is due on 25 February: 4 days late in its month's end, 35 in March's, then 30 of it are paid.
    owed = book([(2, 0, 100)], [(2, 2, 30)])
    march = flows(owed, JAN + 2, FOLK, None).summed()
    rows = {BUCKETS[at]: row for at, row in enumerate(march.to_dicts())}
    assert (rows["1-30"]["opening"], rows["1-30"]["settled"], rows["1-30"]["rolled"]) == (100, 30, 70)
    assert (rows["31-60"]["entered"], rows["31-60"]["closing"]) == (70, 70)


def test_debts_of_who_left_are_written_off_and_may_be_recovered() -> None:
    owed = book([(0, 0, 100)], [(0, 4, 60)])
    april, may = (flows(owed, JAN + at, FOLK, 40).summed().sum().row(0, named=True) for at in (3, 4))
    assert (april["written_off"], april["closing"]) == (100, 0)
    assert (may["opening"], may["recovered"], may["paid"]) == (0, 60, 0)
